//! What must make no difference: the order of parameters, the client, the hour, being asked again.

use super::answer::answered_hubspot;
use super::{is_handed_out, over_asked, received, sent};
use crate::catalogue::journey::{quoted, retrieval};
use crate::check::{Case, Check, Section, check};
use crate::clauses::{guide, hubspot};
use crate::evidence::{Baseline, Call, Content, End, Exchange, Outcome, Probe};
use crate::verdict::{Finding, Verdict};
use mock_hubspot::exchange::Body;
use mock_hubspot::journal::{self, Direction};

pub(in crate::catalogue) static CHECKS: &[&Check] =
    &[&PARAMETER_ORDER, &UNKNOWN_PARAMETERS, &BARE_CLIENT, &ASKED_AGAIN, &SAME_BYTES];

check! {
    /// The endpoint understands its query parameters in either order.
    ///
    /// ## Why it matters
    /// HubSpot's documentation shows `appId` first, the guide `externalAccountId`. Whoever depends on one order breaks with the other.
    ///
    /// ## How to fix
    /// Read parameters by name, as every framework offers (`req.query.appId`, `request.args["appId"]`), not by position and not with
    /// one regular expression over the whole query.
    static PARAMETER_ORDER = {
        id: "authenticated-url/parameter-order", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::CALLBACK, guide::ENDPOINT_PARAMETERS],
        needs: &[AuthenticatedUrl],
        judge: parameter_order,
        proof: &["authenticated-url/fixed-parameter-order"],
    }
}

check! {
    /// The endpoint ignores query parameters that it does not know.
    ///
    /// ## Why it matters
    /// HubSpot may add a parameter at any time. An endpoint that refuses unknown ones stops working that day.
    ///
    /// ## How to fix
    /// Let the validation of the query pass unknown names: no `additionalProperties: false`, no `forbidNonWhitelisted`, no
    /// `extra="forbid"` on this route.
    static UNKNOWN_PARAMETERS = {
        id: "authenticated-url/unknown-parameters", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::CALLBACK],
        needs: &[AuthenticatedUrl],
        judge: unknown_parameters,
        proof: &["authenticated-url/refuses-unknown-parameters"],
    }
}

check! {
    /// The endpoint answers a client that sends next to no headers, no cookies and no credentials.
    ///
    /// ## Why it matters
    /// HubSpot's servers ask, not a browser in which somebody is logged in. They have no session, no token of yours and no familiar `User-Agent`.
    ///
    /// ## How to fix
    /// Exempt the route from sessions, CSRF, bearer tokens and bot filters: in your app and in what stands before it (Cloudflare's Bot
    /// Fight Mode, a WAF, basic authentication of a staging host). What protects the recording is the short-lived URL that you hand out.
    static BARE_CLIENT = {
        id: "authenticated-url/bare-client", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::CALLBACK, guide::ENDPOINT],
        needs: &[AuthenticatedUrl],
        judge: bare_client,
        proof: &["authenticated-url/needs-a-browser", "authenticated-url/needs-a-bearer"],
    }
}

check! {
    /// Asked again for the same call, the endpoint hands out a URL again.
    ///
    /// ## Why it matters
    /// HubSpot asks once to transcribe, and again each time somebody presses play, for as long as the call stands on the timeline.
    ///
    /// ## How to fix
    /// Answer each request anew, with a fresh URL or one that still lives. Do not treat the request as a one-time token, and do
    /// not count or throttle by call.
    static ASKED_AGAIN = {
        id: "authenticated-url/asked-again", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::ENDPOINT],
        needs: &[AuthenticatedUrl],
        judge: asked_again,
        proof: &["authenticated-url/only-once"],
    }
}

check! {
    /// All URLs that are handed out for one call lead to the same bytes.
    ///
    /// ## Why it matters
    /// The player asks again when a URL has expired and goes on where it was. Other bytes are another recording, or noise.
    ///
    /// ## How to fix
    /// Let every URL of a call name one stored file. Do not encode or mix the recording anew for each request; when it is processed
    /// later, replace it before you mark it as ready. Look for a load balancer whose servers hold different files.
    static SAME_BYTES = {
        id: "authenticated-url/same-bytes", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::ENDPOINT, guide::AUTHENTICATED, guide::EXTERNAL_ID],
        needs: &[AuthenticatedUrl, Download],
        judge: same_bytes,
        proof: &["authenticated-url/other-bytes"],
    }
}

fn differs(stock: &Exchange, variant: &Exchange, differing: &str) -> Verdict {
    let expected = format!("the answer that {} got: {}", stock.id(), received(stock));
    let finding = Finding::new(sent(variant), expected, received(variant)).differing(differing);
    Verdict::fail(finding.seen_in(variant.id()).seen_in(stock.id()))
}

fn parameter_order(case: &Case) -> Verdict {
    over_asked(case, |asked| {
        let Some(guide) = asked.of(Probe::AuthenticatedUrl, "guide-order") else {
            return asked.not_asked(Probe::AuthenticatedUrl, "guide-order");
        };
        match (is_handed_out(asked.stock), is_handed_out(guide)) {
            (true, true) => Verdict::Pass,
            (false, true) => differs(guide, asked.stock, "appId stands before externalAccountId"),
            _ => match asked.without_control() {
                Some(verdict) => verdict,
                None => differs(asked.stock, guide, "externalAccountId stands before appId"),
            },
        }
    })
}

fn unknown_parameters(case: &Case) -> Verdict {
    over_asked(case, |asked| match asked.of(Probe::AuthenticatedUrl, "unknown-parameters") {
        None => asked.not_asked(Probe::AuthenticatedUrl, "unknown-parameters"),
        Some(variant) if is_handed_out(variant) => Verdict::Pass,
        Some(variant) => asked
            .without_control()
            .unwrap_or_else(|| differs(asked.stock, variant, "the query has a parameter more")),
    })
}

fn bare_client(case: &Case) -> Verdict {
    over_asked(case, |asked| {
        let Some(bare) = asked.of(Probe::AuthenticatedUrl, "bare-client") else {
            return asked.not_asked(Probe::AuthenticatedUrl, "bare-client");
        };
        if is_handed_out(bare) {
            return Verdict::Pass;
        }
        // Who is turned away for what it is, is turned away in every spelling of the request.
        let status = bare.answer().map(|answer| answer.status);
        let turned_away = matches!(status, Some(401 | 403 | 407));
        let like_stock = asked.stock.answer().map(|answer| answer.status) == status;
        if turned_away && like_stock {
            let expected = "200 with authenticatedUrl, to any client";
            let finding = Finding::new(sent(bare), expected, received(bare));
            let finding =
                finding.differing("a client without credentials, cookies and a browser's name is refused");
            return Verdict::fail(finding.seen_in(bare.id()).seen_in(asked.stock.id()));
        }
        asked
            .without_control()
            .unwrap_or_else(|| differs(asked.stock, bare, "the request has next to no headers"))
    })
}

fn asked_again(case: &Case) -> Verdict {
    over_asked(case, |asked| {
        let before = answered_hubspot(case, asked);
        if !is_handed_out(asked.stock) {
            let status = asked.stock.answer().map_or(0, |answer| answer.status);
            if before && (400..500).contains(&status) {
                return no_longer(asked.stock, "it answered HubSpot when the recording was marked as ready");
            }
            let reason = "the endpoint does not answer: authenticated-url/answers says more";
            return Verdict::unjudged(reason);
        }
        match asked.again() {
            None => asked.not_asked(Probe::AuthenticatedUrl, "again"),
            Some(again) if is_handed_out(again) => Verdict::Pass,
            Some(again) => no_longer(again, &format!("it answered {} with a URL", asked.stock.id())),
        }
    })
}

fn no_longer(exchange: &Exchange, before: &str) -> Verdict {
    let expected = "200 with authenticatedUrl, however often it is asked";
    let finding = Finding::new(sent(exchange), expected, received(exchange)).differing(before);
    Verdict::fail(finding.seen_in(exchange.id()))
}

fn same_bytes(case: &Case) -> Verdict {
    over_asked(case, |asked| {
        let Some(baseline) = &asked.call.baseline else {
            return Verdict::unjudged("the recording was not downloaded: download says more");
        };
        if let Some(verdict) = fetched_otherwise(case, asked.call, baseline) {
            return verdict;
        }
        let mut seconds = asked.all(Probe::Download, "second-url").peekable();
        if seconds.peek().is_none() {
            if !case.story.sections.contains(&Section::Download) {
                return Verdict::not_applicable("this story does not ask for the download");
            }
            return asked.not_asked(Probe::Download, "second-url");
        }
        let whole_ended = case.story.exchange(baseline.exchange).and_then(Exchange::answer);
        let whole_ended = whole_ended.is_none_or(|answer| answer.body.end == End::Complete);
        match seconds.find_map(|second| Some((second, compare(second, baseline).err()?))) {
            None => Verdict::Pass,
            Some(_) if !whole_ended => Verdict::unjudged("no download ends as announced: download says more"),
            Some((second, differing)) => {
                let expected = format!("the {} bytes of the first URL", baseline.length);
                let finding = Finding::new(sent(second), expected, summary(second)).differing(differing);
                Verdict::fail(finding.seen_in(second.id()).seen_in(format!("e{}", baseline.exchange)))
            }
        }
    })
}

fn summary(exchange: &Exchange) -> String {
    match &exchange.outcome {
        Outcome::Failed(reason) => format!("no answer: {}", quoted(reason)),
        Outcome::Answered(answer) => format!("{} with {} bytes", answer.status, answer.body.length),
    }
}

fn compare(second: &Exchange, baseline: &Baseline) -> Result<(), String> {
    let answer = second.answer().ok_or("the second URL does not answer")?;
    if !matches!(answer.status, 200 | 206) {
        return Err(format!("the status is {}", answer.status));
    }
    let length = answer.body.length;
    match &answer.body.content {
        Content::Differs(difference) => {
            return Err(format!("byte {}", difference.offset + difference.equal));
        }
        Content::Hashed { sha256, .. } if length == baseline.length && *sha256 != baseline.sha256 => {
            return Err("the SHA-256 of the bytes".to_owned());
        }
        Content::Equal { offset } if *offset != 0 => return Err("byte 0".to_owned()),
        _ => {}
    }
    if length == baseline.length {
        Ok(())
    } else {
        Err(format!("{length} bytes instead of {}", baseline.length))
    }
}

/// HubSpot's own download at the moment of ready, where it was of the same length and of other bytes.
fn fetched_otherwise(case: &Case, call: &Call, baseline: &Baseline) -> Option<Verdict> {
    let entries = retrieval(case, call, Direction::FetchedRecording);
    let other = entries.into_iter().find(|entry| {
        let reply = entry.reply.as_ref().filter(|reply| reply.status == 200);
        let Some(Body::Bytes { length, sha256, .. }) = reply.map(|reply| &reply.body) else { return false };
        entry.outcome == journal::Outcome::Served && *length == baseline.length && *sha256 != baseline.sha256
    })?;
    let finding = Finding::new(
        "GET of two URLs that were handed out for one call",
        format!("the {} bytes of e{}", baseline.length, baseline.exchange),
        "as many bytes, and other ones",
    );
    let number = crate::catalogue::journey::number(other);
    let finding = finding.differing("the SHA-256 of the bytes").seen_in(format!("e{}", baseline.exchange));
    Some(Verdict::fail(finding.seen_in(number)))
}
