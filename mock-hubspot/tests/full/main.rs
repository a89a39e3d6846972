//! What takes a browser or foreign languages; `cargo test` leaves it out, `.ci/run` asks for it:
//!
//! ```text
//! cargo test -p mock-hubspot --locked --test full
//! ```
//!
//! A program that is missing is skipped with a sentence, and fails the test where `CI=true`.

mod browser;
#[expect(dead_code, reason = "the other suite uses the rest of it")]
#[path = "../it/client.rs"]
mod client;
mod faults;
mod hostile;
mod installed;
mod kill;
#[expect(dead_code, reason = "the other suite uses the rest of it")]
#[path = "../it/process.rs"]
mod process;
mod recipes;
mod sdk;
mod throughput;
