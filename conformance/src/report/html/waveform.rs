//! The recording as it is heard: the outline of each channel, and the turns in which it speaks.

use super::story::seconds;
use super::{MOST, number, story_anchor};
use crate::evidence::{Call, Story};
use crate::report::text::line;
use maud::{Markup, html};
use mock_hubspot::media::{ChannelFacts, MediaFacts};
use std::fmt::Write as _;

/// Channels that are drawn.
const CHANNELS: usize = 8;
/// Half the height of a drawing, in its own units.
const HALF: u64 = 256;

pub(super) fn waveform(index: usize, story: &Story, nth: usize, call: &Call) -> Markup {
    let Some(media) = &call.media else { return html! {} };
    let anchor = format!("{}-media-{}", story_anchor(index), nth + 1);
    html! {
        section.picture aria-labelledby=(anchor) {
            h4 id=(anchor) {
                "What is heard"
                @if story.calls.len() > 1 { " in call " (line(&call.external_id, 80)) }
            }
            p.meta { (line(&what(media), MOST)) }
            @for problem in &media.problems { p.note { (line(problem, MOST)) } }
            @if media.undecodable { p.note { "This codec is one that the kit cannot decode; nothing is known of the sound." } }
            @for (n, channel) in media.per_channel.iter().enumerate().take(CHANNELS) {
                (drawn(&anchor, n, channel, media))
            }
            @if !media.per_channel.is_empty() && media.duration_ms > 0 {
                div.axis aria-hidden="true" {
                    @for quarter in 0..=4 { span { (seconds(media.duration_ms * quarter / 4)) " s" } }
                }
            }
        }
    }
}

fn what(media: &MediaFacts) -> String {
    let mut parts = vec![media.container.clone()];
    parts.extend(media.codec.clone());
    parts.extend(media.sample_rate.map(|rate| format!("{} Hz", number(u64::from(rate)))));
    parts.extend(
        media.channels.map(|n| if n == 1 { "1 channel".to_owned() } else { format!("{n} channels") }),
    );
    parts.push(format!("{} s", seconds(media.duration_ms)));
    if media.decode_errors > 0 {
        parts.push(format!("{} packets could not be decoded", media.decode_errors));
    }
    parts.join(" · ")
}

fn drawn(anchor: &str, n: usize, channel: &ChannelFacts, media: &MediaFacts) -> Markup {
    let whole = media.duration_ms.max(1);
    let title = format!("{anchor}-{}", n + 1);
    let class = if n.is_multiple_of(2) { "one" } else { "two" };
    html! {
        div.channel {
            p.label id=(title) {
                span.{"key " (class)} aria-hidden="true" {} " "
                strong { "Channel " (n + 1) } " " (heard(channel))
            }
            svg.{"wave " (class)} viewBox={"0 0 " (whole) " " (2 * HALF)} preserveAspectRatio="none" role="img" aria-labelledby=(title) {
                @for turn in channel.stretches.iter().take(2_000) {
                    rect.turn x=(turn.from_ms) y="0" width=(turn.to_ms.saturating_sub(turn.from_ms)) height=(2 * HALF) {}
                }
                line.zero x1="0" x2=(whole) y1=(HALF) y2=(HALF) {}
                path d=(outline(channel, media)) {}
            }
            (turns(channel))
        }
    }
}

/// Whose marker a channel carries, and how loud it is.
fn heard(channel: &ChannelFacts) -> String {
    let who = match (channel.caller_marker_ms > 0, channel.recipient_marker_ms > 0) {
        (true, false) => "carries the caller's marker",
        (false, true) => "carries the recipient's marker",
        (true, true) => "carries the markers of both parties",
        (false, false) => "carries no marker of the kit",
    };
    let turns = match channel.stretches.len() {
        0 => "nobody is heard".to_owned(),
        1 => "heard in 1 stretch".to_owned(),
        n => format!("heard in {n} stretches"),
    };
    format!(
        "{who} · {turns}, {} s in all · {:.1} dBFS on average",
        seconds(channel.active_ms),
        channel.rms_dbfs
    )
}

fn turns(channel: &ChannelFacts) -> Markup {
    const NAMED: usize = 40;
    let turns: Vec<_> = channel
        .stretches
        .iter()
        .take(NAMED)
        .map(|turn| format!("{}–{} s", seconds(turn.from_ms), seconds(turn.to_ms)))
        .collect();
    let more = channel.stretches.len().saturating_sub(NAMED);
    html! {
        @if !turns.is_empty() {
            p.unseen { "Turns: " (turns.join(", ")) @if more > 0 { " and " (more) " more" } }
        }
    }
}

/// The outline as one closed path, in milliseconds across and full scale up and down.
fn outline(channel: &ChannelFacts, media: &MediaFacts) -> String {
    let envelope = &channel.envelope;
    let rate = u64::from(media.sample_rate.unwrap_or(0)).max(1);
    let at = |piece: usize| (piece as u64 * envelope.step_frames * 1000 / rate).min(media.duration_ms);
    let mut path = String::new();
    let mut go = |x: u64, y: u64| {
        let letter = if path.is_empty() { 'M' } else { 'L' };
        let _ = write!(path, "{letter}{x} {y}");
    };
    for (piece, peak) in envelope.peaks.iter().enumerate() {
        let y = HALF - u64::from(*peak);
        go(at(piece), y);
        go(at(piece + 1), y);
    }
    for (piece, peak) in envelope.peaks.iter().enumerate().rev() {
        let y = HALF + u64::from(*peak);
        go(at(piece + 1), y);
        go(at(piece), y);
    }
    if !path.is_empty() {
        path.push('Z');
    }
    path
}
