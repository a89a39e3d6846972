use super::*;
use crate::catalogue::ranges::sample::{judge, story};
use crate::evidence::{RecordingFacts, Story};
use crate::verdict::Verdict;
use mock_hubspot::media::{ChannelFacts, MediaFacts};

fn channel(caller: u64, recipient: u64) -> ChannelFacts {
    let heard = serde_json::json!({
        "rms_dbfs": -24.0, "active_ms": 4000, "caller_marker_ms": caller, "recipient_marker_ms": recipient,
    });
    serde_json::from_value(heard).expect("these are the facts of a channel")
}

fn silence() -> ChannelFacts {
    ChannelFacts { rms_dbfs: -120.0, ..ChannelFacts::default() }
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
        per_channel: vec![channel(800, 0), channel(0, 800)],
        ..MediaFacts::default()
    }
}

fn page() -> MediaFacts {
    MediaFacts { container: "html".to_owned(), ..MediaFacts::default() }
}

fn empty() -> MediaFacts {
    MediaFacts {
        declared_frames: Some(0),
        decoded_frames: 0,
        duration_ms: 0,
        per_channel: Vec::new(),
        problems: vec!["data chunk says 0 bytes and the file ends there: a header without sound".to_owned()],
        ..good()
    }
}

fn with(media: MediaFacts) -> Story {
    let mut story = story(Vec::new());
    story.calls[0].media = Some(media);
    story.calls[0].recording = Some(RecordingFacts::default());
    story
}

fn theirs(media: MediaFacts) -> Story {
    let mut story = with(media);
    story.calls[0].recording = None;
    story
}

/// The checks that fail.
fn failing(story: &Story) -> Vec<&'static str> {
    CHECKS.iter().filter(|check| judge(check, story).word() == "fail").map(|check| check.id).collect()
}

#[test]
fn a_good_recording_passes_everything() {
    for check in CHECKS {
        assert_eq!(judge(check, &with(good())), Verdict::Pass, "{}", check.id);
    }
}

#[test]
fn what_was_not_examined_is_unjudged() {
    for check in CHECKS {
        assert_eq!(judge(check, &story(Vec::new())).word(), "unjudged", "{}", check.id);
    }
}

#[test]
fn what_is_no_recording_is_named_once() {
    assert_eq!(failing(&with(page())), ["media/container"]);
    let mp3 = MediaFacts { container: "mp3".to_owned(), codec: Some("mp3".to_owned()), ..good() };
    assert_eq!(failing(&with(mp3)), ["media/container", "media/codec"]);
    assert_eq!(failing(&with(MediaFacts { container: "mp3".to_owned(), ..page() })).len(), 2);
}

#[test]
fn a_header_alone_is_no_sound() {
    assert_eq!(failing(&with(empty())), ["media/decodes", "media/long-enough"]);
}

#[test]
fn sizes_of_zero_over_sound_fail() {
    let zero = MediaFacts {
        declared_frames: Some(0),
        problems: vec!["data chunk says 0 bytes, 256000 are there".to_owned()],
        ..good()
    };
    assert_eq!(failing(&with(zero)), ["media/wav-sizes"]);
    let unknown = MediaFacts { declared_frames: None, ..good() };
    assert_eq!(failing(&with(unknown)), [""; 0]);
}

#[test]
fn a_missing_second_half_fails() {
    let cut = MediaFacts { decoded_frames: 32_000, duration_ms: 4000, ..good() };
    assert_eq!(failing(&with(cut)), ["media/complete"]);
    let padded = MediaFacts { decoded_frames: 62_500, ..good() };
    assert_eq!(failing(&with(padded)), [""; 0]);
}

#[test]
fn a_short_recording_fails() {
    let short = MediaFacts { decoded_frames: 800, declared_frames: Some(800), duration_ms: 100, ..good() };
    assert!(failing(&with(short)).contains(&"media/long-enough"));
}

#[test]
fn packets_that_do_not_decode_fail_beyond_one_in_a_thousand() {
    let broken = MediaFacts { decode_errors: 5, ..good() };
    assert_eq!(failing(&with(broken)), ["media/decodes"]);
    let long = MediaFacts {
        decode_errors: 1,
        decoded_frames: 10_000_000,
        declared_frames: Some(10_000_000),
        ..good()
    };
    assert_eq!(failing(&with(long)), [""; 0]);
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
fn what_the_kit_cannot_decode_is_unjudged() {
    let opus = MediaFacts { container: "mp4".to_owned(), codec: Some("opus".to_owned()), ..empty() };
    assert_eq!(failing(&with(opus.clone())), [""; 0]);
    assert_eq!(judge(&DECODES, &with(opus)).word(), "unjudged");
    let he = MediaFacts { container: "mp4".to_owned(), codec: Some("aac_he".to_owned()), ..good() };
    assert_eq!(judge(&ORDER, &with(he)).word(), "unjudged");
}

#[test]
fn mono_fails_once() {
    let mono = MediaFacts { channels: Some(1), per_channel: vec![channel(800, 800)], ..good() };
    assert_eq!(failing(&with(mono)), ["media/channels"]);
}

#[test]
fn a_silent_channel_is_required_only_where_the_voices_are_known() {
    let silent = MediaFacts { per_channel: vec![channel(800, 0), silence()], ..good() };
    assert_eq!(failing(&with(silent.clone())), ["media/silent-channel", "media/heard-channels"]);
    assert_eq!(failing(&theirs(silent)), ["media/heard-channels"]);
}

#[test]
fn the_same_mix_on_both_channels_fails_once() {
    let mix = MediaFacts { per_channel: vec![channel(800, 800), channel(800, 800)], ..good() };
    assert_eq!(failing(&with(mix)), ["media/same-audio"]);
    let copied = MediaFacts { per_channel: vec![channel(0, 0), channel(0, 0)], ..good() };
    assert_eq!(failing(&theirs(copied)), ["media/same-audio"]);
}

#[test]
fn swapped_channels_fail() {
    let swapped = MediaFacts { per_channel: vec![channel(0, 800), channel(800, 0)], ..good() };
    assert_eq!(failing(&with(swapped.clone())), ["media/order"]);
    assert_eq!(failing(&theirs(swapped)), ["media/order"]);
    let missing = MediaFacts { per_channel: vec![channel(800, 0), channel(0, 40)], ..good() };
    assert_eq!(failing(&with(missing)), ["media/order"]);
}

#[test]
fn order_without_markers_is_unjudged() {
    let other = ChannelFacts { rms_dbfs: -30.0, ..channel(0, 0) };
    let unmarked = theirs(MediaFacts { per_channel: vec![channel(0, 0), other], ..good() });
    assert_eq!(
        judge(&ORDER, &unmarked),
        Verdict::unjudged("order of channels not verifiable without markers")
    );
    assert_eq!(judge(&SAME_AUDIO, &unmarked), Verdict::Pass);
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
