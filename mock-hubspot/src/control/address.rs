//! Where the mock is reached: where it listens, how, and under which URL others see it.

use std::net::SocketAddr;
use url::Url;

/// The address of a mock.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    /// Where it listens.
    pub(crate) bound: SocketAddr,
    /// `http` or `https`
    pub(crate) scheme: &'static str,
    /// The base URL under which it is seen, where that is another one.
    pub(crate) public_url: Option<Url>,
}

impl Address {
    /// `http://127.0.0.1:4600`, or the public URL; without a slash at its end.
    pub(crate) fn url(&self) -> String {
        self.public().unwrap_or_else(|| format!("{}://{}", self.scheme, self.bound))
    }

    /// The base URL that whoever sent this `Host` knows.
    pub(crate) fn url_for(&self, host: &str) -> String {
        self.public().unwrap_or_else(|| format!("{}://{host}", self.scheme))
    }

    /// Whether this is the name under which others see it.
    pub(crate) fn is_public_name(&self, name: &str) -> bool {
        self.public_url.as_ref().and_then(Url::host_str).is_some_and(|host| host.eq_ignore_ascii_case(name))
    }

    /// What a certificate has to name: where it listens, this machine, and the public name.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        names.push(self.bound.ip().to_string());
        names.extend(
            self.public_url
                .as_ref()
                .and_then(Url::host_str)
                .map(|host| host.trim_start_matches('[').trim_end_matches(']').to_owned()),
        );
        names.sort();
        names.dedup();
        names
    }

    fn public(&self) -> Option<String> {
        self.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned())
    }
}

/// Without a public URL, for tests.
#[cfg(test)]
impl From<SocketAddr> for Address {
    fn from(bound: SocketAddr) -> Self {
        Self { bound, scheme: "http", public_url: None }
    }
}
