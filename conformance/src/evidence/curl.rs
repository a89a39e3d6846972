//! A finding as a line for a shell: curl, sed and what every shell has. Pure.
//!
//! The strings come from whoever is examined, and may be hostile: everything is quoted, no address is taken for an option
//! or a file, and what comes back is shown as hex.

use super::{Exchange, Probe};

/// Header fields that an answer may depend on.
const RELEVANT: [&str; 16] = [
    "Accept",
    "User-Agent",
    "Referer",
    "Accept-Encoding",
    "Range",
    "If-Range",
    "If-Match",
    "If-None-Match",
    "If-Modified-Since",
    "If-Unmodified-Since",
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
    "X-Playback-Session-Id",
    "Sec-Fetch-Dest",
    "Priority",
];

/// Reads the `authenticatedUrl` out of JSON on standard input.
const URL_OF_JSON: &str = r#"sed -n 's/.*"authenticatedUrl"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' | sed 's/\\\//\//g; s/\\u0026/\&/g'"#;

/// Changes one character near the end of the last long word.
const ALTER: &str = r"sed 's/\(.*[0-9A-Za-z]\{6\}\)[0-9A-Za-z]\([0-9A-Za-z]\{6\}\)/\1_\2/'";

/// Options that hold for every address that somebody else chose.
const CAREFUL: &str = "-g --proto =http,https";

/// A line that shows this exchange again. For the recording it fetches a fresh `authenticatedUrl` from the endpoint and
/// asks that with the same header fields: a stored one has no secrets, and has expired. `trusted` names a PEM file of
/// certificates that are trusted besides those of the machine, `proxy` what is gone through.
pub fn line(exchange: &Exchange, endpoint_url: &str, trusted: Option<&str>, proxy: Option<&str>) -> String {
    let option = |name: &str, value: &str| format!(" {name} {}", quoted(value));
    let trust = trusted.map(|file| option("--cacert", file)).unwrap_or_default();
    let way = trust + &proxy.map(|address| option("--proxy", address)).unwrap_or_default();
    let mut headers = way.clone() + &headers(exchange);
    match exchange.request.method.as_str() {
        "HEAD" => headers.insert_str(0, " -I"),
        "OPTIONS" => headers.insert_str(0, " -X OPTIONS"),
        _ => {}
    }
    match exchange.probe {
        Probe::AuthenticatedUrl | Probe::Refusals => {
            format!("curl -sSi {CAREFUL}{headers} --url {}", quoted(&exchange.request.target))
        }
        _ => {
            let url = match (exchange.probe, exchange.case.as_str()) {
                (Probe::Token, "signature-removed") => r#""${url%%\?*}""#.to_owned(),
                (Probe::Token, "signature-altered") => format!(r#""$(printf %s "$url" | {ALTER})""#),
                _ => r#""$url""#.to_owned(),
            };
            format!(
                "url=$(curl -sS {CAREFUL}{way} -H 'Accept: application/json' --url {} | {URL_OF_JSON}); \
                 curl -sSL {CAREFUL} --proto-redir =http,https --max-redirs 5 -D /dev/stderr{headers} --url {url} \
                 | head -c 48 | od -An -tx1",
                quoted(endpoint_url)
            )
        }
    }
}

fn headers(exchange: &Exchange) -> String {
    let relevant = |name: &str| RELEVANT.iter().any(|known| known.eq_ignore_ascii_case(name));
    let fields = exchange.request.headers.iter().filter(|(name, _)| relevant(name));
    fields.fold(String::new(), |all, (name, value)| all + " -H " + &quoted(&format!("{name}: {value}")))
}

/// A word that a POSIX shell takes literally. Line breaks, which no address and no header field has, are left out.
fn quoted(text: &str) -> String {
    let one_line: String = text.chars().filter(|c| !c.is_control()).collect();
    format!("'{}'", one_line.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::super::{Outcome, Timing};
    use super::*;
    use mock_hubspot::exchange::{Body, Request};

    fn exchange(probe: Probe, case: &str, target: &str, headers: &[(&str, &str)]) -> Exchange {
        let headers = headers.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();
        Exchange {
            number: 1,
            call: 0,
            probe,
            case: case.into(),
            step: None,
            request: Request { method: "GET".into(), target: target.into(), headers, body: Body::Empty },
            hops: Vec::new(),
            outcome: Outcome::Failed(String::new()),
            timing: Timing::default(),
        }
    }

    #[test]
    fn an_endpoint_is_asked_plainly_and_every_string_is_quoted() {
        let hostile = "http://127.0.0.1/$(reboot)'; rm -rf /'\n?a=1&b=`x`";
        let it = exchange(Probe::AuthenticatedUrl, "stock", hostile, &[("Accept", "application/json")]);
        assert_eq!(
            line(&it, "", None, None),
            r"curl -sSi -g --proto =http,https -H 'Accept: application/json' --url 'http://127.0.0.1/$(reboot)'\''; rm -rf /'\''?a=1&b=`x`'"
        );
    }

    #[test]
    fn a_recording_is_asked_through_a_fresh_url() {
        let sent = [("Range", "bytes=0-1"), ("If-Range", "\"v'1\""), ("sec-ch-ua", "x")];
        let it = exchange(Probe::RandomRanges, "random-7", "http://a/<secret:1>", &sent);
        let said = line(&it, "http://a/test?appId=1&externalAccountId=2", None, Some("http://proxy:3128"));
        assert!(said.starts_with("url=$(curl -sS -g --proto =http,https --proxy 'http://proxy:3128' -H 'Accept: application/json' --url 'http://a/test?appId=1&externalAccountId=2' | sed "));
        assert!(said.contains(r#" -H 'Range: bytes=0-1' -H 'If-Range: "v'\''1"' --url "$url" | head"#));
        assert!(!said.contains("<secret:1>") && !said.contains("sec-ch-ua"));
    }
}
