//! Hunts each failure of the random walk down: confirms it, shrinks it, normalises it, within a budget that all share.

use super::asking::{Asking, Recording};
use super::random::request;
use crate::evidence::{Answer, Content, Exchange, RandomFailure, Step};
use crate::range::Invariant;
use crate::range::invariants::broken;
use crate::range::normalise::{Normaliser, Seen};
use crate::range::oracle::plainly_satisfiable;
use crate::range::strategy::{self, RandomCase};
use crate::range::walk::{CaseBroke, Group, groups, nearest_boundary};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// How often a failing case is sent again.
const CONFIRM: u32 = 3;
/// Shrinking looks at no more candidates than this, known ones included.
const CANDIDATES: u32 = 400;

/// What one request showed.
#[derive(Clone, Debug)]
struct Known {
    invariants: Vec<Invariant>,
    first_wrong: Option<u64>,
    exchange: u32,
}

/// What was seen so far, and what may still be spent.
pub(super) struct Hunt<'a> {
    url: &'a str,
    recording: &'a Recording,
    /// Those of the cases that broke something.
    headers: BTreeMap<u32, String>,
    broke: Vec<CaseBroke>,
    known: HashMap<String, Known>,
    steps: BTreeMap<u32, u32>,
    /// Requests left for the failure at hand, and until when.
    left: u32,
    until: Instant,
    stopped: Option<String>,
}

impl<'a> Hunt<'a> {
    /// Nothing was seen yet of so many cases.
    pub(super) fn new(url: &'a str, recording: &'a Recording, cases: usize) -> Self {
        Self {
            url,
            recording,
            headers: BTreeMap::new(),
            broke: Vec::new(),
            known: HashMap::with_capacity(cases),
            steps: BTreeMap::new(),
            left: 0,
            until: Instant::now(),
            stopped: None,
        }
    }

    /// Looks at the answer to a case.
    pub(super) fn saw(&mut self, case: u32, exchange: &Exchange) {
        let header = exchange.sent("range").unwrap_or_default();
        let known = self.judge(exchange);
        if !known.invariants.is_empty() {
            let satisfiable = plainly_satisfiable(Some(header), self.recording.spooled.length);
            self.broke.push(CaseBroke { case, satisfiable, invariants: known.invariants.clone() });
            self.headers.insert(case, header.to_owned());
        }
        if !self.known.contains_key(header) {
            self.known.insert(header.to_owned(), known);
        }
    }

    fn judge(&self, exchange: &Exchange) -> Known {
        let found = broken(exchange, &self.recording.whole);
        let first_wrong = match exchange.answer().map(|Answer { body, .. }| &body.content) {
            Some(Content::Differs(difference)) => Some(difference.offset.saturating_add(difference.equal)),
            _ => None,
        };
        let invariants = found.into_iter().map(|b| b.invariant).collect();
        Known { invariants, first_wrong, exchange: exchange.number }
    }

    /// Hunts every failure, the weightiest first; each is written down as soon as it is found.
    pub(super) async fn run(mut self, asking: &mut Asking<'_>) {
        let groups = groups(&self.broke);
        let mut budget = asking.ctx.ranges.shrink_budget;
        let deadline = Instant::now() + asking.ctx.patience.shrink;
        for (at, group) in groups.iter().enumerate() {
            // Every weighty failure gets a fair share, the others are confirmed and get what is left; what one leaves
            // goes to those after it.
            let to_go = (groups.len() - at) as u32;
            let alike =
                groups[at..].iter().filter(|other| other.satisfiable == group.satisfiable).count() as u32;
            let kept = if group.satisfiable { (to_go - alike) * CONFIRM } else { 0 };
            self.left = budget.saturating_sub(kept.min(budget / 3)).div_ceil(alike.max(1));
            let time: Duration = deadline.saturating_duration_since(Instant::now()) / to_go;
            self.until = Instant::now() + time;
            let share = self.left;
            let failure = self.hunt(asking, *group).await;
            budget -= share - self.left;
            if let Some(walked) = &mut asking.story.random {
                walked.extra_requests += share - self.left;
                walked.failures.push(failure);
                walked.stopped = walked.stopped.take().or(self.stopped.take());
            }
        }
    }

    /// Writes every failure down as it came, without another request.
    pub(super) fn report_unconfirmed(self, asking: &mut Asking<'_>) {
        for group in groups(&self.broke) {
            let header = self.headers.get(&group.case).cloned().unwrap_or_default();
            let failure = self.failure(group, (0, 0), header.clone(), header);
            if let Some(walked) = &mut asking.story.random {
                walked.failures.push(failure);
            }
        }
    }

    async fn hunt(&mut self, asking: &mut Asking<'_>, group: Group) -> RandomFailure {
        let found = self.headers.get(&group.case).cloned().unwrap_or_default();
        let confirmed = self.confirm(asking, group, &found).await;
        let mut simplest = found.clone();
        if confirmed.0 == confirmed.1 && confirmed.1 > 0 {
            // A quarter of what is left is for proptest's own shrinking: normalising finds the small ones.
            let reserve = self.left.div_ceil(4) * 3;
            self.left -= reserve;
            let best = self.shrink(asking, group).await;
            self.left += reserve;
            simplest = self.normalise(asking, group, best).await.header();
        }
        self.failure(group, confirmed, found, simplest)
    }

    fn failure(&self, group: Group, confirmed: (u32, u32), found: String, simplest: String) -> RandomFailure {
        let Group { invariant, satisfiable, case, cases } = group;
        let known = self.known.get(&simplest);
        let first_wrong_offset = known.and_then(|k| k.first_wrong).filter(|_| invariant == Invariant::Bytes);
        RandomFailure {
            invariant,
            satisfiable,
            case,
            found,
            simplest,
            exchange: known.map_or(0, |k| k.exchange),
            first_wrong_offset,
            nearest_boundary: first_wrong_offset.and_then(nearest_boundary),
            confirmed,
            cases_broken: cases,
        }
    }

    /// Sends a failing case again: a fault that comes and goes is another kind of fault.
    async fn confirm(&mut self, asking: &mut Asking<'_>, group: Group, header: &str) -> (u32, u32) {
        let (mut failed, mut of) = (0, 0);
        while of < CONFIRM {
            let Some(known) = self.send(asking, group.case, header, "confirm").await else { break };
            of += 1;
            failed += u32::from(known.invariants.contains(&group.invariant));
        }
        (failed, of)
    }

    /// proptest's loop: simpler while it fails, less simple when it no longer does.
    async fn shrink(&mut self, asking: &mut Asking<'_>, group: Group) -> RandomCase {
        let settings = asking.ctx.ranges;
        let length = self.recording.spooled.length;
        let mut tree = strategy::cases(settings.seed, &asking.story.scenario, length)
            .nth(group.case as usize - 1)
            .expect("the case was generated before, and its number is at least 1");
        let mut best = tree.current();
        let mut going = tree.simplify();
        let mut looked_at = 0;
        while going && looked_at < CANDIDATES {
            looked_at += 1;
            let candidate = tree.current();
            let Some(seen) = self.look(asking, group, &candidate, "shrink").await else { break };
            going = if matches!(seen, Seen::Fails(_)) {
                best = candidate;
                tree.simplify()
            } else {
                tree.complicate()
            };
        }
        best
    }

    async fn normalise(&mut self, asking: &mut Asking<'_>, group: Group, best: RandomCase) -> RandomCase {
        let first_wrong = self.known.get(&best.header()).and_then(|known| known.first_wrong);
        let length = self.recording.spooled.length;
        let mut normaliser = Normaliser::new(best, first_wrong, group.invariant, length, BTreeMap::new());
        while let Some(candidate) = normaliser.next_candidate() {
            let Some(seen) = self.look(asking, group, &candidate, "normalise").await else { break };
            normaliser.tell(candidate, seen);
        }
        normaliser.best().0.clone()
    }

    /// Whether a candidate breaks the same; what was seen already is not asked again. `None`: the budget is spent.
    async fn look(
        &mut self,
        asking: &mut Asking<'_>,
        group: Group,
        candidate: &RandomCase,
        why: &str,
    ) -> Option<Seen> {
        let header = candidate.header();
        if plainly_satisfiable(Some(&header), self.recording.spooled.length) != group.satisfiable {
            return Some(Seen::Passes);
        }
        let known = match self.known.get(&header) {
            Some(known) => known.clone(),
            None => self.send(asking, group.case, &header, why).await?,
        };
        Some(if known.invariants.contains(&group.invariant) {
            Seen::Fails(known.first_wrong.filter(|_| group.invariant == Invariant::Bytes))
        } else {
            Seen::Passes
        })
    }

    async fn send(&mut self, asking: &mut Asking<'_>, case: u32, header: &str, why: &str) -> Option<Known> {
        if Instant::now() >= self.until {
            self.stopped
                .get_or_insert_with(|| "the time for shrinking ended before nothing simpler was left".into());
            return None;
        }
        let Some(left) = self.left.checked_sub(1) else {
            if why == "normalise" {
                self.stopped.get_or_insert_with(|| "the requests for shrinking were spent".into());
            }
            return None;
        };
        self.left = left;
        let number = self.steps.entry(case).or_insert(0);
        *number += 1;
        let mut ask = request(case, header, self.url, self.recording);
        ask.step = Some(Step { number: *number, reason: why.to_owned() });
        let heard = asking.client.ask_politely(ask).await;
        let heard = asking.keep(heard);
        if heard.is_throttled() {
            self.stopped.get_or_insert_with(|| {
                "the integration asked for patience while its failures were shrunk".into()
            });
            return None;
        }
        let known = self.judge(&heard.exchange);
        if why != "confirm" {
            self.known.insert(header.to_owned(), known.clone());
        }
        Some(known)
    }
}
