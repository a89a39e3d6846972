//! The binary as a process that does not outlive its test.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// The binary with these arguments, its output piped.
pub(crate) fn binary(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-hubspot"));
    command.args(args).env_remove("RUST_LOG").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A process that does not outlive its test.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) stdout: BufReader<ChildStdout>,
    /// Where it listens.
    pub(crate) url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// On any free port, once it says where that is.
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::of(binary(&[&["--listen", "127.0.0.1:0"], args].concat()))
    }

    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.spawn().expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        assert!(!line.is_empty(), "it did not start: {}", stderr(&mut child));
        Self { child, stdout, url: line.trim_end().to_owned() }
    }

    /// `kill -9`
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// How it ends by itself, and what it said.
    pub(crate) fn end(&mut self) -> (ExitStatus, String) {
        let said = stderr(&mut self.child);
        (self.child.wait().expect("it ends"), said)
    }
}

fn stderr(child: &mut Child) -> String {
    let mut text = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut text).expect("text");
    text
}

/// What it says on stderr where it does not start.
pub(crate) fn failure(args: &[&str]) -> (Option<i32>, String) {
    let output = binary(args).output().expect("it runs");
    assert!(output.stdout.is_empty());
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}
