//! Weather that strikes the connection: answers that break off or drip, resets, silence; and rates.

use crate::client::{Client, call, mock};
use mock_hubspot::journal::Outcome;
use mock_hubspot::operation::Operation::LogCall;
use mock_hubspot::{MockHubSpot, Odds, Rule, Strike};
use serde_json::json;
use std::io::ErrorKind;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CALLS: &str = "/crm/v3/objects/calls";

fn rule(strike: Strike, times: u32) -> Rule {
    Rule { operation: LogCall, story: None, strike, times }
}

/// Logs a call on a connection of its own.
async fn log(mock: &MockHubSpot) -> TcpStream {
    let body = call("c");
    let mut stream = TcpStream::connect(mock.addr()).await.expect("a connection");
    let head = format!("POST {CALLS} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).await.expect("written");
    stream
}

/// The head, and as much of the body as came before the connection ended.
async fn all_of(mut stream: TcpStream) -> (String, String) {
    let mut text = String::new();
    // How it ends is not the question here.
    let _ = stream.read_to_string(&mut text).await;
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    (head.to_lowercase(), body.to_owned())
}

#[tokio::test]
async fn an_answer_breaks_off_after_so_many_bytes() {
    let mock = mock().await;
    for bytes in [0, 1, 17] {
        let id = mock.weather().order(rule(Strike::Truncated { bytes }, 1));
        let (head, body) = all_of(log(&mock).await).await;
        assert!(head.starts_with("http/1.1 201"), "{head}");
        let told: usize = head
            .split("content-length: ")
            .nth(1)
            .and_then(|l| l.lines().next())
            .expect("a length")
            .parse()
            .expect("a number");
        assert!(body.len() == bytes && told > 100, "{bytes}: {body} of {told}");
        assert_eq!(mock.weather().struck(id), 1);
    }
    let entries = mock.journal().entries();
    assert!(entries.iter().all(|e| e.outcome == Outcome::Weather("truncated".into()) && e.reply.is_some()));
    assert_eq!(mock.portal().calls().len(), 3, "its effect was had");
    assert_eq!(Client::of(&mock).log_call("whole").await, 1004);
}

#[tokio::test]
async fn an_answer_drips() {
    let mock = mock().await;
    let client = Client::of(&mock);
    mock.weather().order(rule(Strike::Dripping { bytes_per_second: 2000 }, 1));
    let begun = Instant::now();
    let reply = client.send("POST", CALLS, &call("c")).await;
    let expected = Duration::from_secs_f64(reply.text.len() as f64 / 2000.0);
    assert_eq!((reply.status, reply.json()["id"].as_str()), (201, Some("1001")));
    assert!(begun.elapsed() >= expected.mul_f64(0.9), "{:?} instead of {expected:?}", begun.elapsed());
}

#[tokio::test]
async fn a_connection_is_reset_or_never_answered_and_nothing_was_done() {
    let mock = mock().await;
    mock.weather().order(rule(Strike::Reset, 1));
    let mut stream = log(&mock).await;
    let error = stream.read(&mut [0; 10]).await.expect_err("a reset");
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    mock.weather().order(rule(Strike::Cut, 1));
    assert_eq!(log(&mock).await.read(&mut [0; 10]).await.expect("an orderly end"), 0);

    let id = mock.weather().order(rule(Strike::Stalled, 1));
    let mut stream = log(&mock).await;
    let stalled = |e: &mock_hubspot::journal::Entry| e.outcome == Outcome::Weather("stalled".into());
    mock.journal().wait_for(stalled, Duration::from_secs(5)).await.expect("it is written down");
    let silence = tokio::time::timeout(Duration::from_millis(200), stream.read(&mut [0; 10])).await;
    assert!(silence.is_err(), "{silence:?}");
    assert_eq!((mock.weather().struck(id), mock.portal().calls().len()), (1, 0));
    mock.stop().await;
    assert_eq!(stream.read(&mut [0; 10]).await.expect("the end of the mock"), 0);
}

#[tokio::test]
async fn a_rate_strikes_the_same_requests_in_every_run() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let mock = mock().await;
        let client = Client::of(&mock);
        let ordered = json!({ "operation": "log-call", "strike": { "failing": { "status": 503 } }, "rate": 0.5, "seed": 3 });
        assert_eq!(client.send("POST", "/_mock/weather", &ordered.to_string()).await.status, 201);
        let mut struck = Vec::new();
        for i in 0..40 {
            struck.push(client.send("POST", CALLS, &call(&i.to_string())).await.status == 503);
        }
        let listed = client.get("/_mock/weather").await.json();
        let hits = struck.iter().filter(|s| **s).count();
        assert_eq!((&listed["rules"][0]["seen"], &listed["rules"][0]["struck"]), (&json!(40), &json!(hits)));
        assert!((10..30).contains(&hits), "{hits}");
        runs.push(struck);
    }
    assert_eq!(runs[0], runs[1]);
    let mock = mock().await;
    mock.weather().order_with(rule(Strike::Failing { status: 503 }, 9), Some(Odds { rate: 0.5, seed: 3 }));
    assert_eq!(Client::of(&mock).send("POST", CALLS, &call("x")).await.status == 503, runs[0][0]);
    for wrong in [json!({ "rate": 1.5 }), json!({ "strike": { "dripping": { "bytes_per_second": 0 } } })] {
        let mut order = json!({ "operation": "log-call", "strike": "cut" });
        order.as_object_mut().expect("an object").extend(wrong.as_object().expect("an object").clone());
        assert_eq!(Client::of(&mock).send("POST", "/_mock/weather", &order.to_string()).await.status, 400);
    }
}
