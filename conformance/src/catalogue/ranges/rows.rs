//! The ranges that every player sends: the fixed table's first rows, a check each.

use super::{Ignored, part};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, players, rfc9110};
use crate::verdict::Verdict;

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &FIRST_BYTE,
    &FIRST_TWO_BYTES,
    &OPEN_FROM_START,
    &WHOLE_CLOSED,
    &HEADER,
    &MIDDLE,
    &OPEN_FROM_MIDDLE,
    &LAST_BYTE,
    &OPEN_LAST_BYTE,
];

check! {
    /// The first byte alone, `bytes=0-0`, is answered with 206 and that byte.
    ///
    /// ## Why it matters
    /// Clients ask for one byte to learn the length of a recording. A server that takes 0 for "not given"
    /// sends the whole file, and the client believes that it cannot seek.
    ///
    /// ## How to fix
    /// Compare with "not given", never with zero: in JavaScript `end !== undefined ? Number(end) : size - 1`,
    /// not `parseInt(end) || size - 1`; in Python `if end is not None`. Better, leave ranges to what is
    /// tested: `res.sendFile` in Express, `http.ServeContent` in Go, `ResourceHttpRequestHandler` in Spring,
    /// nginx behind `X-Accel-Redirect`.
    static FIRST_BYTE = {
        id: "ranges/first-byte", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: first_byte,
        proof: &["ranges/length-of-the-whole",
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
            "ranges/zero-is-falsy", "ranges/drops-the-last-byte", "ranges/constant-content-range",
        ],
    }
}
fn first_byte(case: &Case) -> Verdict {
    part(case, "first-byte", Ignored::Breaks)
}

check! {
    /// The first two bytes, `bytes=0-1`, are answered with 206 and those two bytes.
    ///
    /// ## Why it matters
    /// This is the first thing Safari asks of every recording. Without a right answer it does not play at
    /// all.
    ///
    /// ## How to fix
    /// Take both ends as inclusive: `0-1` is two bytes. Allow a start of 0 and an end of 1; a chained
    /// comparison such as `0 < from < to` refuses them. Static file handlers (nginx, `http.ServeContent`,
    /// `res.sendFile`, S3) are right already.
    static FIRST_TWO_BYTES = {
        id: "ranges/first-two-bytes", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: first_two_bytes,
        proof: &["ranges/length-of-the-whole",
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
            "ranges/refuses-0-1", "ranges/drops-the-last-byte", "ranges/constant-content-range",
        ],
    }
}
fn first_two_bytes(case: &Case) -> Verdict {
    part(case, "first-two-bytes", Ignored::Breaks)
}

check! {
    /// An open range from the start, `bytes=0-`, is answered with 206.
    ///
    /// ## Why it matters
    /// Chromium and Firefox open every recording with this request, and decide by its answer whether it can
    /// be sought in. Answered with 200, Safari refuses to play, and others may restart the recording when the
    /// playhead is dragged.
    ///
    /// ## How to fix
    /// Answer every `Range: bytes=…` with 206, also where the range happens to be everything. Azure Storage
    /// and some caches answer 200 here: put a handler in front that sets the status, or redirect to a store
    /// that answers 206 (S3, nginx). In Varnish, let `bytes=0-` pass while the object is still being fetched.
    static OPEN_FROM_START = {
        id: "ranges/open-from-start", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: open_from_start,
        proof: &[
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
            "ranges/opens-with-200", "ranges/content-range-ends-at-length", "ranges/tiny-pieces",
            "ranges/open-range-drops-the-last-byte",
        ],
    }
}
fn open_from_start(case: &Case) -> Verdict {
    part(case, "open-from-start", Ignored::Breaks)
}

check! {
    /// The whole recording asked for as a closed range is answered with 206.
    ///
    /// ## Why it matters
    /// AppleCoreMedia asks for `bytes=0-(L-1)` once it knows the length. A 200 makes it give up.
    ///
    /// ## How to fix
    /// Do not treat "all of it" as a special case: where a `Range` header came and can be satisfied, the
    /// status is 206 and `Content-Range` is `bytes 0-(L-1)/L`. In Rails use `send_file` behind nginx or
    /// `Rack::Files`; in Django serve through nginx (`X-Accel-Redirect`), as `FileResponse` ignores ranges.
    static WHOLE_CLOSED = {
        id: "ranges/whole-closed", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: whole_closed,
        proof: &[
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
            "ranges/tiny-pieces", "ranges/drops-the-last-byte",
        ],
    }
}
fn whole_closed(case: &Case) -> Verdict {
    part(case, "whole-closed", Ignored::Breaks)
}

check! {
    /// The first 44 bytes are answered with 206 and those 44 bytes.
    ///
    /// ## Why it matters
    /// Players and transcribers read a file's header by a small closed range. One byte too few, and the WAV
    /// header lacks its data size.
    ///
    /// ## How to fix
    /// `bytes=a-b` is `b - a + 1` bytes. In Node `createReadStream(path, { start, end })` takes an inclusive
    /// end; in Python `data[start:end + 1]`; in Java `length = end - start + 1`; in Go `io.CopyN(w, f,
    /// end-start+1)`.
    static HEADER = {
        id: "ranges/header", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: header,
        proof: &["ranges/length-of-the-whole",
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
            "ranges/drops-the-last-byte", "ranges/constant-content-range",
        ],
    }
}
fn header(case: &Case) -> Verdict {
    part(case, "header", Ignored::Breaks)
}

check! {
    /// A thousand bytes from the middle are answered with 206 and exactly those bytes.
    ///
    /// ## Why it matters
    /// Chromium fills holes of its cache with closed ranges in the middle. A 200, or a start that was rounded
    /// down, hangs the seek in Chromium.
    ///
    /// ## How to fix
    /// Seek to `start` and send `end - start + 1` bytes with 206 and `Content-Range: bytes start-end/L`. Do
    /// not round to blocks of a cache or an encryption layer: read whole blocks inside, cut outside. Behind
    /// nginx set `proxy_force_ranges on` only where the upstream sends the whole; behind a CDN check that
    /// `Range` is forwarded.
    static MIDDLE = {
        id: "ranges/middle", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_2],
        needs: &[RangeTable],
        judge: middle,
        proof: &["ranges/length-of-the-whole",
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
            "ranges/drops-the-last-byte", "ranges/constant-content-range", "ranges/starts-at-a-block",
        ],
    }
}
fn middle(case: &Case) -> Verdict {
    part(case, "middle", Ignored::Breaks)
}

check! {
    /// An open range from the middle is answered with 206 from exactly there.
    ///
    /// ## Why it matters
    /// Dragging the playhead in HubSpot is this request. Answered with 200, Chromium starts again at 0 and
    /// Firefox can seek only as far as it has downloaded.
    ///
    /// ## How to fix
    /// A missing end means the last byte, `L - 1`. Answer 206 with `Content-Range: bytes start-(L-1)/L` and
    /// stream from `start`. A shorter part of at least 16 KiB is fine too, with a `Content-Range` that says
    /// so. With FastAPI, Starlette 0.39 or newer does it in `FileResponse`.
    static OPEN_FROM_MIDDLE = {
        id: "ranges/open-from-middle", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: open_from_middle,
        proof: &["ranges/length-of-the-whole",
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
            "ranges/content-range-ends-at-length", "ranges/tiny-pieces",
            "ranges/open-range-drops-the-last-byte", "ranges/constant-content-range",
            "ranges/starts-at-a-block",
        ],
    }
}
fn open_from_middle(case: &Case) -> Verdict {
    part(case, "open-from-middle", Ignored::Breaks)
}

check! {
    /// The last byte as a closed range is answered with 206 and that byte.
    ///
    /// ## Why it matters
    /// Players read the end of FLAC and MP4 files to find the duration or the index. Without the last byte
    /// the tail is asked for again and again.
    ///
    /// ## How to fix
    /// `start == end` is one byte, and `end == L - 1` is the last one. Test for `start >= L`, not `start >= L
    /// - 1`, before refusing with 416, and send `end - start + 1` bytes.
    static LAST_BYTE = {
        id: "ranges/last-byte", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: last_byte,
        proof: &["ranges/unended-chunks", "ranges/length-of-the-whole",
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
            "ranges/drops-the-last-byte", "ranges/last-byte-empty", "ranges/constant-content-range",
            "ranges/starts-at-a-block",
        ],
    }
}
fn last_byte(case: &Case) -> Verdict {
    part(case, "last-byte-closed", Ignored::Breaks)
}

check! {
    /// The last byte as an open range is answered with 206 and that byte.
    ///
    /// ## Why it matters
    /// A player that reached the last byte asks `bytes=(L-1)-`. A refusal or an empty answer reads as an
    /// error, and the recording ends early.
    ///
    /// ## How to fix
    /// A missing end is `L - 1`, inclusive: the length of `start-` is `L - start`. Off by one it hides
    /// everywhere but here.
    static OPEN_LAST_BYTE = {
        id: "ranges/open-last-byte", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, players::LENGTH],
        needs: &[RangeTable],
        judge: open_last_byte,
        proof: &["ranges/length-of-the-whole",
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
            "ranges/open-range-drops-the-last-byte", "ranges/content-range-ends-at-length",
            "ranges/constant-content-range", "ranges/starts-at-a-block",
        ],
    }
}
fn open_last_byte(case: &Case) -> Verdict {
    part(case, "last-byte-open", Ignored::Breaks)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{LENGTH, answer, asked, judge, partial, row_story, story};
    use super::*;
    use crate::evidence::{Outcome, Probe};

    /// Each check, its row, and the part that it asks for.
    const ROWS: [(&Check, &str, u64, u64); 9] = [
        (&FIRST_BYTE, "first-byte", 0, 0),
        (&FIRST_TWO_BYTES, "first-two-bytes", 0, 1),
        (&OPEN_FROM_START, "open-from-start", 0, LENGTH - 1),
        (&WHOLE_CLOSED, "whole-closed", 0, LENGTH - 1),
        (&HEADER, "header", 0, 43),
        (&MIDDLE, "middle", LENGTH / 2, LENGTH / 2 + 999),
        (&OPEN_FROM_MIDDLE, "open-from-middle", LENGTH / 2, LENGTH - 1),
        (&LAST_BYTE, "last-byte-closed", LENGTH - 1, LENGTH - 1),
        (&OPEN_LAST_BYTE, "last-byte-open", LENGTH - 1, LENGTH - 1),
    ];

    #[test]
    fn exactly_the_part_passes() {
        for (check, row, first, last) in ROWS {
            assert_eq!(judge(check, &row_story(row, partial(first, last))), Verdict::Pass, "{row}");
        }
    }

    #[test]
    fn everything_or_a_refusal_fails() {
        for (check, row, ..) in ROWS {
            for status in [200, 416, 400, 404, 500] {
                let verdict = judge(check, &row_story(row, answer(status, LENGTH, &[])));
                assert_eq!(verdict.word(), "fail", "{row} {status}");
            }
        }
    }

    #[test]
    fn the_finding_says_what_was_sent_and_what_came() {
        let Verdict::Fail { finding } = judge(&FIRST_BYTE, &row_story("first-byte", partial(0, LENGTH - 1)))
        else {
            unreachable!("a whole file for one byte must fail")
        };
        assert_eq!(finding.sent, "GET recording, Range: bytes=0-0");
        assert_eq!(
            finding.received,
            "206 Partial Content, Content-Range: bytes 0-640043/640044, 640044 bytes"
        );
        assert_eq!(finding.first_difference.as_deref(), Some("last byte 640043 instead of 0"));
        assert_eq!(finding.evidence, ["e2"]);
    }

    #[test]
    fn another_start_or_a_short_body_fails() {
        let rounded = row_story("middle", partial(LENGTH / 2 - 6, LENGTH / 2 + 999));
        assert_eq!(judge(&MIDDLE, &rounded).word(), "fail");
        let named = format!("bytes 0-43/{LENGTH}");
        let short = row_story("header", answer(206, 43, &[("content-range", &named)]));
        assert_eq!(judge(&HEADER, &short).word(), "fail");
        let exclusive = row_story("header", partial(0, 42));
        assert_eq!(judge(&HEADER, &exclusive).word(), "fail");
    }

    #[test]
    fn an_honest_cap_of_sixteen_kib_passes_and_a_smaller_one_fails() {
        for (check, row, first, last) in ROWS.into_iter().filter(|(.., first, last)| last - first > 20_000) {
            assert_eq!(judge(check, &row_story(row, partial(first, first + 16_383))), Verdict::Pass);
            assert_eq!(judge(check, &row_story(row, partial(first, first + 999))).word(), "fail");
            assert_eq!(judge(check, &row_story(row, partial(first, last + 1))).word(), "fail");
        }
    }

    #[test]
    fn what_an_invariant_names_is_not_named_by_each_row() {
        let without = row_story("first-byte", answer(206, 1, &[]));
        assert_eq!(judge(&FIRST_BYTE, &without), Verdict::Pass);
        let multipart =
            row_story("first-byte", answer(206, 99, &[("content-type", "multipart/byteranges; boundary=b")]));
        assert_eq!(judge(&FIRST_BYTE, &multipart).word(), "not applicable");
    }

    #[test]
    fn no_answer_fails_and_being_told_to_wait_is_unjudged() {
        let silent = Outcome::Failed("no answer within 30 s".to_owned());
        let silent = story(vec![asked(Probe::RangeTable, "first-byte", &[("Range", "bytes=0-0")], silent)]);
        assert_eq!(judge(&FIRST_BYTE, &silent).word(), "fail");
        let busy = row_story("first-byte", answer(429, 0, &[]));
        assert_eq!(judge(&FIRST_BYTE, &busy).word(), "unjudged");
        assert_eq!(judge(&FIRST_BYTE, &story(Vec::new())).word(), "unjudged");
    }
}
