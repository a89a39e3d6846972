//! The registration of the recording URL (guide §2). The last accepted registration is the one that counts.

use super::journey::{answer_line, clip, number, quoted, request_line, was_struck};
use super::{address, authenticated_url};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, hubspot};
use crate::evidence::Probe;
use crate::verdict::{Finding, Verdict};
use mock_hubspot::journal::{Credential, Direction, Entry, Outcome};
use mock_hubspot::operation::Operation;
use serde_json::Value;

pub(super) static CHECKS: &[&Check] = &[
    &REGISTERED,
    &CREDENTIAL,
    &ABSOLUTE_URL,
    &PLACEHOLDER,
    &SINGLE_PLACEHOLDER,
    &PLACEHOLDER_IN_PATH,
    &BEFORE_FIRST_CALL,
    &MOVED,
];

/// The member that carries the URL.
const MEMBER: &str = "urlToRetrieveAuthedRecording";

check! {
    /// The recording URL is registered with HubSpot.
    ///
    /// ## Why it matters
    /// HubSpot learns only from this request where recordings are to be had. Without it no recording plays and none is transcribed.
    ///
    /// ## How to fix
    /// Send `POST /crm/v3/extensions/calling/{appId}/settings/recording` once, at deployment, with
    /// `{"urlToRetrieveAuthedRecording": "https://your-app.example/retrieve/recording/%s"}`. Mind the last path segment,
    /// `recording`, and the spelling of the member. In HubSpot's SDKs it is
    /// `crm.extensions.calling.recordingSettingsApi.registerUrlFormat`. `PATCH` changes it later.
    static REGISTERED = {
        id: "settings/registered", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::REGISTER, guide::REGISTER_MEMBER],
        needs: &[Registration],
        judge: registered,
        proof: &["settings/never-registers", "settings/wrong-member", "settings/wrong-path"],
    }
}

check! {
    /// The recording URL is registered with a developer's credential.
    ///
    /// ## Why it matters
    /// The setting belongs to the app, not to one portal: HubSpot refuses a portal's access token here, and the URL stays unregistered.
    ///
    /// ## How to fix
    /// Give the developer account's API key as `?hapikey=…`, without an `Authorization` header, or a bearer token with the scope
    /// `developers-write`. In HubSpot's SDKs that is `new Client({ developerApiKey })`, a client apart from the portal's.
    static CREDENTIAL = {
        id: "settings/credential", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::CREDENTIALS, guide::REGISTER],
        needs: &[Registration],
        judge: credential,
        proof: &["settings/portal-token"],
    }
}

check! {
    /// The registered URL is absolute and starts with `https://`.
    ///
    /// ## Why it matters
    /// HubSpot asks exactly the URL that was registered; without a scheme and a host it asks nobody.
    ///
    /// ## How to fix
    /// Register the entire URL, `https://` included, under which your app is reached from outside: usually a setting such as
    /// `PUBLIC_URL`, never what the request's `Host` or a bind address says. `http://` is accepted for local runs only.
    static ABSOLUTE_URL = {
        id: "settings/absolute-url", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::ENTIRE_URL],
        needs: &[Registration],
        judge: absolute_url,
        proof: &["settings/without-scheme"],
    }
}

check! {
    /// The registered URL contains `%s`, literally.
    ///
    /// ## Why it matters
    /// HubSpot puts the call's external id in its place. Without it every call asks the same URL, and no recording is found.
    ///
    /// ## How to fix
    /// Write `%s` where the external id belongs, and send it as it is: not `%25s`, which a URL builder makes of it, and not your
    /// framework's own placeholder (`{externalId}`, `:externalId`, `%d`). Assemble the string by hand if a URL class encodes it.
    static PLACEHOLDER = {
        id: "settings/placeholder", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::PLACEHOLDER],
        needs: &[Registration],
        judge: placeholder,
        proof: &["settings/without-placeholder", "settings/encoded-placeholder", "settings/brace-placeholder"],
    }
}

check! {
    /// The registered URL contains `%s` once.
    ///
    /// ## Why it matters
    /// Nothing says what HubSpot does with a second one; a `%s` that is left in place makes every recording unknown.
    ///
    /// ## How to fix
    /// Keep the one in the path. What else the endpoint needs comes in the query that HubSpot appends: `appId` and `externalAccountId`.
    static SINGLE_PLACEHOLDER = {
        id: "settings/single-placeholder", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::PLACEHOLDER],
        needs: &[Registration],
        judge: single_placeholder,
        proof: &["settings/two-placeholders"],
    }
}

check! {
    /// `%s` stands in the path of the registered URL, which has no query and no fragment of its own.
    ///
    /// ## Why it matters
    /// HubSpot appends its own query. Integrations that registered `?externalId=%s` saw the inline player fail, and saw their own parameters replaced.
    ///
    /// ## How to fix
    /// Register `https://your-app.example/retrieve/recording/%s`, and read the external id from the path. Move constant parameters
    /// of your own into the path as well.
    static PLACEHOLDER_IN_PATH = {
        id: "settings/placeholder-in-path", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::REGISTERED_PATH],
        needs: &[Registration],
        judge: placeholder_in_path,
        proof: &["settings/placeholder-in-query", "settings/two-placeholders"],
    }
}

check! {
    /// The recording URL is registered before the first call is logged.
    ///
    /// ## Why it matters
    /// A user may press play as soon as the call is on the timeline, and HubSpot has nobody to ask until the URL is registered.
    ///
    /// ## How to fix
    /// Register when the app is deployed or started, not on the first call. Registering again with the same URL does no harm.
    static BEFORE_FIRST_CALL = {
        id: "settings/before-first-call", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::REGISTER],
        needs: &[Registration, LoggedCall],
        judge: before_first_call,
        proof: &["settings/after-the-first-call"],
    }
}

check! {
    /// After the registration was moved, the endpoint answers at the new URL.
    ///
    /// ## Why it matters
    /// From the moment of the `PATCH` HubSpot asks the new URL for every recording, old ones included.
    ///
    /// ## How to fix
    /// Serve the new route before you send the `PATCH`, and keep the old one until it is no longer asked. Look for a route, a
    /// proxy rule or a path prefix that still knows only the old path.
    static MOVED = {
        id: "settings/moved", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::REGISTER, guide::ENDPOINT],
        needs: &[Registration, AuthenticatedUrl],
        judge: moved,
        proof: &["settings/old-url-after-move"],
    }
}

fn is_registration(entry: &Entry) -> bool {
    matches!(entry.operation, Some(Operation::RegisterRecordingUrl | Operation::MoveRecordingUrl))
}

/// Registrations that HubSpot answered, in order.
fn attempts<'a>(case: &Case<'a>) -> Vec<&'a Entry> {
    case.entries().into_iter().filter(|e| is_registration(e) && !was_struck(e)).collect()
}

/// Registrations that HubSpot accepted, with their URLs, in order.
fn accepted<'a>(case: &Case<'a>) -> Vec<(&'a Entry, String)> {
    let url = |entry: &Entry| Some(entry.request.body.json()?.get(MEMBER)?.as_str()?.to_owned());
    let served = attempts(case).into_iter().filter(|entry| entry.outcome == Outcome::Served);
    served.filter_map(|entry| Some((entry, url(entry)?))).collect()
}

fn not_asked(case: &Case) -> Option<Verdict> {
    let reason = "the recording URL was not to be registered in this run";
    (!case.run.registration_expected).then(|| Verdict::not_applicable(reason))
}

/// Judges the URL that was accepted last.
fn of_the_url(case: &Case, judge: impl Fn(&Entry, &str) -> Verdict) -> Verdict {
    if let Some(verdict) = not_asked(case) {
        return verdict;
    }
    match accepted(case).last() {
        Some((entry, url)) => judge(entry, url),
        None => Verdict::unjudged("no registration was accepted: settings/registered says more"),
    }
}

fn has_developer_credential(entry: &Entry) -> bool {
    matches!(entry.credential, Credential::DeveloperKey | Credential::DeveloperToken)
}

fn registered(case: &Case) -> Verdict {
    if let Some(verdict) = not_asked(case) {
        return verdict;
    }
    if !accepted(case).is_empty() {
        return Verdict::Pass;
    }
    let expected =
        format!("POST /crm/v3/extensions/calling/{}/settings/recording with {MEMBER}", case.run.app_id);
    let Some(last) = attempts(case).last().copied() else {
        return Verdict::fail(nearest_miss(case, &expected));
    };
    if matches!(last.outcome, Outcome::Refused(_)) && !has_developer_credential(last) {
        return Verdict::unjudged(
            "the registration was refused for its credential: settings/credential says more",
        );
    }
    let body = last.request.body.json();
    let members =
        body.as_ref().and_then(Value::as_object).map(|object| object.keys().cloned().collect::<Vec<_>>());
    let members = members.unwrap_or_default();
    let carried = if members.is_empty() { "no JSON object".to_owned() } else { clip(&members.join(", ")) };
    let finding = Finding::new(format!("{} with {carried}", request_line(last)), expected, answer_line(last))
        .seen_in(number(last));
    let finding = if members.iter().any(|member| member == MEMBER) {
        finding
    } else {
        finding.differing(format!("the member is to be called {MEMBER}; the body has {carried}"))
    };
    Verdict::fail(finding)
}

/// No registration came: what came instead.
fn nearest_miss(case: &Case, expected: &str) -> Finding {
    let entries = case.entries();
    let near = entries.iter().rev().find(|entry| {
        // Other settings may be made as well; they come near only where they carry the recording URL.
        entry.direction == Direction::Arrived
            && matches!(entry.request.method.as_str(), "POST" | "PATCH" | "PUT")
            && (entry.operation.is_none() && entry.request.target.contains("settings")
                || entry.request.body.text().is_some_and(|text| text.contains("urlToRetrieve")))
    });
    match near {
        Some(entry) => Finding::new(request_line(entry), expected, answer_line(entry))
            .differing(format!("the path is {}", quoted(&request_line(entry))))
            .seen_in(number(entry)),
        None => Finding::new("no registration", expected, "no request that registers a recording URL")
            .differing("nothing of the kind was sent"),
    }
}

fn credential(case: &Case) -> Verdict {
    if let Some(verdict) = not_asked(case) {
        return verdict;
    }
    let accepted = accepted(case).last().map(|(entry, _)| *entry);
    let Some(entry) = accepted.or_else(|| attempts(case).last().copied()) else {
        return Verdict::unjudged("no registration was sent: settings/registered says more");
    };
    let kind = match entry.credential {
        Credential::DeveloperKey | Credential::DeveloperToken => return Verdict::Pass,
        Credential::None => "no credential",
        Credential::AccessToken => "the portal's access token",
        Credential::ExpiredToken => "an expired token",
        Credential::Unknown => "a credential that HubSpot never gave out",
    };
    let finding = Finding::new(
        format!("{} with {kind}", request_line(entry)),
        "the developer account's API key as ?hapikey=…",
        format!("{kind}: {}", answer_line(entry)),
    );
    let finding = finding.or("a bearer token with the scope developers-write").seen_in(number(entry));
    Verdict::fail(finding.differing(format!("the credential is {kind}")))
}

/// A finding about the registered URL.
fn about(entry: &Entry, url: &str, expected: &str, why: &str) -> Verdict {
    let sent = format!("{} with {MEMBER}={}", request_line(entry), quoted(url));
    let finding = Finding::new(sent, expected, quoted(url)).differing(why).seen_in(number(entry));
    Verdict::fail(finding)
}

fn absolute_url(case: &Case) -> Verdict {
    of_the_url(case, |entry, url| match address::unreachable(url, &case.run.insecure_hosts) {
        Some(why) => about(entry, url, "an entire URL that starts with https://", &why),
        None => Verdict::Pass,
    })
}

fn placeholder(case: &Case) -> Verdict {
    of_the_url(case, |entry, url| {
        if url.contains("%s") {
            return Verdict::Pass;
        }
        let lower = url.to_ascii_lowercase();
        let why = if lower.contains("%25s") {
            "%s was percent-encoded to %25s"
        } else if url.contains('{') || lower.contains("%7b") {
            "a placeholder in braces stands where %s belongs"
        } else if lower.contains("%d") {
            "%d stands where %s belongs"
        } else {
            "nothing stands for the external id"
        };
        about(entry, url, "a URL with %s where the external id belongs", why)
    })
}

fn single_placeholder(case: &Case) -> Verdict {
    of_the_url(case, |entry, url| match url.matches("%s").count() {
        0 => Verdict::unjudged("the registered URL has no %s: settings/placeholder says more"),
        1 => Verdict::Pass,
        count => about(entry, url, "a URL with %s exactly once", &format!("%s stands there {count} times")),
    })
}

fn placeholder_in_path(case: &Case) -> Verdict {
    of_the_url(case, |entry, url| {
        if !url.contains("%s") {
            return Verdict::unjudged("the registered URL has no %s: settings/placeholder says more");
        }
        let why = match url.find(['?', '#']) {
            None => return Verdict::Pass,
            Some(at) if url[..at].contains("%s") => "the URL has a query or fragment of its own",
            Some(_) => "%s stands behind the path",
        };
        about(entry, url, "a URL whose path contains %s and that ends with its path", why)
    })
}

fn before_first_call(case: &Case) -> Verdict {
    if let Some(verdict) = not_asked(case) {
        return verdict;
    }
    let accepted = accepted(case);
    let Some((registration, _)) = accepted.first() else {
        return Verdict::unjudged("no registration was accepted: settings/registered says more");
    };
    let calls = case.operation(Operation::LogCall);
    let Some(call) = calls.into_iter().find(|entry| entry.outcome == Outcome::Served) else {
        return Verdict::unjudged("no call was logged: calls/logged says more");
    };
    if registration.number < call.number {
        return Verdict::Pass;
    }
    let finding = Finding::new(
        format!("{}, then {}", request_line(call), request_line(registration)),
        "the registration before the first call",
        format!("the first call as {}, the registration as {}", number(call), number(registration)),
    );
    let finding = finding.differing("the call was logged first").seen_in(number(call));
    Verdict::fail(finding.seen_in(number(registration)))
}

fn moved(case: &Case) -> Verdict {
    let Some(moved_to) = &case.story.moved_to else {
        return Verdict::not_applicable("the registration is not moved in this story");
    };
    let accepted = accepted(case);
    let named = accepted.iter().any(|(_, url)| url == moved_to);
    let changed = accepted.windows(2).any(|pair| pair[0].1 != pair[1].1);
    if case.run.registration_expected && !named && !changed {
        let finding = Finding::new(
            "the integration was asked to move its registration",
            format!("PATCH …/settings/recording with {MEMBER}={}", quoted(moved_to)),
            "no registration of another URL was accepted",
        );
        return Verdict::fail(finding.differing("the registration did not change"));
    }
    let new_url = if named { moved_to } else { &case.run.registered_url };
    let prefix = new_url.split("%s").next().unwrap_or_default();
    let asked = case.asked(Probe::AuthenticatedUrl, "stock").filter(|e| e.request.target.starts_with(prefix));
    let mut looked = false;
    for exchange in asked {
        looked = true;
        if !authenticated_url::is_handed_out(exchange) {
            let finding = Finding::new(
                format!("GET {}", clip(&exchange.request.target)),
                "200 with authenticatedUrl, as before the move",
                authenticated_url::received(exchange),
            );
            return Verdict::fail(finding.differing("the status").seen_in(exchange.id()));
        }
    }
    if looked { Verdict::Pass } else { Verdict::unjudged("the endpoint was not asked at the new URL") }
}

#[cfg(test)]
mod tests;
