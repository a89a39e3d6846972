//! Ranges at and beyond the end: suffixes, ends that must be clamped, starts that cannot be satisfied.

use super::telling::{count, received, sent};
use super::{Ignored, is_throttled, part, row, whole};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, rfc9110};
use crate::evidence::Outcome;
use crate::range::oracle::{Class, classify};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &LAST_BYTE_SUFFIX,
    &SUFFIX,
    &SUFFIX_IGNORED,
    &LONG_SUFFIX,
    &END_BEYOND,
    &END_FAR_BEYOND,
    &END_BEYOND_IGNORED,
    &START_AT_LENGTH,
    &START_BEYOND,
    &ZERO_SUFFIX,
];

check! {
    /// A suffix of one, `bytes=-1`, gives the last byte and not the first ones.
    ///
    /// ## Why it matters
    /// Transcribers and ffmpeg read the end of a file by a suffix. A server that reads `-1` as `0-1` hands
    /// them the wrong bytes under a status that says all is well.
    ///
    /// ## How to fix
    /// An empty first position means "the last n bytes": `start = max(0, L - n)`, `end = L - 1`. In
    /// JavaScript `"-1".split("-")` gives `["", "1"]`: test for the empty string before `Number("")` turns it
    /// into 0.
    static LAST_BYTE_SUFFIX = {
        id: "ranges/last-byte-suffix", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2, guide::RANGE_206],
        needs: &[RangeTable],
        judge: last_byte_suffix,
        proof: &["ranges/length-of-the-whole",
            "ranges/200-with-a-slice", "ranges/suffix-from-the-start", "ranges/refuses-suffix",
            "ranges/constant-content-range", "ranges/starts-at-a-block",
        ],
    }
}
fn last_byte_suffix(case: &Case) -> Verdict {
    part(case, "last-byte-suffix", Ignored::SpokenOfBy("ranges/suffix-ignored"))
}

check! {
    /// A suffix, `bytes=-500`, gives the last 500 bytes.
    ///
    /// ## Why it matters
    /// The index of an MP4 often stands at the end of the file, and tools fetch it by a suffix. The first 501
    /// bytes, or a 416, make the recording unreadable to them.
    ///
    /// ## How to fix
    /// Read `bytes=-n` as the last n bytes: `start = max(0, L - n)`. Do not refuse a missing first position.
    /// S3, nginx, Go's `http.ServeContent`, Spring and Starlette 0.39 or newer know it; hand-written parsers
    /// usually do not.
    static SUFFIX = {
        id: "ranges/suffix", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2, guide::RANGE_206],
        needs: &[RangeTable],
        judge: suffix,
        proof: &["ranges/length-of-the-whole",
            "ranges/200-with-a-slice", "ranges/suffix-from-the-start", "ranges/refuses-suffix",
            "ranges/constant-content-range", "ranges/starts-at-a-block",
        ],
    }
}
fn suffix(case: &Case) -> Verdict {
    part(case, "suffix", Ignored::SpokenOfBy("ranges/suffix-ignored"))
}

check! {
    /// Suffix ranges are answered with 206, not with everything.
    ///
    /// ## Why it matters
    /// Browsers never send suffixes, so HubSpot's player does not suffer; a transcriber that wants the end
    /// downloads all of it.
    ///
    /// ## How to fix
    /// Read `bytes=-n` as the last n bytes, and answer 206 as for any other range.
    static SUFFIX_IGNORED = {
        id: "ranges/suffix-ignored", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: suffix_ignored,
        proof: &["ranges/answers-200-with-everything", "ranges/accept-ranges-lies"],
    }
}
fn suffix_ignored(case: &Case) -> Verdict {
    not_ignored(case, &["last-byte-suffix", "suffix"])
}

check! {
    /// A suffix longer than the recording gives the whole recording.
    ///
    /// ## Why it matters
    /// A client that wants "the last megabyte" of a short recording wants all of it. A 416 or a negative
    /// start leaves it with nothing.
    ///
    /// ## How to fix
    /// `start = max(0, L - n)`: clamp before you compare. 206 with `bytes 0-(L-1)/L`, or 200, are both right.
    static LONG_SUFFIX = {
        id: "ranges/long-suffix", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: long_suffix,
        proof: &["ranges/refuses-long-suffix", "ranges/refuses-suffix"],
    }
}
fn long_suffix(case: &Case) -> Verdict {
    let answered =
        row(case, "suffix-longer-than-recording").and_then(|exchange| Ok((exchange, whole(case)?)));
    match answered {
        Ok((exchange, whole))
            if exchange.answer().is_some_and(|a| classify(a, whole.length) == Class::Full) =>
        {
            Verdict::Pass
        }
        Ok(_) => part(case, "suffix-longer-than-recording", Ignored::Breaks),
        Err(reason) => Verdict::unjudged(reason),
    }
}

check! {
    /// An end beyond the recording means its last byte.
    ///
    /// ## Why it matters
    /// A client that does not know the length asks for more than there is. Answered with 416 it plays
    /// nothing; answered with an unclamped Content-Range, Chromium and Firefox both stop with an error.
    ///
    /// ## How to fix
    /// `end = min(end, L - 1)` before anything else is computed from it: the body, `Content-Length` and
    /// `Content-Range` must all use the clamped end. Refuse with 416 only where `start >= L`.
    static END_BEYOND = {
        id: "ranges/end-beyond", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2, guide::RANGE_206],
        needs: &[RangeTable],
        judge: end_beyond,
        proof: &["ranges/length-of-the-whole",
            "ranges/200-with-a-slice", "ranges/does-not-clamp", "ranges/refuses-end-beyond",
            "ranges/constant-content-range", "ranges/starts-at-a-block",
        ],
    }
}
fn end_beyond(case: &Case) -> Verdict {
    part(case, "end-beyond", Ignored::SpokenOfBy("ranges/end-beyond-ignored"))
}

check! {
    /// A range from the start to far beyond the end gives the whole recording.
    ///
    /// ## Why it matters
    /// CDNs and downloaders ask `bytes=0-` with a huge end to get a first piece. A refusal blocks every
    /// recording that is shorter.
    ///
    /// ## How to fix
    /// Clamp the end to `L - 1`, however large it is; parse it into 64 bits. Never add to an end that was not
    /// clamped yet.
    static END_FAR_BEYOND = {
        id: "ranges/end-far-beyond", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2, guide::RANGE_206],
        needs: &[RangeTable],
        judge: end_far_beyond,
        proof: &["ranges/does-not-clamp", "ranges/refuses-end-beyond", "ranges/tiny-pieces"],
    }
}
fn end_far_beyond(case: &Case) -> Verdict {
    part(case, "end-far-beyond", Ignored::SpokenOfBy("ranges/end-beyond-ignored"))
}

check! {
    /// Ranges that reach beyond the end are answered with 206, not with everything.
    ///
    /// ## Why it matters
    /// The client gets what it needs, but has to read the recording from the start to find it.
    ///
    /// ## How to fix
    /// Clamp the end to the last byte and answer 206 as for any other range, instead of taking the header as
    /// invalid.
    static END_BEYOND_IGNORED = {
        id: "ranges/end-beyond-ignored", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: end_beyond_ignored,
        proof: &[
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
        ],
    }
}
fn end_beyond_ignored(case: &Case) -> Verdict {
    not_ignored(case, &["end-beyond", "end-far-beyond"])
}

check! {
    /// A range that starts at the very end is not answered with a part.
    ///
    /// ## Why it matters
    /// A player that has everything asks for what follows. 416 says "the end"; an empty 206 or an error reads
    /// as a broken recording.
    ///
    /// ## How to fix
    /// Refuse with 416 and `Content-Range: bytes */L` where `start >= L`; the last position that exists is `L
    /// - 1`. Spring before 5.2 and hand-written handlers test `start > L`.
    static START_AT_LENGTH = {
        id: "ranges/start-at-length", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_5_17, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: start_at_length,
        proof: &["ranges/partial-at-the-end"],
    }
}
fn start_at_length(case: &Case) -> Verdict {
    no_part(case, "start-at-length")
}

check! {
    /// A range that starts beyond the end is refused with 416, not with an error.
    ///
    /// ## Why it matters
    /// Chromium takes 416 for the end of the recording, and 404 or 500 for its loss.
    ///
    /// ## How to fix
    /// Catch the range error where the header is parsed and answer 416 with `Content-Range: bytes */L`. In
    /// Rails rescue it before it becomes a 404; in Spring WebFlux map `IllegalArgumentException` of
    /// `HttpRange` to 416.
    static START_BEYOND = {
        id: "ranges/start-beyond", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_5_17],
        needs: &[RangeTable],
        judge: start_beyond,
        proof: &["ranges/500-beyond-the-end", "ranges/404-beyond-the-end"],
    }
}
fn start_beyond(case: &Case) -> Verdict {
    no_part(case, "start-beyond")
}

check! {
    /// A suffix of nothing, `bytes=-0`, is not answered with a part.
    ///
    /// ## Why it matters
    /// No valid Content-Range exists for zero bytes; a client that reads one stops with an error.
    ///
    /// ## How to fix
    /// Refuse `bytes=-0` with 416, or ignore it and answer 200. Test the suffix for zero before you subtract
    /// it from the length.
    static ZERO_SUFFIX = {
        id: "ranges/zero-suffix", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2, rfc9110::S14_4],
        needs: &[RangeTable],
        judge: zero_suffix,
        proof: &["ranges/zero-suffix-partial"],
    }
}
fn zero_suffix(case: &Case) -> Verdict {
    no_part(case, "zero-suffix")
}

/// Judges that none of these rows was answered with everything.
fn not_ignored(case: &Case, rows: &[&'static str]) -> Verdict {
    let length = match whole(case) {
        Ok(whole) => whole.length,
        Err(reason) => return Verdict::unjudged(reason),
    };
    let exchanges = rows.iter().filter_map(|name| row(case, name).ok());
    super::telling::first(exchanges.filter_map(|exchange| {
        let full = classify(exchange.answer()?, length) == Class::Full;
        full.then(|| {
            Finding::new(sent(exchange), "206 Partial Content", received(exchange)).seen_in(exchange.id())
        })
    }))
}

/// Judges one row that must not be answered with a part: 416 is best, 200 and 400 are legal.
pub(super) fn no_part(case: &Case, name: &'static str) -> Verdict {
    let length = match whole(case) {
        Ok(whole) => whole.length,
        Err(reason) => return Verdict::unjudged(reason),
    };
    let exchange = match row(case, name) {
        Ok(exchange) => exchange,
        Err(reason) => return Verdict::unjudged(reason),
    };
    if let Outcome::Answered(answer) = &exchange.outcome {
        if is_throttled(answer) {
            return Verdict::unjudged(format!("the server asked us to slow down ({})", answer.status));
        }
        if matches!(classify(answer, length), Class::Unsatisfiable | Class::Full | Class::Rejected) {
            return Verdict::Pass;
        }
    }
    Verdict::fail(
        Finding::new(
            sent(exchange),
            format!("416 Range Not Satisfiable, Content-Range: bytes */{length}"),
            received(exchange),
        )
        .or(format!("200 OK with all {}", count(length)))
        .or("400 Bad Request")
        .seen_in(exchange.id()),
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample::{LENGTH, answer, judge, partial, row_story};
    use super::*;

    const PARTS: [(&Check, &str, u64); 4] = [
        (&LAST_BYTE_SUFFIX, "last-byte-suffix", LENGTH - 1),
        (&SUFFIX, "suffix", LENGTH - 500),
        (&END_BEYOND, "end-beyond", LENGTH - 10),
        (&END_FAR_BEYOND, "end-far-beyond", 0),
    ];

    #[test]
    fn the_part_passes_and_a_refusal_fails() {
        for (check, row, first) in PARTS {
            assert_eq!(judge(check, &row_story(row, partial(first, LENGTH - 1))), Verdict::Pass, "{row}");
            for status in [416, 400, 500] {
                assert_eq!(judge(check, &row_story(row, answer(status, 0, &[]))).word(), "fail", "{row}");
            }
        }
    }

    #[test]
    fn a_suffix_read_as_a_first_range_fails() {
        assert_eq!(judge(&LAST_BYTE_SUFFIX, &row_story("last-byte-suffix", partial(0, 1))).word(), "fail");
        assert_eq!(judge(&SUFFIX, &row_story("suffix", partial(0, 500))).word(), "fail");
    }

    #[test]
    fn an_end_that_is_not_clamped_fails() {
        let named = format!("bytes {}-{}/{LENGTH}", LENGTH - 10, LENGTH + 9999);
        let repeated = answer(206, 10, &[("Content-Range", &named)]);
        assert_eq!(judge(&END_BEYOND, &row_story("end-beyond", repeated)).word(), "fail");
    }

    #[test]
    fn everything_is_only_a_recommended_finding() {
        for (check, row, ..) in PARTS {
            assert_eq!(judge(check, &row_story(row, answer(200, LENGTH, &[]))).word(), "not applicable");
        }
        let ignored = row_story("suffix", answer(200, LENGTH, &[]));
        assert_eq!(judge(&SUFFIX_IGNORED, &ignored).word(), "fail");
        let ignored = row_story("end-beyond", answer(200, LENGTH, &[]));
        assert_eq!(judge(&END_BEYOND_IGNORED, &ignored).word(), "fail");
        let honest = row_story("suffix", partial(LENGTH - 500, LENGTH - 1));
        assert_eq!(judge(&SUFFIX_IGNORED, &honest), Verdict::Pass);
        assert_eq!(judge(&END_BEYOND_IGNORED, &honest), Verdict::Pass);
    }

    #[test]
    fn a_long_suffix_gives_everything() {
        let row = "suffix-longer-than-recording";
        assert_eq!(judge(&LONG_SUFFIX, &row_story(row, partial(0, LENGTH - 1))), Verdict::Pass);
        assert_eq!(judge(&LONG_SUFFIX, &row_story(row, answer(200, LENGTH, &[]))), Verdict::Pass);
        assert_eq!(judge(&LONG_SUFFIX, &row_story(row, answer(416, 0, &[]))).word(), "fail");
    }

    #[test]
    fn what_cannot_be_satisfied_is_never_a_part_or_an_error() {
        let rows = [
            (&START_AT_LENGTH, "start-at-length"),
            (&START_BEYOND, "start-beyond"),
            (&ZERO_SUFFIX, "zero-suffix"),
        ];
        for (check, row) in rows {
            for (status, length) in [(416, 0), (200, LENGTH), (400, 0)] {
                assert_eq!(judge(check, &row_story(row, answer(status, length, &[]))), Verdict::Pass);
            }
            for status in [206, 404, 500] {
                assert_eq!(judge(check, &row_story(row, answer(status, 0, &[]))).word(), "fail");
            }
            assert_eq!(judge(check, &row_story(row, answer(429, 0, &[]))).word(), "unjudged");
        }
    }
}
