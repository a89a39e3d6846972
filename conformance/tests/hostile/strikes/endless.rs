//! Answers without an end, too slow for one, or larger than they look.

use super::{AUDIO, JSON, honest_answer, piece};
use crate::hostile::peer::{Then, Visit};
use std::io;
use std::time::Duration;

/// Header fields without end.
pub(crate) fn endless_headers(visit: &mut Visit) -> io::Result<Then> {
    visit.send("HTTP/1.1 200 OK\r\n")?;
    visit.send_for_ever(&b"X-More: and more of it\r\n".repeat(4096))
}

/// One header field without end.
pub(crate) fn endless_header(visit: &mut Visit) -> io::Result<Then> {
    visit.send("HTTP/1.1 200 OK\r\nX-Long: ")?;
    visit.send_for_ever(&piece())
}

/// Interim answers without end (RFC 9110 §15.2).
pub(crate) fn endless_interim_answers(visit: &mut Visit) -> io::Result<Then> {
    visit.send_for_ever(&b"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1024))
}

/// A body without end, and without a length.
pub(crate) fn endless_body(visit: &mut Visit) -> io::Result<Then> {
    visit.send(format!("{JSON}\r\n{{\"authenticatedUrl\":\""))?;
    visit.send_for_ever(&piece())
}

/// Chunks without end.
pub(crate) fn endless_chunks(visit: &mut Visit) -> io::Result<Then> {
    visit.send(format!("{JSON}Transfer-Encoding: chunked\r\n\r\n"))?;
    let piece = piece();
    let size = format!("{:x}\r\n", piece.len());
    visit.send_for_ever(&[size.as_bytes(), &piece, b"\r\n"].concat())
}

/// The size of one chunk, with an extension that never ends (RFC 9112 §7.1.1).
pub(crate) fn endless_chunk_extension(visit: &mut Visit) -> io::Result<Then> {
    visit.send(format!("{JSON}Transfer-Encoding: chunked\r\n\r\n5;"))?;
    visit.send_for_ever(&piece())
}

/// Trailer fields without end.
pub(crate) fn endless_trailers(visit: &mut Visit) -> io::Result<Then> {
    visit.send(format!("{AUDIO}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\n"))?;
    visit.send_for_ever(&b"X-More: and more of it\r\n".repeat(4096))
}

/// Chunks of one byte, each with a long extension, without end: little body, much wire.
pub(crate) fn tiny_chunks(visit: &mut Visit) -> io::Result<Then> {
    visit.send(format!("{JSON}Transfer-Encoding: chunked\r\n\r\n"))?;
    let chunk = format!("1;{}\r\n \r\n", "x".repeat(4000));
    visit.send_for_ever(chunk.repeat(16).as_bytes())
}

/// The honest answer, a byte a second.
pub(crate) fn drips(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    visit.drip(&[head.into_bytes(), body].concat(), Duration::from_secs(1))
}

/// The honest head, and then the body a byte at a time, never long enough apart to be a stall.
pub(crate) fn body_drips(visit: &mut Visit) -> io::Result<Then> {
    let (head, body) = honest_answer(visit);
    visit.send(head)?;
    visit.drip(&body, Duration::from_millis(100))
}

/// Silence.
pub(crate) fn hangs(visit: &mut Visit) -> io::Result<Then> {
    visit.hang()
}

/// The honest head, and silence.
pub(crate) fn hangs_after_the_head(visit: &mut Visit) -> io::Result<Then> {
    let (head, _) = honest_answer(visit);
    visit.send(head)?;
    visit.hang()
}

/// Two GiB of JSON, as announced; the last of it at a crawl, so that no machine is fast enough to take it in within its wait.
pub(crate) fn two_gib_of_json(visit: &mut Visit) -> io::Result<Then> {
    visit.send(format!("{JSON}Content-Length: {}\r\n\r\n{{\"authenticatedUrl\":\"", 2_u64 << 30))?;
    let piece = piece();
    for _ in 1..(2_usize << 30) / piece.len() {
        visit.send(&piece)?;
    }
    visit.drip(&piece, Duration::from_millis(100))
}

/// 128 MiB of zeros in a megabyte: a block of deflate with fixed codes (RFC 1951 §3.2.6), in which 104 bits say 2064 zeros.
pub(crate) fn gzip_bomb(visit: &mut Visit) -> io::Result<Then> {
    visit.send(format!("{JSON}Content-Encoding: gzip\r\nConnection: close\r\n\r\n"))?;
    // The head of gzip, a block's head with the zero to repeat, and then matches of length 258 at distance 1.
    visit.send([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])?;
    visit.send(deflated_zeros(128 << 20))?;
    Ok(Then::Close)
}

/// Fixed codes: literal 0 is 00110000, length 258 is 11000101, distance 1 is 00000.
fn deflated_zeros(count: usize) -> Vec<u8> {
    let (mut bytes, mut bits) = (Vec::new(), 0);
    let mut push = |code: u32, length: u32| {
        for at in (0..length).rev() {
            if bits % 8 == 0 {
                bytes.push(0);
            }
            *bytes.last_mut().expect("one was pushed") |= ((code >> at & 1) as u8) << (bits % 8);
            bits += 1;
        }
    };
    // The only block, type 01 with its lower bit first.
    push(0b110, 3);
    push(0b0011_0000, 8);
    for _ in 0..16 {
        push(0b1100_0101, 8);
        push(0, 5);
    }
    // Eight matches are 13 bytes, which come again and again.
    let period = bytes[2..15].to_vec();
    bytes.truncate(2);
    bytes.extend(period.iter().cycle().take(count / (8 * 258) * period.len()));
    bytes
}

/// 256 MiB of zeros in 211 bytes, as brotli's own tool wrote them.
pub(crate) fn brotli_bomb(visit: &mut Visit) -> io::Result<Then> {
    const BOMB: &str = "cfffff7ff82700e2b14020f7fe9ffffffff04f00c4610180eefd3fffffffe19f0088c32200ddfb7ffeffffc33f0110870500baf7fffcffff877f02200e0b0074effff9ffff0fff04401c1600e8defff3ffff1ffe0980382c00d0bdffe7ffff3ffc1300715800a07bffcfffff7ff82700e2b00040f7fe9ffffffff04f00c4610180eefd3fffffffe19f0088c30200ddfb7ffeffffc33f0110870500baf7fffcffff877f02200e0b0074effff9ffff0fff04401c1600e8defff3ffff1ffe0980382c00d0bdffcfffff7ffc1300715800a07bff0f";
    let byte = |at: usize| u8::from_str_radix(&BOMB[at..at + 2], 16).expect("hex");
    let bomb: Vec<u8> = (0..BOMB.len()).step_by(2).map(byte).collect();
    let length = bomb.len();
    visit.send(format!("{JSON}Content-Encoding: br\r\nContent-Length: {length}\r\n\r\n"))?;
    visit.send(bomb)?;
    Ok(Then::Keep)
}
