//! Clients that send what nobody should: the fake HubSpot stays up, within its memory, and answers others in time.
//!
//! A hostility is a row: what is sent on each of some connections, how it goes on, and how it is answered where it is. The
//! fake HubSpot is a process of its own. Read next: `faults.rs` (faults of our own side).

use crate::client::{call, http};
use crate::process::Running;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

const CALLS: &str = "/crm/v3/objects/calls";
/// In KiB.
const MEMORY: u64 = 96 << 10;
/// How long others wait for an answer at most; the machine may be busy.
const IN_TIME: Duration = Duration::from_secs(10);
/// Connections that do the same at the same time.
const AT_ONCE: usize = 40;

/// How it goes on after the beginning.
#[derive(Clone, Copy)]
enum Then {
    /// The answer is awaited.
    Answer,
    /// The same again and again, until the other side hangs up or for as long as others are looked after.
    Again(&'static [u8]),
    /// A byte now and then.
    Drip(&'static [u8]),
    /// Silence.
    Silence,
}

struct Row {
    name: &'static str,
    sends: Vec<u8>,
    then: Then,
    /// The status of the answer, one of these; `0` is a connection that is closed without one. Empty where none is awaited.
    answers: &'static [u16],
}

fn post(fields: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let head = format!("POST {CALLS} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{fields}\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

fn whole(body: impl AsRef<[u8]>) -> Vec<u8> {
    post(&format!("content-length: {}\r\n", body.as_ref().len()), body)
}

fn rows() -> Vec<Row> {
    let answered = |name, sends, answers| Row { name, sends, then: Then::Answer, answers };
    let goes_on = |name, sends, then| Row { name, sends, then, answers: &[] };
    let title = |value: &str| format!("{{\"properties\":{{\"hs_timestamp\":1,\"hs_call_title\":{value}}}}}");
    vec![
        goes_on("endless header fields", post("", "")[..40].to_vec(), Then::Again(b"\r\nx-more: and more")),
        goes_on("an endless header field", b"GET / HTTP/1.1\r\nx: ".to_vec(), Then::Again(&[b'x'; 4096])),
        goes_on("an endless path", b"GET /".to_vec(), Then::Again(&[b'x'; 4096])),
        goes_on("an endless body", post("transfer-encoding: chunked\r\n", ""), Then::Again(b"4\r\n    \r\n")),
        goes_on(
            "an endless extension of a chunk",
            post("transfer-encoding: chunked\r\n", "1;"),
            Then::Again(&[b'x'; 4096]),
        ),
        goes_on(
            "endless trailer fields",
            post("transfer-encoding: chunked\r\n", "2\r\n{}\r\n0\r\n"),
            Then::Again(b"x-more: and more\r\n"),
        ),
        goes_on(
            "endless requests, unread answers",
            Vec::new(),
            Then::Again(b"GET /crm/v3/owners/ HTTP/1.1\r\nhost: x\r\n\r\n"),
        ),
        goes_on("a head that drips", Vec::new(), Then::Drip(b"GET / HTTP/1.1\r\nx-slow: ")),
        goes_on("a body that drips", post("content-length: 500\r\n", "{"), Then::Drip(b" ")),
        goes_on("silence", Vec::new(), Then::Silence),
        goes_on("half a head", b"GET / HTTP/1.1\r\nho".to_vec(), Then::Silence),
        goes_on("half a body", post("content-length: 100000\r\n", "{\"properties\""), Then::Silence),
        answered(
            "a length of 64 ones",
            post("content-length: 18446744073709551615\r\n", "{}"),
            &[400, 413, 431],
        ),
        answered("a length that overflows", post("content-length: 18446744073709551616\r\n", "{}"), &[400]),
        answered("a negative length", post("content-length: -1\r\n", "{}"), &[400]),
        answered("two lengths", post("content-length: 2\r\ncontent-length: 3\r\n", "{}x"), &[400]),
        answered(
            "a length and chunks",
            post(
                "content-length: 2\r\ntransfer-encoding: chunked\r\n",
                "0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
            ),
            &[400],
        ),
        answered(
            "a size of a chunk that overflows",
            post("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\n"),
            &[400],
        ),
        // It may still come.
        goes_on(
            "a size of a chunk of 64 ones",
            post("transfer-encoding: chunked\r\n", "ffffffffffffffff\r\nx"),
            Then::Silence,
        ),
        answered(
            "a size of a chunk that is no number",
            post("transfer-encoding: chunked\r\n", "zz\r\n"),
            &[400],
        ),
        answered(
            "control characters in a header",
            b"GET / HTTP/1.1\r\nx: \x1b[31m\0\r\n\r\n".to_vec(),
            &[400],
        ),
        answered("a method of noise", b"\x1b[31m / HTTP/1.1\r\n\r\n".to_vec(), &[400]),
        answered("a greeting of TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &[0, 400]),
        answered("a greeting of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[0, 400]),
        answered("a greeting of SSH", b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(), &[400]),
        answered(
            "invalid UTF-8",
            whole(b"{\"properties\":{\"hs_call_title\":\"\xff\xfe\xc3\x28\"}}"),
            &[400],
        ),
        answered("NUL in a string", whole(title("\"a\0b\"")), &[400]),
        answered("escaped NUL in a string", whole(title("\"a\\u0000b\"")), &[201, 400]),
        answered("half a surrogate", whole(title("\"\\ud800\"")), &[400]),
        answered("deep arrays", whole("[".repeat(1_000_000)), &[400]),
        answered("deep objects", whole("{\"a\":".repeat(200_000)), &[400]),
        answered(
            "a megabyte of colons",
            whole(format!("{{\"properties\":{{\"a\":\"{}\"}}}}", ": ".repeat(500_000))),
            &[201, 400],
        ),
        answered("a megabyte of quotes", whole(format!("[{}]", "\"\":".repeat(300_000))), &[400]),
        answered("a number of a hundred thousand digits", whole(title(&"9".repeat(100_000))), &[201, 400]),
        answered("a number beyond all numbers", whole(title("1e999999999")), &[201, 400]),
        answered("a body of NULs", whole([0; 10_000]), &[400]),
        answered("a body that is too long", whole(vec![b' '; 1_100_000]), &[413]),
        answered(
            "a path that is too long",
            format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000)).into_bytes(),
            &[414, 431],
        ),
        answered(
            "a path of escapes",
            format!("GET /crm/v3/owners/{} HTTP/1.1\r\nhost: x\r\n\r\n", "%ff%00%0d".repeat(500))
                .into_bytes(),
            &[400, 404],
        ),
        answered(
            "a host of noise",
            b"GET / HTTP/1.1\r\nhost: \xff\xfe@:99999999/..\r\n\r\n".to_vec(),
            &[200, 400, 404],
        ),
    ]
}

/// Does what a row says on one connection; the status of the answer, where one is awaited.
async fn strike(address: String, sends: Vec<u8>, then: Then) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    // Whoever is refused early is told so while it still sends.
    let sent = stream.write_all(&sends).await;
    match then {
        Then::Answer => {
            let mut start = [0; 12];
            let read = timeout(IN_TIME, stream.read_exact(&mut start)).await.ok()?;
            if read.is_err() || sent.is_err() {
                return Some(0);
            }
            std::str::from_utf8(&start[9..]).ok()?.parse().ok()
        }
        Then::Again(piece) => {
            let piece = piece.repeat((64 << 10) / piece.len());
            while stream.write_all(&piece).await.is_ok() {}
            None
        }
        Then::Drip(piece) => {
            for byte in piece.iter().cycle() {
                if stream.write_all(&[*byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            None
        }
        Then::Silence => {
            let mut all = Vec::new();
            let _ = stream.read_to_end(&mut all).await;
            None
        }
    }
}

/// Whoever behaves is answered in time, also on a new connection.
async fn look_after_others(running: &Running, name: &str) {
    for i in 0..5 {
        let began = Instant::now();
        let request =
            http().post(format!("{}{CALLS}", running.url)).header("content-type", "application/json");
        let answer = timeout(IN_TIME, request.body(call(&format!("{name} {i}"))).send()).await;
        let answer = answer.unwrap_or_else(|_| panic!("{name}: others waited for {:?}", began.elapsed()));
        assert_eq!(answer.unwrap_or_else(|e| panic!("{name}: {e}")).status(), 201, "{name}");
    }
}

/// The most memory that the process ever had, in KiB.
fn peak_kib(running: &Running) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).expect("it lives");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

fn address(running: &Running) -> String {
    running.url.trim_start_matches("http://").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_client_sends_others_are_answered() {
    let only = std::env::var("HOSTILE").unwrap_or_default();
    let mut wrong = Vec::new();
    for row in rows().into_iter().filter(|row| row.name.contains(&only)) {
        let running = Running::start(&[]);
        let mut strikes = JoinSet::new();
        let at_once = if matches!(row.then, Then::Answer) { 4 } else { AT_ONCE };
        for _ in 0..at_once {
            strikes.spawn(strike(address(&running), row.sends.clone(), row.then));
        }
        look_after_others(&running, row.name).await;
        if matches!(row.then, Then::Answer) {
            for status in strikes.join_all().await {
                if !status.is_some_and(|status| row.answers.contains(&status)) {
                    wrong.push(format!("{}: answered {status:?} instead of {:?}", row.name, row.answers));
                }
            }
        }
        let peak = peak_kib(&running);
        eprintln!("== {}: {peak} KiB", row.name);
        if peak > MEMORY {
            wrong.push(format!("{}: {peak} KiB of memory", row.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_idle_connections_keep_nobody_out() {
    let running = Running::start(&[]);
    let asked = http();
    let url = format!("{}/crm/v3/owners/", running.url);
    assert_eq!(asked.get(&url).send().await.expect("an answer").status(), 200);
    let wanted = may_open(10_000);
    let mut idle = Vec::new();
    for _ in 0..wanted {
        let connected = timeout(IN_TIME, TcpStream::connect(address(&running))).await.expect("it accepts");
        idle.push(connected.expect("a connection"));
    }
    look_after_others(&running, "idle connections").await;
    // A connection that was closed while it idled is nothing to a client: it opens another.
    assert_eq!(asked.get(&url).send().await.expect("an answer").status(), 200);
    let peak = peak_kib(&running);
    eprintln!("{} idle connections: {peak} KiB", idle.len());
    assert!(peak <= MEMORY, "{peak} KiB");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_idle_hold_nothing_of_the_long_answers_that_they_had() {
    const LONG: usize = 600_000;
    let running = Running::start(&[]);
    for _ in 0..10 {
        let long = format!(r#"{{"properties":{{"hs_timestamp":1,"hs_call_body":"{}"}}}}"#, "x".repeat(LONG));
        let made = http().post(format!("{}{CALLS}", running.url)).header("content-type", "application/json");
        assert_eq!(made.body(long).send().await.expect("an answer").status(), 201);
    }
    let ask = format!("GET {CALLS}?limit=10&properties=hs_call_body HTTP/1.1\r\nhost: x\r\n\r\n");
    let mut idle = Vec::new();
    for _ in 0..50 {
        let mut stream = TcpStream::connect(address(&running)).await.expect("a connection");
        stream.write_all(ask.as_bytes()).await.expect("it takes a request");
        let (mut answer, mut piece) = (0, vec![0; 1 << 16]);
        while answer < 10 * LONG {
            let read = timeout(IN_TIME, stream.read(&mut piece)).await.expect("in time").expect("an answer");
            assert!(read > 0, "it ended after {answer} bytes");
            answer += read;
        }
        idle.push(stream);
    }
    let peak = peak_kib(&running);
    eprintln!("{} connections that had long answers: {peak} KiB", idle.len());
    assert!(peak <= MEMORY, "{peak} KiB");
}

/// As many as this process may open, at most so many.
fn may_open(wanted: u64) -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(wanted + 500).min(wanted + 500);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum });
    let may = getrlimit(Resource::Nofile).current.unwrap_or(most).saturating_sub(500).min(wanted);
    if may < wanted {
        eprintln!("{may} connections instead of {wanted}: `ulimit -n` allows no more");
    }
    may
}
