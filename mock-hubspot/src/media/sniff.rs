//! What a file is by its first bytes. Knows nothing of what is allowed.

/// How many bytes are looked at.
pub(super) const HEAD: u64 = 64 * 1024;
/// The name of what nobody recognised.
pub(super) const UNKNOWN: &str = "unknown";

const W64: &[u8] = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";

/// The name of what `head` begins; `length` is that of the whole file.
pub(super) fn name(head: &[u8], length: u64) -> &'static str {
    if length == 0 {
        return "empty";
    }
    if head.iter().all(|byte| *byte == 0) {
        return "zeros";
    }
    by_magic(head).or_else(|| as_text(head)).unwrap_or(if is_mangled(head) { "mangled" } else { UNKNOWN })
}

/// Whether bytes were decoded as UTF-8 on their way: what was no UTF-8 then became U+FFFD. By chance three such bytes appear
/// once in 16 million.
pub(super) fn is_mangled(head: &[u8]) -> bool {
    head.windows(3).filter(|window| *window == [0xef, 0xbf, 0xbd]).take(8).count() == 8
}

fn by_magic(head: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    Some(match head {
        _ if at(0, b"RIFF") && at(8, b"WAVE") => "wav",
        _ if (at(0, b"RF64") || at(0, b"BW64")) && at(8, b"WAVE") => "rf64",
        _ if at(0, W64) => "w64",
        _ if at(0, b"fLaC") => "flac",
        _ if at(4, b"ftyp") => "mp4",
        // Without `ftyp`, or with something before it: still the MP4 family, and the walker says what is missing.
        _ if [b"moov", b"mdat", b"moof", b"styp", b"sidx"].iter().any(|kind| at(4, *kind)) => "mp4",
        _ if at(0, b"ID3") => after_id3(head),
        _ if at(0, b"OggS") => "ogg",
        _ if at(0, &[0x1a, 0x45, 0xdf, 0xa3]) => "webm",
        _ if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) => "aiff",
        _ if at(0, b"#!AMR") => "amr",
        _ if at(0, b".snd") => "au",
        _ if at(0, b"wvpk") => "wavpack",
        _ if at(0, &[0x1f, 0x8b]) => "gzip",
        [0xff, second, third, ..] if is_mpeg_sync(*second, *third) => "mp3",
        [0xff, second, ..] if second & 0xf6 == 0xf0 => "adts",
        _ => return None,
    })
}

/// An MPEG audio frame header: 11 bits of sync, then no reserved version, layer, bit rate or sample rate.
fn is_mpeg_sync(second: u8, third: u8) -> bool {
    second & 0xe0 == 0xe0
        && second & 0x18 != 0x08
        && second & 0x06 != 0
        && third & 0xf0 != 0xf0
        && third & 0x0c != 0x0c
}

/// An ID3 tag stands before MP3 as a rule; some tools put one before FLAC as well.
fn after_id3(head: &[u8]) -> &'static str {
    let size = head
        .get(6..10)
        .map(|bytes| bytes.iter().fold(0_usize, |sum, byte| (sum << 7) | usize::from(byte & 0x7f)));
    match size.and_then(|size| head.get(10 + size..)) {
        Some(rest) if rest.starts_with(b"fLaC") => "flac",
        _ => "mp3",
    }
}

fn as_text(head: &[u8]) -> Option<&'static str> {
    let head = head.get(..1024).unwrap_or(head);
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let lower = text.to_ascii_lowercase();
    let has = |word: &[u8]| lower.windows(word.len()).any(|window| window == word);
    let starts = |word: &[u8]| lower.starts_with(word);
    Some(match text {
        _ if is_base64(text) => "base64",
        [b'<', ..] if has(b"<html") || has(b"<!doctype html") || starts(b"<head") || starts(b"<body") => {
            "html"
        }
        [b'<', second, ..] if second.is_ascii_alphabetic() || matches!(second, b'?' | b'!') => "xml",
        [b'{' | b'[', ..] if is_printable(text) => "json",
        [first, ..] if is_printable(text) && !first.is_ascii_control() => "text",
        _ => return None,
    })
}

/// Base64 of an audio file, bare, quoted or as a `data:` URL.
fn is_base64(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    let payload = if text.starts_with(b"data:") {
        match text.windows(8).position(|window| window == b";base64,") {
            Some(at) => &text[at + 8..],
            None => return false,
        }
    } else {
        text
    };
    // "RIFF", "fLaC", "RF64", and three zero bytes with "ftyp" after the fourth.
    [&b"UklGR"[..], b"ZkxhQ", b"UkY2N"].iter().any(|magic| payload.starts_with(magic))
        || (payload.starts_with(b"AAAA")
            && payload
                .get(4..16)
                .is_some_and(|rest| rest.starts_with(b"ZnR5c") || rest[2..].starts_with(b"Z0eX")))
}

/// Whether it reads as text: UTF-8 (the end may be cut) without control characters.
fn is_printable(text: &[u8]) -> bool {
    let valid = match str::from_utf8(text) {
        Ok(valid) => valid,
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&text[..error.valid_up_to()]).unwrap_or("")
        }
        Err(_) => return false,
    };
    valid
        .chars()
        .all(|letter| letter != '\u{fffd}' && (!letter.is_control() || matches!(letter, '\n' | '\r' | '\t')))
}
