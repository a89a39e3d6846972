//! What an answer claims to carry: the Content-Range header (RFC 9110 §14.4), read strictly. Pure.

/// A well-formed Content-Range of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentRange {
    /// `bytes a-b/len` or `bytes a-b/*`, with a <= b < len.
    Part {
        /// The first byte.
        first: u64,
        /// The last byte, inclusive.
        last: u64,
        /// The complete length; `None` for `*`.
        complete: Option<u64>,
    },
    /// `bytes */len`
    Unsatisfied {
        /// The complete length.
        complete: u64,
    },
}

/// Reads a Content-Range; the error is a sentence that says what is wrong with it.
pub fn parse(value: &str) -> Result<ContentRange, String> {
    let Some((unit, rest)) = value.split_once(' ') else {
        return Err(match value.split_once('=') {
            Some((unit, _)) if unit.eq_ignore_ascii_case("bytes") => {
                "`=` follows the unit, where a space belongs".into()
            }
            _ => "it does not start with `bytes` and a space".into(),
        });
    };
    // Units are compared without regard to case (RFC 9110 §14.1).
    if !unit.eq_ignore_ascii_case("bytes") {
        return Err(format!("its unit is `{unit}`, not `bytes`"));
    }
    let Some((range, complete)) = rest.split_once('/') else {
        return Err("it has no `/` and no complete length".into());
    };
    if range == "*" {
        return match complete {
            "*" => Err("it names neither a range nor a length".into()),
            _ => Ok(ContentRange::Unsatisfied { complete: number(complete, "complete length")? }),
        };
    }
    let Some((first, last)) = range.split_once('-') else {
        return Err(format!("`{range}` is no range"));
    };
    let (first, last) = (number(first, "first byte")?, number(last, "last byte")?);
    if last < first {
        return Err(format!("its last byte {last} is before its first byte {first}"));
    }
    let complete = match complete {
        "*" => None,
        digits => Some(number(digits, "complete length")?),
    };
    // "…or a complete-length value less than or equal to its last-pos value" is invalid (RFC 9110 §14.4).
    match complete {
        Some(length) if length <= last => {
            Err(format!("its last byte {last} does not exist in a recording of {length} bytes"))
        }
        _ => Ok(ContentRange::Part { first, last, complete }),
    }
}

fn number(digits: &str, what: &str) -> Result<u64, String> {
    if digits.is_empty() {
        return Err(format!("its {what} is missing"));
    }
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("its {what} `{digits}` is no number"));
    }
    digits.parse().map_err(|_| format!("its {what} {digits} is larger than any recording"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn malformed_values_say_what_is_wrong() {
        let said = |value| parse(value).err().unwrap_or_default();
        assert_eq!(said("bytes=0-1/10"), "`=` follows the unit, where a space belongs");
        assert_eq!(said("bytes 0-1"), "it has no `/` and no complete length");
        assert_eq!(said("*/10"), "it does not start with `bytes` and a space");
        assert_eq!(said("items 0-1/10"), "its unit is `items`, not `bytes`");
        assert_eq!(said("bytes 0--1/10"), "its last byte `-1` is no number");
        assert_eq!(said("bytes 10-9/10"), "its last byte 9 is before its first byte 10");
        assert_eq!(said("bytes 5-10/10"), "its last byte 10 does not exist in a recording of 10 bytes");
        assert_eq!(said("bytes */*"), "it names neither a range nor a length");
        assert_eq!(said("bytes  0-1/10"), "its first byte ` 0` is no number");
        assert_eq!(said("bytes 0-/10"), "its last byte is missing");
        assert_eq!(said("bytes 0-1/10, bytes 2-3/10"), "its complete length `10, bytes 2-3/10` is no number");
        assert!(said(&format!("bytes 0-{}/*", "9".repeat(30))).contains("larger than any recording"));
    }

    proptest! {
        #[test]
        fn well_formed_values_are_read(first in 0_u64..1 << 40, more in 0_u64..1 << 40, rest in 1_u64..1 << 40) {
            let (last, length) = (first + more, first + more + rest);
            let known = ContentRange::Part { first, last, complete: Some(length) };
            prop_assert_eq!(parse(&format!("bytes {first}-{last}/{length}")), Ok(known));
            let unknown = ContentRange::Part { first, last, complete: None };
            prop_assert_eq!(parse(&format!("bytes {first}-{last}/*")), Ok(unknown));
            prop_assert_eq!(parse(&format!("bytes */{length}")), Ok(ContentRange::Unsatisfied { complete: length }));
        }

        #[test]
        fn nothing_stops_the_parser(value in "\\PC{0,40}") {
            let _ = parse(&value);
        }
    }
}
