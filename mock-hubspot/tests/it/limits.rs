//! Rate limits, and the limits of a request itself.

use crate::client::{Client, Reply, mock};
use mock_hubspot::{Limits, MockHubSpot, PortalSetup, Switches};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const OWNERS: &str = "/crm/v3/owners/";
const REMAINING: &str = "x-hubspot-ratelimit-remaining";

fn limited(text: &str) -> PortalSetup {
    toml::from_str(text).expect("a portal file")
}

#[tokio::test]
async fn a_portal_file_switches_the_limits_on_and_each_token_has_its_own() {
    let setup = limited("[limits]\nten_secondly = 3\n");
    let builder = MockHubSpot::builder().portal(setup.clone());
    let mock = builder.start().await.expect("it starts");
    let client = Client::of(&mock);
    for left in ["2", "1", "0"] {
        let reply = client.get(OWNERS).await;
        assert_eq!((reply.status, reply.header(REMAINING)), (200, left));
        assert_eq!(reply.header("x-hubspot-ratelimit-max"), "3");
        assert_eq!(reply.header("x-hubspot-ratelimit-interval-milliseconds"), "10000");
        assert_eq!(reply.header("x-hubspot-ratelimit-daily"), "", "OAuth apps have no daily limit");
    }
    let refused = client.get(OWNERS).await;
    assert_eq!((refused.status, refused.header(REMAINING), refused.header("retry-after")), (429, "0", ""));
    let body = refused.json();
    assert_eq!(body["policyName"], "TEN_SECONDLY_ROLLING");
    assert_eq!(body["message"], "You have reached your ten_secondly_rolling limit.");
    assert_eq!(
        (body["errorType"].as_str(), body["category"].as_str()),
        (Some("RATE_LIMIT"), Some("RATE_LIMITS"))
    );
    assert_eq!(body["correlationId"], refused.correlation_id.as_str());

    let private = client.with_token(&setup.tokens[0].token).get(OWNERS).await;
    assert_eq!((private.status, private.header("x-hubspot-ratelimit-daily-remaining")), (200, "624999"));
    let not_found = client.with_token("another").get("/crm/v3/owners/424242").await;
    assert_eq!((not_found.status, not_found.header(REMAINING)), (404, "2"), "a refusal counts and tells too");
    let free = client.form("/oauth/v1/token", "grant_type=x").await;
    assert_eq!((free.status, free.header(REMAINING)), (400, ""), "tokens are not counted");
}

#[tokio::test]
async fn the_weather_switches_the_limits_on_and_off() {
    let mock = mock().await;
    let client = Client::of(&mock);
    mock.weather().limit(Some(Limits { secondly: Some(0), ..Limits::default() }));
    let refused = client.get(OWNERS).await;
    assert_eq!((refused.status, refused.message().as_str()), (429, "You have reached your secondly limit."));
    mock.weather().limit(Some(Limits { daily: Some(0), ..Limits::default() }));
    let private = client.with_token(&mock.portal().setup().tokens[0].token);
    let refused = private.get(OWNERS).await;
    assert_eq!((refused.status, refused.json()["policyName"].as_str()), (429, Some("DAILY")));
    mock.weather().limit(None);
    for _ in 0..200 {
        let reply = client.get(OWNERS).await;
        assert_eq!((reply.status, reply.header(REMAINING)), (200, "109"), "nothing is counted");
    }
}

#[tokio::test]
async fn switches_say_what_is_told_of_limits() {
    let pairs = ["retry-after=present", "rate-limit-headers=counted"];
    let switches = Switches::from_pairs(pairs).expect("switches");
    let mock = MockHubSpot::builder().switches(switches).start().await.expect("it starts");
    let client = Client::of(&mock);
    assert_eq!(client.get(OWNERS).await.header(REMAINING), "");
    mock.weather().limit(Some(Limits { ten_secondly: Some(0), ..Limits::default() }));
    let refused = client.get(OWNERS).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "10"));
}

/// Sends bytes and reads until the mock closes the connection or the answer is whole.
async fn raw(mock: &MockHubSpot, request: &str) -> String {
    let mut stream = TcpStream::connect(mock.addr()).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while !String::from_utf8_lossy(&answer).contains("\r\n\r\n") {
        let read = stream.read(&mut buffer).await.expect("an answer");
        if read == 0 {
            break;
        }
        answer.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_body_that_says_it_is_too_long_is_refused_before_it_is_sent() {
    let mock = mock().await;
    let head = "POST /crm/v3/objects/calls HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let answer = raw(&mock, &format!("{head}content-length: 999999999\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("x-hubspot-correlation-id: "), "{answer}");
    let expecting =
        raw(&mock, &format!("{head}expect: 100-continue\r\ncontent-length: 999999999\r\n\r\n")).await;
    assert!(expecting.starts_with("HTTP/1.1 413 "), "{expecting}");
}

#[tokio::test]
async fn a_path_that_is_too_long_is_refused_with_a_page() {
    let mock = mock().await;
    let long = "a".repeat(50_000);
    let answer = raw(&mock, &format!("GET {OWNERS}?email={long} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 414 "), "{answer}");
    assert!(answer.contains("content-type: text/html"), "{answer}");
}

#[tokio::test]
async fn a_body_without_a_length_is_read_no_further_than_the_limit() {
    let mock = mock().await;
    let mut stream = TcpStream::connect(mock.addr()).await.expect("a connection");
    let head = "POST /crm/v3/objects/calls HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("written");
    // Two megabytes, and never an end: the mock must not wait for it.
    let chunk = format!("{:x}\r\n{}\r\n", 65_536, "a".repeat(65_536));
    for _ in 0..32 {
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.expect("an answer");
    assert_eq!(&start, b"HTTP/1.1 413");
    assert!(mock.portal().calls().is_empty());
}

#[tokio::test]
async fn every_reply_has_a_correlation_id_and_json_has_it_as_a_member() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let page = |reply: &Reply| reply.media_type.starts_with("text/html");
    for (path, status, html) in
        [(OWNERS, 200, false), ("/crm/v3/owners/424242", 404, false), ("/crm/v3/nothing", 404, true)]
    {
        let reply = client.get(path).await;
        assert_eq!((reply.status, page(&reply)), (status, html), "{path}");
        assert_eq!(reply.correlation_id.len(), 36, "{path}");
        if status == 404 && !html {
            assert_eq!(reply.json()["correlationId"], reply.correlation_id.as_str());
        }
    }
}
