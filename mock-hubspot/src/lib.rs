//! A fake HubSpot for calling integrations.
//!
//! It answers the calling API as HubSpot would, writes every exchange down, and acts as HubSpot acts. It never judges.
//! Read next: `versions.rs` (what it answers), `visit.rs` (the way of a request), `handlers/`, `retrieval.rs`.

mod auth;
pub mod cli;
mod control;
pub mod exchange;
mod handlers;
pub mod handout;
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
mod refusal;
pub mod retrieval;
mod routes;
mod scopes;
pub mod secrets;
mod server;
mod shared;
mod sounds;
mod store;
pub mod switches;
pub mod transcription;
pub mod versions;
mod visit;
pub mod weather;
pub mod wire;

pub use isolated::{IsolatedPortal, IsolationError};
pub use journal::{Bounds, Journal, StoryKey, Waited, nearest_miss};
pub use limits::{Limits, Plan};
pub use portal::{
    CallRecord, Clock, KeptRow, OwnerSetup, Portal, PortalSetup, RecordSetup, Seat, TokenKind, TokenSetup,
};
pub use secrets::Secrets;
pub use server::{Builder, MockHubSpot};
pub use store::{Store, StoreError};
pub use switches::Switches;
pub use weather::{Odds, Policy, Rule, RuleId, Strike, Weather};
