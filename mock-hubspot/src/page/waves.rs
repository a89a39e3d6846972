//! The waveform of each channel with its turns, as inline SVG. Pure: drawn from what `media` heard.

use super::parts;
use crate::media::{ChannelFacts, MediaFacts};
use maud::{Markup, html};
use std::fmt::Write as _;

const WIDTH: usize = 1000;
/// Of the wave itself; its turns are below.
const HEIGHT: f64 = 56.0;
const TURNS: f64 = 6.0;
/// Columns that are drawn; more than a screen has help nobody.
const COLUMNS: usize = 500;
/// More channels than that are not drawn.
const MOST_CHANNELS: usize = 8;
const MOST_TURNS: usize = 400;

/// One strip per channel: HubSpot takes the first for the caller and the second for the recipient (guide, Requirements).
pub(super) fn figure(facts: &MediaFacts) -> Markup {
    if facts.duration_ms == 0 || facts.per_channel.is_empty() {
        return html! {};
    }
    html! {
        figure.waves data-waves {
            @for (n, channel) in facts.per_channel.iter().take(MOST_CHANNELS).enumerate() {
                div.strip {
                    div.who { strong { (speaker(n, facts.per_channel.len())) } div.under { (spoken(channel)) } }
                    (strip(n, channel, facts.duration_ms))
                }
            }
            figcaption.under { "0:00" span { (parts::clock(facts.duration_ms)) } }
        }
    }
}

fn speaker(channel: usize, channels: usize) -> String {
    match (channel, channels) {
        (0, 1) => "One channel for both".into(),
        (0, _) => "1 · caller".into(),
        (1, _) => "2 · recipient".into(),
        (n, _) => format!("{} · ?", n + 1),
    }
}

fn spoken(channel: &ChannelFacts) -> String {
    match channel.stretches.len() {
        0 => "silent".into(),
        1 => format!("1 turn, {}", parts::clock(channel.active_ms)),
        n => format!("{n} turns, {}", parts::clock(channel.active_ms)),
    }
}

fn strip(n: usize, channel: &ChannelFacts, duration_ms: u64) -> Markup {
    let label = format!("Channel {}: {}", n + 1, spoken(channel));
    let x = |ms: u64| ms.min(duration_ms) as f64 * WIDTH as f64 / duration_ms as f64;
    let height = HEIGHT + TURNS + 4.0;
    html! {
        svg.wave data-channel=(n + 1) viewBox={ "0 0 " (WIDTH) " " (height) } preserveAspectRatio="none" role="img" aria-label=(label) {
            path d=(outline(&channel.envelope.peaks)) {}
            @for turn in channel.stretches.iter().take(MOST_TURNS) {
                rect.turn x=(rounded(x(turn.from_ms))) y=(HEIGHT + 4.0) width=(rounded((x(turn.to_ms) - x(turn.from_ms)).max(1.0))) height=(TURNS) rx="2" {}
            }
            line.head x1="0" x2="0" y1="0" y2=(height) {}
        }
    }
}

fn rounded(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// Upper edge from left to right, then the lower one back.
fn outline(steps: &[u8]) -> String {
    let columns: Vec<u8> = if steps.len() <= COLUMNS {
        steps.to_vec()
    } else {
        let at = |column: usize| column * steps.len() / COLUMNS;
        let loudest = |column| steps[at(column)..at(column + 1)].iter().copied().max().unwrap_or(0);
        (0..COLUMNS).map(loudest).collect()
    };
    let (middle, half) = (HEIGHT / 2.0, HEIGHT / 2.0 - 1.0);
    let x = |i: usize| rounded(i as f64 * WIDTH as f64 / (columns.len().max(2) - 1) as f64);
    // The square root lets quiet speech be seen.
    let up = |step: u8| rounded(((f64::from(step) / 255.0).sqrt() * half).max(0.5));
    let mut path = String::from("M0 28");
    for (i, step) in columns.iter().enumerate() {
        let _ = write!(path, "L{} {}", x(i), rounded(middle - up(*step)));
    }
    for (i, step) in columns.iter().enumerate().rev() {
        let _ = write!(path, "L{} {}", x(i), rounded(middle + up(*step)));
    }
    path.push('Z');
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media;

    /// A second of silence and a second of a tone on the first of two channels.
    fn wav() -> Vec<u8> {
        let mut data = Vec::new();
        for n in 0..16_000_u32 {
            let sample = if n < 8000 { 0.0 } else { (f64::from(n) * 0.3).sin() * 16_000.0 };
            data.extend((sample as i16).to_le_bytes());
            data.extend([0, 0]);
        }
        let mut bytes = b"RIFF".to_vec();
        bytes.extend((36 + data.len() as u32).to_le_bytes());
        bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
        bytes.extend(8000_u32.to_le_bytes());
        bytes.extend(32_000_u32.to_le_bytes());
        bytes.extend(b"\x04\0\x10\0data");
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn a_turn_is_drawn_where_it_is_heard() {
        let facts = media::examine(std::io::Cursor::new(wav()));
        let shown = figure(&facts).into_string();
        assert!(shown.contains("Channel 1: 1 turn, 0:01"), "{shown}");
        assert!(shown.contains("Channel 2: silent"), "{shown}");
        assert!(shown.contains("<rect class=\"turn\" x=\"500\""), "{shown}");
        assert_eq!(shown.matches("class=\"turn\"").count(), 1);
    }

    #[test]
    fn a_recording_without_sound_is_not_drawn() {
        assert_eq!(figure(&MediaFacts::default()).into_string(), "");
    }
}
