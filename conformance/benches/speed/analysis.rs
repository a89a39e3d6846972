//! What recordings take to be decoded and analysed: time of one core, and the most memory that was resident.
//!
//! Each is examined in a process of its own, so that nothing else counts as its memory.

use crate::{SEED, loops};
use conformance::recording::{self, Format};
use mock_hubspot::media;
use rustix::time::{ClockId, clock_gettime};
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The argument that asks for this alone.
const ALONE: &str = "--examine";
const HOUR: u32 = 3600;
/// What the resident memory may grow by from a minute to an hour, in KiB.
const FLAT: u64 = 1024;

/// The file that is to be examined, where that is all.
pub(crate) fn asked() -> Option<PathBuf> {
    let mut arguments = std::env::args().skip_while(|argument| argument != ALONE);
    arguments.nth(1).map(PathBuf::from)
}

/// Examines it, and prints the seconds of sound, the seconds of one core, and the memory in KiB.
pub(crate) fn examine(file: &Path) {
    let facts = media::examine(File::open(file).expect("it was written"));
    assert!(facts.problems.is_empty(), "{:?}", facts.problems);
    let taken = clock_gettime(ClockId::ProcessCPUTime);
    let taken = taken.tv_sec as f64 + taken.tv_nsec as f64 / 1e9;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next());
    println!("{} {taken} {}", facts.duration_ms as f64 / 1e3, peak.unwrap_or("0"));
}

/// Prints a line for each kind of recording.
pub(crate) fn table() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("short.wav"), wav(60)).expect("room");
    std::fs::write(at("long.wav"), wav(HOUR)).expect("room");
    let flac = recording::make(Format::Flac, SEED, u64::from(HOUR) * 1000).bytes;
    std::fs::write(at("long.flac"), flac).expect("room");
    let mp4 = recording::make(Format::Mp4, SEED, 0);
    let turns = HOUR / (mp4.duration_ms / 1000) as u32;
    std::fs::write(at("long.mp4"), loops::repeated(&mp4.bytes, turns)).expect("room");
    line("an hour of WAV", &at("long.wav"), Some(1500.0));
    line("an hour of FLAC", &at("long.flac"), None);
    line("an hour of AAC in MP4", &at("long.mp4"), None);
    let (short, long) = (alone(&at("short.wav")).2, alone(&at("long.wav")).2);
    let verdict = if long.saturating_sub(short) <= FLAT { "" } else { "  falls short" };
    println!(
        "{:<22} {short} KiB for a minute, {long} KiB for an hour (wanted flat){verdict}",
        "memory of analysis"
    );
}

fn line(name: &str, file: &Path, wanted: Option<f64>) {
    let mut all: Vec<f64> = (0..super::ROUNDS)
        .map(|_| {
            let (sound, taken, _) = alone(file);
            sound / taken
        })
        .collect();
    let middle = super::median(&mut all);
    let wished = wanted.map_or(String::new(), |times| format!(" (wanted {times:.0})"));
    let verdict = if wanted.is_none_or(|times| middle >= times) { "" } else { "  falls short" };
    println!(
        "{name:<22} {:.0} {middle:.0} {:.0} times real time on one core{wished}{verdict}",
        all[0],
        all[all.len() - 1]
    );
}

/// What a process of its own says of it.
fn alone(file: &Path) -> (f64, f64, u64) {
    let ourselves = std::env::current_exe().expect("we have a path");
    let output = Command::new(ourselves).arg(ALONE).arg(file).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut figures = text.split_whitespace();
    let mut next = || figures.next().expect("three figures").to_owned();
    let (sound, taken, peak) = (next(), next(), next());
    (sound.parse().expect("seconds"), taken.parse().expect("seconds"), peak.parse().expect("KiB"))
}

/// So many seconds of two voices as PCM: the same minute again and again.
fn wav(seconds: u32) -> Vec<u8> {
    let minute = recording::make(Format::Wav, SEED, 60_000).bytes;
    let (header, samples) = minute.split_at(44);
    let size = samples.len() as u32 / 60 * seconds;
    let mut file = header.to_vec();
    file[4..8].copy_from_slice(&(size + 36).to_le_bytes());
    file[40..44].copy_from_slice(&size.to_le_bytes());
    for _ in 0..seconds / 60 {
        file.write_all(samples).expect("memory");
    }
    file
}
