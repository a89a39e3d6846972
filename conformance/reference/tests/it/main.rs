//! The reference integration as HubSpot meets it: each test starts it on a free port, against a small pretended HubSpot.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod authenticated_url;
mod journey;
mod playback;
mod pretended_hubspot;
mod resilience;
mod stage;
