//! HTTPS: a certificate from files, or one of our own with an authority that clients can be told to trust.
//!
//! Knows no HTTP. Read next: `spoken.rs` (what is spoken over it), `cli.rs` (`--tls`).

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

pub use rcgen::Error;

/// Where the certificate comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// It is made when the mock starts, and signed by an authority that is forgotten at once.
    SelfSigned,
    /// From two PEM files: the certificate with those that lead to its root, and its key.
    Files {
        /// The chain, the mock's own certificate first.
        certificate: PathBuf,
        /// The private key.
        key: PathBuf,
    },
}

impl FromStr for Tls {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "self-signed" {
            return Ok(Self::SelfSigned);
        }
        let (certificate, key) = text
            .split_once(',')
            .filter(|(certificate, key)| !certificate.is_empty() && !key.is_empty())
            .ok_or("it is self-signed, or two PEM files with a comma between: CERT,KEY")?;
        Ok(Self::Files { certificate: certificate.into(), key: key.into() })
    }
}

/// A certificate for some names, and who signed it.
#[derive(Debug)]
pub struct Issued {
    /// The certificate, in PEM.
    pub certificate: String,
    /// Its private key, in PEM.
    pub key: String,
    /// The authority that signed it, in PEM.
    pub authority: String,
    /// The authority again, for those who are to trust it.
    pub trusted: CertificateDer<'static>,
}

/// Makes an authority, and a certificate for these names and addresses that it signs. The authority's key is forgotten at once.
///
/// `who` are the common names of the two.
pub fn issue(who: [&str; 2], names: Vec<String>) -> Result<Issued, Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, who[0]);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let authority_key = KeyPair::generate()?;
    let authority = params.self_signed(&authority_key)?;
    let issuer = Issuer::new(params, authority_key);
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, who[1]);
    let certificate = params.signed_by(&key, &issuer)?;
    Ok(Issued {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
        authority: authority.pem(),
        trusted: authority.der().clone(),
    })
}

/// Why there is no HTTPS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read, or holds no PEM of that kind.
    #[error("--tls: {path} {why}\nhelp: it is a PEM file, with -----BEGIN {wanted}----- in it")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
        /// What a PEM file of its kind begins with.
        wanted: &'static str,
    },
    /// The two do not belong together, or are of a kind that nobody takes.
    #[error(
        "--tls: the certificate and the key cannot be used together: {0}\nhelp: the certificate comes first, and the key is the one that it was made with"
    )]
    Mismatch(rustls::Error),
    /// A certificate could not be made.
    #[error("--tls: no certificate can be made: {0}")]
    Made(#[from] Error),
}

/// Ready to be served with, and the authority to trust where we made it.
pub(crate) fn prepare(
    tls: &Tls,
    names: Vec<String>,
) -> Result<(Arc<ServerConfig>, Option<String>), TlsError> {
    match tls {
        Tls::SelfSigned => {
            let issued = issue(["mock-hubspot, until it stops", "mock-hubspot"], names)?;
            let chain = CertificateDer::from_pem_slice(issued.certificate.as_bytes());
            let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes());
            let (chain, key) = (chain.expect("what was just written"), key.expect("what was just written"));
            Ok((config(vec![chain], key)?, Some(issued.authority)))
        }
        Tls::Files { certificate, key } => Ok((config(chain(certificate)?, private_key(key)?)?, None)),
    }
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |why: String| TlsError::File { path: path.to_owned(), why, wanted: "CERTIFICATE" };
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let chain: Vec<_> = read.map_err(|error| failed(words(&error)))?;
    if chain.is_empty() { Err(failed("holds no certificate".to_owned())) } else { Ok(chain) }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| TlsError::File {
        path: path.to_owned(),
        why: words(&error),
        wanted: "PRIVATE KEY",
    })
}

fn words(error: &pem::Error) -> String {
    match error {
        pem::Error::Io(error) => format!("cannot be read: {error}"),
        pem::Error::NoItemsFound => "holds nothing of that kind".to_owned(),
        other => format!("is damaged: {other:?}"),
    }
}

/// HTTP/2 for those who know it, else HTTP/1.1.
fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(TlsError::Mismatch)?.with_no_client_auth();
    let mut config = config.with_single_cert(chain, key).map_err(TlsError::Mismatch)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
