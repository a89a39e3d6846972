//! URLs and what of them may be written down. Works on the text: nothing is normalised on the way.

use super::{Secrets, names};
use memchr::memchr3;
use percent_encoding::percent_decode_str;

/// The parts of a URL or of a path with a query, as slices of it.
struct Parts<'a> {
    /// Scheme and `//`, or nothing.
    opening: &'a str,
    userinfo: Option<&'a str>,
    /// Host and port.
    host: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

fn parts(url: &str) -> Parts<'_> {
    let (url, fragment) = url.split_once('#').map_or((url, None), |(u, f)| (u, Some(f)));
    let (url, query) = url.split_once('?').map_or((url, None), |(u, q)| (u, Some(q)));
    let authority =
        url.find("://").map(|at| at + 3).or_else(|| url.starts_with("//").then_some(2)).unwrap_or(0);
    let (opening, rest) = url.split_at(authority);
    if opening.is_empty() {
        return Parts { opening, userinfo: None, host: "", path: rest, query, fragment };
    }
    let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    let (userinfo, host) = authority.rsplit_once('@').map_or((None, authority), |(u, h)| (Some(u), h));
    Parts { opening, userinfo, host, path, query, fragment }
}

/// A query value as the one who reads it sees it.
fn decode(value: &str) -> String {
    let spaced = value.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    query.split('&').map(|pair| pair.split_once('=').map_or((pair, None), |(n, v)| (n, Some(v))))
}

/// The credentials in a URL: what `cut_recording_url` would cut.
pub(super) fn credentials(url: &str) -> Vec<String> {
    let parts = parts(url);
    let mut found = Vec::new();
    found.extend(parts.userinfo.map(str::to_owned));
    found.extend(parts.userinfo.and_then(|u| u.split_once(':')).map(|(_, password)| decode(password)));
    for (name, value) in [parts.query, parts.fragment].into_iter().flatten().flat_map(pairs) {
        let (name, value) = (decode(name), value.map(decode).unwrap_or_default());
        if !names::is_expiry(&name) && (names::is_credential(&name) || names::looks_like_token(&value)) {
            found.push(value);
        }
    }
    found.extend(parts.path.split('/').map(decode).filter(|s| names::looks_like_token(s)));
    found
}

impl Secrets {
    /// A URL, or a path with a query, without the values of its credential-like parameters.
    ///
    /// Names, shape, expiry and signed-header values, and the parameters of HubSpot's API stay.
    pub fn cut_url(&self, url: &str) -> String {
        // Most have neither a query nor anybody's name.
        if memchr3(b'?', b'#', b'@', url.as_bytes()).is_none() {
            return self.without_literals(url).unwrap_or_else(|| url.to_owned());
        }
        self.cut_address(url, |name, value| {
            if names::is_expiry(name) || names::is_hubspot(name) {
                return false;
            }
            if names::is_credential(name) {
                return !(names::is_ambiguous(name) && names::is_plain_word(value));
            }
            self.looks_like_token(value) || (value.contains("://") && !credentials(value).is_empty())
        })
    }

    /// The same for the address of a recording, where any value and any segment of the path may be the credential.
    pub fn cut_recording_url(&self, url: &str) -> String {
        let learnt = {
            let inner = self.inner();
            if let Some((_, cut)) = inner.last_address.as_ref().filter(|(last, _)| last == url) {
                return cut.clone();
            }
            (inner.literals.len(), inner.spared.len())
        };
        let cut = self.cut_recording_url_anew(url);
        let mut inner = self.inner();
        // Not where somebody else learnt something in between that may stand in it.
        if (inner.literals.len(), inner.spared.len()) == learnt {
            inner.last_address = Some((url.to_owned(), cut.clone()));
        }
        cut
    }

    fn cut_recording_url_anew(&self, url: &str) -> String {
        let cut = self.cut_address(url, |name, _| !names::is_expiry(name));
        let parts = parts(&cut);
        let (start, rest) = cut.split_at(cut.len() - tail(&parts));
        let (path, after) = rest.split_at(parts.path.len());
        let segments = path.split('/').map(|segment| {
            let decoded = decode(segment);
            if self.looks_like_token(&decoded) { self.placeholder(&decoded) } else { segment.to_owned() }
        });
        format!("{start}{}{after}", segments.collect::<Vec<_>>().join("/"))
    }

    fn cut_address(&self, url: &str, cut: impl Fn(&str, &str) -> bool) -> String {
        let cut_before = self.without_literals(url);
        let url = cut_before.as_deref().unwrap_or(url);
        let parts = parts(url);
        let mut out = String::from(parts.opening);
        if let Some(userinfo) = parts.userinfo {
            out += &self.placeholder(userinfo);
            out.push('@');
        }
        out += parts.host;
        out += parts.path;
        for (mark, query) in [('?', parts.query), ('#', parts.fragment)] {
            let Some(query) = query else { continue };
            out.push(mark);
            let written = pairs(query).map(|(name, value)| {
                let Some(raw) = value else {
                    let lone = decode(name);
                    return if self.looks_like_token(&lone) {
                        self.placeholder(&lone)
                    } else {
                        name.to_owned()
                    };
                };
                let value = decode(raw);
                if !value.is_empty() && !names::is_placeholder(&value) && cut(&decode(name), &value) {
                    format!("{name}={}", self.placeholder(&value))
                } else {
                    format!("{name}={raw}")
                }
            });
            out += &written.collect::<Vec<_>>().join("&");
        }
        out
    }
}

/// How many bytes of the URL its path and everything after it take.
fn tail(parts: &Parts<'_>) -> usize {
    parts.path.len() + parts.query.map_or(0, |q| q.len() + 1) + parts.fragment.map_or(0, |f| f.len() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_shape_and_expiry_stay() {
        let secrets = Secrets::new();
        assert_eq!(
            secrets.cut_url(
                "https://cdn.example/r/test-call-01?X-Amz-Expires=60&X-Amz-Signature=abc&externalAccountId=0123456789abcdef01234567&x=1"
            ),
            "https://cdn.example/r/test-call-01?X-Amz-Expires=60&X-Amz-Signature=<secret:1>&externalAccountId=0123456789abcdef01234567&x=1"
        );
        assert_eq!(
            secrets.cut_url("/crm/v3/owners/?limit=100&hapikey=k-1"),
            "/crm/v3/owners/?limit=100&hapikey=<secret:2>"
        );
    }

    #[test]
    fn userinfo_and_fragments_are_cut() {
        let secrets = Secrets::new();
        assert_eq!(
            secrets.cut_url("https://u:p@h:8/x#access_token=abc"),
            "https://<secret:1>@h:8/x#access_token=<secret:2>"
        );
    }

    #[test]
    fn a_url_inside_a_parameter_takes_its_token_along() {
        let cut = Secrets::new().cut_url("/x?next=https%3A%2F%2Fh%2Fy%3Ftoken%3Dcanary");
        assert_eq!(cut, "/x?next=<secret:1>");
    }

    #[test]
    fn in_the_address_of_a_recording_every_value_and_token_like_segment_is_cut() {
        let secrets = Secrets::new();
        assert_eq!(
            secrets.cut_recording_url(
                "https://h/rec/3f9a8b7c6d5e4f3a2b1c0d/call.wav?Expires=17&a=b&b=3f9a8b7c6d5e4f3a2b1c0d"
            ),
            "https://h/rec/<secret:2>/call.wav?Expires=17&a=<secret:1>&b=<secret:2>"
        );
        assert_eq!(secrets.cut_recording_url("/r/eyJh.eyJz.c2ln"), "/r/<secret:3>");
        assert_eq!(secrets.cut_recording_url("https://h/rec/test-call-01"), "https://h/rec/test-call-01");
    }

    #[test]
    fn an_external_id_is_spared_in_a_path() {
        let secrets = Secrets::new();
        let id = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
        secrets.spare(id);
        let url = format!("https://h/rec/{id}.wav");
        secrets.learn_url(&url);
        assert_eq!(secrets.cut_recording_url(&url), url);
        assert_eq!(secrets.cut_text(id), id);
    }

    #[test]
    fn the_credentials_of_a_url_are_learnt() {
        let secrets = Secrets::new();
        secrets.learn_url("https://h/r/x.wav?Expires=1700000000&sig=canary%2Fvalue");
        assert_eq!(
            secrets.cut_text("fetching with canary/value until 1700000000"),
            "fetching with <secret:1> until 1700000000"
        );
    }
}
