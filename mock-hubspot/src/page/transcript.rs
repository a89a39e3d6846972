//! The transcript of a call, or the reason why there is none: the one place of the page for it.

use crate::page::parts;
use crate::portal::{CallRecord, TranscriptSource};
use crate::server::Shared;
use crate::transcription::Transcription;
use maud::{Markup, html};
use serde_json::Value;

pub(super) fn section(shared: &Shared, call: &CallRecord) -> Markup {
    let portal = &shared.portal;
    let transcript = portal.transcript_of_call(call.id).and_then(|id| portal.transcript(id));
    let known = shared.retriever.as_ref().and_then(|retriever| retriever.transcriber().of(call.id));
    html! {
        section id="transcript" data-live aria-labelledby="transcript-title" {
            h2 id="transcript-title" { "Transcript" }
            @match transcript {
                Some(transcript) => {
                    p.under {
                        @match transcript.source {
                            TranscriptSource::Integrator => "Handed in by the integration as transcript ",
                            TranscriptSource::HubSpot => "HubSpot's own: who is heard when, not what is said; transcript ",
                        }
                        (transcript.id)
                    }
                    ol.turns { @for utterance in &transcript.utterances { (turn(utterance)) } }
                }
                None => p.quiet {
                    "None. "
                    @match known {
                        Some(Transcription::Unknown { reason } | Transcription::Refused { reason }) => {
                            "HubSpot's side says: " (reason) "."
                        }
                        _ => (not_yet(call)),
                    }
                },
            }
        }
    }
}

fn turn(utterance: &Value) -> Markup {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let at = utterance["startTimeMillis"].as_u64().unwrap_or_default();
    let speaker = text(&utterance["speaker"]["name"]);
    html! {
        li {
            button.at type="button" data-to=(at) { (parts::clock(at)) }
            strong { (speaker) } " " span { (text(&utterance["text"])) }
        }
    }
}

/// Why HubSpot's side has said nothing yet; what it decides is for `transcription.rs` to say.
fn not_yet(call: &CallRecord) -> &'static str {
    if call.marked_ready == 0 {
        "HubSpot starts to transcribe when the recording is marked as ready."
    } else {
        "HubSpot is about to listen to the recording."
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::{Portal, PortalSetup};

    #[test]
    fn what_is_missing_first_is_said() {
        let portal = Portal::new(PortalSetup::default());
        let call = portal.record((crate::wire::ObjectType::Contacts, 101)).expect("a record");
        let mut call = CallRecord::clone(&call);
        assert!(not_yet(&call).contains("marked as ready"));
        call.marked_ready = 1;
        assert!(not_yet(&call).contains("about to listen"));
    }
}
