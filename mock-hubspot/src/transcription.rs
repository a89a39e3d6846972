//! HubSpot's transcriber: what it makes of a recording that was fetched, and where that shows.
//!
//! It hears when somebody speaks on which channel; it does not understand a word, and invents none. It writes down why it made
//! no transcript, and leaves what that means to others. Read next: `media/` (what is heard), `handlers/transcripts.rs` (how a
//! transcript is read).

use crate::media::{self, ChannelFacts, Halt, MediaFacts, Stretch};
use crate::portal::{CallRecord, Portal, Seat, Write};
use crate::switches::{Switches, TranscriptProperties};
use crate::texts::Texts;
use crate::wire::ObjectType;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// Decoding takes all of one processor.
const AT_ONCE: usize = 2;
/// So long, and a second more for each 16 MiB.
const DECODING: Duration = Duration::from_mins(1);
const BYTES_A_SECOND: u64 = 16 << 20;
/// A stretch no longer than this that carries a marker is the marker alone.
const MARKER_ALONE_MS: u64 = 600;
const SPEAKERS: [&str; 2] = ["Caller", "Recipient"];

/// A recording on the disk, and the hash of its bytes.
pub(crate) struct Spooled {
    pub(crate) file: File,
    pub(crate) length: u64,
    pub(crate) sha256: [u8; 32],
}

/// What became of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Transcription {
    /// There is a transcript.
    Transcribed {
        /// Its id.
        transcript_id: u64,
        /// How many turns each channel has, in order.
        turns: Vec<u32>,
    },
    /// There is none, for a reason that HubSpot's guide names.
    Refused {
        /// Why.
        reason: String,
    },
    /// Nobody knows what HubSpot would do: this one does not decode such sound, or could not fetch it.
    Unknown {
        /// Why.
        reason: String,
    },
}

impl std::fmt::Display for Transcription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Transcribed { transcript_id, turns } => {
                write!(f, "transcript {transcript_id}: ")?;
                for (index, count) in turns.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{count} turns of {}", speaker(index))?;
                }
                Ok(())
            }
            Self::Refused { reason } | Self::Unknown { reason } => write!(f, "no transcript: {reason}"),
        }
    }
}

/// Transcribes what is fetched, and remembers what became of it; cheap to clone.
#[derive(Clone)]
pub(crate) struct Transcriber {
    portal: Portal,
    switches: Switches,
    at_once: Arc<Semaphore>,
    done: Arc<Mutex<BTreeMap<u64, Transcription>>>,
    changes: watch::Sender<u64>,
}

/// Ends a decoding that nobody waits for any more.
struct Watched(Halt);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.call();
    }
}

impl Transcriber {
    pub(crate) fn new(portal: Portal, switches: Switches) -> Self {
        Self {
            portal,
            switches,
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            done: Arc::default(),
            changes: watch::Sender::new(0),
        }
    }

    fn done(&self) -> MutexGuard<'_, BTreeMap<u64, Transcription>> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What became of the recording of a call, as far as it is known.
    pub(crate) fn of(&self, call_id: u64) -> Option<Transcription> {
        self.done().get(&call_id).cloned()
    }

    /// The same, as soon as it is known.
    pub(crate) async fn wait(&self, call_id: u64, deadline: Duration) -> Option<Transcription> {
        let mut changes = self.changes.subscribe();
        let known = async {
            loop {
                if let Some(transcription) = self.of(call_id) {
                    return transcription;
                }
                if changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(deadline, known).await.ok()
    }

    pub(crate) fn reset(&self) {
        self.done().clear();
    }

    /// Notes what became of the recording of a call.
    pub(crate) fn settle(&self, call_id: u64, transcription: Transcription) {
        self.done().insert(call_id, transcription);
        // Who begins to wait later looks at what is done first.
        if self.changes.receiver_count() > 0 {
            self.changes.send_modify(|count| *count += 1);
        }
    }

    /// Listens to a fetched recording, and writes its transcript where there is one.
    pub(crate) async fn transcribe(&self, call: &CallRecord, recording: Spooled) -> Transcription {
        let transcription = match self.hear(recording).await {
            Ok(facts) => match eligible(self.seat_of(call), &facts) {
                Ok(()) => self.write(call.id, &facts),
                Err(refused) => refused,
            },
            Err(reason) => Transcription::Unknown { reason: reason.to_owned() },
        };
        self.settle(call.id, transcription.clone());
        transcription
    }

    async fn hear(&self, recording: Spooled) -> Result<MediaFacts, &'static str> {
        let Spooled { file, length, sha256 } = recording;
        let Ok(_turn) = self.at_once.acquire().await else { return Err("HubSpot's side was stopped") };
        let watched = Watched(Halt::default());
        let halt = watched.0.clone();
        let hearing = tokio::task::spawn_blocking(move || media::examine_once(file, sha256, &halt));
        let within = DECODING + Duration::from_secs(length / BYTES_A_SECOND);
        match tokio::time::timeout(within, hearing).await {
            Ok(Ok(facts)) => Ok(facts),
            Ok(Err(_)) => Err("the recording could not be read"),
            Err(_) => Err("the recording was not decoded in time"),
        }
    }

    /// The paid seat of the call's owner; `None` where the call names no owner of this portal.
    fn seat_of(&self, call: &CallRecord) -> Option<Seat> {
        let id = call.properties.get("hubspot_owner_id")?.parse().ok()?;
        self.portal.owner(id).map(|owner| owner.seat)
    }

    fn write(&self, call_id: u64, facts: &MediaFacts) -> Transcription {
        let (utterances, turns) = utterances(facts);
        let transcript = self.portal.add_own_transcript(call_id, utterances);
        if self.switches.transcript_properties == TranscriptProperties::Set {
            let id = transcript.id.to_string();
            let properties = Texts::from_iter([
                ("hs_call_has_transcript", "true"),
                ("hs_call_transcription_id", id.as_str()),
            ]);
            // Nothing unique is written, so nothing can be taken.
            let _ = self.portal.write(ObjectType::Calls, vec![Write::Change(call_id, properties)]);
        }
        Transcription::Transcribed { transcript_id: transcript.id, turns }
    }
}

/// Whether such a recording of such an owner's call is transcribed (guide, Requirements).
fn eligible(seat: Option<Seat>, facts: &MediaFacts) -> Result<(), Transcription> {
    let refused = |reason: String| Err(Transcription::Refused { reason });
    match seat {
        None => return refused("the call has no owner of this portal".to_owned()),
        Some(Seat::None) => {
            return refused("the call's owner has no paid Sales or Service seat".to_owned());
        }
        Some(_) => {}
    }
    if !matches!(facts.container.as_str(), "wav" | "rf64" | "flac" | "mp4") {
        return refused(format!("the recording is {}, not WAV, FLAC or MP4", facts.container));
    }
    let is_he_aac = facts.codec.as_deref().is_some_and(|codec| codec.starts_with("aac_he"));
    if facts.undecodable || is_he_aac {
        let codec = facts.codec.as_deref().unwrap_or("this codec");
        return Err(Transcription::Unknown { reason: format!("{codec} is not decoded here") });
    }
    if facts.decoded_frames == 0 {
        return refused("no sound could be decoded".to_owned());
    }
    match facts.per_channel.len() {
        0 | 1 => refused("the recording has one channel: the speakers cannot be told apart".to_owned()),
        _ if facts.per_channel.iter().all(|channel| turns_of(channel).next().is_none()) => {
            refused("nobody is heard in the recording".to_owned())
        }
        _ => Ok(()),
    }
}

/// Stretches in which somebody is heard; a marker alone is nobody.
fn turns_of(channel: &ChannelFacts) -> impl Iterator<Item = Stretch> {
    let is_marker = |stretch: &Stretch| {
        stretch.to_ms - stretch.from_ms <= MARKER_ALONE_MS
            && channel.markers.iter().any(|run| run.from_ms < stretch.to_ms && stretch.from_ms < run.to_ms)
    };
    channel.stretches.iter().copied().filter(move |stretch| !is_marker(stretch))
}

fn speaker(index: usize) -> String {
    SPEAKERS.get(index).map_or_else(|| format!("Speaker {}", index + 1), |name| (*name).to_owned())
}

/// The turns of all channels in the order of time, and how many each channel has.
fn utterances(facts: &MediaFacts) -> (Vec<Value>, Vec<u32>) {
    let mut all: Vec<(usize, Stretch)> = facts
        .per_channel
        .iter()
        .enumerate()
        .flat_map(|(index, channel)| turns_of(channel).map(move |turn| (index, turn)))
        .collect();
    all.sort_by_key(|(index, turn)| (turn.from_ms, *index));
    let mut turns = vec![0; facts.per_channel.len()];
    let utterances = all.iter().enumerate().map(|(place, (index, turn))| {
        turns[*index] += 1;
        let seconds = |ms: u64| format!("{:.1}", ms as f64 / 1000.0);
        json!({
            "id": (place + 1).to_string(),
            "speaker": { "id": (index + 1).to_string(), "name": speaker(*index) },
            "text": format!("[speech {}–{} s]", seconds(turn.from_ms), seconds(turn.to_ms)),
            "startTimeMillis": turn.from_ms,
            "endTimeMillis": turn.to_ms,
        })
    });
    (utterances.collect(), turns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaking(stretches: &[(u64, u64)]) -> ChannelFacts {
        let stretches = stretches.iter().map(|(from_ms, to_ms)| Stretch { from_ms: *from_ms, to_ms: *to_ms });
        ChannelFacts { stretches: stretches.collect(), ..ChannelFacts::default() }
    }

    fn call() -> MediaFacts {
        MediaFacts {
            container: "wav".to_owned(),
            codec: Some("pcm_s16le".to_owned()),
            decoded_frames: 8_000,
            per_channel: vec![speaking(&[(1_200, 3_400), (6_000, 7_000)]), speaking(&[(3_600, 5_000)])],
            ..MediaFacts::default()
        }
    }

    fn why(seat: Option<Seat>, facts: &MediaFacts) -> String {
        eligible(seat, facts).expect_err("it is not eligible").to_string()
    }

    #[test]
    fn turns_of_both_channels_stand_in_the_order_of_time_without_an_invented_word() {
        let (utterances, turns) = utterances(&call());
        assert_eq!(turns, [2, 1]);
        let told: Vec<_> =
            utterances.iter().map(|one| (&one["speaker"]["name"], one["text"].as_str().unwrap())).collect();
        assert_eq!(
            told,
            [
                (&json!("Caller"), "[speech 1.2–3.4 s]"),
                (&json!("Recipient"), "[speech 3.6–5.0 s]"),
                (&json!("Caller"), "[speech 6.0–7.0 s]"),
            ]
        );
    }

    #[test]
    fn what_the_guide_asks_for_is_what_is_asked_for() {
        assert_eq!(eligible(Some(Seat::Sales), &call()), Ok(()));
        assert!(why(None, &call()).contains("no owner"));
        assert!(why(Some(Seat::None), &call()).contains("paid Sales or Service seat"));
        let mp3 = MediaFacts { container: "mp3".to_owned(), ..call() };
        assert!(why(Some(Seat::Service), &mp3).contains("mp3, not WAV"));
        let mono = MediaFacts { per_channel: vec![speaking(&[(0, 900)])], ..call() };
        assert!(why(Some(Seat::Sales), &mono).contains("one channel"));
        let silent = MediaFacts { per_channel: vec![speaking(&[]), speaking(&[])], ..call() };
        assert!(why(Some(Seat::Sales), &silent).contains("nobody is heard"));
        let gsm = MediaFacts { codec: Some("gsm_ms".to_owned()), undecodable: true, ..call() };
        assert!(matches!(eligible(Some(Seat::Sales), &gsm), Err(Transcription::Unknown { .. })));
    }
}
