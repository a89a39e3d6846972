//! A sentence that helps, for an exchange that went wrong.
//!
//! Pure. Says what HubSpot's own words do not: which route was probably meant, which credential is wanted, what struck.

use crate::exchange::header;
use crate::journal::{Credential, Direction, Entry, Outcome};
use crate::leniency;
use crate::nearest_miss::nearest_route;

pub(super) fn of(entry: &Entry) -> Option<String> {
    match &entry.outcome {
        Outcome::Served | Outcome::Pending => None,
        Outcome::Unmatched => {
            let nothing = || "HubSpot's calling and CRM APIs have nothing like this path.".into();
            // Who asks for an API that the mock does not imitate made no mistake.
            stricter(entry).is_none().then(|| nearest_route(entry).unwrap_or_else(nothing))
        }
        Outcome::Refused(message) => Some(refused(entry, message)),
        Outcome::Weather(strike) => Some(struck(strike).into()),
        Outcome::Failed(why) => Some(failed(entry, why)),
    }
}

/// What HubSpot would not have taken, or has and the mock has not.
pub(super) fn stricter(entry: &Entry) -> Option<&str> {
    header(&entry.reply.as_ref()?.headers, leniency::HEADER)
}

fn refused(entry: &Entry, message: &str) -> String {
    let status = entry.reply.as_ref().map_or(0, |reply| reply.status);
    let more = match (status, entry.credential) {
        (401, Credential::None) => {
            "Send Authorization: Bearer with an access token; settings want the developer's key as ?hapikey=."
        }
        (401, Credential::ExpiredToken) => "The token has expired: exchange the refresh token for a new one.",
        (401, Credential::Unknown) => "This portal never issued that credential.",
        (401, Credential::AccessToken) => {
            "Settings belong to the developer: they want ?hapikey= or a developer's token."
        }
        (401, Credential::DeveloperKey) => {
            "The developer's key opens settings only; records want an access token."
        }
        (403, _) => "The token is valid, and lacks a scope.",
        (404, _) => "The path exists; what it names does not.",
        (415, _) => "Send Content-Type: application/json.",
        (429, _) => "Too many requests: wait as long as the reply's interval says, then go on.",
        _ => "",
    };
    let message = said(message);
    if more.is_empty() { message } else { format!("{message} {more}") }
}

/// HubSpot's message, without the JSON that it carries for each property: only what that says.
fn said(message: &str) -> String {
    let Some((opening, list)) = message.split_once(": [{") else { return message.to_owned() };
    let each: Vec<serde_json::Value> = serde_json::from_str(&format!("[{{{list}")).unwrap_or_default();
    let texts: Vec<&str> = each.iter().filter_map(|one| one["message"].as_str()).collect();
    if texts.is_empty() { message.to_owned() } else { format!("{opening}: {}.", texts.join("; ")) }
}

/// As a sentence begins.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn struck(strike: &str) -> &'static str {
    match strike {
        "throttled" => "The weather throttled it: it had no effect. Wait, then send it again.",
        "failing" => "The weather made it fail before it had any effect: send it again.",
        "cut" => "The weather cut the connection before it had any effect: send it again.",
        "expired-token" => "The weather let the token expire: refresh it, then send it again.",
        _ => "The weather struck it.",
    }
}

fn failed(entry: &Entry, why: &str) -> String {
    let more = match entry.direction {
        Direction::AskedForUrl if entry.reply.is_some() => {
            " The endpoint answers 200 with {\"authenticatedUrl\":\"https://…\"}."
        }
        Direction::AskedForUrl if !why.starts_with("not asked") => {
            " Is the integration running where it registered?"
        }
        _ => "",
    };
    let dot = if why.ends_with('.') { "" } else { "." };
    format!("{}{dot}{more}", capital(why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Headers;
    use crate::journal::{Journal, RawRequest};
    use crate::secrets::Secrets;

    fn help(method: &str, target: &str, status: u16, outcome: Outcome, credential: Credential) -> String {
        let journal = Journal::new(Secrets::new());
        let raw = RawRequest { method, target, headers: Headers::new(), body: b"" };
        let ticket = journal.open(Direction::Arrived, raw, None);
        journal.note_credential(ticket, credential);
        journal.answer(ticket, None, (status, Headers::new(), &"".into()), outcome, None);
        of(&journal.entry(1).expect("it is there")).unwrap_or_default()
    }

    #[test]
    fn an_unmatched_request_is_told_what_was_probably_meant() {
        let unmatched = |method, target| help(method, target, 404, Outcome::Unmatched, Credential::None);
        assert_eq!(
            unmatched("PUT", "/crm/v3/objects/calls/1001/associations/contact/101"),
            "PUT /crm/v3/objects/calls/1001/associations/contact/101 lacks the association type: …/194"
        );
        assert_eq!(
            unmatched("POST", "/crm/v3/object/calls"),
            "POST /crm/v3/object/calls matches no route; did you mean /crm/v3/objects/calls?"
        );
        assert!(unmatched("GET", "/favicon.ico").contains("nothing like this path"));
    }

    #[test]
    fn a_refusal_says_what_is_wanted() {
        let refused = Outcome::Refused("Authentication credentials not found.".into());
        assert!(help("GET", "/x", 401, refused.clone(), Credential::None).ends_with("?hapikey=."));
        assert!(help("GET", "/x", 401, refused, Credential::ExpiredToken).contains("refresh token"));
        let bad = |message: &str| help("POST", "/x", 400, Outcome::Refused(message.into()), Credential::None);
        assert_eq!(bad("Property values were not valid"), "Property values were not valid");
        assert_eq!(
            bad(
                r#"Property values were not valid: [{"isValid":false,"message":"Property \"a\" does not exist"},{"message":"b"}]"#
            ),
            r#"Property values were not valid: Property "a" does not exist; b."#
        );
    }
}
