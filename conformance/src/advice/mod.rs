//! What to do about a finding in the common stacks, once for each topic and not once for each check. Pure.
//!
//! A check's own text says what is wrong and what is right; its topic, found by the clauses that it cites, says where that is
//! set in nginx, Express, Spring, the Python frameworks, Rails, Go, and in object storage. Read next: `journey.rs` (what is
//! told to HubSpot and asked by it), `recording.rs` (how the audio is served), `words.rs` (the words of HTTP, in plain terms).

mod journey;
mod recording;
mod words;

pub use words::words_in;

use crate::check::{Check, Section};
use crate::clauses::{Clause, guide, hubspot, players, rfc9110};

/// A subject on which each stack has something to say.
#[derive(Debug, PartialEq, Eq)]
pub struct Topic {
    /// What it is about, as a heading.
    pub name: &'static str,
    /// In one sentence: what to aim at, whatever the stack.
    pub aim: &'static str,
    /// (stack, what to do there).
    pub stacks: &'static [(&'static str, &'static str)],
}

/// Every topic.
pub static TOPICS: &[&Topic] = &[
    &journey::REGISTRATION,
    &journey::CALLS,
    &journey::ENDPOINT,
    &journey::WEATHER,
    &recording::SIGNED_URLS,
    &recording::DELIVERY,
    &recording::CONTENT_TYPE,
    &recording::COMPRESSION,
    &recording::EMBEDDING,
    &recording::RANGES,
    &recording::VALIDATORS,
    &recording::SOUND,
];

/// The topic of a check: what its clauses speak of, or else what its section does.
pub fn topic(check: &Check) -> &'static Topic {
    check.clauses.iter().find_map(|clause| topic_of(clause)).unwrap_or_else(|| match check.section() {
        Section::Settings => &journey::REGISTRATION,
        Section::Calls | Section::Associations | Section::Ready => &journey::CALLS,
        Section::AuthenticatedUrl => &journey::ENDPOINT,
        Section::Resilience => &journey::WEATHER,
        Section::Security => &recording::SIGNED_URLS,
        Section::Download | Section::Player => &recording::DELIVERY,
        Section::Ranges => &recording::RANGES,
        Section::Media => &recording::SOUND,
    })
}

/// Clauses that belong to one topic whatever section cites them.
fn topic_of(clause: &'static Clause) -> Option<&'static Topic> {
    let of: [(&[&Clause], &'static Topic); 7] = [
        (&[&guide::AUTHENTICATED, &hubspot::ADDRESSES], &recording::SIGNED_URLS),
        (&[&guide::OCTET_STREAM, &rfc9110::S8_3, &players::MIME], &recording::CONTENT_TYPE),
        (&[&rfc9110::S8_4, &rfc9110::S12_5_3], &recording::COMPRESSION),
        (&[&players::CORP], &recording::EMBEDDING),
        (&[&players::SEEKING], &recording::RANGES),
        (&[&rfc9110::S8_8_1, &rfc9110::S8_8_2, &rfc9110::S8_8_3, &rfc9110::S13_1_5], &recording::VALIDATORS),
        (&[&hubspot::RATE_LIMITS, &hubspot::RETRY, &hubspot::EXPIRY, &hubspot::SLOWNESS], &journey::WEATHER),
    ];
    of.into_iter().find_map(|(clauses, topic)| clauses.contains(&clause).then_some(topic))
}

#[cfg(test)]
mod tests {
    use super::{TOPICS, topic, words_in};
    use crate::catalogue;

    #[test]
    fn every_topic_has_advice_for_every_stack_that_it_concerns() {
        const APPLICATIONS: [&str; 5] = ["Express", "Spring", "Django, Flask and FastAPI", "Rails", "Go"];
        const SERVERS: [&str; 2] = ["nginx", "S3, GCS and CloudFront"];
        for topic in TOPICS {
            let names: Vec<_> = topic.stacks.iter().map(|(stack, _)| *stack).collect();
            for stack in APPLICATIONS.into_iter().chain(SERVERS) {
                assert!(names.contains(&stack), "{} says nothing of {stack}", topic.name);
            }
            for (stack, advice) in topic.stacks {
                assert!(advice.len() > 30 && advice.ends_with('.'), "{}: {stack}: {advice:?}", topic.name);
            }
            assert!(topic.aim.len() > 40, "{} has no aim", topic.name);
        }
    }

    #[test]
    fn every_topic_is_some_checks_and_every_check_has_one() {
        for known in TOPICS {
            assert!(catalogue::all().any(|check| topic(check) == *known), "{} is nobody's topic", known.name);
        }
        for check in catalogue::all() {
            assert!(TOPICS.contains(&topic(check)), "{}", check.id);
        }
    }

    #[test]
    fn a_word_of_http_is_explained_where_it_stands() {
        let words: Vec<_> = words_in("206 with Content-Range").into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["206", "Content-Range"]);
        assert!(words_in("1206 people were content").is_empty());
    }
}
