//! What is signed: an in-toto statement about the manifest, in a DSSE envelope. Pure.
//!
//! Statement: in-toto attestation v1, predicate `test-result/v0.1`. Envelope: DSSE v1. Both have one form here, so that a
//! changed byte shows. Read next: `key.rs`, `bundle.rs`.

use super::face::Publication;
use super::key::{PrivateKey, PublicKey};
use crate::requirements::RequirementSet;
use crate::results::Results;
use crate::verdict::Verdict;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The DSSE envelope as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    #[serde(rename = "payloadType")]
    payload_type: String,
    payload: String,
    signatures: Vec<Signature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    keyid: String,
    sig: String,
}

/// The statement that these results follow from the files of this manifest.
pub(super) fn statement(
    results: &Results,
    set: RequirementSet,
    publication: Publication,
    manifest_sha256: &str,
    config_sha256: &str,
) -> String {
    let name = match publication {
        Publication::Published => "manifest.sha256",
        Publication::NotForPublication => "manifest.sha256 (NOT FOR PUBLICATION)",
    };
    let mut subject = vec![json!({ "name": name, "digest": { "sha256": manifest_sha256 } })];
    let version = &results.integration.version;
    if version.len() == 40 && version.bytes().all(|b| b.is_ascii_hexdigit()) {
        let digest = json!({ "gitCommit": version.to_ascii_lowercase() });
        subject.push(json!({ "name": results.integration.product, "digest": digest }));
    }
    let (passed, warned, failed) = rolled_up(results);
    let result = match (failed.is_empty(), warned.is_empty(), publication) {
        (false, ..) => "FAILED",
        // Whoever reads no more than this word must not take it for a certificate.
        (true, false, _) | (true, true, Publication::NotForPublication) => "WARNED",
        (true, true, Publication::Published) => "PASSED",
    };
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": result,
            "configuration": [
                { "name": "conformance.toml", "digest": { "sha256": config_sha256 } },
                { "name": format!("{}.toml", set.name()), "digest": { "sha256": set.sha256() } },
                { "uri": format!("pkg:cargo/{}@{}", results.kit.name, results.kit.version) },
            ],
            "passedTests": passed,
            "warnedTests": warned,
            "failedTests": failed,
        },
    });
    format!("{statement:#}\n")
}

/// The checks that passed, that raised a finding which does not count, and that failed; a check once, by its worst story.
fn rolled_up(results: &Results) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
    let mut worst: BTreeMap<&str, u8> = BTreeMap::new();
    for check in results.stories.iter().flat_map(|story| &story.checks) {
        let counts = check.level == crate::check::Level::Required && !results.excuses(&check.check);
        let weight = match check.verdict {
            Verdict::NotApplicable { .. } => continue,
            Verdict::Pass => 0,
            Verdict::Fail { .. } | Verdict::Unjudged { .. } if counts => 2,
            Verdict::Fail { .. } | Verdict::Unjudged { .. } => 1,
        };
        let known = worst.entry(&check.check).or_default();
        *known = weight.max(*known);
    }
    let of = |wanted: u8| worst.iter().filter(|(_, w)| **w == wanted).map(|(id, _)| *id).collect();
    (of(0), of(1), of(2))
}

/// What a signature is of (DSSE v1, pre-authentication encoding).
fn encoding(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// Signs a statement.
pub(super) fn sealed(statement: &str, key: &PrivateKey) -> String {
    written(statement, &key.public().id(), &key.sign(&encoding(statement.as_bytes())))
}

fn written(statement: &str, keyid: &str, signature: &[u8]) -> String {
    let signature = Signature { keyid: keyid.to_owned(), sig: STANDARD.encode(signature) };
    let envelope = Envelope {
        payload_type: PAYLOAD_TYPE.to_owned(),
        payload: STANDARD.encode(statement),
        signatures: vec![signature],
    };
    let text = serde_json::to_string_pretty(&envelope);
    text.expect("an envelope holds nothing that JSON has no word for") + "\n"
}

/// The statement of an envelope that this key signed; otherwise why it is not to be believed.
pub(super) fn opened(envelope: &[u8], key: &PublicKey) -> Result<String, String> {
    let read: Envelope =
        serde_json::from_slice(envelope).map_err(|error| format!("it is no DSSE envelope: {error}"))?;
    if read.payload_type != PAYLOAD_TYPE {
        return Err(format!("its payload is not {PAYLOAD_TYPE}"));
    }
    let [signature] = read.signatures.as_slice() else {
        return Err(format!("it has {} signatures; a certificate has one", read.signatures.len()));
    };
    if signature.keyid != key.id() {
        let theirs: String = signature.keyid.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
        return Err(format!("it was signed with another key: {theirs}, not {}", key.id()));
    }
    let decode = |text: &str| STANDARD.decode(text).map_err(|_| "it is not written in base64".to_owned());
    let (payload, bytes) = (decode(&read.payload)?, decode(&signature.sig)?);
    if !key.verifies(&encoding(&payload), &bytes) {
        return Err(
            "the signature does not fit: the statement was changed, or another key signed it".to_owned()
        );
    }
    let statement = String::from_utf8(payload).map_err(|_| "the statement is not UTF-8".to_owned())?;
    if written(&statement, &signature.keyid, &bytes).as_bytes() != envelope {
        return Err(
            "it differs from the one form of an envelope: it was changed after it was signed".to_owned()
        );
    }
    Ok(statement)
}

#[cfg(test)]
mod tests {
    use super::{opened, sealed, statement};
    use crate::certificate::Publication;
    use crate::certificate::key::PrivateKey;
    use crate::report::sample;
    use crate::requirements::RequirementSet;
    use serde_json::Value;

    #[test]
    fn the_encoding_is_the_one_of_the_specification() {
        assert!(super::encoding(b"hello").starts_with(b"DSSEv1 28 application/vnd.in-toto+json 5 hello"));
    }

    #[test]
    fn every_changed_byte_of_an_envelope_is_noticed() {
        let key = PrivateKey::generate().unwrap();
        let envelope = sealed("{\"a\":1}", &key);
        assert_eq!(opened(envelope.as_bytes(), &key.public()).as_deref(), Ok("{\"a\":1}"));
        for at in 0..envelope.len() {
            for bit in [1, 2, 32] {
                let mut changed = envelope.clone().into_bytes();
                changed[at] ^= bit;
                assert!(opened(&changed, &key.public()).is_err(), "byte {at}, bit {bit}");
            }
        }
        let other = PrivateKey::generate().unwrap().public();
        assert!(opened(envelope.as_bytes(), &other).unwrap_err().contains("another key"));
    }

    #[test]
    fn a_statement_names_its_subject_its_terms_and_every_check_once() {
        let mut results = sample::mixed();
        results.integration.version = "AB".repeat(20);
        let text = statement(&results, RequirementSet::LATEST, Publication::Published, "m", "c");
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["subject"][0]["digest"]["sha256"], "m");
        assert_eq!(value["subject"][1]["digest"]["gitCommit"], "ab".repeat(20));
        assert_eq!(value["predicate"]["result"], "FAILED");
        assert!(value["predicate"]["failedTests"].as_array().unwrap().contains(&"ranges/single".into()));
        let set = RequirementSet::LATEST;
        let tried = statement(&sample::green(), set, Publication::NotForPublication, "m", "c");
        assert!(tried.contains("NOT FOR PUBLICATION") && tried.contains("WARNED"), "{tried}");
        assert!(statement(&sample::green(), set, Publication::Published, "m", "c").contains("PASSED"));
        assert_eq!(
            value["predicate"]["configuration"][1]["digest"]["sha256"],
            RequirementSet::LATEST.sha256()
        );
    }
}
