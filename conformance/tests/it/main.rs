//! What the kit promises, tried from outside.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up should panic")]

mod architecture;
mod broken_integrations;
mod canaries;
mod catalogue;
mod certificate;
mod cli;
mod coverage;
mod demo;
mod fuzz;
mod kit;
mod partner;
mod probe;
mod proxied;
mod proxy;
mod recipes;
mod recording_url;
mod replay;
mod reports;
mod schema;
mod secrets;
mod seeds;
mod setting_up;
