//! What a Range header asks for, and what may answer it (RFC 9110 §14.1, §14.2). Pure.
//!
//! Read next: `content_range.rs` (what the answer claims), `invariants.rs` (what an answer breaks).

use super::content_range::{self, ContentRange};
use crate::evidence::{Answer, End};
use std::cmp::Ordering;
use std::fmt;

/// What a Range header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// No Range header.
    Nothing,
    /// One well-formed byte range.
    One(Spec),
    /// Several.
    Several(Vec<Spec>),
    /// The unit is bytes and the rest does not follow the grammar, or there is no unit.
    Invalid(String),
    /// Another unit.
    OtherUnit(String),
}

/// One byte range; numbers beyond u64 are held at `u64::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spec {
    /// `a-b`, both inclusive, a <= b.
    FromTo(u64, u64),
    /// `a-`
    From(u64),
    /// `-n`
    Suffix(u64),
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FromTo(first, last) => write!(f, "{first}-{last}"),
            Self::From(first) => write!(f, "{first}-"),
            Self::Suffix(length) => write!(f, "-{length}"),
        }
    }
}

/// What a range means for a recording of a known length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// These bytes, both ends inclusive.
    Part(u64, u64),
    /// Nothing: 416.
    Unsatisfiable,
}

/// The class of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 200 with everything.
    Full,
    /// 206 with one part.
    Part,
    /// 206 multipart/byteranges.
    Multi,
    /// 416.
    Unsatisfiable,
    /// 400 (or 431).
    Rejected,
    /// Anything else, 200 with another length included.
    Other,
}

/// Reads a Range header as RFC 9110 §14.1.1 and §14.2 have it.
pub fn parse(header: Option<&str>) -> Asked {
    let Some(header) = header else { return Asked::Nothing };
    // Whitespace around a field value is no part of it (RFC 9110 §5.5).
    let header = trim(header);
    let Some((unit, set)) = header.split_once('=') else {
        return Asked::Invalid("there is no unit, for there is no `=`".into());
    };
    if unit.is_empty() || !unit.bytes().all(is_token) {
        return Asked::Invalid(format!("`{unit}` is no unit"));
    }
    // Units are compared without regard to case (RFC 9110 §14.1).
    if !unit.eq_ignore_ascii_case("bytes") {
        return Asked::OtherUnit(unit.into());
    }
    match elements(set).map(spec).collect::<Result<Vec<_>, _>>() {
        Err(reason) => Asked::Invalid(reason),
        Ok(specs) => match specs.as_slice() {
            [] => Asked::Invalid("no range follows `bytes=`".into()),
            [one] => Asked::One(*one),
            _ => Asked::Several(specs),
        },
    }
}

/// The non-empty elements of a list (RFC 9110 §5.6.1.2): whitespace stands around commas only, so it stays, and is
/// refused, before the first element.
fn elements(set: &str) -> impl Iterator<Item = &str> {
    let mut first = true;
    set.split(',').filter_map(move |element| {
        let at_start = std::mem::replace(&mut first, false);
        let element = if at_start && !trim(element).is_empty() {
            element.trim_end_matches([' ', '\t'])
        } else {
            trim(element)
        };
        (!element.is_empty()).then_some(element)
    })
}

/// One range-spec (RFC 9110 §14.1.1); the only other-range that bytes know is none (§14.1.2).
fn spec(text: &str) -> Result<Spec, String> {
    let Some((first, last)) = text.split_once('-') else {
        return Err(format!("`{text}` has no `-`"));
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !digits(first) || !digits(last) {
        return Err(format!("`{text}` has something other than digits around one `-`"));
    }
    match (first.is_empty(), last.is_empty()) {
        (true, true) => Err(format!("`{text}` has no number")),
        (true, false) => Ok(Spec::Suffix(number(last))),
        (false, true) => Ok(Spec::From(number(first))),
        // An int-range whose last-pos is less than its first-pos is invalid (RFC 9110 §14.1.1).
        (false, false) if compare(first, last) == Ordering::Greater => {
            Err(format!("`{text}` ends before it starts"))
        }
        (false, false) => Ok(Spec::FromTo(number(first), number(last))),
    }
}

/// A number of any length; beyond u64 it is held at `u64::MAX` ("prevent parsing errors due to integer conversion
/// overflows", RFC 9110 §14.1.2).
fn number(digits: &str) -> u64 {
    digits.bytes().fold(0, |sum: u64, b| sum.saturating_mul(10).saturating_add(u64::from(b - b'0')))
}

/// Compares numbers by their digits, so that saturation hides no reversed range.
fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

fn is_token(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b)
}

/// What a range means for a recording of `length` bytes (RFC 9110 §14.1.2).
pub fn wanted(spec: Spec, length: u64) -> Wanted {
    let Some(end) = length.checked_sub(1) else { return Wanted::Unsatisfiable };
    match spec {
        Spec::FromTo(first, last) if first <= end => Wanted::Part(first, last.min(end)),
        Spec::From(first) if first <= end => Wanted::Part(first, end),
        Spec::Suffix(n) if n > 0 => Wanted::Part(length.saturating_sub(n), end),
        _ => Wanted::Unsatisfiable,
    }
}

/// Whether a Range header asks for bytes that are there, in a form on which no honest server stumbles: one range, spelt
/// as everyone spells it, and no suffix longer than the recording.
pub fn plainly_satisfiable(header: Option<&str>, length: u64) -> bool {
    let Asked::One(spec) = parse(header) else { return false };
    let long_suffix = matches!(spec, Spec::Suffix(n) if n > length);
    !long_suffix && is_plain(header, spec) && wanted(spec, length) != Wanted::Unsatisfiable
}

fn is_plain(header: Option<&str>, spec: Spec) -> bool {
    header.is_some_and(|header| header.strip_prefix("bytes=") == Some(&spec.to_string()))
}

/// The classes that may answer a request for one range. A 206 is needed where the player asks; where honest
/// servers differ (suffixes, an end beyond the recording, odd spellings, nothing to give) everything comes with 200 too.
pub fn allowed(header: Option<&str>, spec: Spec, length: u64) -> &'static [Class] {
    let beyond = match spec {
        Spec::FromTo(_, last) => last >= length,
        Spec::From(_) => false,
        Spec::Suffix(_) => true,
    };
    match wanted(spec, length) {
        Wanted::Unsatisfiable => &[Class::Unsatisfiable, Class::Full, Class::Rejected],
        Wanted::Part(..) if !is_plain(header, spec) => {
            &[Class::Part, Class::Full, Class::Rejected, Class::Unsatisfiable]
        }
        Wanted::Part(..) if beyond => &[Class::Part, Class::Full],
        Wanted::Part(..) => &[Class::Part],
    }
}

/// The class of an answer about a recording of `length` bytes. A 200 that we stopped reading is `Full`.
pub fn classify(answer: &Answer, length: u64) -> Class {
    match answer.status {
        200 => match answer.body.end {
            End::Abandoned => Class::Full,
            End::Complete if answer.body.length == length => Class::Full,
            _ => Class::Other,
        },
        206 if is_multipart(answer) => Class::Multi,
        206 => Class::Part,
        416 => Class::Unsatisfiable,
        400 | 431 => Class::Rejected,
        _ => Class::Other,
    }
}

fn is_multipart(answer: &Answer) -> bool {
    let kind = answer.header("content-type").unwrap_or_default();
    kind.trim_start().get(..20).is_some_and(|start| start.eq_ignore_ascii_case("multipart/byteranges"))
}

/// Where in the recording a body belongs: where its Content-Range says, else where the request asked.
pub fn place_of(status: u16, claimed: Option<&str>, range: Option<&str>, length: u64) -> u64 {
    if status == 200 {
        return 0;
    }
    if let Some(Ok(ContentRange::Part { first, .. })) = claimed.map(content_range::parse) {
        return first;
    }
    match parse(range) {
        Asked::One(spec) => match wanted(spec, length) {
            Wanted::Part(first, _) => first,
            Wanted::Unsatisfiable => 0,
        },
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a range covers, by trying every byte: the definition of §14.1.2 read aloud, with no arithmetic on ends.
    fn covered(spec: Spec, length: u64) -> Vec<u64> {
        (0..length)
            .filter(|&byte| match spec {
                Spec::FromTo(first, last) => byte >= first && byte <= last,
                Spec::From(first) => byte >= first,
                Spec::Suffix(n) => length - byte <= n,
            })
            .collect()
    }

    #[test]
    fn every_small_range_means_what_counting_bytes_says() {
        for length in 0..9_u64 {
            let closed = (0..12).flat_map(|a| (a..12).map(move |b| Spec::FromTo(a, b)));
            let specs = closed.chain((0..12).map(Spec::From)).chain((0..12).map(Spec::Suffix));
            for spec in specs {
                assert_eq!(parse(Some(&format!("bytes={spec}"))), Asked::One(spec));
                let counted = covered(spec, length);
                match wanted(spec, length) {
                    Wanted::Unsatisfiable => assert!(counted.is_empty(), "{spec} of {length}"),
                    Wanted::Part(a, b) => {
                        assert_eq!(counted, (a..=b).collect::<Vec<_>>(), "{spec} of {length}");
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_of_any_length_are_read() {
        let nines = "9".repeat(40);
        assert_eq!(parse(Some(&format!("bytes=0-{nines}"))), Asked::One(Spec::FromTo(0, u64::MAX)));
        assert_eq!(parse(Some("bytes=18446744073709551616-")), Asked::One(Spec::From(u64::MAX)));
        assert_eq!(parse(Some("bytes=000-0009")), Asked::One(Spec::FromTo(0, 9)));
        assert!(matches!(parse(Some(&format!("bytes={nines}1-{nines}0"))), Asked::Invalid(_)));
    }

    #[test]
    fn lists_have_whitespace_around_commas_and_empty_elements() {
        let two = Asked::Several(vec![Spec::FromTo(0, 9), Spec::FromTo(20, 29)]);
        for header in ["bytes=0-9,20-29", "bytes=0-9, ,20-29,", "bytes=, 0-9 ,\t20-29", " BYTES=0-9,20-29 "] {
            assert_eq!(parse(Some(header)), two, "{header}");
        }
        assert_eq!(parse(Some("bytes=,-5,")), Asked::One(Spec::Suffix(5)));
    }

    #[test]
    fn what_breaks_the_grammar_is_invalid() {
        let broken = "bytes=abc bytes= bytes=, bytes=- bytes=1-2-3 bytes=0x0-5 bytes=+0-5 bytes=0-5;q=1 bytes=0.0-5 \
                      0-5 bytes=500-100 bytes=0-9,9-3 bytes=1 =0-5";
        for header in broken.split(' ') {
            assert!(matches!(parse(Some(header)), Asked::Invalid(_)), "{header}");
        }
        for header in ["bytes 0-5", "bytes= 0-9", "bytes = 0-9", "bytes=0 - 9", "bytes=0-9 5", ""] {
            assert!(matches!(parse(Some(header)), Asked::Invalid(_)), "{header}");
        }
        assert_eq!(parse(Some("items=0-5")), Asked::OtherUnit("items".into()));
        assert_eq!(parse(None), Asked::Nothing);
    }

    proptest! {
        #[test]
        fn no_header_stops_the_parser(header in "\\PC{0,40}", length: u64) {
            if let Asked::One(spec) = parse(Some(&header))
                && let Wanted::Part(a, b) = wanted(spec, length)
            {
                prop_assert!(a <= b && b < length);
            }
        }

        #[test]
        fn what_is_spelt_is_read(a: u64, b: u64) {
            let asked = parse(Some(&format!("bytes={a}-{b}")));
            if a <= b {
                prop_assert_eq!(asked, Asked::One(Spec::FromTo(a, b)));
            } else {
                prop_assert!(matches!(asked, Asked::Invalid(_)));
            }
        }
    }
}
