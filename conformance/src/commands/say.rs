//! Who hears of an examination, and where.

use crate::report::progress::{self, Listener, Silence};

/// What stdout is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stdout {
    /// The report that people read.
    People,
    /// `results.json`, and nothing else.
    Json,
    /// Neither: whoever asked for the examination tells of it.
    Silent,
}

impl Stdout {
    pub(super) fn of(terms: &crate::cli::Terms) -> Self {
        if terms.json.is_some() { Self::Json } else { Self::People }
    }

    /// Who hears how it goes on.
    pub(super) fn listener(self) -> Box<dyn Listener> {
        match self {
            Self::People | Self::Json => progress::on_stderr(),
            Self::Silent => Box::new(Silence),
        }
    }
}

/// Where the report for people goes: stdout, or stderr when stdout is for `--json`.
pub(super) struct Say {
    pub(super) stdout: Stdout,
}

impl Say {
    pub(super) fn line(&self, text: &str) {
        match self.stdout {
            Stdout::People => println!("{text}"),
            Stdout::Json => eprintln!("{text}"),
            Stdout::Silent => {}
        }
    }
}
