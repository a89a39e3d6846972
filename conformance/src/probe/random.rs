//! The random walk: sends random ranges concurrently, confirms what fails, and makes it simple.
//!
//! Our own loop over proptest's value trees, for its runner is synchronous. One seed gives one report: answers are looked
//! at in the order of the cases, and of each failure the lowest-numbered case. Read next: `range/walk.rs`, `hunt.rs`.

use super::asking::{Asking, Recording, to_recording};
use super::client::{Ask, Came};
use super::hunt::Hunt;
use super::ranges::STALLS;
use super::{Progress, manners};
use crate::evidence::{Probe, ProbeOutcome, RandomWalk};
use crate::range::walk::READ_AT_MOST;
use crate::range::{strategy, walk};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt as _, StreamExt as _};

/// A random request.
pub(super) fn request<'a>(case: u32, header: &str, url: &'a str, recording: &'a Recording) -> Ask<'a> {
    let (headers, spooled) = (manners::player(Some(header)), Some(&recording.spooled));
    to_recording(Probe::RandomRanges, format!("random-{case}"), url, headers, spooled, READ_AT_MOST)
}

/// Sends the random cases of this story, then hunts each failure down to its simplest request.
pub(super) async fn ask(asking: &mut Asking<'_>, url: &str, recording: &Recording) {
    let settings = asking.ctx.ranges;
    let length = recording.spooled.length;
    let trees = strategy::cases(settings.seed, &asking.story.scenario, length);
    let mut headers: Vec<String> =
        trees.take(settings.cases as usize).map(|tree| tree.current().header()).collect();
    let count = walk::affordable(headers.iter().map(String::as_str), length, settings.byte_budget);
    let mut walked = RandomWalk { cases: 0, ..RandomWalk::default() };
    if count < headers.len() {
        let mib = settings.byte_budget >> 20;
        walked.stopped = Some(format!("{count} of {} cases fill the budget of {mib} MiB", headers.len()));
    }
    let client = asking.client;
    headers.truncate(count);
    let requests = stream::iter((1_u32..).zip(headers)).map(|(case, header)| async move {
        let ask = request(case, &header, url, recording);
        let came = client.fetch_politely(&ask).await;
        (ask, came)
    });
    // One at a time need none of what keeps many apart.
    let answers: BoxStream<'_, (Ask<'_>, Came)> = match settings.in_flight {
        0 | 1 => requests.then(|answer| answer).boxed(),
        many => requests.buffered(many.clamp(1, 32)).boxed(),
    };
    let mut answers = Box::pin(answers.peekable());
    let mut hunt = Hunt::new(url, recording, count);
    let mut stalls = 0;
    asking.story.exchanges.reserve(count);
    while let Some((ask, came)) = answers.next().await {
        // The next request goes out before this answer is looked at: the integration need not wait for us.
        let _ = answers.as_mut().peek().now_or_never();
        let heard = client.told(ask, came);
        walked.cases += 1;
        let case = walked.cases;
        asking.note(&heard);
        let (throttled, in_vain) = (heard.is_throttled(), heard.waited_in_vain);
        let exchange = asking.keep_exchange(heard.exchange);
        if !throttled {
            hunt.saw(case, exchange);
        }
        (asking.progress)(Progress::RandomCase { done: case, of: count as u32 });
        stalls += u32::from(in_vain);
        if throttled {
            walked.stopped = Some(format!("case {case} was answered with a plea for patience several times"));
            break;
        }
        if stalls == STALLS {
            walked.stopped = Some(format!("{STALLS} answers stalled; case {case} was the last"));
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
