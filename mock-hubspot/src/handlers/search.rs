//! `POST …/search`: the request, within HubSpot's limits.

use super::decode::Json;
use super::members::Members;
use super::shown::Wanted;
use super::{Answer, Asked};
use crate::portal::Search;
use crate::portal::definitions::{Kind, Schema};
use crate::portal::search::{Comparable, Filter, Sort, Test, member};
use crate::portal::token_pattern::TokenPattern;
use crate::refusal::Refusal;
use crate::switches::Leniency;
use crate::wire::ObjectType;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const MOST_GROUPS: usize = 5;
const MOST_IN_A_GROUP: usize = 6;
const MOST_FILTERS: usize = 18;
const LONGEST_QUERY: usize = 3000;
const HIGHEST_LIMIT: u64 = 200;
/// Nothing beyond it can be read.
const WINDOW: u64 = 10_000;

pub(super) fn search(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let members = Members::of(&json, "PublicObjectSearchRequest")?;
    let wanted = Wanted::of_body(asked, kind, &members)?;
    let search = Reader { schema: asked.portal.schema(kind) }.read(asked, &members)?;
    let found = asked.portal.search(kind, &search);
    let app_id = &asked.portal.setup().app_id;
    let results: Vec<_> = found.records.iter().map(|record| wanted.view(app_id, record)).collect();
    let end = search.from.saturating_add(results.len());
    let mut reply = json!({ "total": found.total, "results": results });
    if end < found.total && !found.records.is_empty() {
        reply["paging"] = json!({ "next": { "after": end.to_string() } });
    }
    Ok(Answer::ok(&reply))
}

struct Reader {
    schema: Schema,
}

impl Reader {
    fn read(&self, asked: &Asked<'_>, members: &Members<'_>) -> Result<Search, Refusal> {
        let limit = count(members, "limit")?.unwrap_or(10);
        if limit > HIGHEST_LIMIT && asked.switches.page_limit == Leniency::Refuse {
            return Err(Refusal::there_was_a_problem());
        }
        let limit = limit.min(HIGHEST_LIMIT);
        let from = count(members, "after")?.unwrap_or(0);
        if from.saturating_add(limit) > WINDOW {
            return Err(Refusal::there_was_a_problem());
        }
        Ok(Search {
            groups: self.groups(members)?,
            words: words(members)?,
            sort: self.sort(members)?,
            from: from as usize,
            limit: limit as usize,
        })
    }

    /// `"property"`, `"-property"`, or an object; one at most.
    fn sort(&self, members: &Members<'_>) -> Result<Option<Sort>, Refusal> {
        let (name, descending) = match list(members, "sorts")? {
            [] => return Ok(None),
            [Value::String(text)] => {
                text.strip_prefix('-').map_or((text.as_str(), false), |name| (name, true))
            }
            [sort @ Value::Object(_)] => {
                let sort = members.within("sorts", "Sort", sort)?;
                sort.require(&["propertyName"])?;
                let direction = sort.one_of("direction", "Direction", &["ASCENDING", "DESCENDING"])?;
                (sort.text("propertyName")?.unwrap_or_default(), direction == Some("DESCENDING"))
            }
            _ => return Err(Refusal::there_was_a_problem()),
        };
        let definition = self.schema.get(name).ok_or_else(Refusal::there_was_a_problem)?;
        Ok(Some(Sort { property: name.to_owned(), kind: definition.kind, descending }))
    }

    /// The groups; filters outside of any are one of their own.
    fn groups(&self, members: &Members<'_>) -> Result<Vec<Vec<Filter>>, Refusal> {
        let mut groups: Vec<&[Value]> = Vec::new();
        for group in list(members, "filterGroups")? {
            groups.push(list(&members.within("filterGroups", "FilterGroup", group)?, "filters")?);
        }
        let loose = list(members, "filters")?;
        if !loose.is_empty() {
            groups.push(loose);
        }
        let all: usize = groups.iter().map(|group| group.len()).sum();
        let too_many = groups.len() > MOST_GROUPS || groups.iter().any(|g| g.len() > MOST_IN_A_GROUP);
        if too_many || all > MOST_FILTERS {
            return Err(Refusal::there_was_a_problem());
        }
        let filter = |one| self.filter(&members.within("filters", "Filter", one)?);
        groups.into_iter().map(|group| group.iter().map(filter).collect()).collect()
    }

    fn filter(&self, members: &Members<'_>) -> Result<Filter, Refusal> {
        members.require(&["propertyName", "operator"])?;
        let name = members.text("propertyName")?.unwrap_or_default();
        let operator = members.text("operator")?.unwrap_or_default();
        if let Some(object) = name.strip_prefix("associations.") {
            return linked(object, operator, members);
        }
        let definition = self.schema.get(name).ok_or_else(Refusal::there_was_a_problem)?;
        let kind = definition.kind;
        Ok(Filter::Property { name: name.to_owned(), kind, test: test(kind, operator, members)? })
    }
}

/// A number, which one of HubSpot's SDKs writes as text.
fn count(members: &Members<'_>, member: &str) -> Result<Option<u64>, Refusal> {
    let Some(value) = members.value(member).filter(|value| value.as_str() != Some("")) else {
        return Ok(None);
    };
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.map(Some).ok_or_else(|| members.mismatch(member, "int", value))
}

fn words(members: &Members<'_>) -> Result<Vec<String>, Refusal> {
    let query = members.text("query")?.unwrap_or_default();
    if query.chars().count() > LONGEST_QUERY {
        return Err(Refusal::there_was_a_problem());
    }
    Ok(query.to_lowercase().split_whitespace().map(str::to_owned).collect())
}

fn list<'v>(members: &Members<'v>, member: &str) -> Result<&'v [Value], Refusal> {
    let list = members.list(member, "java.util.ArrayList<java.lang.Object>")?;
    Ok(list.map(Vec::as_slice).unwrap_or_default())
}

fn test(kind: Kind, operator: &str, members: &Members<'_>) -> Result<Test, Refusal> {
    let one = |member| {
        let value = members.value(member).and_then(plain).filter(|v| !v.is_empty());
        let value = value.filter(|v| v.chars().count() <= LONGEST_QUERY);
        value.ok_or_else(Refusal::there_was_a_problem)
    };
    let compared = |member| Comparable::of(kind, &one(member)?).ok_or_else(Refusal::there_was_a_problem);
    Ok(match operator {
        "EQ" => Test::Is(compared("value")?),
        "NEQ" => Test::IsNot(compared("value")?),
        "LT" => Test::Below(compared("value")?),
        "LTE" => Test::AtMost(compared("value")?),
        "GT" => Test::Above(compared("value")?),
        "GTE" => Test::AtLeast(compared("value")?),
        "BETWEEN" => Test::Between(compared("value")?, compared("highValue")?),
        "IN" => Test::In(set(kind, members)?),
        "NOT_IN" => Test::NotIn(set(kind, members)?),
        "HAS_PROPERTY" => Test::Set,
        "NOT_HAS_PROPERTY" => Test::Unset,
        "CONTAINS_TOKEN" => Test::Contains(TokenPattern::new(&one("value")?)),
        "NOT_CONTAINS_TOKEN" => Test::ContainsNot(TokenPattern::new(&one("value")?)),
        _ => {
            return Err(members.mismatch("operator", "Filter$Operator", &Value::from(operator)));
        }
    })
}

fn values<'v>(members: &Members<'v>) -> Result<&'v [Value], Refusal> {
    let values = list(members, "values")?;
    if values.is_empty() { Err(Refusal::there_was_a_problem()) } else { Ok(values) }
}

/// Text as it is given: what is not in lower case is not found.
fn set(kind: Kind, members: &Members<'_>) -> Result<BTreeSet<String>, Refusal> {
    let one = |value: &Value| match plain(value) {
        Some(text) if kind.is_text() => Some(text),
        Some(text) => member(kind, &text),
        None => None,
    };
    let values = values(members)?.iter().map(|v| one(v).ok_or_else(Refusal::there_was_a_problem));
    values.collect()
}

/// `associations.contact`, which takes ids.
fn linked(object: &str, operator: &str, members: &Members<'_>) -> Result<Filter, Refusal> {
    let to = ObjectType::infer(object).ok_or_else(Refusal::there_was_a_problem)?;
    let given = match operator {
        "EQ" => std::slice::from_ref(members.value("value").unwrap_or(&Value::Null)),
        "IN" => values(members)?,
        _ => return Err(Refusal::there_was_a_problem()),
    };
    let id = |value: &Value| plain(value)?.parse().ok();
    let ids = given.iter().map(|value| id(value).ok_or_else(Refusal::there_was_a_problem));
    Ok(Filter::Linked { to, ids: ids.collect::<Result<_, _>>()? })
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
