//! The transcript of a call, or the reason why there is none: the one place of the page for it.

use crate::media::MediaFacts;
use crate::page::parts;
use crate::portal::{CallRecord, Portal, Seat, TranscriptSource};
use crate::server::Shared;
use crate::transcription::Transcription;
use maud::{Markup, html};
use serde_json::Value;

pub(super) fn section(shared: &Shared, call: &CallRecord, facts: Option<&MediaFacts>) -> Markup {
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
                        _ => (reason(portal, call, facts)),
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

/// The first of HubSpot's conditions that is not met (guide, Requirements).
pub(super) fn reason(portal: &Portal, call: &CallRecord, facts: Option<&MediaFacts>) -> String {
    if call.marked_ready == 0 {
        return "HubSpot starts to transcribe when the recording is marked as ready.".into();
    }
    let owner = call.properties.get("hubspot_owner_id").and_then(|id| id.parse().ok());
    match owner.and_then(|id| portal.owner(id)) {
        None => return "HubSpot transcribes calls of owners with a paid seat, and this call has no owner of the portal.".into(),
        Some(owner) if owner.seat == Seat::None => {
            return format!(
                "HubSpot transcribes calls of paid Sales or Service seats; {} {} has none.",
                owner.first_name, owner.last_name
            );
        }
        Some(_) => {}
    }
    let Some(facts) = facts else { return "HubSpot has no recording that it could transcribe.".into() };
    if !["wav", "flac", "mp4"].contains(&facts.container.as_str()) {
        return format!("HubSpot transcribes WAV, FLAC and MP4; this recording is {}.", facts.container);
    }
    match facts.channels {
        Some(2) => "HubSpot would transcribe this recording; it is being listened to.".into(),
        Some(n) => format!("HubSpot wants a channel for each speaker; this recording has {n}."),
        None => "What is in this recording could not be recognised.".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::PortalSetup;

    #[test]
    fn the_first_unmet_condition_is_the_reason() {
        let portal = Portal::new(PortalSetup::default());
        let call = |owner: &str, marked_ready| {
            let mut call = portal.record((crate::wire::ObjectType::Contacts, 101)).expect("a record");
            call.marked_ready = marked_ready;
            call.properties = [("hubspot_owner_id".to_owned(), owner.to_owned())].into();
            call
        };
        let facts = |container: &str, channels| MediaFacts {
            container: container.into(),
            channels: Some(channels),
            ..MediaFacts::default()
        };
        let why =
            |owner, ready, facts: Option<MediaFacts>| reason(&portal, &call(owner, ready), facts.as_ref());
        assert!(why("71", 0, None).contains("marked as ready"));
        assert!(why("9", 1, None).contains("no owner"));
        assert!(why("73", 1, None).contains("Nora Noseat has none"));
        assert!(why("71", 1, None).contains("no recording"));
        assert!(why("71", 1, Some(facts("mp3", 2))).contains("is mp3"));
        assert!(why("71", 1, Some(facts("wav", 1))).contains("has 1"));
        assert!(why("71", 1, Some(facts("flac", 2))).contains("would transcribe"));
    }
}
