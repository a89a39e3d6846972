//! What a search finds: groups of filters, any of which must hold as a whole.
//!
//! Looks at every object only where no group names an id, a link, a unique value or a call's external id.
//! Read next: `token_pattern.rs` (`CONTAINS_TOKEN`), `handlers/search.rs` (who reads the request).

use super::definitions::Kind;
use super::shelf::Shelf;
use super::token_pattern::TokenPattern;
use super::{CallRecord, State, moment, validation};
use crate::wire::ObjectType;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is searched for.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// Any group; all filters of it. No group at all holds for every object.
    pub(crate) groups: Vec<Vec<Filter>>,
    /// Words in lower case, each of which must be in one of the fields that are looked through.
    pub(crate) words: Vec<String>,
    pub(crate) sort: Option<Sort>,
    pub(crate) from: usize,
    pub(crate) limit: usize,
}

/// The order of what is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) property: String,
    pub(crate) kind: Kind,
    pub(crate) descending: bool,
}

/// What was found: how many in all, and those that were asked for.
pub(crate) struct Found {
    pub(crate) total: usize,
    pub(crate) records: Vec<Arc<CallRecord>>,
}

/// One condition.
#[derive(Debug)]
pub(crate) enum Filter {
    Property {
        name: String,
        kind: Kind,
        test: Test,
    },
    /// Linked to one of these.
    Linked {
        to: ObjectType,
        ids: Vec<u64>,
    },
}

/// What is asked of a property's value.
#[derive(Debug)]
pub(crate) enum Test {
    Set,
    Unset,
    Is(Comparable),
    IsNot(Comparable),
    Below(Comparable),
    AtMost(Comparable),
    Above(Comparable),
    AtLeast(Comparable),
    Between(Comparable, Comparable),
    In(BTreeSet<String>),
    NotIn(BTreeSet<String>),
    Contains(TokenPattern),
    ContainsNot(TokenPattern),
}

/// A value as it is compared: text without regard to case, enumerations exactly, numbers and moments as such.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(crate) enum Comparable {
    Text(String),
    Exact(String),
    Number(f64),
    Moment(i64),
}

impl Comparable {
    /// `None` where the text is no value of that kind.
    pub(crate) fn of(kind: Kind, text: &str) -> Option<Self> {
        Some(match kind {
            Kind::Text | Kind::Email => Self::Text(text.to_lowercase()),
            Kind::Options | Kind::ManyOptions | Kind::Owner => Self::Exact(text.to_owned()),
            Kind::Boolean => Self::Exact(text.to_lowercase()),
            Kind::Number | Kind::Whole => Self::Number(validation::number(text)?),
            Kind::Moment | Kind::Date => {
                let read = moment::read(text).or_else(|| moment::midnight(text))?;
                Self::Moment(read.as_millisecond())
            }
        })
    }
}

/// A value as `IN` and `NOT_IN` compare it: text in lower case, which the values asked for must be in too.
pub(crate) fn member(kind: Kind, text: &str) -> Option<String> {
    Some(match Comparable::of(kind, text)? {
        Comparable::Text(text) | Comparable::Exact(text) => text,
        Comparable::Number(number) => number.to_string(),
        Comparable::Moment(millis) => millis.to_string(),
    })
}

impl Test {
    /// A value that is not set fits only what is denied.
    fn fits(&self, kind: Kind, value: Option<&str>) -> bool {
        let compared = |with: &Comparable| Comparable::of(kind, value?)?.partial_cmp(with);
        let is_in =
            |set: &BTreeSet<String>| value.and_then(|v| member(kind, v)).is_some_and(|m| set.contains(&m));
        let contains = |pattern: &TokenPattern| value.is_some_and(|v| pattern.fits(v));
        match self {
            Self::Set => value.is_some(),
            Self::Unset => value.is_none(),
            Self::Is(with) => compared(with) == Some(Ordering::Equal),
            Self::IsNot(with) => compared(with) != Some(Ordering::Equal),
            Self::Below(with) => compared(with) == Some(Ordering::Less),
            Self::AtMost(with) => compared(with).is_some_and(Ordering::is_le),
            Self::Above(with) => compared(with) == Some(Ordering::Greater),
            Self::AtLeast(with) => compared(with).is_some_and(Ordering::is_ge),
            Self::Between(low, high) => {
                compared(low).is_some_and(Ordering::is_ge) && compared(high).is_some_and(Ordering::is_le)
            }
            Self::In(set) => is_in(set),
            Self::NotIn(set) => !is_in(set),
            Self::Contains(pattern) => contains(pattern),
            Self::ContainsNot(pattern) => !contains(pattern),
        }
    }
}

impl Filter {
    fn fits(&self, state: &State, kind: ObjectType, record: &CallRecord) -> bool {
        match self {
            Self::Property { name, kind, test } => test.fits(*kind, record.properties.get(name)),
            Self::Linked { to, ids } => ids.iter().any(|id| state.linked((kind, record.id), (*to, *id))),
        }
    }

    /// The only objects for which it can hold, where they can be named without looking at all.
    fn candidates(&self, state: &State, kind: ObjectType, objects: &Shelf) -> Option<Vec<u64>> {
        match self {
            Self::Property { name, test: Test::Is(Comparable::Number(id)), .. } if name == "hs_object_id" => {
                Some(vec![*id as u64])
            }
            Self::Property { name, kind, test: Test::Is(Comparable::Text(value)) } if kind.is_text() => {
                Some(objects.found_by(name, value)?.collect())
            }
            Self::Property { name, test: Test::In(ids), .. } if name == "hs_object_id" => {
                Some(ids.iter().filter_map(|id| id.parse().ok()).collect())
            }
            Self::Property { name, test: Test::Is(Comparable::Number(value)), .. } => {
                Some(objects.found_by(name, &value.to_string())?.collect())
            }
            Self::Property { name, kind, test: Test::In(values) } if kind.is_text() || kind.is_number() => {
                let each = values.iter().map(|value| objects.found_by(name, value));
                Some(each.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
            }
            Self::Linked { to, ids } => {
                let links = ids.iter().flat_map(|id| state.links_from((*to, *id), (kind, 0)));
                Some(links.map(|(id, _)| id).collect())
            }
            Self::Property { .. } => None,
        }
    }
}

/// The properties in which the words of a query are looked for.
fn looked_through(kind: ObjectType) -> &'static [&'static str] {
    match kind {
        ObjectType::Calls => &["hs_call_title", "hs_body_preview"],
        ObjectType::Contacts => {
            &["firstname", "lastname", "email", "phone", "company", "hs_additional_emails"]
        }
        ObjectType::Companies => &["name", "domain", "website", "phone"],
        ObjectType::Deals => &["dealname", "pipeline", "dealstage", "description", "dealtype"],
        ObjectType::Tickets => &["subject", "content", "hs_pipeline_stage", "hs_ticket_category"],
    }
}

/// Finds objects that are not archived; oldest first, where no order was asked for.
pub(super) fn run(state: &State, kind: ObjectType, search: &Search) -> Found {
    let objects = state.shelf(kind);
    let fits = |record: &&Arc<CallRecord>| {
        let group = |group: &Vec<Filter>| group.iter().all(|filter| filter.fits(state, kind, record));
        (search.groups.is_empty() || search.groups.iter().any(group))
            && has_words(kind, record, &search.words)
    };
    let mut found: Vec<&Arc<CallRecord>> = match candidates(state, kind, objects, search) {
        Some(ids) => ids.iter().filter_map(|id| objects.live(*id)).filter(fits).collect(),
        None => objects.side(false).values().filter(fits).collect(),
    };
    match &search.sort {
        None => found.sort_by_key(|record| (record.created_at, record.id)),
        Some(sort) => {
            let key = |r: &CallRecord| Comparable::of(sort.kind, r.properties.get(&sort.property)?);
            found.sort_by_cached_key(|record| Sorted { key: key(record), descending: sort.descending });
        }
    }
    let total = found.len();
    let records = found.into_iter().skip(search.from).take(search.limit).cloned().collect();
    Found { total, records }
}

fn candidates(state: &State, kind: ObjectType, objects: &Shelf, search: &Search) -> Option<BTreeSet<u64>> {
    let mut all = BTreeSet::new();
    if search.groups.is_empty() {
        return None;
    }
    for group in &search.groups {
        all.extend(group.iter().find_map(|filter| filter.candidates(state, kind, objects))?);
    }
    Some(all)
}

fn has_words(kind: ObjectType, record: &CallRecord, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let fields = looked_through(kind).iter().filter_map(|name| record.properties.get(name));
    let text: Vec<String> = fields.map(str::to_lowercase).collect();
    words.iter().all(|word| text.iter().any(|field| field.contains(word.as_str())))
}

/// A value in an order; what has none comes last in both directions.
#[derive(PartialEq)]
struct Sorted {
    key: Option<Comparable>,
    descending: bool,
}

impl Eq for Sorted {}

impl PartialOrd for Sorted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sorted {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.key, &other.key) {
            (Some(a), Some(b)) => {
                let order = a.partial_cmp(b).unwrap_or(Ordering::Equal);
                if self.descending { order.reverse() } else { order }
            }
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(kind: Kind, test: &Test, value: &str) -> bool {
        test.fits(kind, Some(value))
    }

    fn of(kind: Kind, text: &str) -> Comparable {
        Comparable::of(kind, text).expect("a value")
    }

    #[test]
    fn text_is_compared_without_regard_to_case_and_enumerations_exactly() {
        assert!(fits(Kind::Text, &Test::Is(of(Kind::Text, "ADA")), "Ada"));
        assert!(!fits(Kind::Options, &Test::Is(of(Kind::Options, "inbound")), "INBOUND"));
        let lower = Test::In(BTreeSet::from(["ada".to_owned()]));
        let upper = Test::In(BTreeSet::from(["Ada".to_owned()]));
        assert!(fits(Kind::Text, &lower, "Ada") && !fits(Kind::Text, &upper, "Ada"));
        assert!(fits(Kind::Options, &Test::In(BTreeSet::from(["INBOUND".to_owned()])), "INBOUND"));
    }

    #[test]
    fn numbers_and_moments_are_compared_as_such() {
        assert!(fits(Kind::Whole, &Test::Below(of(Kind::Whole, "10")), "9"));
        assert!(fits(Kind::Whole, &Test::Is(of(Kind::Whole, "60000.0")), "60000"));
        let day = of(Kind::Moment, "1698400800000");
        assert!(fits(Kind::Moment, &Test::Is(day.clone()), "2023-10-27T10:00:00Z"));
        assert!(fits(Kind::Moment, &Test::Between(day.clone(), day), "2023-10-27T10:00:00Z"));
        assert_eq!(Comparable::of(Kind::Whole, "many"), None);
    }

    #[test]
    fn what_is_not_set_fits_only_what_is_denied() {
        let of = || of(Kind::Text, "x");
        assert!(Test::Unset.fits(Kind::Text, None) && Test::IsNot(of()).fits(Kind::Text, None));
        assert!(!Test::Set.fits(Kind::Text, None) && !Test::Is(of()).fits(Kind::Text, None));
        assert!(!Test::AtMost(of()).fits(Kind::Text, None));
    }

    #[test]
    fn what_has_no_value_is_last_in_both_orders() {
        for descending in [false, true] {
            let some = Sorted { key: Some(Comparable::Number(1.0)), descending };
            assert!(some < Sorted { key: None, descending });
        }
    }
}
