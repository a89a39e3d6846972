//! Addresses that are never asked: link-local ones, behind which clouds keep their credentials.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use url::{Host, Url};

/// Why this URL is not asked, if it names a link-local address.
pub(super) fn refusal(url: &Url) -> Option<String> {
    let address = match url.host()? {
        Host::Ipv4(address) => IpAddr::V4(address),
        Host::Ipv6(address) => IpAddr::V6(address),
        // A name is looked at when it has been resolved.
        Host::Domain(_) => return None,
    };
    refusal_of(address)
}

/// Why this address is not asked, if it is a link-local one.
pub(super) fn refusal_of(address: IpAddr) -> Option<String> {
    is_link_local(address).then(|| LinkLocal(address).to_string())
}

/// `169.254/16` and `fe80::/10`, an IPv4 address inside an IPv6 one included.
fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => {
            let embedded = address.to_ipv4_mapped().or_else(|| translated(address));
            address.is_unicast_link_local() || embedded.is_some_and(|v4| v4.is_link_local())
        }
    }
}

/// The IPv4 address behind `64:ff9b::/96` (RFC 6052 §2.1).
fn translated(address: Ipv6Addr) -> Option<std::net::Ipv4Addr> {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            Some([a, b, c, d].into())
        }
        _ => None,
    }
}

#[derive(Debug)]
struct LinkLocal(IpAddr);

impl fmt::Display for LinkLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused: link-local address {}", self.0)
    }
}

impl std::error::Error for LinkLocal {}

/// Resolves names as the system does, and refuses those that lead to a link-local address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if let Some(address) = found.iter().map(SocketAddr::ip).find(|ip| is_link_local(*ip)) {
                return Err(LinkLocal(address).into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_local_addresses_are_refused_in_every_spelling() {
        for url in [
            "http://169.254.169.254/latest/meta-data",
            "http://0xa9fea9fe/",
            "http://2852039166/",
            "http://[fe80::1]/",
            "http://[::ffff:169.254.1.1]/",
            "http://[64:ff9b::a9fe:a9fe]/",
        ] {
            let said = refusal(&Url::parse(url).unwrap());
            assert!(said.is_some_and(|s| s.starts_with("refused: link-local address ")), "{url}");
        }
        for url in ["http://127.0.0.1/", "http://10.0.0.1/", "https://recordings.example/", "http://[::1]/"] {
            assert_eq!(refusal(&Url::parse(url).unwrap()), None);
        }
    }
}
