//! Files made byte by byte, each wrong in one way, and bytes at random.

use std::f64::consts::TAU;
use std::io::Cursor;

use proptest::prelude::*;

use super::*;

const RATE: u32 = 8_000;

fn look(bytes: &[u8]) -> MediaFacts {
    examine(Cursor::new(bytes.to_vec()))
}

/// A second of two tones, 16 bits, on each of the channels.
fn wav(channels: &[[f64; 2]]) -> Vec<u8> {
    let frame = 2 * channels.len() as u32;
    let data: Vec<u8> = (0..RATE)
        .flat_map(|n| {
            let tones = |[low, high]: [f64; 2]| {
                let at = TAU * f64::from(n) / f64::from(RATE);
                (((low * at).sin() + (high * at).sin()) * 6_000.0) as i16
            };
            channels.iter().flat_map(move |pair| tones(*pair).to_le_bytes()).collect::<Vec<u8>>()
        })
        .collect();
    let mut bytes = Vec::from(*b"RIFF");
    bytes.extend((36 + data.len() as u32).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    bytes.extend((channels.len() as u16).to_le_bytes());
    bytes.extend(RATE.to_le_bytes());
    bytes.extend((RATE * frame).to_le_bytes());
    bytes.extend((frame as u16).to_le_bytes());
    bytes.extend(16_u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    bytes
}

const CALLER: [f64; 2] = [697.0, 1209.0];
const RECIPIENT: [f64; 2] = [852.0, 1477.0];

fn with(mut bytes: Vec<u8>, at: usize, change: &[u8]) -> Vec<u8> {
    bytes[at..at + change.len()].copy_from_slice(change);
    bytes
}

fn says(facts: &MediaFacts, words: &str) {
    assert!(
        facts.problems.iter().any(|problem| problem.contains(words)),
        "no {words:?} in {:?}",
        facts.problems
    );
}

#[test]
fn markers_are_heard_on_their_own_channel_only() {
    let facts = look(&wav(&[CALLER, RECIPIENT]));
    assert_eq!(facts.problems, Vec::<String>::new());
    assert_eq!((facts.channels, facts.duration_ms, facts.declared_frames), (Some(2), 1000, Some(8000)));
    let [caller, recipient] = &facts.per_channel[..] else { panic!("two channels") };
    assert!(caller.caller_marker_ms >= 960 && caller.recipient_marker_ms == 0, "{caller:?}");
    assert!(recipient.recipient_marker_ms >= 960 && recipient.caller_marker_ms == 0, "{recipient:?}");
}

#[test]
fn other_tones_are_no_marker() {
    for pair in [
        [770.0, 1209.0],
        [697.0, 1336.0],
        [852.0, 1209.0],
        [440.0, 480.0],
        [697.0, 697.0],
        [350.0, 440.0],
        [941.0, 1477.0],
    ] {
        let facts = look(&wav(&[pair]));
        let heard = &facts.per_channel[0];
        assert_eq!((heard.caller_marker_ms, heard.recipient_marker_ms), (0, 0), "{pair:?}");
    }
}

#[test]
fn a_tone_half_a_per_cent_off_is_still_heard() {
    for factor in [0.995, 1.005] {
        let facts = look(&wav(&[CALLER.map(|tone| tone * factor)]));
        assert!(facts.per_channel[0].caller_marker_ms >= 960, "{factor}");
    }
}

#[test]
fn one_channel_is_one_channel() {
    let facts = look(&wav(&[CALLER]));
    assert_eq!((facts.channels, facts.per_channel.len()), (Some(1), 1));
}

#[test]
fn a_cut_off_file_is_heard_as_far_as_it_goes() {
    let facts = look(&wav(&[CALLER, RECIPIENT])[..16_044]);
    assert_eq!((facts.declared_frames, facts.decoded_frames), (Some(8000), 4000));
    says(&facts, "data chunk says 32000 bytes, only 16000 are there");
    says(&facts, "RIFF size says");
}

#[test]
fn sizes_of_zero_or_unknown_are_named_and_the_sound_is_heard() {
    for (at, size, words) in [
        (4, 0, "RIFF size says 0 bytes"),
        (40, 0, "data chunk says 0 bytes, 32000 are there"),
        (4, u32::MAX, "RIFF size is 0xFFFFFFFF"),
        (40, u32::MAX, "data chunk says 0xFFFFFFFF"),
        (40, 64_000, "data chunk says 64000 bytes, only 32000"),
        (40, 16_000, "are no chunk"),
    ] {
        let facts = look(&with(wav(&[CALLER, RECIPIENT]), at, &size.to_le_bytes()));
        says(&facts, words);
        assert_eq!(facts.decoded_frames, if size == 16_000 { 4000 } else { 8000 }, "{words}");
    }
}

#[test]
fn a_header_alone_holds_nothing() {
    let whole = wav(&[CALLER, RECIPIENT]);
    assert_eq!(look(&whole[..44]).decoded_frames, 0);
    let facts = look(&with(with(whole[..44].to_vec(), 4, &36_u32.to_le_bytes()), 40, &[0; 4]));
    assert_eq!((facts.decoded_frames, facts.declared_frames), (0, Some(0)));
    says(&facts, "a header without sound");
}

#[test]
fn chunks_before_and_after_the_sound_do_no_harm() {
    let mut bytes = wav(&[CALLER]);
    bytes.splice(36..36, *b"LIST\x05\0\0\0INFOx\0");
    bytes.extend(b"id3 \x02\0\0\0ab");
    let size = bytes.len() as u32 - 8;
    let facts = look(&with(bytes, 4, &size.to_le_bytes()));
    assert_eq!((facts.problems.len(), facts.decoded_frames), (0, 8000), "{:?}", facts.problems);
}

#[test]
fn a_wrong_frame_size_is_named_and_the_sound_is_heard() {
    let facts = look(&with(wav(&[CALLER, RECIPIENT]), 32, &[2, 0]));
    says(&facts, "says 2 bytes a frame, 4 it must be");
    assert_eq!(facts.decoded_frames, 8000);
}

#[test]
fn mu_law_with_a_short_fmt_chunk_is_decoded() {
    let mut bytes = with(wav(&[CALLER, RECIPIENT]), 20, &[7, 0]);
    bytes = with(bytes, 28, &(RATE * 2).to_le_bytes());
    let facts = look(&with(bytes, 32, &[2, 0, 8, 0]));
    assert_eq!((facts.codec.as_deref(), facts.decoded_frames), (Some("pcm_mulaw"), 16_000));
    assert_eq!(facts.problems, Vec::<String>::new());
}

#[test]
fn a_codec_that_nobody_here_decodes_is_named_and_not_held_against_it() {
    let facts = look(&with(wav(&[CALLER]), 20, &[0x31, 0]));
    assert_eq!((facts.codec.as_deref(), facts.undecodable), (Some("gsm_ms"), true));
    assert_eq!(facts.problems, Vec::<String>::new());
}

#[test]
fn numbers_that_are_none_are_silence() {
    let mut bytes = with(wav(&[CALLER, RECIPIENT]), 20, &[3, 0]);
    bytes = with(bytes, 28, &(RATE * 8).to_le_bytes());
    bytes = with(bytes, 32, &[8, 0, 32, 0]);
    bytes[44..].fill(0xff);
    let facts = look(&bytes);
    assert!((facts.per_channel[0].rms_dbfs + 120.0).abs() < f64::EPSILON, "{facts:?}");
}

#[test]
fn what_was_found_instead_is_named() {
    let cases: [(&[u8], &str); 26] = [
        (b"", "empty"),
        (&[0; 500], "zeros"),
        (b"ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x00", "mp3"),
        (b"\xff\xfb\x90\x64\0\0\0\x01", "mp3"),
        (b"\xff\xf1\x50\x80\0\x1f\xfc", "adts"),
        (b"OggS\0\x02", "ogg"),
        (b"\x1a\x45\xdf\xa3\x9f", "webm"),
        (b"FORM\0\0\0\x04AIFF", "aiff"),
        (b"#!AMR\n\x01", "amr"),
        (b".snd\0\0\0\x18", "au"),
        (b"wvpk\x01", "wavpack"),
        (b"\x1f\x8b\x08\0\0", "gzip"),
        (b"RF64\xff\xff\xff\xffWAVE", "rf64"),
        (b"  <!DOCTYPE html><html>", "html"),
        (b"\xef\xbb\xbf<?xml version=\"1.0\"?><Error/>", "xml"),
        (b"<?xml version=\"1.0\"?>\n<html xmlns=\"x\">", "html"),
        (b"{\"authenticatedUrl\": \"https://x\"}", "json"),
        (b"[1, 2]", "json"),
        (b"UklGRiSAAABXQVZF", "base64"),
        (b"\"UklGRiSAAABXQVZF\"", "base64"),
        (b"ZkxhQwAAACIQ", "base64"),
        (b"AAAAIGZ0eXBpc29t", "base64"),
        (b"data:audio/wav;base64,UklGRiSAAABXQVZF", "base64"),
        (b"Not found\n", "text"),
        (b"\x02\x81\x99\xfe", "unknown"),
        (b"RIFF\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", "mangled"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(look(bytes).container, expected, "{}", bytes.escape_ascii());
    }
}

fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let mut bytes = (8 + content.len() as u32).to_be_bytes().to_vec();
    bytes.extend(kind);
    bytes.extend(content);
    bytes
}

/// The boxes of a file with one track of sound, whose sample tables are empty.
fn mp4() -> Vec<u8> {
    let times = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3e, 0x80, 0, 0, 0x3e, 0x80, 0, 0, 0, 0];
    let hdlr = boxed(*b"hdlr", b"\0\0\0\0\0\0\0\0soun\0\0\0\0\0\0\0\0\0\0\0\0\0");
    let entry = boxed(*b"mp4a", b"\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\x02\0\x10\0\0\0\0\x3e\x80\0\0");
    let stsd = boxed(*b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1][..], &entry].concat());
    let mdia = [boxed(*b"mdhd", &times), hdlr, boxed(*b"minf", &boxed(*b"stbl", &stsd))].concat();
    let moov = [boxed(*b"mvhd", &times), boxed(*b"trak", &boxed(*b"mdia", &mdia))].concat();
    [boxed(*b"ftyp", b"isom\0\0\x02\0"), boxed(*b"moov", &moov), boxed(*b"mdat", &[7; 40])].concat()
}

#[test]
fn the_boxes_of_an_mp4_are_walked() {
    let facts = look(&mp4());
    let boxes = facts.mp4.clone().unwrap_or_default();
    assert_eq!((boxes.brand.as_str(), boxes.moov_first, boxes.audio_tracks), ("isom", Some(true), 1));
    assert_eq!((facts.channels, facts.sample_rate), (Some(2), Some(16_000)));
    says(&look(&mp4()[..mp4().len() - 8]), "the `mdat` box says it ends at byte");
    says(&look(&[boxed(*b"ftyp", b"isom\0\0\x02\0"), boxed(*b"mdat", &[7; 40])].concat()), "no moov box");
    says(&look(&boxed(*b"ftyp", b"isom\0\0\x02\0")), "no mdat box");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        start in prop::sample::select(vec![
            &b""[..], b"RIFF\0\0\0\0WAVEfmt ", b"fLaC\0\0\0\x22", b"\0\0\0\x14ftypisom", b"ID3", b"OggS", b"\xff\xfb", b"RF64\xff\xff\xff\xffWAVEds64",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..3_000),
    ) {
        let facts = look(&[start, &bytes[..]].concat());
        prop_assert!(!facts.problems.iter().any(|problem| problem.contains("panicked")), "{:?}", facts.problems);
    }

    #[test]
    fn no_change_of_bytes_makes_it_panic(
        is_wav: bool,
        changes in prop::collection::vec((0_usize..200, any::<u8>()), 1..10),
        length in 0_usize..2_000,
    ) {
        let mut bytes = if is_wav { wav(&[CALLER, RECIPIENT]) } else { mp4() };
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.truncate(200 + length);
        let facts = look(&bytes);
        prop_assert!(!facts.problems.iter().any(|problem| problem.contains("panicked")), "{:?}", facts.problems);
    }
}
