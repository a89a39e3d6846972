//! Which requests a rule with a rate strikes: always the same ones for the same seed.

use serde::Serialize;

/// Strikes a part of the requests, drawn from a seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Odds {
    /// The part, between 0 and 1.
    pub rate: f64,
    /// Another seed strikes others.
    pub seed: u64,
}

impl Odds {
    /// Whether the request with that number, counted from 0, is struck.
    pub(super) fn strikes(self, number: u32) -> bool {
        // SplitMix64, of which the upper 53 bits are a fraction.
        let mut z = self.seed.wrapping_add((u64::from(number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let drawn = ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        drawn < self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_strikes_its_part_and_a_seed_always_the_same() {
        let struck =
            |rate, seed| -> Vec<bool> { (0..1000).map(|n| Odds { rate, seed }.strikes(n)).collect() };
        assert_eq!(struck(0.25, 7), struck(0.25, 7));
        assert_ne!(struck(0.25, 7), struck(0.25, 8));
        let count = struck(0.25, 7).iter().filter(|s| **s).count();
        assert!((200..300).contains(&count), "{count}");
        assert!(!struck(0.0, 7).contains(&true) && !struck(1.0, 7).contains(&false));
    }
}
