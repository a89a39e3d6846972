//! The `conformance` binary.

use clap::Parser;
use conformance::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    conformance::commands::main(Cli::parse())
}
