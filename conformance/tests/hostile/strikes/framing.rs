//! Answers whose end is told wrongly, torn connections, and what is no answer at all (RFC 9112 §6, §7).

use super::honest_answer;
use crate::hostile::honest;
use crate::hostile::peer::{Then, Visit};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Half of what was announced, and an orderly end.
pub(crate) fn shorter_than_announced(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    visit.send(head)?;
    visit.send(&body[..body.len() / 2])?;
    Ok(Then::Close)
}

/// More than was announced.
pub(crate) fn longer_than_announced(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    visit.send([head.into_bytes(), body, b"<script>surplus</script>".to_vec()].concat())?;
    Ok(Then::Keep)
}

/// Two lengths that differ.
pub(crate) fn two_lengths(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    visit.send(head.replacen("\r\n", "\r\nContent-Length: 7\r\n", 1))?;
    visit.send(body)?;
    Ok(Then::Close)
}

/// A length beyond all numbers.
pub(crate) fn length_of_u64(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    visit.send(with_length(&head, "18446744073709551615"))?;
    visit.send(body)?;
    Ok(Then::Close)
}

/// A length that overflows 64 bits.
pub(crate) fn length_that_overflows(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    visit.send(with_length(&head, "18446744073709551616"))?;
    visit.send(body)?;
    Ok(Then::Close)
}

/// A negative length.
pub(crate) fn negative_length(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    visit.send(with_length(&head, "-1"))?;
    visit.send(body)?;
    Ok(Then::Close)
}

fn with_length(head: &str, length: &str) -> String {
    let fields = head.split("\r\n").filter(|line| !line.starts_with("Content-Length"));
    let mut lines: Vec<_> = fields.map(str::to_owned).collect();
    lines.insert(1, format!("Content-Length: {length}"));
    lines.join("\r\n")
}

/// The honest answer, and behind it another that nobody asked for: on a reused connection it would answer the next request.
pub(crate) fn smuggled_answer(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    let smuggled = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 48\r\n\r\n{\"authenticatedUrl\":\"http://evil.example/stolen\"}";
    visit.send([head.into_bytes(), body, smuggled.into()].concat())?;
    Ok(Then::Keep)
}

/// Chunks whose size is no number.
pub(crate) fn wrong_chunk_size(visit: &mut Visit) -> io::Result<Then> {
    chunked(visit, |body| [b"zz\r\n".to_vec(), body, b"\r\n0\r\n\r\n".to_vec()].concat())
}

/// A chunk that is longer than its size says.
pub(crate) fn chunk_longer_than_its_size(visit: &mut Visit) -> io::Result<Then> {
    chunked(visit, |body| [b"2\r\n".to_vec(), body, b"\r\n0\r\n\r\n".to_vec()].concat())
}

/// A size of a chunk that overflows.
pub(crate) fn chunk_size_that_overflows(visit: &mut Visit) -> io::Result<Then> {
    chunked(visit, |body| [b"fffffffffffffffff\r\n".to_vec(), body].concat())
}

/// A size of a chunk that is the largest number of 64 bits.
pub(crate) fn chunk_size_of_u64(visit: &mut Visit) -> io::Result<Then> {
    chunked(visit, |body| [b"ffffffffffffffff\r\n".to_vec(), body].concat())
}

/// Chunks without their last.
pub(crate) fn no_last_chunk(visit: &mut Visit) -> io::Result<Then> {
    chunked(visit, |body| [format!("{:x}\r\n", body.len()).into_bytes(), body, b"\r\n".to_vec()].concat())
}

fn chunked(visit: &mut Visit, frame: fn(Vec<u8>) -> Vec<u8>) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    let fields = head.split("\r\n").filter(|line| !line.starts_with("Content-Length"));
    let mut lines: Vec<_> = fields.collect();
    lines.insert(1, "Transfer-Encoding: chunked");
    visit.send([lines.join("\r\n").into_bytes(), frame(body)].concat())?;
    Ok(Then::Close)
}

/// A torn connection before a byte of the answer.
pub(crate) fn resets(visit: &mut Visit) -> io::Result<Then> {
    visit.reset()
}

/// Where the next answer is torn: the endpoint's, and that for a part of the recording.
pub(crate) static TORN_AT: [AtomicUsize; 2] = [AtomicUsize::new(0), AtomicUsize::new(0)];

/// The honest answer without its end, torn a byte later each time; the whole recording comes whole.
pub(crate) fn torn_at_the_next_byte(visit: &mut Visit) -> io::Result<Then> {
    if visit.is_whole_recording() {
        return honest::recording(visit);
    }
    let (head, body) = honest_answer(visit);
    let whole = [head.into_bytes(), body].concat();
    let at = TORN_AT[usize::from(visit.field("range").is_some())].fetch_add(1, Ordering::Relaxed);
    visit.send(&whole[..at % whole.len()])?;
    visit.reset()
}

/// What is not HTTP at all.
pub(crate) fn not_http(visit: &mut Visit) -> io::Result<Then> {
    visit.send("SSH-2.0-\x1b[31mOpenSSH_9.2\r\n\0\0\0")?;
    Ok(Then::Close)
}
