//! The plainest ranges once more over HTTP/2, where the recording's server offers it.

use super::ground::{ground, is_wrong};
use super::telling::{received, sent};
use super::{is_throttled, row};
use crate::check::{Case, Check, check};
use crate::clauses::{rfc9110, rfc9113};
use crate::evidence::{Answer, End, Exchange, Outcome, Probe};
use crate::range::oracle::{Class, classify};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[&SAME_OVER_HTTP2];

check! {
    /// Over HTTP/2 a range is answered as it is over HTTP/1.1.
    ///
    /// ## Why it matters
    /// Browsers take HTTP/2 wherever it is offered. There a Content-Length that does not agree with what is
    /// sent is an error of the whole answer: nothing of it is played, where HTTP/1.1 would have played a part.
    ///
    /// ## How to fix
    /// Let the server count: set Content-Length from the slice, or leave it out. Look at proxies that take an
    /// answer's headers over and change its body, and at middleware that writes more than the handler
    /// announced. `curl --http2 -r 0-0 -sv URL` shows what a browser meets.
    static SAME_OVER_HTTP2 = {
        id: "ranges/http2", level: Required, profile: Seek, since: "0.1.0",
        clauses: &[rfc9113::S8_1_1, rfc9110::S15_3_7],
        needs: &[RangeTable, Http2],
        judge: same_over_http2,
        proof: &["ranges/http2-length"],
    }
}
fn same_over_http2(case: &Case) -> Verdict {
    let length = match ground(case) {
        Ok(whole) => whole.length,
        Err(verdict) => return verdict,
    };
    for name in crate::probe::HTTP2_CASES {
        let Ok(before) = row(case, name) else { continue };
        let Some(plain) = before.answer().filter(|answer| !is_throttled(answer)) else { continue };
        let asked: Vec<_> = case.asked(Probe::Http2, name).collect();
        if asked.iter().any(|it| it.answer().is_some_and(is_throttled)) {
            return Verdict::unjudged("the server asked us to slow down");
        }
        // What is no part may be refused in more ways than one.
        let is_part = |answer: &Answer| classify(answer, length) == Class::Part;
        let is_same = |exchange: &&Exchange| match &exchange.outcome {
            Outcome::Failed(_) => false,
            Outcome::Answered(answer) => {
                !matches!(answer.body.end, End::CutShort(_) | End::Stalled(_))
                    && is_part(answer) == is_part(plain)
                    && !(is_part(answer) && is_wrong(exchange))
            }
        };
        let right = asked.iter().filter(|exchange| is_same(exchange)).count();
        let Some(wrong) = asked.iter().find(|exchange| !is_same(exchange)) else { continue };
        if right > 0 {
            let of = asked.len();
            return Verdict::unjudged(format!("over HTTP/2 `{name}` was right {right} of {of} times"));
        }
        let expected = format!("what HTTP/1.1 was answered: {}", received(before));
        let sent = format!("{}, over HTTP/2", sent(wrong));
        return Verdict::fail(Finding::new(sent, expected, received(wrong)).seen_in(wrong.id()));
    }
    Verdict::Pass
}
