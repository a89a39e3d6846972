//! Makes the integration do something: a request, a program, or a person.

use super::SetupFault;
use super::family::Family;
use crate::patience::Patience;
use crate::probe::trigger::{Caller, Triggered};
use mock_hubspot::secrets::Secrets;
use serde_json::Value;
use std::process::Stdio;
use tokio::process::Command;

/// One thing to do, templates filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A request to the integration.
    Request {
        /// Its method.
        method: String,
        /// Its absolute URL.
        url: String,
        /// Header fields.
        headers: Vec<(String, String)>,
        /// Its body, where it is JSON.
        json: Option<Value>,
        /// Its body, where it is something else.
        body: Option<String>,
    },
    /// A program that is run to its end.
    Command(Vec<String>),
    /// A sentence for a person, shown while the journal is watched.
    Manual(String),
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// An answer to the request.
    Answered {
        /// Its status code.
        status: u16,
        /// The beginning of its body.
        body: String,
    },
    /// The program ended.
    Ended {
        /// Its exit status.
        status: String,
        /// Whether that is success.
        success: bool,
    },
    /// None is awaited.
    None,
}

impl Reply {
    /// What it says of a failure, if it says so.
    pub fn failed(&self) -> Option<String> {
        match self {
            Self::Answered { status, body } if !(200..300).contains(status) => {
                let body: String = body.chars().filter(|c| !c.is_control()).take(200).collect();
                Some(format!("the trigger was answered {status}: {body}"))
            }
            Self::Ended { status, success: false } => {
                Some(format!("the trigger's program ended with {status}"))
            }
            _ => None,
        }
    }
}

/// Does it, and waits for the reply where one comes. What is told of it afterwards has its secrets cut.
pub async fn perform(
    act: &Act,
    caller: &Caller,
    patience: &Patience,
    secrets: &Secrets,
) -> Result<Reply, SetupFault> {
    match act {
        Act::Request { method, url, headers, json, body } => {
            let body = json.as_ref().map(Value::to_string).or_else(|| body.clone());
            let json = json.is_some();
            let answer = caller.send(method, url, headers, body, json, patience.trigger).await;
            let unreachable = |reason: String| SetupFault::TriggerUnreachable {
                url: secrets.cut_text(url),
                reason: secrets.cut_text(&reason),
            };
            let reply = |a: Triggered| Reply::Answered { status: a.status, body: secrets.cut_text(&a.body) };
            answer.map(reply).map_err(unreachable)
        }
        Act::Command(command) => {
            let name = secrets.cut_text(&command.join(" "));
            let unreachable = |reason| SetupFault::TriggerUnreachable { url: name.clone(), reason };
            let (program, arguments) =
                command.split_first().ok_or_else(|| unreachable("the command is empty".to_owned()))?;
            let mut command = Command::new(program);
            command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let (mut child, family) =
                Family::start(&mut command).map_err(|error| unreachable(error.to_string()))?;
            let status = tokio::time::timeout(patience.trigger, child.wait())
                .await
                .map_err(|_| unreachable(format!("it did not end within {} s", patience.trigger.as_secs())))?
                .map_err(|error| unreachable(error.to_string()))?;
            // Whoever ended in time may have left something behind that makes the call later.
            family.leave();
            Ok(Reply::Ended { status: status.to_string(), success: status.success() })
        }
        Act::Manual(_) => Ok(Reply::None),
    }
}
