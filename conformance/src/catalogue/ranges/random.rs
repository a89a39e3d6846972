//! Random ranges: what none of the fixed rows shows. One check for each kind of fault; a fault is named by the simplest
//! request that still shows it.

use super::failures::{required, unusual};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, players, rfc9110};
use crate::range::Invariant;
use crate::verdict::Verdict;

pub(in crate::catalogue) static CHECKS: &[&Check] = &[
    &CLASS,
    &CONTENT_RANGE,
    &TOTAL,
    &START,
    &END,
    &LENGTH,
    &BYTES,
    &ENCODING,
    &SINGLE,
    &WHOLE,
    &VALIDATORS,
    &UNUSUAL,
];

check! {
    /// Any range that can be satisfied is answered with 206.
    ///
    /// ## Why it matters
    /// HubSpot's player asks for whatever the playhead points at; one range that is refused is one place that
    /// cannot be played.
    ///
    /// ## How to fix
    /// See ranges/middle and ranges/suffix. Look at what the simplest failing request has in common with
    /// others: a suffix, an end beyond the recording, a position beyond 2^31.
    static CLASS = {
        id: "ranges/random-class", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[guide::RANGE_206, rfc9110::S14_2],
        needs: &[RandomRanges],
        judge: random_class,
        proof: &[
            "ranges/answers-200-with-everything", "ranges/accept-ranges-lies", "ranges/200-with-a-slice",
            "ranges/refuses-end-beyond", "ranges/refuses-suffix",
        ],
    }
}
fn random_class(case: &Case) -> Verdict {
    required(case, Invariant::Class)
}

check! {
    /// Any 206 carries one well-formed Content-Range.
    ///
    /// ## Why it matters
    /// Chromium stops with error 4 where a part does not say what it is.
    ///
    /// ## How to fix
    /// See ranges/content-range: `bytes first-last/length`, computed from the clamped range, in every branch
    /// of the code.
    static CONTENT_RANGE = {
        id: "ranges/random-content-range", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_4],
        needs: &[RandomRanges],
        judge: random_content_range,
        proof: &[
            "ranges/no-content-range", "ranges/content-range-misspelt",
            "ranges/content-range-ends-at-length", "ranges/does-not-clamp",
        ],
    }
}
fn random_content_range(case: &Case) -> Verdict {
    required(case, Invariant::ContentRange)
}

check! {
    /// Any Content-Range gives the recording's length as the complete length.
    ///
    /// ## Why it matters
    /// The time line of the player is drawn from it.
    ///
    /// ## How to fix
    /// See ranges/total-length: the size of the whole stored recording, in every branch.
    static TOTAL = {
        id: "ranges/random-total", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[players::LENGTH, rfc9110::S14_4],
        needs: &[RandomRanges],
        judge: random_total,
        proof: &["ranges/total-of-the-slice", "ranges/total-unknown"],
    }
}
fn random_total(case: &Case) -> Verdict {
    required(case, Invariant::Total)
}

check! {
    /// Any 206 starts at the byte that was asked for.
    ///
    /// ## Why it matters
    /// A part that starts elsewhere hangs the seek in Chromium, and Firefox asks again without end.
    ///
    /// ## How to fix
    /// See ranges/right-start. A fault that begins beyond some offset points at blocks of a cache or a
    /// cipher, or at numbers of 31 bits.
    static START = {
        id: "ranges/random-start", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7],
        needs: &[RandomRanges],
        judge: random_start,
        proof: &[
            "ranges/suffix-from-the-start", "ranges/starts-at-a-block", "ranges/constant-content-range",
        ],
    }
}
fn random_start(case: &Case) -> Verdict {
    required(case, Invariant::Start)
}

check! {
    /// Any 206 ends at the byte that was asked for, or honestly earlier after at least 16 KiB.
    ///
    /// ## Why it matters
    /// An end that is off by one leaves a hole at every seam of a played recording.
    ///
    /// ## How to fix
    /// See ranges/right-end: both ends are inclusive.
    static END = {
        id: "ranges/random-end", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2],
        needs: &[RandomRanges],
        judge: random_end,
        proof: &["ranges/tiny-pieces", "ranges/constant-content-range"],
    }
}
fn random_end(case: &Case) -> Verdict {
    required(case, Invariant::End)
}

check! {
    /// The body of any 206 has as many bytes as its headers say.
    ///
    /// ## Why it matters
    /// A player waits for bytes that never come, or reads surplus ones as the next answer.
    ///
    /// ## How to fix
    /// See ranges/body-length: `Content-Length` is `last - first + 1`, and the stream ends there.
    static LENGTH = {
        id: "ranges/random-length", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7, rfc9110::S8_6],
        needs: &[RandomRanges],
        judge: random_length,
        proof: &["ranges/length-of-the-whole",
            "ranges/drops-the-last-byte", "ranges/open-range-drops-the-last-byte",
            "ranges/constant-content-range",
        ],
    }
}
fn random_length(case: &Case) -> Verdict {
    required(case, Invariant::Length)
}

check! {
    /// The bytes of any 206 are the recording's at that place.
    ///
    /// ## Why it matters
    /// Wrong bytes under right headers play the wrong moment, or end the recording, and no log shows it.
    ///
    /// ## How to fix
    /// See ranges/bytes. The first wrong offset tells where to look: near a power of two it is the seam of a
    /// cache slice (nginx `slice`), of a read buffer or of a multipart upload.
    static BYTES = {
        id: "ranges/random-bytes", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7],
        needs: &[RandomRanges],
        judge: random_bytes,
        proof: &["ranges/whole-file-under-a-part", "ranges/bytes-from-the-start", "ranges/garbled-past-64-kib"],
    }
}
fn random_bytes(case: &Case) -> Verdict {
    required(case, Invariant::Bytes)
}

check! {
    /// No part of any size is sent with a content coding.
    ///
    /// ## Why it matters
    /// Compression often starts at a certain size; a coded part stops the player.
    ///
    /// ## How to fix
    /// See ranges/no-encoding: keep compression away from recordings, whatever their size.
    static ENCODING = {
        id: "ranges/random-encoding", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S12_5_3, rfc9110::S8_4],
        needs: &[RandomRanges],
        judge: random_encoding,
        proof: &["ranges/gzip-206", "download/gzip-always"],
    }
}
fn random_encoding(case: &Case) -> Verdict {
    required(case, Invariant::Encoding)
}

check! {
    /// Any single range is answered in one part.
    ///
    /// ## Why it matters
    /// No player reads multipart: the audio would begin with the text of a part's header.
    ///
    /// ## How to fix
    /// Use multipart/byteranges only when several ranges were asked for. `conformance explain ranges/single-part` says more.
    static SINGLE = {
        id: "ranges/random-single", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S15_3_7_2],
        needs: &[RandomRanges],
        judge: random_single,
        proof: &["ranges/multipart-for-one"],
    }
}
fn random_single(case: &Case) -> Verdict {
    required(case, Invariant::Single)
}

check! {
    /// Whatever range was asked for, a 200 has no Content-Range and encloses everything.
    ///
    /// ## Why it matters
    /// A slice under status 200 is taken for the whole recording.
    ///
    /// ## How to fix
    /// Send 206 with a slice. `conformance explain ranges/whole-has-no-content-range` says more.
    static WHOLE = {
        id: "ranges/random-whole", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_4, guide::RANGE_206],
        needs: &[RandomRanges],
        judge: random_whole,
        proof: &["ranges/200-with-a-slice"],
    }
}
fn random_whole(case: &Case) -> Verdict {
    required(case, Invariant::Whole)
}

check! {
    /// The validator that players go by is the same in any part.
    ///
    /// ## Why it matters
    /// Two nodes with two ETags look like two recordings: Chromium starts again at each change.
    ///
    /// ## How to fix
    /// See ranges/stable-validators. Where it fails only now and then, compare the nodes behind the load
    /// balancer.
    static VALIDATORS = {
        id: "ranges/random-validators", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S8_8_1],
        needs: &[RandomRanges],
        judge: random_validators,
        proof: &["ranges/etag-of-the-slice", "ranges/etag-each-time"],
    }
}
fn random_validators(case: &Case) -> Verdict {
    required(case, Invariant::Validators)
}

check! {
    /// Random ranges that cannot be satisfied, or are unusual in size or spelling, are answered as the RFC
    /// allows.
    ///
    /// ## Why it matters
    /// Players rarely send them; downloaders and CDNs do.
    ///
    /// ## How to fix
    /// See ranges/start-beyond, ranges/zero-suffix, ranges/long-suffix and ranges/garbage. Parse positions
    /// into 64 bits, and hold larger ones at the maximum.
    static UNUSUAL = {
        id: "ranges/random-unusual", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2, rfc9110::S15_5_17],
        needs: &[RandomRanges],
        judge: random_unusual,
        proof: &["ranges/500-beyond-the-end", "ranges/404-beyond-the-end"],
    }
}
fn random_unusual(case: &Case) -> Verdict {
    unusual(case)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, answer, exchange, failure, judge, partial, row_story, story, walked};
    use super::*;
    use crate::evidence::RandomFailure;
    use crate::evidence::Story;

    const KINDS: [(&Check, Invariant); 11] = [
        (&CLASS, Invariant::Class),
        (&CONTENT_RANGE, Invariant::ContentRange),
        (&TOTAL, Invariant::Total),
        (&START, Invariant::Start),
        (&END, Invariant::End),
        (&LENGTH, Invariant::Length),
        (&BYTES, Invariant::Bytes),
        (&ENCODING, Invariant::Encoding),
        (&SINGLE, Invariant::Single),
        (&WHOLE, Invariant::Whole),
        (&VALIDATORS, Invariant::Validators),
    ];

    fn drifting() -> Story {
        let sliced = answer(206, 1, &[("Content-Range", "bytes 7-7/640044"), ("ETag", "\"v2\"")]);
        story(vec![exchange("random-17", "bytes=7-7", sliced)])
    }

    #[test]
    fn each_kind_of_fault_fails_its_own_check_alone() {
        for (check, invariant) in KINDS {
            let story = walked(drifting(), vec![failure(invariant, "bytes=7-7")]);
            for (other, _) in KINDS {
                let expected = if other.id == check.id { "fail" } else { "pass" };
                assert_eq!(judge(other, &story).word(), expected, "{invariant:?} {}", other.id);
            }
            assert_eq!(judge(&UNUSUAL, &story), Verdict::Pass);
        }
    }

    #[test]
    fn a_walk_without_faults_passes_and_none_at_all_is_unjudged() {
        let honest = walked(story(Vec::new()), Vec::new());
        for check in CHECKS {
            assert_eq!(judge(check, &honest), Verdict::Pass);
            assert_eq!(judge(check, &story(Vec::new())).word(), "unjudged");
        }
    }

    #[test]
    fn what_is_not_confirmed_is_unjudged() {
        let shaky = RandomFailure { confirmed: (1, 3), ..failure(Invariant::Bytes, "bytes=7-7") };
        let Verdict::Unjudged { reason } = judge(&BYTES, &walked(story(Vec::new()), vec![shaky])) else {
            unreachable!("one failure of three is no verdict")
        };
        assert_eq!(reason, "unstable: failed 1 of 3: Range: bytes=7-7");
    }

    #[test]
    fn unusual_ranges_are_only_recommended() {
        let beyond = RandomFailure { satisfiable: false, ..failure(Invariant::Class, "bytes=700000-700001") };
        for odd in [
            beyond,
            failure(Invariant::Class, "bytes=-640045"),
            failure(Invariant::Class, "bytes=0-18446744073709551615"),
            failure(Invariant::Class, "Bytes=0-9"),
        ] {
            let story = walked(story(Vec::new()), vec![odd]);
            assert_eq!(judge(&CLASS, &story), Verdict::Pass);
            assert_eq!(judge(&UNUSUAL, &story).word(), "fail");
        }
        let all = answer(200, sample::LENGTH, &[]);
        let ignored = story(vec![exchange("random-17", "bytes=-7", all)]);
        let ignored = walked(ignored, vec![failure(Invariant::Class, "bytes=-7")]);
        assert_eq!(judge(&CLASS, &ignored), Verdict::Pass);
        assert_eq!(judge(&UNUSUAL, &ignored).word(), "fail");
    }

    #[test]
    fn a_rare_fault_that_the_table_shows_is_the_tables() {
        let rare = || RandomFailure { cases_broken: 1, ..failure(Invariant::Class, "bytes=0-0") };
        let shown = walked(row_story("first-byte", answer(200, sample::LENGTH, &[])), vec![rare()]);
        assert_eq!(judge(&CLASS, &shown).word(), "not applicable");
        let hidden = walked(row_story("first-byte", partial(0, 0)), vec![rare()]);
        assert_eq!(judge(&CLASS, &hidden).word(), "fail");
    }

    #[test]
    fn the_finding_tells_the_way_to_the_fault() {
        let wrong = RandomFailure {
            first_wrong_offset: Some(65_536),
            nearest_boundary: Some("64 KiB (65536)".to_owned()),
            ..failure(Invariant::Bytes, "bytes=65535-65536")
        };
        let story = story(vec![exchange("random-17", "bytes=65535-65536", partial(65_535, 65_536))]);
        let Verdict::Fail { finding } = judge(&BYTES, &walked(story, vec![wrong])) else {
            unreachable!("confirmed wrong bytes must fail")
        };
        assert_eq!(
            finding.sent,
            "GET recording, Range: bytes=65535-65536 (found by case 17, Range: bytes=4711-9999)"
        );
        assert_eq!(
            finding.first_difference.as_deref(),
            Some("first wrong byte at offset 65536, near 64 KiB (65536)")
        );
        assert_eq!((finding.more, finding.evidence.as_slice()), (63, ["e2".to_owned()].as_slice()));
    }
}
