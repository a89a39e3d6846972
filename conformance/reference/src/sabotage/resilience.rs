//! Lies about patience: giving up, pressing on, forgetting.

use std::time::Duration;

use serde_json::Value;

use super::{Lie, tally::UnderWay};
use crate::{
    config::RefreshCredentials,
    hubspot::{HubSpotError, Request},
    server::App,
};

/// How often a storm repeats itself before it waits.
const STORM: u32 = 12;

/// How long an answer may take.
pub(crate) fn spoil_timeout(lie: Option<Lie>, honest: Duration) -> Duration {
    if lie == Some(Lie::ResilienceGivesUpWhenSlow) { Duration::from_millis(500) } else { honest }
}

/// How long to wait before the next attempt, if there is one.
pub(crate) fn spoil_wait(
    lie: Option<Lie>,
    error: &HubSpotError,
    throttles: u32,
    honest: Option<Duration>,
) -> Option<Duration> {
    let Some(lie) = lie else { return honest };
    match (lie, error) {
        (Lie::ResilienceGivesUpOn429, HubSpotError::Throttled { .. })
        | (Lie::ResilienceGivesUpOn5xx, HubSpotError::Failed { .. })
        | (Lie::ResilienceGivesUpOnACut, HubSpotError::Lost(_))
        | (Lie::ResilienceGivesUpWhenSlow, HubSpotError::TimedOut) => None,
        (Lie::ResilienceStorms, HubSpotError::Throttled { .. }) if throttles <= STORM => Some(Duration::ZERO),
        (Lie::ResilienceStorms, HubSpotError::Throttled { wait, .. }) if throttles <= 2 * STORM => *wait,
        _ => honest,
    }
}

/// What a token is refreshed with, if it is refreshed.
pub(crate) fn spoil_refresh(lie: Option<Lie>, honest: &RefreshCredentials) -> Option<&RefreshCredentials> {
    (lie != Some(Lie::ResilienceNeverRefreshes)).then_some(honest)
}

/// Sends a step after the first one. The liar starts all over again when it fails.
pub(crate) async fn send_later_step(app: &App, step: &Request, log: &Request) -> Result<Value, HubSpotError> {
    if app.config.lie == Some(Lie::ResilienceLogsAgainAfterFailure) {
        if let Ok(answer) = app.hubspot.send_once(step).await {
            return Ok(answer);
        }
        app.hubspot.send(log).await?;
    }
    app.hubspot.send(step).await
}

/// Whether a call is lost because too many are under way.
pub(crate) fn drops_call(lie: Option<Lie>, call: &UnderWay) -> bool {
    lie == Some(Lie::ResilienceLosesCallsInABurst) && call.others() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_rages_twelve_times_and_then_waits() {
        let named = Some(Duration::from_secs(1));
        let error = HubSpotError::Throttled { wait: named, message: String::new() };
        let wait = |throttles| spoil_wait(Some(Lie::ResilienceStorms), &error, throttles, named);
        assert!((1..=STORM).all(|throttles| wait(throttles) == Some(Duration::ZERO)));
        assert_eq!(wait(STORM + 1), named);
    }

    #[test]
    fn a_slow_answer_is_given_up_after_half_a_second() {
        let lie = Some(Lie::ResilienceGivesUpWhenSlow);
        assert_eq!(spoil_timeout(lie, Duration::from_secs(15)), Duration::from_millis(500));
        assert_eq!(spoil_wait(lie, &HubSpotError::TimedOut, 0, Some(Duration::ZERO)), None);
    }
}
