//! The loop: tells each story, lets the probes ask, and gathers the evidence. It judges nothing and prints nothing.
//!
//! Read next: `plan.rs` (what is to be told), `attribution.rs` (whose entry is it), `probe/` (what is asked).

use crate::attribution::{attribute, belongs, external_id};
use crate::config::trigger::Done;
use crate::drive::{SetupFault, act};
use crate::evidence::{Association, Call, Evidence, Missed, Probe, ProbeOutcome, RunFacts, Story, Weather};
use crate::patience::Patience;
use crate::plan::PlannedStory;
use crate::probe::trigger::Caller;
use crate::probe::{self, ProbeContext};
use crate::report::progress::{Event, Listener};
use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};
use mock_hubspot::journal::{Direction, Entry, Outcome};
use mock_hubspot::operation::Operation;
use mock_hubspot::secrets::Secrets;
use mock_hubspot::{MockHubSpot, RuleId, StoryKey, nearest_miss};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Stories that are told at the same time, at most.
const AT_ONCE: usize = 16;
/// So many set-up faults in a row, and the other stories are not tried.
const GIVE_UP: usize = 3;
/// How often whoever watches is told that the kit still waits.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// What a run needs while it goes.
pub struct Stage<'a> {
    /// The fake HubSpot.
    pub mock: &'a MockHubSpot,
    /// Facts that checks need; the registered URL is filled in as soon as there is one.
    pub facts: RunFacts,
    /// Makes the calls.
    pub caller: Caller,
    /// How the probes ask, but for the registered URL.
    pub probes: ProbeContext,
    /// When a triggered call counts as over.
    pub done: Done,
    /// Whether stories may be told at the same time.
    pub concurrent: bool,
    /// Every wait.
    pub patience: Patience,
    /// Listens to progress.
    pub events: &'a dyn Listener,
    /// Ends the run early.
    pub interrupt: CancellationToken,
    /// Keeps what is known after each story, in case the kit itself is ended.
    pub keep: &'a (dyn Fn(&Gathered) + Sync),
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Everything it saw.
    pub evidence: Evidence,
    /// How long each story of the evidence took.
    pub took: Vec<Duration>,
    /// What kept stories from being told.
    pub faults: Vec<SetupFault>,
    /// Whether it was interrupted; stories that were not told to their end are left out.
    pub interrupted: bool,
}

struct Told {
    place: usize,
    story: Story,
    took: Duration,
}

/// Tells the stories of a plan: first those that may go together, then, one after the other, those that must be alone.
pub async fn run(stage: &Stage<'_>, plan: Vec<PlannedStory>) -> Gathered {
    let mut told = Vec::new();
    let mut faults = Vec::new();
    let planned = plan.len();
    let (together, alone): (Vec<_>, Vec<_>) = plan.into_iter().partition(|s| stage.concurrent && !s.alone);
    let mut in_a_row = 0;
    'all: for (width, stories) in [(AT_ONCE, together), (1, alone)] {
        let mut under_way = stream::iter(stories).map(|planned| tell(stage, planned)).buffer_unordered(width);
        loop {
            let next = tokio::select! {
                () = stage.interrupt.cancelled() => break,
                next = under_way.next() => next,
            };
            match next {
                Some(Ok(one)) => {
                    // A story that could not be told says nothing of the set-up.
                    if one.story.not_told.is_none() {
                        in_a_row = 0;
                    }
                    told.push(one);
                    told = kept(stage, told);
                }
                Some(Err(fault)) => {
                    in_a_row += 1;
                    faults.push(fault);
                    let left = planned - told.len() - faults.len();
                    if in_a_row == GIVE_UP && left > 0 {
                        faults.push(SetupFault::GaveUp { in_a_row, left });
                        break 'all;
                    }
                }
                None => break,
            }
        }
    }
    let interrupted = stage.interrupt.is_cancelled() && told.len() + faults.len() < planned;
    gathered(stage, told, faults, interrupted)
}

/// Keeps what is known so far. Nothing of it is copied for that: stories are long.
fn kept(stage: &Stage<'_>, mut told: Vec<Told>) -> Vec<Told> {
    told.sort_by_key(|t| t.place);
    let places: Vec<usize> = told.iter().map(|t| t.place).collect();
    let so_far = gathered(stage, told, Vec::new(), true);
    (stage.keep)(&so_far);
    let stories = so_far.evidence.stories.into_iter().zip(so_far.took);
    // Whose entries are whose is found anew each time, for more of them come.
    let told = |(place, (story, took))| Told { place, story: Story { journal: Vec::new(), ..story }, took };
    places.into_iter().zip(stories).map(told).collect()
}

/// What is known so far.
fn gathered(stage: &Stage<'_>, mut told: Vec<Told>, faults: Vec<SetupFault>, interrupted: bool) -> Gathered {
    told.sort_by_key(|t| t.place);
    let (mut stories, took): (Vec<_>, Vec<_>) = told.into_iter().map(|t| (t.story, t.took)).unzip();
    let common = attribute(stage.mock.journal().entries(), &mut stories);
    let registered_url = registered_url(stage).unwrap_or_default();
    let proxy = stage.probes.way.proxy_to(&registered_url).map(|proxy| proxy.url().to_string());
    let facts = RunFacts { registered_url, proxy, ..stage.facts.clone() };
    Gathered {
        evidence: Evidence { run: facts, stories, common, shards: Vec::new() },
        took,
        faults,
        interrupted,
    }
}

/// Tells the listener how many requests were sent so far.
fn counter<'a>(events: &'a dyn Listener, scenario: &'a str) -> impl Fn(probe::Progress) + Send + Sync + 'a {
    let count = AtomicUsize::new(0);
    move |_| {
        let count = count.fetch_add(1, Ordering::Relaxed) + 1;
        events.hear(&Event::Asked { scenario: scenario.to_owned(), count });
    }
}

/// Asks the endpoint and the recording of one story, with no HubSpot beside it.
pub async fn probe_alone(
    context: &ProbeContext,
    facts: RunFacts,
    mut story: Story,
    events: &dyn Listener,
    interrupt: &CancellationToken,
) -> Gathered {
    let began = Instant::now();
    let scenario = story.scenario.clone();
    events.hear(&Event::StoryStarted { scenario: scenario.clone() });
    let asked = counter(events, &scenario);
    let interrupted = tokio::select! {
        () = interrupt.cancelled() => true,
        () = probe::ask_endpoint_and_recording(context, &mut story, 0, &asked) => false,
    };
    let stories = if interrupted { Vec::new() } else { vec![story] };
    let evidence = Evidence { run: facts, stories, ..Evidence::default() };
    Gathered { evidence, took: vec![began.elapsed()], faults: Vec::new(), interrupted }
}

async fn tell(stage: &Stage<'_>, mut planned: PlannedStory) -> Result<Told, SetupFault> {
    let began = Instant::now();
    let scenario = planned.story.scenario.clone();
    stage.events.hear(&Event::StoryStarted { scenario: scenario.clone() });
    if let Some(reason) = &planned.not_told {
        planned.story.not_told = Some(reason.clone());
        return Ok(Told { place: planned.place, story: planned.story, took: began.elapsed() });
    }
    let rules: Vec<RuleId> =
        planned.weather.iter().map(|rule| stage.mock.weather().order(rule.clone())).collect();
    let since = stage.mock.journal().len();
    if let Some(request) = &planned.move_registration {
        act::perform(request, &stage.caller, &stage.patience, &stage.probes.secrets).await?;
        planned.story.moved_to = moved(stage, &scenario, since).await;
    }
    let replies = make_calls(stage, &planned).await;
    for (index, reply) in replies.into_iter().enumerate() {
        let reply = reply?;
        await_call(stage, &mut planned.story, index, &planned.keys[index], since, &reply).await;
    }
    await_registration(stage, &scenario).await;
    for (index, rule) in rules.iter().enumerate() {
        let struck = stage.mock.weather().struck(*rule);
        stage.mock.weather().clear(*rule);
        if let Some(weather) = planned.story.weather.get_mut(index) {
            weather.struck = struck;
        }
    }
    merge_weather(&mut planned.story.weather);
    let mut context = stage.probes.clone();
    context.registered_url = registered_url(stage).unwrap_or_default();
    let asked = counter(stage.events, &scenario);
    for index in 0..planned.story.calls.len() {
        probe::ask_endpoint_and_recording(&context, &mut planned.story, index, &asked).await;
    }
    read_back(stage, &mut planned.story);
    let requests = planned.story.exchanges.len();
    stage.events.hear(&Event::StoryDone { scenario: scenario.clone(), requests });
    Ok(Told { place: planned.place, story: planned.story, took: began.elapsed() })
}

async fn make_calls(stage: &Stage<'_>, planned: &PlannedStory) -> Vec<Result<act::Reply, SetupFault>> {
    if planned.at_once {
        return join_all(
            planned
                .acts
                .iter()
                .map(|one| act::perform(one, &stage.caller, &stage.patience, &stage.probes.secrets)),
        )
        .await;
    }
    let mut replies = Vec::new();
    for one in &planned.acts {
        if let act::Act::Manual(sentence) = one {
            let (scenario, what) = (planned.story.scenario.clone(), sentence.clone());
            let left = stage.patience.inbound;
            stage.events.hear(&Event::Waiting { scenario, what, left, nearest: None });
        }
        replies.push(act::perform(one, &stage.caller, &stage.patience, &stage.probes.secrets).await);
    }
    replies
}

/// Waits for what one call must bring about, in its order, and notes what did not come.
async fn await_call(
    stage: &Stage<'_>,
    story: &mut Story,
    index: usize,
    key: &StoryKey,
    since: u64,
    reply: &act::Reply,
) {
    let mut key = key.clone();
    note(story, Probe::LoggedCall, ProbeOutcome::Asked);
    let logged = {
        let key = key.clone();
        let waiting = Waiting { scenario: &story.scenario, what: Operation::LogCall, key: &key, since };
        awaited(stage, &waiting, |e| {
            e.number > since
                && e.operation == Some(Operation::LogCall)
                && e.outcome == Outcome::Served
                && belongs(e, &key)
        })
        .await
    };
    let Some(id) = logged.as_ref().and_then(|e| e.call_id) else {
        let missed = missed(stage, Operation::LogCall, &key, since, reply);
        story.calls[index].missed.push(missed);
        for probe in [Probe::Association, Probe::Ready, Probe::Retrieval] {
            note(story, probe, ProbeOutcome::Blocked("no call was logged".to_owned()));
        }
        return;
    };
    key.call_id = Some(id);
    let call = &mut story.calls[index];
    call.call_id = Some(id);
    // An integration may choose its own: whatever it logged is what HubSpot asks for.
    if let Some(chosen) = logged.as_ref().and_then(external_id) {
        call.external_id = chosen;
    }
    note(story, Probe::Association, ProbeOutcome::Asked);
    note(story, Probe::Ready, ProbeOutcome::Asked);
    let scenario = story.scenario.clone();
    let waiting = |what| Waiting { scenario: &scenario, what, key: &key, since };
    let ready = awaited(stage, &waiting(Operation::MarkReady), |e| {
        e.operation == Some(Operation::MarkReady) && e.outcome == Outcome::Served && e.call_id == Some(id)
    })
    .await;
    // By the portal's state, not by the request: there are six ways to associate.
    let portal = stage.mock.portal();
    let is_associated = move || !portal.associations_of_call(id).is_empty();
    if !is_associated()
        && awaited(stage, &waiting(Operation::Associate), move |_| is_associated()).await.is_none()
    {
        let missed = missed(stage, Operation::Associate, &key, since, reply);
        story.calls[index].missed.push(missed);
    }
    if ready.is_none() {
        let missed = missed(stage, Operation::MarkReady, &key, since, reply);
        story.calls[index].missed.push(missed);
        // What bad weather prevented is for the checks of resilience to say.
        let reason = "ready was not sent".to_owned();
        let outcome = if story.weather.is_empty() { ProbeOutcome::Blocked } else { ProbeOutcome::NotAsked };
        note(story, Probe::Retrieval, outcome(reason));
        return;
    }
    note(story, Probe::Retrieval, ProbeOutcome::Asked);
    // HubSpot's own fetch has the waits of the configuration; it always ends.
    let fetched = stage
        .mock
        .journal()
        .wait_for(
            move |e| {
                e.call_id == Some(id)
                    && match e.direction {
                        Direction::Arrived => false,
                        Direction::AskedForUrl => matches!(e.outcome, Outcome::Failed(_)),
                        Direction::FetchedRecording => e.outcome != Outcome::Pending,
                    }
            },
            stage.patience.first_byte * 2 + stage.patience.download,
        )
        .await;
    // What did not come to its end has no transcription to wait for.
    let patience = if fetched.is_ok() { stage.patience.download } else { Duration::ZERO };
    story.calls[index].transcription = stage.mock.transcription(id, patience).await;
}

/// What is awaited, for whoever watches.
struct Waiting<'a> {
    scenario: &'a str,
    what: Operation,
    key: &'a StoryKey,
    since: u64,
}

/// Waits for an entry: where the trigger's reply ends the story, only for what is there already. Whoever watches is told how
/// long that may still take, and what came closest.
async fn awaited(
    stage: &Stage<'_>,
    waiting: &Waiting<'_>,
    wanted: impl Fn(&Entry) -> bool + Send + Sync,
) -> Option<Entry> {
    let deadline = match stage.done {
        Done::Reply => Duration::ZERO,
        Done::Journal => stage.patience.inbound,
    };
    let began = Instant::now();
    loop {
        let left = deadline.saturating_sub(began.elapsed());
        if let Ok(entry) = stage.mock.journal().wait_for(&wanted, left.min(TOLD_EVERY)).await {
            return Some(entry);
        }
        let left = deadline.saturating_sub(began.elapsed());
        if left.is_zero() {
            return None;
        }
        let journal = stage.mock.journal().since(waiting.since);
        stage.events.hear(&Event::Waiting {
            scenario: waiting.scenario.to_owned(),
            what: asked_for(waiting.what).to_owned(),
            left,
            nearest: nearest_miss(&journal, waiting.what, waiting.key),
        });
    }
}

/// An operation as something that one may wait for.
fn asked_for(operation: Operation) -> &'static str {
    match operation {
        Operation::LogCall => "your integration to log the call",
        Operation::Associate => "your integration to associate the call with the contact",
        Operation::MarkReady => "your integration to say that the recording is ready",
        Operation::RegisterRecordingUrl | Operation::MoveRecordingUrl => {
            "your integration to register its recording URL"
        }
        _ => "your integration",
    }
}

async fn await_registration(stage: &Stage<'_>, scenario: &str) {
    if registered_url(stage).is_none() {
        let key = StoryKey::default();
        let waiting = Waiting { scenario, what: Operation::RegisterRecordingUrl, key: &key, since: 0 };
        let _ = awaited(stage, &waiting, |e| {
            matches!(e.operation, Some(Operation::RegisterRecordingUrl | Operation::MoveRecordingUrl))
                && e.outcome == Outcome::Served
        })
        .await;
    }
}

fn registered_url(stage: &Stage<'_>) -> Option<String> {
    if !stage.facts.registered_url.is_empty() {
        return Some(stage.facts.registered_url.clone());
    }
    stage.mock.portal().registered_url(&stage.facts.app_id)
}

async fn moved(stage: &Stage<'_>, scenario: &str, since: u64) -> Option<String> {
    let key = StoryKey::default();
    let waiting = Waiting { scenario, what: Operation::MoveRecordingUrl, key: &key, since };
    let _ = awaited(stage, &waiting, |e| {
        e.number > since
            && matches!(e.operation, Some(Operation::RegisterRecordingUrl | Operation::MoveRecordingUrl))
            && e.outcome == Outcome::Served
    })
    .await;
    registered_url(stage)
}

fn missed(stage: &Stage<'_>, awaited: Operation, key: &StoryKey, since: u64, reply: &act::Reply) -> Missed {
    let waited = match stage.done {
        Done::Reply => Duration::ZERO,
        Done::Journal => stage.patience.inbound,
    };
    let nearest = nearest_miss(&stage.mock.journal().since(since), awaited, key);
    let nearest = match (nearest, reply.failed()) {
        (Some(nearest), Some(reply)) => Some(format!("{nearest}; {reply}")),
        (nearest, reply) => nearest.or(reply),
    };
    Missed { awaited, waited_ms: waited.as_millis() as u64, nearest }
}

/// Adds what became of a probe of one call to what became of it for the others: blocked weighs most.
fn note(story: &mut Story, probe: Probe, outcome: ProbeOutcome) {
    let kept = story.probes.entry(probe).or_insert_with(|| outcome.clone());
    if matches!(outcome, ProbeOutcome::Blocked(_)) {
        *kept = outcome;
    }
}

/// One row for each operation and strike: the rules of a burst's calls are one weather.
fn merge_weather(weather: &mut Vec<Weather>) {
    let mut merged: Vec<Weather> = Vec::new();
    for one in weather.drain(..) {
        match merged.iter_mut().find(|m| m.operation == one.operation && m.strike == one.strike) {
            Some(row) => {
                row.times += one.times;
                row.struck += one.struck;
            }
            None => merged.push(one),
        }
    }
    *weather = merged;
}

/// A property's value as the journal shows it: cut for what it is, or for the name that it bears.
fn without_secrets(secrets: &Secrets, name: &str, value: &str) -> String {
    let member = secrets.cut_text(&json!({ name: value }).to_string());
    let named = serde_json::from_str::<BTreeMap<String, String>>(&member).ok();
    named.and_then(|mut named| named.remove(name)).unwrap_or_else(|| secrets.cut_text(value))
}

/// What HubSpot holds at the end of the story.
fn read_back(stage: &Stage<'_>, story: &mut Story) {
    let portal = stage.mock.portal();
    for call in &mut story.calls {
        let Call { call_id: Some(id), record: (object_type, record), .. } = call else { continue };
        if let Some(stored) = portal.call(*id) {
            let secrets = &stage.probes.secrets;
            let all = stored.properties.iter();
            call.properties =
                all.map(|(name, value)| (name.to_owned(), without_secrets(secrets, name, value))).collect();
        }
        call.seen_from_record = portal.calls_of_record(object_type, *record).contains(id);
        call.associations = portal
            .associations_of_call(*id)
            .into_iter()
            .map(|(object_type, id, category, type_id)| Association { object_type, id, category, type_id })
            .collect();
    }
}
