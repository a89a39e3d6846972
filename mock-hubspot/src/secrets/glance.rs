//! One look at a text, to spare most texts the patterns of `text.rs`: whether any of them could find something to cut.
//!
//! A text is only waved through where none of them can; a property test compares the two.

use super::names;
use crate::words::{lowered, places};
use memchr::{memchr3_iter, memrchr};

/// Whether no pattern of `text.rs` changes this text. Known literals are another matter.
pub(super) fn is_harmless(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Escapes hide names and whole members; and the long s is no ASCII letter and stands for one where case does not matter.
    let plain = memchr3_iter(b'\\', b'=', 0xc5, bytes).all(|at| match bytes[at] {
        b'\\' => false,
        b'=' => !may_be_field(text, at),
        _ => bytes.get(at + 1) != Some(&0xbf),
    });
    if !plain {
        return false;
    }
    // These stand so close together that jumping from one to the next is no gain: eight bytes at a time are looked at.
    let (words, rest) = bytes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let mut found = places(word, b':') | places(lowered(word), b'b');
        while found != 0 {
            let at = number * 8 + found.trailing_zeros() as usize / 8;
            if may_tell(bytes, at) && tells(text, at) {
                return false;
            }
            found &= found - 1;
        }
    }
    !(bytes.len() - rest.len()..bytes.len()).any(|at| tells(text, at))
}

/// Whether it is worth a closer look: not at the colons of a time of day or after most names, nor at most letters.
#[inline]
fn may_tell(bytes: &[u8], at: usize) -> bool {
    let next = bytes.get(at + 1).copied().unwrap_or(b'/');
    match (bytes[at], &bytes[..at]) {
        (b':', _) if next == b'/' => true,
        (b':', [.., before]) if before.is_ascii_alphanumeric() => false,
        // So most names end; the one that is told besides credentials ends with `rl`.
        (b':', [.., before, first, second, third, b'"']) => {
            let first = if *first == b'_' { before } else { first };
            (*second, *third) == (b'r', b'l') || !names::is_no_end([*first, *second, *third])
        }
        (b':', _) => true,
        _ => matches!(next | 0x20, b'a' | b'e'),
    }
}

/// Whether something to cut may stand where this byte stands.
fn tells(text: &str, at: usize) -> bool {
    match text.as_bytes()[at] {
        b':' => may_be_member(text, at),
        b'b' | b'B' => is_scheme(&text.as_bytes()[at..]),
        _ => false,
    }
}

/// Whether a colon belongs to a URL, or stands after the name of a member that tells something.
fn may_be_member(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    if bytes.get(at + 1) == Some(&b'/') {
        return true;
    }
    let before = match bytes[..at].last() {
        Some(b'"') => &text[..at],
        _ => text[..at].trim_ascii_end(),
    };
    match before.as_bytes() {
        [name @ .., b'"'] => {
            let opening = memrchr(b'"', name).map_or(0, |quote| quote + 1);
            is_telling(&before[opening..name.len()])
        }
        // Spaces that are not ASCII may stand there too.
        [.., last] => !last.is_ascii(),
        [] => false,
    }
}

fn is_telling(name: &str) -> bool {
    name == "authenticatedUrl" || names::is_credential(name)
}

/// Whether a credential's name stands before an equals sign.
fn may_be_field(text: &str, at: usize) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.%-".contains(byte);
    let length = text.as_bytes()[..at].iter().rev().take_while(|byte| is_name(byte)).count();
    let name = &text[at - length..at];
    name.contains('%') || names::is_credential(name)
}

fn is_scheme(bytes: &[u8]) -> bool {
    let is = |word: &str| bytes.get(..word.len()).is_some_and(|w| w.eq_ignore_ascii_case(word.as_bytes()));
    match bytes.get(1) {
        Some(b'e' | b'E') => is("bearer"),
        Some(b'a' | b'A') => is("basic"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Secrets;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_texts_are_waved_through() {
        for text in [
            r#"{"properties":{"hs_timestamp":"2023-10-27T10:00:00Z","hs_call_body":"a: b"},"associations":[{"to":{"id":"1"}}]}"#,
            "application/json;charset=utf-8",
            "python-requests/2.31",
            "",
        ] {
            assert!(is_harmless(text), "{text}");
        }
    }

    #[test]
    fn a_long_text_of_colons_takes_no_longer_than_another() {
        let text = "{\"a\":".repeat(1 << 20);
        let began = std::time::Instant::now();
        assert!(is_harmless(&text));
        // Milliseconds; minutes where each colon looks at all that stands before it.
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    }

    proptest! {
        #[test]
        fn what_is_waved_through_has_nothing_to_cut(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("\"".to_owned()), Just("\\".to_owned()), Just(":".to_owned()), Just("/".to_owned()),
                    Just("=".to_owned()), Just("&".to_owned()), Just(" ".to_owned()), Just("\u{a0}".to_owned()),
                    Just("token".to_owned()), Just("to_ken".to_owned()), Just("%74oken".to_owned()), Just("code".to_owned()),
                    Just("authenticatedUrl".to_owned()), Just("Bearer".to_owned()), Just("ba\u{17f}ic".to_owned()),
                    Just("https".to_owned()), Just("session".to_owned()), Just("ApiKey".to_owned()), Just("sig".to_owned()),
                    Just("-".to_owned()), Just("basic".to_owned()), Just("{".to_owned()), Just(",".to_owned()), Just("7".to_owned()),
                    "[a-z0-9]{1,12}".prop_map(|s| s),
                ],
                0..24,
            )
        ) {
            let text = parts.concat();
            if is_harmless(&text) {
                prop_assert_eq!(Secrets::new().cut_thoroughly(&text), text);
            }
        }
    }
}
