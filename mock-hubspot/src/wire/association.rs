//! HubSpot's own association types: which id links which two types of object, in which direction.

use super::ObjectType::{self, Calls, Companies, Contacts, Deals, Tickets};
use serde::{Deserialize, Serialize};

/// Who defined an association type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    /// HubSpot: the table in this file.
    HubspotDefined,
    /// The portal's users: labels.
    UserDefined,
    /// An integration.
    IntegratorDefined,
    /// HubSpot's work objects.
    Work,
}

impl Category {
    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HubspotDefined => "HUBSPOT_DEFINED",
            Self::UserDefined => "USER_DEFINED",
            Self::IntegratorDefined => "INTEGRATOR_DEFINED",
            Self::Work => "WORK",
        }
    }

    /// The category with that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::HubspotDefined, Self::UserDefined, Self::IntegratorDefined, Self::Work]
            .into_iter()
            .find(|c| c.name() == name)
    }
}

/// One direction of one of HubSpot's own association types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssociationType {
    /// Where the link starts.
    pub from: ObjectType,
    /// Where it ends.
    pub to: ObjectType,
    /// Its id.
    pub id: u32,
    /// The id of the same link seen from the other side.
    pub mirror: u32,
}

impl AssociationType {
    /// `call_to_contact`; where there is a primary type too, the other one says that it is not.
    pub fn name(&self) -> String {
        let has_primary =
            TYPES.iter().flatten().any(|t| t.from == self.from && t.to == self.to && is_primary(t.id));
        let end = if has_primary && !is_primary(self.id) { "_unlabeled" } else { "" };
        format!("{}_to_{}{end}", self.from.singular(), self.to.singular())
    }
}

const fn pair(from: ObjectType, to: ObjectType, id: u32, mirror: u32) -> [AssociationType; 2] {
    [AssociationType { from, to, id, mirror }, AssociationType { from: to, to: from, id: mirror, mirror: id }]
}

/// Pairs, unlabelled ones before primary ones.
pub static TYPES: &[[AssociationType; 2]] = &[
    pair(Calls, Contacts, 194, 193),
    pair(Calls, Companies, 182, 181),
    pair(Calls, Deals, 206, 205),
    pair(Calls, Tickets, 220, 219),
    pair(Contacts, Companies, 279, 280),
    pair(Contacts, Companies, 1, 2),
    pair(Deals, Contacts, 3, 4),
    pair(Deals, Companies, 341, 342),
    pair(Deals, Companies, 5, 6),
    pair(Tickets, Contacts, 16, 15),
    pair(Tickets, Companies, 339, 340),
    pair(Tickets, Companies, 26, 25),
    pair(Deals, Tickets, 27, 28),
];

/// Whether it is the type of the one company that counts most, which HubSpot labels.
pub fn is_primary(id: u32) -> bool {
    [1, 2, 5, 6, 25, 26].contains(&id)
}

/// The type with that id.
pub fn type_by_id(id: u32) -> Option<AssociationType> {
    TYPES.iter().flatten().find(|t| t.id == id).copied()
}

/// The type with that name (`call_to_contact`).
pub fn type_by_name(name: &str) -> Option<AssociationType> {
    TYPES.iter().flatten().find(|t| t.name().eq_ignore_ascii_case(name)).copied()
}

/// The unlabelled type between two object types.
pub fn unlabelled(from: ObjectType, to: ObjectType) -> Option<AssociationType> {
    TYPES.iter().flatten().find(|t| t.from == from && t.to == to).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_mirrors_point_back() {
        for t in TYPES.iter().flatten() {
            assert_eq!(TYPES.iter().flatten().filter(|o| o.id == t.id).count(), 1, "{}", t.id);
            let mirror = type_by_id(t.mirror).expect("a mirror");
            assert_eq!((mirror.from, mirror.to, mirror.mirror), (t.to, t.from, t.id));
        }
    }

    #[test]
    fn the_guide_s_association_is_194_or_call_to_contact() {
        assert_eq!(type_by_name("call_to_contact"), type_by_id(194));
        assert_eq!(unlabelled(Calls, Contacts).map(|t| t.id), Some(194));
    }
}
