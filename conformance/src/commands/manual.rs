//! `completions` and `man`: what a shell and a reader want to know of the command line, derived from it.

use super::Usage;
use crate::cli::Cli;
use clap::CommandFactory;
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Usage> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "conformance", &mut text);
    printed(&text)
}

/// The manual: the command, then each subcommand.
pub(super) fn man() -> Result<ExitCode, Usage> {
    let mut text = Vec::new();
    let mut command = Cli::command();
    command.build();
    let mut render = || -> io::Result<()> {
        clap_mangen::Man::new(command.clone()).render(&mut text)?;
        for subcommand in command.get_subcommands().filter(|c| !c.is_hide_set() && c.get_name() != "help") {
            let man = clap_mangen::Man::new(subcommand.clone());
            writeln!(text, ".SH CONFORMANCE {}", subcommand.get_name().to_uppercase())?;
            man.render_description_section(&mut text)?;
            man.render_options_section(&mut text)?;
        }
        Ok(())
    };
    render().map_err(|error| Usage(error.to_string()))?;
    printed(&text)
}

/// A reader that has seen enough closes the pipe; that is no fault.
fn printed(text: &[u8]) -> Result<ExitCode, Usage> {
    match io::stdout().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Usage(error.to_string())),
        _ => Ok(ExitCode::SUCCESS),
    }
}
