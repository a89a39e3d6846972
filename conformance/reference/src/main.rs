//! The reference integration as a process of its own.

use std::process::ExitCode;

use clap::Parser;
use reference_integration::cli::{Args, run};

#[tokio::main]
async fn main() -> ExitCode {
    run(Args::parse()).await
}
