//! The hot paths without a socket, to count their instructions: a figure that a busy machine does not change.
//!
//! ```text
//! valgrind --tool=callgrind target/release/deps/instructions-… create 1000
//! ```
//!
//! `tests/full/instructions.rs` runs it, takes the difference between many and few requests, and compares it with what is
//! committed beside this file.

use bytes::Bytes;
use http::Request;
use mock_hubspot::MockHubSpot;

/// A call with what integrations usually log.
const CALL: &str = include_str!("call.json");

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let (Some(asked), Some(count)) = (arguments.next(), arguments.next().and_then(|n| n.parse().ok())) else {
        // `cargo bench` runs it without any: there is nothing to time here.
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(ask(&asked, count));
}

async fn ask(asked: &str, count: u64) {
    let mock = MockHubSpot::builder().retrieval(false).start().await.expect("it starts");
    let authorization = format!("Bearer {}", mock.portal().access_token());
    let request = |method: &str, path: &str, body: String| {
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        let request =
            request.header("authorization", &authorization).header("content-type", "application/json");
        request.body(Bytes::from(body)).expect("it is one")
    };
    let create = || request("POST", "/crm/v3/objects/calls", CALL.to_owned());
    let first = mock.ask(create()).await.expect("an answer");
    let first: serde_json::Value = serde_json::from_slice(first.body()).expect("JSON");
    let id = first["id"].as_str().expect("an id").to_owned();
    for _ in 0..count {
        let request = match asked {
            "create" => create(),
            "read" => request("GET", &format!("/crm/v3/objects/calls/{id}"), String::new()),
            "ready" => {
                let body = format!("{{\"engagementId\":{id}}}");
                request("POST", "/crm/v3/extensions/calling/recordings/ready", body)
            }
            other => panic!("`{other}` is none of create, read, ready"),
        };
        let response = mock.ask(request).await.expect("an answer");
        assert!(response.status().is_success(), "{:?}", response.body());
    }
}
