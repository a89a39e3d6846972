//! What is handed to the journal to be written down, secrets and all.
//!
//! Read next: `../journal.rs` (who cuts them).

use super::{Credential, Entry};
use crate::exchange::Headers;
use crate::operation::Operation;
use crate::secrets::Secrets;
use crate::texts::Texts;
use crate::versions::ApiVersion;
use compact_str::CompactString;

/// A request as it came in or goes out, secrets and all.
pub(crate) struct RawRequest<'a> {
    pub(crate) method: &'a str,
    pub(crate) target: &'a str,
    pub(crate) headers: Headers,
    pub(crate) body: &'a [u8],
}

/// What an arrived request was recognised as.
pub(crate) struct Recognised {
    pub(crate) credential: Credential,
    pub(crate) operation: Operation,
    pub(crate) version: ApiVersion,
    /// Secrets and all.
    pub(crate) params: Texts,
    pub(crate) call_id: Option<u64>,
}

impl Recognised {
    pub(super) fn cut(mut self, secrets: &Secrets) -> Self {
        self.params.change(|value| secrets.changed(value).map(CompactString::from));
        self
    }

    pub(super) fn write(self, entry: &mut Entry) {
        entry.credential = self.credential;
        entry.operation = Some(self.operation);
        entry.version = Some(self.version);
        entry.params = self.params;
        entry.call_id = self.call_id;
    }
}
