//! The recording of a call: a player that is fed as HubSpot's is, and what is heard in it.

use super::{HOME, parts, waves};
use crate::media::MediaFacts;
use crate::portal::CallRecord;
use crate::progress::Stage;
use crate::server::Shared;
use crate::sounds::Sound;
use maud::{Markup, html};

pub(super) fn section(
    shared: &Shared,
    call: &CallRecord,
    stage: &Stage,
    sound: Option<&Sound>,
    facts: Option<&MediaFacts>,
) -> Markup {
    html! {
        section.recording aria-labelledby="recording-title" {
            h2 id="recording-title" { "Recording" }
            @if shared.retriever.is_none() {
                p.quiet { "This mock was started without HubSpot's own side: nothing is fetched or played." }
            } @else {
                div.player data-player=(call.id) {
                    audio id="audio" controls preload="none" aria-label="Recording" src=(source(call.id)) {}
                    div.keys {
                        button type="button" data-seek="-10" { "−10 s" }
                        button type="button" data-seek="10" { "+10 s" }
                        label { "Speed " select data-speed {
                            @for speed in ["0.5", "1", "1.5", "2"] { option value=(speed) selected[speed == "1"] { (speed) "×" } }
                        } }
                        (parts::act(&format!("{HOME}/calls/{}/retrieve", call.id), "Fetch again"))
                    }
                    p.problem data-trouble role="alert" hidden {}
                }
                p.under { "Played as HubSpot plays it: your endpoint is asked, then the browser loads the authenticated URL with "
                    code { "Range" } ". Also at " a href=(source(call.id)) { (source(call.id)) } "." }
                div id="sound" data-live { (heard(stage, sound, facts)) }
            }
        }
    }
}

/// Where the player gets the recording.
pub(super) fn source(call: u64) -> String {
    format!("/_mock/calls/{call}/recording")
}

fn heard(stage: &Stage, sound: Option<&Sound>, facts: Option<&MediaFacts>) -> Markup {
    html! {
        @match stage {
            Stage::Logged => p.quiet { "Not marked as ready: HubSpot has not asked for it." },
            Stage::Waiting => p.quiet { "HubSpot is asking for it." },
            Stage::Failed { exchange, why } => p.problem { "HubSpot could not fetch it: " (why) ". " a href={ (HOME) "/journal/" (exchange) } { "Exchange " (exchange) } },
            Stage::Fetched { .. } => {},
        }
        @if let (Some(sound), Some(facts)) = (sound, facts) {
            p.summary { (summary(facts)) " · " (parts::size(sound.length)) }
            @for problem in &facts.problems { p.problem { (problem) } }
            (waves::figure(facts))
        } @else if let Some(sound) = sound {
            p.quiet { "Its " (parts::size(sound.length)) " were not kept; playing it loads them again." }
        }
    }
}

/// Container, codec, rate, channels, duration.
fn summary(facts: &MediaFacts) -> String {
    let mut words = vec![facts.container.to_uppercase()];
    words.extend(facts.codec.clone());
    words.extend(facts.sample_rate.map(|rate| format!("{} kHz", f64::from(rate) / 1000.0)));
    words.extend(facts.channels.map(|n| if n == 1 { "1 channel".into() } else { format!("{n} channels") }));
    if facts.duration_ms > 0 {
        words.push(parts::clock(facts.duration_ms));
    }
    if facts.undecodable {
        words.push("cannot be decoded here".into());
    }
    words.join(" · ")
}
