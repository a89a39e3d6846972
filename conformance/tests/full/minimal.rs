//! For every fault of arithmetic the reported counterexample is the simplest one, within sixty requests for confirming and
//! shrinking, whatever the seed.

use crate::kit::Kit;
use conformance::evidence::{RandomFailure, Story, store};
use conformance::range::Invariant;

/// The story's recording: its length in bytes.
fn length(story: &Story) -> u64 {
    story.calls[0].baseline.as_ref().expect("the recording was downloaded").length
}

/// Tells one lie under one seed; the story, and how many requests confirming and shrinking took.
fn told(lie: &str, seed: &str) -> Story {
    let kit = Kit::new();
    kit.run(&["demo", "--break", lie, "--seed", seed, "--only", "ranges", "--out", "out"]);
    store::read(&kit.path().join("out")).unwrap().stories.remove(0)
}

/// The simplest request that shows a lie by breaking an invariant.
type Known = (&'static str, Invariant, fn(u64) -> String);

/// Simplest: no shorter range from no smaller a start breaks the same.
const KNOWN: [Known; 21] = [
    ("ranges/answers-200-with-everything", Invariant::Class, |_| "bytes=0-0".into()),
    ("ranges/drops-the-last-byte", Invariant::Length, |_| "bytes=0-0".into()),
    ("ranges/open-range-drops-the-last-byte", Invariant::Length, |_| "bytes=0-".into()),
    ("ranges/content-range-ends-at-length", Invariant::ContentRange, |_| "bytes=0-".into()),
    // The last byte, and the one after it.
    ("ranges/does-not-clamp", Invariant::ContentRange, |l| format!("bytes={}-{l}", l - 1)),
    ("ranges/refuses-end-beyond", Invariant::Class, |l| format!("bytes={}-{l}", l - 1)),
    ("ranges/suffix-from-the-start", Invariant::Start, |_| "bytes=-1".into()),
    ("ranges/refuses-suffix", Invariant::Class, |_| "bytes=-1".into()),
    // Byte 0 is right wherever the bytes come from the start.
    ("ranges/bytes-from-the-start", Invariant::Bytes, |_| "bytes=1-1".into()),
    // The last byte of a piece, and the first of the next.
    ("ranges/garbled-past-64-kib", Invariant::Bytes, |_| "bytes=65535-65536".into()),
    // 65536 itself is a multiple of 16.
    ("ranges/starts-at-a-block", Invariant::Start, |_| "bytes=65537-65537".into()),
    ("ranges/no-content-range", Invariant::ContentRange, |_| "bytes=0-0".into()),
    ("ranges/content-range-misspelt", Invariant::ContentRange, |_| "bytes=0-0".into()),
    ("ranges/constant-content-range", Invariant::Start, |_| "bytes=1-1".into()),
    ("ranges/constant-content-range", Invariant::End, |_| "bytes=0-0".into()),
    // What starts later lies beyond the length that is told.
    ("ranges/total-of-the-slice", Invariant::ContentRange, |_| "bytes=1-1".into()),
    ("ranges/total-unknown", Invariant::Total, |_| "bytes=0-0".into()),
    ("ranges/200-with-a-slice", Invariant::Whole, |_| "bytes=0-0".into()),
    ("ranges/multipart-for-one", Invariant::Single, |_| "bytes=0-0".into()),
    ("ranges/etag-of-the-slice", Invariant::Validators, |_| "bytes=0-0".into()),
    // A thousand bytes are all that comes.
    ("ranges/tiny-pieces", Invariant::End, |_| "bytes=0-1000".into()),
];

fn failure(story: &Story, invariant: Invariant) -> Option<&RandomFailure> {
    let all = &story.random.as_ref().expect("random ranges were sent").failures;
    all.iter().find(|failure| failure.invariant == invariant && failure.satisfiable)
}

#[test]
fn every_counterexample_is_the_simplest_one() {
    let mut wrong = Vec::new();
    for (at, (lie, invariant, simplest)) in KNOWN.iter().enumerate() {
        // Another seed for each, the same ones every time.
        let seed = format!("{:#x}", 0x5eed + at);
        let story = told(lie, &seed);
        let expected = simplest(length(&story));
        let Some(found) = failure(&story, *invariant) else {
            wrong.push(format!("{lie} under {seed}: {invariant:?} was not met"));
            continue;
        };
        if found.simplest != expected || found.confirmed != (3, 3) {
            let RandomFailure { simplest, found, confirmed, .. } = found;
            wrong.push(format!(
                "{lie} under {seed}: {found} became {simplest}, not {expected}; {confirmed:?}"
            ));
        }
        let extra = story.random.as_ref().map_or(0, |walk| walk.extra_requests);
        if extra > 60 {
            wrong.push(format!("{lie} under {seed}: {extra} requests"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
