//! What evidence must be, whoever wrote it down: the stories of the kit as the configuration tells them, the random cases of
//! the seed, and of a recording what is in its bytes. Pure.

use super::Fault;
use super::bundle::{CONFIGURATION, EVIDENCE, PREMISES, Run};
use crate::conclusion::Premises;
use crate::config::Config;
use crate::evidence::store::hex;
use crate::evidence::{Content, Evidence, Exchange, Probe, ProbeOutcome, RandomWalk, Story};
use crate::plan;
use crate::probe;
use crate::range::invariants::{Whole, broken};
use crate::range::oracle::{place_of, plainly_satisfiable};
use crate::range::strategy;
use crate::range::walk::{CaseBroke, Group, groups};
use crate::scenario::{self, Scenario};
use mock_hubspot::media::{self, MediaFacts};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Cursor;

/// Everything of that which does not hold.
pub(super) fn faults(run: &Run) -> Vec<Fault> {
    let mut faults = match Config::parse(&run.configuration, CONFIGURATION) {
        Err(error) => vec![Fault::new(CONFIGURATION, format!("it cannot be read: {error}"))],
        Ok(config) => {
            let mut faults = terms(&config, run);
            faults.extend(stories(&config, &run.evidence));
            faults
        }
    };
    for story in &run.evidence.stories {
        faults.extend(comparisons(story, &run.recordings));
        if let Some(walk) = &story.random {
            let told = |what: String| Fault::new(format!("the random ranges of {}", story.scenario), what);
            faults.extend(cases(&run.evidence, &run.premises, story, walk).into_iter().map(told));
        }
    }
    faults.extend(recordings(run));
    faults
}

/// The premises follow from the configuration.
fn terms(config: &Config, Run { premises, evidence, .. }: &Run) -> Vec<Fault> {
    let by_hand = config.hubspot.registered_url.is_some();
    let same = [
        (premises.kit.name == env!("CARGO_PKG_NAME"), "the kit's name"),
        (evidence.run.registration_expected != by_hand, "who registers the recording URL"),
        (evidence.run.insecure_hosts == config.hubspot.insecure_hosts, "the hosts without TLS"),
        (config.integration == premises.integration, "who was examined"),
        (config.profiles.require == premises.terms.profiles, "the profiles"),
        (config.ranges.cases == premises.cases, "the number of random ranges"),
        (config.waivers == premises.waivers, "the waivers"),
    ];
    let differing = same.iter().filter(|(same, _)| !same);
    differing
        .map(|(_, what)| Fault::new(PREMISES, format!("{what}: not as {CONFIGURATION} has it")))
        .collect()
}

/// Every story of the kit was told, as the kit tells it, and nothing else.
fn stories(config: &Config, evidence: &Evidence) -> Vec<Fault> {
    let shelf = scenario::select(scenario::embedded(), &[], false).expect("nobody is named");
    let told: Vec<_> = evidence.stories.iter().map(|story| story.scenario.as_str()).collect();
    let wanted: Vec<_> = shelf.iter().map(|scenario| scenario.name.as_str()).collect();
    if told != wanted {
        let what = format!("it tells {}; the kit has {}", told.join(", "), wanted.join(", "));
        return vec![Fault::new(EVIDENCE, what)];
    }
    let mut faults = Vec::new();
    for (story, scenario) in evidence.stories.iter().zip(&shelf) {
        let untold = config
            .trigger
            .as_ref()
            .map(|trigger| plan::cannot(scenario, config, trigger))
            .unwrap_or_default();
        let numbers = |exchange: &Exchange| exchange.number;
        let same = [
            (story.title == scenario.title, "its title"),
            (story.sections == scenario.sections, "the sections of the catalogue that it asks"),
            (story.api_version == scenario.api_version, "its API version"),
            (story.calls.len() == scenario.calls.len(), "how many calls it makes"),
            (weather_of(story) == weather_of_scenario(scenario), "its weather"),
            (story.not_told == untold, "whether it can be told"),
            (story.not_told.is_some() || all_asked(story), "what its probes asked"),
            (
                story.exchanges.iter().map(numbers).eq(1..=story.exchanges.len() as u32),
                "the numbers of its exchanges",
            ),
            (
                story.not_told.is_none() || story.exchanges.is_empty() && story.journal.is_empty(),
                "what it saw",
            ),
        ];
        let differing = same.iter().filter(|(same, _)| !same);
        faults.extend(differing.map(|(_, what)| {
            Fault::new(format!("the story {}", story.scenario), format!("{what}: not as the kit has it"))
        }));
    }
    faults
}

/// No probe of a told story was left out: what its sections plan was asked, or something blocked it.
fn all_asked(story: &Story) -> bool {
    let length = story.calls.first().and_then(|call| call.baseline.as_ref()).map(|baseline| baseline.length);
    let tiny = length.is_some_and(|length| length < probe::SHORTEST);
    let left_out = |asked: &Probe| match story.probes.get(asked) {
        Some(ProbeOutcome::Asked) => *asked == Probe::RandomRanges && story.random.is_none(),
        Some(ProbeOutcome::Blocked(_)) => false,
        // Whether there is HTTP/2 to ask is seen only when it is tried.
        Some(ProbeOutcome::NotAsked(_)) => !tiny && *asked != Probe::Http2,
        None => true,
    };
    !probe::planned(&story.sections, 0).iter().any(left_out)
}

fn weather_of(story: &Story) -> BTreeMap<String, u32> {
    let mut weather = BTreeMap::new();
    for one in &story.weather {
        let times: &mut u32 = weather.entry(format!("{:?} {}", one.operation, one.strike)).or_default();
        *times = times.saturating_add(one.times);
    }
    weather
}

fn weather_of_scenario(scenario: &Scenario) -> BTreeMap<String, u32> {
    let mut weather = BTreeMap::new();
    for one in &scenario.weather {
        let times = one.times * scenario.calls.len() as u32;
        *weather.entry(format!("{:?} {}", one.operation, one.kind.name())).or_default() += times;
    }
    weather
}

/// The random ranges that were sent are those of the seed, and what they broke is what was written down.
fn cases(evidence: &Evidence, premises: &Premises, story: &Story, walk: &RandomWalk) -> Vec<String> {
    let Some(whole) = story.calls.first().and_then(|call| Whole::of(story, call)) else {
        return vec!["there is no recording that they ask for".to_owned()];
    };
    let sent: Vec<_> = story.of(Probe::RandomRanges).filter(|exchange| exchange.step.is_none()).collect();
    if sent.len() != walk.cases as usize || walk.cases > premises.cases {
        return vec![format!("{} were sent; {} are told, of {}", sent.len(), walk.cases, premises.cases)];
    }
    if walk.cases < premises.cases && walk.stopped.is_none() {
        return vec![format!("{} of {} were sent, and nothing stopped them", walk.cases, premises.cases)];
    }
    let trees = strategy::cases(evidence.run.seed, &story.scenario, whole.length);
    let mut broke = Vec::new();
    for ((case, tree), exchange) in (1..).zip(trees).zip(&sent) {
        let header = tree.current().header();
        if exchange.case != format!("random-{case}") || exchange.sent("range") != Some(header.as_str()) {
            return vec![format!(
                "{} asks for `{}`; the seed gives `{header}` as number {case}",
                exchange.id(),
                exchange.sent("range").unwrap_or_default()
            )];
        }
        let invariants: Vec<_> = broken(exchange, &whole).into_iter().map(|b| b.invariant).collect();
        if !invariants.is_empty() {
            let satisfiable = plainly_satisfiable(Some(&header), whole.length);
            broke.push(CaseBroke { case, satisfiable, invariants });
        }
    }
    let told = walk.failures.iter().map(|f| (f.invariant, f.satisfiable, f.case, f.cases_broken));
    let found = groups(&broke);
    let found = found
        .iter()
        .map(|Group { invariant, satisfiable, case, cases }| (*invariant, *satisfiable, *case, *cases));
    if told.eq(found) { Vec::new() } else { vec!["what they broke is not what is told".to_owned()] }
}

/// What bodies were compared with: the recording, at the place where the answer belongs.
fn comparisons(story: &Story, recordings: &BTreeMap<String, Vec<u8>>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for exchange in &story.exchanges {
        let baseline = story.calls.get(exchange.call).and_then(|call| call.baseline.as_ref());
        let (Some(answer), Some(baseline)) = (exchange.answer(), baseline) else { continue };
        let (offset, equal, difference) = match &answer.body.content {
            Content::Equal { offset } => (*offset, answer.body.length, None),
            Content::Differs(difference) => (difference.offset, difference.equal, Some(difference)),
            _ => continue,
        };
        let claimed = answer.header("content-range");
        let place = match answer.status {
            200 | 206 => place_of(answer.status, claimed, exchange.sent("range"), baseline.length),
            _ => 0,
        };
        let due = recordings.get(&baseline.sha256).zip(difference).map(|(recording, difference)| {
            let at = usize::try_from(offset.saturating_add(equal)).unwrap_or(usize::MAX).min(recording.len());
            let due = &recording[at..recording.len().min(at + 16)];
            hex(due) == difference.expected && difference.expected != difference.received
        });
        let beyond = offset.saturating_add(equal) > baseline.length.max(offset);
        if offset != place || beyond || due == Some(false) {
            let what = "what its body was compared with is not the recording at the place where it belongs";
            faults.push(Fault::new(format!("{} of {}", exchange.id(), story.scenario), what));
        }
    }
    faults
}

/// Recordings that are in the bundle: their sums, and what is in them.
fn recordings(run: &Run) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut examined: BTreeMap<&str, MediaFacts> = BTreeMap::new();
    for (hash, bytes) in &run.recordings {
        if super::bundle::sha256(bytes) == *hash {
            examined.insert(hash, media::examine(Cursor::new(bytes.clone())));
        } else {
            faults.push(Fault::new(format!("bodies/{hash}"), "its name is not its SHA-256"));
        }
    }
    for story in &run.evidence.stories {
        for (number, call) in story.calls.iter().enumerate() {
            let place = || format!("the recording of call {} in {}", number + 1, story.scenario);
            let made = call.recording.as_ref().map(|made| made.sha256.as_str());
            if let Some(hash) = made.filter(|hash| !run.recordings.contains_key(*hash)) {
                faults.push(Fault::new(format!("bodies/{hash}"), "a recording that the kit made is missing"));
            }
            let came = call.baseline.as_ref().zip(call.media.as_ref());
            let Some((baseline, told)) = came else { continue };
            let Some(found) = examined.get(baseline.sha256.as_str()) else { continue };
            if run.recordings[&baseline.sha256].len() as u64 != baseline.length {
                faults.push(Fault::new(place(), "it has another length than is told"));
            }
            let value = |facts: &MediaFacts| serde_json::to_value(facts).unwrap_or_default();
            if let Some(member) = differing("", &value(told), &value(found)) {
                faults
                    .push(Fault::new(place(), format!("what is told of it is not what is in it: {member}")));
            }
        }
    }
    faults
}

/// The first member in which two values differ. Numbers may differ in their last digits: levels are logarithms, and
/// machines compute those not quite alike.
fn differing(path: &str, a: &Value, b: &Value) -> Option<String> {
    const DIGITS: f64 = 1e-6;
    let here = || Some(path.trim_start_matches('.').to_owned());
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let missing = a.keys().chain(b.keys()).find(|k| a.contains_key(*k) != b.contains_key(*k));
            if let Some(key) = missing {
                return Some(format!("{path}.{key}").trim_start_matches('.').to_owned());
            }
            a.iter().find_map(|(key, a)| differing(&format!("{path}.{key}"), a, &b[key]))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(n, (a, b))| differing(&format!("{path}.{n}"), a, b))
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => {
            let (a, b) = (a.as_f64()?, b.as_f64()?);
            if (a - b).abs() <= DIGITS * a.abs().max(b.abs()).max(1.0) { None } else { here() }
        }
        (a, b) if a == b => None,
        _ => here(),
    }
}
