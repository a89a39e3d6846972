//! The last look for secrets: in every file of a bundle, before it is sealed and whenever it is verified. Pure.
//!
//! Secrets are cut when an exchange is captured (`mock_hubspot::secrets`); this looks for what slipped through. It never
//! says what it found, only where.

use super::archive::Files;
use crate::plan;
use regex::{Regex, bytes};
use std::sync::LazyLock;

/// What looks like a secret, by kind.
static SHAPES: LazyLock<Vec<(&str, bytes::Regex)>> = LazyLock::new(|| {
    [
        ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
        ("a token of HubSpot", r"\bpat-[a-z]{2}[0-9]-[0-9a-f]{8}[0-9a-f-]{8,}"),
        ("an access key", r"\bAKIA[0-9A-Z]{16}\b"),
        ("a signed token", r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
        ("a bearer token", r"(?i)\bbearer\s+[a-z0-9._~+/-]{20,}"),
        (
            "a credential",
            r"(?i)\b(signature|sig|x-amz-signature|x-goog-signature|access_token|refresh_token|client_secret|developer_key|hapikey|password)=[a-z0-9%._~+/-]{16,}",
        ),
    ]
    .into_iter()
    .map(|(kind, shape)| (kind, bytes::Regex::new(shape).expect("a test uses every shape")))
    .collect()
});

/// A key of the configuration whose value is a secret, with a value that is written out.
static SETTING: LazyLock<Regex> = LazyLock::new(|| {
    const NAMES: &str = "token|secret|password|passwd|passphrase|api[_-]?key|developer_key|private_key|authorization|credential|cookie";
    Regex::new(&format!(
        r#"(?i)(?P<open>[\w.-]*(?:{NAMES})[\w-]*["']?\s*=\s*)(?P<value>"[^"{{}}]+"|'[^'{{}}]+')"#
    ))
    .expect("a test uses it")
});

/// Where a secret stands, and what kind it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The file.
    pub file: String,
    /// What it looks like.
    pub kind: String,
}

/// Looks through every file. The secrets of a run's portal derive from its seed, so those are looked for to the letter.
pub fn scan(files: &Files, seed: u64) -> Vec<Hit> {
    let portal = plan::portal(seed);
    let own = [portal.access_token, portal.refresh_token, portal.developer_key, portal.client_secret];
    let own: Vec<_> = own.iter().map(|secret| regex::escape(secret)).collect();
    let own = bytes::Regex::new(&own.join("|")).expect("escaped words joined by bars");
    let mut hits = Vec::new();
    for (file, content) in files {
        let mut hit = |kind: &str| hits.push(Hit { file: file.clone(), kind: kind.to_owned() });
        for (kind, shape) in SHAPES.iter() {
            if shape.is_match(content) {
                hit(kind);
            }
        }
        if own.is_match(content) {
            hit("a secret of the run's portal");
        }
    }
    hits
}

/// The text of a configuration without the secrets that somebody wrote into it. Templates and sources stay.
pub fn cut_configuration(text: &str) -> String {
    SETTING.replace_all(text, "${open}\"<secret>\"").into_owned()
}

#[cfg(test)]
mod tests {
    use super::{cut_configuration, scan};
    use crate::certificate::archive::Files;
    use crate::plan;

    #[test]
    fn every_kind_of_secret_is_found_and_its_place_told() {
        let own = plan::portal(7).access_token;
        for text in [
            "-----BEGIN PRIVATE KEY-----",
            "pat-na1-0a1b2c3d-1111-2222",
            "AKIAIOSFODNN7EXAMPLE",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w",
            "Authorization: Bearer abcdefghijklmnopqrstuvwx",
            "https://h/x?X-Amz-Signature=0123456789abcdef01234567",
            own.as_str(),
        ] {
            let files = Files::from([("a".into(), b"harmless".to_vec()), ("b".into(), text.into())]);
            let hits = scan(&files, 7);
            assert!(!hits.is_empty() && hits.iter().all(|hit| hit.file == "b"), "{text}: {hits:?}");
            assert!(hits.iter().all(|hit| !hit.kind.contains(text)));
        }
        let cut =
            Files::from([("a".into(), b"Bearer <secret:12345678901234567890>&sig=<secret:1>".to_vec())]);
        assert!(scan(&cut, 7).is_empty());
    }

    #[test]
    fn a_configuration_keeps_its_templates_and_loses_what_was_written_out() {
        let kept = "TOKEN = \"{access_token}\"\naccess_token = { env = \"T\" }\nversion = \"1\"\n";
        assert_eq!(cut_configuration(kept), kept);
        let cut = cut_configuration("env = { MY_API_KEY = \"abc\", X = \"y\" }\n\"x-auth-token\" = 'z'\n");
        assert_eq!(cut, "env = { MY_API_KEY = \"<secret>\", X = \"y\" }\n\"x-auth-token\" = \"<secret>\"\n");
        assert_eq!(cut_configuration(&cut), cut);
    }
}
