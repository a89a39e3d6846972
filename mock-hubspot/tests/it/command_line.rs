//! The binary as a process.

use crate::client::{call, http};
use crate::process::{Running, binary, failure};
use std::io::Read as _;

#[tokio::test]
async fn the_address_is_the_only_line_on_stdout() {
    let mut running = Running::start(&[]);
    let url = running.url.clone();
    assert!(url.starts_with("http://127.0.0.1:") && !url.ends_with(":0"), "{url}");
    let health = http().get(format!("{url}/_mock/health")).send().await.expect("an answer");
    assert_eq!(health.status(), 200);
    running.kill();
    let mut rest = String::new();
    running.stdout.read_to_string(&mut rest).expect("the end");
    assert_eq!(rest, "");
    let (_, stderr) = running.end();
    assert!(stderr.contains("access token mock-access-token-2f9c"), "{stderr}");
}

#[tokio::test]
async fn a_portal_file_says_what_the_portal_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("portal.toml");
    std::fs::write(&file, "app_id = \"77\"\n[[contacts]]\nid = 5\nproperties = { firstname = \"Eve\" }\n")
        .expect("written");
    let file = file.to_str().expect("text");
    let running = Running::start(&["--portal", file]);
    let contact = http().get(format!("{}/crm/v3/objects/contacts/5", running.url)).send().await;
    assert!(contact.expect("an answer").text().await.expect("text").contains("Eve"));
}

#[tokio::test]
async fn a_portal_file_sets_switches_and_the_command_line_has_the_last_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("portal.toml");
    std::fs::write(&path, "[switches]\nrecording-url = \"refuse\"\nsettings-defaults = \"null\"\n")
        .expect("written");
    for (more, status) in [(&[][..], 400), (&["--switch", "recording-url=accept"][..], 200)] {
        let running = Running::start(&[&["--portal", path.to_str().expect("text")][..], more].concat());
        let settings = format!("{}/crm/v3/extensions/calling/12345/settings", running.url);
        let insecure = r#"{"urlToRetrieveAuthedRecording":"http://e.x/"}"#;
        let reply = http().post(format!("{settings}/recording")).body(insecure).send().await;
        assert_eq!(reply.expect("an answer").status(), status);
        let made = http().post(settings).body(r#"{"name":"n","url":"u"}"#).send().await;
        let made = made.expect("an answer").text().await.expect("text");
        assert!(made.contains(r#""width":null"#), "{made}");
    }
}

#[tokio::test]
async fn why_no_recording_is_asked_for_is_said_once_until_one_was() {
    let mut running = Running::start(&[]);
    let url = running.url.clone();
    let post = |path: &str, body: String| {
        let request = http().post(format!("{url}{path}")).header("content-type", "application/json");
        let reply = request.body(body).send();
        async move { reply.await.expect("an answer").text().await.expect("text") }
    };
    let register = |to: &'static str| {
        let body = format!(r#"{{"urlToRetrieveAuthedRecording":"{to}"}}"#);
        post("/crm/v3/extensions/calling/12345/settings/recording", body)
    };
    let made = post("/crm/v3/objects/calls", call("x")).await;
    let made: serde_json::Value = serde_json::from_str(&made).expect("JSON");
    let id = made["id"].as_str().expect("an id");
    let ready = || post("/crm/v3/extensions/calling/recordings/ready", format!(r#"{{"engagementId":{id}}}"#));
    for _ in 0..3 {
        ready().await;
    }
    register("http://127.0.0.1:1/%s").await;
    ready().await;
    http().post(format!("{url}/_mock/reset")).send().await.expect("an answer");
    let again = post("/crm/v3/objects/calls", call("y")).await;
    assert!(again.contains(&format!(r#""id":"{id}""#)), "ids begin anew: {again}");
    ready().await;
    running.kill();
    let (_, said) = running.end();
    assert_eq!(said.matches("no app has registered a recording URL").count(), 2, "{said}");
}

#[test]
fn a_mistake_in_a_portal_file_is_shown_with_a_suggestion() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("portal.toml");
    std::fs::write(&file, "portal_id = 1\n[[owners]]\nid = 1\nuser_id = 2\nemial = \"a@b.c\"\n")
        .expect("written");
    let (code, stderr) = failure(&["--portal", file.to_str().expect("text")]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("portal.toml:5:1: unknown field `emial`"), "{stderr}");
    assert!(stderr.contains("help: did you mean `email`?"), "{stderr}");
}

#[test]
fn a_port_in_use_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (code, stderr) = failure(&["--listen", &address]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains(&format!("cannot listen on {address}")), "{stderr}");
}

#[test]
fn an_unknown_switch_names_the_known_ones() {
    let (code, stderr) = failure(&["--switch", "owner-id=refuse"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("owner-ids"), "{stderr}");
}

#[test]
fn the_help_lists_the_switches_and_a_flag_the_endpoints() {
    let shown = |arg: &str| {
        let output = binary(&[arg]).output().expect("it runs");
        assert!(output.status.success());
        String::from_utf8(output.stdout).expect("text")
    };
    let help = shown("--help");
    let switches = serde_json::to_value(mock_hubspot::Switches::default()).expect("it serialises");
    for (name, value) in switches.as_object().expect("an object") {
        let default = format!("{name}={}", value.as_str().expect("text"));
        assert!(help.contains(&default), "{default} is missing in {help}");
    }
    assert!(help.contains("--endpoints"));
    let endpoints = shown("--endpoints");
    for route in mock_hubspot::versions::routes() {
        assert!(endpoints.contains(route.template), "{}", route.template);
    }
}
