//! What a batch answers: results, and errors where some inputs came to nothing.

use crate::handlers::Answer;
use crate::portal::{Clock, moment};
use crate::refusal::Refusal;
use crate::wire::ObjectType;
use serde::Serialize;
use serde_json::{Value, json};

/// The reply of a batch, as it fills.
pub(in crate::handlers) struct Batch {
    clock: Clock,
    started: String,
    results: Vec<Value>,
    errors: Vec<Value>,
}

impl Batch {
    pub(in crate::handlers) fn new(clock: &Clock) -> Self {
        let started = moment::written(clock.now());
        Self { clock: clock.clone(), started, results: Vec::new(), errors: Vec::new() }
    }

    pub(in crate::handlers) fn result(&mut self, result: &impl Serialize) {
        self.results.push(serde_json::to_value(result).unwrap_or_default());
    }

    /// One input came to nothing.
    pub(in crate::handlers) fn error(&mut self, refusal: &Refusal, context: &[(&str, &str)]) {
        self.errors.push(refusal.as_error(context));
    }

    /// What one input came to.
    pub(in crate::handlers) fn take(&mut self, outcome: Result<Vec<Value>, Refusal>) {
        match outcome {
            Ok(results) => self.results.extend(results),
            Err(refusal) => self.error(&refusal, &[]),
        }
    }

    /// All that are not there are one error.
    pub(in crate::handlers) fn missing(&mut self, kind: ObjectType, ids: &[&str]) {
        if !ids.is_empty() {
            self.error(&Refusal::some_missing(&kind.shouted(), ids), &[]);
        }
    }

    /// 207 where there are errors.
    pub(in crate::handlers) fn answer(self, status: u16) -> Answer {
        let mut reply = json!({
            "status": "COMPLETE",
            "results": self.results,
            "requestedAt": self.started,
            "startedAt": self.started,
            "completedAt": moment::written(self.clock.now()),
        });
        if self.errors.is_empty() {
            return Answer::json(status, &reply);
        }
        reply["numErrors"] = self.errors.len().into();
        reply["errors"] = Value::Array(self.errors);
        Answer::json(207, &reply)
    }
}
