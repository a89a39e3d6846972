//! The store: what was acknowledged is there after a restart, and a file that is not ours is left alone.

use crate::asking::{Asking, CALLS};
use crate::client::{Client, call};
use crate::process::{Running, binary, failure};
use mock_hubspot::{Bounds, MockHubSpot, PortalSetup, RecordSetup, Store, StoreError};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const TO_CONTACT: &str = r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":194}]"#;

/// A folder with room for a store.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("portal.db");
    (folder, path)
}

fn open(path: &Path) -> Result<Store, StoreError> {
    Store::open(path, Bounds::default())
}

async fn start(path: &Path) -> Asking {
    let store = open(path).expect("a store");
    Asking(MockHubSpot::builder().retrieval(false).store(store).start().await.expect("it starts"))
}

async fn stop(asking: Asking) {
    asking.0.stop().await;
}

fn linked(title: &str) -> Value {
    let types: Value = serde_json::from_str(TO_CONTACT).expect("JSON");
    json!({
        "properties": { "hs_timestamp": 1_698_400_800_000_u64, "hs_call_title": title },
        "associations": [{ "to": { "id": "101" }, "types": types }],
    })
}

/// Something of everything that a portal holds.
async fn live_through_everything(mock: &Asking) -> u64 {
    let id = mock.post(CALLS, linked("first")).await["id"].as_str().expect("an id").to_owned();
    mock.send("PATCH", &format!("{CALLS}/{id}"), json!({ "properties": { "hs_call_title": "second" } }))
        .await;
    let gone = mock.make(CALLS, json!({ "hs_timestamp": 1 })).await;
    mock.send("DELETE", &format!("{CALLS}/{gone}"), Value::Null).await;
    let settings = "/crm/v3/extensions/calling/12345/settings";
    mock.post(
        &format!("{settings}/recording"),
        json!({ "urlToRetrieveAuthedRecording": "https://x.example/%s" }),
    )
    .await;
    mock.post(settings, json!({ "name": "widget", "url": "https://x.example/widget" })).await;
    mock.post(
        "/crm/v3/extensions/calling/recordings/ready",
        json!({ "engagementId": id.parse::<u64>().expect("a number") }),
    )
    .await;
    mock.post(
        "/crm/v3/extensions/calling/transcripts",
        json!({ "engagementId": id.parse::<u64>().expect("a number"), "transcriptCreateUtterances": [] }),
    )
    .await;
    let property = json!({ "name": "badge", "label": "Badge", "type": "string", "fieldType": "text", "groupName": "contactinformation", "hasUniqueValue": true });
    mock.post("/crm/v3/properties/contacts", property).await;
    let contact =
        mock.make("/crm/v3/objects/contacts", json!({ "email": "eve@x.example", "badge": "B7" })).await;
    let label = json!({ "label": "Agent", "name": "agent", "inverseLabel": "Handled" });
    let labels = mock.post("/crm/v4/associations/calls/contacts/labels", label).await;
    let label = labels["results"][0]["typeId"].as_u64().expect("a number");
    let types = json!([{ "associationCategory": "USER_DEFINED", "associationTypeId": label }]);
    let (status, reply) =
        mock.send("PUT", &format!("/crm/v4/objects/calls/{id}/associations/contacts/{contact}"), types).await;
    assert_eq!(status, 201, "{reply}");
    mock.send("DELETE", &format!("/crm/v4/objects/calls/{id}/associations/contacts/101"), Value::Null).await;
    mock.send("PUT", &format!("{CALLS}/{id}/associations/contacts/102/194"), Value::Null).await;
    mock.0.portal().add_owner(mock.0.portal().owners().swap_remove(0));
    mock.0.clock().advance(jiff::SignedDuration::from_mins(5));
    mock.send("GET", "/no/such/path", Value::Null).await;
    id.parse().expect("a number")
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let (_folder, path) = place();
    let mock = start(&path).await;
    let id = live_through_everything(&mock).await;
    let client = Client::of(&mock.0);
    let form = "grant_type=refresh_token&client_id=a&client_secret=b&refresh_token=c";
    let token = client.form("/oauth/v1/token", form).await.json()["access_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    client.with_token(&token).get(&format!("{CALLS}/{id}")).await;
    let (portal, journal) = (mock.0.portal().clone(), mock.0.journal().entries());
    mock.0.clock().freeze();
    let whole = client.get("/_mock/portal.toml").await.text;
    stop(mock).await;

    let mock = start(&path).await;
    assert_eq!(Client::of(&mock.0).get("/_mock/portal.toml").await.text, whole, "everything");
    let again = mock.0.portal();
    assert_eq!(again.calls(), portal.calls());
    assert_eq!(again.call(id).expect("a call").marked_ready, 1);
    assert_eq!(again.associations_of_call(id), portal.associations_of_call(id));
    assert_eq!(again.calls_of_record("contacts", 102), [id]);
    assert_eq!(again.owners(), portal.owners());
    assert_eq!(again.registered_url("12345"), portal.registered_url("12345"));
    assert_eq!(again.access_token(), token);
    assert!(mock.0.clock().ahead_ms() >= 299_000);
    assert_eq!(mock.0.journal().entries(), journal);
    let widget = mock.get("/crm/v3/extensions/calling/12345/settings").await;
    assert_eq!(widget["name"], "widget");
    assert_eq!(mock.get("/crm/v3/properties/contacts/badge").await["label"], "Badge");
    assert_eq!(
        mock.get("/crm/v3/objects/contacts/B7?idProperty=badge").await["properties"]["email"],
        "eve@x.example"
    );
    let labels = mock.get("/crm/v4/associations/calls/contacts/labels").await;
    assert!(labels["results"].as_array().expect("labels").iter().any(|l| l["label"] == "Agent"), "{labels}");
    let history = mock.get(&format!("{CALLS}/{id}?propertiesWithHistory=hs_call_title")).await;
    assert_eq!(history["propertiesWithHistory"]["hs_call_title"].as_array().expect("versions").len(), 2);

    // The same token has the same number in the journal, and no id is given twice.
    let client = Client::of(&mock.0);
    client.get(&format!("{CALLS}/{id}")).await;
    let entries = mock.0.journal().entries();
    let of = |e: &mock_hubspot::journal::Entry| {
        e.request.headers.iter().find(|(n, _)| n == "authorization").map(|(_, v)| v.clone())
    };
    let mut carried =
        entries.iter().filter(|e| e.request.target == format!("{CALLS}/{id}") && e.request.method == "GET");
    let (before, after) = (carried.next().and_then(of), carried.next_back().and_then(of));
    assert!(before.is_some() && before == after, "{before:?} {after:?}");
    let numbers: Vec<u64> = entries.iter().map(|e| e.number).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    let next: u64 = mock.make(CALLS, json!({ "hs_timestamp": 1 })).await.parse().expect("a number");
    assert!(portal.calls().iter().all(|call| call.id < next));
    stop(mock).await;
}

#[tokio::test]
async fn a_running_portal_is_exported_as_a_file_that_starts_it_again() {
    let mock = Asking::start().await;
    let id = live_through_everything(&mock).await;
    mock.0.clock().freeze();
    let export = async |mock: &MockHubSpot| Client::of(mock).get("/_mock/portal.toml").await.text;
    let file = export(&mock.0).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("portal.toml");
    std::fs::write(&path, &file).expect("written");
    let running = Running::start(&["--portal", path.to_str().expect("text")]);
    let got = crate::client::http().get(format!("{}/_mock/portal.toml", running.url)).send().await;
    assert_eq!(got.expect("an answer").text().await.expect("text"), file);

    // In Rust, and after a reset too.
    let setup: PortalSetup = toml::from_str(&file).expect("a portal file");
    let again =
        Asking(MockHubSpot::builder().retrieval(false).portal(setup).start().await.expect("it starts"));
    assert_eq!(again.0.portal().calls(), mock.0.portal().calls());
    assert_eq!(again.0.portal().associations_of_call(id), mock.0.portal().associations_of_call(id));
    let next = again.make(CALLS, json!({ "hs_timestamp": 1 })).await;
    let reset = format!("{}/_mock/reset?scope=state", again.0.url());
    crate::client::http().post(reset).send().await.expect("an answer");
    assert_eq!(export(&again.0).await, file);
    assert_eq!(again.make(CALLS, json!({ "hs_timestamp": 1 })).await, next, "ids go on where they were");
}

#[tokio::test]
async fn what_was_reset_is_not_there_after_a_restart() {
    let (_folder, path) = place();
    let mock = start(&path).await;
    live_through_everything(&mock).await;
    let reset = format!("{}/_mock/reset", mock.0.url());
    assert_eq!(crate::client::http().post(reset).send().await.expect("an answer").status(), 204);
    mock.post(CALLS, linked("after")).await;
    stop(mock).await;
    let mock = start(&path).await;
    let titles: Vec<_> =
        mock.0.portal().calls().iter().map(|c| c.properties["hs_call_title"].to_owned()).collect();
    assert_eq!(titles, ["after"]);
    assert_eq!(mock.0.journal().len(), 1);
    assert!(mock.0.portal().registered_url("12345").is_none() && mock.0.clock().ahead_ms().abs() < 1000);
    stop(mock).await;
}

#[tokio::test]
async fn an_isolated_portal_is_kept_until_it_is_ended() {
    let (_folder, path) = place();
    let mock = start(&path).await;
    let (one, two) = (mock.0.isolate(None).await.expect("one"), mock.0.isolate(None).await.expect("two"));
    let token = one.portal().access_token();
    Client::of(&mock.0).with_token(&token).log_call("isolated").await;
    two.end().await.expect("it ends");
    stop(mock).await;
    let mock = start(&path).await;
    let client = Client::of(&mock.0).with_token(&token);
    let all = client.get("/_mock/portals").await.json();
    assert_eq!(all.as_array().map(Vec::len), Some(1), "{all}");
    assert!(client.get("/_mock/portals/p1/journal").await.text.contains("isolated"));
    client.log_call("again").await;
    assert!(mock.0.journal().is_empty() && mock.0.portal().calls().is_empty());
    assert_eq!(mock.0.isolate(None).await.expect("another").name(), "p3");
    stop(mock).await;
}

#[tokio::test]
async fn a_store_goes_on_with_its_own_portal_alone() {
    let (_folder, path) = place();
    let mine =
        PortalSetup { contacts: vec![RecordSetup::new(5, [("firstname", "Eve")])], ..PortalSetup::default() };
    let builder = MockHubSpot::builder().store(open(&path).expect("a store")).portal(mine.clone());
    builder.start().await.expect("it starts").stop().await;
    let store = open(&path).expect("a store");
    assert!(store.setup_for(None).expect("its own") == mine);
    let other = store.setup_for(Some(PortalSetup::default())).expect_err("another").to_string();
    assert!(other.contains("leave --portal out"), "{other}");
    store.close().await;
}

/// A store with some calls in it, closed.
async fn filled() -> (TempDir, PathBuf) {
    let (folder, path) = place();
    let mock = start(&path).await;
    for i in 0..40 {
        mock.post(CALLS, linked(&format!("call {i}"))).await;
    }
    stop(mock).await;
    (folder, path)
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let (_folder, path) = filled().await;
    let text = path.to_str().expect("text");
    let running = Running::start(&["--store", text]);
    let (code, said) = failure(&["--listen", "127.0.0.1:0", "--store", text]);
    assert_eq!(code, Some(1));
    assert!(said.contains(text) && said.contains("in use by another process"), "{said}");
    drop(running);
    Running::start(&["--store", text]);
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_as_it_is() {
    let (_folder, path) = filled().await;
    let mut bytes = std::fs::read(&path).expect("a file");
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&path, &bytes).expect("written");
    let said = open(&path).expect_err("it is newer").to_string();
    assert!(said.contains("of version 99") && said.contains("help: use a newer mock-hubspot"), "{said}");
    assert!(std::fs::read(&path).expect("a file") == bytes);
}

#[tokio::test]
async fn a_file_that_is_not_ours_is_left_as_it_is() {
    let (_folder, path) = filled().await;
    let mut other_database = std::fs::read(&path).expect("a file");
    other_database[68..72].fill(0);
    for bytes in [&b"my thesis"[..], &[0; 5000], &other_database] {
        std::fs::write(&path, bytes).expect("written");
        let said = open(&path).expect_err("it is not ours").to_string();
        assert!(said.contains("is not a store of mock-hubspot") && said.contains("help:"), "{said}");
        assert!(std::fs::read(&path).expect("a file") == bytes);
    }
}

#[tokio::test]
async fn damage_anywhere_is_refused_or_harmless() {
    let (_folder, path) = filled().await;
    let whole = std::fs::read(&path).expect("a file");
    let calls = {
        let mock = start(&path).await;
        let calls = mock.0.portal().calls();
        stop(mock).await;
        calls
    };
    let mut refused = 0;
    for at in (100..whole.len()).step_by(997) {
        let mut bytes = whole.clone();
        bytes[at..].iter_mut().take(8).for_each(|byte| *byte ^= 0x15);
        std::fs::write(&path, &bytes).expect("written");
        match open(&path) {
            Err(error) => {
                let said = error.to_string();
                assert!(
                    said.contains("is damaged") && said.contains("help: put back a copy"),
                    "{at}: {said}"
                );
                assert!(std::fs::read(&path).expect("a file") == bytes, "{at}");
                refused += 1;
            }
            Ok(store) => {
                let builder = MockHubSpot::builder().retrieval(false).store(store);
                let mock = builder.start().await.expect("it starts");
                assert_eq!(mock.portal().calls(), calls, "{at}");
                assert_eq!(mock.journal().len(), 40, "{at}");
                mock.stop().await;
            }
        }
    }
    assert!(refused > 20, "{refused}");
}

#[test]
fn a_folder_that_cannot_be_written_is_told() {
    for path in ["/proc/portal.db", "/no/such/folder/portal.db"] {
        let said = open(Path::new(path)).expect_err("no place").to_string();
        assert!(said.contains(path) && said.contains("help: --store names a file in a folder"), "{said}");
    }
}

/// A file that may not grow is as good as a full disk, and needs no rights.
#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_ends_it_and_loses_nothing_that_was_acknowledged() {
    let (_folder, path) = place();
    let text = path.to_str().expect("text");
    let inner = binary(&["--listen", "127.0.0.1:0", "--store", text]);
    let mut limited = std::process::Command::new("bash");
    let script = "trap '' XFSZ; ulimit -f 2000; exec \"$0\" \"$@\"";
    limited.arg("-c").arg(script).arg(inner.get_program()).args(inner.get_args());
    limited.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut running = Running::of(limited);
    let (client, url) = (crate::client::http(), format!("{}{CALLS}", running.url));
    let mut acknowledged = Vec::new();
    for i in 0..5000 {
        let sent = client
            .post(&url)
            .header("content-type", "application/json")
            .body(call(&format!("ext-{i}")))
            .send()
            .await;
        let Ok(answer) = sent else { break };
        if answer.status() != 201 {
            let said = answer.text().await.unwrap_or_default();
            assert!(said.contains("cannot write the store"), "{said}");
            break;
        }
        let Ok(text) = answer.text().await else { break };
        let made: Value = serde_json::from_str(&text).expect("JSON");
        acknowledged.push(made["id"].as_str().expect("an id").parse::<u64>().expect("a number"));
    }
    let (status, said) = running.end();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(
        said.contains(&format!("cannot write the store {text}")) && said.contains("help: make room"),
        "{said}"
    );
    assert!(acknowledged.len() > 20 && acknowledged.len() < 5000, "{}", acknowledged.len());
    let mock = start(&path).await;
    assert!(acknowledged.iter().all(|id| mock.0.portal().call(*id).is_some()));
    stop(mock).await;
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_reads_the_tokens_in_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path) = filled().await;
    let mode = std::fs::metadata(&path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}
