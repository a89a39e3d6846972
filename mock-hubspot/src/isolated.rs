//! Isolated portals: each with its own credentials, ids, journal, weather and clock, in one process.
//!
//! The credential is the tenant: a request belongs to the portal that issued what it carries, and to the first portal where it
//! carries nothing that an isolated one issued. Read next: `control/portals.rs` (made and ended from outside), `shared.rs`.

mod credentials;

use crate::control::Site;
use crate::journal::Journal;
use crate::portal::{Portal, PortalSetup};
use crate::secrets::Secrets;
use crate::shared::{FIRST, Manners, Shared};
use crate::store::{KeptPortal, StoreError};
use crate::weather::Weather;
use bytes::Bytes;
use http::request::Parts;
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The most portals besides the first.
const MOST: usize = 4096;

/// The portals besides the first.
#[derive(Default)]
pub(crate) struct Isolated {
    book: RwLock<Book>,
    /// So that nobody takes the lock where there are none.
    count: AtomicUsize,
}

#[derive(Default)]
struct Book {
    portals: BTreeMap<String, Arc<Shared>>,
    /// Whose each credential is.
    owners: HashMap<String, Arc<Shared>>,
    /// The number of the one that was made last.
    made: u32,
}

/// Why there is no such isolated portal.
#[derive(Debug, thiserror::Error)]
pub enum IsolationError {
    /// There is no room.
    #[error("there are {MOST} isolated portals already; end some with DELETE /_mock/portals/NAME")]
    TooMany,
    /// Another one has it.
    #[error("`{field}` is that of another portal; leave it out, and the portal gets its own")]
    Taken {
        /// The credential's name in a portal file.
        field: &'static str,
    },
    /// It is not on the disk.
    #[error(transparent)]
    Store(#[from] Arc<StoreError>),
}

/// A portal of its own in a running mock; it is there until it is ended.
#[derive(Debug)]
pub struct IsolatedPortal {
    pub(crate) shared: Arc<Shared>,
}

impl IsolatedPortal {
    /// Its name: `/_mock/portals/NAME/…` is what `/_mock/…` is to the first portal.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The portal.
    pub fn portal(&self) -> &Portal {
        &self.shared.portal
    }

    /// Its journal.
    pub fn journal(&self) -> &Journal {
        &self.shared.journal
    }

    /// Its weather.
    pub fn weather(&self) -> &Weather {
        &self.shared.weather
    }

    /// Ends it; requests that are under way are answered.
    pub async fn end(self) -> Result<(), Arc<StoreError>> {
        match self.shared.site.isolated.remove(self.name()) {
            Some(shared) => end(&shared).await,
            None => Ok(()),
        }
    }
}

async fn end(shared: &Shared) -> Result<(), Arc<StoreError>> {
    match shared.end() {
        Some(receipt) => receipt.wait().await,
        None => Ok(()),
    }
}

impl Isolated {
    fn read(&self) -> std::sync::RwLockReadGuard<'_, Book> {
        self.book.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Book> {
        self.book.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one. What the setup leaves out it gets of its own: `make` says what the setup is, given one of its own.
    pub(crate) fn make(
        &self,
        first: &Shared,
        make: impl FnOnce(PortalSetup) -> PortalSetup,
    ) -> Result<IsolatedPortal, IsolationError> {
        let mut book = self.write();
        if book.portals.len() >= MOST {
            return Err(IsolationError::TooMany);
        }
        let id = book.made + 1;
        let name = format!("p{id}");
        let setup = make(credentials::setup(id));
        if let Some((field, _)) =
            credentials::of_setup(&setup).chain(credentials::of_client(&setup)).find(|(_, value)| {
                book.owners.contains_key(*value) || credentials::is_of(first.portal.setup(), value)
            })
        {
            return Err(IsolationError::Taken { field });
        }
        let site = Arc::clone(&first.site);
        let shared = Arc::new(Shared::begin(id, &name, setup, manners(&site), site));
        book.made = id;
        book.enter(&shared);
        self.count.store(book.portals.len(), Ordering::Release);
        Ok(IsolatedPortal { shared })
    }

    /// One of an earlier run; one that was ended leaves its number.
    pub(crate) fn resume(&self, kept: KeptPortal, site: &Arc<Site>) -> std::io::Result<()> {
        let mut book = self.write();
        book.made = book.made.max(kept.id);
        if kept.setup.is_none() {
            return Ok(());
        }
        let shared = Arc::new(Shared::resume(kept, manners(site), Arc::clone(site))?);
        book.enter(&shared);
        self.count.store(book.portals.len(), Ordering::Release);
        Ok(())
    }

    /// The one with that name.
    pub(crate) fn named(&self, name: &str) -> Option<Arc<Shared>> {
        self.read().portals.get(name).cloned()
    }

    /// All of them, by name.
    pub(crate) fn all(&self) -> Vec<Arc<Shared>> {
        self.read().portals.values().cloned().collect()
    }

    fn remove(&self, name: &str) -> Option<Arc<Shared>> {
        let mut book = self.write();
        let shared = book.portals.remove(name)?;
        book.owners.retain(|_, owner| !Arc::ptr_eq(owner, &shared));
        self.count.store(book.portals.len(), Ordering::Release);
        Some(shared)
    }

    /// Ends the one with that name; says whether there was one.
    pub(crate) async fn end(&self, name: &str) -> Result<bool, Arc<StoreError>> {
        match self.remove(name) {
            Some(shared) => end(&shared).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// All of them are let go: the mock stops.
    pub(crate) fn clear(&self) {
        let mut book = self.write();
        book.portals.values().for_each(|shared| shared.fetch_no_more());
        *book = Book { made: book.made, ..Book::default() };
        self.count.store(0, Ordering::Release);
    }

    /// A token that was issued: whoever carries it belongs to that portal.
    pub(crate) fn issued(&self, token: &str, shared: &Arc<Shared>) {
        if shared.name != FIRST {
            self.write().owners.insert(token.to_owned(), Arc::clone(shared));
        }
    }

    /// The isolated portal to which a request belongs.
    pub(crate) fn of(&self, parts: &Parts, body: &Bytes) -> Option<Arc<Shared>> {
        if self.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        let book = self.read();
        credentials::carried(parts, body, |value| book.owners.get(value).cloned())
    }
}

impl Book {
    fn enter(&mut self, shared: &Arc<Shared>) {
        let setup = shared.portal.setup();
        let credentials = credentials::of_setup(setup).chain(credentials::of_client(setup));
        let issued = shared.portal.issued_tokens();
        for value in credentials.map(|(_, value)| value).chain(issued.iter().map(String::as_str)) {
            self.owners.insert(value.to_owned(), Arc::clone(shared));
        }
        self.portals.insert(shared.name.clone(), Arc::clone(shared));
    }
}

/// Each has secrets of its own: the same number means another value in each.
fn manners(site: &Site) -> Manners {
    Manners { strictness: site.strictness, switches: None, secrets: Secrets::new() }
}
