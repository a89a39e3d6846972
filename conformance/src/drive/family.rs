//! A process and all that came of it: its group, and whoever left the group and still carries its mark.
//!
//! A daemon that makes a session of its own is in no group of ours, yet it inherits the environment; where the system tells the
//! environment of processes (Linux), it is found by that. Read next: `mod.rs` (who starts families, and when they are ended).

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::process::{Child, Command};

/// The variable that every member inherits.
const MARK: &str = "STARTED_BY_CONFORMANCE";
/// How often it is looked again for members that were born meanwhile.
const ROUNDS: usize = 16;

/// A started process and its descendants. Dropped, all of them are killed.
#[derive(Debug)]
pub(super) struct Family {
    group: Option<Pid>,
    mark: String,
}

impl Family {
    /// Starts a command as the head of a new family.
    pub(super) fn start(command: &mut Command) -> std::io::Result<(Child, Self)> {
        static FAMILIES: AtomicU64 = AtomicU64::new(0);
        let mark = format!("{}-{}", std::process::id(), FAMILIES.fetch_add(1, Ordering::Relaxed));
        let child = command.env(MARK, &mark).process_group(0).kill_on_drop(true).spawn()?;
        let group = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        Ok((child, Self { group, mark }))
    }

    /// Asks the group to end.
    pub(super) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Kills the group, and whoever left it.
    pub(super) fn kill(&self) {
        self.signal(Signal::KILL);
        for _ in 0..ROUNDS {
            let members = marked(&format!("{MARK}={}", self.mark));
            if members.is_empty() {
                return;
            }
            for member in members {
                // It may have ended meanwhile; that is what we want.
                let _ = kill_process(member, Signal::KILL);
            }
        }
    }

    /// Lets it live on.
    pub(super) fn leave(self) {
        std::mem::forget(self);
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // The group may be gone already; that is what we want.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Family {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Living processes with this variable, as far as the system tells. One that was killed has no environment any more.
fn marked(variable: &str) -> Vec<Pid> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pid_if_marked = |entry: std::fs::DirEntry| {
        let pid = entry.file_name().to_str()?.parse().ok().and_then(Pid::from_raw)?;
        let environment = std::fs::read(entry.path().join("environ")).ok()?;
        environment.split(|byte| *byte == 0).any(|it| it == variable.as_bytes()).then_some(pid)
    };
    processes.filter_map(|entry| pid_if_marked(entry.ok()?)).collect()
}
