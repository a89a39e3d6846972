//! The `conformance` binary.

use clap::Parser;
use conformance::cli::Cli;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    conformance::commands::main(Cli::parse())
}
