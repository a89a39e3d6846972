//! Lies about what the call is associated with.

use super::Lie;
use crate::flow::Association;

/// The association that is made instead of the honest one.
pub(crate) fn spoil(lie: Option<Lie>, mut association: Association) -> Association {
    match lie {
        Some(Lie::AssociationsWrongType) => association.type_id = 182,
        Some(Lie::AssociationsReverseType) => association.type_id = 193,
        Some(Lie::AssociationsUserDefined) => association.category = "USER_DEFINED",
        Some(Lie::AssociationsWrongRecord) => "102".clone_into(&mut association.contact_id),
        _ => {}
    }
    association
}
