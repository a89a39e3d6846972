//! Validators: `ETag` and Last-Modified that stay the same, and If-Range that is understood.

use super::telling::{first, received, received_with, sent};
use super::{is_throttled, row, whole};
use crate::check::{Case, Check, check};
use crate::clauses::rfc9110;
use crate::evidence::{Answer, Exchange, Outcome, Probe};
use crate::range::invariants::Whole;
use crate::range::oracle::{Class, classify};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] =
    &[&STABLE_VALIDATORS, &STABLE_WEAK_VALIDATORS, &IF_RANGE_MATCH, &IF_RANGE_OTHER, &IF_RANGE_DATE];

check! {
    /// The validator that players go by is the same in the whole download and in every part.
    ///
    /// ## Why it matters
    /// Chromium sends it back with If-Range on every further request. One that changes means "another
    /// recording": the answer is everything, and the first seek hangs.
    ///
    /// ## How to fix
    /// Make the ETag from what is stored (a hash, or size and time of change), once, never from the slice,
    /// the request or the clock; every node must compute the same. Express's automatic `etag` is made from
    /// the body it sends: set the header yourself. Where there is no such value, send no ETag.
    static STABLE_VALIDATORS = {
        id: "ranges/stable-validators", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S8_8_1, rfc9110::S15_3_7],
        needs: &[RangeTable],
        judge: stable_validators,
        proof: &["ranges/etag-of-the-slice", "ranges/etag-each-time"],
    }
}
fn stable_validators(case: &Case) -> Verdict {
    stable(case, |weight| weight == Weight::Decides)
}

check! {
    /// Every validator is the same in the whole download and in every part: weak ETags, and dates beside an
    /// ETag, too.
    ///
    /// ## Why it matters
    /// Caches and downloaders compare weak ETags, and dates beside an ETag, before they put parts together.
    ///
    /// ## How to fix
    /// Send the same `ETag` and `Last-Modified` with 200 and 206. Take `Last-Modified` from the stored file,
    /// not from the clock.
    static STABLE_WEAK_VALIDATORS = {
        id: "ranges/stable-weak-validators", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S8_8_1, rfc9110::S15_3_7],
        needs: &[RangeTable],
        judge: stable_weak_validators,
        proof: &["ranges/etag-each-time"],
    }
}
fn stable_weak_validators(case: &Case) -> Verdict {
    stable(case, |_| true)
}

check! {
    /// If-Range with the recording's own strong ETag is answered with the part.
    ///
    /// ## Why it matters
    /// Chromium sends it with every seek after the first. A 200 restarts the download, and the seek hangs.
    ///
    /// ## How to fix
    /// Compare the value of If-Range with the ETag as whole strings, quotes included, and serve the part
    /// where they are equal. Some CDNs understand only dates here: turn the ETag off there, or forward the
    /// header to the origin. nginx, Go's `http.ServeContent` and Express's `send` do it right.
    static IF_RANGE_MATCH = {
        id: "ranges/if-range-match", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S13_1_5],
        needs: &[Validators],
        judge: if_range_match,
        proof: &["ranges/if-range-never-matches", "ranges/etag-each-time"],
    }
}
fn if_range_match(case: &Case) -> Verdict {
    if_range(case, "if-range-match", Class::Part, "the recording has no strong ETag")
}

check! {
    /// If-Range with an ETag that was never issued is answered with everything.
    ///
    /// ## Why it matters
    /// The client says "only if it is still that recording". A part of another one would be glued to what it
    /// holds.
    ///
    /// ## How to fix
    /// Where If-Range is there and differs from the ETag, ignore Range and answer 200. Compare whole strings,
    /// not `includes` or `indexOf`.
    static IF_RANGE_OTHER = {
        id: "ranges/if-range-other", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S13_1_5],
        needs: &[Validators],
        judge: if_range_other,
        proof: &["ranges/if-range-ignored", "ranges/if-range-fails-412"],
    }
}
fn if_range_other(case: &Case) -> Verdict {
    if_range(case, "if-range-other", Class::Full, "the recording has no ETag")
}

check! {
    /// If-Range with the recording's own Last-Modified is answered with the part.
    ///
    /// ## Why it matters
    /// Without an ETag Chromium sends the date with every seek after the first; a 200 makes the seek hang.
    ///
    /// ## How to fix
    /// Parse the date of If-Range and compare it with Last-Modified in whole seconds: stored times have
    /// fractions that the header does not carry.
    static IF_RANGE_DATE = {
        id: "ranges/if-range-date", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S13_1_5],
        needs: &[Validators],
        judge: if_range_date,
        proof: &["ranges/if-range-date-never-matches"],
    }
}
fn if_range_date(case: &Case) -> Verdict {
    if_range(case, "if-range-date", Class::Part, "the recording has no Last-Modified that is a minute old")
}

/// Judges one If-Range, provided that the same server answers ranges at all.
pub(super) fn if_range(case: &Case, name: &'static str, right: Class, otherwise: &str) -> Verdict {
    let Some(exchange) = case.asked(Probe::Validators, name).next() else {
        return Verdict::not_applicable(otherwise);
    };
    let length = match whole(case) {
        Ok(whole) => whole.length,
        Err(reason) => return Verdict::unjudged(reason),
    };
    if let Ok(plain) = row(case, "middle")
        && plain.answer().is_none_or(|answer| classify(answer, length) != Class::Part)
    {
        return Verdict::not_applicable(
            "a range without If-Range is not answered with a part either: ranges/middle speaks of it",
        );
    }
    let expected = match right {
        Class::Part => "206 Partial Content".to_owned(),
        _ => format!("200 OK with all {length} bytes"),
    };
    match &exchange.outcome {
        Outcome::Answered(answer) if is_throttled(answer) => {
            Verdict::unjudged(format!("the server asked us to slow down ({})", answer.status))
        }
        Outcome::Answered(answer) if classify(answer, length) == right => Verdict::Pass,
        _ => Verdict::fail(Finding::new(sent(exchange), expected, received(exchange)).seen_in(exchange.id())),
    }
}

/// Whether players go by a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// A strong `ETag`; without any `ETag`, Last-Modified (measured: what Chromium puts into If-Range).
    Decides,
    /// Everything else.
    Advises,
}

/// The validators in which an answer differs from the whole download, and how much each weighs.
pub(super) fn drifts(answer: &Answer, whole: &Whole) -> Vec<(&'static str, Weight)> {
    let fields = [("ETag", whole.etag.as_deref()), ("Last-Modified", whole.last_modified.as_deref())];
    let drifted = |(field, before): (&'static str, Option<&str>)| {
        let now = answer.header(field);
        if before == now {
            return None;
        }
        let decides = match (field, before, now) {
            ("ETag", Some(before), Some(_)) => !before.starts_with("W/"),
            ("Last-Modified", Some(_), Some(_)) => whole.etag.is_none(),
            _ => false,
        };
        Some((field, if decides { Weight::Decides } else { Weight::Advises }))
    };
    fields.into_iter().filter_map(drifted).collect()
}

fn stable(case: &Case, counts: fn(Weight) -> bool) -> Verdict {
    let whole = match whole(case) {
        Ok(whole) => whole,
        Err(reason) => return Verdict::unjudged(reason),
    };
    let answered = case.story.of(Probe::RangeTable).chain(case.story.of(Probe::Validators));
    first(answered.filter_map(|exchange| {
        let answer = exchange.answer().filter(|answer| matches!(answer.status, 200 | 206))?;
        let (field, _) = drifts(answer, &whole).into_iter().find(|(_, weight)| counts(*weight))?;
        Some(drifted(exchange, field, &whole))
    }))
}

/// The finding of a validator that is not the one of the whole download.
pub(super) fn drifted(exchange: &Exchange, field: &'static str, whole: &Whole) -> Finding {
    let before = if field == "ETag" { &whole.etag } else { &whole.last_modified };
    let expected = match before {
        Some(value) => format!("{field}: {}, as with the whole recording", super::telling::clip(value)),
        None => format!("no {field}, as with the whole recording"),
    };
    Finding::new(sent(exchange), expected, received_with(exchange, &[field])).seen_in(exchange.id())
}

#[cfg(test)]
mod tests {
    use super::super::sample::{LENGTH, answer, asked, exchange, judge, partial, row_story, story};
    use super::*;

    fn conditional(case: &str, answer: Answer) -> crate::evidence::Story {
        let middle = exchange("middle", "bytes=320022-321021", partial(LENGTH / 2, LENGTH / 2 + 999));
        let fields = [("Range", "bytes=100-199"), ("If-Range", "\"v1\"")];
        story(vec![middle, asked(Probe::Validators, case, &fields, Outcome::Answered(answer))])
    }

    #[test]
    fn if_range_is_a_condition() {
        for (check, case, right, wrong) in [
            (&IF_RANGE_MATCH, "if-range-match", partial(100, 199), answer(200, LENGTH, &[])),
            (&IF_RANGE_OTHER, "if-range-other", answer(200, LENGTH, &[]), partial(100, 199)),
            (&IF_RANGE_DATE, "if-range-date", partial(100, 199), answer(200, LENGTH, &[])),
        ] {
            assert_eq!(judge(check, &conditional(case, right)), Verdict::Pass, "{case}");
            assert_eq!(judge(check, &conditional(case, wrong)).word(), "fail", "{case}");
            assert_eq!(judge(check, &conditional(case, answer(412, 0, &[]))).word(), "fail", "{case}");
            assert_eq!(judge(check, &story(Vec::new())).word(), "not applicable", "{case}");
        }
    }

    #[test]
    fn if_range_is_not_blamed_where_no_range_works() {
        let fields = [("Range", "bytes=100-199"), ("If-Range", "\"v1\"")];
        let all = || answer(200, LENGTH, &[]);
        let ignored = story(vec![
            exchange("middle", "bytes=320022-321021", all()),
            asked(Probe::Validators, "if-range-match", &fields, Outcome::Answered(all())),
        ]);
        assert_eq!(judge(&IF_RANGE_MATCH, &ignored).word(), "not applicable");
    }

    #[test]
    fn a_strong_etag_must_not_change() {
        let sliced = answer(206, 1, &[("Content-Range", "bytes 0-0/640044"), ("ETag", "\"v2\"")]);
        assert_eq!(judge(&STABLE_VALIDATORS, &row_story("first-byte", sliced)).word(), "fail");
        assert_eq!(judge(&STABLE_VALIDATORS, &row_story("first-byte", partial(0, 0))), Verdict::Pass);
        assert_eq!(judge(&STABLE_WEAK_VALIDATORS, &row_story("first-byte", partial(0, 0))), Verdict::Pass);
        let lost = answer(206, 1, &[]);
        assert_eq!(judge(&STABLE_VALIDATORS, &row_story("first-byte", lost.clone())), Verdict::Pass);
        assert_eq!(judge(&STABLE_WEAK_VALIDATORS, &row_story("first-byte", lost)).word(), "fail");
    }

    #[test]
    fn weak_tags_and_dates_beside_a_tag_weigh_less() {
        let with = |etag: Option<&str>| Whole {
            length: LENGTH,
            etag: etag.map(str::to_owned),
            last_modified: Some("Sat, 21 Nov 2026 10:00:00 GMT".to_owned()),
        };
        let later = ("Last-Modified", "Sun, 22 Nov 2026 10:00:00 GMT");
        assert_eq!(drifts(&answer(206, 1, &[later]), &with(None)), [("Last-Modified", Weight::Decides)]);
        let tagged = answer(206, 1, &[("ETag", "\"a\""), later]);
        assert_eq!(drifts(&tagged, &with(Some("\"a\""))), [("Last-Modified", Weight::Advises)]);
        let weak = answer(206, 1, &[("ETag", "W/\"b\""), later]);
        let both = [("ETag", Weight::Advises), ("Last-Modified", Weight::Advises)];
        assert_eq!(drifts(&weak, &with(Some("W/\"a\""))), both);
    }
}
