//! Where shards were merged: each story is judged by what its own shard's HubSpot saw. Pure data; read next: `../shard.rs`.

use super::{Evidence, RunFacts, Story};
use mock_hubspot::journal::Entry;
use serde::{Deserialize, Serialize};

/// One shard of a merged run: its stories are judged by its own facts and its own common entries.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shard {
    /// Facts of its run.
    pub run: RunFacts,
    /// Its journal entries that belong to no story.
    pub common: Vec<Entry>,
    /// The names of its stories.
    pub stories: Vec<String>,
}

impl Evidence {
    /// The facts, and the journal entries of no story, that a story is judged by.
    pub fn around(&self, story: &Story) -> (&RunFacts, &[Entry]) {
        let shard = self.shards.iter().find(|shard| shard.stories.contains(&story.scenario));
        shard.map_or((&self.run, &self.common), |shard| (&shard.run, &shard.common))
    }
}
