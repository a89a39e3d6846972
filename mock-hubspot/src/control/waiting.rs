//! Long polls: nobody has to sleep in a test.

use super::{Mistake, bad};
use crate::routes::Query;
use crate::server::Shared;
use std::time::Duration;

/// The longest wait of one request.
const LONGEST: Duration = Duration::from_mins(1);

/// `wait=5s`, `wait=500ms`, `wait=5`; no wait where it is not given.
pub(super) fn asked_for(query: &Query) -> Result<Duration, Mistake> {
    const MISTAKE: &str = "`wait` is a time such as 5s or 500ms, at most 60s";
    let Some(text) = query.first("wait") else { return Ok(Duration::ZERO) };
    let (digits, unit): (_, fn(u64) -> Duration) = match text.strip_suffix("ms") {
        Some(digits) => (digits, Duration::from_millis),
        None => (text.strip_suffix('s').unwrap_or(text), Duration::from_secs),
    };
    let wait = digits.parse().map(unit).map_err(|_| bad(MISTAKE))?;
    if wait > LONGEST { Err(bad(MISTAKE)) } else { Ok(wait) }
}

/// What there is once there is something, or the wait is over, or the mock stops.
pub(super) async fn until<T>(
    shared: &Shared,
    wait: Duration,
    mut look: impl FnMut() -> (bool, T) + Send,
) -> T {
    let mut changes = shared.journal.changes();
    let deadline = tokio::time::Instant::now() + wait;
    loop {
        changes.borrow_and_update();
        let (enough, found) = look();
        if enough {
            return found;
        }
        let rang = tokio::select! {
            rang = tokio::time::timeout_at(deadline, changes.changed()) => matches!(rang, Ok(Ok(()))),
            () = shared.site.stopped() => false,
        };
        if !rang {
            return look().1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_a_time_and_not_a_long_one() {
        let wait = |text: &str| asked_for(&Query::parse(text)).ok().map(|w| w.as_millis());
        assert_eq!(wait(""), Some(0));
        assert_eq!(wait("wait=5s"), Some(5000));
        assert_eq!(wait("wait=2"), Some(2000));
        assert_eq!(wait("wait=50ms"), Some(50));
        assert_eq!([wait("wait=61s"), wait("wait=soon"), wait("wait=-1s"), wait("wait=")], [None; 4]);
    }
}
