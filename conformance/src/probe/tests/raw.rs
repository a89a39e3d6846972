//! The raw reader against canned answers: what client libraries hide is seen, and nothing hangs it.

use crate::evidence::{Answer, Content, End, Outcome};
use crate::patience::Patience;
use crate::probe::Way;
use crate::probe::body::{Buffers, Spooled};
use crate::probe::dial::Room;
use crate::probe::raw::{RawHeard, RawRequest, Terms, connect};
use mock_hubspot::secrets::Secrets;
use std::io::Write;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that answers each request on one connection with the next of these; it then keeps the connection open.
async fn server(answers: Vec<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/r", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        for answer in answers {
            let mut request = [0; 4096];
            if stream.read(&mut request).await.unwrap_or(0) == 0 {
                return;
            }
            stream.write_all(&answer).await.ok();
        }
        std::future::pending::<()>().await;
    });
    url
}

/// Asks for each answer in turn.
async fn heard(method: &'static str, answers: &[&str]) -> Vec<RawHeard> {
    let url = server(answers.iter().map(|answer| answer.as_bytes().to_vec()).collect()).await;
    let patience = Patience {
        stall: Duration::from_millis(60),
        first_byte: Duration::from_millis(200),
        ..Patience::default()
    };
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"0123456789").unwrap();
    let (secrets, buffers, recording) = (Secrets::new(), Buffers::default(), Spooled::of(file, 10));
    let way = Way::default();
    let terms = Terms {
        patience,
        secrets: &secrets,
        way: &way,
        buffers: &buffers,
        recording: &recording,
        limit: 1000,
        linger: Some(Duration::from_millis(30)),
        rest: None,
    };
    let headers = vec![("Range", "bytes=0-1".into())];
    let request = RawRequest { method, version: "HTTP/1.1", headers };
    let mut connection = connect(&url, &terms, Room::Usual).await.unwrap();
    let mut all = Vec::new();
    for _ in answers {
        all.push(connection.ask(&request, &terms).await);
    }
    all
}

fn answered(heard: &RawHeard) -> &Answer {
    match &heard.outcome {
        Outcome::Answered(answer) => answer,
        Outcome::Failed(reason) => panic!("{reason}"),
    }
}

const PART: &str =
    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/10\r\nContent-Length: 2\r\n\r\n01";

#[tokio::test]
async fn a_right_answer_is_read_and_the_next_one_on_the_same_connection() {
    let all = heard("GET", &[PART, PART]).await;
    for one in &all {
        assert_eq!(answered(one).body.content, Content::Equal { offset: 0 });
        assert_eq!((answered(one).body.length, &answered(one).body.end), (2, &End::Complete));
        assert!(one.stays && one.facts.surplus == 0 && one.facts.framing.is_none());
    }
    assert_eq!((all[0].facts.reused, all[1].facts.reused), (false, true));
}

#[tokio::test]
async fn bytes_after_the_end_are_counted_and_spoil_the_next_answer() {
    let all = heard("GET", &[&format!("{PART}23456789"), PART]).await;
    assert_eq!((all[0].facts.surplus, all[0].facts.surplus_head.as_str()), (8, "3233343536373839"));
    assert_eq!(answered(&all[0]).body.length, 2);
    let Outcome::Failed(reason) = &all[1].outcome else { panic!("it cannot be read") };
    assert!(reason.starts_with("not an answer: it begins with `23456789"), "{reason}");
}

#[tokio::test]
async fn a_goodbye_is_no_surplus() {
    let all =
        heard("GET", &[&format!("{PART}HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")]).await;
    assert_eq!(all[0].facts.surplus, 0);
}

#[tokio::test]
async fn chunks_are_read_and_what_is_wrong_with_them_is_named() {
    let chunked = |body: &str| {
        format!(
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/10\r\nTransfer-Encoding: chunked\r\n{body}"
        )
    };
    let right = &heard("GET", &[&chunked("\r\n1;x=y\r\n0\r\n1\r\n1\r\n0\r\nA: b\r\n\r\n")]).await[0];
    assert_eq!((answered(right).body.length, &answered(right).body.end), (2, &End::Complete));
    assert_eq!(right.facts.framing, None);
    for (body, words) in [
        (
            "Content-Length: 2\r\n\r\n2\r\n01\r\n0\r\n\r\n",
            "both Transfer-Encoding: chunked and Content-Length: `2`",
        ),
        ("\r\nzz\r\n01\r\n0\r\n\r\n", "`zz` is no size of a chunk"),
        ("\r\n1\r\n01\r\n0\r\n\r\n", "a chunk is longer than its size says"),
    ] {
        let all = heard("GET", &[&chunked(body)]).await;
        assert_eq!(all[0].facts.framing.as_deref(), Some(words), "{body}");
    }
    let unended = &heard("GET", &[&chunked("\r\n2\r\n01\r\n")]).await[0];
    assert_eq!(answered(unended).body.end, End::Stalled(60));
}

#[tokio::test]
async fn lengths_that_contradict_are_named() {
    let two = "HTTP/1.1 206 Partial Content\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n012";
    let all = heard("GET", &[two]).await;
    assert_eq!(all[0].facts.framing.as_deref(), Some("2 different values of Content-Length"));
    let huge = "HTTP/1.1 206 Partial Content\r\nContent-Length: 99999999999999999999999\r\n\r\n01";
    assert!(
        heard("GET", &[huge]).await[0].facts.framing.as_deref().unwrap().starts_with("Content-Length: `9999")
    );
}

#[tokio::test]
async fn a_head_has_no_body_and_an_interim_answer_is_not_the_answer() {
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    let all = heard("HEAD", &[whole, &format!("{whole}0123456789")]).await;
    assert_eq!((all[0].facts.surplus, all[1].facts.surplus), (0, 10));
    let interim = format!("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n{PART}");
    assert_eq!(answered(&heard("GET", &[&interim]).await[0]).status, 206);
}

#[tokio::test]
async fn what_never_ends_is_left_in_time_and_in_bounds() {
    let began = Instant::now();
    let endless_head = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(1 << 20));
    let silent = "HTTP/1.1 206 Partial Content\r\nContent-Length: 1000000\r\n\r\n0";
    let long = format!("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{}", "x".repeat(100_000));
    for (answer, words) in [
        (endless_head.as_str(), "the head of the answer is too large"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "not an answer: it begins with"),
        ("HTTP/1.1 abc\r\n\r\n", "not an answer: it begins with"),
        ("HTTP/1.1 200 OK\r\nX", "no answer in time"),
    ] {
        let all = heard("GET", &[answer]).await;
        let Outcome::Failed(reason) = &all[0].outcome else { panic!("{answer:.40} was answered") };
        assert!(reason.starts_with(words), "{reason}");
    }
    assert_eq!(answered(&heard("GET", &[silent]).await[0]).body.end, End::Stalled(60));
    let left = &heard("GET", &[&long]).await[0];
    assert_eq!((answered(left).body.length, &answered(left).body.end), (1000, &End::Abandoned));
    assert!(!left.stays && began.elapsed() < Duration::from_secs(5));
}
