//! The object types that the mock keeps, under every name that HubSpot accepts for them.

use serde::{Deserialize, Serialize};

/// A type of CRM object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectType {
    /// `0-1`
    Contacts,
    /// `0-2`
    Companies,
    /// `0-3`
    Deals,
    /// `0-5`
    Tickets,
    /// `0-48`
    Calls,
}

impl ObjectType {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Contacts, Self::Companies, Self::Deals, Self::Tickets, Self::Calls];

    /// `contacts`
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Companies => "companies",
            Self::Deals => "deals",
            Self::Tickets => "tickets",
            Self::Calls => "calls",
        }
    }

    /// `contact`
    pub const fn singular(self) -> &'static str {
        match self {
            Self::Contacts => "contact",
            Self::Companies => "company",
            Self::Deals => "deal",
            Self::Tickets => "ticket",
            Self::Calls => "call",
        }
    }

    /// `0-1`
    pub const fn type_id(self) -> &'static str {
        match self {
            Self::Contacts => "0-1",
            Self::Companies => "0-2",
            Self::Deals => "0-3",
            Self::Tickets => "0-5",
            Self::Calls => "0-48",
        }
    }

    /// `CONTACT`, as HubSpot's messages shout it.
    pub fn shouted(self) -> String {
        self.singular().to_uppercase()
    }

    /// The type that a path segment means: plural, singular or type id, in any case.
    pub fn infer(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| {
            name.eq_ignore_ascii_case(t.plural())
                || name.eq_ignore_ascii_case(t.singular())
                || name == t.type_id()
        })
    }

    /// Properties that a read always shows.
    pub const fn default_properties(self) -> &'static [&'static str] {
        match self {
            Self::Contacts => {
                &["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"]
            }
            Self::Companies => &["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
            Self::Deals => &[
                "amount",
                "closedate",
                "createdate",
                "dealname",
                "dealstage",
                "hs_lastmodifieddate",
                "hs_object_id",
                "pipeline",
            ],
            Self::Tickets => &[
                "content",
                "createdate",
                "hs_lastmodifieddate",
                "hs_object_id",
                "hs_pipeline",
                "hs_pipeline_stage",
                "hs_ticket_category",
                "hs_ticket_priority",
                "subject",
            ],
            Self::Calls => &["hs_createdate", "hs_lastmodifieddate", "hs_object_id"],
        }
    }

    /// The properties that hold its creation and its last change.
    pub const fn clock_properties(self) -> (&'static str, &'static str) {
        match self {
            Self::Calls => ("hs_createdate", "hs_lastmodifieddate"),
            Self::Contacts => ("createdate", "lastmodifieddate"),
            Self::Companies | Self::Deals | Self::Tickets => ("createdate", "hs_lastmodifieddate"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singular_plural_and_type_id_mean_the_same() {
        for name in ["call", "calls", "CALL", "0-48"] {
            assert_eq!(ObjectType::infer(name), Some(ObjectType::Calls));
        }
        assert_eq!(ObjectType::infer("widgets"), None);
    }
}
