//! One HTTP request and its reply, as seen on the wire, with secrets already cut.
//!
//! Knows nothing of portals or routes. Read next: `headers.rs`, `secrets.rs` (how they are cut), `journal.rs` (where exchanges are kept).

use bytestring::ByteString;
use compact_str::CompactString;
use serde::{Deserialize, Serialize};

pub use crate::headers::{Field, Headers, header};

/// What was asked, secrets cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The method as sent.
    pub method: CompactString,
    /// Path and query for a request that arrived here; an absolute URL for one that HubSpot's side sent.
    pub target: String,
    /// Header fields in order.
    pub headers: Headers,
    /// The body.
    pub body: Body,
}

/// What was answered, secrets cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Header fields in order.
    pub headers: Headers,
    /// The body.
    pub body: Body,
}

/// A body as evidence: text where it is small and textual, a hash otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    /// No bytes.
    #[default]
    Empty,
    /// UTF-8 text of at most 64 KiB, secrets cut.
    Text(ByteString),
    /// Anything else: its length in bytes, its SHA-256 in lower-case hex, and its first bytes (at most 32) in hex.
    Bytes {
        /// Length in bytes.
        length: u64,
        /// SHA-256, lower-case hex.
        sha256: String,
        /// The first bytes, at most 32, lower-case hex.
        head: String,
    },
}

impl Body {
    /// The text, where it is text.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Empty => Some(""),
            Self::Bytes { .. } => None,
        }
    }

    /// The JSON value that the text holds, if it holds one.
    pub fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_str(self.text()?).ok()
    }
}
