//! Ranges spelt oddly, and numbers that no integer holds.

use super::ground::{ground, is_wrong};
use super::telling::{count, first, received, sent};
use super::{difference, is_throttled, named};
use crate::check::{Case, Check, check};
use crate::clauses::rfc9110;
use crate::evidence::{Exchange, Probe};
use crate::range::oracle::{self, Asked, Class, Wanted, classify};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] = &[&ODD_SPELLING, &BEYOND_32_BITS, &BEYOND_64_BITS];

check! {
    /// A range that is spelt oddly is read rightly, ignored or refused.
    ///
    /// ## Why it matters
    /// Units may come in capitals, numbers with zeros before them, and some clients put a space after the
    /// equals sign. Read as octal, or answered 500, such a header shows a parser that guesses.
    ///
    /// ## How to fix
    /// Compare the unit without regard to case, read numbers in base ten (`parseInt(text, 10)`), and behave
    /// as if no Range had come where the header does not fit the grammar. Never let the parser throw.
    static ODD_SPELLING = {
        id: "ranges/odd-spelling", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_1, rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: odd_spelling,
        proof: &["ranges/500-on-odd-spellings", "ranges/reads-octal"],
    }
}
fn odd_spelling(case: &Case) -> Verdict {
    each(case, "spelt-", |exchange, length| {
        let answer = exchange.answer().ok_or("no answer")?;
        let last = if exchange.case == "spelt-leading-zeros" { 17 } else { 9 };
        let right = named(answer).is_some_and(|named| (named.first, named.last) == (0, last));
        match classify(answer, length) {
            Class::Part if right && answer.body.length == last + 1 && !is_wrong(exchange) => Ok(()),
            Class::Full | Class::Rejected | Class::Unsatisfiable => Ok(()),
            Class::Part => Err("another part"),
            Class::Multi => Err("several parts"),
            Class::Other => Err("a failure"),
        }
    })
}

check! {
    /// Positions beyond 32 bits are read as the numbers that they are.
    ///
    /// ## Why it matters
    /// Downloaders ask for `0-4294967295`, and a recording may be longer than 4 GiB. A position that wraps
    /// round gives the wrong bytes under right headers; one that fails gives an error page.
    ///
    /// ## How to fix
    /// Hold positions in 64 bits: `long` in Java, `int64` in Go, `u64` in Rust, a number (not `| 0`) in
    /// JavaScript; then clamp the end to the last byte.
    static BEYOND_32_BITS = {
        id: "ranges/beyond-32-bits", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: beyond_32_bits,
        proof: &["ranges/wraps-at-32-bits", "ranges/500-beyond-32-bits"],
    }
}
fn beyond_32_bits(case: &Case) -> Verdict {
    each(case, "number-", |exchange, length| {
        if exchange.case.contains("u32") { number(exchange, length, false) } else { Ok(()) }
    })
}

check! {
    /// Positions that no integer holds are clamped, ignored or refused.
    ///
    /// ## Why it matters
    /// Any client can send forty digits. A server that overflows serves the wrong bytes; one that throws can
    /// be made to fail at will.
    ///
    /// ## How to fix
    /// Treat a number that does not fit as larger than every recording: as an end it means the last byte, as
    /// a start it cannot be satisfied (416). In Rust `parse().unwrap_or(u64::MAX)`, in Java catch
    /// `NumberFormatException`, in Go look for `strconv.ErrRange`.
    static BEYOND_64_BITS = {
        id: "ranges/beyond-64-bits", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[rfc9110::S14_1_2],
        needs: &[RangeTable],
        judge: beyond_64_bits,
        proof: &["ranges/500-beyond-64-bits", "ranges/500-beyond-32-bits"],
    }
}
fn beyond_64_bits(case: &Case) -> Verdict {
    each(
        case,
        "number-",
        |exchange, length| {
            if exchange.case.contains("u32") { Ok(()) } else { number(exchange, length, true) }
        },
    )
}

/// Judges one large number; whether a refusal of the end passes too is what `lenient` says.
fn number(exchange: &Exchange, length: u64, lenient: bool) -> Result<(), &'static str> {
    let answer = exchange.answer().ok_or("no answer")?;
    let Asked::One(spec) = oracle::parse(exchange.sent("range")) else { return Ok(()) };
    match (oracle::wanted(spec, length), classify(answer, length)) {
        (_, Class::Full) | (Wanted::Unsatisfiable, Class::Unsatisfiable | Class::Rejected) => Ok(()),
        (Wanted::Part(..), Class::Unsatisfiable | Class::Rejected) if lenient => Ok(()),
        (Wanted::Part(..), Class::Unsatisfiable | Class::Rejected) => Err("a refusal"),
        (Wanted::Part(first, last), Class::Part)
            if difference(answer, first, last).is_none() && !is_wrong(exchange) =>
        {
            Ok(())
        }
        (_, Class::Part) => Err("another part"),
        (_, Class::Multi) => Err("several parts"),
        (_, Class::Other) => Err("a failure"),
    }
}

fn each(case: &Case, prefix: &str, judge: impl Fn(&Exchange, u64) -> Result<(), &'static str>) -> Verdict {
    let length = match ground(case) {
        Ok(whole) => whole.length,
        Err(verdict) => return verdict,
    };
    let rows = case.story.of(Probe::RangeTable).filter(|exchange| exchange.case.starts_with(prefix));
    let rows = rows.filter(|exchange| exchange.answer().is_none_or(|answer| !is_throttled(answer)));
    first(rows.filter_map(|exchange| {
        let wrong = judge(exchange, length).err()?;
        let expected = match oracle::parse(exchange.sent("range")) {
            Asked::One(spec) => match oracle::wanted(spec, length) {
                Wanted::Part(first, last) => {
                    format!("206 Partial Content, Content-Range: bytes {first}-{last}/{length}")
                }
                Wanted::Unsatisfiable => {
                    format!("416 Range Not Satisfiable, Content-Range: bytes */{length}")
                }
            },
            _ => "400 Bad Request".to_owned(),
        };
        let finding = Finding::new(sent(exchange), expected, received(exchange))
            .or(format!("200 OK with all {}", count(length)));
        Some(finding.differing(wrong).seen_in(exchange.id()))
    }))
}
