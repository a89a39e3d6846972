//! The options of what is kept: on disk, and in memory.
//!
//! Read next: `store/`, `journal/pages.rs`.

use crate::journal::Bounds;
use crate::portal::PortalSetup;
use crate::store::{Store, StoreError};
use std::path::PathBuf;

/// What is kept, and where.
#[derive(Clone, Debug, clap::Args)]
pub struct Keeping {
    /// Keep everything in this SQLite file: what was answered survives a kill and a power loss
    #[arg(long, value_name = "FILE")]
    pub store: Option<PathBuf>,
    /// The most exchanges that the journal holds in memory; the oldest go first
    #[arg(long, value_name = "COUNT", default_value_t = Bounds::default().exchanges, value_parser = at_least_one)]
    pub journal_exchanges: usize,
    /// The most mebibytes of text that the journal holds in memory
    #[arg(long, value_name = "MIB", default_value_t = Bounds::default().bytes >> 20, value_parser = at_least_one)]
    pub journal_mib: usize,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|count| *count > 0).ok_or_else(|| "it is a number, at least 1".to_owned())
}

impl Keeping {
    /// How much the journal holds in memory.
    pub(crate) fn bounds(&self) -> Bounds {
        Bounds { exchanges: self.journal_exchanges, bytes: self.journal_mib.saturating_mul(1 << 20) }
    }

    /// The store, where one is asked for, and the portal: the one that the store keeps, or the given one.
    pub(crate) fn open(
        &self,
        given: Option<PortalSetup>,
    ) -> Result<(Option<Store>, PortalSetup), StoreError> {
        let Some(path) = &self.store else { return Ok((None, given.unwrap_or_default())) };
        let store = Store::open(path, self.bounds())?;
        let setup = store.setup_for(given)?;
        Ok((Some(store), setup))
    }
}
