//! What was awaited and did not come, and by when it should have. Pure data.

use serde::{Deserialize, Serialize};

/// Something that was awaited and did not come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// The operation that was awaited.
    pub awaited: mock_hubspot::operation::Operation,
    /// How long, in milliseconds; 0 where the answer to the trigger said that everything was done.
    pub waited_ms: u64,
    /// The request that came closest, and its first difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
}

impl Missed {
    /// By when it should have come, in words.
    pub fn by_when(&self) -> String {
        match (self.waited_ms / 1000, self.waited_ms % 1000) {
            (0, 0) => "before the trigger was answered".to_owned(),
            (seconds, 0) => format!("within {seconds} s"),
            _ => format!("within {} ms", self.waited_ms),
        }
    }
}
