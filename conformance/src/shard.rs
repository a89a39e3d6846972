//! A run told in parts on several machines, and the parts joined again. Pure.
//!
//! A shard is whole stories: the plan is made in full wherever it is made, so ids and numbers are those of an undivided run,
//! and each story is judged by what its own shard's HubSpot saw. Read next: `commands/merge.rs`.

use crate::conclusion::Premises;
use crate::evidence::{self, Evidence};
use crate::results::RunTiming;
use crate::scenario;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// One part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shard {
    /// Which part, from 1.
    pub index: usize,
    /// Of how many.
    pub of: usize,
}

impl Shard {
    /// Whether it tells the story at this place of the plan, from 0.
    pub fn tells(self, place: usize) -> bool {
        place % self.of == self.index - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((index, of)) if index >= 1 && index <= of => Ok(Self { index, of }),
            _ => Err(format!("`{text}` is no shard: write i/n, the first of four is 1/4")),
        }
    }
}

impl TryFrom<String> for Shard {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shard> for String {
    fn from(shard: Shard) -> Self {
        shard.to_string()
    }
}

impl Display for Shard {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// What one shard recorded.
pub type Part = (Evidence, Premises);

/// Joins the shards of one run; otherwise why they are not that.
pub fn merged(mut parts: Vec<Part>) -> Result<Part, String> {
    let number = |(_, premises): &Part| premises.shard.map_or(0, |shard| shard.index);
    parts.sort_by_key(number);
    complete(&parts)?;
    let (first, _) = parts.first().ok_or("no shard was named")?;
    let mut whole = Evidence { run: first.run.clone(), ..Evidence::default() };
    let mut premises = parts[0].1.clone();
    premises.shard = None;
    premises.took_ms = Vec::new();
    (premises.setup_faults, premises.harness_faults, premises.snapshots) = Default::default();
    let mut told = Vec::new();
    for (evidence, of_part) in parts {
        let stories = evidence.stories.iter().map(|story| story.scenario.clone()).collect();
        whole.common.extend(evidence.common.iter().cloned());
        whole.shards.push(evidence::Shard { run: evidence.run, common: evidence.common, stories });
        let took = of_part.took_ms.iter().copied().chain(std::iter::repeat(0));
        told.extend(evidence.stories.into_iter().zip(took));
        premises.filtered |= of_part.filtered;
        premises.interrupted |= of_part.interrupted;
        premises.setup_faults.extend(of_part.setup_faults);
        premises.harness_faults.extend(of_part.harness_faults);
        premises.timing = RunTiming {
            // Times of this form are in order as text.
            started: premises.timing.started.min(of_part.timing.started),
            took_ms: premises.timing.took_ms.max(of_part.timing.took_ms),
        };
    }
    let shelf = scenario::embedded();
    let place = |name: &str| shelf.iter().position(|s| s.name == name).unwrap_or(usize::MAX);
    told.sort_by_cached_key(|(story, _)| (place(&story.scenario), story.scenario.clone()));
    if let Some(twice) = told.windows(2).find(|pair| pair[0].0.scenario == pair[1].0.scenario) {
        return Err(format!("two shards tell the story {}", twice[0].0.scenario));
    }
    (whole.stories, premises.took_ms) = told.into_iter().unzip();
    Ok((whole, premises))
}

/// Every shard is there once, and all are of one run.
fn complete(parts: &[Part]) -> Result<(), String> {
    let Some((first, terms)) = parts.first() else { return Err("no shard was named".to_owned()) };
    for (_, premises) in parts {
        let Some(shard) = premises.shard else {
            return Err("one of them is a whole run, and no shard".to_owned());
        };
        if Some(shard.of) != terms.shard.map(|shard| shard.of) {
            return Err("they are shards of different numbers of shards".to_owned());
        }
    }
    let of = terms.shard.map_or(0, |shard| shard.of);
    let times =
        |index: usize| parts.iter().filter(|(_, p)| p.shard.is_some_and(|s| s.index == index)).count();
    let told = |wanted: fn(usize) -> bool| -> Vec<_> {
        (1..=of).filter(|index| wanted(times(*index))).map(|index| format!("{index}/{of}")).collect()
    };
    let (missing, twice) = (told(|times| times == 0), told(|times| times > 1));
    if !missing.is_empty() {
        return Err(format!("missing: {}", missing.join(", ")));
    }
    if !twice.is_empty() {
        return Err(format!("named more than once: {}", twice.join(", ")));
    }
    for (evidence, premises) in parts {
        let same = [
            (evidence.run.seed == first.run.seed, "seeds (give every shard the same --seed)"),
            (premises.kit == terms.kit, "kits"),
            (premises.integration == terms.integration, "integrations"),
            (premises.terms == terms.terms, "terms"),
            (premises.cases == terms.cases, "numbers of random ranges"),
            (premises.strict == terms.strict, "strictness"),
            (premises.waivers == terms.waivers, "waivers"),
        ];
        if let Some((_, what)) = same.iter().find(|(same, _)| !same) {
            return Err(format!("they are of different {what}"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Part, Shard, merged};
    use crate::conclusion::Premises;
    use crate::evidence::{Evidence, Story};

    fn part(shard: &str, stories: &[&str]) -> Part {
        let story = |name: &&str| Story { scenario: (*name).to_owned(), ..Story::default() };
        let evidence = Evidence { stories: stories.iter().map(story).collect(), ..Evidence::default() };
        let took_ms = stories.iter().map(|name| name.len() as u64).collect();
        (evidence, Premises { shard: shard.parse().ok(), took_ms, ..Premises::default() })
    }

    #[test]
    fn every_story_is_told_by_one_shard() {
        let shards: Vec<Shard> = (1..=4).map(|i| format!("{i}/4").parse().unwrap()).collect();
        for place in 0..16 {
            assert_eq!(shards.iter().filter(|shard| shard.tells(place)).count(), 1);
        }
        for wrong in ["0/4", "5/4", "1", "a/b", "1/0", "-1/4"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn merged_stories_are_in_the_order_of_the_plan_with_what_belongs_to_them() {
        let (one, two) = (part("1/2", &["outbound-call", "my-own"]), part("2/2", &["inbound-call"]));
        let (evidence, premises) = merged(vec![two, one]).unwrap();
        let names: Vec<_> = evidence.stories.iter().map(|s| s.scenario.as_str()).collect();
        assert_eq!(names, ["outbound-call", "inbound-call", "my-own"]);
        assert_eq!(premises.took_ms, [13, 12, 6]);
        assert_eq!(premises.shard, None);
        assert_eq!(evidence.shards[1].stories, ["inbound-call"]);
    }

    #[test]
    fn what_is_no_complete_set_of_shards_of_one_run_is_refused() {
        let one = || part("1/2", &["outbound-call"]);
        let refused = |parts| merged(parts).unwrap_err();
        assert_eq!(refused(vec![]), "no shard was named");
        assert_eq!(refused(vec![one()]), "missing: 2/2");
        assert_eq!(
            refused(vec![one(), part("2/2", &["outbound-call"])]),
            "two shards tell the story outbound-call"
        );
        assert_eq!(refused(vec![one(), one(), part("2/2", &[])]), "named more than once: 1/2");
        assert!(refused(vec![one(), part("", &[])]).contains("no shard"));
        assert!(refused(vec![one(), part("2/3", &[])]).contains("different numbers"));
        let mut other = part("2/2", &[]);
        other.0.run.seed = 7;
        assert!(refused(vec![one(), other]).contains("--seed"));
    }
}
