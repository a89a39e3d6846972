//! Access tokens: which are valid, since when, and which came after which.

use crate::secrets::hex;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long a refreshed token lives.
pub(crate) const LIFETIME: Duration = Duration::from_mins(30);

/// What a bearer token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bearer {
    /// The developer's.
    Developer,
    /// The portal's; the serial counts tokens in the order in which they were issued.
    Access { serial: u64 },
    /// The portal's, until its time was over.
    Expired { serial: u64, ago: Duration },
    /// Nobody's.
    Unknown,
}

pub(super) struct Tokens {
    known: HashMap<String, Issued>,
    current: String,
    issued: u64,
}

struct Issued {
    serial: u64,
    /// The token of the setup does not expire.
    at: Option<Instant>,
}

impl Tokens {
    pub(super) fn new(first: &str) -> Self {
        let known = HashMap::from([(first.to_owned(), Issued { serial: 0, at: None })]);
        Self { known, current: first.to_owned(), issued: 0 }
    }

    /// The same setup gives the same tokens in the same order.
    pub(super) fn issue(&mut self, seed: &str) -> String {
        self.issued += 1;
        let digest = Sha256::digest(format!("{seed} {}", self.issued));
        let token = format!("mock-refreshed-{}-{}", self.issued, hex(&digest[..12]));
        self.known.insert(token.clone(), Issued { serial: self.issued, at: Some(Instant::now()) });
        self.current.clone_from(&token);
        token
    }

    pub(super) fn look_up(&self, token: &str) -> Bearer {
        let Some(issued) = self.known.get(token) else { return Bearer::Unknown };
        let serial = issued.serial;
        match issued.at.and_then(|at| at.elapsed().checked_sub(LIFETIME)) {
            Some(ago) => Bearer::Expired { serial, ago },
            None => Bearer::Access { serial },
        }
    }

    pub(super) fn current(&self) -> &str {
        &self.current
    }

    pub(super) fn issued(&self) -> u64 {
        self.issued
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_tokens_are_valid_and_ordered() {
        let mut tokens = Tokens::new("first");
        let second = tokens.issue("first");
        assert_eq!(tokens.look_up("first"), Bearer::Access { serial: 0 });
        assert_eq!(tokens.look_up(&second), Bearer::Access { serial: 1 });
        assert_eq!(tokens.look_up("other"), Bearer::Unknown);
        assert_eq!(tokens.current(), second);
    }

    #[test]
    fn the_same_setup_gives_the_same_tokens() {
        assert_eq!(Tokens::new("a").issue("a"), Tokens::new("a").issue("a"));
    }
}
