//! Moments as HubSpot reads and writes them.

pub(crate) use crate::wire::moment as written;
use jiff::Timestamp;

/// Below this, a number of 2026-09 counts seconds; every later moment in milliseconds is after 1973.
const SECONDS_BELOW: u64 = 100_000_000_000;

/// Epoch milliseconds, or ISO 8601 with an offset.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let moment: Timestamp = match text.parse::<i64>() {
        Ok(millis) => Timestamp::from_millisecond(millis).ok()?,
        Err(_) => text.parse().ok()?,
    };
    Timestamp::from_millisecond(moment.as_millisecond()).ok()
}

/// What 2026-09 reads beyond that: epoch seconds, days.
pub(crate) fn read_leniently(text: &str) -> Option<Timestamp> {
    match text.parse::<i64>() {
        Ok(seconds) if seconds.unsigned_abs() < SECONDS_BELOW => Timestamp::from_second(seconds).ok(),
        Ok(_) => read(text),
        Err(_) => read(text).or_else(|| midnight(text)),
    }
}

/// Whether it is written as every version takes it: epoch milliseconds, or ISO 8601 in UTC.
pub(crate) fn is_plain(text: &str) -> bool {
    match text.parse::<i64>() {
        Ok(number) => number.unsigned_abs() >= SECONDS_BELOW,
        Err(_) => text.ends_with('Z') && read(text).is_some(),
    }
}

/// The beginning of a day, in UTC.
pub(crate) fn midnight(day: &str) -> Option<Timestamp> {
    let day: jiff::civil::Date = day.parse().ok().filter(|_| day.len() == 10)?;
    Some(jiff::tz::TimeZone::UTC.to_zoned(day.at(0, 0, 0, 0)).ok()?.timestamp())
}

/// The day on which a moment is, in UTC.
pub(crate) fn day(moment: Timestamp) -> String {
    moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_have_three_digits_or_none() {
        for (millis, text) in [
            (1_698_400_800_000, "2023-10-27T10:00:00Z"),
            (1_698_400_800_120, "2023-10-27T10:00:00.120Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(written(read(&millis.to_string()).expect("a moment")), text);
            assert_eq!(read(text).map(Timestamp::as_millisecond), Some(millis));
        }
    }

    #[test]
    fn both_ends_of_time_are_read_or_refused_without_harm() {
        for text in
            [i64::MIN.to_string(), i64::MAX.to_string(), "9999-12-31T23:59:59.999Z".into(), "-".into()]
        {
            let _ = read_leniently(&text).map(written);
            let _ = read_leniently(&text).map(day);
            let _ = is_plain(&text);
        }
    }

    #[test]
    fn days_and_seconds_are_read_only_leniently() {
        assert_eq!(read("2023-10-27"), None);
        assert_eq!(read_leniently("2023-10-27").map(day).as_deref(), Some("2023-10-27"));
        assert_eq!(read_leniently("1698400800"), read("1698400800000"));
    }
}
