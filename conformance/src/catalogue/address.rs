//! Which URLs HubSpot can reach, and which it must not be sent to. Pure; knows no check.

use url::{Host, ParseError, Url};

/// Why HubSpot could not reach this URL, if it could not. `http://` counts as reachable in local networks only.
pub(super) fn unreachable(url: &str, insecure_hosts: &[String]) -> Option<String> {
    if url.starts_with("//") {
        return Some("it is protocol-relative: it has a host and no scheme".to_owned());
    }
    let parsed = match Url::parse(url) {
        Ok(parsed) => parsed,
        Err(ParseError::RelativeUrlWithoutBase) => {
            return Some("it is relative: it does not start with https://".to_owned());
        }
        Err(error) => return Some(format!("it is no URL: {error}")),
    };
    match (parsed.scheme(), parsed.host()) {
        ("https", Some(_)) => None,
        ("http", Some(host)) if is_local(&host, insecure_hosts) => None,
        ("http", Some(host)) => Some(format!("it is http:// to {host}, which is not a local address")),
        _ => Some("it does not start with https://".to_owned()),
    }
}

fn is_local(host: &Host<&str>, insecure_hosts: &[String]) -> bool {
    let named = insecure_hosts.iter().any(|known| known.eq_ignore_ascii_case(&host.to_string()));
    named
        || match host {
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                !name.contains('.') || name.ends_with(".localhost")
            }
            Host::Ipv4(ip) => ip.is_loopback() || ip.is_private(),
            Host::Ipv6(ip) => ip.is_loopback() || ip.is_unique_local(),
        }
}

/// Whether a URL leads to a link-local address (169.254.0.0/16, `fe80::/10)`: a cloud's metadata service, say.
pub(super) fn is_link_local(url: &str) -> bool {
    let Ok(parsed) = Url::parse(url) else { return false };
    match parsed.host() {
        Some(Host::Ipv4(ip)) => ip.is_link_local(),
        Some(Host::Ipv6(ip)) => {
            ip.is_unicast_link_local() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_link_local())
        }
        _ => false,
    }
}

/// A `Location` as an absolute URL.
pub(super) fn resolved(base: &str, location: &str) -> String {
    Url::parse(base).and_then(|base| base.join(location)).map_or_else(|_| location.to_owned(), String::from)
}

/// The value of a query parameter.
pub(super) fn parameter(url: &str, name: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    parsed.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
}

/// Whether an external id must be percent-encoded to stand in a path segment (RFC 3986 §3.3).
pub(super) fn must_be_encoded(id: &str) -> bool {
    !id.chars().all(|c| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(c))
}

/// Whether an external id has characters that some libraries encode and others do not (RFC 3986 §2.3).
pub(super) fn may_be_encoded(id: &str) -> bool {
    !id.chars().all(|c| c.is_ascii_alphanumeric() || "-._~".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_reachable_and_http_only_in_local_networks() {
        let insecure = ["dialer.test".to_owned()];
        for url in [
            "https://acme.example/r/%s",
            "http://127.0.0.1:8080/r/%s",
            "http://[::1]/r",
            "http://10.1.2.3/r",
            "http://integration:3000/r",
            "http://app.localhost/r",
            "http://Dialer.test/r",
        ] {
            assert_eq!(unreachable(url, &insecure), None, "{url}");
        }
        for url in [
            "http://acme.example/r",
            "http://169.254.1.1/r",
            "//acme.example/r",
            "/r/1",
            "acme.example/r/%s",
            "127.0.0.1:8080/r/%s",
            "localhost:8080/r/%s",
            "ftp://acme.example/r",
            "",
        ] {
            assert!(unreachable(url, &insecure).is_some(), "{url}");
        }
    }

    #[test]
    fn link_local_addresses_are_known_in_every_spelling() {
        for url in ["http://169.254.169.254/x", "http://[fe80::1]/x", "http://[::ffff:169.254.169.254]/x"] {
            assert!(is_link_local(url), "{url}");
        }
        assert!(!is_link_local("https://acme.example/x"));
        assert!(is_link_local(&resolved("https://acme.example/x", "http://169.254.169.254/")));
    }

    #[test]
    fn awkward_ids_are_told_from_plain_ones() {
        assert!(!must_be_encoded("call-1_a.b~c"));
        assert!(!must_be_encoded("a+b:c") && may_be_encoded("a+b:c"));
        for id in ["a b", "a/b", "50%", "é", "a#b", "a?b"] {
            assert!(must_be_encoded(id) && may_be_encoded(id), "{id}");
        }
    }
}
