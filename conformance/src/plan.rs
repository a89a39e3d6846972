//! What a run is to do, decided before anything is sent: the stories, their calls and ids, all derived from the seed.
//!
//! Touches nothing but the recordings that it writes into the run's folder. Read next: `run.rs`.

use crate::check::Profile;
use crate::config::template::{Name, Template};
use crate::config::trigger::{Act as ActTemplate, Trigger};
use crate::config::{Config, Speaker, Turn};
use crate::drive::act::Act;
use crate::evidence::{Call, Probe, ProbeOutcome, RecordingFacts, SpokenTurn, Story, Weather, store};
use crate::recording::{self, LONG_MS, USUAL_MS};
use crate::scenario::{Account, CallPlan, Direction, ExternalId, Recording, Scenario, StrikeKind};
use crate::tls;
use mock_hubspot::handout;
use mock_hubspot::{OwnerSetup, Policy, PortalSetup, RecordSetup, Rule, Seat, StoryKey, Strike};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

/// One story, ready to be told.
#[derive(Clone, Debug)]
pub struct PlannedStory {
    /// Its place in the plan.
    pub place: usize,
    /// The story before anything happened.
    pub story: Story,
    /// Why it cannot be told, where it cannot.
    pub not_told: Option<String>,
    /// How each call is recognised in the journal.
    pub keys: Vec<StoryKey>,
    /// What makes each call happen.
    pub acts: Vec<Act>,
    /// Whether the calls are made at once.
    pub at_once: bool,
    /// The weather it is told under.
    pub weather: Vec<Rule>,
    /// What moves the registration.
    pub move_registration: Option<Act>,
    /// Whether no other story may be told meanwhile.
    pub alone: bool,
}

/// What templates may name, known once the mock is up.
#[derive(Clone, Debug)]
pub struct Values {
    /// The base URL of the mock, as the integration sees it.
    pub mock_url: String,
    /// The portal with its secrets.
    pub portal: PortalSetup,
    /// The version that is expected, as it stands in paths.
    pub api: String,
    /// The port that the integration is to listen on.
    pub port: u16,
    /// The run's folder.
    pub run_dir: PathBuf,
    /// The seed.
    pub seed: u64,
}

/// What templates may name of one call.
struct OfCall<'a> {
    call: &'a Call,
    file: &'a Path,
    duration_ms: u64,
    from: &'a str,
    to: &'a str,
    api: &'a str,
}

/// Where recordings are, in a run folder.
pub const RECORDINGS: &str = "recordings";
/// Our side of every call.
const OUR_NUMBER: &str = "+15550100000";
/// Owners of the kit's portal: with a Sales seat, with a Service seat, without.
const OWNER: u64 = 301;
const OWNER_WITHOUT_SEAT: u64 = 303;
/// The first contact that a story gets.
const FIRST_CONTACT: u64 = 1001;

/// The portal of a run: its ids are the same in every run, its secrets derive from the seed.
pub fn portal(seed: u64) -> PortalSetup {
    let mut random = random(seed, "portal");
    let mut secret = |prefix: &str| format!("{prefix}{:016x}{:016x}", random.next_u64(), random.next_u64());
    let owner = |id: u64, name: &str, seat| OwnerSetup {
        id,
        user_id: 9_000_000 + id,
        email: format!("{}@example.test", name.to_lowercase()),
        first_name: name.to_owned(),
        last_name: "Example".to_owned(),
        seat,
    };
    let contact = |id: u64| RecordSetup { id, properties: BTreeMap::new() };
    PortalSetup {
        portal_id: 62_515,
        app_id: "710001".to_owned(),
        developer_key: secret("dev-"),
        access_token: secret("pat-na1-"),
        refresh_token: secret("na1-"),
        client_id: "conformance-client".to_owned(),
        client_secret: secret("cs-"),
        owners: vec![
            owner(OWNER, "Sally", Seat::Sales),
            owner(302, "Serge", Seat::Service),
            owner(OWNER_WITHOUT_SEAT, "Nora", Seat::None),
        ],
        contacts: vec![contact(101), contact(102)],
        ..PortalSetup::default()
    }
}

/// Randomness for one purpose, derived from the seed: the same on every machine.
pub fn random(seed: u64, purpose: &str) -> ChaCha8Rng {
    let digest = Sha256::new_with_prefix(seed.to_le_bytes()).chain_update(purpose).finalize();
    ChaCha8Rng::from_seed(digest.into())
}

/// Plans the stories, and writes the recordings that they use. Contacts that the portal must have are added to it.
pub fn plan(
    config: &Config,
    trigger: &Trigger,
    scenarios: &[Scenario],
    values: &Values,
    add_contact: impl Fn(RecordSetup),
) -> io::Result<Vec<PlannedStory>> {
    let mut shelf = Shelf { dir: values.run_dir.join(RECORDINGS), seed: values.seed, made: BTreeMap::new() };
    let mut contacts = FIRST_CONTACT..;
    let mut planned = Vec::new();
    for (place, scenario) in scenarios.iter().enumerate() {
        let mut random = random(values.seed, &scenario.name);
        let shared = format!("call-{:08x}", random.next_u32());
        let not_told = cannot(scenario, config, trigger);
        let mut story = Story {
            scenario: scenario.name.clone(),
            title: scenario.title.clone(),
            sections: scenario.sections.clone(),
            api_version: scenario.api_version,
            ..Story::default()
        };
        story.probes.insert(Probe::Registration, ProbeOutcome::Asked);
        let mut one = PlannedStory {
            place,
            not_told,
            keys: Vec::new(),
            acts: Vec::new(),
            at_once: scenario.at_once,
            weather: Vec::new(),
            move_registration: None,
            alone: scenario.move_registration,
            story,
        };
        let api = scenario.api_version.map_or(values.api.clone(), |version| version.segment().to_owned());
        if scenario.move_registration {
            let act = trigger.move_registration.as_ref();
            one.move_registration = act.map(|act| fill(act, &|name| values.common(name, &api)));
        }
        for plan in &scenario.calls {
            let number = format!("+1555{:07}", random.next_u32() % 10_000_000);
            let contact = contacts.next().expect("ids do not end");
            add_contact(contact_of(contact, &number));
            let made = shelf.recording(plan.recording, plan.account)?;
            let uses_ours = uses_ours(trigger);
            let call = Call {
                external_id: external_id(plan.external_id, &shared, &mut random),
                account_id: account_id(values.seed, plan.account),
                record: ("contacts".to_owned(), contact),
                owner_id: if plan.seat { OWNER } else { OWNER_WITHOUT_SEAT }.to_string(),
                owner_has_seat: plan.seat,
                direction: plan.direction.property().to_owned(),
                recording: uses_ours.then(|| made.facts.clone()),
                turns: if uses_ours { made.turns.clone() } else { declared_turns(config) },
                number,
                ..Call::default()
            };
            let (from, to) = numbers(plan.direction, &call.number);
            let of_call = OfCall {
                call: &call,
                file: &made.path,
                duration_ms: made.facts.duration_ms,
                from,
                to,
                api: &api,
            };
            one.acts.push(fill(&trigger.act, &|name| values.of_call(name, &of_call)));
            let key = StoryKey {
                external_id: call.external_id.clone(),
                account_id: call.account_id.clone(),
                number: call.number.clone(),
                call_id: None,
            };
            order_weather(scenario, &key, &mut one);
            one.keys.push(key);
            one.story.calls.push(call);
        }
        planned.push(one);
    }
    Ok(planned)
}

/// Whether stories of this configuration can be told at the same time: only where each call is recognised by its id.
pub fn concurrent(trigger: &Trigger) -> bool {
    uses(&trigger.act, Name::ExternalId) && !matches!(trigger.act, ActTemplate::Manual(_))
}

fn order_weather(scenario: &Scenario, key: &StoryKey, planned: &mut PlannedStory) {
    for strike in &scenario.weather {
        let kind = match strike.kind {
            StrikeKind::Throttled => Strike::Throttled { policy: Policy::Secondly },
            StrikeKind::Failing(status) => Strike::Failing { status },
            StrikeKind::Slow(delay) => Strike::Delayed { ms: delay.as_millis() as u64 },
            StrikeKind::Cut => Strike::Cut,
            StrikeKind::ExpiredToken => Strike::ExpiredToken,
        };
        let story = Some(key.clone());
        planned.weather.push(Rule { operation: strike.operation, story, strike: kind, times: strike.times });
        planned.story.weather.push(Weather {
            operation: strike.operation,
            strike: strike.kind.name().to_owned(),
            times: strike.times,
            struck: 0,
        });
    }
}

/// Why this integration cannot be made to tell this story, if it cannot.
pub fn cannot(scenario: &Scenario, config: &Config, trigger: &Trigger) -> Option<String> {
    let lacks = |name: Name, what: &str| {
        (!uses(&trigger.act, name)).then(|| format!("[trigger] does not use {{{}}}, so {what}", name.word()))
    };
    let any = |wanted: fn(&CallPlan) -> bool| scenario.calls.iter().any(wanted);
    if !scenario.weather.is_empty() && !config.profiles.require.contains(&Profile::Resilience) {
        return Some("HubSpot misbehaves in it, and the profile resilience is not declared".to_owned());
    }
    if scenario.move_registration && trigger.move_registration.is_none() {
        return Some(
            "[trigger.move_registration] is not there, so nothing moves the registration".to_owned(),
        );
    }
    if scenario.weather.iter().any(|w| w.kind == StrikeKind::ExpiredToken) && !refreshes(config) {
        return Some("nothing gives the integration {refresh_token}, so it cannot refresh".to_owned());
    }
    if scenario.at_once && matches!(trigger.act, ActTemplate::Manual(_)) {
        return Some("a person cannot place several calls at once".to_owned());
    }
    if scenario.api_version.is_some_and(|version| version != config.hubspot.api)
        && let Some(reason) = lacks(Name::ApiVersion, "the API version cannot be chosen")
    {
        return Some(reason);
    }
    if any(|c| c.external_id != ExternalId::Plain)
        && let Some(reason) = lacks(Name::ExternalId, "the external id cannot be chosen")
    {
        return Some(reason);
    }
    if any(|c| c.account != Account::A)
        && let Some(reason) = lacks(Name::AccountId, "the account cannot be chosen")
    {
        return Some(reason);
    }
    if any(|c| c.recording != Recording::Wav)
        && !uses_ours(trigger)
        && let Some(reason) = lacks(Name::RecordingFile, "the recording's format cannot be chosen")
    {
        return Some(reason);
    }
    if any(|c| c.direction != Direction::Outbound) {
        return lacks(Name::Direction, "the call's direction cannot be chosen");
    }
    None
}

/// Whether the integration is given the recordings of the kit, as files or to fetch.
fn uses_ours(trigger: &Trigger) -> bool {
    uses(&trigger.act, Name::RecordingFile) || uses(&trigger.act, Name::RecordingUrl)
}

fn refreshes(config: &Config) -> bool {
    config.hubspot.refresh_token.is_some()
        || config.start.as_ref().is_some_and(|start| {
            start.env.values().chain(&start.command).any(|t| t.0.names().any(|n| n == Name::RefreshToken))
        })
}

fn uses(act: &ActTemplate, name: Name) -> bool {
    let named = |template: &Template| template.names().any(|n| n == name);
    match act {
        ActTemplate::Request(request) => {
            named(&request.url)
                || request.headers.values().any(named)
                || request.body.as_ref().is_some_and(named)
                || request.json.as_ref().is_some_and(|json| json.names().contains(&name))
        }
        ActTemplate::Command(command) => command.iter().any(named),
        ActTemplate::Manual(sentence) => named(sentence),
    }
}

fn fill(act: &ActTemplate, value: &impl Fn(Name) -> String) -> Act {
    match act {
        ActTemplate::Request(request) => Act::Request {
            method: request.method.clone(),
            url: request.url.render(value),
            headers: request.headers.iter().map(|(name, v)| (name.clone(), v.render(value))).collect(),
            json: request.json.as_ref().map(|json| json.render(value)),
            body: request.body.as_ref().map(|body| body.render(value)),
        },
        ActTemplate::Command(command) => {
            Act::Command(command.iter().map(|part| part.render(value)).collect())
        }
        ActTemplate::Manual(sentence) => Act::Manual(sentence.render(value)),
    }
}

impl Values {
    /// The value of a name where no call is concerned.
    pub fn common(&self, name: Name, api: &str) -> String {
        let host = self.mock_url.split("://").nth(1).unwrap_or_default();
        let (host, port) = host.rsplit_once(':').unwrap_or((host, ""));
        match name {
            Name::MockUrl => self.mock_url.clone(),
            Name::MockHost => host.to_owned(),
            Name::MockPort => port.to_owned(),
            Name::AccessToken => self.portal.access_token.clone(),
            Name::DeveloperKey => self.portal.developer_key.clone(),
            Name::RefreshToken => self.portal.refresh_token.clone(),
            Name::ClientId => self.portal.client_id.clone(),
            Name::ClientSecret => self.portal.client_secret.clone(),
            Name::AppId => self.portal.app_id.clone(),
            Name::PortalId => self.portal.portal_id.to_string(),
            Name::ApiVersion => api.to_owned(),
            Name::AccountId => account_id(self.seed, Account::A),
            Name::Port => self.port.to_string(),
            Name::RunDir => self.run_dir.display().to_string(),
            Name::CaFile => self.run_dir.join(tls::HUBSPOT).display().to_string(),
            Name::TlsCert => self.run_dir.join(tls::CERTIFICATE).display().to_string(),
            Name::TlsKey => self.run_dir.join(tls::KEY).display().to_string(),
            Name::ExternalId
            | Name::ContactId
            | Name::OwnerId
            | Name::RecordingFile
            | Name::RecordingUrl
            | Name::DurationMs
            | Name::Direction
            | Name::From
            | Name::To => String::new(),
        }
    }

    fn of_call(&self, name: Name, of: &OfCall) -> String {
        match name {
            Name::ExternalId => of.call.external_id.clone(),
            Name::AccountId => of.call.account_id.clone(),
            Name::ContactId => of.call.record.1.to_string(),
            Name::OwnerId => of.call.owner_id.clone(),
            Name::RecordingFile => of.file.display().to_string(),
            Name::RecordingUrl => {
                let name = of.file.file_name().unwrap_or_default().to_string_lossy();
                format!("{}{}{name}", self.mock_url, handout::PATH)
            }
            Name::DurationMs => of.duration_ms.to_string(),
            Name::Direction => of.call.direction.clone(),
            Name::From => of.from.to_owned(),
            Name::To => of.to.to_owned(),
            common => self.common(common, of.api),
        }
    }
}

/// Who speaks when in the integration's own recordings.
fn declared_turns(config: &Config) -> Vec<SpokenTurn> {
    let turn = |turn: &Turn| SpokenTurn {
        party: match turn.speaker {
            Speaker::Caller => 1,
            Speaker::Recipient => 2,
        },
        from_ms: turn.from.as_millis() as u64,
        to_ms: turn.to.as_millis() as u64,
    };
    config.recording.turns.iter().map(turn).collect()
}

fn account_id(seed: u64, account: Account) -> String {
    let which = match account {
        Account::A => "account-a",
        Account::B => "account-b",
    };
    format!("{which}-{:06x}", random(seed, which).next_u32() & 0xff_ffff)
}

fn external_id(kind: ExternalId, shared: &str, random: &mut ChaCha8Rng) -> String {
    let own = random.next_u32();
    match kind {
        ExternalId::Plain => format!("call-{own:08x}"),
        // A second decoding would make `%` of `%25`.
        ExternalId::Awkward => format!("call {own:08x} +5%25 é"),
        ExternalId::Slash => format!("calls/{own:08x}"),
        ExternalId::Shared => shared.to_owned(),
    }
}

fn numbers(direction: Direction, customer: &str) -> (&str, &str) {
    match direction {
        Direction::Outbound => (OUR_NUMBER, customer),
        Direction::Inbound => (customer, OUR_NUMBER),
    }
}

fn contact_of(id: u64, number: &str) -> RecordSetup {
    let properties = [("firstname", format!("Contact {id}")), ("phone", number.to_owned())];
    RecordSetup { id, properties: properties.into_iter().map(|(n, v)| (n.to_owned(), v)).collect() }
}

/// Recordings of a run, each made once.
struct Shelf {
    dir: PathBuf,
    seed: u64,
    made: BTreeMap<(Recording, Account), Made>,
}

#[derive(Clone)]
struct Made {
    path: PathBuf,
    facts: RecordingFacts,
    turns: Vec<SpokenTurn>,
}

impl Shelf {
    fn recording(&mut self, format: Recording, account: Account) -> io::Result<Made> {
        if let Some(made) = self.made.get(&(format, account)) {
            return Ok(made.clone());
        }
        let voice = match (format, account) {
            (Recording::Wav, Account::A) => "wav a",
            (Recording::Wav, Account::B) => "wav b",
            (Recording::Long, _) => "long",
            (Recording::Flac, _) => "flac",
            (Recording::Mp4, _) => "mp4",
            (Recording::Conference, _) => "conference",
            (Recording::Vast, _) => "vast",
        };
        let file = format!("{}.{}", voice.replace(' ', "-"), format.extension());
        std::fs::create_dir_all(&self.dir)?;
        let path = std::path::absolute(self.dir.join(&file))?;
        let seed = random(self.seed, voice).next_u64();
        let made = match format {
            Recording::Vast => vast(path, file, seed)?,
            Recording::Wav => usual(path, file, &recording::make(recording::Format::Wav, seed, USUAL_MS))?,
            Recording::Long => usual(path, file, &recording::make(recording::Format::Wav, seed, LONG_MS))?,
            Recording::Flac => usual(path, file, &recording::make(recording::Format::Flac, seed, USUAL_MS))?,
            Recording::Mp4 => usual(path, file, &recording::make(recording::Format::Mp4, seed, USUAL_MS))?,
            Recording::Conference => usual(path, file, &recording::make_conference(seed, USUAL_MS))?,
        };
        self.made.insert((format, account), made.clone());
        Ok(made)
    }
}

fn usual(path: PathBuf, file: String, made: &recording::Recording) -> io::Result<Made> {
    std::fs::write(&path, &made.bytes)?;
    let facts = RecordingFacts {
        file,
        sha256: store::hex(&Sha256::digest(&made.bytes)),
        bytes: made.bytes.len() as u64,
        duration_ms: made.duration_ms,
        parties: made.parties,
    };
    Ok(Made { path, facts, turns: spoken(&made.turns) })
}

/// Too long for memory: written to the disk, and hashed from there.
fn vast(path: PathBuf, file: String, seed: u64) -> io::Result<Made> {
    let mut written = std::fs::File::options().read(true).write(true).create_new(true).open(&path)?;
    let made = recording::write_vast(&mut written, seed)?;
    written.rewind()?;
    let mut hasher = Sha256::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match written.read(&mut piece)? {
            0 => break,
            count => hasher.update(&piece[..count]),
        }
    }
    let facts = RecordingFacts {
        file,
        sha256: store::hex(&hasher.finalize()),
        bytes: made.bytes,
        duration_ms: made.duration_ms,
        parties: 2,
    };
    Ok(Made { path, facts, turns: spoken(&made.turns) })
}

fn spoken(turns: &[recording::Turn]) -> Vec<SpokenTurn> {
    let spoken =
        |turn: &recording::Turn| SpokenTurn { party: turn.channel, from_ms: turn.from_ms, to_ms: turn.to_ms };
    turns.iter().map(spoken).collect()
}
