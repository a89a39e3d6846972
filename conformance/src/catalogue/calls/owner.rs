//! Whose call it is: the owner, and the seat that transcription needs.

use super::{Rule, Said};
use crate::catalogue::journey::quoted;
use crate::check::{Case, Check, check};
use crate::clauses::{guide, hubspot};
use crate::verdict::Verdict;

pub(in crate::catalogue) static CHECKS: &[&Check] = &[&OWNER, &OWNER_SEAT];

check! {
    /// `hubspot_owner_id` is the owner whose call it was.
    ///
    /// ## Why it matters
    /// An owner id and a user id are different numbers for one person. With the wrong one the call belongs to nobody, or to somebody else, and is not transcribed.
    ///
    /// ## How to fix
    /// Look the person up with `GET /crm/v3/owners?email=…` and use `id`, not `userId`. A user id can be turned into an owner id with
    /// `GET /crm/v3/owners/{userId}?idProperty=userId`. The comment in the guide's example says "user ID"; HubSpot means the owner's id.
    static OWNER = {
        id: "calls/owner", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[hubspot::OWNER, guide::CALL_PROPERTIES, guide::CALL_OWNER],
        needs: &[LoggedCall],
        judge: owner,
        proof: &["calls/user-id-as-owner", "calls/owner-without-seat"],
    }
}

check! {
    /// The call is logged for the owner who has a paid Sales or Service seat.
    ///
    /// ## Why it matters
    /// HubSpot transcribes only the calls of users with a paid seat. Logged for anybody else, the call has a recording and never a transcript.
    ///
    /// ## How to fix
    /// Log the call for the person who spoke, not for a service user or the one who installed the app. Map each agent of your
    /// system to a HubSpot owner, and tell the customer which of them have no paid seat.
    static OWNER_SEAT = {
        id: "calls/owner-seat", level: Required, profile: Transcription, since: "0.1.0",
        clauses: &[guide::SEATS, hubspot::OWNER],
        needs: &[LoggedCall],
        judge: owner_seat,
        proof: &["calls/owner-without-seat", "calls/user-id-as-owner"],
    }
}

const NAME: &str = "hubspot_owner_id";

pub(super) static OWNER_RULE: Rule = Rule {
    name: NAME,
    expected: |_, call| vec![format!("{NAME}={}", call.owner_id)],
    judge: |value, _, call| match value {
        _ if call.owner_id.is_empty() => Said::Apart("this story names no owner".to_owned()),
        None => Said::Wrong("the property is missing".to_owned()),
        Some(value) if value.trim() == call.owner_id => Said::Right,
        Some(value) if value.trim().parse::<u64>().is_err() => {
            Said::Wrong(format!("{} is not a number", quoted(value)))
        }
        Some(value) => Said::Wrong(format!(
            "{} is not the owner {}; is it a user id, or another owner's?",
            quoted(value),
            call.owner_id
        )),
    },
};

pub(super) static SEAT_RULE: Rule = Rule {
    name: NAME,
    expected: |_, call| vec![format!("{NAME}={}, who has a paid seat", call.owner_id)],
    judge: |value, _, call| match value {
        _ if !call.owner_has_seat => Said::Apart("in this story the owner has no paid seat".to_owned()),
        Some(value) if value.trim() == call.owner_id => Said::Right,
        Some(value) => Said::Wrong(format!("{} is not the owner with the seat", quoted(value))),
        None => Said::Wrong("the call has no owner".to_owned()),
    },
};

fn owner(case: &Case) -> Verdict {
    OWNER_RULE.verdict(case)
}

fn owner_seat(case: &Case) -> Verdict {
    SEAT_RULE.verdict(case)
}
