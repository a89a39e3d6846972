//! Certificates: one that the kit makes for an integration that is to serve HTTPS on this machine, and whom the probes trust.
//!
//! Opens no socket. Read next: `commands/stage.rs` (who asks for one), `probe/client.rs`.

use mock_hubspot::tls::{Error, Issued};
use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls_platform_verifier::Verifier;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Where the certificate lies in a run's folder: the PEM file that `{tls_cert}` names.
pub const CERTIFICATE: &str = "tls/certificate.pem";
/// Where its key lies, as long as the run lasts: `{tls_key}`.
pub const KEY: &str = "tls/key.pem";
/// Where the authority lies that signed it, for curl's `--cacert`.
pub const AUTHORITY: &str = "tls/authority.pem";

/// Where the authority lies that signed the certificate of the fake HubSpot: `{ca_file}`.
pub const HUBSPOT: &str = "tls/hubspot.pem";

/// HTTP/1.1, as a server is offered it (RFC 7301 §6).
pub(crate) const HTTP_1: &[u8] = b"http/1.1";
/// HTTP/2.
pub(crate) const HTTP_2: &[u8] = b"h2";

/// A certificate for `localhost` and `127.0.0.1`, and the authority of this run that signed it.
pub fn issue() -> Result<Issued, Error> {
    let who = ["conformance, for one run", "an integration under examination"];
    mock_hubspot::tls::issue(who, vec!["localhost".to_owned(), "127.0.0.1".to_owned()])
}

/// The certificates of a PEM file, at least one. The error says what is wrong and what to do.
pub fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let name = path.display();
    let help = "help: [network] ca_file names a PEM file: -----BEGIN CERTIFICATE----- and so on";
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(|e| format!("the certificates in {name} cannot be read: {e}\n{help}"))?
        .collect();
    let found = found.map_err(|e| format!("{name} is damaged: {e}\n{help}"))?;
    if found.is_empty() { Err(format!("no certificate stands in {name}\n{help}")) } else { Ok(found) }
}

/// TLS that trusts this machine's certificates and these, and offers these protocols. The error says why there is none.
pub(crate) fn client(trusted: &[CertificateDer<'static>], offered: &[&[u8]]) -> Result<ClientConfig, String> {
    let failed = |e: rustls::Error| format!("no TLS: {e}");
    // Whoever embeds us may have chosen a provider already.
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    let verifier = verifier(trusted, &provider).map_err(failed)?;
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(failed)?.dangerous().with_custom_certificate_verifier(verifier);
    let mut config = config.with_no_client_auth();
    config.alpn_protocols = offered.iter().map(|protocol| protocol.to_vec()).collect();
    Ok(config)
}

type Trusting = (Vec<CertificateDer<'static>>, Arc<dyn ServerCertVerifier>);

/// Who was trusted last. Each story has clients of its own, and to read this machine's certificates takes longer than the rest
/// of such a client.
static LAST: Mutex<Option<Trusting>> = Mutex::new(None);

fn verifier(
    trusted: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, verifier)) = last.as_ref().filter(|(known, _)| known == trusted) {
        return Ok(Arc::clone(verifier));
    }
    let verifier = Verifier::new_with_extra_roots(trusted.iter().cloned(), Arc::clone(provider))?;
    let verifier: Arc<dyn ServerCertVerifier> = Arc::new(verifier);
    *last = Some((trusted.to_vec(), Arc::clone(&verifier)));
    Ok(verifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_issued_can_be_read_again_and_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let issued = issue().unwrap();
        let path = folder.path().join("authority.pem");
        std::fs::write(&path, &issued.authority).unwrap();
        let read = read(&path).unwrap();
        assert_eq!(read, std::slice::from_ref(&issued.trusted));
        assert!(client(&read, &[HTTP_1]).is_ok());
        assert!(issued.certificate.contains("BEGIN CERTIFICATE") && issued.key.contains("PRIVATE KEY"));
    }

    #[test]
    fn a_file_without_a_certificate_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let missing = read(&path).unwrap_err();
        assert!(missing.contains("cannot be read") && missing.contains("help: "), "{missing}");
        std::fs::write(&path, "nothing\n").unwrap();
        assert!(read(&path).unwrap_err().contains("no certificate stands in"));
    }
}
