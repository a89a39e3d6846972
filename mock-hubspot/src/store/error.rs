//! Why a store cannot be used: what happened, where, what to do.

use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};

/// Why a store cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The file cannot be opened or made.
    #[error(
        "cannot open the store {path}: {why}\nhelp: --store names a file in a folder that exists and can be written to"
    )]
    Unopenable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// It is something else.
    #[error(
        "{path} is not a store of mock-hubspot (or its beginning is damaged); it was left as it is\nhelp: give --store another file"
    )]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// A newer program made it.
    #[error(
        "the store {path} is of version {found}, and this mock-hubspot knows versions up to {known}; it was left as it is\nhelp: use a newer mock-hubspot, or give --store another file"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// It is not what was written.
    #[error(
        "the store {path} is damaged: {what}; it was left as it is\nhelp: put back a copy of it, or give --store another file"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Another process has it.
    #[error(
        "the store {path} is in use by another process\nhelp: stop that one, or give each its own --store"
    )]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It keeps another portal than the one that was asked for.
    #[error(
        "the store {path} keeps a portal that was set up otherwise than this one\nhelp: leave --portal out to go on with what it keeps, or give --store another file"
    )]
    OtherPortal {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be written any more.
    #[error(
        "cannot write the store {path}: {why}; everything that was acknowledged before is in it, nothing was acknowledged since\nhelp: make room or repair the disk, then start again with the same --store"
    )]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The mock stopped.
    #[error("the store was closed")]
    Closed,
}

impl StoreError {
    /// What SQLite says while a store is opened.
    pub(super) fn opening(path: &Path, error: &rusqlite::Error) -> Self {
        let path = super::owned(path);
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse { path },
            Some(ErrorCode::NotADatabase) => Self::NotOurs { path },
            Some(ErrorCode::DatabaseCorrupt) | None => Self::Damaged { path, what: error.to_string() },
            Some(_) => Self::Unopenable { path, why: error.to_string() },
        }
    }

    /// What SQLite says while something is written.
    pub(super) fn writing(path: &Path, error: &rusqlite::Error) -> Self {
        let why = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
            _ => error.to_string(),
        };
        Self::Unwritable { path: super::owned(path), why }
    }
}
