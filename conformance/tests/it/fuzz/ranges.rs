//! Range, Content-Range and multipart bodies: read as a second, simpler reader reads them, and an honest answer is never blamed.
//!
//! The second reader is a pattern and numbers as text. What a well-formed range covers has a model beside the oracle.

use super::folder;
use super::meddling::{Seed, meddled, seeds};
use super::running::{Bounds, Target};
use conformance::evidence::{Answer, Content, Difference, End, Exchange, Outcome, Probe, Received, Timing};
use conformance::range::content_range::{self, ContentRange};
use conformance::range::invariants::{Whole, broken};
use conformance::range::multipart;
use conformance::range::oracle::{self, Asked, Spec, Wanted};
use mock_hubspot::exchange::{Body, Request};
use proptest::prelude::*;
use proptest::sample::select;
use regex::Regex;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

const TARGET: Target =
    Target { name: "ranges", bounds: Bounds { memory: 4 << 20, time: Duration::from_secs(5) } };

const WORDS: &[&str] = &[
    "bytes", "=", "-", ",", " ", "\t", "/", "*", "bytes=", "bytes ", "0-", "-0", "-1", ", ,", "0x1", "+1",
    "1e3", "\u{17f}", "١", "\r\n", "--b", "--b--", "\r\n\r\n", ":", "\u{0}",
];

/// One line, one seed.
fn lines(name: &str, bytes: &[u8]) -> Arc<[Seed]> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| Seed { name: name.to_owned(), bytes: line.to_vec() }).collect()
}

/// The ranges of a header that follows RFC 9110 §14.1.1, §14.2 and §5.6.1.2 in the unit bytes.
fn model_of_range(header: &str) -> Option<Vec<Spec>> {
    static SET: LazyLock<Regex> = LazyLock::new(|| {
        let one = "(?:[0-9]+-[0-9]*|-[0-9]+)";
        let set = format!("^[ \\t]*(?i-u:bytes)=({one}?(?:[ \\t]*,[ \\t]*{one}?)*)[ \\t]*$");
        Regex::new(&set).unwrap()
    });
    let set = SET.captures(header)?.get(1)?.as_str();
    let number = |digits: &str| digits.parse().unwrap_or(u64::MAX);
    let mut specs = Vec::new();
    for one in set.split(',').map(|one| one.trim_matches([' ', '\t'])).filter(|one| !one.is_empty()) {
        let (first, last) = one.split_once('-')?;
        let width = first.len().max(last.len());
        specs.push(match (first, last) {
            ("", last) => Spec::Suffix(number(last)),
            (first, "") => Spec::From(number(first)),
            _ if format!("{first:0>width$}") > format!("{last:0>width$}") => return None,
            _ => Spec::FromTo(number(first), number(last)),
        });
    }
    (!specs.is_empty()).then_some(specs)
}

/// What RFC 9110 §14.4 lets a header claim.
fn model_of_content_range(header: &str) -> Option<ContentRange> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^(?i-u:bytes) (?:([0-9]+)-([0-9]+)/(?:([0-9]+)|\\*)|\\*/([0-9]+))$").unwrap()
    });
    let found = FORM.captures(header)?;
    let number = |nth: usize| found.get(nth).map(|digits| digits.as_str().parse::<u64>()).transpose();
    let (first, last, complete, alone) = (number(1).ok()?, number(2).ok()?, number(3).ok()?, number(4).ok()?);
    if let Some(complete) = alone {
        return Some(ContentRange::Unsatisfied { complete });
    }
    let (first, last) = (first?, last?);
    (first <= last && complete.is_none_or(|complete| last < complete)).then_some(ContentRange::Part {
        first,
        last,
        complete,
    })
}

fn reads_ranges(header: &str) -> Option<Spec> {
    let asked = oracle::parse(Some(header));
    let specs = match &asked {
        Asked::One(spec) => vec![*spec],
        Asked::Several(specs) => specs.clone(),
        Asked::Nothing | Asked::Invalid(_) | Asked::OtherUnit(_) => Vec::new(),
    };
    assert_eq!((!specs.is_empty()).then(|| specs.clone()), model_of_range(header), "{header:?}");
    if specs.is_empty() {
        return None;
    }
    let printed = specs.iter().map(Spec::to_string).collect::<Vec<_>>().join(",");
    assert_eq!(oracle::parse(Some(&format!("bytes={printed}"))), asked, "{header:?}");
    Some(specs[0]).filter(|_| specs.len() == 1)
}

fn reads_content_ranges(header: &str) {
    let read = content_range::parse(header).ok();
    assert_eq!(read, model_of_content_range(header), "{header:?}");
    let printed = match read {
        None => return,
        Some(ContentRange::Unsatisfied { complete }) => format!("bytes */{complete}"),
        Some(ContentRange::Part { first, last, complete: None }) => format!("bytes {first}-{last}/*"),
        Some(ContentRange::Part { first, last, complete: Some(complete) }) => {
            format!("bytes {first}-{last}/{complete}")
        }
    };
    assert_eq!(content_range::parse(&printed).ok(), read, "{header:?}");
}

fn takes_apart(body: &[u8]) {
    let mut behind = 0;
    for piece in multipart::parts(body, "b").0 {
        assert!(
            piece.body.start >= behind && piece.body.start <= piece.body.end && piece.body.end <= body.len()
        );
        behind = piece.body.end;
    }
    let _ = multipart::boundary(&String::from_utf8_lossy(body));
}

fn exchange(range: &str, outcome: Outcome) -> Exchange {
    let headers = [("Accept-Encoding", "identity"), ("Range", range)];
    let headers = headers.map(|(name, value)| (name.into(), value.into())).to_vec();
    Exchange {
        number: 1,
        call: 0,
        probe: Probe::RangeTable,
        case: "row".into(),
        step: None,
        request: Request {
            method: "GET".into(),
            target: "http://127.0.0.1/r".into(),
            headers: headers.into(),
            body: Body::Empty,
        },
        hops: Vec::new(),
        outcome,
        timing: Timing::default(),
    }
}

/// Headers as they were sent and came, and what else came.
#[derive(Clone, Debug)]
struct Case {
    range: String,
    content_range: String,
    multipart: Vec<u8>,
    status: u16,
    announced: String,
    length: u64,
    whole: u64,
    content: Content,
    end: End,
}

impl Case {
    fn answer(&self) -> Answer {
        let kind = if self.multipart.len().is_multiple_of(2) {
            "audio/wav"
        } else {
            "multipart/byteranges; boundary=b"
        };
        let headers = [
            ("Content-Range", &*self.content_range),
            ("Content-Length", &*self.announced),
            ("Content-Type", kind),
        ];
        Answer {
            status: self.status,
            headers: headers.map(|(name, value)| (name.into(), value.into())).to_vec().into(),
            body: Received { length: self.length, end: self.end.clone(), content: self.content.clone() },
        }
    }

    fn holds(&self) {
        let spec = reads_ranges(&self.range);
        reads_content_ranges(&self.content_range);
        takes_apart(&self.multipart);
        let whole = Whole { length: self.whole, etag: None, last_modified: None };
        let _ = broken(&exchange(&self.range, Outcome::Answered(self.answer())), &whole);
        let wanted = spec.map(|spec| oracle::wanted(spec, self.whole));
        let Some(Wanted::Part(first, last)) = wanted else { return };
        assert!(first <= last && last < self.whole);
        let length = last - first + 1;
        let honest = Self {
            status: 206,
            content_range: format!("bytes {first}-{last}/{}", self.whole),
            announced: length.to_string(),
            length,
            multipart: Vec::new(),
            content: Content::Equal { offset: first },
            end: End::Complete,
            ..self.clone()
        };
        let blamed = broken(&exchange(&self.range, Outcome::Answered(honest.answer())), &whole);
        assert_eq!(blamed, [], "an honest answer");
    }
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![
        0..4_u64,
        Just(100_000),
        select(vec![u64::MAX, u64::MAX - 1, 1 << 63, u64::from(u32::MAX), 1 << 32]),
        any::<u64>()
    ]
}

fn content() -> impl Strategy<Value = Content> {
    let difference = (number(), number()).prop_map(|(offset, equal)| {
        let (expected, received, head) = ("00ff".to_owned(), "f".to_owned(), String::new());
        Content::Differs(Difference { offset, equal, expected, received, head })
    });
    prop_oneof![
        Just(Content::Empty),
        Just(Content::Text("x".into())),
        number().prop_map(|offset| Content::Equal { offset }),
        difference,
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let all = seeds(&folder("headers"));
    let seed = |name: &str| all.iter().find(|seed| seed.name == name).expect("it is among the seeds");
    let text = |name: &str| {
        let seeds = lines(name, &seed(name).bytes);
        meddled(seeds, WORDS).prop_map(|meddled| String::from_utf8_lossy(&meddled.bytes).into_owned())
    };
    let body = Seed { name: "multipart".into(), bytes: seed("multipart.txt").bytes.clone() };
    let statuses = select(vec![200_u16, 206, 206, 206, 416, 400, 304, 500]);
    let ends =
        select(vec![End::Complete, End::Abandoned, End::CutShort("reset".into()), End::Stalled(u64::MAX)]);
    let headers = (text("range.txt"), text("content-range.txt"), meddled(Arc::new([body]), WORDS));
    let announced = prop_oneof![number().prop_map(|n| n.to_string()), text("range.txt")];
    (headers, statuses, announced, number(), number(), content(), ends).prop_map(
        |((range, content_range, multipart), status, announced, length, whole, content, end)| Case {
            range,
            content_range,
            multipart: multipart.bytes,
            status,
            announced,
            length,
            whole,
            content,
            end,
        },
    )
}

#[test]
fn any_header_is_read_as_the_grammar_has_it_and_no_honest_answer_is_blamed() {
    for seed in seeds(&folder("headers")) {
        let text = String::from_utf8_lossy(&seed.bytes).into_owned();
        let read: usize = match seed.name.as_str() {
            "range.txt" => text.lines().filter_map(reads_ranges).count(),
            "content-range.txt" => {
                text.lines().for_each(reads_content_ranges);
                text.lines().filter(|line| content_range::parse(line).is_ok()).count()
            }
            _ => multipart::parts(&seed.bytes, "b").0.len(),
        };
        assert!(read >= 3, "{} holds hardly anything that is read", seed.name);
    }
    TARGET.run(&case(), |case| format!("{case:#?}").into_bytes(), Case::holds);
}
