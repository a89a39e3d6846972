//! HubSpot's own SDKs, unmodified, cannot tell the mock from the real thing.
//!
//! They are installed, pinned, into `target/`; where `node` or `python3` is missing, the tests say so and are skipped,
//! but never under `CI=true`. Read next: `../sdk/`, `installed.rs`.

use crate::client::{Client, call};
use crate::installed::{Sdk, installed};
use mock_hubspot::operation::Operation::{ListOwners, ReadOwner};
use mock_hubspot::{MockHubSpot, Policy, Rule, Strike};
use std::process::Stdio;
use tokio::process::Command;

/// The parts of `current.cjs` and `current.py`.
const PARTS: &[&str] =
    &["registration", "settings", "channel", "calls", "paging", "associations", "owners", "oauth", "ready"];

/// The parts of `records.cjs` and `records.py`.
const RECORDS: &[&str] = &[
    "search",
    "batch_read",
    "batch_create",
    "batch_update",
    "batch_upsert",
    "batch_archive",
    "contacts",
    "properties",
];

async fn strict() -> MockHubSpot {
    MockHubSpot::builder().strict(true).retrieval(false).start().await.expect("it starts")
}

/// Runs one part of a script against a mock.
async fn run(sdk: Sdk, script: &str, part: &str, mock: &MockHubSpot) {
    let Some(program) = installed(sdk) else { return };
    let setup = mock.portal().setup();
    let output = Command::new(program)
        .arg(sdk.script(script))
        .arg(part)
        .env("MOCK_URL", mock.url())
        .env("MOCK_ACCESS_TOKEN", &setup.access_token)
        .env("MOCK_DEVELOPER_KEY", &setup.developer_key)
        .env("MOCK_APP_ID", &setup.app_id)
        .env("MOCK_CLIENT_ID", &setup.client_id)
        .env("MOCK_CLIENT_SECRET", &setup.client_secret)
        .env("MOCK_REFRESH_TOKEN", &setup.refresh_token)
        .env("MOCK_AUTHORIZATION_CODE", &setup.authorization_code)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("NO_PROXY", "*")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("it runs");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script} {part}: {said}");
}

async fn fill(mock: &MockHubSpot, calls: usize) {
    let client = Client::of(mock);
    for i in 0..calls {
        let reply = client.send("POST", "/crm/v3/objects/calls", &call(&format!("c-{i}"))).await;
        assert_eq!(reply.status, 201);
    }
}

/// Every part against a mock of its own.
async fn drive(sdk: Sdk, script: &str, parts: &[&str]) {
    for part in parts {
        let mock = strict().await;
        if *part == "paging" {
            fill(&mock, 250).await;
        }
        run(sdk, script, part, &mock).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_current_node_sdk_finds_nothing_odd() {
    drive(Sdk::Node, "current.cjs", PARTS).await;
    drive(Sdk::Node, "records.cjs", RECORDS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_current_python_sdk_finds_nothing_odd() {
    drive(Sdk::Python, "current.py", PARTS).await;
    drive(Sdk::Python, "records.py", RECORDS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_s_association_call_works_with_the_last_sdks_that_had_it() {
    drive(Sdk::Node, "guide.cjs", &["association"]).await;
    drive(Sdk::PythonOfTheGuide, "guide.py", &["association"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_sdk_waits_as_the_body_of_a_429_tells_it_and_succeeds() {
    if installed(Sdk::Node).is_none() {
        return;
    }
    let mock = strict().await;
    let rule =
        |operation, policy| Rule { operation, story: None, strike: Strike::Throttled { policy }, times: 1 };
    let second = mock.weather().order(rule(ReadOwner, Policy::Secondly));
    let ten_seconds = mock.weather().order(rule(ListOwners, Policy::TenSecondly));
    run(Sdk::Node, "current.cjs", "retry", &mock).await;
    assert_eq!((mock.weather().struck(second), mock.weather().struck(ten_seconds)), (1, 1));
    let entries = mock.journal().entries();
    let at = |operation| -> Vec<u64> {
        entries.iter().filter(|e| e.operation == Some(operation)).map(|e| e.at_ms).collect()
    };
    for (operation, wait) in [(ReadOwner, 1000), (ListOwners, 10_000)] {
        let at = at(operation);
        assert_eq!(at.len(), 2, "{operation:?}");
        // The SDK's timers may be a little early.
        assert!(at[1] - at[0] + 50 >= wait && at[1] - at[0] < wait + 9000, "{operation:?} {at:?}");
    }
}
