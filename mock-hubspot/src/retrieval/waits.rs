//! How long HubSpot's own side waits for the integration that it asks.

use std::time::Duration;
use tokio::time::Instant;

/// This much of a recording comes in a second, at least.
const BYTES_A_SECOND: u64 = 16 << 20;

/// The waits of HubSpot's own side. What HubSpot really waits is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// For the head of an answer.
    pub first_byte: Duration,
    /// Between two pieces of a body.
    pub stall: Duration,
    /// For a whole answer, whatever comes of it.
    pub whole: Duration,
}

impl Waits {
    /// So long, and a second more for each 16 MiB that came.
    const OVERALL: Duration = Duration::from_mins(2);

    /// Until when the next piece of a body may come, and what it would mean if it did not.
    pub(super) fn next_piece(&self, began: Instant, length: u64) -> (Instant, String) {
        let overall = Self::OVERALL + Duration::from_secs(length / BYTES_A_SECOND);
        let whole = overall.min(self.whole);
        let (end, stalled) = (began + whole, Instant::now() + self.stall);
        if stalled < end {
            (stalled, format!("after {length} bytes nothing came for {} ms", self.stall.as_millis()))
        } else {
            (end, format!("the answer was not complete after {} s: {length} bytes", whole.as_secs()))
        }
    }
}

impl Default for Waits {
    fn default() -> Self {
        Self { first_byte: Duration::from_secs(30), stall: Self::OVERALL, whole: Duration::from_hours(24) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_stalls_is_given_up_before_the_whole_wait() {
        let waits = Waits { stall: Duration::from_millis(500), ..Waits::default() };
        let now = Instant::now();
        let (end, why) = waits.next_piece(now, 7);
        assert!(
            end < now + Duration::from_mins(1) && why == "after 7 bytes nothing came for 500 ms",
            "{why}"
        );
    }

    #[test]
    fn a_body_that_never_ends_is_given_up_however_fast_it_comes() {
        let waits = Waits { whole: Duration::from_secs(2), ..Waits::default() };
        let now = Instant::now();
        let (end, why) = waits.next_piece(now, 1 << 40);
        assert_eq!(end, now + Duration::from_secs(2));
        assert!(why.contains("not complete after 2 s"), "{why}");
    }
}
