//! Signatures for recording URLs: whoever holds one may fetch one recording until it expires, and nobody else may.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How long a URL works at least.
pub(crate) const LIFETIME: Duration = Duration::from_hours(1);

/// Signs with a secret that lives as long as the process.
pub(crate) struct Signer {
    secret: [u8; 32],
}

impl Signer {
    /// A signer with a fresh secret.
    pub(crate) fn new() -> Result<Self, rustls::crypto::GetRandomFailed> {
        let mut secret = [0; 32];
        rustls::crypto::ring::default_provider().secure_random.fill(&mut secret)?;
        Ok(Self { secret })
    }

    /// The query that lets its bearer fetch a recording. A player keeps the URL it was given, pauses included, so it must
    /// outlive the recording by far.
    pub(crate) fn query(&self, key: &str, duration: Duration) -> String {
        let expires = seconds_now() + LIFETIME.as_secs() + 2 * duration.as_secs();
        format!("expires={expires}&signature={}", self.sign(key, expires))
    }

    /// The signature of a recording and an expiry, in hexadecimal.
    pub(crate) fn sign(&self, key: &str, expires: u64) -> String {
        let code = self.mac(key, expires).finalize().into_bytes();
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
        code.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// Whether the signature is ours and has not expired. The comparison takes equally long whatever was guessed.
    pub(crate) fn allows(&self, key: &str, expires: u64, signature: &str) -> bool {
        let genuine =
            decode(signature).is_some_and(|code| self.mac(key, expires).verify_slice(&code).is_ok());
        genuine && seconds_now() < expires
    }

    fn mac(&self, key: &str, expires: u64) -> Hmac<Sha256> {
        let mac = Hmac::new_from_slice(&self.secret).expect("HMAC takes a key of any length");
        // A key has no line break, so no two pairs of key and expiry read alike.
        mac.chain_update(key).chain_update("\n").chain_update(expires.to_string())
    }
}

fn seconds_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Lower-case hexadecimal only: one signature has one spelling.
fn decode(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if !hex.len().is_multiple_of(2) {
        return None;
    }
    hex.as_bytes().chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn a_signature_opens_its_own_recording_until_it_expires() {
        let signer = Signer::new().unwrap();
        let later = seconds_now() + 60;
        let signature = signer.sign("r1", later);
        assert!(signer.allows("r1", later, &signature));
        assert!(!signer.allows("r2", later, &signature));
        assert!(!signer.allows("r1", later + 1, &signature));
        assert!(!signer.allows("r1", 1, &signer.sign("r1", 1)));
    }

    #[test]
    fn an_altered_signature_opens_nothing() {
        let signer = Signer::new().unwrap();
        let later = seconds_now() + 60;
        let signature = signer.sign("r1", later);
        let last = if signature.ends_with('0') { "1" } else { "0" };
        for altered in
            ["", "zz", &signature[..4], &signature.to_uppercase(), &format!("{}{last}", &signature[..63])]
        {
            assert!(altered == signature || !signer.allows("r1", later, altered), "{altered}");
        }
        assert!(!Signer::new().unwrap().allows("r1", later, &signature));
    }
}
