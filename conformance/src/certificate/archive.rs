//! The one file that is shared: a tar archive that has exactly one form. Pure, in memory; nothing is ever written to disk.
//!
//! An archive from outside is hostile. It is read by the strictest rules, and then written again: unless that gives the very
//! same bytes, it is refused. So there is no second spelling of an archive, no padding to hide in and nothing behind its end.
//! Read next: `bundle.rs` (what is in it).

use std::collections::BTreeMap;
use std::io::Read;

/// Files by name, sorted.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Bytes of a whole archive, at most.
pub const MOST_BYTES: u64 = 512 << 20;
/// Bytes of one file of it, at most.
pub const MOST_OF_ONE: u64 = 128 << 20;
/// Files of it, at most.
pub const MOST_FILES: usize = 20_000;
/// Bytes of a name, at most.
const LONGEST_NAME: usize = 200;

/// Why an archive is refused. Nothing of it was written anywhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveFault {
    /// It is something else.
    #[error("it is {0}, and a certificate is a plain tar archive")]
    Other(&'static str),
    /// It is too large.
    #[error("it has {0} bytes; a certificate has {MOST_BYTES} at most")]
    TooLarge(u64),
    /// It has too many files.
    #[error("it has more than {MOST_FILES} files")]
    TooMany,
    /// It cannot be read.
    #[error("it cannot be read as a tar archive: {0}")]
    Unreadable(String),
    /// A name that no certificate has.
    #[error("it holds a file with a name that no certificate has: {0}")]
    Name(String),
    /// A link, a folder, a device, or an extension of the format.
    #[error("{name} is {what}; a certificate holds plain files alone")]
    Kind {
        /// The name.
        name: String,
        /// What it is.
        what: String,
    },
    /// One file is too large.
    #[error("{name} says that it has {bytes} bytes; a file of a certificate has {MOST_OF_ONE} at most")]
    Huge {
        /// The name.
        name: String,
        /// As its header says.
        bytes: u64,
    },
    /// Two files have one name.
    #[error("{0} is in it twice")]
    Twice(String),
    /// It is not in its one form.
    #[error("{0} differs from the one form of a certificate: it was changed after it was sealed")]
    Form(String),
}

impl ArchiveFault {
    /// The file it is about, or the archive.
    pub fn place(&self) -> &str {
        match self {
            Self::Kind { name, .. } | Self::Huge { name, .. } | Self::Twice(name) => name,
            _ => "the archive",
        }
    }
}

/// The archive of these files: sorted by name, without times, owners or rights of anybody.
pub fn pack(files: &Files) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).expect("names of a certificate are short and plain");
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(bytes.len() as u64);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_cksum();
        builder.append(&header, bytes.as_slice()).expect("writing into memory cannot fail");
    }
    builder.into_inner().expect("writing into memory cannot fail")
}

/// The files of an archive, if it is exactly what [`pack`] makes of them.
pub fn unpack(bytes: &[u8]) -> Result<Files, ArchiveFault> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ArchiveFault::TooLarge(bytes.len() as u64));
    }
    if let Some(what) = something_else(bytes) {
        return Err(ArchiveFault::Other(what));
    }
    let unreadable = |error: std::io::Error| ArchiveFault::Unreadable(error.to_string());
    let mut files = Files::new();
    let mut archive = tar::Archive::new(bytes);
    // Raw: no extension of the format is followed on the reader's own account.
    for entry in archive.entries().map_err(unreadable)?.raw(true) {
        let mut entry = entry.map_err(unreadable)?;
        if files.len() == MOST_FILES {
            return Err(ArchiveFault::TooMany);
        }
        let name = name(&entry.path_bytes())?;
        if !entry.header().entry_type().is_file() {
            return Err(ArchiveFault::Kind { what: kind(entry.header().entry_type()), name });
        }
        let size = entry.header().entry_size().map_err(unreadable)?;
        if size > MOST_OF_ONE {
            return Err(ArchiveFault::Huge { name, bytes: size });
        }
        let mut content = Vec::new();
        entry.by_ref().take(MOST_OF_ONE).read_to_end(&mut content).map_err(unreadable)?;
        if content.len() as u64 != size {
            return Err(ArchiveFault::Unreadable(format!("{name} ends before its {size} bytes")));
        }
        if files.insert(name.clone(), content).is_some() {
            return Err(ArchiveFault::Twice(name));
        }
    }
    if files.is_empty() {
        return Err(ArchiveFault::Unreadable("there is no file in it".to_owned()));
    }
    let once_more = pack(&files);
    if bytes == once_more {
        return Ok(files);
    }
    match bytes.iter().zip(&once_more).position(|(a, b)| a != b) {
        None => Err(ArchiveFault::Form("its end".to_owned())),
        Some(at) => Err(ArchiveFault::Form(around(&files, at))),
    }
}

/// A name that a certificate may have: short, relative, lower-case, of plain characters; it means the same everywhere.
fn name(bytes: &[u8]) -> Result<String, ArchiveFault> {
    let shown = || ArchiveFault::Name(String::from_utf8_lossy(bytes).escape_debug().take(120).collect());
    let name = std::str::from_utf8(bytes).map_err(|_| shown())?;
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
            && !part.starts_with(['.', '-'])
            && !part.ends_with('.')
    };
    if name.len() <= LONGEST_NAME && name.split('/').all(plain) && name.split('/').count() <= 2 {
        Ok(name.to_owned())
    } else {
        Err(shown())
    }
}

fn kind(kind: tar::EntryType) -> String {
    let words = if kind.is_symlink() || kind.is_hard_link() {
        "a link"
    } else if kind.is_dir() {
        "a folder"
    } else if kind.is_block_special() || kind.is_character_special() || kind.is_fifo() {
        "a device"
    } else if kind.is_gnu_sparse() {
        "a file with holes"
    } else {
        return format!("an extension of the format (type {:#04x})", kind.as_byte());
    };
    words.to_owned()
}

fn something_else(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 6] = [
        (b"\x1f\x8b", "compressed (gzip)"),
        (b"PK", "a zip archive"),
        (b"BZh", "compressed (bzip2)"),
        (b"\xfd7zXZ", "compressed (xz)"),
        (b"\x28\xb5\x2f\xfd", "compressed (zstd)"),
        (b"{", "JSON"),
    ];
    if bytes.is_empty() {
        return Some("empty");
    }
    KNOWN.into_iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, what)| what)
}

/// Which file this place of the archive belongs to.
fn around(files: &Files, at: usize) -> String {
    const BLOCK: usize = 512;
    let mut end = 0;
    for (name, bytes) in files {
        let content = end + BLOCK;
        end = content + bytes.len().next_multiple_of(BLOCK);
        if at < content {
            return format!("the header of {name}");
        }
        if at < end {
            return format!("what follows {name}");
        }
    }
    "its end".to_owned()
}

#[cfg(test)]
mod tests;
