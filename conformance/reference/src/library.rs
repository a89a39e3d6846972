//! Which recording belongs to which call. Two accounts may use the same external id, so both name a recording.

use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tempfile::TempPath;

/// A date is a strong validator only when it lies well before the answers that carry it (RFC 9110 §8.8.2.2).
const SETTLED: Duration = Duration::from_mins(2);

/// A recording on the disk, and what is said of it.
#[derive(Debug)]
pub(crate) struct Recording {
    /// Its name in URLs.
    pub(crate) key: String,
    pub(crate) external_id: String,
    pub(crate) account_id: String,
    pub(crate) file: Arc<Path>,
    pub(crate) length: u64,
    /// How long the call was.
    pub(crate) duration: Duration,
    pub(crate) validators: Validators,
    /// Deletes a copy that was made for this process alone.
    _copy: Option<TempPath>,
}

/// What tells one version of a recording from another (RFC 9110 §8.8).
#[derive(Clone, Debug)]
pub(crate) struct Validators {
    /// An entity-tag, quotes included.
    pub(crate) etag: String,
    /// An HTTP date, without parts of a second.
    pub(crate) modified: SystemTime,
}

/// Where a recording lies.
#[derive(Debug)]
pub(crate) enum Source {
    File(PathBuf),
    Copy(TempPath),
}

/// Every recording of this process.
pub(crate) struct Library {
    nameless: bool,
    count: AtomicU64,
    shelves: Mutex<Shelves>,
}

#[derive(Default)]
struct Shelves {
    /// In the order in which they came.
    all: Vec<Arc<Recording>>,
    by_key: HashMap<String, Arc<Recording>>,
    by_call: HashMap<(String, String), Arc<Recording>>,
}

impl Library {
    /// An empty one. Where it is nameless, keys say nothing of the kind of file.
    pub(crate) fn new(nameless: bool) -> Self {
        Self { nameless, count: AtomicU64::new(0), shelves: Mutex::default() }
    }

    /// Keeps the recording of a call. Where the call has one already, the new one takes its place.
    pub(crate) fn keep(
        &self,
        external_id: &str,
        account_id: &str,
        duration: Duration,
        source: Source,
    ) -> io::Result<Arc<Recording>> {
        let recording = self.describe(external_id, account_id, duration, source)?;
        let mut shelves = self.shelves();
        let call = (external_id.to_owned(), account_id.to_owned());
        shelves.by_call.insert(call, Arc::clone(&recording));
        Ok(recording)
    }

    /// Keeps a recording that is known by its key alone.
    pub(crate) fn keep_apart(&self, of: &Recording, source: Source) -> io::Result<Arc<Recording>> {
        self.describe(&of.external_id, &of.account_id, of.duration, source)
    }

    /// The recording of a call.
    pub(crate) fn of_call(&self, external_id: &str, account_id: &str) -> Option<Arc<Recording>> {
        let call = (external_id.to_owned(), account_id.to_owned());
        self.shelves().by_call.get(&call).cloned()
    }

    /// The recording with this key.
    pub(crate) fn with_key(&self, key: &str) -> Option<Arc<Recording>> {
        self.shelves().by_key.get(key).cloned()
    }

    /// The first recording of which this is true.
    pub(crate) fn first(&self, wanted: impl Fn(&Recording) -> bool) -> Option<Arc<Recording>> {
        self.shelves().all.iter().find(|recording| wanted(recording)).cloned()
    }

    fn describe(
        &self,
        external_id: &str,
        account_id: &str,
        duration: Duration,
        source: Source,
    ) -> io::Result<Arc<Recording>> {
        let (file, copy) = match source {
            Source::File(path) => (Arc::from(path), None),
            Source::Copy(path) => (Arc::from(path.to_path_buf()), Some(path)),
        };
        let metadata = std::fs::metadata(&file)?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a file"));
        }
        // An octet-stream does not say what it is; its name may.
        let extension = file.extension().and_then(|kind| kind.to_str()).map(|kind| format!(".{kind}"));
        let extension = extension.filter(|_| !self.nameless).unwrap_or_default();
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        let latest = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(SETTLED);
        let recording = Arc::new(Recording {
            key: format!("r{}{extension}", self.count.fetch_add(1, Ordering::Relaxed) + 1),
            external_id: external_id.to_owned(),
            account_id: account_id.to_owned(),
            file,
            length: metadata.len(),
            duration,
            validators: Validators {
                etag: format!("\"{:x}-{:x}\"", metadata.len(), modified.as_nanos()),
                modified: UNIX_EPOCH + Duration::from_secs(modified.min(latest).as_secs()),
            },
            _copy: copy,
        });
        let mut shelves = self.shelves();
        shelves.all.push(Arc::clone(&recording));
        shelves.by_key.insert(recording.key.clone(), Arc::clone(&recording));
        Ok(recording)
    }

    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
