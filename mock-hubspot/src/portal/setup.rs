//! What a portal holds before the first request: readable from a `portal.toml`.

use super::TokenKind;
use crate::limits::Limits;
use crate::scopes::ORDINARY;
use crate::switches::Switches;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A portal as it is set up.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PortalSetup {
    /// The account's id.
    pub portal_id: u64,
    /// The app's id, a number.
    pub app_id: String,
    /// The developer account's API key, which settings need (`?hapikey=`, or as a bearer token).
    pub developer_key: String,
    /// The portal's access token, which everything else needs.
    pub access_token: String,
    /// Exchanged for new access tokens.
    pub refresh_token: String,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: String,
    /// Exchanged, once, for tokens.
    pub authorization_code: String,
    /// The address that the code was sent to; empty is any.
    pub redirect_uri: String,
    /// What the access token is good for, and those that are issued for it.
    pub scopes: Vec<String>,
    /// The users who own records.
    pub owners: Vec<OwnerSetup>,
    /// Contacts that are there.
    pub contacts: Vec<RecordSetup>,
    /// Companies that are there.
    pub companies: Vec<RecordSetup>,
    /// Deals that are there.
    pub deals: Vec<RecordSetup>,
    /// Tickets that are there.
    pub tickets: Vec<RecordSetup>,
    /// Owners who left.
    pub archived_owners: Vec<OwnerSetup>,
    /// More tokens: of private apps, with fewer scopes, of the developer.
    pub tokens: Vec<TokenSetup>,
    /// Rate limits; without them nothing is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// What is done where HubSpot's behaviour is not known.
    pub switches: Switches,
    /// Everything else that a running portal held, as it was exported; then it holds that, and none of the records above.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<KeptRow>,
}

/// One thing that an exported portal held.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptRow {
    /// What it is, as JSON.
    pub(crate) row: String,
    /// What it says, as JSON.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) value: String,
}

/// A token that is there from the beginning and does not expire.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSetup {
    /// The token.
    pub token: String,
    /// Where it comes from.
    #[serde(default)]
    pub kind: TokenKind,
    /// What it is good for.
    #[serde(default = "ordinary")]
    pub scopes: Vec<String>,
}

impl std::fmt::Debug for TokenSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenSetup").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Everything that the mock answers, but for the developer's settings.
fn ordinary() -> Vec<String> {
    ORDINARY.iter().map(|scope| (*scope).to_owned()).collect()
}

/// An owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerSetup {
    /// What `hubspot_owner_id` takes.
    pub id: u64,
    /// The user's id, which it does not take.
    pub user_id: u64,
    /// The address.
    pub email: String,
    /// The first name.
    #[serde(default)]
    pub first_name: String,
    /// The last name.
    #[serde(default)]
    pub last_name: String,
    /// Which paid seat the user has: only calls of paid Sales or Service seats are transcribed (guide, Requirements).
    #[serde(default)]
    pub seat: Seat,
}

/// A paid seat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Seat {
    /// Sales Hub.
    Sales,
    /// Service Hub.
    Service,
    /// None.
    #[default]
    None,
}

/// A contact, company, deal or ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordSetup {
    /// Its id.
    pub id: u64,
    /// Its properties.
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
}

impl RecordSetup {
    /// A record with these properties.
    pub fn new<'a>(id: u64, properties: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let properties = properties.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
        Self { id, properties }
    }
}

impl std::fmt::Debug for PortalSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PortalSetup")
            .field("portal_id", &self.portal_id)
            .field("app_id", &self.app_id)
            .field("owners", &self.owners)
            .finish_non_exhaustive()
    }
}

impl PortalSetup {
    /// The values that must never be written down.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = &str> {
        let own = [
            &self.developer_key,
            &self.access_token,
            &self.refresh_token,
            &self.client_secret,
            &self.authorization_code,
        ];
        own.into_iter().chain(self.tokens.iter().map(|t| &t.token)).map(String::as_str)
    }
}

fn owner(id: u64, first_name: &str, last_name: &str, seat: Seat) -> OwnerSetup {
    OwnerSetup {
        id,
        user_id: id + 9000,
        email: format!("{}@portal.example", first_name.to_lowercase()),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        seat,
    }
}

impl Default for PortalSetup {
    fn default() -> Self {
        let contact = |id, email, first, last, phone| {
            RecordSetup::new(
                id,
                [("email", email), ("firstname", first), ("lastname", last), ("phone", phone)],
            )
        };
        Self {
            portal_id: 62_515,
            app_id: "12345".into(),
            developer_key: "mock-developer-key-6b1f".into(),
            access_token: "mock-access-token-2f9c".into(),
            refresh_token: "mock-refresh-token-77d0".into(),
            client_id: "mock-client-id-41aa".into(),
            client_secret: "mock-client-secret-e5b8".into(),
            authorization_code: "mock-authorization-code-9d3e".into(),
            redirect_uri: String::new(),
            scopes: ordinary(),
            owners: vec![
                owner(71, "Sally", "Sales", Seat::Sales),
                owner(72, "Serge", "Service", Seat::Service),
                owner(73, "Nora", "Noseat", Seat::None),
            ],
            contacts: vec![
                contact(101, "ada@customer.example", "Ada", "Adams", "+15557654321"),
                contact(102, "ben@customer.example", "Ben", "Brown", "+15557654322"),
            ],
            companies: vec![RecordSetup::new(
                201,
                [("name", "Customer Ltd"), ("domain", "customer.example")],
            )],
            deals: vec![RecordSetup::new(
                301,
                [
                    ("dealname", "Thirty seats"),
                    ("amount", "3000"),
                    ("pipeline", "default"),
                    ("dealstage", "qualifiedtobuy"),
                ],
            )],
            tickets: vec![RecordSetup::new(
                401,
                [
                    ("subject", "No dial tone"),
                    ("hs_pipeline", "0"),
                    ("hs_pipeline_stage", "1"),
                    ("hs_ticket_priority", "HIGH"),
                ],
            )],
            archived_owners: vec![owner(79, "Gone", "Formerly", Seat::None)],
            tokens: vec![TokenSetup {
                token: "mock-private-app-token-5c3e".into(),
                kind: TokenKind::PrivateApp,
                scopes: ordinary(),
            }],
            limits: None,
            switches: Switches::default(),
            kept: Vec::new(),
        }
    }
}
