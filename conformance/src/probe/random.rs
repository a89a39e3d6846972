//! The random walk: sends random ranges concurrently, confirms what fails, and makes it simple.
//!
//! Our own loop over proptest's value trees, for its runner is synchronous. One seed gives one report: answers are looked
//! at in the order of the cases, and of each failure the lowest-numbered case. Read next: `range/walk.rs`, `hunt.rs`.

use super::asking::{Asking, Recording, to_recording};
use super::client::Ask;
use super::hunt::Hunt;
use super::ranges::STALLS;
use super::{Progress, manners};
use crate::evidence::{Probe, ProbeOutcome, RandomWalk};
use crate::range::walk::READ_AT_MOST;
use crate::range::{strategy, walk};
use futures_util::StreamExt;
use futures_util::stream;

/// A random request.
pub(super) fn request<'a>(case: u32, header: &str, url: &'a str, recording: &'a Recording) -> Ask<'a> {
    let (headers, spooled) = (manners::player(Some(header)), Some(&recording.spooled));
    to_recording(Probe::RandomRanges, format!("random-{case}"), url, headers, spooled, READ_AT_MOST)
}

/// Sends the random cases of this story, then hunts each failure down to its simplest request.
pub(super) async fn ask(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    let settings = asking.ctx.ranges;
    let length = recording.spooled.length;
    let trees = strategy::cases(settings.seed, &asking.story.scenario, length, settings.cases);
    let headers: Vec<String> = trees.iter().map(|tree| tree.current().header()).collect();
    let count = walk::affordable(headers.iter().map(String::as_str), length, settings.byte_budget);
    let mut walked = RandomWalk { cases: 0, ..RandomWalk::default() };
    if count < headers.len() {
        let mib = settings.byte_budget >> 20;
        walked.stopped = Some(format!("{count} of {} cases fill the budget of {mib} MiB", headers.len()));
    }
    let client = asking.client;
    let requests: Vec<_> = (1_u32..)
        .zip(&headers[..count])
        .map(|(case, header)| client.ask_politely(request(case, header, url, recording)))
        .collect();
    let mut answers = stream::iter(requests).buffered(settings.in_flight.clamp(1, 32));
    let mut hunt = Hunt::new(url, recording);
    let mut stalls = 0;
    while let Some(heard) = answers.next().await {
        let heard = asking.keep(heard);
        walked.cases += 1;
        (asking.progress)(Progress::RandomCase { done: walked.cases, of: count as u32 });
        stalls += u32::from(heard.waited_in_vain);
        if heard.is_throttled() {
            let case = walked.cases;
            walked.stopped = Some(format!("case {case} was answered with a plea for patience several times"));
            break;
        }
        hunt.saw(walked.cases, &heard.exchange);
        if stalls == STALLS {
            walked.stopped = Some(format!("{STALLS} answers stalled; case {} was the last", walked.cases));
            break;
        }
    }
    drop(answers);
    asking.story.random = Some(walked);
    if stalls < STALLS {
        hunt.run(asking).await;
    } else {
        hunt.report_unconfirmed(asking);
    }
    asking.settle(Probe::RandomRanges, ProbeOutcome::Asked);
}
