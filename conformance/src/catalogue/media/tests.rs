use super::*;
use crate::catalogue::ranges::sample::{judge, story};
use crate::check::Check;
use crate::evidence::{RecordingFacts, SpokenTurn, Story};
use crate::verdict::Verdict;
use mock_hubspot::media::{
    ChannelFacts, Flaw, Leak, MarkerRun, MediaFacts, Mp4Facts, Owner, PairFacts, Stretch, TwoTone,
};
use mock_hubspot::transcription::Transcription;

mod channel_order;

fn all() -> impl Iterator<Item = &'static Check> {
    [CHECKS, file::CHECKS, lengths::CHECKS, channels::CHECKS, order::CHECKS, speed::CHECKS]
        .into_iter()
        .flatten()
        .copied()
}

fn check(id: &str) -> &'static Check {
    all().find(|check| check.id == id).unwrap()
}

fn marker(owner: Owner, from_ms: u64, dbfs: f64) -> MarkerRun {
    MarkerRun { owner, from_ms, to_ms: from_ms + 400, dbfs }
}

fn tones(from_ms: u64, low_hz: f64) -> TwoTone {
    TwoTone { from_ms, to_ms: from_ms + 400, low_hz, high_hz: low_hz * 1.734, dbfs: -12.0 }
}

/// A speaker with the markers at both ends, and two turns between them.
fn channel(owner: Owner) -> ChannelFacts {
    let (at, low_hz) = match owner {
        Owner::Caller => (0, 697.0),
        Owner::Recipient => (450, 852.0),
    };
    let stretch = |from_ms, to_ms| Stretch { from_ms: from_ms + at, to_ms: to_ms + at };
    ChannelFacts {
        rms_dbfs: -24.0,
        active_ms: 4000,
        active_dbfs: Some(-20.0),
        floor_dbfs: Some(-70.0),
        spread_db: Some(50.0),
        peak_dbfs: Some(-6.0),
        markers: vec![marker(owner, 100 + at, -12.0), marker(owner, 7000 + at, -12.0)],
        two_tones: vec![tones(100 + at, low_hz), tones(7000 + at, low_hz)],
        stretches: vec![stretch(100, 500), stretch(1500, 2500), stretch(4000, 5000), stretch(7000, 7400)],
        ..ChannelFacts::default()
    }
}

fn caller() -> ChannelFacts {
    channel(Owner::Caller)
}

fn recipient() -> ChannelFacts {
    channel(Owner::Recipient)
}

fn silence() -> ChannelFacts {
    ChannelFacts { rms_dbfs: -120.0, ..ChannelFacts::default() }
}

fn leak(likeness: f64, level_db: f64) -> Leak {
    Leak { windows: 12, likeness, level_db: Some(level_db), ..Leak::default() }
}

fn pair(first: Leak, second: Leak) -> PairFacts {
    PairFacts { first_in_second: first, second_in_first: second, overlap: 0.1 }
}

fn good() -> MediaFacts {
    MediaFacts {
        container: "wav".to_owned(),
        codec: Some("pcm_s16le".to_owned()),
        sample_rate: Some(8000),
        channels: Some(2),
        declared_frames: Some(64_000),
        decoded_frames: 64_000,
        duration_ms: 8000,
        per_channel: vec![caller(), recipient()],
        pair: Some(pair(leak(0.06, -52.0), leak(0.06, -54.0))),
        ..MediaFacts::default()
    }
}

fn flawed(flaw: Flaw, mut media: MediaFacts) -> MediaFacts {
    media.flaws.insert(flaw, "it is so".to_owned());
    media.problems.push("it is so".to_owned());
    media
}

fn mp4() -> MediaFacts {
    MediaFacts {
        container: "mp4".to_owned(),
        codec: Some("aac".to_owned()),
        mp4: Some(Mp4Facts {
            brand: "isom".to_owned(),
            moov_first: Some(true),
            audio_tracks: 1,
            ..Mp4Facts::default()
        }),
        ..good()
    }
}

fn page() -> MediaFacts {
    MediaFacts { container: "html".to_owned(), ..MediaFacts::default() }
}

fn empty() -> MediaFacts {
    let nothing = MediaFacts {
        declared_frames: Some(0),
        decoded_frames: 0,
        duration_ms: 0,
        per_channel: Vec::new(),
        pair: None,
        ..good()
    };
    flawed(Flaw::NoSamples, nothing)
}

/// Of our own making: eight seconds.
fn with(media: MediaFacts) -> Story {
    let mut story = theirs(media);
    story.calls[0].recording =
        Some(RecordingFacts { duration_ms: 8000, parties: 2, ..RecordingFacts::default() });
    story.calls[0].turns = [(1, 1500), (2, 1950), (1, 4000), (2, 4450)]
        .map(|(party, from_ms)| SpokenTurn { party, from_ms, to_ms: from_ms + 1000 })
        .to_vec();
    story
}

fn theirs(media: MediaFacts) -> Story {
    let mut story = story(Vec::new());
    story.calls[0].media = Some(media);
    story.calls[0].direction = "OUTBOUND".to_owned();
    story.calls[0].transcription =
        Some(Transcription::Transcribed { transcript_id: 7001, turns: vec![2, 2] });
    story
}

/// The checks that fail.
fn failing(story: &Story) -> Vec<&'static str> {
    all().filter(|check| judge(check, story).word() == "fail").map(|check| check.id).collect()
}

fn word(id: &str, story: &Story) -> &'static str {
    judge(check(id), story).word()
}

#[test]
fn a_good_recording_fails_nothing_and_is_judged_throughout() {
    for media in
        [good(), mp4(), MediaFacts { container: "flac".to_owned(), codec: Some("flac".to_owned()), ..good() }]
    {
        for check in all() {
            let verdict = judge(check, &with(media.clone()));
            assert!(!matches!(verdict.word(), "fail" | "unjudged"), "{}: {verdict:?}", check.id);
        }
    }
    for id in
        ["media/order", "media/stable-order", "media/speed", "media/drift", "media/turns", "media/length"]
    {
        assert_eq!(judge(check(id), &with(good())), Verdict::Pass, "{id}");
    }
}

#[test]
fn what_was_not_examined_is_unjudged() {
    let ours = |id: &str| !matches!(id, "media/both-directions" | "media/repeatable" | "media/transcribed");
    for check in all().filter(|check| ours(check.id)) {
        assert_eq!(judge(check, &story(Vec::new())).word(), "unjudged", "{}", check.id);
    }
}

#[test]
fn what_is_no_recording_is_named_once() {
    assert_eq!(failing(&with(page())), ["media/container"]);
    let mp3 = MediaFacts { container: "mp3".to_owned(), codec: Some("mp3".to_owned()), ..good() };
    assert_eq!(failing(&with(mp3)), ["media/container", "media/codec"]);
    assert_eq!(failing(&with(flawed(Flaw::Mangled, good()))), ["media/container"]);
}

#[test]
fn each_flaw_of_a_file_has_its_check() {
    for (flaw, media, expected) in [
        (Flaw::DataSizeZero, good(), "media/wav-sizes"),
        (Flaw::DataSizeTooLarge, good(), "media/wav-sizes"),
        (Flaw::TwoDataChunks, good(), "media/wav-sizes"),
        (Flaw::TwoFormats, good(), "media/wav-sizes"),
        (Flaw::DataSizeUnknown, good(), "media/wav-header"),
        (Flaw::StrayBytes, good(), "media/wav-header"),
        (Flaw::RiffSize, good(), "media/wav-header"),
        (Flaw::FormatContradicts, good(), "media/wav-format"),
        (Flaw::NoMoov, mp4(), "media/mp4-structure"),
        (Flaw::NoSoundTrack, mp4(), "media/mp4-structure"),
        (Flaw::BoxTooLarge, mp4(), "media/mp4-structure"),
    ] {
        assert_eq!(failing(&with(flawed(flaw, media))), [expected], "{flaw:?}");
    }
    for flaw in [Flaw::NoTotal, Flaw::NoChecksum] {
        let flac = MediaFacts { container: "flac".to_owned(), codec: Some("flac".to_owned()), ..good() };
        assert_eq!(failing(&with(flawed(flaw, flac))), ["media/flac-header"]);
    }
}

#[test]
fn the_layout_of_an_mp4_is_judged_as_it_weighs() {
    let laid_out = |change: fn(&mut Mp4Facts)| {
        let mut media = mp4();
        media.mp4.iter_mut().for_each(change);
        failing(&with(media))
    };
    assert_eq!(laid_out(|mp4| mp4.moov_first = Some(false)), ["media/moov-first"]);
    assert_eq!(check("media/moov-first").level, crate::check::Level::Informational, "F11 is legal");
    assert_eq!(laid_out(|mp4| mp4.fragmented = true), ["media/fragments-indexed"]);
    assert_eq!(laid_out(|mp4| mp4.other_tracks = 1), ["media/one-track"]);
    assert_eq!(laid_out(|mp4| mp4.edit_skips_ms = Some(-1500)), ["media/edit-list"]);
    assert_eq!(laid_out(|mp4| mp4.brand = "3gp5".to_owned()), ["media/mp4-brand"]);
}

#[test]
fn a_header_alone_is_no_sound() {
    assert_eq!(failing(&with(empty())), ["media/decodes", "media/long-enough", "media/three-seconds"]);
}

#[test]
fn a_missing_second_half_fails() {
    let cut = MediaFacts { decoded_frames: 32_000, duration_ms: 4000, ..good() };
    assert_eq!(failing(&with(cut)), ["media/complete"]);
    let padded = MediaFacts { decoded_frames: 62_500, ..good() };
    assert_eq!(failing(&with(padded)), [""; 0]);
}

#[test]
fn lengths_are_compared_with_the_header_and_with_the_conversation() {
    let longer = MediaFacts { declared_frames: Some(32_000), ..good() };
    assert_eq!(failing(&with(longer)), ["media/declared-length"]);
    let slow =
        MediaFacts { decoded_frames: 128_000, declared_frames: Some(128_000), duration_ms: 16_000, ..good() };
    assert_eq!(failing(&with(slow.clone())), ["media/length"]);
    assert_eq!(failing(&theirs(slow)), [""; 0]);
    let short = MediaFacts { decoded_frames: 800, declared_frames: Some(800), duration_ms: 100, ..good() };
    assert_eq!(failing(&with(short)), ["media/long-enough", "media/three-seconds"]);
}

#[test]
fn packets_that_do_not_decode_fail_beyond_one_in_a_thousand() {
    let broken = MediaFacts { decode_errors: 5, ..good() };
    assert_eq!(failing(&with(broken)), ["media/decodes", "media/no-decode-errors"]);
    let long = MediaFacts {
        decode_errors: 1,
        decoded_frames: 10_000_000,
        declared_frames: Some(10_000_000),
        ..good()
    };
    assert_eq!(failing(&with(long)), ["media/no-decode-errors"]);
    let other = MediaFacts { checksum_ok: Some(false), ..good() };
    assert_eq!(failing(&with(other)), ["media/decodes"]);
}

#[test]
fn codecs_that_no_browser_plays_fail() {
    let coded = |container: &str, codec: &str| {
        let media = MediaFacts { container: container.to_owned(), codec: Some(codec.to_owned()), ..good() };
        judge(&CODEC, &with(media)).word()
    };
    for (container, codec) in [
        ("wav", "pcm_mulaw"),
        ("wav", "pcm_f32le"),
        ("flac", "flac"),
        ("mp4", "aac"),
        ("mp4", "aac_he"),
        ("mp4", "opus"),
    ] {
        assert_eq!(coded(container, codec), "pass", "{codec} in {container}");
    }
    for (container, codec) in
        [("wav", "adpcm_ms"), ("wav", "gsm"), ("mp4", "alac"), ("mp4", "ac3"), ("mp4", "aac_he_v2")]
    {
        assert_eq!(coded(container, codec), "fail", "{codec} in {container}");
    }
}

#[test]
fn rates_below_the_telephone_s_are_required_and_unusual_ones_recommended() {
    let at = |rate| failing(&with(MediaFacts { sample_rate: Some(rate), ..good() }));
    assert_eq!(at(6_000), ["media/wav-format"]);
    assert_eq!(at(12_345), ["media/sample-rate"]);
    assert_eq!(at(44_100), [""; 0]);
}

#[test]
fn what_the_kit_cannot_decode_is_unjudged() {
    let opus = MediaFacts { codec: Some("opus".to_owned()), undecodable: true, decoded_frames: 0, ..mp4() };
    assert_eq!(failing(&with(opus.clone())), ["media/common-codec"]);
    assert_eq!(judge(&DECODES, &with(opus)).word(), "unjudged");
    let he = MediaFacts { codec: Some("aac_he".to_owned()), ..mp4() };
    assert_eq!(word("media/order", &with(he)), "unjudged");
}

#[test]
fn mono_fails_once() {
    let mono = MediaFacts { channels: Some(1), per_channel: vec![caller()], pair: None, ..good() };
    assert_eq!(failing(&with(mono)), ["media/channels"]);
}

#[test]
fn a_silent_channel_is_required_only_where_the_voices_are_known() {
    let silent = MediaFacts { per_channel: vec![caller(), silence()], ..good() };
    let expected = ["media/silent-channel", "media/heard-channels", "media/level"];
    assert_eq!(failing(&with(silent.clone())), expected);
    assert_eq!(failing(&theirs(silent)), expected[1..]);
    // Hours on hold between two short turns: quiet as a whole, and nobody silent.
    let on_hold = |channel: ChannelFacts| ChannelFacts { rms_dbfs: -75.0, ..channel };
    let vast = MediaFacts { per_channel: vec![on_hold(caller()), on_hold(recipient())], ..good() };
    assert_eq!(failing(&with(vast)), [""; 0]);
}

#[test]
fn a_tone_in_place_of_a_voice_fails_once() {
    let tone = ChannelFacts {
        spread_db: Some(0.5),
        floor_dbfs: Some(-23.0),
        markers: Vec::new(),
        two_tones: Vec::new(),
        ..recipient()
    };
    let found = failing(&with(MediaFacts { per_channel: vec![caller(), tone], ..good() }));
    assert_eq!(found, ["media/voice"]);
    let offset = ChannelFacts { offset_percent: 99, ..recipient() };
    let found = failing(&with(MediaFacts { per_channel: vec![caller(), offset], ..good() }));
    assert_eq!(found, ["media/voice"]);
}

/// The measured table of checks.md 4.4: likeness and bleed from 1 to 2 and from 2 to 1.
#[test]
fn what_is_on_both_channels_is_told_by_likeness_and_level() {
    for (first, second, expected) in [
        (leak(0.06, -96.0), leak(0.05, -98.0), None),
        (leak(0.05, -41.0), leak(0.05, -42.0), None),
        (leak(0.07, -72.0), leak(0.07, -12.0), None),
        (leak(0.08, -32.0), leak(0.08, -42.0), None),
        (leak(1.0, -34.0), leak(1.0, -34.0), Some("media/faint-crosstalk")),
        (leak(1.0, -12.0), leak(1.0, -12.0), Some("media/crosstalk")),
        (leak(0.1, -60.0), leak(1.0, -12.0), Some("media/crosstalk")),
        (leak(1.0, 0.0), leak(1.0, 0.0), Some("media/same-audio")),
        (leak(0.98, -2.0), leak(0.97, -2.0), Some("media/same-audio")),
        (Leak::default(), leak(1.0, -6.0), Some("media/same-audio")),
        (leak(0.46, -52.0), leak(0.46, -52.0), None),
    ] {
        let media = MediaFacts { pair: Some(pair(first, second)), ..good() };
        assert_eq!(failing(&with(media)), expected.into_iter().collect::<Vec<_>>(), "{first:?} {second:?}");
    }
}

#[test]
fn markers_told_apart_by_their_level_are_no_reason_to_doubt_the_order() {
    let mut second = recipient();
    second.markers.insert(0, marker(Owner::Caller, 100, -24.0));
    let media = MediaFacts { per_channel: vec![caller(), second], ..good() };
    assert_eq!(judge(check("media/order"), &with(media)), Verdict::Pass);
}

#[test]
fn several_calls_show_whether_the_order_is_a_rule() {
    let calls = |which: &[(&str, bool)]| {
        let mut story = with(good());
        let one = story.calls[0].clone();
        story.calls = which
            .iter()
            .map(|(direction, right)| {
                let mut call = one.clone();
                call.direction = (*direction).to_owned();
                if !right {
                    call.media = Some(MediaFacts { per_channel: vec![recipient(), caller()], ..good() });
                }
                call
            })
            .collect();
        (word("media/both-directions", &story), word("media/repeatable", &story))
    };
    let (out, inb) = ("OUTBOUND", "INBOUND");
    assert_eq!(calls(&[(out, true), (inb, true), (out, true)]), ("pass", "pass"));
    assert_eq!(calls(&[(out, true), (inb, false), (out, true)]), ("fail", "pass"));
    assert_eq!(calls(&[(out, true), (inb, true), (out, false)]), ("not applicable", "fail"));
    assert_eq!(calls(&[(out, false), (inb, false), (out, false)]), ("not applicable", "pass"));
    assert_eq!(calls(&[(out, true), (out, true)]), ("not applicable", "not applicable"));
    assert_eq!(calls(&[(out, true)]), ("not applicable", "not applicable"));
}

#[test]
fn markers_at_another_pitch_are_another_speed_and_nothing_else() {
    let at = |factor: f64, channel: ChannelFacts| ChannelFacts {
        markers: Vec::new(),
        two_tones: channel.two_tones.iter().map(|t| tones(t.from_ms, t.low_hz * factor)).collect(),
        ..channel
    };
    for factor in [0.5, 1.02, 2.0, 6.0] {
        let fast = MediaFacts { per_channel: vec![caller(), at(factor, recipient())], ..good() };
        assert_eq!(failing(&with(fast.clone())), ["media/speed"], "{factor}");
        assert!(!failing(&theirs(fast)).contains(&"media/speed"));
    }
    let near = MediaFacts {
        per_channel: vec![caller(), ChannelFacts { two_tones: vec![tones(100, 855.0)], ..recipient() }],
        ..good()
    };
    assert_eq!(failing(&with(near)), [""; 0]);
}

#[test]
fn a_leg_that_runs_ahead_drifts() {
    let mut second = recipient();
    second.markers[1] = marker(Owner::Recipient, 7150, -12.0);
    let media = MediaFacts { per_channel: vec![caller(), second], ..good() };
    assert_eq!(failing(&with(media)), ["media/drift"]);
}

#[test]
fn three_speakers_want_three_channels() {
    let mut story = with(good());
    story.calls[0].recording.iter_mut().for_each(|recording| recording.parties = 3);
    assert_eq!(failing(&story), ["media/parties"]);
}

#[test]
fn clipped_faint_and_unequal_channels_are_told() {
    for second in [
        ChannelFacts { near_full_scale_ppm: 2_000, ..recipient() },
        ChannelFacts { active_dbfs: Some(-47.0), ..recipient() },
        ChannelFacts { active_dbfs: Some(-42.0), ..recipient() },
    ] {
        let media = MediaFacts { per_channel: vec![caller(), second], ..good() };
        assert_eq!(failing(&with(media)), ["media/level"]);
    }
}

#[test]
fn no_transcript_is_a_recommended_finding_with_hubspot_s_reason() {
    let mut story = with(good());
    story.calls[0].transcription = Some(Transcription::Refused { reason: "no seat".to_owned() });
    assert_eq!(failing(&story), ["media/transcribed"]);
    story.calls[0].transcription = Some(Transcription::Transcribed { transcript_id: 1, turns: vec![3, 0] });
    assert_eq!(failing(&story), ["media/transcribed"]);
    story.calls[0].transcription = Some(Transcription::Unknown { reason: "opus".to_owned() });
    assert_eq!(word("media/transcribed", &story), "unjudged");
}

#[test]
fn the_worst_of_several_calls_stands() {
    let mut two = with(good());
    let mut second = two.calls[0].clone();
    second.media = Some(page());
    two.calls.push(second.clone());
    two.calls.push(second);
    let Verdict::Fail { finding } = judge(&CONTAINER, &two) else { unreachable!("a page must fail") };
    assert_eq!((finding.received.as_str(), finding.more), ("an HTML page", 1));
}
