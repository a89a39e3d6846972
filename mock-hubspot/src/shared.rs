//! One portal with everything that belongs to it: its journal, its weather, its clock, HubSpot's own side.
//!
//! A mock has one that is there from the beginning, and isolated ones (`isolated.rs`). Read next: `visit.rs`, `server.rs`.

use crate::auth::Strictness;
use crate::control::Site;
use crate::journal::Journal;
use crate::portal::{CallRecord, Portal, PortalSetup};
use crate::recurring::Head;
use crate::retrieval::Retriever;
use crate::secrets::Secrets;
use crate::store::{KeptPortal, Ledger, Receipt, StoreError, Turn};
use crate::switches::Switches;
use crate::weather::Weather;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinSet;

/// The name of the portal that is there from the beginning.
pub(crate) const FIRST: &str = "default";

pub(crate) struct Shared {
    pub(crate) name: String,
    pub(crate) portal: Portal,
    pub(crate) journal: Journal,
    pub(crate) weather: Weather,
    pub(crate) secrets: Secrets,
    pub(crate) switches: Switches,
    pub(crate) strictness: Strictness,
    pub(crate) retriever: Option<Retriever>,
    pub(crate) head: Head,
    retrievals: Mutex<JoinSet<()>>,
    pub(crate) site: Arc<Site>,
    /// Where it is kept; `None` where nothing is.
    ledger: Option<Ledger>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("name", &self.name)
            .field("portal", &self.portal)
            .finish_non_exhaustive()
    }
}

/// What of a call comes back in a path.
pub(crate) const EXTERNAL_IDS: [&str; 2] = ["hs_call_external_id", "hs_call_external_account_id"];

/// How HubSpot behaves towards one portal.
pub(crate) struct Manners {
    pub(crate) strictness: Strictness,
    /// Instead of those of the portal.
    pub(crate) switches: Option<Switches>,
    pub(crate) secrets: Secrets,
}

impl Shared {
    /// A portal that begins now.
    pub(crate) fn begin(id: u32, name: &str, setup: PortalSetup, manners: Manners, site: Arc<Site>) -> Self {
        let journal = Journal::bounded(manners.secrets.clone(), site.bounds);
        let mut shared = Self::of(name, Portal::new(setup), journal, manners, site);
        if let Some(store) = &shared.site.store {
            let ledger = Ledger::begin(store, id, name, &shared.portal, &shared.journal, &shared.secrets);
            shared.ledger = Some(ledger);
        }
        shared
    }

    /// A portal of an earlier run.
    pub(crate) fn resume(kept: KeptPortal, manners: Manners, site: Arc<Site>) -> std::io::Result<Self> {
        let rows = || kept.rows.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        for (hash, number) in rows().filter_map(Ledger::secret) {
            manners.secrets.put_back(hash, number);
        }
        let of_portal = rows().filter(|row| Ledger::secret(*row).is_none());
        let portal =
            Portal::restore(kept.setup.unwrap_or_default(), of_portal).map_err(std::io::Error::other)?;
        let began = Timestamp::from_millisecond(kept.began_ms).unwrap_or_default();
        let journal = Journal::begun(manners.secrets.clone(), site.bounds, began);
        journal.put_back(kept.entries, kept.older);
        let mut shared = Self::of(&kept.name, portal, journal, manners, site);
        shared.portal.issued_tokens().iter().for_each(|token| shared.secrets.know(token));
        shared.portal.calls().iter().for_each(|call| shared.spare(call));
        if let Some(store) = &shared.site.store {
            shared.ledger = Some(Ledger::resume(store, kept.id, &shared.journal, &shared.secrets));
        }
        Ok(shared)
    }

    fn of(name: &str, portal: Portal, journal: Journal, manners: Manners, site: Arc<Site>) -> Self {
        let Manners { strictness, switches, secrets } = manners;
        portal.setup().credentials().for_each(|credential| secrets.know(credential));
        let switches = switches.unwrap_or(portal.setup().switches);
        let client = site.client.clone();
        let retriever = client.map(|client| {
            Retriever::new(client, portal.clone(), journal.clone(), secrets.clone(), switches, site.waits)
        });
        Self {
            name: name.to_owned(),
            weather: Weather::new(portal.clone()),
            portal,
            journal,
            secrets,
            switches,
            strictness,
            retriever,
            head: Head::default(),
            retrievals: Mutex::default(),
            site,
            ledger: None,
        }
    }

    /// What is changed until the turn is dropped goes to the disk together, where there is one.
    pub(crate) fn turn(&self) -> Option<Turn<'_>> {
        self.ledger.as_ref().map(Ledger::turn)
    }

    /// Hands over whatever was changed or written down until now.
    pub(crate) fn settle(&self) -> Option<Receipt> {
        let ledger = self.ledger.as_ref()?;
        Some(ledger.settle(&self.portal, &self.journal, &self.secrets))
    }

    /// Everything that was changed or written down until now is on the disk.
    pub(crate) async fn settled(&self) -> Result<(), Arc<StoreError>> {
        match self.settle() {
            Some(receipt) => receipt.wait().await,
            None => Ok(()),
        }
    }

    /// Its external ids come back as a segment of a path, where they could be mistaken for tokens.
    pub(crate) fn spare(&self, call: &CallRecord) {
        for name in EXTERNAL_IDS {
            call.properties.get(name).inspect(|id| self.secrets.spare(id));
        }
    }

    fn retrievals(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.retrievals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// HubSpot fetches the recording of a call, in the background.
    pub(crate) fn fetch_recording(self: &Arc<Self>, call_id: u64) {
        let begun = self.retriever.as_ref().filter(|retriever| retriever.begin(call_id));
        let Some(retriever) = begun.cloned() else { return };
        // It is a task of the portal, and must not keep it.
        let shared = Arc::downgrade(self);
        let mut running = self.retrievals();
        while running.try_join_next().is_some() {}
        running.spawn(async move {
            retriever.retrieve(call_id).await;
            // Nobody waits for it.
            let _ = shared.upgrade().and_then(|shared| shared.settle());
        });
    }

    /// Ends what HubSpot does in the background.
    pub(crate) fn fetch_no_more(&self) {
        self.retrievals().abort_all();
    }

    /// The portal back to the beginning.
    pub(crate) fn reset_state(&self) {
        self.fetch_no_more();
        self.portal.reset();
        self.retriever.iter().for_each(|retriever| {
            retriever.sounds().reset();
            retriever.transcriber().reset();
        });
    }

    /// Forgets the portal for good.
    pub(crate) fn end(&self) -> Option<Receipt> {
        self.fetch_no_more();
        self.ledger.as_ref().map(Ledger::end)
    }
}
