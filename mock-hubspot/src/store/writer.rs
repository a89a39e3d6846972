//! The thread that writes: takes whatever waits, commits it at once, says how far it is.

use super::file::StoreFile;
use super::{Progress, Queue, StoreError};
use std::sync::Arc;
use tokio::sync::watch;

/// Starts it; it ends when the queue is closed and empty, or when the file cannot be written any more.
pub(super) fn start(
    file: StoreFile,
    queue: Arc<Queue>,
    progress: watch::Sender<Progress>,
    broken: watch::Sender<Option<Arc<StoreError>>>,
) -> std::io::Result<()> {
    let thread = std::thread::Builder::new().name("store".into());
    thread.spawn(move || run(file, &queue, &progress, &broken)).map(drop)
}

fn run(
    mut file: StoreFile,
    queue: &Queue,
    progress: &watch::Sender<Progress>,
    broken: &watch::Sender<Option<Arc<StoreError>>>,
) {
    let mut before = 0;
    while let Some((messages, count)) = queue.take(before) {
        before = messages.len();
        match file.write(messages) {
            Ok(()) => {
                progress.send_modify(|progress| progress.done = count);
            }
            Err(error) => {
                let error = Arc::new(StoreError::writing(file.path(), &error));
                tracing::error!("{error}");
                queue.close();
                progress.send_modify(|progress| progress.broken = Some(Arc::clone(&error)));
                broken.send_replace(Some(error));
                break;
            }
        }
    }
    drop(file);
    progress.send_modify(|progress| progress.closed = true);
}
