//! The mock inside somebody else's tests: where it says that it is, how it is seen, what it counts, and what it expects.

use crate::client::{Client, http, mock};
use mock_hubspot::{MockHubSpot, Ready, operation::Operation};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A process that does not outlive its test, and its first line on stdout.
struct Running(Child, String);

impl Running {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mock-hubspot"));
        command.args(["--listen", "127.0.0.1:0"]).args(args).env_remove("RUST_LOG");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        Self(child, line.trim_end().to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[tokio::test]
async fn the_ready_line_is_the_same_on_stdout_and_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ready.json");
    std::fs::write(&file, "what an earlier mock left behind").expect("written");
    let running = Running::start(&["--ready-file", text(&file)]);
    // The file is there before the line is.
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), format!("{}\n", running.1));
    let members: serde_json::Value = serde_json::from_str(&running.1).expect("JSON");
    let names: Vec<_> = members.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(names, ["url", "ui", "pid", "version"]);
    let ready: Ready = serde_json::from_value(members).expect("all of it");
    assert_eq!((ready.pid, ready.version.as_str()), (running.0.id(), env!("CARGO_PKG_VERSION")));
    assert_eq!(ready.ui, format!("{}/_mock/ui", ready.url));
    let page = http().get(&ready.ui).send().await.expect("an answer");
    assert_eq!(page.status(), 200);
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 1, "nothing is left beside it");
}

#[test]
fn a_ready_file_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    // The second would be replaced by a file.
    for path in ["/nowhere/at/all.json", text(folder.path())] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mock-hubspot"));
        let output =
            command.args(["--listen", "127.0.0.1:0", "--ready-file", path]).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            said.contains(&format!("cannot write the ready file {path}")) && said.contains("help:"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn what_it_hands_out_names_the_public_url() {
    let public = "https://hubspot.ci.example/mock";
    let mock = MockHubSpot::builder().retrieval(false).public_url(public.parse().expect("a URL"));
    let mock = mock.start().await.expect("it starts");
    assert_eq!(mock.url(), public);
    let here = format!("http://{}", mock.addr());
    let call = http().post(format!("{here}/crm/v3/objects/calls"));
    let call = call.header("content-type", "application/json").body(crate::client::call("c-1"));
    let logged = call.send().await.expect("an answer");
    assert_eq!(logged.status(), 201);
    let location = logged.headers()["location"].to_str().expect("text");
    assert!(location.starts_with(&format!("{public}/crm/v3/objects/calls/")), "{location}");
    let curl = http().get(format!("{here}/_mock/journal/1/curl")).send().await.expect("an answer");
    let curl = curl.text().await.expect("text");
    assert!(curl.contains(public) && !curl.contains(&here), "{curl}");
    let health = http().get(format!("{here}/_mock/health")).header("host", "hubspot.ci.example");
    assert_eq!(health.send().await.expect("an answer").status(), 200);
    let stranger = http().get(format!("{here}/_mock/health")).header("host", "evil.ci.example");
    assert_eq!(stranger.send().await.expect("an answer").status(), 403);
}

#[test]
fn a_public_url_that_is_none_is_told() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-hubspot"));
    let output = command.args(["--public-url", "mock:4600"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("a base URL is http:// or https://"), "{said}");
}

#[test]
fn log_lines_are_objects_where_machines_read_them() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-hubspot"));
    let args = ["--listen", "127.0.0.1:0", "--log-format", "json"];
    let child = command.args(args).env("RUST_LOG", "mock_hubspot=debug").stderr(Stdio::piped());
    let mut child = child.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut url = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut url).expect("a line");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let running = Running(child, url);
    // A connection that says nothing of HTTP ends with a word in the log.
    let address = running.1.trim().trim_start_matches("http://");
    let mut stranger = std::net::TcpStream::connect(address).expect("it listens");
    std::io::Write::write_all(&mut stranger, b"\0\0\0\0\r\n\r\n").expect("sent");
    let object = (0..20).find_map(|_| {
        let mut line = String::new();
        stderr.read_line(&mut line).ok()?;
        serde_json::from_str::<serde_json::Value>(&line).ok()
    });
    let object = object.expect("a line of JSON");
    assert!(object["level"].is_string() && object["fields"]["message"].is_string(), "{object}");
}

#[tokio::test]
async fn metrics_count_what_was_asked() {
    let mock = mock().await;
    Client::of(&mock).log_call("c-1").await;
    let metrics = http().get(format!("{}/_mock/metrics", mock.url())).send().await.expect("an answer");
    assert_eq!(metrics.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = metrics.text().await.expect("text");
    assert!(
        text.contains("mock_hubspot_requests_total{operation=\"log-call\",status=\"201\"} 1\n"),
        "{text}"
    );
    // The one that asks is one of them.
    let open = text.lines().find_map(|line| line.strip_prefix("mock_hubspot_connections "));
    assert!(open.expect("a gauge").parse::<u32>().expect("a number") >= 1, "{text}");
}

#[tokio::test]
async fn an_expectation_is_met_or_says_why_not() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let unmet = mock.expect(Operation::LogCall).within(Duration::from_millis(10)).met().await;
    let unmet = unmet.expect_err("nothing was asked").to_string();
    assert!(unmet.contains("nothing arrived at all\nhelp: has the app the mock's address"), "{unmet}");

    let first = client.log_call("c-1").await;
    let second = client.log_call("c-2").await;
    let both = mock.expect(Operation::LogCall).times(2).met().await.expect("both came");
    assert_eq!(both.iter().map(|entry| entry.call_id).collect::<Vec<_>>(), [Some(first), Some(second)]);
    let one = mock.expect(Operation::LogCall).of_call(second).met().await.expect("it came");
    assert_eq!(one.len(), 1);
    let three = mock.expect(Operation::LogCall).times(3).within(Duration::from_millis(10)).met().await;
    let three = three.expect_err("only two came").to_string();
    assert!(three.starts_with("log-call came 2 times instead of 3 within 0.01 s"), "{three}");
    assert!(three.contains("POST /crm/v3/objects/calls → 201"), "{three}");
}

#[tokio::test]
async fn dropped_it_is_gone() {
    let mock = mock().await;
    let address = mock.addr();
    assert!(std::net::TcpStream::connect(address).is_ok());
    drop(mock);
    // The task that listens ends as soon as it is given its turn.
    let gone = async {
        while tokio::net::TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.expect("nobody listens any more");
}
