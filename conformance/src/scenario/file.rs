//! What a scenario file may say, and how it becomes a [`Scenario`]. Pure.

use super::{CallPlan, Scenario, ScenarioError, Strike, StrikeKind};
use crate::check::Section;
use crate::config::located::Located;
use crate::config::value::{read_api_version, read_optional_duration};
use mock_hubspot::operation::Operation;
use mock_hubspot::versions::ApiVersion;
use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// More calls than this would only measure the machine.
const MOST_CALLS: u32 = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, try_from = "Keys")]
struct File {
    keys: Keys,
    calls: Vec<CallPlan>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    title: String,
    why: String,
    sections: Option<Vec<Section>>,
    #[serde(default)]
    call: Vec<CallPlan>,
    calls: Option<u32>,
    #[serde(default)]
    weather: Vec<Weather>,
    #[serde(default)]
    move_registration: bool,
    #[serde(default, deserialize_with = "optional_version")]
    api_version: Option<ApiVersion>,
    #[serde(default)]
    on_request: bool,
}

#[derive(Deserialize)]
#[serde(try_from = "RawWeather")]
struct Weather(Strike);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWeather {
    operation: Operation,
    strike: Word,
    status: Option<u16>,
    #[serde(default = "once")]
    times: u32,
    #[serde(default, deserialize_with = "read_optional_duration")]
    delay: Option<Duration>,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Throttled,
    Failing,
    Slow,
    Cut,
    ExpiredToken,
}

fn once() -> u32 {
    1
}

fn optional_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ApiVersion>, D::Error> {
    read_api_version(deserializer).map(Some)
}

impl TryFrom<RawWeather> for Weather {
    type Error = &'static str;

    fn try_from(raw: RawWeather) -> Result<Self, Self::Error> {
        if raw.times == 0 {
            return Err("weather that never strikes\nhelp: write times = 1 or more, or take the table out");
        }
        let kind = match (raw.strike, raw.status, raw.delay) {
            (Word::Failing, status, None) => match status.unwrap_or(503) {
                status @ 500..=599 => StrikeKind::Failing(status),
                _ => return Err("a failing HubSpot answers 5xx\nhelp: write status = 500 to 599"),
            },
            (_, Some(_), _) => return Err("only failing has a status\nhelp: take status out"),
            (Word::Slow, None, Some(delay)) if !delay.is_zero() => StrikeKind::Slow(delay),
            (Word::Slow, None, _) => return Err("how slow?\nhelp: write delay = \"1s\""),
            (_, _, Some(_)) => return Err("only slow has a delay\nhelp: take delay out"),
            (Word::Throttled, None, None) => StrikeKind::Throttled,
            (Word::Cut, None, None) => StrikeKind::Cut,
            (Word::ExpiredToken, None, None) => StrikeKind::ExpiredToken,
        };
        Ok(Self(Strike { operation: raw.operation, kind, times: raw.times }))
    }
}

impl TryFrom<Keys> for File {
    type Error = String;

    fn try_from(keys: Keys) -> Result<Self, String> {
        let calls = match (keys.calls, keys.call.as_slice()) {
            (None, calls) => calls.to_vec(),
            (Some(1..=MOST_CALLS), [_, _, ..]) => {
                return Err("calls and several [[call]]\nhelp: with calls = … write one [[call]] at most: all are alike".into());
            }
            (Some(count @ 1..=MOST_CALLS), calls) => {
                vec![calls.first().copied().unwrap_or_default(); count as usize]
            }
            (Some(_), _) => return Err(format!("calls is a number from 1 to {MOST_CALLS}")),
        };
        if calls.is_empty() {
            return Err("a story without a call is not judged\nhelp: add [[call]]".into());
        }
        if keys.sections.as_ref().is_some_and(Vec::is_empty) {
            return Err("a story that asks nothing\nhelp: name sections, or leave the key out".into());
        }
        Ok(Self { keys, calls })
    }
}

/// Reads the text of the scenario with this name; `origin` is how messages name it.
pub(super) fn parse(text: &str, name: &str, origin: &str) -> Result<Scenario, ScenarioError> {
    let file: File = toml::from_str(text).map_err(|error| Box::new(Located::toml(origin, text, &error)))?;
    let keys = file.keys;
    let asked = |section: &Section| match &keys.sections {
        Some(sections) => sections.contains(section),
        None => match section {
            Section::Resilience => !keys.weather.is_empty(),
            Section::Player => false,
            _ => true,
        },
    };
    Ok(Scenario {
        name: name.to_owned(),
        sections: Section::ALL.into_iter().filter(asked).collect(),
        title: keys.title,
        why: keys.why,
        calls: file.calls,
        at_once: keys.calls.is_some(),
        weather: keys.weather.into_iter().map(|weather| weather.0).collect(),
        move_registration: keys.move_registration,
        api_version: keys.api_version,
        on_request: keys.on_request,
    })
}
