//! Requirement sets: frozen lists of what a certificate demands, each check with its level and profile. Pure.
//!
//! A published set never changes. A check that came later is informational under it; the next set may demand it. The files
//! stand in `conformance/sets/` and are carried by the binary. Read next: `judge.rs` (which weighs by a set), `certificate/`.

use crate::check::{Check, Level, Profile};
use crate::evidence::store::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A requirement set, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequirementSet {
    /// The first one.
    #[serde(rename = "2026-1")]
    First2026,
}

/// How much a check weighs, and which claim it examines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weight {
    /// Its level.
    pub level: Level,
    /// Its profile.
    pub profile: Profile,
}

/// A file of `conformance/sets/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    set: String,
    check: BTreeMap<String, Weight>,
}

static FIRST_2026: &str = include_str!("../sets/2026-1.toml");
static FIRST_2026_READ: LazyLock<File> =
    LazyLock::new(|| toml::from_str(FIRST_2026).expect("a test reads every set of the kit"));

impl RequirementSet {
    /// Every set, the newest last.
    pub const ALL: [Self; 1] = [Self::First2026];
    /// The one that certificates are made for where none is named.
    pub const LATEST: Self = Self::First2026;

    /// The set with this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|set| set.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        &self.read().set
    }

    /// Its file, to the letter.
    pub fn text(self) -> &'static str {
        match self {
            Self::First2026 => FIRST_2026,
        }
    }

    /// The SHA-256 of its file, lower-case hex: what identifies it.
    pub fn sha256(self) -> String {
        hex(&Sha256::digest(self.text()))
    }

    /// Its checks, by id.
    pub fn checks(self) -> &'static BTreeMap<String, Weight> {
        &self.read().check
    }

    /// What a check weighs under this set: one that is not in it is informational.
    pub fn weight(self, check: &Check) -> Weight {
        let unknown = Weight { level: Level::Informational, profile: check.profile };
        self.checks().get(check.id).copied().unwrap_or(unknown)
    }

    fn read(self) -> &'static File {
        match self {
            Self::First2026 => &FIRST_2026_READ,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RequirementSet, Weight};
    use crate::catalogue;
    use crate::check::{Check, Level, Profile};

    /// Published sets never change: whoever changes one of these lines breaks every certificate that names it.
    const PINNED: [(&str, &str); 1] =
        [("2026-1", "3dc3bb2a701626c93a7b89c13f240057f5f6aaa93c6b79e2e7204578b81cc392")];

    #[test]
    fn a_published_set_never_changes() {
        let found: Vec<_> = RequirementSet::ALL.into_iter().map(|s| (s.name(), s.sha256())).collect();
        let pinned: Vec<_> = PINNED.into_iter().map(|(name, hash)| (name, hash.to_owned())).collect();
        assert_eq!(found, pinned);
        assert_eq!(RequirementSet::find("2026-1"), Some(RequirementSet::LATEST));
        assert_eq!(RequirementSet::find("2025-1"), None);
    }

    #[test]
    fn a_set_names_checks_that_exist_alone() {
        for set in RequirementSet::ALL {
            assert!(set.checks().len() > 100, "{} names {} checks", set.name(), set.checks().len());
            for id in set.checks().keys() {
                assert!(catalogue::find(id).is_some(), "{} names {id}, which no section has", set.name());
            }
        }
    }

    #[test]
    fn a_check_that_came_after_a_set_is_informational_under_it() {
        let known = catalogue::find("ranges/first-byte").unwrap();
        let weighs = Weight { level: Level::Required, profile: Profile::Seek };
        assert_eq!(RequirementSet::LATEST.weight(known), weighs);
        let later = Check {
            id: "ranges/of-tomorrow",
            level: Level::Required,
            profile: Profile::Security,
            since: "9.0.0",
            clauses: &[],
            needs: &[],
            judge: |_| crate::verdict::Verdict::Pass,
            proof: &[],
            doc: "",
        };
        let weighs = Weight { level: Level::Informational, profile: Profile::Security };
        assert_eq!(RequirementSet::LATEST.weight(&later), weighs);
    }
}
