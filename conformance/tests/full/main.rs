//! What takes foreign programs or minutes; `cargo test` leaves it out, `.ci/run` asks for it:
//!
//! ```text
//! cargo test -p conformance --locked --test full -- --nocapture
//! ```
//!
//! A program that is missing is skipped with a sentence, and fails the test where `CI=true`. `HONEST_SEED=0x…` asks the servers
//! other random ranges than the usual ones.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up should panic")]

mod browser;
#[path = "../it/canaries.rs"]
mod canaries;
mod certificate;
mod clock;
mod faults;
mod foreign;
mod front;
mod honest_servers;
#[path = "../hostile/mod.rs"]
mod hostile;
mod junit;
#[path = "../it/kit.rs"]
mod kit;
mod minimal;
mod page;
#[path = "../it/partner.rs"]
mod partner;
mod partners;
#[path = "../it/proxy.rs"]
mod proxy;
mod secrets;
mod server;
mod shapes;
mod shards;
mod teeth;
mod variants;
mod vast;
mod wheel;
