//! What is made is what is examined: round trips through the eyes that examine partners' recordings.

use std::collections::HashSet;
use std::io::Cursor;

use mock_hubspot::media::{ChannelFacts, MediaFacts, examine};
use proptest::prelude::*;

use super::*;

fn look(bytes: Vec<u8>) -> MediaFacts {
    examine(Cursor::new(bytes))
}

fn usual(format: Format) -> Recording {
    make(format, 7, USUAL_MS)
}

fn is_caller(channel: &ChannelFacts) -> bool {
    channel.caller_marker_ms >= 600 && channel.recipient_marker_ms == 0
}

fn is_recipient(channel: &ChannelFacts) -> bool {
    channel.recipient_marker_ms >= 600 && channel.caller_marker_ms == 0
}

#[test]
fn each_format_holds_two_voices_with_their_markers() {
    for format in Format::ALL {
        let recording = usual(format);
        let facts = look(recording.bytes);
        assert_eq!(facts.container, format.extension());
        assert_eq!(facts.problems, Vec::<String>::new(), "{format:?}");
        assert_eq!((facts.channels, facts.decode_errors), (Some(2), 0), "{format:?}");
        assert!(
            facts.duration_ms.abs_diff(recording.duration_ms) <= 100,
            "{format:?}: {} ms",
            facts.duration_ms
        );
        assert!(
            is_caller(&facts.per_channel[0]) && is_recipient(&facts.per_channel[1]),
            "{format:?}: {facts:?}"
        );
    }
}

#[test]
fn who_speaks_when_is_as_told() {
    for format in Format::ALL {
        let recording = usual(format);
        let facts = look(recording.bytes);
        for turn in &recording.turns {
            let heard = &facts.per_channel[turn.channel as usize - 1].stretches;
            let near = heard.iter().any(|stretch| {
                stretch.from_ms.abs_diff(turn.from_ms) <= 120 && stretch.to_ms.abs_diff(turn.to_ms) <= 120
            });
            assert!(near, "{format:?}: {turn:?} is not among {heard:?}");
        }
        // And nothing else but the markers, one at each end.
        let stretches: usize = facts.per_channel.iter().map(|channel| channel.stretches.len()).sum();
        assert_eq!(stretches, recording.turns.len() + 4, "{format:?}");
    }
}

#[test]
fn the_committed_mp4_was_made_from_this_generator() {
    let wav = make(Format::Wav, 1, USUAL_MS);
    let mp4 = make(Format::Mp4, 99, 0);
    assert_eq!((mp4.turns, mp4.duration_ms), (wav.turns, wav.duration_ms));
    let facts = look(mp4.bytes);
    assert_eq!(facts.codec.as_deref(), Some("aac"));
    assert_eq!(facts.mp4.and_then(|mp4| mp4.moov_first), Some(true));
}

#[test]
fn swapped_channels_show_up_swapped() {
    let mut bytes = usual(Format::Wav).bytes;
    for frame in bytes[44..].chunks_exact_mut(4) {
        frame.rotate_left(2);
    }
    let facts = look(bytes);
    assert!(is_recipient(&facts.per_channel[0]) && is_caller(&facts.per_channel[1]));
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    for format in [Format::Wav, Format::Flac] {
        let [first, again, other] = [1, 1, 2].map(|seed| make(format, seed, 5_000));
        assert_eq!(first, again);
        assert_ne!(first.bytes[44..], other.bytes[44..]);
        assert_ne!(first.turns, other.turns);
    }
}

/// The bytes of seed 1 as every machine makes them: a change here makes the committed MP4 stale, and stored cases too.
#[test]
fn the_bytes_are_those_of_every_machine() {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(make(Format::Wav, 1, USUAL_MS).bytes);
    assert_eq!(digest.first_chunk().copied().map(u64::from_be_bytes), Some(0x1bbf_5557_2450_4ddc));
}

#[test]
fn a_wav_is_as_long_as_asked_behind_44_bytes() {
    let recording = make(Format::Wav, 3, 12_345);
    assert_eq!(recording.bytes.len(), 44 + 12_345 * 16 * 4);
    assert_eq!(look(recording.bytes).duration_ms, 12_345);
    assert_eq!(make(Format::Wav, 3, 0).duration_ms, *LENGTHS_MS.start());
}

#[test]
fn turns_alternate_within_the_markers_for_any_seed() {
    for seed in 0..200 {
        let turns = score::turns(seed, *LENGTHS_MS.start() + seed * 100);
        assert!(!turns.is_empty());
        for (nth, pair) in turns.windows(2).enumerate() {
            assert_eq!(pair[0].channel as usize, 1 + nth % 2);
            assert!(pair[0].from_ms < pair[0].to_ms && pair[0].to_ms < pair[1].from_ms);
        }
    }
}

/// A wrong offset must always show: no 16 bytes stand twice in a recording, and no byte is repeated for long.
#[test]
fn no_two_stretches_of_bytes_are_alike() {
    for format in Format::ALL {
        let bytes = usual(format).bytes;
        // The tables of an MP4 repeat themselves; its sound does not.
        let sound = if format == Format::Mp4 { 8_192 } else { 44 };
        let mut seen = HashSet::new();
        for window in bytes[sound..].windows(16) {
            assert!(seen.insert(window), "{format:?}: {window:?} stands twice");
        }
    }
}

#[test]
fn a_conference_has_three_voices_on_three_channels() {
    let recording = make_conference(7, USUAL_MS);
    let facts = look(recording.bytes);
    assert_eq!((recording.parties, facts.channels, facts.problems.len()), (3, Some(3), 0));
    let [first, second, third] = &facts.per_channel[..] else { panic!("three channels") };
    assert!(is_caller(first) && is_recipient(second) && third.markers.is_empty());
    assert!(recording.turns.iter().any(|turn| turn.channel == 3) && third.active_ms > 1_000, "{third:?}");
    let pair = facts.pair.unwrap();
    assert!(pair.first_in_second.likeness < 0.3 && pair.second_in_first.likeness < 0.3, "{pair:?}");
}

#[test]
fn sizes_beyond_32_bits_stand_in_the_chunk_that_is_made_for_them() {
    let wav = usual(Format::Wav).bytes;
    let mut rf64 = container::rf64_header(wav.len() as u64 - 44);
    assert_eq!(rf64.len() as u64, container::RF64_HEADER);
    rf64.extend(&wav[44..]);
    let facts = look(rf64);
    assert_eq!((facts.container.as_str(), facts.problems.len()), ("rf64", 0), "{:?}", facts.problems);
    assert_eq!(facts.per_channel, look(wav).per_channel);
}

#[test]
fn a_recording_cut_short_says_so() {
    for format in Format::ALL {
        let mut bytes = usual(format).bytes;
        bytes.truncate(bytes.len() / 2);
        let facts = look(bytes);
        assert!(Some(facts.decoded_frames) < facts.declared_frames, "{format:?}: {facts:?}");
        assert!(!facts.problems.is_empty(), "{format:?}");
    }
}

#[test]
fn without_its_end_an_mp4_with_moov_last_has_no_moov() {
    let bytes = usual(Format::Mp4).bytes;
    let moov = bytes.windows(4).position(|window| window == b"moov").map(|at| at - 4);
    let mdat = bytes.windows(4).position(|window| window == b"mdat").map(|at| at - 4);
    let without: Vec<u8> =
        bytes[..moov.unwrap_or(0)].iter().chain(&bytes[mdat.unwrap_or(0)..]).copied().collect();
    let facts = look(without);
    assert_eq!(facts.decoded_frames, 0);
    assert!(facts.problems.iter().any(|problem| problem.contains("no moov box")), "{:?}", facts.problems);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn changed_bytes_never_make_it_panic(
        format in prop::sample::select(&Format::ALL[..]),
        changes in prop::collection::vec((0_usize..6_000, any::<u8>()), 1..12),
        length in 0_usize..40_000,
    ) {
        let mut bytes = make(format, 1, *LENGTHS_MS.start()).bytes;
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.truncate(6_000 + length);
        let facts = look(bytes);
        prop_assert!(!facts.problems.iter().any(|problem| problem.contains("panicked")), "{:?}", facts.problems);
        let text = serde_json::to_string(&facts).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let again: MediaFacts = serde_json::from_str(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(again, facts);
    }
}
