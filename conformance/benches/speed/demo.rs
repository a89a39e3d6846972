//! The whole demo: how long it lasts, and how much work it is.

use std::process::{Command, Stdio};
use std::time::Instant;

/// Prints a line for its time from start to end, and one for the time that cores were busy with it; the rest of its time it waits,
/// as its stories order.
pub(crate) fn lines() {
    let (mut lasted, mut busy) = (Vec::new(), Vec::new());
    for _ in 0..super::ROUNDS {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
        command.args(["demo", "--out"]).arg(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        let (before, begun) = (of_children(), Instant::now());
        command.status().expect("it starts");
        lasted.push(begun.elapsed().as_secs_f64());
        busy.push(of_children() - before);
    }
    for (name, mut all, wanted) in [("the demo", lasted, 5.0), ("the demo's work", busy, 1.0)] {
        let middle = super::median(&mut all);
        let verdict = if middle <= wanted { "" } else { "  falls short" };
        let most = all[all.len() - 1];
        println!("{name:<22} {:.2} {middle:.2} {most:.2} s (wanted {wanted:.0} s){verdict}", all[0]);
    }
}

/// Seconds that cores were busy with our children and theirs, of those that have ended (`proc_pid_stat(5)`, fields 16 and 17).
fn of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    let ticks = after_name.split(' ').skip(13).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / rustix::param::clock_ticks_per_second() as f64
}
