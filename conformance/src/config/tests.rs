//! What a partner reads when `conformance.toml` is wrong, and what the kit reads when it is right.

use super::overrides::Overrides;
use super::template::{JsonTemplate, Name, Template};
use super::trigger::{Act, Done};
use super::value::{SecretSource, Seed};
use super::{Config, ConfigError};
use crate::check::Profile;
use mock_hubspot::versions::ApiVersion;
use std::path::{Path, PathBuf};
use std::time::Duration;

const COMPLETE: &str = r#"
schema = 1
[integration]
organization = "Acme Telephony"
product      = "Acme Dialer for HubSpot"
version      = "4.2.1"
contact      = "integrations@acme.example"
[profiles]
require = ["seek", "playback", "seek"]
[start]
command = ["node", "server.js"]
env     = { HUBSPOT_BASE_URL = "{mock_url}", PORT = "{port}" }
ready   = { url = "http://127.0.0.1:{port}/healthz", within = "20s" }
[trigger]
request = { method = "POST", url = "http://127.0.0.1:{port}/simulate-call", json = { externalId = "{external_id}", durationMs = "{duration_ms}", tries = 3, deep = [{ brace = "{{}}" }, true] } }
done = "reply"
[trigger.move_registration]
command = ["node", "move.js", "{mock_url}"]
[hubspot]
api = "2026-03"
advertise_url = "http://host.docker.internal:{mock_port}"
registered_url = "http://127.0.0.1:{port}/retrieve/recording/%s"
insecure_hosts = ["pbx.example"]
access_token = { env = "ACME_TOKEN" }
developer_key = { file = "key.txt" }
[waits]
inbound = "500ms"
download = "2m"
[ranges]
cases = 64
seed = "0xC0FFEE"
[recording]
turns = [{ speaker = "caller", from = "0s", to = "1500ms" }]
"#;

fn value(name: Name) -> String {
    format!("<{}>", name.word())
}

#[test]
fn a_complete_file_is_read() {
    let config = Config::parse(COMPLETE, "acme/conformance.toml").unwrap();
    assert_eq!(config.integration.product, "Acme Dialer for HubSpot");
    assert_eq!(config.profiles.require, [Profile::Playback, Profile::Seek]);
    let start = config.start.unwrap();
    assert_eq!(start.env["PORT"].0.render(value), "<port>");
    assert_eq!(start.ready.unwrap().within, Some(Duration::from_secs(20)));
    let trigger = config.trigger.unwrap();
    assert_eq!(trigger.done, Done::Reply);
    assert!(matches!(trigger.move_registration, Some(Act::Command(ref c)) if c.len() == 3));
    let Act::Request(request) = trigger.act else { panic!("a request") };
    assert_eq!(
        request.json.unwrap().render(&value),
        serde_json::json!({
            "deep": [{ "brace": "{}" }, true],
            "durationMs": "<duration_ms>",
            "externalId": "<external_id>",
            "tries": 3,
        })
    );
    assert_eq!(config.hubspot.api, ApiVersion::V2026_03);
    assert_eq!(config.hubspot.access_token, Some(SecretSource::Env("ACME_TOKEN".into())));
    assert_eq!(config.hubspot.developer_key, Some(SecretSource::File("acme/key.txt".into())));
    assert_eq!(config.waits.inbound, Duration::from_millis(500));
    assert_eq!(config.waits.download, Duration::from_mins(2));
    assert_eq!(config.waits.first_byte, Duration::from_secs(30));
    assert_eq!(config.ranges.seed, Seed::Fixed(0x00c0_ffee));
    assert_eq!(config.recording.turns.len(), 1);
}

/// However it was written down, and whatever is wrong beside it.
#[test]
fn no_message_shows_a_secret_or_steers_the_terminal() {
    for written in [
        "access_token.value = \"hush\"",
        "access_token = { value = \"hush\" }",
        "access_token = \"\"\"\nhush",
        "client_secret = '''\nhush\nhush''' 1",
        "[hubspot.refresh_token]\ntoken = \"hush\"",
        "[hubspot.'developer_key']\ntoken = \"hush",
    ] {
        let message = wrong(&format!("schema = 1\n[hubspot]\n{written}"));
        assert!(!message.contains("hush"), "{written}: {message}");
    }
    let message = wrong("schema = 1\n[hubspot]\naccess_token = { env = \"X\" }\nport = '''\n1'''\n");
    assert!(message.contains("port = '''"), "what is no secret is shown: {message}");
    let message = wrong("schema = 1\n\"\\u001b[31mred\" = 1");
    assert!(message.contains("[31mred") && !message.contains('\u{1b}'), "{message:?}");
}

/// The example of the documentation.
#[test]
fn the_documented_file_is_read() {
    let text = r#"
schema = 1
[integration]
organization = "Acme Telephony"
product      = "Acme Dialer for HubSpot"
version      = "4.2.1"             # a tag or commit, never a branch
contact      = "integrations@acme.example"
[profiles]
require = ["playback", "seek", "transcription"]
[start]
command = ["node", "server.js"]
env     = { HUBSPOT_BASE_URL = "{mock_url}", HUBSPOT_ACCESS_TOKEN = "{access_token}", PORT = "{port}" }
ready   = { url = "http://127.0.0.1:{port}/healthz", within = "20s" }
[trigger]
request = { method = "POST", url = "http://127.0.0.1:{port}/simulate-call", json = { externalId = "{external_id}", externalAccountId = "{account_id}", contactId = "{contact_id}", ownerId = "{owner_id}", recording = "{recording_file}", durationMs = "{duration_ms}", direction = "{direction}", fromNumber = "{from}", toNumber = "{to}" } }
[hubspot]
api           = "v3"
advertise_url = ""
[waits]
inbound    = "30s"
first_byte = "30s"
[ranges]
cases = 256
seed  = "random"
[[waiver]]
check   = "ranges/if-range"
reason  = "our CDN drops If-Range; fixed by the March rollout"
ticket  = "ACME-123"
expires = "2027-03-31"
"#;
    let config = Config::parse(text, "conformance.toml").unwrap();
    assert_eq!(config.hubspot.advertise_url, None);
    assert_eq!(config.waivers.iter().map(|w| w.ticket.as_str()).collect::<Vec<_>>(), ["ACME-123"]);
    assert_eq!((config.waits, config.ranges, config.hubspot), {
        let default = Config::default();
        (default.waits, default.ranges, default.hubspot)
    });
}

#[test]
fn the_smallest_file_is_the_default() {
    assert_eq!(Config::parse("schema = 1", "conformance.toml").unwrap(), Config::default());
}

#[test]
fn a_trigger_without_anything_to_start_is_read() {
    let text = "schema = 1\n[trigger]\nmanual = \"Place a call to {to}\"\n";
    let trigger = Config::parse(text, "conformance.toml").unwrap().trigger.unwrap();
    let Act::Manual(words) = trigger.act else { panic!("manual") };
    assert_eq!(words.render(value), "Place a call to <to>");
}

fn wrong(text: &str) -> String {
    Config::parse(text, "conformance.toml").unwrap_err().to_string()
}

#[test]
fn mistakes_are_shown_where_they_stand() {
    let mistakes = [
        "schema = 2",
        "[profiles]\nrequire = [\"seek\"]",
        "schema = 1\n\n[integration]\norganisation = \"Acme\"",
        "schema = 1\n[profiles]\nrequire = [\"playback\", \"seeking\"]",
        "schema = 1\n[profiles]\nrequire = []",
        "schema = 1\n[rangse]\ncases = 3",
        "schema = 1\n[ranges]\ncases = \"many\"",
        "schema = 1\n[ranges]\nseed = \"0xnothex\"",
        "schema = 1\n[waits]\ninbound = \"30 seconds\"",
        "schema = 1\n[waits]\ninbond = \"30s\"",
        "schema = 1\n[start]\ncommand = []",
        "schema = 1\n[start]\ncommand = [\"node\", \"--port={prot}\"]",
        "schema = 1\n[start]\ncommand = [\"node\"]\nenv = { CALL = \"é {external_id}\" }",
        "schema = 1\n[trigger]\nrequest = { url = \"http://a/\", json = { a = { b = [\"x {externalid}\"] } } }",
        "schema = 1\n[trigger]\nrequest = { url = \"http://a/\", body = '{\"id\": 1}' }",
        "schema = 1\n[trigger]\nrequest = { url = \"http://a/\", body = '', json = 1 }",
        "schema = 1\n[trigger]\nrequest = { url = \"http://a/\", method = \"post\" }",
        "schema = 1\n[trigger]\nrequest = { url = \"http://a/\", json = { at = 2027-03-31 } }",
        "schema = 1\n[trigger]\nmanual = \"call\"\ncommand = [\"call\"]",
        "schema = 1\n[trigger]\ndone = \"journal\"",
        "schema = 1\n[hubspot]\napi = \"v4\"",
        "schema = 1\n[hubspot]\nadvertise_url = \"{mock_url}\"",
        "schema = 1\n[hubspot]\naccess_token = \"pat-na1-hush\"",
        "schema = 1\n[hubspot]\naccess_token = \"pat-na1-hush",
        "schema = 1\n[hubspot]\nclient_secret = { enw = \"X\" }",
        "schema = 1\n[start]\ncommand = [\"node\"]\nenv = { T = \"{access_token}\", P = \"{prot}\" }",
        "schema = 1\n[[waiver]]\ncheck = \"ranges/if-range\"",
        "schema = 1\n[[waiver]]\ncheck = \"ranges/frist-byte\"",
        "schema = 1\n[[waiver]]\ncheck = \"ranges/first-byte\"\nreason = \"r\"\nticket = \"t\"\nexpires = \"2027-02-29\"",
        "schema = 1\n[start\n",
    ];
    let shown: Vec<String> = mistakes.map(wrong).into();
    assert!(!shown.concat().contains("hush"), "a secret was shown");
    insta::assert_snapshot!(shown.join("\n\n"), @r#"
        conformance.toml:1:10: schema `2` is not known to this kit
          |
        1 | schema = 2
          |          ^
        help: write schema = 1

        conformance.toml:1:1: the key `schema` is missing
          |
        1 | [profiles]
          | ^

        conformance.toml:4:1: unknown key `organisation`
          |
        4 | organisation = "Acme"
          | ^^^^^^^^^^^^
        help: did you mean `organization`? the keys here are organization, product, version, contact

        conformance.toml:3:25: unknown word `seeking`
          |
        3 | require = ["playback", "seeking"]
          |                         ^^^^^^^
        help: did you mean `seek`? the words here are playback, seek, transcription, resilience, security

        conformance.toml:3:11: no profile is declared, so nothing would be examined
          |
        3 | require = []
          |           ^^
        help: name at least one, or leave [profiles] out for playback, seek and transcription

        conformance.toml:2:2: unknown key `rangse`
          |
        2 | [rangse]
          |  ^^^^^^
        help: did you mean `ranges`? the keys here are schema, integration, profiles, start, trigger, hubspot, network, waits, ranges, recording, waiver

        conformance.toml:3:9: invalid type: string "many", expected a whole number
          |
        3 | cases = "many"
          |         ^^^^^^

        conformance.toml:3:9: `0xnothex` is no seed
          |
        3 | seed = "0xnothex"
          |         ^^^^^^^^
        help: write "random", or 0x and at most 16 hex digits

        conformance.toml:3:12: `30 seconds` is no duration
          |
        3 | inbound = "30 seconds"
          |            ^^^^^^^^^^
        help: write a whole number and its unit: 500ms, 30s, 2m

        conformance.toml:3:1: unknown key `inbond`
          |
        3 | inbond = "30s"
          | ^^^^^^
        help: did you mean `inbound`? the keys here are inbound, first_byte, stall, download, start, stop, shrink, idle, trigger, player

        conformance.toml:3:11: the command names no program
          |
        3 | command = []
          |           ^^
        help: write ["program", "argument", …]

        conformance.toml:3:28: there is no template name `{prot}`
          |
        3 | command = ["node", "--port={prot}"]
          |                            ^^^^^^
        help: did you mean `port`?

        conformance.toml:4:19: `{external_id}` is not known here: it belongs to a call
          |
        4 | env = { CALL = "é {external_id}" }
          |                   ^^^^^^^^^^^^^
        help: use it in [trigger]

        conformance.toml:3:55: there is no template name `{externalid}`
          |
        3 | request = { url = "http://a/", json = { a = { b = ["x {externalid}"] } } }
          |                                                       ^^^^^^^^^^^^
        help: did you mean `external_id`?

        conformance.toml:3:40: a `{` belongs to no template name
          |
        3 | request = { url = "http://a/", body = '{"id": 1}' }
          |                                        ^
        help: a literal brace is written twice: {{

        conformance.toml:3:11: a request has one body
          |
        3 | request = { url = "http://a/", body = '', json = 1 }
          |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        help: write either json or body

        conformance.toml:3:42: `post` is no method
          |
        3 | request = { url = "http://a/", method = "post" }
          |                                          ^^^^
        help: write GET, POST, PUT, PATCH or DELETE

        conformance.toml:3:46: JSON has no dates
          |
        3 | request = { url = "http://a/", json = { at = 2027-03-31 } }
          |                                              ^^^^^^^^^^
        help: write the date as a string

        conformance.toml:2:1: only one thing is triggered
          |
        2 | [trigger]
          | ^^^^^^^^^
        help: write one of request, command, manual

        conformance.toml:2:1: nothing is triggered
          |
        2 | [trigger]
          | ^^^^^^^^^
        help: write one of request, command, manual

        conformance.toml:3:8: `v4` has associations only, no calls
          |
        3 | api = "v4"
          |        ^^
        help: use v3, 2025-09, 2026-03 or 2026-09

        conformance.toml:3:18: `{mock_url}` cannot stand in advertise_url
          |
        3 | advertise_url = "{mock_url}"
          |                  ^^^^^^^^^^
        help: only {mock_port} is known there

        conformance.toml:3:16: a secret is never written into this file
          |
        3 | access_token = …
          |                ^^
        help: write { env = "NAME" } or { file = "PATH" }

        conformance.toml:3:29: invalid basic string, expected `"`
          |
        3 | access_token = …
          |                             ^

        conformance.toml:3:19: unknown key `enw`
          |
        3 | client_secret = …
          |                   ^
        help: did you mean `env`? the keys here are env, file

        conformance.toml:4:36: there is no template name `{prot}`
          |
        4 | env = { T = "{access_token}", P = "{prot}" }
          |                                    ^^^^^^
        help: did you mean `port`?

        conformance.toml:2:1: the key `reason` is missing
          |
        2 | [[waiver]]
          | ^^^^^^^^^^

        conformance.toml:3:10: there is no check `ranges/frist-byte`
          |
        3 | check = "ranges/frist-byte"
          |          ^^^^^^^^^^^^^^^^^
        help: did you mean `ranges/first-byte`? `conformance list` shows them all

        conformance.toml:6:12: `2027-02-29` is no day
          |
        6 | expires = "2027-02-29"
          |            ^^^^^^^^^^
        help: write YYYY-MM-DD, "2027-03-31" say

        conformance.toml:2:7: unclosed table, expected `]`
          |
        2 | [start
          |       ^
        "#);
}

#[test]
fn a_file_that_is_not_there_says_who_writes_one() {
    let error = Config::load(Path::new("nowhere/conformance.toml")).unwrap_err().to_string();
    insta::assert_snapshot!(error, @r#"
        nowhere/conformance.toml cannot be read: it does not exist
        help: `conformance init` writes a commented one; --config names another
        "#);
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file() {
    let flags = Overrides { cases: Some(8), ..Overrides::default() };
    let environment = Overrides::from_env(|name| match name {
        "CONFORMANCE_CASES" => Some("16".into()),
        "CONFORMANCE_SEED" => Some("0x1".into()),
        "CONFORMANCE_PROFILES" => Some("security,playback".into()),
        _ => None,
    });
    let config = Config::parse(COMPLETE, "conformance.toml").unwrap().with(flags.or(environment.unwrap()));
    assert_eq!((config.ranges.cases, config.ranges.seed), (8, Seed::Fixed(1)));
    assert_eq!(config.profiles.require, [Profile::Playback, Profile::Security]);
    assert_eq!(config.waits.inbound, Duration::from_millis(500));
}

#[test]
fn a_wrong_variable_is_named() {
    let set = |name: &'static str, value: &'static str| {
        Overrides::from_env(move |n| (n == name).then(|| value.into())).unwrap_err().to_string()
    };
    let shown = [
        set("CONFORMANCE_CASES", "-1"),
        set("CONFORMANCE_PROFILES", "playbak"),
        set("CONFORMANCE_API", "v2"),
        set("CONFORMANCE_ADVERTISE_URL", "{mock_host}"),
    ];
    insta::assert_snapshot!(shown.join("\n"), @r#"
        CONFORMANCE_CASES: `-1` is no number of cases
        help: write a whole number, 256 say
        CONFORMANCE_PROFILES: unknown profile `playbak`
        help: did you mean `playback`? the profiles here are playback, seek, transcription, resilience, security
        CONFORMANCE_API: unknown API version `v2`
        help: use v3, 2025-09, 2026-03 or 2026-09
        CONFORMANCE_ADVERTISE_URL: `{mock_host}` cannot stand in advertise_url
        help: only {mock_port} is known there
        "#);
}

#[test]
fn a_secret_that_is_not_there_is_named_by_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    std::fs::write(&file, "hush\r\n").unwrap();
    assert_eq!(SecretSource::File(file.clone()).read().unwrap(), "hush");
    std::fs::write(&file, "\n").unwrap();
    let empty = SecretSource::File(file).read();
    assert!(matches!(empty, Err(ConfigError::Secret { why, .. }) if why == "it is empty"));
    let absent = SecretSource::File(PathBuf::from("nowhere")).read().unwrap_err().to_string();
    assert!(absent.starts_with("the secret in the file nowhere cannot be used: "), "{absent}");
}

#[test]
fn every_template_name_is_replaced_by_its_value() {
    for name in Name::ALL {
        let template = Template::parse(&format!("a{{{}}}b", name.word())).unwrap();
        assert_eq!(template.render(value), format!("a<{}>b", name.word()));
    }
}

#[test]
fn literal_braces_are_written_twice() {
    let template = Template::parse("{{\"id\": \"{external_id}\"}}").unwrap();
    assert_eq!(template.render(value), "{\"id\": \"<external_id>\"}");
    for lone in ["{", "}", "a } b", "{}", "{a b}", "{external_id"] {
        let error = Template::parse(lone).unwrap_err().to_string();
        assert!(error.contains("a literal brace is written twice"), "{lone}: {error}");
    }
}

#[test]
fn a_value_is_never_read_as_a_template() {
    let template = Template::parse("{external_id}").unwrap();
    assert_eq!(template.render(|_| "{port}".into()), "{port}");
    let json = JsonTemplate::Text(template);
    assert_eq!(json.render(&|_| "\"}".into()), serde_json::json!("\"}"));
}

proptest::proptest! {
    #[test]
    fn no_slip_of_the_pen_is_answered_with_a_panic(at in 0..COMPLETE.len(), cut in 0..20usize, typed in ".{0,3}") {
        let end = (at + cut).min(COMPLETE.len());
        let text = format!("{}{typed}{}", &COMPLETE[..at], &COMPLETE[end..]);
        if let Err(error) = Config::parse(&text, "conformance.toml") {
            let shown = error.to_string();
            proptest::prop_assert!(shown.starts_with("conformance.toml:"), "{shown}");
            proptest::prop_assert!(!shown.contains("TOML parse error"), "{shown}");
        }
    }
}
