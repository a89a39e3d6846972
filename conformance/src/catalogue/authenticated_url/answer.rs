//! What the endpoint answers to HubSpot's plain request.

use super::{
    Asked, MEMBER, Reading, apart, is_handed_out, kind, over_all_asked, over_asked, read, received, sent,
};
use crate::catalogue::address;
use crate::catalogue::journey::{clip, quoted, retrieval};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, hubspot, rfc9110};
use crate::evidence::{Content, Exchange, Probe};
use crate::verdict::{Finding, Verdict};
use mock_hubspot::journal::{Direction, Outcome};
use serde_json::{Map, Value};

pub(in crate::catalogue) static CHECKS: &[&Check] =
    &[&ANSWERS, &JSON, &MEMBER_CHECK, &ABSOLUTE, &CONTENT_TYPE, &SMALL, &PROMPT, &ENCODED_ID, &ENCODED_SLASH];

check! {
    /// The endpoint answers HubSpot's GET with 200.
    ///
    /// ## Why it matters
    /// HubSpot asks it each time a user presses play, and whenever it transcribes. Any other answer is a player that does not load.
    ///
    /// ## How to fix
    /// Serve `GET` at the registered URL, to clients without credentials and cookies: HubSpot has no account with you. 401 or 403
    /// comes from a middleware that asks for a session, a bearer token or a browser's `User-Agent`; 404 from a route that expects
    /// another path; 405 from one that takes only `POST`. Tell who asks by `appId` and `externalAccountId`.
    static ANSWERS = {
        id: "authenticated-url/answers", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::ENDPOINT, hubspot::CALLBACK],
        needs: &[AuthenticatedUrl],
        judge: answers,
        proof: &[
            "authenticated-url/post-only",
            "authenticated-url/needs-a-browser",
            "authenticated-url/needs-a-bearer",
        ],
    }
}

check! {
    /// The answer is a JSON object: never the recording itself, a redirect or a page.
    ///
    /// ## Why it matters
    /// This is the most frequent fault: the endpoint streams the audio, HubSpot finds no URL in it, and the player keeps loading.
    ///
    /// ## How to fix
    /// Answer `{"authenticatedUrl": "https://…"}`, and serve the recording at that other URL. In Express that is
    /// `res.json({ authenticatedUrl })` instead of `res.redirect(url)` or `res.sendFile(file)`. A page comes from a login
    /// or a single-page app's catch-all route.
    static JSON = {
        id: "authenticated-url/json", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::ENDPOINT_JSON],
        needs: &[AuthenticatedUrl],
        judge: json,
        proof: &[
            "authenticated-url/streams-the-audio",
            "authenticated-url/redirects",
            "authenticated-url/html-page",
        ],
    }
}

check! {
    /// The object has the member `authenticatedUrl`, a string, at its top.
    ///
    /// ## Why it matters
    /// HubSpot looks for exactly this name. A URL under any other is not found.
    ///
    /// ## How to fix
    /// Spell it `authenticatedUrl`, in camel case with a small `rl`, not nested in `data`. Serialisers that rename members
    /// (snake case in Rails, Django or Jackson) need an exception here. Where there is no recording answer 404, not `null`.
    static MEMBER_CHECK = {
        id: "authenticated-url/member", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::ENDPOINT_JSON],
        needs: &[AuthenticatedUrl],
        judge: member,
        proof: &[
            "authenticated-url/snake-case-member",
            "authenticated-url/nested-member",
            "authenticated-url/null-url",
        ],
    }
}

check! {
    /// `authenticatedUrl` is an absolute `https://` URL.
    ///
    /// ## Why it matters
    /// The URL is opened from HubSpot's pages: a relative one leads to HubSpot itself, `//host/…` did not play, and browsers block `http://` there.
    ///
    /// ## How to fix
    /// Build it from your public base URL, `https://` included. Storage APIs that return `//cdn…` or a path need the scheme and
    /// host in front. `http://` is accepted for local runs only.
    static ABSOLUTE = {
        id: "authenticated-url/absolute", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::ENDPOINT_JSON],
        needs: &[AuthenticatedUrl],
        judge: absolute,
        proof: &["authenticated-url/relative-url", "authenticated-url/protocol-relative"],
    }
}

check! {
    /// The answer's `Content-Type` is JSON.
    ///
    /// ## Why it matters
    /// Clients that choose a parser by `Content-Type` read JSON that is marked as a page as a page.
    ///
    /// ## How to fix
    /// Send `Content-Type: application/json`. Frameworks do so in their JSON helpers (`res.json`, `JsonResponse`, `jsonify`) and not
    /// when a string is written.
    static CONTENT_TYPE = {
        id: "authenticated-url/content-type", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::ENDPOINT_JSON, rfc9110::S8_3],
        needs: &[AuthenticatedUrl],
        judge: content_type,
        proof: &["authenticated-url/html-type"],
    }
}

check! {
    /// The answer is small: at most 64 KiB.
    ///
    /// ## Why it matters
    /// The answer is one URL. What makes it large is sent before anything plays, and limits for such answers are common.
    ///
    /// ## How to fix
    /// Leave out transcripts, metadata and inlined audio; only `authenticatedUrl` is read.
    static SMALL = {
        id: "authenticated-url/small", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::ENDPOINT_JSON, hubspot::PROMPTNESS],
        needs: &[AuthenticatedUrl],
        judge: small,
        proof: &["authenticated-url/padded-answer"],
    }
}

check! {
    /// The answer begins within 5 seconds.
    ///
    /// ## Why it matters
    /// A user has pressed play and waits. HubSpot's patience is not documented; its other requests wait ten seconds.
    ///
    /// ## How to fix
    /// Make the URL only: sign it, do not fetch, convert or transcode the recording first. A function that sleeps until it is asked
    /// needs to be kept warm.
    static PROMPT = {
        id: "authenticated-url/prompt", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::PROMPTNESS],
        needs: &[AuthenticatedUrl],
        judge: prompt,
        proof: &["authenticated-url/slow"],
    }
}

check! {
    /// An external id with spaces, percent signs or letters beyond ASCII comes back right.
    ///
    /// ## Why it matters
    /// HubSpot encodes the id once when it puts it into the path. An endpoint that decodes it twice, or not at all, does not find those calls.
    ///
    /// ## How to fix
    /// Let the framework decode the path segment and do not decode it again (`decodeURIComponent`, `unquote`). Do not read `+` as a
    /// space in a path. Ids of letters, digits, `-` and `_` avoid the question.
    static ENCODED_ID = {
        id: "authenticated-url/encoded-id", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::ENCODING, guide::ENDPOINT_PARAMETERS],
        needs: &[AuthenticatedUrl],
        judge: encoded_id,
        proof: &["authenticated-url/decodes-twice"],
    }
}

check! {
    /// An external id with a slash comes back right.
    ///
    /// ## Why it matters
    /// The slash arrives as `%2F` in one path segment. Proxies and frameworks that turn it into a separator make the call unknown.
    ///
    /// ## How to fix
    /// Do not use slashes in external ids. Otherwise let the proxy keep `%2F` (`AllowEncodedSlashes NoDecode` in Apache, no URI in nginx's
    /// `proxy_pass`) and let the route take the rest of the path.
    static ENCODED_SLASH = {
        id: "authenticated-url/encoded-slash", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::ENCODING, guide::ENDPOINT_PARAMETERS],
        needs: &[AuthenticatedUrl],
        judge: encoded_slash,
        proof: &["authenticated-url/slash-unknown"],
    }
}

/// From sending to the first byte, in milliseconds.
const PATIENCE: f64 = 5_000.0;
/// The largest answer that is called small.
const LARGEST: u64 = 64 << 10;

const EXPECTED: &str = "200 with {\"authenticatedUrl\": \"https://…\"}";

fn finding(exchange: &Exchange, differing: impl Into<String>) -> Finding {
    Finding::new(sent(exchange), EXPECTED, received(exchange)).differing(differing).seen_in(exchange.id())
}

fn answers(case: &Case) -> Verdict {
    over_asked(case, |asked| match read(asked.stock) {
        Reading::None(reason) => Verdict::fail(finding(asked.stock, reason)),
        Reading::Status(status) => {
            let guide_order = asked.of(Probe::AuthenticatedUrl, "guide-order");
            if guide_order.is_some_and(is_handed_out) {
                let reason = "it answers with the parameters in another order: authenticated-url/parameter-order says more";
                return Verdict::unjudged(reason);
            }
            if (400..500).contains(&status) && answered_hubspot(case, asked) {
                let reason =
                    "it answered HubSpot before, and no longer: authenticated-url/asked-again says more";
                return Verdict::unjudged(reason);
            }
            Verdict::fail(finding(asked.stock, format!("the status is {status}")))
        }
        Reading::Redirect(..) => Verdict::unjudged("it redirects: authenticated-url/json says more"),
        _ => Verdict::Pass,
    })
}

/// Whether HubSpot's own request, at the moment of ready, got a usable answer.
pub(super) fn answered_hubspot(case: &Case, asked: &Asked) -> bool {
    let entries = retrieval(case, asked.call, Direction::AskedForUrl);
    entries.iter().any(|entry| entry.outcome == Outcome::Served)
}

fn json(case: &Case) -> Verdict {
    over_asked(case, |asked| {
        let exchange = asked.stock;
        match read(exchange) {
            Reading::None(_) | Reading::Status(_) => {
                Verdict::unjudged("the endpoint does not answer 200: authenticated-url/answers says more")
            }
            Reading::TooLarge(_) => {
                Verdict::unjudged("the answer is too large to be kept: authenticated-url/small says more")
            }
            Reading::Redirect(status, location) => Verdict::fail(finding(
                exchange,
                format!("a redirect ({status}) to {location} instead of JSON"),
            )),
            Reading::Broken(_) => Verdict::fail(finding(exchange, "the answer did not come to its end")),
            Reading::NotJson(_) if !exchange.hops.is_empty() => {
                Verdict::fail(finding(exchange, "a redirect to something that is not JSON"))
            }
            Reading::NotJson(what) => Verdict::fail(finding(exchange, format!("{what} instead of JSON"))),
            Reading::NotAnObject(kind) => {
                Verdict::fail(finding(exchange, format!("{kind} instead of an object")))
            }
            Reading::Object(_) => Verdict::Pass,
        }
    })
}

/// Judges the JSON object, where there is one.
fn over_objects<'a>(
    case: &'a Case<'a>,
    judge: impl Fn(&'a Exchange, &Map<String, Value>) -> Verdict,
) -> Verdict {
    over_asked(case, |asked| match read(asked.stock) {
        Reading::Object(object) => judge(asked.stock, &object),
        Reading::TooLarge(_) => {
            Verdict::unjudged("the answer is too large to be kept: authenticated-url/small says more")
        }
        Reading::None(_) | Reading::Status(_) => {
            Verdict::unjudged("the endpoint does not answer 200: authenticated-url/answers says more")
        }
        _ => Verdict::unjudged("the answer is no JSON object: authenticated-url/json says more"),
    })
}

fn member(case: &Case) -> Verdict {
    over_objects(case, |exchange, object| {
        let differing = match object.get(MEMBER) {
            Some(Value::String(url)) if !url.trim().is_empty() => return Verdict::Pass,
            Some(Value::String(_)) => format!("{MEMBER} is empty"),
            Some(other) => format!("{MEMBER} is {} instead of a string", kind(other)),
            None => nearest(object),
        };
        Verdict::fail(finding(exchange, differing))
    })
}

/// The member that comes closest to the right one, by its path.
fn nearest(object: &Map<String, Value>) -> String {
    let inner = object.iter().filter_map(|(outer, value)| Some((outer, value.as_object()?)));
    let nested =
        inner.flat_map(|(outer, inner)| inner.keys().map(move |key| (format!("{outer}.{key}"), key)));
    let top = object.keys().map(|key| (key.clone(), key));
    let plain = |key: &str| key.replace(['_', '-'], "").to_ascii_lowercase();
    let score = |key: &str| strsim::jaro_winkler(&plain(key), "authenticatedurl");
    let best = top.chain(nested).max_by(|a, b| score(a.1).total_cmp(&score(b.1)));
    match best {
        Some((path, key)) if score(key) > 0.6 => {
            format!("the nearest member is {} instead of {MEMBER}", quoted(&path))
        }
        Some(_) => {
            let keys: Vec<_> = object.keys().map(String::as_str).collect();
            format!("no member is like {MEMBER}; there are {}", clip(&keys.join(", ")))
        }
        None => "the object is empty".to_owned(),
    }
}

fn absolute(case: &Case) -> Verdict {
    over_objects(case, |exchange, object| {
        let Some(url) = object.get(MEMBER).and_then(Value::as_str).filter(|url| !url.trim().is_empty())
        else {
            return Verdict::unjudged("there is no URL: authenticated-url/member says more");
        };
        match address::unreachable(url, &case.run.insecure_hosts) {
            Some(why) => Verdict::fail(finding(exchange, why)),
            None => Verdict::Pass,
        }
    })
}

fn content_type(case: &Case) -> Verdict {
    over_objects(case, |exchange, _| {
        let value = exchange.answer().and_then(|answer| answer.header("content-type"));
        let essence =
            value.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence == "application/json"
            || (essence.starts_with("application/") && essence.ends_with("+json"))
        {
            return Verdict::Pass;
        }
        let received =
            value.map_or_else(|| "no Content-Type".to_owned(), |v| format!("Content-Type: {}", clip(v)));
        let finding = Finding::new(sent(exchange), "Content-Type: application/json", received);
        Verdict::fail(finding.differing("the media type").seen_in(exchange.id()))
    })
}

fn small(case: &Case) -> Verdict {
    over_asked(case, |asked| {
        let exchange = asked.stock;
        let kept = matches!(read(exchange), Reading::Object(_) | Reading::TooLarge(_));
        let Some(answer) = exchange.answer().filter(|_| kept) else {
            return Verdict::unjudged("the answer is no JSON object: authenticated-url/json says more");
        };
        // Secrets were cut from what was kept, so that only the length that came counts.
        let text = if let Content::Text(text) = &answer.body.content { text.len() as u64 } else { 0 };
        if answer.body.length.max(text) <= LARGEST {
            return Verdict::Pass;
        }
        let received = format!("{} bytes", answer.body.length);
        let finding = Finding::new(sent(exchange), format!("at most {LARGEST} bytes"), received);
        Verdict::fail(finding.differing("the length of the body").seen_in(exchange.id()))
    })
}

fn prompt(case: &Case) -> Verdict {
    over_asked(case, |asked| {
        let exchange = asked.stock;
        if exchange.answer().is_none() {
            return Verdict::unjudged("the endpoint does not answer: authenticated-url/answers says more");
        }
        let seconds = exchange.timing.first_byte_ms / 1000.0;
        if exchange.timing.first_byte_ms <= PATIENCE {
            return Verdict::Pass;
        }
        let finding =
            Finding::new(sent(exchange), "the first byte within 5 s", format!("after {seconds:.1} s"));
        Verdict::fail(finding.differing("the time to the first byte").seen_in(exchange.id()))
    })
}

fn encoded_id(case: &Case) -> Verdict {
    encoded(case, |id| !id.contains('/'), "the external id has no characters that need care")
}

fn encoded_slash(case: &Case) -> Verdict {
    encoded(case, |id| id.contains('/'), "the external id has no slash")
}

fn encoded(case: &Case, concerns: impl Fn(&str) -> bool, otherwise: &str) -> Verdict {
    if let Some(verdict) = apart(case) {
        return verdict;
    }
    let concerned = |id: &str| address::may_be_encoded(id) && concerns(id);
    if !case.story.calls.iter().any(|call| concerned(&call.external_id)) {
        return Verdict::not_applicable(otherwise);
    }
    over_all_asked(case, |asked| {
        let id = &asked.call.external_id;
        if !concerned(id) {
            return Verdict::not_applicable(otherwise);
        }
        if is_handed_out(asked.stock) {
            return Verdict::Pass;
        }
        Verdict::fail(finding(asked.stock, format!("the external id is {}, encoded once", quoted(id))))
    })
}
