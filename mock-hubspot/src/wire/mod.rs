//! What travels: the JSON shapes of HubSpot's calling API and the ids in them.
//!
//! Serde only: no server, no state, no rules. Read next: `object_type.rs` and `association.rs` (HubSpot's fixed tables).

mod association;
mod object_type;
mod shapes;

pub use association::{AssociationType, Category, TYPES, is_primary, type_by_id, type_by_name, unlabelled};
pub use object_type::ObjectType;
pub use shapes::{
    AssociationInput, AssociationSpec, AuthenticatedUrl, CallId, MarkReady, Next, ObjectInput, ObjectView,
    Owner, Page, Paging, RecordingSettings, TargetId, Token, moment,
};
