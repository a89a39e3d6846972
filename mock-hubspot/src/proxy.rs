//! A proxy for what is asked of the integration, and which addresses go through it. Sends nothing itself.
//!
//! The environment's proxies are never used: they would change silently who is asked.

use url::{Host, Url};

/// A proxy for outgoing requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
    loopback: bool,
}

impl Proxy {
    /// The proxy at `http://host:port`. Addresses of this machine go through it only where `loopback` says so.
    pub fn new(address: &str, loopback: bool) -> Result<Self, String> {
        let help = "help: write http://host:port; one that demands a password is not supported";
        let url = Url::parse(address).map_err(|e| format!("`{address}` is no address: {e}\n{help}"))?;
        let credentials = !url.username().is_empty() || url.password().is_some();
        let more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
        if url.scheme() != "http" || credentials || more {
            // Not repeated: there may be a password in it.
            return Err(format!("this is no address of a proxy\n{help}"));
        }
        Ok(Self { url, loopback })
    }

    /// Where it listens.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Whether this is asked through it.
    pub fn takes(&self, url: &Url) -> bool {
        self.loopback || !is_loopback(url)
    }

    /// The same for a client.
    pub fn of_client(&self) -> reqwest::Proxy {
        let this = self.clone();
        reqwest::Proxy::custom(move |url| this.takes(url).then(|| this.url.clone()))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_machine_go_straight_unless_it_is_told() {
        let usual = Proxy::new("http://proxy.acme.example:3128", false).unwrap();
        let told = Proxy::new("http://proxy.acme.example:3128/", true).unwrap();
        for (url, taken) in [
            ("http://127.0.0.1:8080/a", false),
            ("https://localhost/", false),
            ("https://acme.localhost./", false),
            ("https://[::1]/", false),
            ("https://[::ffff:127.0.0.1]/", false),
            ("https://10.0.0.1/", true),
            ("https://recordings.acme.example/", true),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(usual.takes(&url), taken, "{url}");
            assert!(told.takes(&url), "{url}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_and_a_password_not_repeated() {
        for wrong in ["proxy:3128", "socks5://proxy", "http://proxy/path", "http://me:hunter2@proxy:3128"] {
            let said = Proxy::new(wrong, false).unwrap_err();
            assert!(said.contains("help: write http://host:port") && !said.contains("hunter2"), "{said}");
        }
    }
}
