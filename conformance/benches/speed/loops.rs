//! A short MP4 file made a long one: the same sound again and again, as its encoder takes longer than everything else here.
//!
//! The boxes are those of ISO/IEC 14496-12 that a recording with one track of sound has, in the versions with 32 bits.

/// The same sound so many times.
pub(crate) fn repeated(mp4: &[u8], times: u32) -> Vec<u8> {
    let all: Vec<Box<'_>> = boxes(mp4).collect();
    let sound = all.iter().find(|it| it.kind == *b"mdat").expect("it holds sound").body;
    let mut file = Vec::new();
    // Where the sound begins depends on the length of what says so; that does not depend on where it begins.
    for _ in 0..2 {
        let begins = file.len() - if file.is_empty() { 0 } else { sound.len() * times as usize };
        file.clear();
        for it in &all {
            let body = match &it.kind {
                b"mdat" => sound.repeat(times as usize),
                _ => rebuilt(it, times, begins as u32, sound.len() as u32),
            };
            put(&mut file, it.kind, &body);
        }
    }
    file
}

struct Box<'a> {
    kind: [u8; 4],
    body: &'a [u8],
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = Box<'_>> {
    std::iter::from_fn(move || {
        let (kind, size) = (bytes.get(4..8)?.try_into().ok()?, number(bytes, 0) as usize);
        let (this, rest) = bytes.split_at(size);
        bytes = rest;
        Some(Box { kind, body: &this[8..] })
    })
}

fn put(out: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    out.extend((body.len() as u32 + 8).to_be_bytes());
    out.extend(kind);
    out.extend(body);
}

/// A box of what there is so many times; `begins` is where the sound begins, `length` how long it is once.
fn rebuilt(it: &Box<'_>, times: u32, begins: u32, length: u32) -> Vec<u8> {
    let body = it.body;
    let longer = |at: usize| {
        let duration = (number(body, at) * times).to_be_bytes();
        [&body[..at], &duration, &body[at + 4..]].concat()
    };
    let table = |count: u32, entries: &[u8]| [&body[..4], &count.to_be_bytes(), entries].concat();
    match &it.kind {
        b"moov" | b"trak" | b"mdia" | b"minf" | b"stbl" | b"edts" => {
            let mut out = Vec::new();
            // Groups of samples would have to be counted too, and tell nothing of the sound.
            for inner in boxes(body).filter(|inner| !matches!(&inner.kind, b"sgpd" | b"sbgp")) {
                put(&mut out, inner.kind, &rebuilt(&inner, times, begins, length));
            }
            out
        }
        b"mvhd" | b"mdhd" => longer(16),
        b"tkhd" => longer(20),
        b"elst" => longer(8),
        b"stts" => table(number(body, 4) * times, &body[8..].repeat(times as usize)),
        b"stsz" => {
            let count = number(body, 8) * times;
            [&body[..8], &count.to_be_bytes(), &body[12..].repeat(times as usize)].concat()
        }
        b"stco" => {
            assert_eq!(number(body, 4), 1, "all of it is one chunk");
            let places = (0..times).flat_map(|turn| (begins + turn * length).to_be_bytes());
            table(times, &places.collect::<Vec<u8>>())
        }
        _ => body.to_vec(),
    }
}
