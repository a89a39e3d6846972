//! The hot paths without a socket, by the instructions that each request takes: a figure that a busy machine does not change.
//!
//! ```text
//! cargo bench -p mock-hubspot --bench instructions
//! ```
//!
//! Runs itself under valgrind with few and with many requests; the difference is what a request takes. Fails where that is a tenth
//! more than `counts.txt` says; whoever made it less, or had to make it more, writes the new figure there.

use bytes::Bytes;
use http::Request;
use mock_hubspot::MockHubSpot;
use std::process::{Command, ExitCode};

/// A call with what integrations usually log.
const CALL: &str = include_str!("call.json");
/// Instructions of each request when somebody looked last.
const COUNTS: &str = include_str!("counts.txt");
/// Requests of the two runs.
const FEW: u64 = 200;
const MANY: u64 = 1200;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    if let (Some(asked), Some(count)) = (arguments.next(), arguments.next().and_then(|n| n.parse().ok())) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(ask(&asked, count));
        return ExitCode::SUCCESS;
    }
    let mut worse = false;
    for line in COUNTS.lines() {
        let (asked, before) = line.split_once(' ').expect("a path and a count");
        let before: u64 = before.trim().parse().expect("a count");
        let (Some(few), Some(many)) = (count(asked, FEW), count(asked, MANY)) else {
            println!("valgrind is not here: nothing is counted");
            return ExitCode::from(u8::from(std::env::var_os("CI").is_some()));
        };
        let now = (many - few) / (MANY - FEW);
        let verdict = if now * 10 > before * 11 { "  a tenth more than it was" } else { "" };
        println!("{asked:<8} {now:>8} instructions a request (it was {before}){verdict}");
        worse |= !verdict.is_empty();
    }
    ExitCode::from(u8::from(worse))
}

/// Instructions of a run with so many requests, as valgrind counts them.
fn count(asked: &str, requests: u64) -> Option<u64> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(std::env::current_exe().expect("we have a path")).args([asked, &requests.to_string()]);
    let said = String::from_utf8(command.output().ok()?.stderr).expect("it writes ASCII");
    let collected =
        said.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count.trim());
    Some(collected.and_then(|count| count.parse().ok()).unwrap_or_else(|| panic!("valgrind counts: {said}")))
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
