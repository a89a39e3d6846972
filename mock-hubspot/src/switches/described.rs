//! The switches in words: one list for the README and for `--help`.

use std::fmt::Write as _;

/// One switch, in words.
#[derive(Clone, Copy, Debug)]
pub struct Described {
    /// Its name.
    pub name: &'static str,
    /// Its values, the default first.
    pub values: &'static [&'static str],
    /// What it is about.
    pub about: &'static str,
}

const fn switch(name: &'static str, values: &'static [&'static str], about: &'static str) -> Described {
    Described { name, values, about }
}

const LENIENCY: &[&str] = &["accept", "refuse"];

/// Every switch.
#[rustfmt::skip]
pub static DESCRIBED: &[Described] = &[
    switch("owner-ids", LENIENCY, "`hubspot_owner_id` that is no owner of the portal"),
    switch("recording-url", LENIENCY, "a recording URL without `%s`, with `http:`, or relative"),
    switch("engagement-id-text", LENIENCY, "`engagementId` as a string of digits"),
    switch("content-type", LENIENCY, "a JSON body under another media type (refused with 415)"),
    switch("user-labels", LENIENCY, "association types of users or integrations that nobody created"),
    switch("second-registration", LENIENCY, "a second `POST` of settings, recording URL or channel for one app (refused with 409)"),
    switch("callback-app-id", &["echo", "registered"], "whether the endpoint is told the call's `hs_call_app_id` or the app that registered it"),
    switch("external-id-encoding", &["segment", "form", "none"], "how the external id is written into the registered URL: as a segment of a path, as in a form, as it is"),
    switch("placeholder-in-query", &["asked", "not-asked"], "a registered URL with `%s` in its query, which HubSpot's inline player was seen not to ask"),
    switch("second-placeholder", &["filled", "left"], "a second `%s` in the registered URL"),
    switch("own-query", &["kept", "replaced"], "the registered URL's own query: HubSpot's parameters come after it, or in its place"),
    switch("callback-redirects", &["followed", "refused"], "redirects of the registered endpoint"),
    switch("callback-timeout", &["30s", "10s"], "how long HubSpot waits for the registered endpoint's first byte"),
    switch("callback-retries", &["none", "once"], "whether HubSpot asks the registered endpoint again where it got nothing"),

    switch("object-type-case", LENIENCY, "object types in capitals in a path (`CALLS`)"),
    switch("archived-on-creation", LENIENCY, "`?archived=true` on the creation of an object; where it is accepted, it has no effect"),
    switch("second-archive", LENIENCY, "archiving an object that is archived already"),
    switch("page-limit", LENIENCY, "a `limit` beyond the highest, in lists and searches; where it is accepted, the highest is meant"),
    switch("batch-update-unknown", LENIENCY, "unknown ids in a batch update; where they are accepted, the others are updated and the reply is a 207"),
    switch("creation-key", LENIENCY, "`hs_unique_creation_key` among the properties of an object that is made"),
    switch("update-of-unknown", &["refuse", "ignore"], "unknown and read-only properties in an update"),
    switch("location-header", &["present", "absent"], "whether a creation's reply has a `Location` header"),
    switch("shown-associations", &["500", "100", "2"], "how many links of one type a read shows before it refers to the next page"),

    switch("partial-settings", LENIENCY, "`POST settings` with `name` and `url` only, where the specification wants all nine members"),
    switch("settings-defaults", &["filled", "null"], "width and height of settings that came without: 400 by 600, or null"),
    switch("missing-settings", &["not-found", "defaults"], "`GET` of settings, recording URL or channel that nobody made"),
    switch("delete-missing-settings", LENIENCY, "`DELETE` of settings or a channel that nobody made (204 or 404)"),
    switch("recording-after-delete", &["kept", "dropped"], "what becomes of the recording URL when the settings are deleted"),
    switch("settings-token", &["unauthorized", "forbidden"], "the status for a portal's token where settings are written (strict)"),
    switch("foreign-app", &["bad-request", "not-found"], "the status for settings of somebody else's app (strict)"),
    switch("private-app-calls", LENIENCY, "a private app's token on ready, inbound call and transcripts (strict)"),
    switch("ready-unknown-call", &["not-found", "accept"], "`recordings/ready` for a call that does not exist"),
    switch("ready-unlinked", LENIENCY, "`recordings/ready` for a call that is linked to nothing"),
    switch("ready-again", LENIENCY, "`recordings/ready` for the second time"),
    switch("transcript-start-zero", LENIENCY, "an utterance that starts at 0, where the documents say \"positive\""),
    switch("empty-transcript", LENIENCY, "a transcript without utterances"),
    switch("delete-missing-transcript", &["not-found", "accept"], "`DELETE` of a transcript that does not exist"),
    switch("second-transcript", LENIENCY, "a second transcript for one call (refused with 409)"),
    switch("transcript-properties", &["set", "unset"], "whether a transcript shows in `hs_call_has_transcript` and `hs_call_transcription_id`"),
    switch("association-type-name", &["bad-request", "not-found"], "the guide's association call with a type name that HubSpot does not have"),
    switch("untyped-put", &["not-found", "method-not-allowed", "bad-request"], "the guide's association call without its last segment"),
    switch("association-ids", &["number", "text"], "how v4 and dated versions write object ids"),
    switch("default-association-results", &["both", "one"], "how many directions of a new unlabelled link are told"),
    switch("wrong-method", &["method-not-allowed", "not-found"], "a path that exists, by another method"),
    switch("retry-after", &["absent", "present"], "`Retry-After` on 429"),
    switch("rate-limit-headers", &["always", "counted"], "whether every reply tells the rate limits, or only where they are counted"),
];

/// The switches as Markdown, for the README.
pub fn as_markdown() -> String {
    let mut text = String::from("| switch | values | about |\n|---|---|---|\n");
    for d in DESCRIBED {
        let values: Vec<String> = d.values.iter().map(|v| format!("`{v}`")).collect();
        let _ = writeln!(text, "| `{}` | {} | {} |", d.name, values.join(" · "), d.about);
    }
    text
}

/// The switches as plain text, for `--help`.
pub fn as_text() -> String {
    let mut text = String::new();
    for d in DESCRIBED {
        let _ = writeln!(text, "  {}={}\n      {}", d.name, d.values.join("|"), d.about.replace('`', ""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switches::Switches;

    #[test]
    fn every_switch_is_described_with_its_default_first() {
        let switches = serde_json::to_value(Switches::default()).expect("it serialises");
        let switches = switches.as_object().expect("an object");
        let described: Vec<&str> = DESCRIBED.iter().map(|d| d.name).collect();
        assert_eq!(described, switches.keys().map(String::as_str).collect::<Vec<_>>());
        for d in DESCRIBED {
            assert_eq!(switches[d.name], d.values[0], "{}", d.name);
            for value in d.values {
                let pair = format!("{}={value}", d.name);
                Switches::from_pairs([pair.as_str()]).unwrap_or_else(|why| panic!("{why}"));
            }
        }
    }
}
