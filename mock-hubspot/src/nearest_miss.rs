//! What was awaited did not come: which request came closest, and what is its first difference.
//!
//! Pure: reads entries. Read next: `journal.rs`, `versions.rs`.

use crate::exchange::Body;
use crate::journal::{Direction, Entry, Outcome};
use crate::operation::Operation;
use crate::routes::parameter;
use crate::versions::{Route, routes};
use crate::wire::{ObjectType, type_by_id, type_by_name};
use serde::{Deserialize, Serialize};

/// How a story's call is told from others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StoryKey {
    /// `hs_call_external_id`
    pub external_id: String,
    /// `hs_call_external_account_id`
    pub account_id: String,
    /// The customer's phone number, which no other call has.
    pub number: String,
    /// The call's id, once it is known.
    pub call_id: Option<u64>,
}

impl StoryKey {
    /// Whether this is the story's number, however it is written.
    pub(crate) fn has_number(&self, number: &str) -> bool {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        !self.number.is_empty() && !number.is_empty() && digits(number) == digits(&self.number)
    }
}

/// Which request came closest to the awaited one, and its first difference, in a sentence.
pub fn nearest_miss(entries: &[Entry], awaited: Operation, story: &StoryKey) -> Option<String> {
    let arrived = entries.iter().filter(|e| e.direction == Direction::Arrived);
    let misses = arrived.filter_map(|entry| match entry.operation {
        Some(operation) if operation == awaited => about_the_operation(entry, story),
        Some(_) => None,
        None => about_the_path(entry, awaited),
    });
    // Of misses that are equally near, the later one says what the integration does now.
    misses.reduce(|best, next| if next.0 <= best.0 { next } else { best }).map(|(_, sentence)| sentence)
}

type Miss = (usize, String);

fn name(entry: &Entry) -> String {
    format!("{} {}", entry.request.method, path_of(entry))
}

fn path_of(entry: &Entry) -> &str {
    entry.request.target.split('?').next().unwrap_or_default()
}

/// The right operation, but not this call, or without success.
fn about_the_operation(entry: &Entry, story: &StoryKey) -> Option<Miss> {
    let name = name(entry);
    let other = if entry.operation == Some(Operation::LogCall) {
        other_call_logged(entry, story)
    } else {
        match (entry.call_id, story.call_id) {
            (Some(is), Some(wanted)) if is != wanted => {
                Some(format!("is about call {is} instead of {wanted}"))
            }
            _ => None,
        }
    };
    let distance = if other.is_some() { 40 } else { 0 };
    let sentence = match (&entry.outcome, other) {
        (Outcome::Refused(message), _) => {
            let status = entry.reply.as_ref().map_or(0, |r| r.status);
            return Some((distance + 1, format!("{name} was refused: {status} {message}")));
        }
        (_, Some(difference)) => format!("{name} {difference}"),
        (Outcome::Weather(strike), None) => {
            format!("{name} was struck by the weather ({strike}) and not sent again")
        }
        (Outcome::Pending, None) => format!("{name} has not been answered yet"),
        (Outcome::Failed(why), None) => format!("{name} failed: {why}"),
        (Outcome::Served | Outcome::Unmatched, None) => return None,
    };
    Some((distance, sentence))
}

fn other_call_logged(entry: &Entry, story: &StoryKey) -> Option<String> {
    let body = entry.request.body.json().unwrap_or_default();
    let property = |name: &str| match body.get("properties").and_then(|p| p.get(name)) {
        Some(serde_json::Value::String(text)) => Some(text.clone()),
        None | Some(serde_json::Value::Null) => None,
        Some(other) => Some(other.to_string()),
    };
    let numbers = ["hs_call_from_number", "hs_call_to_number"];
    if numbers.iter().any(|n| property(n).is_some_and(|n| story.has_number(&n))) {
        return None;
    }
    if matches!(entry.request.body, Body::Empty) {
        return Some("has no body".into());
    }
    let wanted =
        [("hs_call_external_id", &story.external_id), ("hs_call_external_account_id", &story.account_id)];
    wanted.into_iter().find_map(|(name, wanted)| match property(name) {
        None => Some(format!("lacks {name} (\"{wanted}\")")),
        Some(is) if is != *wanted => Some(format!("carries {name} \"{is}\" instead of \"{wanted}\"")),
        Some(_) => None,
    })
}

/// What an unmatched request was probably meant as, whichever operation that is, in a sentence.
pub(crate) fn nearest_route(entry: &Entry) -> Option<String> {
    let path = path_of(entry);
    let nearest = routes().map(|route| (route, align(route.template, path)));
    // Of routes that are equally near, the one with the same method is meant.
    let (route, fit) = nearest.min_by_key(|(route, fit)| (fit.cost, route.method != entry.request.method))?;
    (fit.cost <= path.len() / 2).then(|| explain(entry, route, &fit))
}

/// A path that HubSpot does not have, but nearly.
fn about_the_path(entry: &Entry, awaited: Operation) -> Option<Miss> {
    let path = path_of(entry);
    let candidates = routes().filter(|r| r.operation == awaited);
    let (route, fit) = candidates.map(|r| (r, align(r.template, path))).min_by_key(|(_, fit)| fit.cost)?;
    if fit.cost > path.len() / 2 {
        return None;
    }
    Some((2 + fit.cost, explain(entry, route, &fit)))
}

fn explain(entry: &Entry, route: &Route, fit: &Fit) -> String {
    let name = name(entry);
    if fit.missing.is_empty() && !fit.reworded {
        return format!("{name} has the wrong method; did you mean {} {}?", route.method, fit.path);
    }
    if fit.missing == ["associationType"] && !fit.reworded {
        let example = "194";
        return format!("{name} lacks the association type: …/{example}");
    }
    if let ([missing], false) = (&fit.missing[..], fit.reworded) {
        return format!("{name} lacks {missing}; did you mean {}?", fit.path);
    }
    format!("{name} matches no route; did you mean {}?", fit.path)
}

/// How a path and a template go together.
#[derive(Clone, Default)]
struct Fit {
    cost: usize,
    /// The path that was probably meant.
    path: String,
    /// Parameters that the path lacks.
    missing: Vec<String>,
    /// Whether anything other than a parameter is wrong.
    reworded: bool,
}

impl Fit {
    fn go_on(&mut self, segment: &str) {
        self.path.push('/');
        self.path.push_str(segment);
    }
}

const LACKING_PARAMETER: usize = 3;

/// Edit distance over segments: a literal costs the letters by which it differs, a parameter nothing.
fn align(template: &str, path: &str) -> Fit {
    let wanted: Vec<&str> = template.split('/').skip(1).collect();
    let given: Vec<&str> = path.split('/').skip(1).take(24).collect();
    let mut row: Vec<Fit> = (0..=given.len())
        .map(|n| Fit { cost: given[..n].iter().map(|s| surplus(s)).sum(), reworded: n > 0, ..Fit::default() })
        .collect();
    for want in wanted {
        let mut next = vec![lacking(&row[0], want)];
        for (i, have) in given.iter().enumerate() {
            let options = [
                // Of what may be lacking, the last is likeliest.
                lacking(&row[i + 1], want),
                paired(&row[i], want, have),
                Fit { cost: next[i].cost + surplus(have), reworded: true, ..next[i].clone() },
            ];
            next.extend(options.into_iter().min_by_key(|fit| fit.cost));
        }
        row = next;
    }
    row.pop().unwrap_or_default()
}

fn surplus(segment: &str) -> usize {
    segment.len().max(1)
}

fn paired(before: &Fit, want: &str, have: &str) -> Fit {
    let mut fit = before.clone();
    if let Some(name) = parameter(want) {
        fit.cost += if have.is_empty() { LACKING_PARAMETER } else { usize::from(!is_likely(name, have)) };
        fit.go_on(have);
    } else {
        let distance = match strsim::levenshtein(want, have) {
            0 => 0,
            // Another version is further away than a parameter that is lacking.
            _ if is_version(want) => LACKING_PARAMETER + 1,
            letters => letters,
        };
        fit.cost += distance;
        fit.reworded |= distance > 0;
        fit.go_on(want);
    }
    fit
}

/// Whether a value is what such a parameter usually holds: it tells which of several is lacking.
fn is_likely(parameter: &str, value: &str) -> bool {
    if parameter.ends_with("ObjectType") || parameter == "objectType" {
        ObjectType::infer(value).is_some()
    } else if parameter == "associationType" {
        type_by_name(value).is_some() || value.parse().is_ok_and(|id| type_by_id(id).is_some())
    } else {
        !parameter.ends_with("Id") || value.parse::<u64>().is_ok()
    }
}

fn is_version(segment: &str) -> bool {
    routes().any(|r| r.version.segment() == segment)
}

fn lacking(before: &Fit, want: &str) -> Fit {
    let mut fit = before.clone();
    fit.go_on(want);
    if let Some(name) = parameter(want) {
        fit.cost += LACKING_PARAMETER;
        fit.missing.push(name.to_owned());
    } else {
        fit.cost += surplus(want);
        fit.reworded = true;
    }
    fit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Headers, Reply, Request};
    use crate::journal::Credential;

    fn entry(method: &str, target: &str, operation: Option<Operation>, body: &str) -> Entry {
        Entry {
            number: 1,
            at_ms: 0,
            direction: Direction::Arrived,
            operation,
            version: None,
            params: crate::texts::Texts::default(),
            credential: Credential::None,
            request: Request {
                method: method.into(),
                target: target.into(),
                headers: Headers::new(),
                body: if body.is_empty() { Body::Empty } else { Body::Text(body.into()) },
            },
            reply: None,
            outcome: if operation.is_some() { Outcome::Served } else { Outcome::Unmatched },
            call_id: None,
        }
    }

    fn story() -> StoryKey {
        StoryKey {
            external_id: "y".into(),
            account_id: "acc".into(),
            number: "+1555".into(),
            call_id: Some(1001),
        }
    }

    fn miss(entry: Entry, awaited: Operation) -> String {
        nearest_miss(&[entry], awaited, &story()).expect("a miss")
    }

    #[test]
    fn a_misspelt_path_is_put_right() {
        assert_eq!(
            miss(entry("POST", "/crm/v3/object/calls", None, "{}"), Operation::LogCall),
            "POST /crm/v3/object/calls matches no route; did you mean /crm/v3/objects/calls?"
        );
    }

    #[test]
    fn an_association_without_its_type_is_told_so() {
        assert_eq!(
            miss(
                entry("PUT", "/crm/v3/objects/calls/1001/associations/contact/101", None, ""),
                Operation::Associate
            ),
            "PUT /crm/v3/objects/calls/1001/associations/contact/101 lacks the association type: …/194"
        );
    }

    #[test]
    fn a_wrong_method_is_named() {
        assert_eq!(
            miss(
                entry("POST", "/crm/v3/objects/calls/1/associations/contact/101/194", None, ""),
                Operation::Associate
            ),
            "POST /crm/v3/objects/calls/1/associations/contact/101/194 has the wrong method; did you mean PUT /crm/v3/objects/calls/1/associations/contact/101/194?"
        );
    }

    #[test]
    fn another_call_s_external_id_is_shown() {
        let body = r#"{"properties":{"hs_call_external_id":"x"}}"#;
        assert_eq!(
            miss(entry("POST", "/crm/v3/objects/calls", Some(Operation::LogCall), body), Operation::LogCall),
            "POST /crm/v3/objects/calls carries hs_call_external_id \"x\" instead of \"y\""
        );
    }

    #[test]
    fn a_refusal_is_nearer_than_another_call() {
        let other = entry("POST", "/crm/v3/objects/calls", Some(Operation::LogCall), r#"{"properties":{}}"#);
        let own = r#"{"properties":{"hs_call_external_id":"y","hs_call_external_account_id":"acc"}}"#;
        let refused = Entry {
            outcome: Outcome::Refused("no".into()),
            reply: Some(Reply { status: 400, headers: Headers::new(), body: Body::Empty }),
            ..entry("POST", "/crm/v3/objects/calls", Some(Operation::LogCall), own)
        };
        assert_eq!(
            nearest_miss(&[refused, other], Operation::LogCall, &story()).as_deref(),
            Some("POST /crm/v3/objects/calls was refused: 400 no")
        );
    }

    #[test]
    fn something_quite_different_is_no_miss() {
        assert_eq!(
            nearest_miss(&[entry("GET", "/favicon.ico", None, "")], Operation::LogCall, &story()),
            None
        );
    }
}
