//! The page in a real browser: the system's Chromium, driven by playwright-core.
//!
//! Where `chromium`, `node` or `npm` is missing, the tests say so and are skipped, but never under `CI=true`.
//! Read next: `../browser/page.cjs` (the parts), `installed.rs`.

use crate::installed::{Sdk, installed};
use mock_hubspot::MockHubSpot;
use std::process::Stdio;
use tokio::process::Command;
use tokio::sync::Mutex;

/// Two browsers at once are slower than one after the other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

fn command(program: &std::path::Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.arg(Sdk::Browser.script("page.cjs")).args(arguments);
    command.env("CHROMIUM", "chromium").env("NO_PROXY", "*").stdin(Stdio::null()).kill_on_drop(true);
    command
}

/// Runs the parts whose names have one of these words, each against a mock of its own.
async fn drive(words: &[&str]) {
    let Some(node) = installed(Sdk::Browser) else { return };
    let _turn = ONE_AT_A_TIME.lock().await;
    let listed = command(&node, &[]).output().await.expect("it runs");
    let parts = String::from_utf8(listed.stdout).expect("text");
    let parts: Vec<&str> = parts.lines().filter(|part| words.iter().any(|w| part.contains(w))).collect();
    assert!(parts.len() >= words.len(), "{words:?} are not all in {parts:?}");
    for part in parts {
        let mock = MockHubSpot::start().await.expect("it starts");
        let output = command(&node, &[part]).env("MOCK_URL", mock.url()).output().await.expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{part}: {said}\n{}", String::from_utf8_lossy(&output.stdout));
        mock.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_arrive_while_the_page_is_open() {
    drive(&["a call arrives", "a record's timeline"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recordings_play_and_seek_as_in_hubspot() {
    drive(&["a WAV", "a FLAC", "an MP4", "cannot be played", "a transcript"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_went_wrong_is_explained_and_ordered() {
    drive(&["the journal", "weather", "faults of"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_does_harm() {
    drive(&["is text", "another origin"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_can_use_it() {
    drive(&["a keyboard", "serious barrier"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_part_of_the_script_is_driven() {
    let Some(node) = installed(Sdk::Browser) else { return };
    let listed = command(&node, &[]).output().await.expect("it runs");
    assert_eq!(String::from_utf8(listed.stdout).expect("text").lines().count(), 14);
}
