//! The mock beside a ceiling: an axum server that parses the same JSON, puts it into a map, and answers about the same bytes.
//!
//! ```text
//! cargo bench -p mock-hubspot --bench ceiling
//! ```
//!
//! Both are processes of their own, asked in turns by the same client over keep-alive connections, so that a busy machine
//! troubles both alike. What counts is the ratio; a figure alone says little. Nothing here is a test, and nothing asserts.

mod growth;
mod least;
mod load;

use load::{Asked, Load, Round};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Turns of each side.
const ROUNDS: usize = 5;
/// Starts that are timed.
const STARTS: usize = 20;
/// Calls that are stored to see what each costs.
const STORED: u64 = 100_000;
/// The operations, the least ratio of requests a second, and the greatest of the 99th percentiles.
const WANTED: [(Asked, f64, f64); 4] = [
    (Asked::Create, 0.80, 1.5),
    (Asked::Read, 0.90, 1.5),
    (Asked::Associate, 0.80, 1.5),
    (Asked::Ready, 0.80, 1.5),
];

/// A server as a process; it ends with this value.
struct Served {
    child: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(program: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it says where it listens");
        let address = line.split("http://").nth(1).unwrap_or_default();
        let address = address.split(['/', '"', ' ', '\n']).next().unwrap_or_default().to_owned();
        Self { child, address }
    }

    fn mock(more: &[&str]) -> Self {
        let arguments = [&["--listen", "127.0.0.1:0"], more].concat();
        Self::start(env!("CARGO_BIN_EXE_mock-hubspot"), &arguments)
    }

    fn ceiling() -> Self {
        let ourselves = std::env::current_exe().expect("we have a path");
        Self::start(ourselves.to_str().expect("it is UTF-8"), &["--ceiling"])
    }

    /// Resident memory in KiB, as Linux counts it.
    fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
    }
}

fn main() {
    if std::env::args().any(|argument| argument == "--ceiling") {
        return least::serve();
    }
    let store = tempfile::tempdir().expect("a folder");
    let file = store.path().join("portal.db");
    println!("{:<22} {:>26} {:>26} {:>18} {:>12}", "", "ours", "ceiling", "ratio (wanted)", "p99 ratio");
    for (asked, least, most) in WANTED {
        side_by_side(&[], asked, asked.name(), least, most);
    }
    let durable = ["--store", file.to_str().expect("UTF-8")];
    side_by_side(&durable, Asked::Create, "create, --store", 0.40, f64::INFINITY);
    starts();
    memory();
    growth::growth();
}

/// Asks ours and the ceiling in turns, and prints a line.
fn side_by_side(arguments: &[&str], asked: Asked, name: &str, least: f64, most: f64) {
    let (ours, ceiling) = (Served::mock(arguments), Served::ceiling());
    let (ours, ceiling) = (Load::new(asked, ours), Load::new(asked, ceiling));
    let (mut mine, mut theirs): (Vec<Round>, Vec<Round>) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        mine.push(ours.round());
        theirs.push(ceiling.round());
    }
    let ratio = median(&mine, |r| r.a_second) / median(&theirs, |r| r.a_second);
    let tail = median(&mine, |r| r.p99_us) / median(&theirs, |r| r.p99_us);
    let verdict = if ratio >= least && tail <= most { "" } else { "  falls short" };
    println!(
        "{name:<22} {:>26} {:>26} {:>18} {tail:>12.2}{verdict}",
        three(&mine),
        three(&theirs),
        format!("{ratio:.2} ({least:.2})"),
    );
}

/// Minimum, median and maximum of requests a second.
fn three(rounds: &[Round]) -> String {
    let mut all: Vec<f64> = rounds.iter().map(|round| round.a_second).collect();
    all.sort_by(f64::total_cmp);
    format!("{:.0} {:.0} {:.0} /s", all[0], all[all.len() / 2], all[all.len() - 1])
}

fn median(rounds: &[Round], of: impl Fn(&Round) -> f64) -> f64 {
    let mut all: Vec<f64> = rounds.iter().map(of).collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// From starting the process to its first answer, and to its first page.
fn starts() {
    for (name, path, wanted) in
        [("start to an answer", "/_mock/health", 10.0), ("start to the page", "/_mock/ui", 50.0)]
    {
        let mut all: Vec<Duration> = (0..STARTS)
            .map(|_| {
                let begun = Instant::now();
                let served = Served::mock(&[]);
                load::ask_once(&served.address, path);
                begun.elapsed()
            })
            .collect();
        all.sort_unstable();
        let ms = |at: usize| all[at].as_secs_f64() * 1e3;
        let (least, middle, most) = (ms(0), ms(STARTS / 2), ms(STARTS - 1));
        let verdict = if middle <= wanted { "" } else { "  falls short" };
        println!("{name:<22} {least:.1} {middle:.1} {most:.1} ms (wanted {wanted:.0} ms){verdict}");
    }
}

/// Resident memory when idle, and what each stored call adds to its own bytes.
fn memory() {
    // What the journal keeps is bounded by itself, and is not what a call costs.
    let served = Served::mock(&["--journal-exchanges", "1000"]);
    load::ask_once(&served.address, "/_mock/health");
    let idle = served.resident();
    let verdict = if idle <= 10 * 1024 { "" } else { "  falls short" };
    println!("{:<22} {idle} KiB (wanted 10240 KiB){verdict}", "idle memory");
    let load = Load::new(Asked::Create, served);
    load.fill(1000);
    let before = load.served.resident();
    load.fill(STORED);
    let each = (load.served.resident() - before) as f64 * 1024.0 / STORED as f64;
    let own = load::BODY.len() as f64;
    let verdict = if each - own <= 1229.0 { "" } else { "  falls short" };
    println!(
        "{:<22} {each:.0} bytes, {:.0} beyond its own {own:.0} (wanted 1229){verdict}",
        "a stored call",
        each - own
    );
}
