//! What must hold for every answer of the fixed table, whatever row asked it. An invariant weighs at most its row's
//! level: the required checks look only at rows that are required themselves (decision 3).

use super::seen::{Seen, seen};
use super::telling::{clip, first, sent};
use super::{Ignored, named, part_of, whole};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, players, rfc9110};
use crate::evidence::{Exchange, Probe};
use crate::range::Invariant;
use crate::range::invariants::Broken;
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &CONTENT_RANGE,
    &TOTAL_LENGTH,
    &RIGHT_START,
    &RIGHT_END,
    &BODY_LENGTH,
    &BYTES,
    &NO_ENCODING,
    &SINGLE_PART,
    &WHOLE_HAS_NO_CONTENT_RANGE,
    &UNSATISFIED_CONTENT_RANGE,
    &SMALL_REFUSAL,
    &ALL_THAT_WAS_ASKED,
];

/// The rows whose own check is required, and the name of that check.
pub(super) const REQUIRED: [(&str, &str); 13] = [
    ("first-byte", "ranges/first-byte"),
    ("first-two-bytes", "ranges/first-two-bytes"),
    ("open-from-start", "ranges/open-from-start"),
    ("whole-closed", "ranges/whole-closed"),
    ("header", "ranges/header"),
    ("middle", "ranges/middle"),
    ("open-from-middle", "ranges/open-from-middle"),
    ("last-byte-closed", "ranges/last-byte"),
    ("last-byte-open", "ranges/open-last-byte"),
    ("last-byte-suffix", "ranges/last-byte-suffix"),
    ("suffix", "ranges/suffix"),
    ("end-beyond", "ranges/end-beyond"),
    ("end-far-beyond", "ranges/end-far-beyond"),
];

check! {
    /// Every 206 carries one well-formed Content-Range.
    ///
    /// ## Why it matters
    /// Players place the bytes by Content-Range alone. Without it Chromium stops with error 4 and Firefox
    /// cannot seek; with an end that lies beyond the recording both stop.
    ///
    /// ## How to fix
    /// Send `Content-Range: bytes first-last/length`: a space after `bytes`, `last` inclusive and at most
    /// `length - 1`. In Node: `"bytes " + start + "-" + end + "/" + size`. Check that no gateway (API
    /// Gateway, a proxy with a header allow-list) drops it.
    static CONTENT_RANGE = {
        id: "ranges/content-range", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_4, rfc9110::S15_3_7],
        needs: &[RangeTable],
        judge: content_range,
        proof: &[
            "ranges/no-content-range", "ranges/content-range-misspelt",
            "ranges/content-range-ends-at-length", "ranges/does-not-clamp",
        ],
    }
}
fn content_range(case: &Case) -> Verdict {
    required(case, Invariant::ContentRange)
}

check! {
    /// Every Content-Range gives the recording's length as the complete length.
    ///
    /// ## Why it matters
    /// The player's time line comes from it: with `*` Chromium shows an endless recording, and Safari refuses
    /// to play.
    ///
    /// ## How to fix
    /// After the slash stands the size of the whole recording (`stat().size`, `Content-Length` of the stored
    /// object), not that of the slice and not `*`. A proxy that does not know it can ask the store for
    /// `bytes=0-0` first.
    static TOTAL_LENGTH = {
        id: "ranges/total-length", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::LENGTH, rfc9110::S14_4],
        needs: &[RangeTable],
        judge: total_length,
        proof: &["ranges/total-of-the-slice", "ranges/total-unknown"],
    }
}
fn total_length(case: &Case) -> Verdict {
    required(case, Invariant::Total)
}

check! {
    /// Every 206 starts at the byte that was asked for.
    ///
    /// ## Why it matters
    /// Chromium refuses a part that starts later, and hangs on one that starts earlier; Firefox asks again
    /// without end.
    ///
    /// ## How to fix
    /// Compute `Content-Range` from the request, and seek to that byte. Caches and decrypting layers that
    /// work in blocks must cut the block before they send it.
    static RIGHT_START = {
        id: "ranges/right-start", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: right_start,
        proof: &[
            "ranges/suffix-from-the-start", "ranges/starts-at-a-block", "ranges/constant-content-range",
        ],
    }
}
fn right_start(case: &Case) -> Verdict {
    required(case, Invariant::Start)
}

check! {
    /// Every 206 ends at the byte that was asked for, or honestly earlier after at least 16 KiB.
    ///
    /// ## Why it matters
    /// An end that is off by one leaves a hole at every seam: FLAC and MP4 stop there, WAV clicks. Tiny
    /// pieces make a player ask hundreds of times.
    ///
    /// ## How to fix
    /// Both ends of a range are inclusive: `length = end - start + 1`, a missing end is `L - 1`. Where the
    /// server caps its answers, let the cap be 1 MiB or more.
    static RIGHT_END = {
        id: "ranges/right-end", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2, rfc9110::S15_3_7],
        needs: &[RangeTable],
        judge: right_end,
        proof: &["ranges/tiny-pieces", "ranges/constant-content-range"],
    }
}
fn right_end(case: &Case) -> Verdict {
    required(case, Invariant::End)
}

check! {
    /// The body of every 206 has as many bytes as its headers say.
    ///
    /// ## Why it matters
    /// With too few bytes the player waits until it times out; with too many the next answer on the
    /// connection is garbled.
    ///
    /// ## How to fix
    /// `Content-Length` of a 206 is `last - first + 1`, not the size of the file; give the same two numbers
    /// to the stream: `createReadStream(path, { start, end })`, `io.CopyN`, `InputStream.skip` and a limited
    /// copy.
    static BODY_LENGTH = {
        id: "ranges/body-length", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7, rfc9110::S8_6],
        needs: &[RangeTable],
        judge: body_length,
        proof: &["ranges/length-of-the-whole",
            "ranges/drops-the-last-byte", "ranges/open-range-drops-the-last-byte",
            "ranges/constant-content-range",
        ],
    }
}
fn body_length(case: &Case) -> Verdict {
    required(case, Invariant::Length)
}

check! {
    /// The bytes of every 206 are the recording's at the place that its headers name.
    ///
    /// ## Why it matters
    /// Right headers over wrong bytes play the wrong moment of a WAV without a word of warning; FLAC jumps to
    /// the end, MP4 stops with error 3.
    ///
    /// ## How to fix
    /// Seek before you send: `createReadStream` needs `start` and `end`, `sendfile` its offset,
    /// `file.seek(start)` must come before the copy. Let no cache use the URL alone as its key for parts.
    static BYTES = {
        id: "ranges/bytes", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: bytes,
        proof: &["ranges/whole-file-under-a-part", "ranges/bytes-from-the-start", "ranges/garbled-past-64-kib"],
    }
}
fn bytes(case: &Case) -> Verdict {
    required(case, Invariant::Bytes)
}

check! {
    /// No part is sent with a content coding to a client that accepts only identity.
    ///
    /// ## Why it matters
    /// Browsers ask for media with `Accept-Encoding: identity`. A gzip-coded part stops Chromium and Firefox
    /// with error 4.
    ///
    /// ## How to fix
    /// Keep compression away from recordings: in Express skip it in the `filter` of `compression()`, in
    /// Django leave `GZipMiddleware` out for this view, in Spring do not list `application/octet-stream` in
    /// `server.compression.mime-types`, in nginx do not list it in `gzip_types`.
    static NO_ENCODING = {
        id: "ranges/no-encoding", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S12_5_3, rfc9110::S8_4],
        needs: &[RangeTable],
        judge: no_encoding,
        proof: &["ranges/gzip-206", "download/gzip-always"],
    }
}
fn no_encoding(case: &Case) -> Verdict {
    required(case, Invariant::Encoding)
}

check! {
    /// One range is answered in one part, never as multipart.
    ///
    /// ## Why it matters
    /// No player reads multipart: boundaries and part headers end up among the samples.
    ///
    /// ## How to fix
    /// Use `multipart/byteranges` only where more than one range was asked for, or never: answering several
    /// ranges with 200 is legal.
    static SINGLE_PART = {
        id: "ranges/single-part", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7_2],
        needs: &[RangeTable],
        judge: single_part,
        proof: &["ranges/multipart-for-one"],
    }
}
fn single_part(case: &Case) -> Verdict {
    required(case, Invariant::Single)
}

check! {
    /// A 200 has no Content-Range and encloses the whole recording.
    ///
    /// ## Why it matters
    /// A slice under status 200 is taken for the whole: Chromium hangs on the next seek, Firefox jumps to the
    /// end.
    ///
    /// ## How to fix
    /// Send 206 with every slice. In Express call `res.status(206)` before the stream; in a Worker in front
    /// of R2 or S3 pass the store's status on instead of a fixed `new Response(body)`.
    static WHOLE_HAS_NO_CONTENT_RANGE = {
        id: "ranges/whole-has-no-content-range", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_4, guide::RANGE_206],
        needs: &[RangeTable],
        judge: whole_has_no_content_range,
        proof: &["ranges/200-with-a-slice"],
    }
}
fn whole_has_no_content_range(case: &Case) -> Verdict {
    required(case, Invariant::Whole)
}

check! {
    /// A 416 names the recording's length as `bytes */L`.
    ///
    /// ## Why it matters
    /// A client that asked too far learns the right length from it, and asks again.
    ///
    /// ## How to fix
    /// Add `Content-Range: bytes */L` to the refusal, the unit included. Go's `http.ServeContent`, nginx and
    /// Spring do; Starlette and hand-written handlers often leave out the header or the unit.
    static UNSATISFIED_CONTENT_RANGE = {
        id: "ranges/unsatisfied-content-range", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_5_17, rfc9110::S14_4],
        needs: &[RangeTable],
        judge: unsatisfied_content_range,
        proof: &["ranges/416-without-length", "ranges/416-without-unit"],
    }
}
fn unsatisfied_content_range(case: &Case) -> Verdict {
    any_row(case, Invariant::Unsatisfied)
}

check! {
    /// A 416 does not enclose the recording.
    ///
    /// ## Why it matters
    /// A refusal with the whole file as its body is a download that nobody wanted, once for every player that
    /// reached the end.
    ///
    /// ## How to fix
    /// Return right after setting the status; leave the body empty or send a short message.
    static SMALL_REFUSAL = {
        id: "ranges/small-refusal", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_5_17],
        needs: &[RangeTable],
        judge: small_refusal,
        proof: &["ranges/whole-file-with-416"],
    }
}
fn small_refusal(case: &Case) -> Verdict {
    any_row(case, Invariant::RefusalBody)
}

check! {
    /// A 206 encloses all that was asked for, not a first piece of it.
    ///
    /// ## Why it matters
    /// A shorter part with honest headers is legal, and players ask for the rest; every piece costs a
    /// request.
    ///
    /// ## How to fix
    /// Stream open ranges to the end of the recording, or choose a cap of several megabytes.
    static ALL_THAT_WAS_ASKED = {
        id: "ranges/all-that-was-asked", level: Informational, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7],
        needs: &[RangeTable],
        judge: all_that_was_asked,
        proof: &["ranges/tiny-pieces"],
    }
}
fn all_that_was_asked(case: &Case) -> Verdict {
    let length = match whole(case) {
        Ok(whole) => whole.length,
        Err(reason) => return Verdict::unjudged(reason),
    };
    first(case.story.of(Probe::RangeTable).filter_map(|exchange| {
        let answer = exchange.answer().filter(|answer| answer.status == 206)?;
        let (_, last) = super::ends(super::plain(exchange.sent("range")?)?, length)?;
        let named = named(answer).filter(|named| named.last < last)?;
        let expected = format!("206 Partial Content up to byte {last}");
        let enclosed = format!("206 Partial Content up to byte {}", named.last);
        Some(Finding::new(sent(exchange), expected, enclosed).seen_in(exchange.id()))
    }))
}

fn required(case: &Case, invariant: Invariant) -> Verdict {
    let whole = match whole(case) {
        Ok(whole) => whole,
        Err(reason) => return Verdict::unjudged(reason),
    };
    required_of(&seen(case, &whole), invariant, whole.length)
}

/// The name of the required check that judges this row.
pub(super) fn own_check(exchange: &Exchange) -> Option<&'static str> {
    REQUIRED.iter().find(|(row, _)| exchange.case == *row).map(|(_, check)| *check)
}

fn required_of(seen: &[Seen], invariant: Invariant, length: u64) -> Verdict {
    let broken: Vec<_> = seen
        .iter()
        .filter(|seen| own_check(seen.exchange).is_some() || seen.exchange.case == "no-range")
        .filter_map(|seen| Some((seen.exchange, seen.breaks(invariant)?)))
        .collect();
    if let [(exchange, _)] = broken.as_slice()
        && let Some(check) = own_check(exchange)
        && part_of(exchange, length, Ignored::Breaks).word() == "fail"
    {
        return Verdict::not_applicable(format!("broken in one answer alone: {check} speaks of it"));
    }
    told(broken)
}

fn any_row(case: &Case, invariant: Invariant) -> Verdict {
    let whole = match whole(case) {
        Ok(whole) => whole,
        Err(reason) => return Verdict::unjudged(reason),
    };
    let seen = seen(case, &whole);
    told(seen.iter().filter_map(|seen| Some((seen.exchange, seen.breaks(invariant)?))))
}

fn told<'a>(broken: impl IntoIterator<Item = (&'a Exchange, &'a Broken)>) -> Verdict {
    first(broken.into_iter().map(|(exchange, broken)| {
        let finding = Finding::new(sent(exchange), clip(&broken.expected), clip(&broken.received))
            .seen_in(exchange.id());
        match &broken.first_difference {
            Some(at) => finding.differing(clip(at)),
            None => finding,
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{LENGTH, answer, exchange, judge, partial, row_story};
    use super::*;
    use crate::range::invariants::Whole;

    fn whole() -> Whole {
        Whole { length: LENGTH, ..Whole::default() }
    }

    fn broken_in(invariants: &[Invariant]) -> Vec<Broken> {
        let broken = |invariant| Broken {
            invariant,
            expected: "right".to_owned(),
            received: "wrong".to_owned(),
            first_difference: Some("here".to_owned()),
        };
        invariants.iter().copied().map(broken).collect()
    }

    fn kinds(seen: &Seen) -> Vec<Invariant> {
        seen.broken.iter().map(|broken| broken.invariant).collect()
    }

    #[test]
    fn several_broken_answers_make_one_finding() {
        let (one, two) = (
            exchange("header", "bytes=0-43", partial(0, 43)),
            exchange("middle", "bytes=9-19", partial(9, 19)),
        );
        let seen = [&one, &two].map(|e| Seen::of(e, &whole(), broken_in(&[Invariant::Bytes])));
        let Verdict::Fail { finding } = required_of(&seen, Invariant::Bytes, LENGTH) else {
            unreachable!("two wrong answers must fail")
        };
        assert_eq!((finding.sent.as_str(), finding.more), ("GET recording, Range: bytes=0-43", 1));
        assert_eq!(finding.first_difference.as_deref(), Some("here"));
        assert_eq!(required_of(&seen, Invariant::Start, LENGTH), Verdict::Pass);
    }

    #[test]
    fn one_broken_answer_is_left_to_its_row_where_that_fails() {
        let large = exchange("first-byte", "bytes=0-0", partial(0, LENGTH - 1));
        let seen = [Seen::of(&large, &whole(), broken_in(&[Invariant::End]))];
        assert_eq!(required_of(&seen, Invariant::End, LENGTH).word(), "not applicable");
        let right = exchange("first-byte", "bytes=0-0", partial(0, 0));
        let seen = [Seen::of(&right, &whole(), broken_in(&[Invariant::Bytes]))];
        assert_eq!(required_of(&seen, Invariant::Bytes, LENGTH).word(), "fail");
    }

    #[test]
    fn rows_that_are_not_required_cannot_fail_a_required_invariant() {
        let empty = exchange("start-at-length", "bytes=640044-", partial(9, 9));
        let seen = [Seen::of(&empty, &whole(), broken_in(&[Invariant::ContentRange]))];
        assert_eq!(required_of(&seen, Invariant::ContentRange, LENGTH), Verdict::Pass);
    }

    #[test]
    fn consequences_are_not_named() {
        use Invariant::{Bytes, Class, ContentRange, Encoding, End, Length, Single, Start, Total};
        let any = exchange("middle", "bytes=9-19", partial(9, 19));
        let seen = |broken: &[Invariant]| kinds(&Seen::of(&any, &whole(), broken_in(broken)));
        assert_eq!(seen(&[ContentRange, Total, Start, Length, Bytes]), [ContentRange]);
        assert_eq!(seen(&[Start, End, Bytes, Encoding]), [Start, Encoding]);
        assert_eq!(seen(&[Single, Class, ContentRange, Bytes]), [Single]);
        assert_eq!(seen(&[End, Length, Bytes]), [End, Length]);
    }

    #[test]
    fn a_total_of_the_slice_is_a_wrong_total_not_a_malformed_range() {
        let sliced = answer(206, 1000, &[("Content-Range", "bytes 9000-9999/1000")]);
        let sliced = exchange("middle", "bytes=9000-9999", sliced);
        assert_eq!(
            kinds(&Seen::of(&sliced, &whole(), broken_in(&[Invariant::ContentRange]))),
            [Invariant::Total]
        );
        let beyond = answer(206, 10, &[("Content-Range", "bytes 640034-650043/640044")]);
        let beyond = exchange("end-beyond", "bytes=640034-650043", beyond);
        let seen = Seen::of(&beyond, &whole(), broken_in(&[Invariant::ContentRange]));
        assert_eq!(kinds(&seen), [Invariant::ContentRange]);
    }

    #[test]
    fn an_honest_row_passes_every_invariant() {
        let honest = row_story("middle", partial(LENGTH / 2, LENGTH / 2 + 999));
        for check in CHECKS {
            assert_eq!(judge(check, &honest), Verdict::Pass, "{}", check.id);
        }
    }

    #[test]
    fn a_cap_is_only_told() {
        let capped = row_story("open-from-start", partial(0, 99_999));
        assert_eq!(judge(&ALL_THAT_WAS_ASKED, &capped).word(), "fail");
    }

    #[test]
    fn without_the_whole_recording_nothing_is_judged() {
        let mut blind = row_story("middle", partial(0, 0));
        blind.calls[0].baseline = None;
        assert_eq!(judge(&BYTES, &blind).word(), "unjudged");
        assert_eq!(judge(&SMALL_REFUSAL, &blind).word(), "unjudged");
    }
}
