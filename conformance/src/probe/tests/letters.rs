//! A signed URL is asked to the letter: whoever writes `%2B` as `+` breaks the signature (checks.md, RED-11).

use super::story;
use crate::check::Section;
use crate::patience::Patience;
use crate::probe::{ProbeContext, RangeSettings, Way, ask_endpoint_and_recording};
use mock_hubspot::secrets::Secrets;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Whatever a path and a query may hold: percent-encoding in both cases, a plus, an equals sign, what needs no encoding. (An
/// apostrophe is missing: in a query every browser sends `%27`, as the URL standard wants it.)
const TARGET: &str = "/rec%C3%A9/a%2fb+c;v=1/r.wav?X-Sig=a%2Bb%3D%3d&e=+1&x=(y)*~:@!$,";

#[tokio::test]
async fn the_path_and_the_query_of_a_signed_url_are_sent_to_the_letter() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&asked);
    let serving = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 8192];
            let length = stream.read(&mut request).await.unwrap_or(0);
            let text = String::from_utf8_lossy(&request[..length]);
            let Some(line) = text.lines().next() else { continue };
            lines.lock().unwrap().push(line.to_owned());
            let body = if line.contains("/retrieve/") {
                format!("{{\"authenticatedUrl\":\"http://{here}{TARGET}\"}}")
            } else {
                "RIFF".repeat(2048)
            };
            let head =
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).await.ok();
        }
    });
    let spool = tempfile::tempdir().unwrap();
    let ctx = ProbeContext {
        registered_url: format!("http://{here}/retrieve/%s"),
        app_id: "101".into(),
        secrets: Secrets::default(),
        patience: Patience::default(),
        ranges: RangeSettings { cases: 3, ..RangeSettings::default() },
        spool: spool.path().into(),
        way: Way::default(),
        browser: None,
    };
    let mut story = story(&[Section::Download, Section::Ranges]);
    ask_endpoint_and_recording(&ctx, &mut story, 0, &|_| {}).await;
    serving.abort();
    let asked = asked.lock().unwrap();
    let recordings: Vec<_> = asked.iter().filter(|line| !line.contains("/retrieve/")).collect();
    assert!(recordings.len() > 60, "{}", recordings.len());
    for line in recordings {
        assert_eq!(line.split(' ').nth(1), Some(TARGET), "{line}");
    }
}
