//! What a run says while it goes on: events, and two listeners. They write to stderr and decide nothing.

use super::text::line;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::HashMap;
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A story begins.
    StoryStarted {
        /// Its scenario.
        scenario: String,
    },
    /// The integration was made to make a call.
    Called {
        /// Its scenario.
        scenario: String,
        /// Which call, from 1.
        call: usize,
        /// Of how many.
        of: usize,
    },
    /// The kit waits for something.
    Waiting {
        /// Its scenario.
        scenario: String,
        /// For what: `the logged call`, say.
        what: String,
        /// For how long at most.
        left: Duration,
        /// What came closest so far, in a sentence.
        nearest: Option<String>,
    },
    /// Probes asked.
    Asked {
        /// Its scenario.
        scenario: String,
        /// How many requests so far.
        count: usize,
    },
    /// A story is over.
    StoryDone {
        /// Its scenario.
        scenario: String,
        /// How many requests the probes sent.
        requests: usize,
    },
}

impl Event {
    /// The scenario that it is about.
    pub fn scenario(&self) -> &str {
        match self {
            Self::StoryStarted { scenario }
            | Self::Called { scenario, .. }
            | Self::Waiting { scenario, .. }
            | Self::Asked { scenario, .. }
            | Self::StoryDone { scenario, .. } => scenario,
        }
    }

    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Self::StoryStarted { .. } => "started".into(),
            Self::Called { call, of, .. } => format!("call {call} of {of} triggered"),
            Self::Waiting { what, left, nearest, .. } => {
                let last = nearest.as_ref().map(|nearest| format!("; last seen: {}", line(nearest, 300)));
                let left = left.as_millis().div_ceil(1000);
                format!("waiting for {}: {left} s left{}", line(what, 200), last.unwrap_or_default())
            }
            Self::Asked { count, .. } => format!("{count} requests"),
            Self::StoryDone { requests, .. } => format!("told, {requests} requests"),
        }
    }
}

/// Hears events.
pub trait Listener: Send + Sync {
    /// One event.
    fn hear(&self, event: &Event);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silence;

impl Listener for Silence {
    fn hear(&self, _event: &Event) {}
}

/// Bars where stderr is a terminal, lines where it is not.
pub fn on_stderr() -> Box<dyn Listener> {
    if std::io::stderr().is_terminal() {
        Box::new(Bars::default())
    } else {
        Box::new(Lines::new(std::io::stderr()))
    }
}

/// One plain line an event, but none for each request.
#[derive(Debug)]
pub struct Lines<W> {
    writer: Mutex<W>,
    /// What was said last of the waiting of each story.
    waiting: Mutex<HashMap<String, Said>>,
}

/// What was awaited, what came closest, and how long was left when that was said.
type Said = (String, Option<String>, Duration);

/// A wait is told again after so long, or when something new came closest.
const AGAIN: Duration = Duration::from_secs(10);

impl<W: Write + Send> Lines<W> {
    /// Lines on this writer.
    pub fn new(writer: W) -> Self {
        Self { writer: Mutex::new(writer), waiting: Mutex::default() }
    }

    /// Whether this says of a wait what was said a moment ago.
    fn repeats(&self, event: &Event) -> bool {
        let Event::Waiting { scenario, what, left, nearest } = event else { return false };
        let mut waiting = locked(&self.waiting);
        if let Some((said, closest, then)) = waiting.get(scenario)
            && said == what
            && closest == nearest
            && then.saturating_sub(*left) < AGAIN
        {
            return true;
        }
        waiting.insert(scenario.clone(), (what.clone(), nearest.clone(), *left));
        false
    }
}

impl<W: Write + Send> Listener for Lines<W> {
    fn hear(&self, event: &Event) {
        if !matches!(event, Event::Asked { .. }) && !self.repeats(event) {
            // Nobody is served by a run that fails because its stderr was closed.
            let _ = writeln!(locked(&self.writer), "{}: {}", line(event.scenario(), 60), event.words());
        }
    }
}

/// A line that moves for each story under way.
#[derive(Debug, Default)]
pub struct Bars {
    all: MultiProgress,
    stories: Mutex<HashMap<String, ProgressBar>>,
}

impl Listener for Bars {
    fn hear(&self, event: &Event) {
        let mut stories = locked(&self.stories);
        let scenario = line(event.scenario(), 60);
        let bar = stories.entry(scenario.clone()).or_insert_with(|| {
            let bar = self.all.add(ProgressBar::new_spinner().with_style(style()));
            bar.set_prefix(scenario);
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        match event {
            Event::StoryDone { .. } => bar.finish_with_message(event.words()),
            Event::Asked { count, .. } => bar.set_position(*count as u64),
            _ => bar.set_message(event.words()),
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {prefix:24} {pos:>5} requests  {wide_msg}")
        .expect("the template is a constant and a test shows it")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{Bars, Event, Lines, Listener, locked, style};
    use std::time::Duration;

    fn events() -> [Event; 6] {
        let scenario = || "outbound-call".to_owned();
        [
            Event::StoryStarted { scenario: scenario() },
            Event::Called { scenario: scenario(), call: 1, of: 1 },
            Event::Waiting {
                scenario: scenario(),
                what: "ready\x1b[2J".into(),
                left: Duration::from_secs(23),
                nearest: Some(
                    "POST /crm/v3/object/calls matches no route; did you mean /crm/v3/objects/calls?".into(),
                ),
            },
            Event::Asked { scenario: scenario(), count: 3 },
            Event::Asked { scenario: scenario(), count: 301 },
            Event::StoryDone { scenario: scenario(), requests: 301 },
        ]
    }

    #[test]
    fn lines_say_each_thing_once() {
        let lines = Lines::new(Vec::new());
        for event in events() {
            lines.hear(&event);
        }
        let said = String::from_utf8_lossy(&locked(&lines.writer)).into_owned();
        insta::assert_snapshot!(said, @r#"
            outbound-call: started
            outbound-call: call 1 of 1 triggered
            outbound-call: waiting for ready␛[2J: 23 s left; last seen: POST /crm/v3/object/calls matches no route; did you mean /crm/v3/objects/calls?
            outbound-call: told, 301 requests
            "#);
    }

    #[test]
    fn a_wait_is_told_again_only_when_there_is_something_to_tell() {
        let lines = Lines::new(Vec::new());
        let hear = |left: u64, nearest: Option<&str>| {
            let (scenario, what) = ("s".to_owned(), "ready".to_owned());
            let nearest = nearest.map(str::to_owned);
            lines.hear(&Event::Waiting { scenario, what, left: Duration::from_secs(left), nearest });
        };
        for left in (0..30).rev() {
            hear(left, (left < 25).then_some("GET /x"));
        }
        let said = String::from_utf8_lossy(&locked(&lines.writer)).into_owned();
        let told: Vec<_> = said.lines().filter_map(|l| l.split(": ").nth(2)?.split(' ').next()).collect();
        assert_eq!(told, ["29", "24", "14", "4"], "{said}");
    }

    #[test]
    fn bars_are_drawn_from_a_template_that_exists() {
        let _ = style();
        let bars = Bars {
            all: indicatif::MultiProgress::with_draw_target(indicatif::ProgressDrawTarget::hidden()),
            ..Bars::default()
        };
        for event in events() {
            bars.hear(&event);
        }
        assert!(locked(&bars.stories)["outbound-call"].is_finished());
    }
}
