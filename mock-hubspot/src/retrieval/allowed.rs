//! Which addresses HubSpot's side asks at all.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};

/// An absolute URL that may be asked.
pub(super) fn allowed(url: &str) -> Result<Url, String> {
    let url = Url::parse(url).map_err(|error| format!("the URL cannot be asked: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("the URL cannot be asked: {} is neither http nor https", url.scheme()));
    }
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        _ => None,
    };
    if address.is_some_and(is_link_local) {
        return Err("the URL cannot be asked: its address is link-local".into());
    }
    Ok(url)
}

/// Where cloud machines keep their own credentials.
fn is_link_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

/// Resolves names, but never to a link-local address.
pub(super) struct NoLinkLocal;

impl Resolve for NoLinkLocal {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> = found.into_iter().filter(|a| !is_link_local(a.ip())).collect();
            if allowed.is_empty() {
                return Err(format!("{} has no address that may be asked", name.as_str()).into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_local_addresses_are_not_asked() {
        for url in [
            "http://169.254.169.254/latest",
            "http://[fe80::1]/",
            "http://[::ffff:169.254.1.1]/",
            "file:///etc/passwd",
            "//cdn.example/x",
        ] {
            assert!(allowed(url).is_err(), "{url}");
        }
        assert!(allowed("http://127.0.0.1:1/x").is_ok());
    }
}
