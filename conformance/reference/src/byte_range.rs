//! One `Range` header, read as RFC 9110 §14 has it. Pure: a header and a length go in, what to send comes out.

use http::{HeaderMap, header::RANGE};

/// One range of bytes, as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ByteRange {
    /// `first-last`.
    FromTo(u64, u64),
    /// `first-`.
    From(u64),
    /// `-length`.
    Suffix(u64),
}

/// What is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Everything, with 200.
    Whole,
    /// From the first byte to the last one, both included, with 206.
    Part { first: u64, last: u64 },
    /// Nothing, with 416.
    Unsatisfiable,
}

/// The one `Range` header of a request. Two of them have no meaning, and are ignored (RFC 9110 §5.3, §14.2).
pub(crate) fn header(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(RANGE).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

impl ByteRange {
    /// Reads a header. `None` means that it is to be ignored: another unit, several ranges, a range that ends before it
    /// starts, or no range at all. A server may ignore `Range` whenever it likes (RFC 9110 §14.2).
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let (unit, set) = header.split_once('=')?;
        // §14.1: the names of units are case-insensitive.
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        match set.trim_matches([' ', '\t']).split_once('-')? {
            ("", length) => Some(Self::Suffix(number(length)?)),
            (first, "") => Some(Self::From(number(first)?)),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                // §14.1.1: an int-range whose last-pos is less than its first-pos is invalid.
                (first <= last).then_some(Self::FromTo(first, last))
            }
        }
    }

    /// What this range means for so many bytes (RFC 9110 §14.1.2).
    pub(crate) fn of(self, length: u64) -> Reading {
        let end = length.saturating_sub(1);
        match self {
            Self::FromTo(first, last) if first < length => Reading::Part { first, last: last.min(end) },
            Self::From(first) if first < length => Reading::Part { first, last: end },
            // A suffix longer than the recording is the whole of it; one of no bytes cannot be satisfied.
            Self::Suffix(count) if count > 0 && length > 0 => {
                Reading::Part { first: length.saturating_sub(count), last: end }
            }
            _ => Reading::Unsatisfiable,
        }
    }
}

/// `1*DIGIT`. A number too large to hold lies beyond every recording, and so does the largest one that can be held:
/// overflow neither wraps nor fails (RFC 9110 §14.1.2).
fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: u64 = 1000;

    fn read(header: &str) -> Reading {
        ByteRange::parse(header).map_or(Reading::Whole, |range| range.of(LENGTH))
    }

    fn part(first: u64, last: u64) -> Reading {
        Reading::Part { first, last }
    }

    #[test]
    fn a_satisfiable_range_is_clamped_to_the_recording() {
        assert_eq!(read("bytes=0-0"), part(0, 0));
        assert_eq!(read("bytes=0-1"), part(0, 1));
        assert_eq!(read("bytes=0-"), part(0, 999));
        assert_eq!(read("bytes=999-"), part(999, 999));
        assert_eq!(read("bytes=990-10998"), part(990, 999));
        assert_eq!(read("BYTES= 000-0009 "), part(0, 9));
    }

    #[test]
    fn a_suffix_counts_from_the_end() {
        assert_eq!(read("bytes=-1"), part(999, 999));
        assert_eq!(read("bytes=-500"), part(500, 999));
        assert_eq!(read("bytes=-2000"), part(0, 999));
        assert_eq!(read("bytes=-0"), Reading::Unsatisfiable);
    }

    #[test]
    fn a_range_beyond_the_recording_is_not_satisfiable() {
        assert_eq!(read("bytes=1000-"), Reading::Unsatisfiable);
        assert_eq!(read("bytes=2000-3000"), Reading::Unsatisfiable);
        assert_eq!(ByteRange::From(0).of(0), Reading::Unsatisfiable);
        assert_eq!(ByteRange::Suffix(5).of(0), Reading::Unsatisfiable);
    }

    #[test]
    fn numbers_that_no_integer_holds_neither_wrap_nor_fail() {
        let huge = "9".repeat(40);
        assert_eq!(read("bytes=0-18446744073709551616"), part(0, 999));
        assert_eq!(read(&format!("bytes=5-{huge}")), part(5, 999));
        assert_eq!(read(&format!("bytes={huge}-")), Reading::Unsatisfiable);
        assert_eq!(read(&format!("bytes=-{huge}")), part(0, 999));
    }

    #[test]
    fn what_is_no_single_range_of_bytes_is_ignored() {
        for header in [
            "bytes=500-100",
            "bytes=abc",
            "bytes=",
            "bytes=-",
            "bytes=1-2-3",
            "bytes=0x0-5",
            "bytes=+0-5",
            "bytes=0.0-5",
            "bytes 0-5",
            "0-5",
            "items=0-5",
            "bytes=0-9,20-29",
        ] {
            assert_eq!(read(header), Reading::Whole, "{header}");
        }
    }
}
