//! Lies about what the call is associated with.

use serde_json::Value;

use super::Lie;
use crate::{flow::Association, hubspot::HubSpotError};

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

/// Whether the story goes on after the association. Whoever makes a wrong one does not look at the answer either.
pub(crate) fn spoil_answer(
    lie: Option<Lie>,
    answer: Result<Value, HubSpotError>,
) -> Result<Value, HubSpotError> {
    match (lie, answer) {
        (
            Some(Lie::AssociationsWrongType | Lie::AssociationsReverseType | Lie::AssociationsUserDefined),
            Err(_),
        ) => Ok(Value::Null),
        (_, answer) => answer,
    }
}
