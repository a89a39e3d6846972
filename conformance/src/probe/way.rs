//! The way to the integration: whatever is asked of it, by whomever, goes by the same.
//!
//! It knows no request. Read next: `client.rs` and `trigger.rs` (who goes it), `commands/stage.rs` (who says which).

use rustls::pki_types::CertificateDer;

/// How the integration is reached.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// Certificates that are trusted besides those of this machine.
    pub trusted: Vec<CertificateDer<'static>>,
}

impl Way {
    /// A client that goes this way, and no way that the environment names.
    pub(super) fn client(&self) -> reqwest::ClientBuilder {
        // Whoever embeds us may have chosen a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let trusted = self.trusted.iter().filter_map(|it| reqwest::Certificate::from_der(it).ok());
        reqwest::Client::builder().tls_certs_merge(trusted).no_proxy()
    }
}
