//! Faults of our own side: a full disk, a file system that is read-only, many recordings at once. No acknowledged write is lost,
//! nothing is there by half, and each message says what to do.
//!
//! A small file system is mounted for it, which takes root; where that is not allowed the test says so and is skipped.
//! Read next: `kill.rs` (`kill -9`), `hostile.rs` (faults of the other side).

use crate::client::{Client, http};
use crate::process::{Running, binary, failure};
use axum::Router;
use axum::routing::get;
use mock_hubspot::MockHubSpot;
use mock_hubspot::journal::Direction;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const CALLS: &str = "/crm/v3/objects/calls";

/// A small file system; it is unmounted when this is dropped.
struct Small {
    folder: tempfile::TempDir,
}

impl Small {
    fn mount(size: &str) -> Option<Self> {
        let small = Self { folder: tempfile::tempdir().expect("a folder") };
        let mounted = small.mount_command(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]);
        if !mounted {
            eprintln!("skipped: no file system may be mounted here");
            // Nothing is mounted there.
            return None;
        }
        Some(small)
    }

    fn mount_command(&self, args: &[&str]) -> bool {
        let output = Command::new("mount").args(args).arg(self.folder.path()).output();
        output.is_ok_and(|output| output.status.success())
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn store(&self) -> PathBuf {
        self.path().join("portal.db")
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.folder.path()).output();
    }
}

async fn get_json(url: &str) -> Value {
    let text = http().get(url).send().await.expect("an answer").text().await.expect("text");
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{url}: {text}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let Some(small) = Small::mount("3m") else { return };
    let store = small.store();
    let store = store.to_str().expect("text");
    let mut running = Running::start(&["--store", store]);
    let mut told = Vec::new();
    let refused = loop {
        let body = json!({ "properties": { "hs_timestamp": 1, "hs_call_title": told.len().to_string(), "hs_call_body": "x".repeat(20_000) } });
        let request =
            http().post(format!("{}{CALLS}", running.url)).header("content-type", "application/json");
        let Ok(answer) = request.body(body.to_string()).send().await else { break String::new() };
        let status = answer.status();
        let text = answer.text().await.expect("text");
        if status != 201 {
            break format!("{status} {text}");
        }
        let made: Value = serde_json::from_str(&text).expect("JSON");
        told.push(made["id"].as_str().expect("an id").to_owned());
        assert!(told.len() < 1000, "the disk is full long before");
    };
    assert!(told.len() > 10, "{}", told.len());
    assert!(refused.is_empty() || refused.starts_with('5'), "{refused}");
    let (status, said) = running.end();
    assert!(!status.success(), "it goes on with a store that keeps nothing");
    assert!(said.contains("full") && said.contains("help: "), "{said}");
    drop(running);

    // With room for it again everything that was told is there.
    assert!(small.mount_command(&["-o", "remount,size=30m"]));
    let again = Running::start(&["--store", store]);
    for (at, id) in told.iter().enumerate() {
        let call =
            get_json(&format!("{}{CALLS}/{id}?properties=hs_call_title,hs_call_body", again.url)).await;
        assert_eq!(call["properties"]["hs_call_title"], at.to_string(), "call {id} was acknowledged");
        assert_eq!(call["properties"]["hs_call_body"].as_str().map(str::len), Some(20_000), "half a call");
    }
    let listed = get_json(&format!("{}{CALLS}?limit=100", again.url)).await;
    assert!(listed["results"].as_array().is_some_and(|calls| !calls.is_empty()), "{listed}");
}

#[test]
fn a_store_that_cannot_be_written_says_what_to_do() {
    let Some(small) = Small::mount("3m") else { return };
    drop(Running::start(&["--store", small.store().to_str().expect("text")]));
    assert!(small.mount_command(&["-o", "remount,ro"]));
    for name in ["portal.db", "another.db"] {
        let store = small.path().join(name);
        let (exit, said) = failure(&["--listen", "127.0.0.1:0", "--store", store.to_str().expect("text")]);
        assert!(exit.is_some_and(|exit| exit != 0 && exit != 101), "{exit:?}");
        assert!(said.contains("ead-only file system") && said.contains("help: "), "{said}");
    }
}

/// An integration whose endpoint takes its time.
async fn slow_integration() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let url = json!({ "authenticatedUrl": format!("{base}/file") }).to_string();
    let answer = move || async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        ([("content-type", "application/json")], url)
    };
    let router =
        Router::new().route("/get/{id}", get(answer)).route("/file", get(|| async { vec![7_u8; 10_000] }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_recordings_that_are_ready_at_once_are_all_fetched_and_keep_nobody_waiting() {
    const MANY: usize = 200;
    const IN_TIME: Duration = Duration::from_secs(10);
    let base = slow_integration().await;
    let mock = MockHubSpot::start().await.expect("it starts");
    let client = Client::of(&mock);
    let registration = json!({ "urlToRetrieveAuthedRecording": format!("{base}/get/%s") }).to_string();
    client.send("POST", "/crm/v3/extensions/calling/12345/settings/recording", &registration).await;
    let mut ids = Vec::new();
    for i in 0..MANY {
        ids.push(client.log_call(&format!("call-{i}")).await);
    }
    let ready = ids.iter().map(|id| {
        let body = json!({ "engagementId": id }).to_string();
        let client = &client;
        async move {
            let path = "/crm/v3/extensions/calling/recordings/ready";
            tokio::time::timeout(IN_TIME, client.send("POST", path, &body)).await.expect("an answer in time")
        }
    });
    for reply in futures_util::future::join_all(ready).await {
        assert!(reply.status < 300, "{}", reply.text);
    }
    let fetched = || {
        let entries = mock.journal().entries();
        entries.iter().filter(|e| e.direction == Direction::FetchedRecording && e.reply.is_some()).count()
    };
    assert!(fetched() < MANY, "they are fetched after the answer");
    tokio::time::timeout(IN_TIME, client.log_call("another")).await.expect("others are answered meanwhile");
    let last = mock.journal().wait_for(|_| fetched() == MANY, Duration::from_mins(1)).await;
    assert!(last.is_ok(), "{} of {MANY} were fetched", fetched());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_trusts_no_authority_still_fetches_over_http() {
    let base = slow_integration().await;
    let mut command = binary(&["--listen", "127.0.0.1:0"]);
    command.env("SSL_CERT_FILE", "/dev/null").env("SSL_CERT_DIR", "/dev/null");
    let running = Running::of(command);
    let client = Client::at(&running.url);
    let registration = json!({ "urlToRetrieveAuthedRecording": format!("{base}/get/%s") }).to_string();
    client.send("POST", "/crm/v3/extensions/calling/12345/settings/recording", &registration).await;
    let id = client.log_call("call-1").await;
    let body = json!({ "engagementId": id }).to_string();
    client.send("POST", "/crm/v3/extensions/calling/recordings/ready", &body).await;
    let became = client.get(&format!("/_mock/calls/{id}?wait=20s")).await.json();
    assert_eq!(became["recording"]["stage"], "fetched", "{became}");
}
