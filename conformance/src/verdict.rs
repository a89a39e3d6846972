//! What a check answers. Pure data: `standing.rs` rolls it up, `report/` renders it.

use serde::{Deserialize, Serialize};

/// The answer of one check about one story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// The clause was kept wherever it was looked at.
    Pass,
    /// The clause was broken.
    Fail {
        /// What was broken, and how to see it again.
        finding: Finding,
    },
    /// The check does not concern this integration or this story.
    NotApplicable {
        /// Why not.
        reason: String,
    },
    /// It should have been answered and could not be.
    Unjudged {
        /// What blocked it, or that the answer was not stable.
        reason: String,
    },
}

impl Verdict {
    /// A failure with this finding.
    pub fn fail(finding: Finding) -> Self {
        Self::Fail { finding }
    }
    /// Not applicable, because of this.
    pub fn not_applicable(reason: impl Into<String>) -> Self {
        Self::NotApplicable { reason: reason.into() }
    }
    /// Unjudged, because of this.
    pub fn unjudged(reason: impl Into<String>) -> Self {
        Self::Unjudged { reason: reason.into() }
    }
    /// One lower-case word for the kind of verdict.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail { .. } => "fail",
            Self::NotApplicable { .. } => "not applicable",
            Self::Unjudged { .. } => "unjudged",
        }
    }
}

/// A broken clause: what was sent, what was allowed, what came, and how to see it again.
///
/// `clause` and `curl` are filled in by `judge.rs`; a check writes the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The broken clause: its name and its sentence.
    #[serde(default)]
    pub clause: String,
    /// What was sent, in one line.
    pub sent: String,
    /// Each answer that would have been right.
    pub expected: Vec<String>,
    /// What came instead.
    pub received: String,
    /// The first place where the two differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_difference: Option<String>,
    /// A line for a shell that shows the fault again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curl: Option<String>,
    /// The numbers of the exchanges that show it: `e12` a probe's, `j7` the journal's.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// How often more the same clause was broken in this story.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

impl Finding {
    /// A finding from its three sentences.
    pub fn new(sent: impl Into<String>, expected: impl Into<String>, received: impl Into<String>) -> Self {
        Self {
            sent: sent.into(),
            expected: vec![expected.into()],
            received: received.into(),
            ..Self::default()
        }
    }
    /// Adds another answer that would have been right.
    #[must_use]
    pub fn or(mut self, expected: impl Into<String>) -> Self {
        self.expected.push(expected.into());
        self
    }
    /// Names the first difference.
    #[must_use]
    pub fn differing(mut self, at: impl Into<String>) -> Self {
        self.first_difference = Some(at.into());
        self
    }
    /// Adds evidence by number (`e12`, `j7`).
    #[must_use]
    pub fn seen_in(mut self, number: impl Into<String>) -> Self {
        self.evidence.push(number.into());
        self
    }
    /// Gives the line for a shell.
    #[must_use]
    pub fn curl(mut self, line: impl Into<String>) -> Self {
        self.curl = Some(line.into());
        self
    }
}
