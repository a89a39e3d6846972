//! What is to be written, as far as it can be made ready while others use the portal. Read next: `state.rs`.

use super::computed::computed;
use super::moment::written;
use super::{CallRecord, Key, Link};
use crate::texts::Texts;
use crate::wire::ObjectType;
use compact_str::CompactString;
use jiff::Timestamp;

/// A new record, validated.
pub(crate) struct Draft {
    pub(crate) properties: Texts,
    pub(crate) links: Vec<(Key, Vec<Link>)>,
}

/// One object that is to be written.
pub(crate) enum Write {
    Make(Draft),
    /// Sets properties, empty values clearing them.
    Change(u64, Texts),
}

/// The same, as far as it can be made ready while others use the portal.
pub(super) enum Prepared {
    /// All but its id, and its links.
    Make(Box<CallRecord>, Vec<(Key, Vec<Link>)>),
    Change(u64, Texts),
}

impl Prepared {
    /// `user_of` knows the user of an owner.
    pub(super) fn of(
        write: Write,
        kind: ObjectType,
        app_id: &str,
        now: Timestamp,
        user_of: impl Fn(u64) -> Option<u64>,
    ) -> Self {
        let Draft { properties: values, links } = match write {
            Write::Make(draft) => draft,
            Write::Change(id, values) => return Self::Change(id, values),
        };
        let computed = computed(kind, |name| values.get(name), |_| true, user_of, &written(now));
        let source = [
            ("hs_object_source", CompactString::const_new("INTEGRATION")),
            ("hs_object_source_id", app_id.into()),
        ];
        let computed = computed.into_iter().chain(source);
        // The id is what only the portal can tell, when it is locked.
        Self::Make(Box::new(CallRecord::new(kind, 0, values, computed, now)), links)
    }
}
