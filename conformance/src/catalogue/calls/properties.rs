//! What HubSpot shows of a call: when, which way, how it ended, and how long it was.

use super::{Rule, Said};
use crate::catalogue::journey::quoted;
use crate::check::{Case, Check, check};
use crate::clauses::{guide, hubspot};
use crate::verdict::Verdict;

pub(in crate::catalogue) static CHECKS: &[&Check] =
    &[&TIMESTAMP, &STATUS, &DIRECTION, &DIRECTION_MATCHES, &DISPOSITION, &DURATION];

check! {
    /// The call has a time that HubSpot can read: `hs_timestamp`.
    ///
    /// ## Why it matters
    /// It is the one property that HubSpot demands: without it the call is refused, with a wrong one it stands in the wrong place on the timeline.
    ///
    /// ## How to fix
    /// Send when the call began, as ISO 8601 in UTC (`2026-11-05T10:00:00Z`) or as epoch milliseconds. In JavaScript that is
    /// `date.toISOString()`, in Python `datetime.now(timezone.utc).isoformat()`.
    static TIMESTAMP = {
        id: "calls/timestamp", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::TIMESTAMP, guide::CALL_TIME],
        needs: &[LoggedCall],
        judge: timestamp,
        proof: &["calls/without-timestamp"],
    }
}

check! {
    /// `hs_call_status` is a value that HubSpot knows.
    ///
    /// ## Why it matters
    /// HubSpot refuses the whole call for one unknown value, or shows none, and workflows that wait for `COMPLETED` never start.
    ///
    /// ## How to fix
    /// Map your telephone system's states to HubSpot's, in capitals: `COMPLETED` for a conversation that took place, `NO_ANSWER`,
    /// `BUSY`, `FAILED` or `CANCELED` for one that did not.
    static STATUS = {
        id: "calls/status", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::CALL_ENUMS, guide::CALL_STATUS],
        needs: &[LoggedCall],
        judge: status,
        proof: &["calls/lower-case-status"],
    }
}

check! {
    /// `hs_call_direction` is `INBOUND` or `OUTBOUND`.
    ///
    /// ## Why it matters
    /// HubSpot refuses other values, and reports tell inbound from outbound calls by this property alone.
    ///
    /// ## How to fix
    /// Map your own words (`incoming`, `outgoing`, `outbound-dial`) to these two, in capitals.
    static DIRECTION = {
        id: "calls/direction", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::CALL_ENUMS],
        needs: &[LoggedCall],
        judge: direction,
        proof: &["calls/unknown-direction"],
    }
}

check! {
    /// `hs_call_direction` is the direction that the call had.
    ///
    /// ## Why it matters
    /// A call that came in and is logged as going out is counted as somebody's outreach, and the timeline tells the wrong story.
    ///
    /// ## How to fix
    /// Take the direction from the call itself, not from a constant. It is seen from HubSpot's user: a contact who calls is `INBOUND`.
    static DIRECTION_MATCHES = {
        id: "calls/direction-matches", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::CALL_ENUMS],
        needs: &[LoggedCall],
        judge: direction_matches,
        proof: &["calls/wrong-direction"],
    }
}

check! {
    /// `hs_call_disposition` is the GUID of an outcome, not its label.
    ///
    /// ## Why it matters
    /// HubSpot keeps outcomes by GUID and refuses labels; each portal may add outcomes of its own.
    ///
    /// ## How to fix
    /// Send HubSpot's GUID: `f240bbac-87c9-4f6e-bf70-924b57d47db7` is Connected, `73a0d17f-1163-4015-bdd5-ec830791da20` is No answer.
    /// `GET /calling/v1/dispositions` lists those of a portal. Leave the property out where you do not know the outcome.
    static DISPOSITION = {
        id: "calls/disposition", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::CALL_ENUMS],
        needs: &[LoggedCall],
        judge: disposition,
        proof: &["calls/disposition-label"],
    }
}

check! {
    /// `hs_call_duration` agrees with the recording, in milliseconds.
    ///
    /// ## Why it matters
    /// A minute that is logged as `60` is shown as 60 milliseconds: 0:00 on the timeline, and next to nothing in reports of talk time.
    ///
    /// ## How to fix
    /// Send milliseconds: multiply what your telephone system gives in seconds by 1000. The comment in the guide's example says
    /// seconds; HubSpot's reference of call properties says milliseconds, and that is how it is shown. Count the conversation, not the ringing.
    static DURATION = {
        id: "calls/duration", level: Recommended, profile: Transcription, since: "0.1.0",
        clauses: &[hubspot::DURATION, guide::CALL_DURATION],
        needs: &[LoggedCall, Media],
        judge: duration,
        proof: &["calls/duration-in-seconds"],
    }
}

/// What HubSpot knows as `hs_call_status`; the last three come from its API for inbound calls.
const STATUSES: [&str; 13] = [
    "BUSY",
    "CALLING_CRM_USER",
    "CANCELED",
    "COMPLETED",
    "CONNECTING",
    "FAILED",
    "IN_PROGRESS",
    "NO_ANSWER",
    "QUEUED",
    "RINGING",
    "HOLD",
    "MISSED",
    "UNKNOWN",
];

/// Recordings shorter than this say too little about the unit of a duration, in milliseconds.
const SHORTEST_TELLING: u64 = 5_000;

pub(super) static TIMESTAMP_RULE: Rule = Rule {
    name: "hs_timestamp",
    expected: |_, _| vec!["ISO 8601 in UTC".to_owned(), "epoch milliseconds".to_owned()],
    judge: |value, _, _| match value.map(str::trim) {
        None => Said::Wrong("the property is missing".to_owned()),
        Some(value) if value.parse::<i64>().is_ok() || value.parse::<jiff::Timestamp>().is_ok() => {
            Said::Right
        }
        Some(value) => Said::Wrong(format!("{} is no time that HubSpot reads", quoted(value))),
    },
};

pub(super) static STATUS_RULE: Rule = Rule {
    name: "hs_call_status",
    expected: |_, _| vec![format!("one of {}", STATUSES.join(", "))],
    judge: |value, _, _| match value {
        None => Said::Apart("the call has no status".to_owned()),
        Some(value) if STATUSES.contains(&value) => Said::Right,
        Some(value) if STATUSES.contains(&value.to_ascii_uppercase().as_str()) => {
            Said::Wrong(format!("{} is not in capitals", quoted(value)))
        }
        Some(value) => Said::Wrong(format!("HubSpot does not know {}", quoted(value))),
    },
};

pub(super) static DIRECTION_RULE: Rule = Rule {
    name: "hs_call_direction",
    expected: |_, _| vec!["INBOUND".to_owned(), "OUTBOUND".to_owned()],
    judge: |value, _, _| match value {
        None => Said::Apart("the call has no direction".to_owned()),
        Some("INBOUND" | "OUTBOUND") => Said::Right,
        Some(value) => Said::Wrong(format!("HubSpot does not know {}", quoted(value))),
    },
};

static DIRECTION_MATCHES_RULE: Rule = Rule {
    name: "hs_call_direction",
    expected: |_, call| vec![call.direction.clone()],
    judge: |value, _, call| match value {
        None => Said::Apart("the call has no direction".to_owned()),
        _ if call.direction.is_empty() => Said::Apart("this story says no direction".to_owned()),
        Some(value) if value == call.direction => Said::Right,
        Some("INBOUND" | "OUTBOUND") => Said::Wrong(format!("the call was {}", call.direction)),
        Some(_) => Said::Unknown("the direction is not known: calls/direction says more".to_owned()),
    },
};

pub(super) static DISPOSITION_RULE: Rule = Rule {
    name: "hs_call_disposition",
    expected: |_, _| vec!["a GUID, as f240bbac-87c9-4f6e-bf70-924b57d47db7 (Connected)".to_owned()],
    judge: |value, _, _| match value {
        None => Said::Apart("the call has no disposition".to_owned()),
        Some(value) if is_guid(value) => Said::Right,
        Some(value) => Said::Wrong(format!("{} is no GUID; is it the outcome's label?", quoted(value))),
    },
};

fn is_guid(value: &str) -> bool {
    let groups: Vec<_> = value.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.chars().all(|c| c.is_ascii_hexdigit()))
}

static DURATION_RULE: Rule = Rule {
    name: "hs_call_duration",
    expected: |_, call| {
        let lasts = call.media.as_ref().map_or(0, |media| media.duration_ms);
        vec![format!("{lasts}, the recording's length in milliseconds, within {}", tolerance(lasts))]
    },
    judge: |value, _, call| {
        let Some(media) = call.media.as_ref().filter(|media| media.decoded_frames > 0) else {
            return Said::Unknown("the recording was not decoded".to_owned());
        };
        let lasts = media.duration_ms;
        let Some(value) = value else { return Said::Apart("the call has no duration".to_owned()) };
        if lasts < SHORTEST_TELLING {
            return Said::Apart("the recording is too short to tell seconds from milliseconds".to_owned());
        }
        let Ok(number) = value.trim().parse::<f64>() else {
            return Said::Wrong(format!("{} is not a number", quoted(value)));
        };
        let near =
            |milliseconds: f64, tolerance: u64| (milliseconds - lasts as f64).abs() <= tolerance as f64;
        if near(number, tolerance(lasts)) {
            Said::Right
        } else if near(number * 1000.0, tolerance(lasts).max(1_000)) {
            Said::Wrong(format!("{number} is right as seconds; HubSpot reads it as {number} milliseconds"))
        } else {
            let seconds = lasts as f64 / 1000.0;
            Said::Wrong(format!("the recording lasts {seconds} s: neither {number} ms nor {number} s"))
        }
    },
};

fn tolerance(lasts: u64) -> u64 {
    (lasts / 20).max(500)
}

fn timestamp(case: &Case) -> Verdict {
    TIMESTAMP_RULE.verdict(case)
}

fn status(case: &Case) -> Verdict {
    STATUS_RULE.verdict(case)
}

fn direction(case: &Case) -> Verdict {
    DIRECTION_RULE.verdict(case)
}

fn direction_matches(case: &Case) -> Verdict {
    DIRECTION_MATCHES_RULE.verdict(case)
}

fn disposition(case: &Case) -> Verdict {
    DISPOSITION_RULE.verdict(case)
}

fn duration(case: &Case) -> Verdict {
    DURATION_RULE.verdict(case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_is_told_from_a_label() {
        assert!(is_guid("f240bbac-87c9-4f6e-bf70-924b57d47db7"));
        assert!(is_guid("F240BBAC-87C9-4F6E-BF70-924B57D47DB7"));
        for label in ["Connected", "", "f240bbac87c94f6ebf70924b57d47db7", "-----"] {
            assert!(!is_guid(label), "{label}");
        }
    }

    #[test]
    fn a_duration_may_be_off_by_half_a_second_or_a_twentieth() {
        assert_eq!(tolerance(6_000), 500);
        assert_eq!(tolerance(60_000), 3_000);
    }
}
