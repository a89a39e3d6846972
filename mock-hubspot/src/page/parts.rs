//! Small things that many views show.

use crate::control::journal::kind;
use crate::journal::{Direction, Entry, Outcome};
use crate::portal::moment;
use crate::progress::Stage;
use jiff::Timestamp;
use maud::{Markup, html};

/// A state in a word, with its colour: `good`, `bad`, `warn`, `busy` or `idle`.
pub(super) fn pill(colour: &str, text: &str) -> Markup {
    html! { span.pill data-colour=(colour) { (text) } }
}

pub(super) fn stage(stage: &Stage) -> Markup {
    let colour = match stage {
        Stage::Logged => "idle",
        Stage::Waiting => "busy",
        Stage::Fetched { .. } => "good",
        Stage::Failed { .. } => "bad",
    };
    pill(colour, stage.name())
}

/// The status that was answered, or why there is none, coloured by what became of it.
pub(super) fn outcome(entry: &Entry) -> Markup {
    let colour = match &entry.outcome {
        Outcome::Served => "good",
        Outcome::Refused(_) | Outcome::Failed(_) => "bad",
        Outcome::Unmatched | Outcome::Weather(_) => "warn",
        Outcome::Pending => "busy",
    };
    let kind = kind(&entry.outcome);
    match &entry.reply {
        Some(reply) => pill(colour, &format!("{} {kind}", reply.status)),
        None => pill(colour, kind),
    }
}

/// A moment, which the script shows in the reader's own time.
pub(super) fn time(at: Timestamp) -> Markup {
    let text = moment::written(at);
    let clock = text.get(11..19).unwrap_or_default().to_owned();
    html! { time datetime=(text) data-local title=(text) { (clock) " UTC" } }
}

/// `1:05`, or `1:02:03`.
pub(super) fn clock(ms: u64) -> String {
    let seconds = (ms + 500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// `1.2 MB`
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Who asked whom.
pub(super) const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Arrived => "integration → HubSpot",
        Direction::AskedForUrl => "HubSpot → endpoint",
        Direction::FetchedRecording => "HubSpot → recording",
    }
}

/// The path and query of a request, without the host where it is this one.
pub(super) fn line(entry: &Entry) -> Markup {
    html! { span.method { (entry.request.method) } " " span.target { (entry.request.target) } }
}

/// A button that does something at once.
pub(super) fn act(action: &str, label: &str) -> Markup {
    html! { form.inline method="post" action=(action) { button { (label) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_sizes_are_written_for_people() {
        assert_eq!([clock(499), clock(65_000), clock(3_723_000)], ["0:00", "1:05", "1:02:03"]);
        assert_eq!([size(12), size(1280), size(1_280_044)], ["12 B", "1.3 kB", "1.3 MB"]);
    }

    #[test]
    fn whatever_was_sent_is_text() {
        let shown = pill("good", "<script>alert(1)</script>\" onload=\"x").into_string();
        assert!(!shown.contains("<script") && !shown.contains("onload=\"x\""), "{shown}");
    }
}
