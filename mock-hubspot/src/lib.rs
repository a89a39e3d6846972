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
pub mod journal;
mod leniency;
pub mod limits;
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
mod sounds;
pub mod switches;
pub mod transcription;
pub mod versions;
mod visit;
pub mod weather;
pub mod wire;

pub use journal::{Journal, StoryKey, Waited, nearest_miss};
pub use limits::{Limits, Plan};
pub use portal::{CallRecord, OwnerSetup, Portal, PortalSetup, RecordSetup, Seat, TokenKind, TokenSetup};
pub use secrets::Secrets;
pub use server::{Builder, MockHubSpot};
pub use switches::Switches;
pub use weather::{Policy, Rule, RuleId, Strike, Weather};
