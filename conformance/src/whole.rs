//! A file that is there whole, or as it was before: on a full disk, and when the kit is killed in the midst.
//!
//! Knows nothing of what is written. Read next: `commands/output.rs`, `evidence/store.rs`.

use std::fs;
use std::io;
use std::path::Path;

/// Writes a file beside its place, and moves it there once it is whole.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> io::Result<()> {
    let mut trial = path.as_os_str().to_owned();
    trial.push(".unfinished");
    let written = fs::write(&trial, bytes).and_then(|()| fs::rename(&trial, path));
    if written.is_err() {
        // It takes room where there is none.
        let _ = fs::remove_file(&trial);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        write(&path, "first").unwrap();
        write(&path, "second").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        // Nobody can write a file where a folder is.
        fs::create_dir(folder.path().join("report.unfinished")).unwrap();
        assert!(write(&path, "third").is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
    }
}
