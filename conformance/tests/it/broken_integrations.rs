//! Integrations that do not start, never call, call wrongly, or answer with rubbish: the run ends, with the right exit
//! code, and says what was awaited, from whom, and what came closest.

use crate::kit::{Kit, Ran, trigger_of_peer, verdicts};
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::{any, get, post};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A server that stands in for an integration, on a runtime of its own; it ends with the test.
struct Peer {
    port: u16,
    _runtime: tokio::runtime::Runtime,
}

fn peer(router: Router) -> Peer {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    runtime.spawn(async move { axum::serve(listener, router).await });
    Peer { port, _runtime: runtime }
}

/// A configuration that triggers a peer which already runs.
fn configuration(port: u16, more: &str) -> String {
    let trigger = trigger_of_peer(port);
    format!(
        r#"
schema = 1
[integration]
product = "peer"
{trigger}[waits]
inbound = "500ms"
first_byte = "500ms"
stall = "500ms"
{more}
"#
    )
}

fn run(kit: &Kit, config: &str) -> (Ran, Value) {
    kit.write("conformance.toml", config);
    let began = Instant::now();
    let ran = kit.run(&["run", "outbound-call", "--json", "-", "--out", "out", "--cases", "8"]);
    assert!(began.elapsed() < Duration::from_mins(1), "the run did not end within its waits");
    for report in ["results.json", "summary.md", "junit.xml", "evidence.ndjson"] {
        assert!(kit.path().join("out").join(report).is_file(), "{report} was not written\n{}", ran.stderr);
    }
    let results = serde_json::from_str(&ran.stdout).unwrap();
    (ran, results)
}

fn finding(results: &Value, check: &str) -> Value {
    let verdict = verdicts(results).into_iter().find(|v| v.1 == check);
    let (.., verdict, whole) = verdict.unwrap_or_else(|| panic!("{check} was not judged"));
    assert_eq!(verdict, "fail", "{whole}");
    whole["finding"].clone()
}

#[test]
fn a_program_that_does_not_exist_is_a_setup_fault() {
    let kit = Kit::new();
    let (ran, results) = run(&kit, &configuration(1, "[start]\ncommand = [\"no-such-program-anywhere\"]"));
    assert_eq!(ran.exit, 4);
    let faults = results["setup_faults"].to_string();
    assert!(faults.contains("no-such-program-anywhere") && faults.contains("help:"), "{faults}");
}

#[test]
fn a_program_that_ends_early_is_a_setup_fault_with_its_last_words() {
    let kit = Kit::new();
    let start = "[start]\ncommand = [\"sh\", \"-c\", \"echo the database is away >&2; exit 3\"]\nready = { url = \"http://127.0.0.1:{port}/up\", within = \"20s\" }";
    let (ran, results) = run(&kit, &configuration(1, start));
    assert_eq!(ran.exit, 4);
    let faults = results["setup_faults"].to_string();
    assert!(faults.contains("exit status: 3") && faults.contains("the database is away"), "{faults}");
}

#[test]
fn a_program_that_is_never_ready_is_a_setup_fault() {
    let kit = Kit::new();
    let start = "[start]\ncommand = [\"sleep\", \"1000\"]\nready = { url = \"http://127.0.0.1:{port}/up\", within = \"300ms\" }";
    let (ran, results) = run(&kit, &configuration(1, start));
    assert_eq!(ran.exit, 4);
    assert!(results["setup_faults"].to_string().contains("did not answer 2xx"), "{results}");
}

#[test]
fn a_trigger_that_cannot_be_reached_is_a_setup_fault() {
    let kit = Kit::new();
    let (ran, results) = run(&kit, &configuration(1, ""));
    assert_eq!(ran.exit, 4);
    assert!(results["setup_faults"].to_string().contains("could not be reached"), "{results}");
}

#[test]
fn an_integration_that_never_calls_fails_at_the_first_step() {
    let peer = peer(Router::new().route("/call", post(|| async { "thanks" })));
    let kit = Kit::new();
    let (ran, results) = run(&kit, &configuration(peer.port, ""));
    assert_eq!(ran.exit, 1, "{}", results["standing"]);
    finding(&results, "calls/logged");
}

/// What the trigger tells, with the path to call.
async fn call(told: &Value, method: reqwest::Method, path: &str, body: Value) -> Value {
    let base = told["hubspot"].as_str().unwrap();
    let answer = reqwest::Client::new()
        .request(method, format!("{base}{path}"))
        .header("authorization", format!("Bearer {}", told["token"].as_str().unwrap()))
        .header("content-type", "application/json")
        .body(body.to_string())
        .send()
        .await
        .unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default()
}

async fn register(told: &Value, url: &str) {
    let key = told["key"].as_str().unwrap();
    let app = told["app"].as_str().unwrap();
    let path = format!("/crm/v3/extensions/calling/{app}/settings/recording?hapikey={key}");
    call(told, reqwest::Method::POST, &path, json!({ "urlToRetrieveAuthedRecording": url })).await;
}

async fn log(told: &Value, path: &str) -> Value {
    let properties = json!({
        "hs_timestamp": "2026-01-15T09:30:00Z",
        "hubspot_owner_id": told["owner"],
        "hs_call_source": "INTEGRATIONS_PLATFORM",
        "hs_call_status": "COMPLETED",
        "hs_call_direction": "OUTBOUND",
        "hs_call_to_number": told["to"],
        "hs_call_app_id": told["app"],
        "hs_call_external_id": told["id"],
        "hs_call_external_account_id": told["account"],
    });
    call(told, reqwest::Method::POST, path, json!({ "properties": properties })).await
}

async fn whole_flow(told: &Value) {
    let id = log(told, "/crm/v3/objects/calls").await["id"].as_str().unwrap().to_owned();
    let contact = told["contact"].as_str().unwrap();
    let path = format!("/crm/v3/objects/calls/{id}/associations/contact/{contact}/194");
    call(told, reqwest::Method::PUT, &path, Value::Null).await;
    let ready = json!({ "engagementId": id.parse::<u64>().unwrap() });
    call(told, reqwest::Method::POST, "/crm/v3/extensions/calling/recordings/ready", ready).await;
}

#[test]
fn an_integration_that_calls_the_wrong_path_is_told_the_right_one() {
    let wrong = |told: String| async move {
        let told = serde_json::from_str(&told).unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        log(&told, "/crm/v3/object/calls").await;
    };
    let peer = peer(Router::new().route("/call", post(wrong)));
    let kit = Kit::new();
    let (ran, results) = run(&kit, &configuration(peer.port, ""));
    assert_eq!(ran.exit, 1, "{}", results["standing"]);
    let finding = finding(&results, "calls/logged").to_string();
    assert!(finding.contains("/crm/v3/object/calls"), "{finding}");
    assert!(finding.contains("/crm/v3/objects/calls"), "{finding}");
}

/// An integration with a right flow, whose endpoint and recording are this.
fn with_endpoint(answer: fn() -> Response) -> Peer {
    let port = std::sync::Arc::new(std::sync::OnceLock::<u16>::new());
    let flow_port = port.clone();
    let flow = move |told: String| {
        let port = flow_port.clone();
        async move {
            let told = serde_json::from_str(&told).unwrap();
            let _ = rustls::crypto::ring::default_provider().install_default();
            register(&told, &format!("http://127.0.0.1:{}/get/%s", port.get().unwrap())).await;
            whole_flow(&told).await;
        }
    };
    let started = peer(
        Router::new().route("/call", post(flow)).route("/get/{id}", get(move || async move { answer() })),
    );
    port.set(started.port).unwrap();
    started
}

/// The same with a good endpoint, whose recording is this.
fn with_recording(answer: fn() -> Response) -> Peer {
    let port = std::sync::Arc::new(std::sync::OnceLock::<u16>::new());
    let (flow_port, url_port) = (port.clone(), port.clone());
    let flow = move |told: String| {
        let port = flow_port.clone();
        async move {
            let told = serde_json::from_str(&told).unwrap();
            let _ = rustls::crypto::ring::default_provider().install_default();
            register(&told, &format!("http://127.0.0.1:{}/get/%s", port.get().unwrap())).await;
            whole_flow(&told).await;
        }
    };
    let url = move || {
        let port = url_port.clone();
        async move {
            let url = format!("http://127.0.0.1:{}/audio?token=0123456789abcdef", port.get().unwrap());
            axum::response::IntoResponse::into_response((
                [("content-type", "application/json")],
                json!({ "authenticatedUrl": url }).to_string(),
            ))
        }
    };
    let router = Router::new()
        .route("/call", post(flow))
        .route("/get/{id}", get(url))
        .route("/audio", any(move || async move { answer() }));
    let started = peer(router);
    port.set(started.port).unwrap();
    started
}

fn endless() -> Response {
    let chunk = || async { Some((Ok::<_, std::io::Error>(bytes::Bytes::from(vec![b' '; 65536])), ())) };
    Response::new(Body::from_stream(futures_util::stream::unfold((), move |()| chunk())))
}

fn hanging() -> Response {
    Response::new(Body::from_stream(futures_util::stream::pending::<Result<bytes::Bytes, std::io::Error>>()))
}

#[test]
fn an_endpoint_that_answers_rubbish_fails_and_what_needs_it_is_unjudged() {
    let peer =
        with_endpoint(|| Response::new(Body::from("\u{0}\u{1b}[31m<script>alert(1)</script> not json")));
    let kit = Kit::new();
    let (ran, results) = run(&kit, &configuration(peer.port, ""));
    assert_eq!(ran.exit, 1, "{}", results["standing"]);
    finding(&results, "authenticated-url/json");
    let download = verdicts(&results).into_iter().find(|v| v.1 == "download/succeeds").unwrap();
    assert_eq!(download.3, "unjudged", "{}", download.4);
    let text = std::fs::read_to_string(kit.path().join("out/report.txt")).unwrap();
    assert!(
        !text.contains('\u{1b}') && !text.contains('\u{0}'),
        "control characters reach nobody's terminal"
    );
}

#[test]
fn an_endpoint_with_an_endless_answer_ends_within_its_waits() {
    let peer = with_endpoint(endless);
    let kit = Kit::new();
    let (ran, results) = run(&kit, &configuration(peer.port, ""));
    assert_eq!(ran.exit, 1, "{}", results["standing"]);
}

#[test]
fn an_endpoint_that_hangs_ends_within_its_waits() {
    let peer = with_endpoint(hanging);
    let kit = Kit::new();
    let (ran, results) = run(&kit, &configuration(peer.port, ""));
    assert_eq!(ran.exit, 1, "{}", results["standing"]);
}

#[test]
fn a_recording_that_never_ends_is_given_up() {
    let peer = with_recording(endless);
    let kit = Kit::new();
    let (ran, results) = run(&kit, &configuration(peer.port, "download = \"2s\""));
    assert_eq!(ran.exit, 1, "{}", results["standing"]);
    finding(&results, "download/succeeds");
}

#[test]
fn a_recording_that_hangs_is_given_up() {
    let peer = with_recording(hanging);
    let kit = Kit::new();
    let (ran, results) = run(&kit, &configuration(peer.port, ""));
    assert_eq!(ran.exit, 1, "{}", results["standing"]);
    finding(&results, "download/succeeds");
}

#[test]
fn an_interrupted_run_stops_its_child_and_writes_its_reports() {
    // As somebody at a terminal does it, and as a CI job is cancelled.
    for signal in [rustix::process::Signal::INT, rustix::process::Signal::TERM] {
        interrupted(signal);
    }
}

fn interrupted(signal: rustix::process::Signal) {
    let kit = Kit::new();
    let start = "[start]\ncommand = [\"sh\", \"-c\", \"echo $$ > pid; exec sleep 1000\"]\nready = { url = \"http://127.0.0.1:{port}/up\", within = \"60s\" }";
    kit.write("conformance.toml", &configuration(1, start));
    let mut child = kit
        .command(&["run", "--json", "-", "--out", "out"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let pid = loop {
        let text = std::fs::read_to_string(kit.path().join("pid")).unwrap_or_default();
        if let Ok(pid) = text.trim().parse::<i32>() {
            break pid;
        }
        assert!(Instant::now() < deadline, "the child was not started");
        std::thread::yield_now();
    };
    rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(kit.path().join("out/results.json").is_file());
    let gone = rustix::process::test_kill_process(rustix::process::Pid::from_raw(pid).unwrap()).is_err();
    assert!(gone, "the integration's process survived");
}
