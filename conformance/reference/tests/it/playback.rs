//! The recording, as a player asks for it.

use http::{Method, StatusCode};
use serde_json::Value;

use crate::stage::{Reply, Stage};

struct Played {
    stage: Stage,
    url: String,
    whole: Reply,
}

impl Played {
    async fn begin() -> Self {
        let stage = Stage::set().await;
        stage.call("test-call-01", "account-1", Value::Null).await;
        let url = stage.authenticated_url("test-call-01", "account-1").await;
        let whole = stage.ask(&url, &[]).await;
        Self { stage, url, whole }
    }

    fn length(&self) -> usize {
        self.stage.bytes.len()
    }

    async fn ask(&self, headers: &[(&str, &str)]) -> Reply {
        self.stage.ask(&self.url, headers).await
    }

    async fn is_part(&self, range: &str, first: usize, last: usize) {
        let reply = self.ask(&[("range", range)]).await;
        assert_eq!(reply.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(reply.header("content-range"), format!("bytes {first}-{last}/{}", self.length()));
        assert_eq!(reply.header("content-length"), (last - first + 1).to_string());
        assert_eq!(reply.header("etag"), self.whole.header("etag"));
        assert!(reply.body == self.stage.bytes[first..=last], "{range}");
    }
}

#[tokio::test]
async fn the_whole_recording_is_an_octet_stream() {
    let played = Played::begin().await;
    let whole = &played.whole;
    assert_eq!(whole.status, StatusCode::OK);
    assert!(whole.body == played.stage.bytes);
    assert_eq!(whole.header("content-type"), "application/octet-stream");
    assert_eq!(whole.header("content-length"), played.length().to_string());
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert!(whole.header("etag").starts_with('"') && whole.header("etag").ends_with('"'));
    let date = |name| httpdate::parse_http_date(whole.header(name)).unwrap();
    assert!(date("date").duration_since(date("last-modified")).unwrap().as_secs() >= 60);
}

#[tokio::test]
async fn ranges_are_answered_with_exactly_their_bytes() {
    let played = Played::begin().await;
    let length = played.length();
    let last = length - 1;
    played.is_part("bytes=0-0", 0, 0).await;
    played.is_part("bytes=0-1", 0, 1).await;
    played.is_part("bytes=0-", 0, last).await;
    played.is_part(&format!("bytes={last}-"), last, last).await;
    played.is_part("bytes=65530-140000", 65530, 140_000).await;
    played.is_part("bytes=-1", last, last).await;
    played.is_part("bytes=-500", length - 500, last).await;
    played.is_part(&format!("bytes=-{}", length + 1000), 0, last).await;
    played.is_part(&format!("bytes={}-{}", length - 10, length + 9999), length - 10, last).await;
    played.is_part("bytes=7-18446744073709551616", 7, last).await;
}

#[tokio::test]
async fn a_range_beyond_the_end_is_told_the_length() {
    let played = Played::begin().await;
    let length = played.length();
    for range in [format!("bytes={length}-"), "bytes=18446744073709551616-".to_owned(), "bytes=-0".to_owned()]
    {
        let reply = played.ask(&[("range", &range)]).await;
        assert_eq!(reply.status, StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(reply.header("content-range"), format!("bytes */{length}"));
        assert!(reply.body.len() < 200);
    }
}

#[tokio::test]
async fn what_is_no_range_is_answered_with_everything() {
    let played = Played::begin().await;
    for range in ["bytes=500-100", "bytes=abc", "items=0-5", "bytes=0-9,20-29"] {
        let reply = played.ask(&[("range", range)]).await;
        assert_eq!((reply.status, reply.body.len()), (StatusCode::OK, played.length()), "{range}");
    }
    let twice = played.ask(&[("range", "bytes=0-0"), ("range", "bytes=5-5")]).await;
    assert_eq!(twice.status, StatusCode::OK);
}

#[tokio::test]
async fn head_says_what_get_would_and_ignores_range() {
    let played = Played::begin().await;
    let headers = [("range", "bytes=0-9")];
    let reply = played.stage.send(Method::HEAD, &played.url, &headers, String::new()).await;
    assert_eq!((reply.status, reply.body.len()), (StatusCode::OK, 0));
    assert_eq!(reply.header("content-length"), played.length().to_string());
    assert_eq!(reply.header("etag"), played.whole.header("etag"));
}

#[tokio::test]
async fn if_range_lets_only_the_same_recording_go_on() {
    let played = Played::begin().await;
    let tag = played.whole.header("etag").to_owned();
    let date = played.whole.header("last-modified").to_owned();
    let day_before = httpdate::parse_http_date(&date).unwrap() - std::time::Duration::from_hours(24);
    for (validator, status) in [
        (tag.clone(), 206),
        (date, 206),
        (format!("W/{tag}"), 200),
        (format!("\"x{}x\"", tag.trim_matches('"')), 200),
        (httpdate::fmt_http_date(day_before), 200),
        ("junk".to_owned(), 200),
    ] {
        let reply = played.ask(&[("range", "bytes=100-199"), ("if-range", &validator)]).await;
        assert_eq!(reply.status.as_u16(), status, "{validator}");
    }
}

#[tokio::test]
async fn conditions_are_kept_before_ranges() {
    let played = Played::begin().await;
    let tag = played.whole.header("etag").to_owned();
    let weak = format!("\"other\", W/{tag}");
    let date = played.whole.header("last-modified").to_owned();
    for (name, value, status) in [
        ("if-none-match", tag.as_str(), 304),
        ("if-none-match", &weak, 304),
        ("if-none-match", "\"other\"", 206),
        ("if-match", &tag, 206),
        ("if-match", "\"other\"", 412),
        ("if-match", "*", 206),
        ("if-modified-since", &date, 304),
        ("if-unmodified-since", "Fri, 01 Jan 1999 00:00:00 GMT", 412),
    ] {
        let reply = played.ask(&[("range", "bytes=0-9"), (name, value)]).await;
        assert_eq!(reply.status.as_u16(), status, "{name}: {value}");
        assert!(status != 304 || (reply.body.is_empty() && reply.header("etag") == tag));
    }
}
