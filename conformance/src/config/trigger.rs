//! `[trigger]`: how one call is made to happen, and how the registration is made to move.

use super::template::{JsonTemplate, Template};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What an empty command is answered with.
pub(super) const NO_PROGRAM: &str =
    "the command names no program\nhelp: write [\"program\", \"argument\", …]";

/// `[trigger]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "RawTrigger")]
pub struct Trigger {
    /// What is done.
    pub act: Act,
    /// When the story is over.
    pub done: Done,
    /// What makes the integration register another URL; `None`: nothing can.
    pub move_registration: Option<Act>,
}

/// One thing that makes the integration do something.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A request is sent to it.
    Request(Box<Request>),
    /// A program is run.
    Command(Vec<Template>),
    /// A person is asked to do it.
    Manual(Template),
}

/// When a story is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Done {
    /// When the journal holds what was awaited.
    #[default]
    Journal,
    /// When the trigger is answered.
    Reply,
}

/// A request to the integration.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Its method.
    #[serde(default = "post", deserialize_with = "read_method")]
    pub method: String,
    /// An absolute URL.
    pub url: Template,
    /// Header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// The body, where it is JSON.
    #[serde(default)]
    pub json: Option<JsonTemplate>,
    /// The body, where it is something else.
    #[serde(default)]
    pub body: Option<Template>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTrigger {
    request: Option<RawRequest>,
    command: Option<Vec<Template>>,
    manual: Option<Template>,
    #[serde(default)]
    done: Done,
    move_registration: Option<RawAct>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAct {
    request: Option<RawRequest>,
    command: Option<Vec<Template>>,
    manual: Option<Template>,
}

/// A request that has at most one body.
#[derive(Deserialize)]
#[serde(try_from = "Request")]
struct RawRequest(Request);

impl TryFrom<Request> for RawRequest {
    type Error = &'static str;

    fn try_from(request: Request) -> Result<Self, Self::Error> {
        if request.json.is_some() && request.body.is_some() {
            return Err("a request has one body\nhelp: write either json or body");
        }
        Ok(Self(request))
    }
}

impl TryFrom<RawTrigger> for Trigger {
    type Error = &'static str;

    fn try_from(raw: RawTrigger) -> Result<Self, Self::Error> {
        let RawTrigger { request, command, manual, done, move_registration } = raw;
        let act = Act::try_from(RawAct { request, command, manual })?;
        if done == Done::Reply && matches!(act, Act::Manual(_)) {
            return Err("a person gives no reply\nhelp: leave done out, or use request or command");
        }
        Ok(Self { act, done, move_registration: move_registration.map(Act::try_from).transpose()? })
    }
}

impl TryFrom<RawAct> for Act {
    type Error = &'static str;

    fn try_from(raw: RawAct) -> Result<Self, Self::Error> {
        match (raw.request, raw.command, raw.manual) {
            (Some(request), None, None) => Ok(Self::Request(Box::new(request.0))),
            (None, Some(command), None) if command.is_empty() => Err(NO_PROGRAM),
            (None, Some(command), None) => Ok(Self::Command(command)),
            (None, None, Some(manual)) => Ok(Self::Manual(manual)),
            (None, None, None) => Err("nothing is triggered\nhelp: write one of request, command, manual"),
            _ => Err("only one thing is triggered\nhelp: write one of request, command, manual"),
        }
    }
}

fn post() -> String {
    "POST".to_owned()
}

fn read_method<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let method = String::deserialize(deserializer)?;
    if method.is_empty() || !method.chars().all(|c| c.is_ascii_uppercase()) {
        return Err(serde::de::Error::custom(format!(
            "`{method}` is no method\nhelp: write GET, POST, PUT, PATCH or DELETE"
        )));
    }
    Ok(method)
}
