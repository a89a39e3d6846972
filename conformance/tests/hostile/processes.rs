//! What the kernel knows of processes: how much memory one ever had, and which ones came of a run.

use std::fs;
use std::time::{Duration, Instant};

/// A variable that every process of a run inherits, however it hides.
pub(crate) const MARK: &str = "HOSTILE_RUN";

/// The most memory that a living process ever had, in KiB (`VmHWM`).
///
/// Not `ru_maxrss`: that counts what the parent had when it forked. And not before it is a program of its own: until then, which may
/// be a moment after it was spawned, its memory is ours.
pub(crate) fn peak_kib(pid: u32) -> Option<u64> {
    let program = |process: &str| fs::read_link(format!("/proc/{process}/exe")).ok();
    if program(&pid.to_string())? == program("self")? {
        return None;
    }
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// Those that are left of a run that is over. What was killed has a moment to be gone: the system takes its time.
pub(crate) fn survivors(mark: &str) -> Vec<String> {
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        let left = marked(mark);
        if left.is_empty() || Instant::now() > until {
            return left;
        }
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Living processes that inherited this mark, as `pid: command line`.
pub(crate) fn marked(mark: &str) -> Vec<String> {
    let wanted = format!("{MARK}={mark}");
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let marked = processes.filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let environment = fs::read(entry.path().join("environ")).ok()?;
        let is_marked = environment.split(|b| *b == 0).any(|variable| variable == wanted.as_bytes());
        let command = fs::read(entry.path().join("cmdline")).ok()?;
        // A zombie has no command line any more.
        let command = String::from_utf8_lossy(&command).replace('\0', " ");
        (is_marked && !command.is_empty()).then(|| format!("{pid}: {command}"))
    });
    marked.collect()
}
