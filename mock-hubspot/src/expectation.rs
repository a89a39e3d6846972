//! What a test expects of an integration, and why it did not come to be. Reads the journal, judges nothing else.
//!
//! Read next: `nearest_miss.rs` (which request came closest).

use crate::journal::{Direction, Entry, Journal, Outcome, StoryKey, nearest_miss};
use crate::operation::Operation;
use crate::server::MockHubSpot;
use std::fmt;
use std::time::Duration;

/// How long a test waits for a request, where it does not say.
const USUAL: Duration = Duration::from_secs(5);

/// An operation that an integration is to do.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use mock_hubspot::{MockHubSpot, operation::Operation};
/// use std::time::Duration;
///
/// let hubspot = MockHubSpot::builder().strict(true).start().await?;
/// // Start the app here, with `hubspot.url()` as its base URL: this one logs its call with a token that is none.
/// # let _ = rustls::crypto::ring::default_provider().install_default();
/// # let call = reqwest::Client::new().post(format!("{}/crm/v3/objects/calls", hubspot.url()));
/// # call.bearer_auth("no-such-token").body("{}").send().await?;
/// let unmet = hubspot.expect(Operation::LogCall).within(Duration::from_millis(50)).met().await.unwrap_err();
/// assert!(unmet.to_string().starts_with("log-call did not come within 0.05 s"));
/// assert!(unmet.to_string().contains("POST /crm/v3/objects/calls was refused: 401"), "{unmet}");
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "an expectation that nobody waits for is no test"]
pub struct Expectation<'a> {
    journal: &'a Journal,
    operation: Operation,
    story: StoryKey,
    times: usize,
    within: Duration,
}

impl MockHubSpot {
    /// Expects this operation to be done, once and within 5 seconds, unless more is said.
    pub fn expect(&self, operation: Operation) -> Expectation<'_> {
        let (story, times) = (StoryKey::default(), 1);
        Expectation { journal: self.journal(), operation, story, times, within: USUAL }
    }
}

impl Expectation<'_> {
    /// Of this call alone.
    pub fn of_call(mut self, id: u64) -> Self {
        self.story.call_id = Some(id);
        self
    }

    /// At least as often as this.
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// How long that may take.
    pub fn within(mut self, within: Duration) -> Self {
        self.within = within;
        self
    }

    /// Waits for it, and gives the exchanges.
    pub async fn met(self) -> Result<Vec<Entry>, Unmet> {
        let enough = || {
            let done = self.done();
            (done.len() >= self.times).then_some(done)
        };
        // Whatever changes, all of it is looked at again.
        let _ = self.journal.wait_for(|_| enough().is_some(), self.within).await;
        enough().ok_or_else(|| self.unmet())
    }

    fn done(&self) -> Vec<Entry> {
        let mine = |entry: &Entry| {
            entry.direction == Direction::Arrived
                && entry.operation == Some(self.operation)
                && entry.outcome == Outcome::Served
                && self.story.call_id.is_none_or(|id| entry.call_id == Some(id))
        };
        let mut entries = self.journal.entries();
        entries.retain(mine);
        entries
    }

    fn unmet(&self) -> Unmet {
        let entries = self.journal.entries();
        let arrived = entries.iter().filter(|entry| entry.direction == Direction::Arrived);
        let line = |entry: &Entry| {
            let status = entry.reply.as_ref().map_or("no reply".to_owned(), |reply| reply.status.to_string());
            format!("{} {} → {status}", entry.request.method, entry.request.target)
        };
        Unmet {
            operation: self.operation,
            times: (self.done().len(), self.times),
            within: self.within,
            nearest: nearest_miss(&entries, self.operation, &self.story),
            arrived: arrived.map(line).collect(),
        }
    }
}

/// An expectation that was not met, and what came instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    operation: Operation,
    times: (usize, usize),
    within: Duration,
    nearest: Option<String>,
    arrived: Vec<String>,
}

/// So many of the requests that came are shown.
const SHOWN: usize = 10;

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, within) = (self.operation.name(), self.within.as_secs_f64());
        match self.times {
            (0, 1) => write!(f, "{name} did not come within {within} s")?,
            (came, wanted) => write!(f, "{name} came {came} times instead of {wanted} within {within} s")?,
        }
        if let Some(nearest) = &self.nearest {
            write!(f, "\nnearest: {nearest}")?;
        }
        match self.arrived.len() {
            0 => write!(f, "\nnothing arrived at all\nhelp: has the app the mock's address as its base URL?"),
            count => {
                write!(f, "\n{count} requests arrived:")?;
                for line in &self.arrived[count.saturating_sub(SHOWN)..] {
                    write!(f, "\n  {line}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for Unmet {}
