//! Who must not get a recording: unknown ids, foreign accounts and apps, and URLs without their token.

use super::{handed_out, over_asked, sent};
use crate::catalogue::address;
use crate::catalogue::journey::{quoted, together};
use crate::check::{Case, Check, check};
use crate::clauses::guide;
use crate::evidence::{Call, Content, Exchange, Probe};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &UNKNOWN_ID,
    &FOREIGN_ACCOUNT,
    &FOREIGN_APP,
    &MISSING_APP,
    &SIGNATURE_REMOVED,
    &SIGNATURE_ALTERED,
    &OWN_RECORDING,
];

check! {
    /// An unknown external id gets no URL.
    ///
    /// ## Why it matters
    /// Whoever guesses ids must not hear somebody's conversation, and a user must not hear another call than the one on the screen.
    ///
    /// ## How to fix
    /// Answer 404 when the id is not found. Look for a fallback to the latest, first or a sample recording.
    static UNKNOWN_ID = {
        id: "authenticated-url/unknown-id", level: Required, profile: Security, since: "0.1.0",
        clauses: &[guide::AUTHENTICATED, guide::ENDPOINT],
        needs: &[AuthenticatedUrl, Refusals],
        judge: unknown_id,
        proof: &["authenticated-url/knows-every-id"],
    }
}

check! {
    /// Another account's `externalAccountId` does not get this recording.
    ///
    /// ## Why it matters
    /// The parameter is all that separates your customers from each other here. An endpoint that ignores it gives one customer's calls to another.
    ///
    /// ## How to fix
    /// Look the recording up by both ids, as in `WHERE external_id = ? AND account_id = ?`, and answer 404 when they do not belong together.
    static FOREIGN_ACCOUNT = {
        id: "authenticated-url/foreign-account", level: Required, profile: Security, since: "0.1.0",
        clauses: &[guide::ENDPOINT_PARAMETERS, guide::AUTHENTICATED, guide::EXTERNAL_ACCOUNT_ID],
        needs: &[AuthenticatedUrl, Refusals],
        judge: foreign_account,
        proof: &["authenticated-url/ignores-account"],
    }
}

check! {
    /// Another app's `appId` gets no URL.
    ///
    /// ## Why it matters
    /// HubSpot says which app's recordings it asks for. A request that names another app is a mistake, or not HubSpot's.
    ///
    /// ## How to fix
    /// Compare `appId` with your app's id and answer 403 or 404 when they differ. Several apps on one endpoint need a list.
    static FOREIGN_APP = {
        id: "authenticated-url/foreign-app", level: Recommended, profile: Security, since: "0.1.0",
        clauses: &[guide::ENDPOINT_PARAMETERS, guide::APP_ID],
        needs: &[AuthenticatedUrl, Refusals],
        judge: foreign_app,
        proof: &["authenticated-url/ignores-app"],
    }
}

check! {
    /// A request without `appId` gets no URL.
    ///
    /// ## Why it matters
    /// HubSpot always names the app. A request that does not is somebody else's.
    ///
    /// ## How to fix
    /// Treat a missing `appId` as a wrong one: 400, 403 or 404. Look for a comparison that is skipped when the parameter is empty.
    static MISSING_APP = {
        id: "authenticated-url/missing-app", level: Recommended, profile: Security, since: "0.1.0",
        clauses: &[guide::ENDPOINT_PARAMETERS, guide::APP_ID],
        needs: &[AuthenticatedUrl, Refusals],
        judge: missing_app,
        proof: &["authenticated-url/needs-no-app"],
    }
}

check! {
    /// Without its signature the recording's URL is refused.
    ///
    /// ## Why it matters
    /// A URL that works without its token is a public recording: it needs no HubSpot to be heard, only the address.
    ///
    /// ## How to fix
    /// Check the signature or token before anything is served, ranges included. Storage services do so for presigned URLs when the
    /// bucket is private; look for a public bucket, or a proxy that serves the files directly.
    static SIGNATURE_REMOVED = {
        id: "authenticated-url/signature-removed", level: Required, profile: Security, since: "0.1.0",
        clauses: &[guide::AUTHENTICATED],
        needs: &[Token, Download],
        judge: signature_removed,
        proof: &["authenticated-url/unsigned"],
    }
}

check! {
    /// With an altered signature the recording's URL is refused.
    ///
    /// ## Why it matters
    /// A token that is only looked at for its presence, or compared in part, can be made up.
    ///
    /// ## How to fix
    /// Compute the signature anew and compare all of it, in constant time: `crypto.timingSafeEqual`, `hmac.compare_digest`,
    /// `Mac::verify_slice`. Do not cut it before comparing.
    static SIGNATURE_ALTERED = {
        id: "authenticated-url/signature-altered", level: Required, profile: Security, since: "0.1.0",
        clauses: &[guide::AUTHENTICATED],
        needs: &[Token, Download],
        judge: signature_altered,
        proof: &["authenticated-url/unsigned", "authenticated-url/signature-prefix"],
    }
}

check! {
    /// Two accounts with equal external ids each get their own recording.
    ///
    /// ## Why it matters
    /// External ids are unique in one account of your system, not in all. Where the account is ignored, one customer hears another's call.
    ///
    /// ## How to fix
    /// Make the account part of the key: in the lookup, in the file's name and in the cache. Look for a cache whose key is the external id alone.
    static OWN_RECORDING = {
        id: "authenticated-url/own-recording", level: Required, profile: Security, since: "0.1.0",
        clauses: &[guide::ENDPOINT_PARAMETERS, guide::AUTHENTICATED, guide::EXTERNAL_ACCOUNT_ID],
        needs: &[AuthenticatedUrl, Download],
        judge: own_recording,
        proof: &["authenticated-url/ignores-account"],
    }
}

/// What an answer gives away: a URL, or the recording itself.
fn given_away(exchange: &Exchange) -> Option<String> {
    if let Some(url) = handed_out(exchange) {
        return Some(format!("200 with authenticatedUrl {}", quoted(&url)));
    }
    let answer = exchange.answer().filter(|answer| matches!(answer.status, 200 | 206))?;
    let binary =
        matches!(answer.body.content, Content::Equal { .. } | Content::Differs(_) | Content::Hashed { .. });
    (binary && answer.body.length > 0).then(|| format!("{} with {} bytes", answer.status, answer.body.length))
}

fn refused(case: &Case, name: &'static str, expected: &str, differing: &str) -> Verdict {
    over_asked(case, |asked| {
        if let Some(verdict) = asked.without_control() {
            return verdict;
        }
        let Some(exchange) = asked.of(Probe::Refusals, name) else {
            return asked.not_asked(Probe::Refusals, name);
        };
        if is_another_call(case, exchange, asked.call) {
            return Verdict::not_applicable(
                "the account that was asked for has a call with this external id",
            );
        }
        match given_away(exchange) {
            None => Verdict::Pass,
            Some(received) => {
                let finding = Finding::new(sent(exchange), expected, received).differing(differing);
                Verdict::fail(finding.seen_in(exchange.id()).seen_in(asked.stock.id()))
            }
        }
    })
}

/// Whether the request names another call of this story, and rightly so.
fn is_another_call(case: &Case, exchange: &Exchange, call: &Call) -> bool {
    let account = address::parameter(&exchange.request.target, "externalAccountId");
    account.filter(|account| *account != call.account_id).is_some_and(|account| {
        case.story
            .calls
            .iter()
            .any(|other| other.external_id == call.external_id && other.account_id == account)
    })
}

fn unknown_id(case: &Case) -> Verdict {
    refused(case, "unknown-id", "404, or another refusal, without a URL", "the external id is unknown")
}

fn foreign_account(case: &Case) -> Verdict {
    let expected = "404 or 403, without a URL";
    refused(case, "foreign-account", expected, "externalAccountId is another account's")
}

fn foreign_app(case: &Case) -> Verdict {
    refused(case, "foreign-app", "403 or 404, without a URL", "appId is another app's")
}

fn missing_app(case: &Case) -> Verdict {
    refused(case, "missing-app", "400, 403 or 404, without a URL", "appId is missing")
}

fn signature_removed(case: &Case) -> Verdict {
    needs_token(case, "signature-removed", "the signature was removed")
}

fn signature_altered(case: &Case) -> Verdict {
    needs_token(case, "signature-altered", "the signature was altered")
}

fn needs_token(case: &Case, name: &str, differing: &str) -> Verdict {
    let mut looked = Vec::new();
    for (index, call) in case.story.calls.iter().enumerate() {
        let asked = case.story.asked(Probe::Token, name).filter(|exchange| exchange.call == index);
        looked.extend(asked.map(|exchange| without_token(exchange, call, differing)));
    }
    if looked.is_empty() {
        return Verdict::unjudged("the recording was not asked for without its token");
    }
    together(looked)
}

fn without_token(exchange: &Exchange, call: &Call, differing: &str) -> Verdict {
    if call.baseline.is_none() {
        return Verdict::unjudged("the recording does not come with its token either: download says more");
    }
    let Some(answer) = exchange.answer() else { return Verdict::Pass };
    if !matches!(answer.status, 200 | 206) || answer.body.length == 0 {
        return Verdict::Pass;
    }
    let is_recording = match &answer.body.content {
        Content::Equal { .. } => true,
        Content::Hashed { .. } => answer.status == 206,
        Content::Differs(_) | Content::Text(_) | Content::Empty | Content::Unseen => false,
    };
    if !is_recording {
        return Verdict::Pass;
    }
    let range =
        exchange.sent("range").map_or_else(String::new, |range| format!(" with Range: {}", quoted(range)));
    let finding = Finding::new(
        format!("{}{range}", sent(exchange)),
        "401, 403, 404 or 410, and nothing of the recording",
        format!("{} with {} bytes of the recording", answer.status, answer.body.length),
    );
    Verdict::fail(finding.differing(differing).seen_in(exchange.id()))
}

fn own_recording(case: &Case) -> Verdict {
    let calls = &case.story.calls;
    let pairs =
        calls.iter().enumerate().flat_map(|(i, one)| calls[i + 1..].iter().map(move |other| (one, other)));
    let pairs = pairs
        .filter(|(one, other)| one.external_id == other.external_id && one.account_id != other.account_id);
    let verdicts: Vec<_> = pairs.map(|(one, other)| apart(one, other)).collect();
    if verdicts.is_empty() {
        return Verdict::not_applicable("no two accounts of this story have calls with equal external ids");
    }
    together(verdicts)
}

fn apart(one: &Call, other: &Call) -> Verdict {
    let (Some(made), Some(also_made)) = (&one.recording, &other.recording) else {
        return Verdict::not_applicable("the kit did not make these recordings");
    };
    if made.sha256 == also_made.sha256 {
        return Verdict::not_applicable("the two calls have the same recording");
    }
    let (Some(first), Some(second)) = (&one.baseline, &other.baseline) else {
        return Verdict::unjudged("one of the recordings was not downloaded: download says more");
    };
    if first.sha256 != second.sha256 {
        return Verdict::Pass;
    }
    let finding = Finding::new(
        format!(
            "GET of the recording {} for the accounts {} and {}",
            quoted(&one.external_id),
            quoted(&one.account_id),
            quoted(&other.account_id)
        ),
        "each account's own recording",
        format!("the same {} bytes for both", first.length),
    );
    let finding =
        finding.differing("the account makes no difference").seen_in(format!("e{}", first.exchange));
    Verdict::fail(finding.seen_in(format!("e{}", second.exchange)))
}
