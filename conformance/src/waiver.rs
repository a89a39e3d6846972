//! Waivers: failures that are known, for a reason and until a day. The check still runs, and must still fail. Pure.
//!
//! Read next: `config/waivers.rs` (as they are written), `standing.rs` (what they weigh).

use crate::catalogue;
use crate::results::StoryResult;
use serde::{Deserialize, Serialize};

/// A known failure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    /// The id of the check that is known to fail; or the words that several ids begin with, `ranges/if-range` say.
    pub check: String,
    /// Why that is borne.
    pub reason: String,
    /// Where it is followed up.
    pub ticket: String,
    /// The last day on which it holds, `YYYY-MM-DD`.
    pub expires: String,
}

/// What became of a waiver in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Its check fails, as was known: that does not count.
    Holds,
    /// Its last day is over. The check fails still, and that is no news.
    Expired,
    /// Its check passes: the waiver is to be taken out.
    Stale,
    /// Its check was not applicable anywhere: nothing was waived.
    Unmatched,
    /// Its check could not be judged, so nobody knows.
    Unjudged,
    /// The run was narrowed, and did not ask enough to say.
    NotAsked,
}

/// A waiver, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// The waiver.
    #[serde(flatten)]
    pub waiver: Waiver,
    /// What became of it.
    pub state: State,
    /// The stories in which its check failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stories: Vec<String>,
}

impl Waiver {
    /// Whether it is about the check with this id.
    pub fn covers(&self, id: &str) -> bool {
        let several = || catalogue::find(&self.check).is_none();
        match id.strip_prefix(self.check.as_str()) {
            Some("") => true,
            Some(rest) => rest.starts_with('-') && several(),
            None => false,
        }
    }
}

impl State {
    /// Whether a failure of the check counts no more.
    pub fn excuses(self) -> bool {
        matches!(self, Self::Holds | Self::Expired)
    }
    /// Whether the waiver itself is to be looked after.
    pub fn is_amiss(self) -> bool {
        matches!(self, Self::Expired | Self::Stale | Self::Unmatched)
    }
    /// In a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Holds => "fails, as is known",
            Self::Expired => "expired",
            Self::Stale => "stale: the check passes",
            Self::Unmatched => "unmatched: the check is not applicable here",
            Self::Unjudged => "unjudged",
            Self::NotAsked => "not asked in this run",
        }
    }
}

impl Waived {
    /// In a sentence.
    pub fn sentence(&self) -> String {
        let Waiver { check, reason, ticket, expires } = &self.waiver;
        let state = match self.state {
            State::Expired => format!("expired on {expires}"),
            state => state.words().to_owned(),
        };
        format!("{check} {state} (waived until {expires}, {ticket}: {reason})")
    }
}

/// What became of each waiver. `today` is the day on which the run started, `YYYY-MM-DD`; `narrowed` whether it asked less
/// than the whole.
pub fn review(waivers: &[Waiver], stories: &[StoryResult], today: &str, narrowed: bool) -> Vec<Waived> {
    let one = |waiver: &Waiver| {
        let verdicts = || {
            stories.iter().flat_map(|story| {
                let mine = story.checks.iter().filter(|c| waiver.covers(&c.check));
                mine.map(|check| (story.scenario.as_str(), check.verdict.word()))
            })
        };
        let any = |word: &str| verdicts().any(|(_, w)| w == word);
        // Days of this form are in order as text.
        let expired = waiver.expires.as_str() < today;
        let state = if any("fail") {
            if expired { State::Expired } else { State::Holds }
        } else if any("unjudged") {
            State::Unjudged
        } else if narrowed {
            State::NotAsked
        } else if any("pass") {
            State::Stale
        } else {
            State::Unmatched
        };
        let failed = verdicts().filter(|(_, word)| *word == "fail").map(|(story, _)| story.to_owned());
        let mut failed: Vec<_> = failed.collect();
        failed.dedup();
        Waived { waiver: waiver.clone(), state, stories: failed }
    };
    waivers.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::{State, Waiver, review};
    use crate::report::sample;

    fn state(check: &str, expires: &str, narrowed: bool) -> State {
        let waiver = Waiver { check: check.into(), expires: expires.into(), ..Waiver::default() };
        review(&[waiver], &sample::mixed().stories, "2026-11-27", narrowed)[0].state
    }

    #[test]
    fn a_waiver_covers_one_check_or_those_that_begin_with_its_words() {
        let covers = |check: &str, id: &str| Waiver { check: check.into(), ..Waiver::default() }.covers(id);
        assert!(covers("ranges/first-byte", "ranges/first-byte"));
        assert!(covers("ranges/if-range", "ranges/if-range-match"));
        assert!(!covers("ranges/if-ran", "ranges/if-range-match"));
        assert!(!covers("ranges/suffix", "ranges/suffix-longer"), "an id means itself alone");
        assert!(!covers("ranges", "ranges/first-byte"), "no section is waived");
    }

    #[test]
    fn a_waiver_holds_only_while_its_check_fails_and_its_last_day_is_not_over() {
        for (check, expires, narrowed, wanted) in [
            ("ranges/single", "2026-12-31", false, State::Holds),
            ("ranges/single", "2026-11-27", false, State::Holds),
            ("ranges/single", "2026-11-26", false, State::Expired),
            ("calls/logged", "2026-12-31", false, State::Stale),
            ("calls/logged", "2026-11-26", false, State::Stale),
            ("calls/logged", "2026-12-31", true, State::NotAsked),
            ("media/channels", "2026-12-31", false, State::Unjudged),
            ("security/neighbour", "2026-12-31", false, State::Unmatched),
            ("ranges/absent", "2026-12-31", false, State::Unmatched),
            ("ranges/absent", "2026-12-31", true, State::NotAsked),
            ("ranges/sin", "2026-12-31", false, State::Unmatched),
        ] {
            assert_eq!(state(check, expires, narrowed), wanted, "{check} {expires} {narrowed}");
        }
    }
}
