//! Who may ask the mock itself: nobody whom a web page sends.
//!
//! A page of another site can make a browser ask `127.0.0.1`, and a name of its own can be made to mean `127.0.0.1` (DNS
//! rebinding). So the `Host` must be one that no stranger can own, and a browser must say that the request comes from here.

use super::{Address, Mistake, mistake};
use http::header::{HOST, HeaderMap, ORIGIN};
use http::{Method, Request, StatusCode};
use std::net::IpAddr;

/// Refuses what a stranger's page may have sent.
pub(super) fn admit<B>(request: &Request<B>, address: &Address) -> Result<(), Mistake> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = text(HOST.as_str()).unwrap_or_default();
    let named = request.uri().host().unwrap_or_else(|| name_of(host));
    let ours = |name: &str| is_ours(name, address.bound.ip()) || address.is_public_name(name);
    if one_only(request.headers()).is_err() || !ours(name_of(host)) || !ours(named) {
        return Err(mistake(
            StatusCode::FORBIDDEN,
            "`Host` is a name that a stranger could own; ask by an address, by localhost, or by a name without dots where --listen opens the mock to others",
        ));
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let opens_page = safe && text("sec-fetch-mode") == Some("navigate") && is_page(request.uri().path());
    let from_here = match text("sec-fetch-site") {
        None | Some("same-origin" | "none") => true,
        Some("same-site") => safe,
        Some(_) => opens_page,
    };
    let origin_is_ours = text(ORIGIN.as_str()).is_none_or(|origin| {
        let at = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        at.is_some_and(|at| at.eq_ignore_ascii_case(host)) || (safe && opens_page)
    });
    if !from_here || !origin_is_ours {
        return Err(mistake(
            StatusCode::FORBIDDEN,
            "the mock answers no request that a page of another origin sent",
        ));
    }
    Ok(())
}

/// What a link of another site may open: it shows, and does nothing.
fn is_page(path: &str) -> bool {
    path == "/" || path == "/_mock" || path == "/_mock/" || path.starts_with("/_mock/ui")
}

/// Two of them could mean two things to two readers.
fn one_only(headers: &HeaderMap) -> Result<(), ()> {
    let many = [HOST, ORIGIN].into_iter().any(|name| headers.get_all(name).iter().count() > 1);
    if many { Err(()) } else { Ok(()) }
}

/// The name in a `Host`, without its port.
fn name_of(host: &str) -> &str {
    match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    }
}

/// Whether a name means this machine whoever resolves it: on a loopback address only loopback names; elsewhere also
/// addresses, and names without dots, which no public DNS has.
fn is_ours(name: &str, bound: IpAddr) -> bool {
    let name = name.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    if name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost") {
        return true;
    }
    match name.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback() || !bound.is_loopback(),
        Err(_) => !bound.is_loopback() && !name.is_empty() && !name.contains('.'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

    fn site(ip: impl Into<IpAddr>) -> Address {
        SocketAddr::new(ip.into(), 4600).into()
    }

    fn admitted(site: &Address, method: &str, path: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        admit(&request.body(()).expect("a request"), site).is_ok()
    }

    #[test]
    fn a_name_that_a_stranger_could_own_is_refused() {
        let loopback = site(Ipv4Addr::LOCALHOST);
        let open = site(Ipv4Addr::UNSPECIFIED);
        for (host, on_loopback, in_the_open) in [
            ("127.0.0.1:4600", true, true),
            ("localhost:4600", true, true),
            ("mock.localhost", true, true),
            ("[::1]:4600", true, true),
            ("192.168.1.5:4600", false, true),
            ("mock:4600", false, true),
            ("rebound.evil.example:4600", false, false),
            ("127.0.0.1.evil.example", false, false),
            ("", false, false),
        ] {
            let asks = |site| admitted(site, "GET", "/_mock/journal", &[("host", host)]);
            assert_eq!((asks(&loopback), asks(&open)), (on_loopback, in_the_open), "{host}");
        }
        assert!(!admitted(&site(Ipv6Addr::LOCALHOST), "GET", "/_mock/journal", &[]));
        assert!(!admitted(&loopback, "GET", "http://evil.example/_mock/journal", &[("host", "127.0.0.1")]));
        assert!(!admitted(&loopback, "GET", "/_mock/ui", &[("host", "127.0.0.1"), ("host", "evil.example")]));
    }

    #[test]
    fn the_name_under_which_it_is_seen_is_ours() {
        let public_url = "https://mock.ci.example/x/".parse().ok();
        let seen = Address { public_url, ..site(Ipv4Addr::LOCALHOST) };
        assert_eq!(seen.url(), "https://mock.ci.example/x");
        assert_eq!(seen.url_for("127.0.0.1"), seen.url());
        assert!(admitted(&seen, "GET", "/_mock/journal", &[("host", "mock.ci.example")]));
        assert!(!admitted(&seen, "GET", "/_mock/journal", &[("host", "evil.ci.example")]));
    }

    #[test]
    fn a_page_of_another_site_can_open_the_page_and_nothing_else() {
        let site = site(Ipv4Addr::LOCALHOST);
        let ask = |method, path, more: &[(&str, &str)]| {
            let host = [("host", "127.0.0.1:4600")];
            admitted(&site, method, path, &[&host[..], more].concat())
        };
        let navigation = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
        assert!(ask("GET", "/_mock/ui/calls/1", &navigation));
        assert!(!ask("GET", "/_mock/calls/1/recording", &navigation));
        assert!(!ask("POST", "/_mock/ui/reset", &navigation));
        assert!(!ask(
            "GET",
            "/_mock/journal",
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")]
        ));
        assert!(ask("GET", "/_mock/journal", &[("sec-fetch-site", "same-site")]));
        assert!(!ask("POST", "/_mock/reset", &[("sec-fetch-site", "same-site")]));
        assert!(!ask("POST", "/_mock/reset", &[("origin", "http://127.0.0.1:3000")]));
        assert!(!ask("POST", "/_mock/reset", &[("origin", "null")]));
        assert!(ask(
            "POST",
            "/_mock/reset",
            &[("origin", "http://127.0.0.1:4600"), ("sec-fetch-site", "same-origin")]
        ));
        assert!(ask("POST", "/_mock/reset", &[]));
    }
}
