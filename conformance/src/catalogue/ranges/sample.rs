//! Small evidence made by hand, for the tests of this section.

use crate::check::{Case, Check, OctetStream};
use crate::evidence::{
    Answer, Baseline, Call, Content, End, Evidence, Exchange, Outcome, Probe, RandomFailure, RandomWalk,
    Received, Story, Timing,
};
use crate::range::Invariant;
use crate::range::table::TABLE;
use crate::verdict::Verdict;
use mock_hubspot::exchange::Request;

pub(in crate::catalogue) const LENGTH: u64 = 640_044;

/// An answer with a body of this many bytes.
pub(in crate::catalogue) fn answer(status: u16, length: u64, headers: &[(&str, &str)]) -> Answer {
    Answer {
        status,
        headers: headers.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
        body: Received { length, end: End::Complete, content: Content::Equal { offset: 0 } },
    }
}

/// A 206 that names this part and encloses it.
pub(in crate::catalogue) fn partial(first: u64, last: u64) -> Answer {
    let named = format!("bytes {first}-{last}/{LENGTH}");
    answer(
        206,
        last - first + 1,
        &[("Content-Range", &named), ("Accept-Ranges", "bytes"), ("ETag", "\"v1\"")],
    )
}

/// A row of the fixed table; an empty range sends none.
pub(in crate::catalogue) fn exchange(case: &str, range: &str, answer: Answer) -> Exchange {
    asked(Probe::RangeTable, case, &[("Range", range)], Outcome::Answered(answer))
}

/// One exchange of any probe; fields without a value are not sent.
pub(in crate::catalogue) fn asked(
    probe: Probe,
    case: &str,
    fields: &[(&str, &str)],
    outcome: Outcome,
) -> Exchange {
    let headers = fields
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(n, v)| ((*n).into(), (*v).into()))
        .collect();
    Exchange {
        number: 0,
        call: 0,
        probe,
        case: case.to_owned(),
        step: None,
        request: Request {
            method: "GET".into(),
            target: "http://127.0.0.1/recording".to_owned(),
            headers,
            body: mock_hubspot::exchange::Body::Empty,
        },
        hops: Vec::new(),
        outcome,
        timing: Timing::default(),
    }
}

/// A story with the whole recording and these exchanges, numbered from 2.
pub(in crate::catalogue) fn story(exchanges: Vec<Exchange>) -> Story {
    let whole = answer(200, LENGTH, &[("ETag", "\"v1\""), ("Accept-Ranges", "bytes")]);
    let mut all = vec![asked(Probe::Download, "whole", &[], Outcome::Answered(whole))];
    all.extend(exchanges);
    for (number, exchange) in (1..).zip(&mut all) {
        exchange.number = number;
    }
    let baseline = Baseline { exchange: 1, length: LENGTH, sha256: "00".to_owned() };
    Story {
        calls: vec![Call { baseline: Some(baseline), ..Call::default() }],
        exchanges: all,
        ..Story::default()
    }
}

/// A story in which one row was answered like this.
pub(in crate::catalogue) fn row_story(case: &str, answer: Answer) -> Story {
    let row = TABLE.iter().find(|row| row.case == case).expect("the table has this row");
    story(vec![exchange(case, &(row.range)(LENGTH).unwrap_or_default(), answer)])
}

/// What a check says of a story.
pub(in crate::catalogue) fn judge(check: &Check, story: &Story) -> Verdict {
    (check.judge)(&Case::new(&Evidence::default(), story, OctetStream::Warn))
}

/// A failure of the random walk, confirmed, of one case in four.
pub(in crate::catalogue) fn failure(invariant: Invariant, simplest: &str) -> RandomFailure {
    RandomFailure {
        invariant,
        satisfiable: true,
        case: 17,
        found: "bytes=4711-9999".to_owned(),
        simplest: simplest.to_owned(),
        exchange: 2,
        first_wrong_offset: None,
        nearest_boundary: None,
        confirmed: (3, 3),
        cases_broken: 64,
    }
}

/// The same story after a random walk of 256 cases.
pub(in crate::catalogue) fn walked(mut story: Story, failures: Vec<RandomFailure>) -> Story {
    story.random = Some(RandomWalk { cases: 256, failures, ..RandomWalk::default() });
    story
}
