//! Runs a fuzz target: for a second, or for `FUZZ_SECONDS`; each input within its bounds of memory and time.
//!
//! Knows nothing of what is tried. Memory and time are those of the thread that tries: what else the machine does is no matter.
//! The fuzz targets of both crates share it. Read next: `meddling.rs` (the inputs).

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use rustix::time::{ClockId, clock_gettime};
use std::cell::Cell;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// Without `FUZZ_SECONDS`.
const SHORT: Duration = Duration::from_secs(1);
/// Inputs between two looks at the clock.
const AT_A_TIME: u32 = 20;
/// An input that is not done with by then hangs. Wall time: whoever waits for something uses no other.
const HANGS: Duration = Duration::from_mins(2);
/// How often a long run says how far it is.
const TOLD: Duration = Duration::from_mins(1);

/// Characters of an input that fails; all of it is kept in a file.
const SHOWN: usize = 2_000;

/// What one input may take.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    /// Bytes in use at once, above those in use before.
    pub(crate) memory: u64,
    /// The thread's own time.
    pub(crate) time: Duration,
}

/// A target by its name.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) bounds: Bounds,
}

impl Target {
    /// Tries inputs until the time is over. A property says with a panic that it does not hold. `kept` gives what is kept of
    /// an input that fails, for the seeds.
    pub(crate) fn run<S: Strategy>(
        &self,
        inputs: &S,
        kept: impl Fn(&S::Value) -> Vec<u8>,
        property: impl Fn(&S::Value),
    ) {
        let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|n| n.parse().ok());
        let time = seconds.map_or(SHORT, Duration::from_secs);
        let (begun, told) = (Instant::now(), Cell::new(Duration::ZERO));
        let (tried, most, slowest) = (Cell::new(0_u64), Cell::new(0), Cell::new(Duration::ZERO));
        let watch = self.watched();
        while begun.elapsed() < time {
            // Each has a seed of its own.
            let config = Config { cases: AT_A_TIME, failure_persistence: None, ..Config::default() };
            let ran = TestRunner::new(config).run(inputs, |input| {
                let kept = kept(&input);
                watch.send(kept.clone()).expect("the watch lasts as long as the run");
                let (memory, took) = measured(|| property(&input));
                tried.set(tried.get() + 1);
                most.set(most.get().max(memory));
                slowest.set(slowest.get().max(took));
                self.within_bounds(memory, took)
            });
            match ran {
                Ok(()) => {}
                Err(TestError::Abort(reason)) => panic!("{}: {reason}", self.name),
                Err(TestError::Fail(reason, input)) => {
                    self.failed(&reason.to_string(), &input, &kept(&input))
                }
            }
            if begun.elapsed() >= told.get() + TOLD {
                told.set(begun.elapsed());
                eprintln!("{}: {} inputs in {:?}", self.name, tried.get(), begun.elapsed());
            }
        }
        eprintln!(
            "{}: {} inputs in {:.1} s, none failed; at most {} KiB and {:.0} ms for one",
            self.name,
            tried.get(),
            begun.elapsed().as_secs_f64(),
            most.get() / 1024,
            slowest.get().as_secs_f64() * 1000.0
        );
    }

    fn within_bounds(&self, memory: u64, took: Duration) -> Result<(), TestCaseError> {
        if memory > self.bounds.memory {
            return Err(TestCaseError::fail(format!("{memory} bytes are in use at once")));
        }
        if took > self.bounds.time {
            return Err(TestCaseError::fail(format!("it takes {took:?}")));
        }
        Ok(())
    }

    fn failed(&self, reason: &str, input: &impl Debug, kept: &[u8]) -> ! {
        let path = keep(self.name, kept);
        let shown: String = format!("{input:?}").chars().take(SHOWN).collect();
        panic!(
            "{}: {reason}\n{shown}\nhelp: the input is kept in {}; among the seeds, as found-…, it is tried every time",
            self.name,
            path.display()
        );
    }

    /// Is told of each input; ends the process, and keeps the input, where one hangs.
    fn watched(&self) -> SyncSender<Vec<u8>> {
        let name = self.name;
        let (sender, receiver) = sync_channel::<Vec<u8>>(0);
        std::thread::spawn(move || {
            let mut last = Vec::new();
            loop {
                match receiver.recv_timeout(HANGS) {
                    Ok(input) => last = input,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        eprintln!("{name}: an input hangs; it is kept in {}", keep(name, &last).display());
                        std::process::abort();
                    }
                }
            }
        });
        sender
    }
}

/// Writes an input where builds leave what tests write.
fn keep(target: &str, input: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fuzz-{target}-{}", std::process::id()));
    std::fs::write(&path, input).unwrap_or_else(|error| eprintln!("{}: {error}", path.display()));
    path
}

/// The most bytes in use at once, and this thread's time.
fn measured(act: impl FnOnce()) -> (u64, Duration) {
    let begun = own_time();
    // The measuring does not survive a panic that passes through it.
    let mut outcome = Ok(());
    let used = allocation_counter::measure(|| outcome = catch_unwind(AssertUnwindSafe(act)));
    let took = own_time().saturating_sub(begun);
    outcome.unwrap_or_else(|panic| resume_unwind(panic));
    (used.bytes_max, took)
}

fn own_time() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}
