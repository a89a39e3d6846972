//! Known shapes of times are named where they are, and not where they are not: nginx tuned so that small parts wait for an
//! acknowledgement, and a small server that corks, or reads up to the part, or does neither.

use crate::front::{ACCOUNT, APP, Front};
use crate::kit::Kit;
use crate::server::WAITING;
use conformance::recording::{Format, USUAL_MS, make};
use rustix::net::sockopt::{set_tcp_cork, set_tcp_nodelay};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

const NAME: &str = "two-voices.wav";

/// The shapes that the kit names of the recording at this address.
fn shapes(url: &str) -> Vec<String> {
    let front = Front::start(HashMap::from([(NAME.to_owned(), url.to_owned())]));
    let kit = Kit::new();
    let args = ["--external-id", NAME, "--account", ACCOUNT, "--app-id", APP, "--profile", "playback,seek"];
    let (_, results) = kit.results(&[&["probe", &front.template, "--out", "out"], &args[..]].concat());
    println!("{:#}", results["measured"]);
    let html = std::fs::read_to_string(kit.path().join("out/report.html")).unwrap();
    assert!(html.contains("Measured") && html.contains("within, at most 1 KiB"));
    let shapes = results["measured"]["shapes"].as_array().cloned().unwrap_or_default();
    shapes.iter().map(|seen| seen["shape"].as_str().unwrap().to_owned()).collect()
}

/// The kit names this shape of it and no other. While the machine is busy it may say nothing, so it is asked a few times.
fn is_named(url: &str, shape: &str) {
    let named = (0..5).map(|_| shapes(url)).find(|shapes| !shapes.is_empty());
    assert_eq!(named.unwrap_or_default(), [shape]);
}

fn recording() -> Vec<u8> {
    make(Format::Wav, 1, USUAL_MS).bytes
}

#[test]
fn nginx_that_waits_for_an_acknowledgement_is_told_so() {
    let Some(nginx) = WAITING.start(&[(NAME.to_owned(), recording())]) else { return };
    is_named(&nginx.urls[NAME], "delayed-acknowledgement");
}

#[test]
fn a_server_that_leaves_the_cork_in_is_told_so() {
    is_named(&serve(Manner::Corks), "corked-send");
}

#[test]
fn a_server_that_reads_up_to_the_part_is_told_so() {
    is_named(&serve(Manner::ReadsUpTo), "reads-up-to-the-part");
}

#[test]
fn a_server_that_does_none_of_it_is_told_nothing() {
    assert_eq!(shapes(&serve(Manner::Sound)), Vec::<String>::new());
}

/// What a server does with a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Sound,
    Corks,
    ReadsUpTo,
}

/// How long it takes to read all of the recording.
const ALL_OF_IT: Duration = Duration::from_millis(120);

/// Serves one recording as long as the test's process lives; its address.
fn serve(manner: Manner) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/{NAME}", listener.local_addr().unwrap());
    let recording = Arc::new(recording());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let recording = Arc::clone(&recording);
            std::thread::spawn(move || converse(stream, &recording, manner));
        }
    });
    url
}

/// Answers what comes on one connection until it ends.
fn converse(mut stream: TcpStream, recording: &[u8], manner: Manner) {
    set_tcp_nodelay(&stream, true).unwrap();
    set_tcp_cork(&stream, manner == Manner::Corks).unwrap();
    let mut requests = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut range = None;
        loop {
            let mut line = String::new();
            if !requests.read_line(&mut line).is_ok_and(|read| read > 0) {
                return;
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some(("range", value)) = line.to_ascii_lowercase().split_once(": ") {
                range = part(value, recording.len());
            }
        }
        let (status, from, to) = match range {
            Some((from, to)) => ("206 Partial Content", from, to),
            None => ("200 OK", 0, recording.len()),
        };
        let mut answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\nContent-Length: {}\r\n",
            to - from
        );
        if range.is_some() {
            let _ = write!(answer, "Content-Range: bytes {from}-{}/{}\r\n", to - 1, recording.len());
            if manner == Manner::ReadsUpTo {
                std::thread::park_timeout(ALL_OF_IT.mul_f64(from as f64 / recording.len() as f64));
            }
        }
        let answer = [(answer + "\r\n").as_bytes(), &recording[from..to]].concat();
        if stream.write_all(&answer).is_err() {
            return;
        }
    }
}

/// The bytes that one satisfiable range means, its end exclusive; anything else is ignored.
fn part(value: &str, length: usize) -> Option<(usize, usize)> {
    let (first, last) = value.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (first.parse().ok(), last.parse::<usize>().ok()) {
        (Some(from), Some(last)) => (from, last.saturating_add(1).min(length)),
        (Some(from), None) if last.is_empty() => (from, length),
        (None, Some(suffix)) if first.is_empty() => (length.saturating_sub(suffix), length),
        _ => return None,
    };
    (from < to).then_some((from, to))
}
