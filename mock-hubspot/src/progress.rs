//! What became of a call's recording, as far as the journal tells.
//!
//! Pure: reads entries, decides nothing. Read next: `control/calls.rs`, `page/calls.rs`.

use crate::journal::{Direction, Entry, Outcome};
use crate::operation::Operation;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;

/// How far a recording has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "stage")]
pub(crate) enum Stage {
    /// Nobody said that the recording is ready.
    #[default]
    Logged,
    /// HubSpot was told, and has not finished yet.
    Waiting,
    /// HubSpot fetched the recording.
    Fetched {
        /// The exchange that brought it.
        exchange: u64,
    },
    /// HubSpot could not fetch it.
    Failed {
        /// The exchange that failed.
        exchange: u64,
        /// Why.
        why: String,
    },
}

impl Stage {
    /// Whether it goes on without anybody doing anything.
    pub(crate) const fn is_settled(&self) -> bool {
        matches!(self, Self::Fetched { .. } | Self::Failed { .. })
    }

    /// A word for it.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Logged => "not ready",
            Self::Waiting => "waiting",
            Self::Fetched { .. } => "fetched",
            Self::Failed { .. } => "failed",
        }
    }

    /// What it is after one more exchange of the same call.
    fn after(self, entry: &Entry) -> Self {
        match (entry.direction, &entry.outcome) {
            (Direction::Arrived, Outcome::Served) if entry.operation == Some(Operation::MarkReady) => {
                match self {
                    Self::Logged => Self::Waiting,
                    other => other,
                }
            }
            (Direction::Arrived, _) => self,
            // Whoever presses play asks as well; until that fails, what was fetched stands.
            (Direction::AskedForUrl, Outcome::Pending) if matches!(self, Self::Fetched { .. }) => self,
            (_, Outcome::Pending) => Self::Waiting,
            (_, Outcome::Failed(why)) => Self::Failed { exchange: entry.number, why: why.clone() },
            (Direction::FetchedRecording, Outcome::Served) if is_final(entry) => {
                Self::Fetched { exchange: entry.number }
            }
            _ => self,
        }
    }
}

/// Whether the recording itself came, and no redirect.
fn is_final(entry: &Entry) -> bool {
    entry.reply.as_ref().is_some_and(|reply| reply.status == 200)
}

/// How far one call has come, of the exchanges after that number.
pub(crate) fn of_call(entries: &[Arc<Entry>], call_id: u64, after: u64) -> Stage {
    let own = entries.iter().skip(after as usize).filter(|e| e.call_id == Some(call_id));
    own.fold(Stage::default(), |stage, entry| stage.after(entry))
}

/// How far each call has come.
pub(crate) fn of_all(entries: &[Arc<Entry>]) -> HashMap<u64, Stage> {
    let mut stages: HashMap<u64, Stage> = HashMap::new();
    for entry in entries {
        let Some(call_id) = entry.call_id else { continue };
        let stage = stages.entry(call_id).or_default();
        *stage = std::mem::take(stage).after(entry);
    }
    stages
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Headers;
    use crate::journal::{Credential, Journal, RawRequest, Recognised};
    use crate::secrets::Secrets;
    use crate::texts::Texts;
    use crate::versions::ApiVersion;

    fn open(journal: &Journal, direction: Direction) -> crate::journal::Ticket {
        let raw = RawRequest { method: "GET", target: "http://e/x", headers: Headers::new(), body: b"" };
        journal.open(direction, raw, Some(7))
    }

    fn stage(journal: &Journal) -> Stage {
        of_call(&journal.read(), 7, 0)
    }

    #[test]
    fn a_recording_goes_from_logged_to_fetched_or_failed() {
        let journal = Journal::new(Secrets::new());
        assert_eq!(stage(&journal), Stage::Logged);
        let ready = open(&journal, Direction::Arrived);
        let recognised = Recognised {
            credential: Credential::None,
            operation: Operation::MarkReady,
            version: ApiVersion::V3,
            params: Texts::default(),
            call_id: Some(7),
        };
        journal.recognise(ready, recognised);
        assert_eq!(stage(&journal), Stage::Logged);
        journal.answer(ready, None, (204, Headers::new(), &"".into()), Outcome::Served, None);
        assert_eq!(stage(&journal), Stage::Waiting);
        let asked = open(&journal, Direction::AskedForUrl);
        journal.answer(asked, None, (200, Headers::new(), &"{}".into()), Outcome::Served, None);
        let moved = open(&journal, Direction::FetchedRecording);
        journal.answer(moved, None, (302, Headers::new(), &"".into()), Outcome::Served, None);
        assert_eq!(stage(&journal), Stage::Waiting);
        let fetched = open(&journal, Direction::FetchedRecording);
        journal.answer(fetched, None, (200, Headers::new(), &"x".into()), Outcome::Served, None);
        assert_eq!(stage(&journal), Stage::Fetched { exchange: 4 });
        assert_eq!(of_all(&journal.read())[&7], stage(&journal));
        let again = open(&journal, Direction::AskedForUrl);
        assert_eq!(stage(&journal), Stage::Fetched { exchange: 4 });
        journal.fail(again, "no");
        assert_eq!(stage(&journal), Stage::Failed { exchange: 5, why: "no".into() });
        assert_eq!(of_call(&journal.read(), 7, 5), Stage::Logged);
    }
}
