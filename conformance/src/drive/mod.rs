//! Starts and stops the integration: the only place that starts processes.
//!
//! Knows nothing of verdicts. What the process prints passes through `Secrets` before it is kept.

pub mod act;
pub mod browser;
mod family;

use crate::patience::Patience;
use crate::probe::trigger::Caller;
use family::Family;
use mock_hubspot::secrets::Secrets;
use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// How the integration is started, templates filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Program and arguments.
    pub command: Vec<String>,
    /// Variables added to our own environment.
    pub env: BTreeMap<String, String>,
    /// The folder it is started in; ours, where none is given.
    pub dir: Option<PathBuf>,
    /// A URL that answers 2xx once it is up; without one it counts as up at once.
    pub ready: Option<String>,
}

/// Something that kept the examination from starting: never the integration's verdict.
#[derive(Debug, thiserror::Error)]
pub enum SetupFault {
    /// The command is empty or cannot be run.
    #[error(
        "the integration could not be started: {command}: {source}\nhelp: run the command of [start] by hand in {dir}"
    )]
    NotStarted {
        /// The command.
        command: String,
        /// Where.
        dir: String,
        /// Why.
        source: io::Error,
    },
    /// It ended before it was up.
    #[error(
        "the integration ended ({status}) before {url} answered{output}\nhelp: run the command of [start] by hand; its whole output is in {log}"
    )]
    EndedEarly {
        /// Its exit status.
        status: String,
        /// The ready URL.
        url: String,
        /// Its last lines.
        output: String,
        /// Where all of it stands.
        log: String,
    },
    /// It was not up in time.
    #[error(
        "the integration was started, and {url} did not answer 2xx within {waited} s; last: {last}{output}\nhelp: raise [start] ready.within, or check the port; its whole output is in {log}"
    )]
    NotReady {
        /// The ready URL.
        url: String,
        /// Seconds waited.
        waited: u64,
        /// What the last attempt met.
        last: String,
        /// Its last lines.
        output: String,
        /// Where all of it stands.
        log: String,
    },
    /// Our own side cannot be set up.
    #[error("{message}")]
    Ours {
        /// What happened, and what to do.
        message: String,
    },
    /// Several stories in a row met such a fault, so the others were not tried.
    #[error(
        "{in_a_row} set-up faults in a row ended the run; {left} more stories were not told\nhelp: `conformance doctor` tells which side is at fault, without judging anything"
    )]
    GaveUp {
        /// How many in a row.
        in_a_row: usize,
        /// Stories that were not told.
        left: usize,
    },
    /// The trigger cannot be reached.
    #[error(
        "the trigger {url} could not be reached: {reason}\nhelp: check [trigger] in conformance.toml, and that the integration listens there"
    )]
    TriggerUnreachable {
        /// The trigger's URL or command.
        url: String,
        /// Why.
        reason: String,
    },
}

/// The running integration. Dropped, it is killed with all that it started.
#[derive(Debug)]
pub struct Process {
    child: Child,
    family: Family,
    log: PathBuf,
    tail: Tail,
    secrets: Secrets,
    readers: Vec<JoinHandle<()>>,
}

type Tail = Arc<Mutex<VecDeque<String>>>;

/// Lines of output that an error message shows.
const TAIL: usize = 12;
/// Bytes of output that are kept.
const LOG_LIMIT: u64 = 4 << 20;
/// A line longer than this is cut.
const LINE_LIMIT: usize = 4096;

impl Process {
    /// Starts it; what it prints goes to `log`, secrets cut.
    pub fn start(start: &Start, secrets: &Secrets, log: &Path) -> Result<Self, SetupFault> {
        let dir = start.dir.clone().unwrap_or_else(|| PathBuf::from("."));
        let not_started = |source| SetupFault::NotStarted {
            command: secrets.cut_text(&start.command.join(" ")),
            dir: dir.display().to_string(),
            source,
        };
        let (program, arguments) = start.command.split_first().ok_or_else(|| {
            not_started(io::Error::new(io::ErrorKind::InvalidInput, "the command is empty"))
        })?;
        let file =
            Arc::new(Mutex::new(Log { file: File::create(log).map_err(not_started)?, left: LOG_LIMIT }));
        let mut command = Command::new(program);
        command
            .args(arguments)
            .envs(&start.env)
            .current_dir(&dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (mut child, family) = Family::start(&mut command).map_err(not_started)?;
        let tail = Tail::default();
        let mut readers = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            readers.push(tokio::spawn(keep(stdout, secrets.clone(), tail.clone(), file.clone())));
        }
        if let Some(stderr) = child.stderr.take() {
            readers.push(tokio::spawn(keep(stderr, secrets.clone(), tail.clone(), file)));
        }
        Ok(Self { child, family, log: log.to_owned(), tail, secrets: secrets.clone(), readers })
    }

    /// Waits until the ready URL answers 2xx.
    pub async fn ready(&mut self, url: &str, caller: &Caller, patience: &Patience) -> Result<(), SetupFault> {
        let began = Instant::now();
        let mut pause = std::time::Duration::from_millis(5);
        let mut last = "it was not asked yet".to_owned();
        while began.elapsed() < patience.start {
            if let Ok(Some(status)) = self.child.try_wait() {
                self.drain().await;
                return Err(SetupFault::EndedEarly {
                    status: status.to_string(),
                    url: self.secrets.cut_text(url),
                    output: self.last_lines(),
                    log: self.log.display().to_string(),
                });
            }
            match caller.is_up(url).await {
                Ok(()) => return Ok(()),
                Err(reason) => last = reason,
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(std::time::Duration::from_millis(200));
        }
        Err(SetupFault::NotReady {
            url: self.secrets.cut_text(url),
            waited: patience.start.as_secs(),
            last: self.secrets.cut_text(&last),
            output: self.last_lines(),
            log: self.log.display().to_string(),
        })
    }

    /// Whether it has ended by itself, and how.
    pub fn ended(&mut self) -> Option<String> {
        self.child.try_wait().ok().flatten().map(|status| status.to_string())
    }

    /// Asks the whole process group to end, and kills what is left of it and of those who left it after the wait for that.
    pub async fn stop(mut self, patience: &Patience) {
        self.family.terminate();
        let ended = tokio::time::timeout(patience.stop, self.child.wait()).await;
        self.family.kill();
        if ended.is_err() {
            let _ = self.child.wait().await;
        }
        self.drain().await;
    }

    async fn drain(&mut self) {
        for reader in self.readers.drain(..) {
            // A grandchild may hold the pipe open; its words are not awaited for long.
            let _ = tokio::time::timeout(std::time::Duration::from_millis(500), reader).await;
        }
    }

    fn last_lines(&self) -> String {
        let tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.is_empty() {
            return "; it printed nothing".to_owned();
        }
        tail.iter().fold("; it printed:".to_owned(), |text, line| format!("{text}\n  | {line}"))
    }
}

struct Log {
    file: File,
    left: u64,
}

impl Log {
    fn line(&mut self, line: &str) {
        if self.left == 0 {
            return;
        }
        let length = line.len() as u64 + 1;
        let text = if length < self.left { line } else { "[the rest was not kept]" };
        self.left = self.left.saturating_sub(length);
        // A full disk must not end the run; the reports will say it.
        let _ = writeln!(self.file, "{text}");
    }
}

async fn keep(pipe: impl AsyncRead + Unpin, secrets: Secrets, tail: Tail, log: Arc<Mutex<Log>>) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    while next_line(&mut reader, &mut line).await {
        let text = secrets.cut_text(String::from_utf8_lossy(&line).trim_end());
        log.lock().unwrap_or_else(PoisonError::into_inner).line(&text);
        let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(text.chars().filter(|c| !c.is_control()).take(300).collect());
    }
}

/// Reads one line, keeping at most [`LINE_LIMIT`] bytes of it.
async fn next_line(reader: &mut (impl AsyncBufReadExt + Unpin), line: &mut Vec<u8>) -> bool {
    line.clear();
    let mut some = false;
    loop {
        let Ok(buffer) = reader.fill_buf().await else { return some };
        if buffer.is_empty() {
            return some;
        }
        some = true;
        let end = buffer.iter().position(|b| *b == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        let room = LINE_LIMIT.saturating_sub(line.len());
        line.extend_from_slice(&buffer[..used.min(room)]);
        reader.consume(used);
        if end.is_some() {
            return true;
        }
    }
}
