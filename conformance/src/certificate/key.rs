//! Keys for certificates: ed25519, as PEM that other tools read too (PKCS#8 and SPKI, RFC 8410). Pure.

use crate::evidence::store::hex;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest, Sha256};

/// What stands before the 32 bytes of a private key (RFC 8410 §7).
const PKCS8: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/// What stands before the 32 bytes of a public key (RFC 8410 §4).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Why a key cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// No PEM of this kind.
    #[error("it holds no `-----BEGIN {0}-----`")]
    NoPem(&'static str),
    /// Not an ed25519 key.
    #[error("it is no ed25519 key in the form of RFC 8410")]
    OtherKind,
    /// The machine has no randomness.
    #[error("this machine gives no randomness")]
    NoRandomness,
}

/// A private key.
pub struct PrivateKey {
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PrivateKey {
    /// A new one.
    pub fn generate() -> Result<Self, KeyFault> {
        let mut seed = [0; 32];
        SystemRandom::new().fill(&mut seed).map_err(|_| KeyFault::NoRandomness)?;
        Self::of(seed)
    }

    fn of(seed: [u8; 32]) -> Result<Self, KeyFault> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyFault::OtherKind)?;
        Ok(Self { seed, pair })
    }

    /// Reads PKCS#8 in PEM.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        Self::of(read(text, "PRIVATE KEY", &PKCS8)?)
    }

    /// PKCS#8 in PEM.
    pub fn pem(&self) -> String {
        written("PRIVATE KEY", &PKCS8, &self.seed)
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        let bytes = self.pair.public_key().as_ref().try_into();
        PublicKey(bytes.expect("an ed25519 public key has 32 bytes"))
    }

    /// The signature of these bytes; the same bytes have the same one.
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.pair.sign(bytes).as_ref().to_vec()
    }
}

impl PublicKey {
    /// Reads SPKI in PEM.
    pub fn from_pem(text: &str) -> Result<Self, KeyFault> {
        read(text, "PUBLIC KEY", &SPKI).map(Self)
    }

    /// SPKI in PEM.
    pub fn pem(&self) -> String {
        written("PUBLIC KEY", &SPKI, &self.0)
    }

    /// What names it: the SHA-256 of its SPKI form, lower-case hex.
    pub fn id(&self) -> String {
        hex(&Sha256::digest([SPKI.as_slice(), &self.0].concat()))
    }

    /// Whether this is its signature of these bytes.
    pub fn verifies(&self, bytes: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(bytes, signature).is_ok()
    }
}

fn read(text: &str, kind: &'static str, before: &[u8]) -> Result<[u8; 32], KeyFault> {
    let (begin, end) = (format!("-----BEGIN {kind}-----"), format!("-----END {kind}-----"));
    let inner = text.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end)).map(|(inner, _)| inner);
    let base64: String = inner.ok_or(KeyFault::NoPem(kind))?.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(base64).map_err(|_| KeyFault::OtherKind)?;
    let key = bytes.strip_prefix(before).and_then(|key| key.try_into().ok());
    key.ok_or(KeyFault::OtherKind)
}

fn written(kind: &str, before: &[u8], key: &[u8; 32]) -> String {
    let base64 = STANDARD.encode([before, key].concat());
    format!("-----BEGIN {kind}-----\n{base64}\n-----END {kind}-----\n")
}

#[cfg(test)]
mod tests {
    use super::{KeyFault, PrivateKey, PublicKey};

    /// The example of RFC 8410 §10.1 and §10.3.
    const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
    const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

    #[test]
    fn the_keys_of_the_rfc_are_read_and_written() {
        let key = PrivateKey::from_pem(PRIVATE).unwrap();
        assert_eq!(key.pem(), PRIVATE);
        assert_eq!(key.public().pem(), PUBLIC);
        assert_eq!(PublicKey::from_pem(PUBLIC).unwrap(), key.public());
    }

    #[test]
    fn what_is_no_such_key_is_refused() {
        assert!(matches!(PrivateKey::from_pem(PUBLIC), Err(KeyFault::NoPem("PRIVATE KEY"))));
        assert_eq!(PublicKey::from_pem("hello"), Err(KeyFault::NoPem("PUBLIC KEY")));
        let shortened = PUBLIC.replace("MCow", "MCow\n").replace("ZuE=", "Zg==");
        assert_eq!(PublicKey::from_pem(&shortened), Err(KeyFault::OtherKind));
    }

    #[test]
    fn a_signature_is_of_one_key_and_one_text() {
        let (key, other) = (PrivateKey::generate().unwrap(), PrivateKey::generate().unwrap());
        let signature = key.sign(b"text");
        assert_eq!(signature, key.sign(b"text"));
        assert!(key.public().verifies(b"text", &signature));
        assert!(!key.public().verifies(b"Text", &signature));
        assert!(!other.public().verifies(b"text", &signature));
        assert_ne!(key.public().id(), other.public().id());
    }
}
