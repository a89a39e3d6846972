//! One SQLite file that keeps everything: what was acknowledged is on the disk before the acknowledgement is sent.
//!
//! One thread writes; whatever came while it was busy is committed together, with one `fdatasync`. Nobody waits for the disk with a
//! lock. Knows rows and their portals, not what they mean. Read next: `file.rs` (the file), `writer.rs` (the thread),
//! `ledger.rs` (what a portal has to keep, and when).

mod error;
mod file;
mod ledger;
mod writer;

pub use error::StoreError;
pub(crate) use ledger::{Ledger, Turn};

use crate::journal::{Bounds, Entry};
use crate::portal::PortalSetup;
use file::StoreFile;
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// An open store; cheap to clone. The file is free again once all of them are gone, or after `close`.
#[derive(Clone, Debug)]
pub struct Store {
    path: Arc<Path>,
    queue: Arc<Queue>,
    progress: watch::Receiver<Progress>,
    /// Why nothing more will be kept; apart from the progress, so that whoever waits for this is not woken by each step.
    broken: watch::Receiver<Option<Arc<StoreError>>>,
    kept: Arc<Mutex<Vec<KeptPortal>>>,
    /// Ends the writer with the last handle.
    _end: Arc<End>,
}

/// How long the few that come first after many wait for more.
const GATHERING: Duration = Duration::from_micros(100);

/// A portal as it was kept.
#[derive(Debug)]
pub(crate) struct KeptPortal {
    pub(crate) id: u32,
    pub(crate) name: String,
    /// `None` where it was ended.
    pub(crate) setup: Option<PortalSetup>,
    /// When its journal was begun, in milliseconds since 1970.
    pub(crate) began_ms: i64,
    /// Keys and values.
    pub(crate) rows: Vec<(String, String)>,
    /// The newest exchanges, by number.
    pub(crate) entries: Vec<Entry>,
    /// How many older ones there are.
    pub(crate) older: u64,
}

/// What one portal has to keep; all of it or nothing.
#[derive(Debug, Default)]
struct Message {
    portal: u32,
    lot: Lot,
    /// Nothing of its state that was kept before is true any more.
    anew: bool,
    /// Key and value; what has none is there no more.
    rows: Vec<(String, Option<String>)>,
    /// Its journal was emptied before these came.
    journal_anew: bool,
    /// Exchanges by number.
    exchanges: BTreeMap<u64, Arc<Entry>>,
}

/// What becomes of the portal itself.
#[derive(Debug, Default)]
enum Lot {
    #[default]
    Stays,
    Comes {
        name: String,
        setup: String,
        began_ms: i64,
    },
    Goes,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    messages: VecDeque<Message>,
    /// How many were ever put in.
    count: u64,
    /// The writer has nothing to do: only then it is to be woken.
    idle: bool,
    closed: bool,
}

/// How far the writer is.
#[derive(Clone, Debug, Default)]
struct Progress {
    /// How many messages are on the disk.
    done: u64,
    /// Why nothing more will be.
    broken: Option<Arc<StoreError>>,
    closed: bool,
}

#[derive(Debug)]
struct End(Arc<Queue>);

impl Drop for End {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// The right to wait until something is on the disk.
#[derive(Debug)]
pub(crate) struct Receipt {
    count: u64,
    progress: watch::Receiver<Progress>,
}

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.waiting().closed = true;
        self.filled.notify_all();
    }

    /// Everything that waits, and the count up to which that is; `None` once it was closed and nothing waits. `before` is how
    /// many were taken the last time.
    fn take(&self, before: usize) -> Option<(VecDeque<Message>, u64)> {
        let mut waiting = self.waiting();
        while waiting.messages.is_empty() {
            if waiting.closed {
                return None;
            }
            waiting.idle = true;
            waiting = self.filled.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        if waiting.messages.len() < before / 4 && !waiting.closed {
            // The others were answered a moment ago and are about to ask again: a disk write for these alone would hold them up.
            drop(waiting);
            std::thread::sleep(GATHERING);
            waiting = self.waiting();
        }
        Some((std::mem::take(&mut waiting.messages), waiting.count))
    }
}

impl Store {
    /// Opens a store, or makes one where there is no file. `bounds` says how much of the journals is read back.
    pub fn open(path: &Path, bounds: Bounds) -> Result<Self, StoreError> {
        let mut file = StoreFile::open(path)?;
        let kept = file.read(bounds)?;
        let queue = Arc::new(Queue::default());
        let end = Arc::new(End(Arc::clone(&queue)));
        let (sender, progress) = watch::channel(Progress::default());
        let (breaks, broken) = watch::channel(None);
        writer::start(file, Arc::clone(&queue), sender, breaks)
            .map_err(|source| StoreError::Unopenable { path: path.to_owned(), why: source.to_string() })?;
        Ok(Self { path: path.into(), queue, progress, broken, kept: Arc::new(Mutex::new(kept)), _end: end })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The portal that it keeps, or the given one where it is new; a given one must be the one that it keeps.
    pub fn setup_for(&self, given: Option<PortalSetup>) -> Result<PortalSetup, StoreError> {
        let kept = self.kept();
        match (kept.first().and_then(|portal| portal.setup.clone()), given) {
            (Some(kept), Some(given)) if kept != given => {
                Err(StoreError::OtherPortal { path: self.path.to_path_buf() })
            }
            (Some(setup), _) | (None, Some(setup)) => Ok(setup),
            (None, None) => Ok(PortalSetup::default()),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Vec<KeptPortal>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The portals that it kept, the first one first; to be had once.
    pub(crate) fn take_kept(&self) -> Vec<KeptPortal> {
        std::mem::take(&mut *self.kept())
    }

    fn push(&self, message: Message) -> Receipt {
        let mut waiting = self.queue.waiting();
        waiting.count += 1;
        let count = waiting.count;
        // What comes after the end is never acknowledged.
        if !waiting.closed {
            waiting.messages.push_back(message);
        }
        let idle = std::mem::take(&mut waiting.idle);
        drop(waiting);
        if idle {
            self.queue.filled.notify_one();
        }
        Receipt { count, progress: self.progress.clone() }
    }

    /// For what was put in until now.
    fn receipt(&self) -> Receipt {
        Receipt { count: self.queue.waiting().count, progress: self.progress.clone() }
    }

    /// Waits until the store cannot keep anything any more, and says why.
    pub async fn broken(&self) -> Arc<StoreError> {
        let mut broken = self.broken.clone();
        let broken = broken.wait_for(Option::is_some).await;
        match broken.ok().and_then(|broken| broken.clone()) {
            Some(error) => error,
            // It was closed: it will not break any more.
            None => std::future::pending().await,
        }
    }

    /// Keeps what was put in until now, and lets the file go.
    pub async fn close(&self) {
        self.queue.close();
        let mut progress = self.progress.clone();
        // An error is a writer that is gone.
        let _ = progress.wait_for(|progress| progress.closed).await;
    }
}

impl Receipt {
    /// Waits until it is on the disk.
    pub(crate) async fn wait(mut self) -> Result<(), Arc<StoreError>> {
        let reached =
            |progress: &Progress| progress.done >= self.count || progress.broken.is_some() || progress.closed;
        let Ok(progress) = self.progress.wait_for(reached).await else {
            return Err(Arc::new(StoreError::Closed));
        };
        match &progress.broken {
            _ if progress.done >= self.count => Ok(()),
            Some(error) => Err(Arc::clone(error)),
            None => Err(Arc::new(StoreError::Closed)),
        }
    }
}

/// A path for messages.
fn owned(path: &Path) -> PathBuf {
    path.to_owned()
}
