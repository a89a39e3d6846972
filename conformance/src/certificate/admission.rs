//! Who gets a certificate: every reason against it, at once. The same reasons refuse one when it is made and when it is
//! verified. Pure.

use super::face::Publication;
use crate::check::{Level, OctetStream, Profile};
use crate::conclusion::Premises;
use crate::evidence::Evidence;
use crate::requirements::RequirementSet;
use crate::results::{Identity, Results};
use std::collections::BTreeSet;

/// The profiles that every certificate demands.
pub const DEMANDED: [Profile; 3] = [Profile::Playback, Profile::Seek, Profile::Security];
/// Random ranges of each story, at least.
pub const LEAST_CASES: u32 = 256;
/// Names that belong to branches, and so to something else tomorrow.
const BRANCHES: [&str; 19] = [
    "main",
    "master",
    "trunk",
    "develop",
    "development",
    "dev",
    "head",
    "latest",
    "next",
    "stable",
    "staging",
    "production",
    "release",
    "nightly",
    "edge",
    "canary",
    "wip",
    "snapshot",
    "tip",
];

/// What can be said against a certificate before anything is sent.
pub fn beforehand(premises: &Premises) -> Vec<String> {
    let mut reasons = of_identity(&premises.integration);
    let terms = &premises.terms;
    for profile in DEMANDED.iter().filter(|profile| !terms.profiles.contains(profile)) {
        reasons.push(format!(
            "the profile {} is not declared, and every certificate demands it\nhelp: add it to [profiles] require",
            profile.name()
        ));
    }
    if premises.cases < LEAST_CASES {
        reasons.push(format!(
            "[ranges] cases is {}; a certificate demands {LEAST_CASES} random ranges at least\nhelp: raise it",
            premises.cases
        ));
    }
    let Some(set) = terms.set else {
        reasons.push("it was not judged by a requirement set".to_owned());
        return reasons;
    };
    for waiver in &premises.waivers {
        let required =
            set.checks().iter().filter(|(id, weight)| weight.level == Level::Required && waiver.covers(id));
        for (id, _) in required {
            reasons.push(format!(
                "the required check {id} is waived ({})\nhelp: mend what it finds, and take the [[waiver]] out",
                waiver.ticket
            ));
        }
    }
    reasons
}

/// What can be said against it once the run is over.
pub fn afterwards(
    evidence: &Evidence,
    premises: &Premises,
    results: &Results,
    publication: Publication,
) -> Vec<String> {
    let mut reasons = beforehand(premises);
    let narrowed = [
        (premises.filtered || !premises.terms.only.is_empty(), "the run was filtered"),
        (premises.terms.octet_stream == OctetStream::Lenient, "octet-stream was read leniently"),
        (premises.shard.is_some() || !evidence.shards.is_empty(), "the run was put together from shards"),
    ];
    reasons.extend(narrowed.iter().filter(|(holds, _)| *holds).map(|(_, why)| (*why).to_owned()));
    if results.standing.exit != 0 {
        reasons.extend(results.standing.reasons.iter().cloned());
    }
    if let Some(set) = premises.terms.set {
        reasons.extend(never_asked(set, premises, results));
    }
    if publication == Publication::Published {
        reasons.extend(without_tls(evidence));
    }
    reasons
}

fn of_identity(identity: &Identity) -> Vec<String> {
    let Identity { organization, product, version, contact } = identity;
    let mut reasons = Vec::new();
    for (key, value) in
        [("organization", organization), ("product", product), ("version", version), ("contact", contact)]
    {
        if value.trim().is_empty() {
            reasons.push(format!("[integration] {key} is missing: a certificate says who was examined\nhelp: give it in conformance.toml"));
        } else if value.chars().any(char::is_control) {
            reasons.push(format!("[integration] {key} has a control character in it"));
        }
    }
    if !version.trim().is_empty() && !names_one_thing(version) {
        reasons.push(format!(
            "[integration] version `{}` is the name of a branch, which is something else tomorrow\nhelp: give a tag or a commit, 4.2.1 say",
            version.escape_debug()
        ));
    }
    reasons
}

/// Whether a version is a tag or a commit: it has a digit, or is a commit's hex, and no branch is called like that.
fn names_one_thing(version: &str) -> bool {
    let lower = version.trim().to_lowercase();
    let commit = (7..=64).contains(&lower.len()) && lower.bytes().all(|b| b.is_ascii_hexdigit());
    let branch = BRANCHES.contains(&lower.as_str()) || lower.contains('/');
    !branch && (commit || lower.bytes().any(|b| b.is_ascii_digit()))
}

/// Required checks of declared profiles that no story asked.
fn never_asked<'a>(
    set: RequirementSet,
    premises: &'a Premises,
    results: &'a Results,
) -> impl Iterator<Item = String> + 'a {
    let asked: BTreeSet<_> =
        results.stories.iter().flat_map(|story| &story.checks).map(|check| check.check.as_str()).collect();
    let demanded = set.checks().iter().filter(|(_, weight)| {
        weight.level == Level::Required && premises.terms.profiles.contains(&weight.profile)
    });
    demanded
        .filter(move |(id, _)| !asked.contains(id.as_str()))
        .map(|(id, _)| format!("the required check {id} was asked in no story"))
}

/// Addresses of the integration that are without TLS, by scheme and host.
fn without_tls(evidence: &Evidence) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut see = |url: &str| {
        let lower = url.get(..7).unwrap_or_default().to_ascii_lowercase();
        if lower == "http://" {
            let host = url[7..].split(['/', '?', '#']).next().unwrap_or_default();
            seen.insert(host.rsplit('@').next().unwrap_or_default().to_owned());
        }
    };
    see(&evidence.run.registered_url);
    for story in &evidence.stories {
        story.moved_to.iter().for_each(|url| see(url));
        for exchange in &story.exchanges {
            see(&exchange.request.target);
            exchange.hops.iter().for_each(|hop| see(&hop.url));
        }
    }
    seen.iter()
        .map(|host| {
            format!(
                "{host} was asked over http://, and HubSpot fetches recordings over https:// alone\nhelp: serve it over TLS; \
                 --not-for-publication makes a certificate that certifies nothing, to try the way"
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Terms;
    use crate::report::sample;
    use crate::waiver::Waiver;

    fn sound() -> Premises {
        Premises {
            integration: sample::green().integration,
            cases: 256,
            terms: Terms {
                profiles: DEMANDED.to_vec(),
                set: Some(RequirementSet::LATEST),
                ..Terms::default()
            },
            ..Premises::default()
        }
    }

    #[test]
    fn a_sound_configuration_has_nothing_against_it() {
        assert_eq!(beforehand(&sound()), Vec::<String>::new());
    }

    #[test]
    fn every_reason_is_told_at_once() {
        let waiver = |check: &str| Waiver { check: check.into(), ..Waiver::default() };
        let premises = Premises {
            integration: Identity { version: "main".into(), ..Identity::default() },
            cases: 255,
            terms: Terms { set: Some(RequirementSet::LATEST), ..Terms::default() },
            waivers: vec![waiver("ranges/first-byte"), waiver("download/cors")],
            ..Premises::default()
        };
        let reasons = beforehand(&premises).join("\n");
        for part in [
            "organization is missing",
            "product is missing",
            "contact is missing",
            "`main` is the name of a branch",
            "profile playback",
            "profile seek",
            "profile security",
            "cases is 255",
            "ranges/first-byte is waived",
        ] {
            assert!(reasons.contains(part), "{part}: {reasons}");
        }
        assert!(!reasons.contains("download/cors"), "recommended checks may be waived");
    }

    #[test]
    fn a_branch_is_told_from_a_tag_and_a_commit() {
        for tag in ["4.2.1", "v4", "2026-03-31", "deadbeef", "release-7", "0a1b2c3"] {
            assert!(names_one_thing(tag), "{tag}");
        }
        for branch in ["main", "HEAD", "feature/7", "refs/heads/v1", "my-branch", "Latest", "beef"] {
            assert!(!names_one_thing(branch), "{branch}");
        }
    }

    #[test]
    fn an_address_without_tls_refuses_a_certificate_on_loopback_too() {
        let mut evidence = Evidence::default();
        evidence.run.registered_url = "https://acme.example/r/%s".into();
        assert!(without_tls(&evidence).is_empty());
        evidence.run.registered_url = "HTTP://127.0.0.1:80/r/%s".into();
        assert!(without_tls(&evidence)[0].starts_with("127.0.0.1:80 was asked over http://"));
        let refused = |publication| {
            afterwards(&evidence, &sound(), &sample::green(), publication)
                .iter()
                .any(|r| r.contains("http://"))
        };
        assert!(refused(Publication::Published));
        assert!(!refused(Publication::NotForPublication));
    }
}
