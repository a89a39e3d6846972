//! Transcripts that an integration hands in for a call.

use super::decode::Json;
use super::members::Members;
use super::settings::engagement;
use super::{Answer, Asked};
use crate::portal::{Transcript, Write};
use crate::refusal::Refusal;
use crate::switches::{Leniency, TranscriptProperties, UnknownTranscript};
use crate::texts::Texts;
use crate::wire::{ObjectType, moment};
use serde_json::{Map, Value, json};

const UTTERANCES: &str = "transcriptCreateUtterances";

pub(super) fn create(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let json = Json::of(asked)?;
    let members = Members::of(&json, "TranscriptCreateRequest")?;
    members.require(&["engagementId", UTTERANCES])?;
    let call = engagement(asked, &json)?;
    let given = members.list(UTTERANCES, "java.util.ArrayList<TranscriptCreateUtterance>")?;
    let given = given.map(Vec::as_slice).unwrap_or_default();
    if given.is_empty() && asked.switches.empty_transcript == Leniency::Refuse {
        return Err(Refusal::invalid(format!("{UTTERANCES} must not be empty")));
    }
    let mut utterances = Vec::new();
    for (place, one) in given.iter().enumerate() {
        let one = members.within(UTTERANCES, "TranscriptCreateUtterance", one)?;
        utterances.push(utterance(asked, place, &one)?);
    }
    if !asked.portal.has((ObjectType::Calls, call)) {
        return Err(Refusal::not_found());
    }
    let again = asked.portal.was_handed_in(call);
    if again && asked.switches.second_transcript == Leniency::Refuse {
        return Err(Refusal::conflict("A transcript already exists for this engagement."));
    }
    let transcript = asked.portal.add_transcript(call, utterances);
    tell(asked, call, Some(transcript.id));
    Ok(Answer::ok(&json!({ "id": transcript.id.to_string() })))
}

pub(super) fn read(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let transcript = asked.portal.transcript(id(asked)?).ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(&view(&transcript)))
}

pub(super) fn delete(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let Some(transcript) = asked.portal.delete_transcript(id(asked)?) else {
        return match asked.switches.delete_missing_transcript {
            UnknownTranscript::NotFound => Err(Refusal::not_found()),
            UnknownTranscript::Accept => Ok(Answer::no_content()),
        };
    };
    tell(asked, transcript.engagement_id, asked.portal.transcript_of_call(transcript.engagement_id));
    Ok(Answer::no_content())
}

fn id(asked: &Asked<'_>) -> Result<u64, Refusal> {
    asked.param("transcriptId").parse().map_err(|_| Refusal::bad_path_parameter("transcriptId"))
}

/// What shows in the call's properties.
fn tell(asked: &Asked<'_>, call: u64, transcript: Option<u64>) {
    if asked.switches.transcript_properties == TranscriptProperties::Set {
        let id = transcript.map(|id| id.to_string()).unwrap_or_default();
        let has = if transcript.is_some() { "true" } else { "" };
        let properties =
            Texts::from_iter([("hs_call_has_transcript", has), ("hs_call_transcription_id", &id)]);
        // Nothing unique is written, so nothing can be taken.
        let _ = asked.portal.write(ObjectType::Calls, vec![Write::Change(call, properties)]);
    }
}

/// One utterance as it is kept: what was given, valid and complete.
fn utterance(asked: &Asked<'_>, place: usize, given: &Members<'_>) -> Result<Value, Refusal> {
    given.require(&["speaker", "text", "startTimeMillis", "endTimeMillis"])?;
    let java_type = "TranscriptCreateUtterance$Speaker";
    let mut speaker = Map::new();
    if let Some(who) = given.object("speaker", java_type)? {
        who.require(&["id", "name"])?;
        speaker.insert("id".into(), who.loose_text("id")?.into());
        speaker.insert("name".into(), who.text("name")?.into());
        if let Some(email) = who.text("email")? {
            speaker.insert("email".into(), email.into());
        }
    }
    let start = given.number("startTimeMillis")?.unwrap_or_default();
    let end = given.number("endTimeMillis")?.unwrap_or_default();
    let zero = start == 0 && asked.switches.transcript_start_zero == Leniency::Accept;
    if start <= 0 && !zero {
        return Err(Refusal::invalid(format!("{UTTERANCES}[{place}].startTimeMillis must be positive")));
    }
    if end <= start {
        let message = format!("{UTTERANCES}[{place}].endTimeMillis must be greater than startTimeMillis");
        return Err(Refusal::invalid(message));
    }
    Ok(json!({
        "id": (place + 1).to_string(),
        "speaker": speaker,
        "text": given.text("text")?,
        "startTimeMillis": start,
        "endTimeMillis": end,
        "languageCode": given.text("languageCode")?.unwrap_or("en-US"),
    }))
}

fn view(transcript: &Transcript) -> Value {
    json!({
        "id": transcript.id.to_string(),
        "engagementId": transcript.engagement_id.to_string(),
        "transcriptSource": transcript.source.name(),
        "createdAt": moment(transcript.created_at),
        "updatedAt": moment(transcript.created_at),
        "transcriptUtterances": transcript.utterances,
    })
}
