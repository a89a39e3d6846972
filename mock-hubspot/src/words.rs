//! Texts looked over eight bytes at a time, where most hold nothing that is looked for.
//!
//! After "Determine if a word has a zero byte", S. Anderson's Bit Twiddling Hacks.

/// One in each byte.
const EACH: u64 = u64::MAX / 0xff;
const HIGHEST: u64 = EACH << 7;

/// The highest bit of each byte of the word that is this one, and perhaps of bytes behind such a one.
pub(crate) const fn places(word: u64, byte: u8) -> u64 {
    let others = word ^ (EACH * byte as u64);
    others.wrapping_sub(EACH) & !others & HIGHEST
}

/// The word with its letters in lower case, and other bytes changed too.
pub(crate) const fn lowered(word: u64) -> u64 {
    word | (EACH << 5)
}

/// Whether a text cannot stand in JSON as it is (RFC 8259 §7).
pub(crate) fn must_be_escaped(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (words, rest) = bytes.as_chunks::<8>();
    let last = match bytes.last_chunk::<8>() {
        // Some bytes twice are less work than a word of its own.
        Some(last) => *last,
        None => std::array::from_fn(|at| rest.get(at).copied().unwrap_or(b' ')),
    };
    let found = words.iter().chain([&last]).fold(0, |found, word| {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(EACH * 0x20) & !word & HIGHEST;
        found | control | places(word, b'"') | places(word, b'\\')
    });
    found != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_need_not_be_escaped_is_left_as_it_is(text in "[\\x00-\\u{ff}\"\\\\]{0,20}|[ -~]{0,20}") {
            let escaped = serde_json::to_string(&text).expect("JSON");
            prop_assert_eq!(must_be_escaped(&text), escaped != format!("\"{text}\""));
        }

        #[test]
        fn no_place_is_missed_and_the_first_is_a_true_one(
            bytes in proptest::array::uniform8(prop_oneof![Just(b':'), Just(b';'), any::<u8>()]),
        ) {
            let found = places(u64::from_le_bytes(bytes), b':');
            let is_found = |at: usize| found & (0x80 << (at * 8)) != 0;
            prop_assert!((0..8).all(|at| bytes[at] != b':' || is_found(at)));
            let first = (found != 0).then(|| found.trailing_zeros() as usize / 8);
            prop_assert_eq!(first, bytes.iter().position(|b| *b == b':'));
        }
    }
}
