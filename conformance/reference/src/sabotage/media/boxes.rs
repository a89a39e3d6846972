//! The boxes of an MP4 file (ISO/IEC 14496-12 §4.2), spoilt: taken out, renamed, moved, cut into fragments.

use std::ops::Range;

use crate::sabotage::Lie;

/// Two mono tracks of AAC instead of one of two channels. Made with ffmpeg 5.1 from the kit's two-voices recording:
///
/// ```text
/// ffmpeg -i two-voices.wav -filter_complex "[0:a]pan=mono|c0=c0[l];[0:a]pan=mono|c0=c1[r]" -map "[l]" -map "[r]" \
///   -map_metadata -1 -fflags +bitexact -flags:a +bitexact -c:a aac -profile:a aac_low -b:a 10k -movflags +faststart out.mp4
/// ```
pub(super) const TWO_MONO_TRACKS: &[u8] = include_bytes!("two-mono-tracks.mp4");

const TRACK: [[u8; 4]; 2] = [*b"moov", *b"trak"];
const TABLES: [[u8; 4]; 5] = [*b"moov", *b"trak", *b"mdia", *b"minf", *b"stbl"];
/// Packets in a fragment: about three seconds.
const A_FRAGMENT: usize = 50;

/// A box.
pub(super) fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = (8 + content.len() as u32).to_be_bytes().to_vec();
    bytes.extend(kind);
    bytes.extend(content);
    bytes
}

/// A box with four bytes of version and flags before these numbers.
fn full(kind: [u8; 4], flags: u32, numbers: &[u32]) -> Vec<u8> {
    let content: Vec<u8> = std::iter::once(&flags).chain(numbers).flat_map(|n| n.to_be_bytes()).collect();
    boxed(kind, &content)
}

/// A file with one track of these packets, each with its length in frames, `moov` first.
pub(super) fn movie(entry: &[u8], rate: u32, packets: &[(Vec<u8>, u32)]) -> Vec<u8> {
    let frames: u32 = packets.iter().map(|(_, frames)| frames).sum();
    let of = |offset: u32| {
        let sizes: Vec<u32> = [0, packets.len() as u32]
            .into_iter()
            .chain(packets.iter().map(|(packet, _)| packet.len() as u32))
            .collect();
        let times: Vec<u32> = std::iter::once(packets.len() as u32)
            .chain(packets.iter().flat_map(|(_, frames)| [1, *frames]))
            .collect();
        let tables = [
            boxed(*b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], entry].concat()),
            full(*b"stts", 0, &times),
            full(*b"stsc", 0, &[1, 1, packets.len() as u32, 1]),
            full(*b"stsz", 0, &sizes),
            full(*b"stco", 0, &[1, offset]),
        ]
        .concat();
        let url = boxed(*b"dref", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &full(*b"url ", 1, &[])].concat());
        let minf = [full(*b"smhd", 0, &[0]), boxed(*b"dinf", &url), boxed(*b"stbl", &tables)].concat();
        let handler = boxed(*b"hdlr", b"\0\0\0\0\0\0\0\0soun\0\0\0\0\0\0\0\0\0\0\0\0\0");
        let mdhd = full(*b"mdhd", 0, &[0, 0, rate, frames, 0x55c4_0000]);
        let mdia = [mdhd, handler, boxed(*b"minf", &minf)].concat();
        let matrix = [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000];
        let tkhd: Vec<u32> =
            [0, 0, 1, 0, frames, 0, 0, 0, 0x0100_0000].into_iter().chain(matrix).chain([0, 0]).collect();
        let of_movie: Vec<u32> = [0, 0, rate, frames, 0x0001_0000, 0x0100_0000, 0, 0]
            .into_iter()
            .chain(matrix)
            .chain([0, 0, 0, 0, 0, 0, 2])
            .collect();
        let trak = [full(*b"tkhd", 7, &tkhd), boxed(*b"mdia", &mdia)].concat();
        let moov = [full(*b"mvhd", 0, &of_movie), boxed(*b"trak", &trak)].concat();
        [boxed(*b"ftyp", b"isom\0\0\x02\0isommp42"), boxed(*b"moov", &moov)].concat()
    };
    let sound: Vec<u8> = packets.iter().flat_map(|(packet, _)| packet.iter().copied()).collect();
    let head = of(0).len() as u32;
    [of(head + 8), boxed(*b"mdat", &sound)].concat()
}

/// Where the box at the end of a path stands, head included: the first of each kind.
fn find(bytes: &[u8], path: &[[u8; 4]]) -> Option<Range<usize>> {
    let (mut from, mut to) = (0, bytes.len());
    let mut found = None;
    for kind in path {
        let range = siblings(bytes, from..to).find(|(other, _)| other == kind)?.1;
        (from, to) = (range.start + 8, range.end);
        found = Some(range);
    }
    found
}

fn siblings(bytes: &[u8], within: Range<usize>) -> impl Iterator<Item = ([u8; 4], Range<usize>)> {
    let (mut at, to) = (within.start, within.end);
    std::iter::from_fn(move || {
        let size = number(bytes, at)? as usize;
        let kind = *bytes.get(at + 4..)?.first_chunk()?;
        let range = at..at.checked_add(size.max(8))?;
        if range.end > to {
            return None;
        }
        at = range.end;
        Some((kind, range))
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}

/// Writes a number over the one that stands there.
fn put(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
}

fn path(start: &[[u8; 4]], last: [u8; 4]) -> Vec<[u8; 4]> {
    start.iter().copied().chain([last]).collect()
}

/// The file with its boxes spoilt, where this lie does that.
pub(super) fn spoil(lie: Lie, bytes: &[u8]) -> Option<Vec<u8>> {
    let moov = find(bytes, &[*b"moov"])?;
    let entry = find(bytes, &path(&TABLES, *b"stsd"))?.start + 16;
    let mut spoilt = bytes.to_vec();
    match lie {
        Lie::MediaTruncatedMp4 => spoilt.truncate(bytes.len() / 2),
        Lie::MediaWithoutMoov => drop(spoilt.drain(moov)),
        Lie::MediaVideoOnly => {
            let handler = find(bytes, &[*b"moov", *b"trak", *b"mdia", *b"hdlr"])?.start + 16;
            spoilt[handler..handler + 4].copy_from_slice(b"vide");
        }
        Lie::MediaQuicktime => spoilt[8..12].copy_from_slice(b"qt  "),
        Lie::MediaHalfTheDuration => {
            for at in
                [find(bytes, &[*b"moov", *b"mvhd"])?, find(bytes, &[*b"moov", *b"trak", *b"mdia", *b"mdhd"])?]
            {
                let duration = at.start + 24;
                put(&mut spoilt, duration, number(bytes, duration)? / 2);
            }
        }
        Lie::MediaCorruptPackets => {
            let sound = find(bytes, &[*b"mdat"])?;
            let middle = usize::midpoint(sound.start, sound.end);
            for (n, byte) in spoilt[middle..middle + 4_000].iter_mut().enumerate() {
                *byte ^= (n * 167 % 253) as u8;
            }
        }
        Lie::MediaAc3 => {
            spoilt[entry + 4..entry + 8].copy_from_slice(b"ac-3");
            let inside = entry + 36;
            spoilt[inside + 4..inside + 8].copy_from_slice(b"dac3");
        }
        Lie::MediaHeAac | Lie::MediaHeAacV2 => {
            // The rate of the entry is that of the sound, the core's is half of it: SBR, told silently.
            let rate = number(bytes, entry + 32)?;
            put(&mut spoilt, entry + 32, rate * 2);
            if lie == Lie::MediaHeAacV2 {
                let config = find_bytes(&bytes[entry..], &[0x14, 0x10])? + entry;
                spoilt[config + 1] = 0x08;
            }
        }
        Lie::MediaScreenRecording => return screen_recording(spoilt),
        Lie::MediaFragmented => return fragmented(bytes),
        _ => return None,
    }
    Some(spoilt)
}

fn find_bytes(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// A second track, of pictures; the sound begins two seconds late; `moov` at the end, as recorders leave it.
fn screen_recording(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let list = find(&bytes, &[*b"moov", *b"trak", *b"edts", *b"elst"])?;
    let scale = number(&bytes, find(&bytes, &[*b"moov", *b"trak", *b"mdia", *b"mdhd"])?.start + 20)?;
    put(&mut bytes, list.start + 20, 2 * scale);
    let moov = find(&bytes, &[*b"moov"])?;
    let offsets = find(&bytes, &path(&TABLES, *b"stco"))?.start + 16;
    let moved = number(&bytes, offsets)? - moov.len() as u32;
    put(&mut bytes, offsets, moved);
    let mut pictures = bytes[find(&bytes, &TRACK)?].to_vec();
    let handler = find(&pictures, &[*b"trak", *b"mdia", *b"hdlr"])?.start + 16;
    pictures[handler..handler + 4].copy_from_slice(b"vide");
    let id = find(&pictures, &[*b"trak", *b"tkhd"])?.start + 20;
    put(&mut pictures, id, 2);
    let entry = find(&pictures, &[*b"trak", *b"mdia", *b"minf", *b"stbl", *b"stsd"])?.start + 16;
    pictures[entry + 4..entry + 8].copy_from_slice(b"jpeg");
    let index = [&bytes[moov.start + 8..moov.end], &pictures].concat();
    bytes.drain(moov);
    bytes.extend(boxed(*b"moov", &index));
    Some(bytes)
}

/// The same packets in fragments, without a word of how many there will be.
fn fragmented(bytes: &[u8]) -> Option<Vec<u8>> {
    let sizes = find(bytes, &path(&TABLES, *b"stsz"))?.start;
    let count = number(bytes, sizes + 16)? as usize;
    let sizes: Vec<u32> = (0..count).filter_map(|n| number(bytes, sizes + 20 + 4 * n)).collect();
    let mut at = number(bytes, find(bytes, &path(&TABLES, *b"stco"))?.start + 16)? as usize;
    let mut file = bytes[find(bytes, &[*b"ftyp"])?].to_vec();
    file.extend(boxed(*b"moov", &emptied(bytes)?));
    for (n, packets) in sizes.chunks(A_FRAGMENT).enumerate() {
        let length: u32 = packets.iter().sum();
        let sound = bytes.get(at..at + length as usize)?;
        at += length as usize;
        let of = |offset: u32| {
            let run: Vec<u32> =
                [packets.len() as u32, offset].into_iter().chain(packets.iter().copied()).collect();
            let traf = [
                full(*b"tfhd", 0x02_0000, &[1]),
                full(*b"tfdt", 0, &[(n * A_FRAGMENT * 1024) as u32]),
                // Where the sound begins, and the size of each packet; their length is the default.
                full(*b"trun", 0x201, &run),
            ]
            .concat();
            boxed(*b"moof", &[full(*b"mfhd", 0, &[n as u32 + 1]), boxed(*b"traf", &traf)].concat())
        };
        let head = of(0).len() as u32;
        file.extend(of(head + 8));
        file.extend(boxed(*b"mdat", sound));
    }
    Some(file)
}

/// What stands in `moov` where all packets are in fragments.
fn emptied(bytes: &[u8]) -> Option<Vec<u8>> {
    let part = |path: &[[u8; 4]]| find(bytes, path).map(|range| bytes[range].to_vec());
    let without_length = |mut header: Vec<u8>, at: usize| {
        put(&mut header, at, 0);
        header
    };
    let tables = [
        part(&path(&TABLES, *b"stsd"))?,
        full(*b"stts", 0, &[0]),
        full(*b"stsc", 0, &[0]),
        full(*b"stsz", 0, &[0, 0]),
        full(*b"stco", 0, &[0]),
    ]
    .concat();
    let of_media = [*b"moov", *b"trak", *b"mdia"];
    let information = path(&of_media, *b"minf");
    let minf = [
        part(&path(&information, *b"smhd"))?,
        part(&path(&information, *b"dinf"))?,
        boxed(*b"stbl", &tables),
    ]
    .concat();
    let mdia = [
        without_length(part(&path(&of_media, *b"mdhd"))?, 24),
        part(&path(&of_media, *b"hdlr"))?,
        boxed(*b"minf", &minf),
    ]
    .concat();
    let trak = [without_length(part(&path(&TRACK, *b"tkhd"))?, 28), boxed(*b"mdia", &mdia)].concat();
    let defaults = full(*b"trex", 0, &[1, 1, 1024, 0, 0]);
    let mvhd = without_length(part(&[*b"moov", *b"mvhd"])?, 24);
    Some([mvhd, boxed(*b"trak", &trak), boxed(*b"mvex", &defaults)].concat())
}
