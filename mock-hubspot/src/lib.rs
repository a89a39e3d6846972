//! A fake HubSpot for calling integrations.
//!
//! It answers the calling API as HubSpot would, writes every exchange down, and acts as HubSpot acts. It never judges.
//!
//! # In a Rust test
//!
//! ```
//! use mock_hubspot::{MockHubSpot, operation::Operation};
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let hubspot = MockHubSpot::builder().strict(true).start().await?;
//! let token = hubspot.portal().access_token();
//! // Here the app under test would be given `hubspot.url()` and the token; this stands in its place.
//! # let _ = rustls::crypto::ring::default_provider().install_default();
//! let call = reqwest::Client::new()
//!     .post(format!("{}/crm/v3/objects/calls", hubspot.url()))
//!     .bearer_auth(token)
//!     .header("content-type", "application/json")
//!     .body(r#"{"properties":{"hs_timestamp":"2026-01-15T09:30:00Z","hs_call_external_id":"call-1"}}"#);
//! call.send().await?;
//!
//! let logged = hubspot.expect(Operation::LogCall).met().await?;
//! let id = logged[0].call_id.expect("a call that was logged has an id");
//! assert_eq!(&hubspot.portal().call(id).expect("it is kept").properties["hs_call_external_id"], "call-1");
//! // Dropped, it stops: nothing outlives the test.
//! # Ok(()) }
//! ```
//!
//! Read next: `versions.rs` (what it answers), `visit.rs` (the way of a request), `handlers/`, `retrieval.rs`.

mod auth;
pub mod cli;
mod connections;
mod control;
pub mod exchange;
mod expectation;
mod handlers;
pub mod handout;
mod headers;
mod isolated;
pub mod journal;
mod keeping;
mod leniency;
pub mod limits;
mod line;
pub mod media;
mod nearest_miss;
pub mod operation;
mod page;
pub mod portal;
mod progress;
mod proxy;
mod ready;
mod recurring;
mod refusal;
pub mod retrieval;
mod routes;
mod scopes;
pub mod secrets;
mod server;
mod shared;
mod sounds;
mod spoken;
mod store;
pub mod switches;
pub mod texts;
pub mod tls;
pub mod transcription;
pub mod versions;
mod visit;
pub mod weather;
pub mod wire;
mod words;

pub use expectation::{Expectation, Unmet};
pub use isolated::{IsolatedPortal, IsolationError};
pub use journal::{Bounds, Journal, StoryKey, Waited, nearest_miss};
pub use limits::{Limits, Plan};
pub use portal::{
    CallRecord, Clock, KeptRow, OwnerSetup, Portal, PortalSetup, Properties, RecordSetup, Seat, TokenKind,
    TokenSetup,
};
pub use proxy::Proxy;
pub use ready::Ready;
pub use secrets::Secrets;
pub use server::{Builder, MockHubSpot};
pub use store::{Store, StoreError};
pub use switches::Switches;
pub use tls::Tls;
pub use weather::{Odds, Policy, Rule, RuleId, Strike, Weather};
