//! The client by which HubSpot's side asks, for all portals.
//!
//! Read next: `../retrieval.rs`, `allowed.rs`.

use super::allowed::NoLinkLocal;
use super::waits::Waits;
use crate::proxy::Proxy;
use reqwest::{Certificate, ClientBuilder};
use rustls::pki_types::CertificateDer;
use std::sync::{Arc, OnceLock};

pub(super) const USER_AGENT: &str = "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: recordings)";

/// HubSpot's client. Unless somebody gave it certificates or a proxy, which may be wrong and then are told of at the start, it is
/// made when it is needed first: a megabyte for the certificates of this machine, and most of the time to start.
pub(crate) struct Client {
    waits: Waits,
    trusted: Vec<CertificateDer<'static>>,
    proxy: Option<Proxy>,
    made: OnceLock<reqwest::Client>,
}

impl Client {
    pub(crate) fn new(
        waits: Waits,
        trusted: Vec<CertificateDer<'static>>,
        proxy: Option<Proxy>,
    ) -> std::io::Result<Self> {
        // Someone else in this process may have chosen a provider already; then that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Self { waits, trusted, proxy, made: OnceLock::new() };
        if !client.trusted.is_empty() || client.proxy.is_some() {
            client.get().map_err(std::io::Error::other)?;
        }
        Ok(client)
    }

    /// Fails where what it was given is wrong; whoever asks next tries again.
    pub(super) fn get(&self) -> reqwest::Result<&reqwest::Client> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        // Where this machine trusts no authority at all, http:// can still be asked.
        let made = self.make(ClientBuilder::tls_certs_merge);
        let made = made.or_else(|error| self.make(ClientBuilder::tls_certs_only).map_err(|_| error))?;
        Ok(self.made.get_or_init(|| made))
    }

    fn make(
        &self,
        trust: fn(ClientBuilder, Vec<Certificate>) -> ClientBuilder,
    ) -> reqwest::Result<reqwest::Client> {
        let trusted = self.trusted.iter().map(|it| Certificate::from_der(it));
        let client = trust(reqwest::Client::builder(), trusted.collect::<Result<_, _>>()?)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(NoLinkLocal))
            .no_proxy()
            .referer(false)
            .connect_timeout(self.waits.first_byte)
            .user_agent(USER_AGENT);
        match &self.proxy {
            Some(proxy) => client.proxy(proxy.of_client()),
            None => client,
        }
        .build()
    }
}
