//! The way to the integration: whatever is asked of it, by whomever, goes by the same.
//!
//! It knows no request. Read next: `dial.rs` (a socket that goes it), `client.rs` and `trigger.rs`, `commands/stage.rs` (who says
//! which way it is).

use crate::tls;
use mock_hubspot::Proxy;
use rustls::pki_types::CertificateDer;
use url::Url;

/// How the integration is reached.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// Certificates that are trusted besides those of this machine.
    pub trusted: Vec<CertificateDer<'static>>,
    /// What is gone through.
    pub proxy: Option<Proxy>,
}

impl Way {
    /// A client that goes this way, and no way that the environment names; it offers these protocols.
    pub(super) fn client(&self, offered: &[&[u8]]) -> reqwest::ClientBuilder {
        // Whoever embeds us may have chosen a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder();
        let client = if let Ok(config) = tls::client(&self.trusted, offered) {
            client.tls_backend_preconfigured(config)
        } else {
            // Building it fails for the same reason, and says so.
            let trusted = self.trusted.iter().filter_map(|it| reqwest::Certificate::from_der(it).ok());
            client.tls_certs_merge(trusted)
        };
        match &self.proxy {
            Some(proxy) => client.proxy(proxy.of_client()),
            None => client.no_proxy(),
        }
    }

    /// The proxy that this address is asked through, if it is.
    pub fn proxy_to(&self, url: &str) -> Option<&Proxy> {
        let url = Url::parse(url).ok()?;
        self.proxy.as_ref().filter(|proxy| proxy.takes(&url))
    }
}
