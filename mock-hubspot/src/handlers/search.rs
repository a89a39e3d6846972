//! `POST …/search`: the request, within HubSpot's limits.

use super::decode::Json;
use super::shown::Wanted;
use super::{Answer, Asked};
use crate::portal::Search;
use crate::portal::definitions::{Kind, Schema};
use crate::portal::search::{Comparable, Filter, Sort, Test, member};
use crate::portal::token_pattern::TokenPattern;
use crate::refusal::Refusal;
use crate::switches::Leniency;
use crate::wire::ObjectType;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

const MOST_GROUPS: usize = 5;
const MOST_IN_A_GROUP: usize = 6;
const MOST_FILTERS: usize = 18;
const LONGEST_QUERY: usize = 3000;
const HIGHEST_LIMIT: u64 = 200;
/// Nothing beyond it can be read.
const WINDOW: u64 = 10_000;

type Members = Map<String, Value>;

pub(super) fn search(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let members = json.object("PublicObjectSearchRequest")?;
    let wanted = Wanted::of_body(asked, kind, &json, members)?;
    let search = Reader { schema: asked.portal.schema(kind), json: &json }.read(asked, members)?;
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

struct Reader<'a> {
    schema: Schema,
    json: &'a Json<'a>,
}

impl Reader<'_> {
    fn read(&self, asked: &Asked<'_>, members: &Members) -> Result<Search, Refusal> {
        let limit = self.count(members, "limit")?.unwrap_or(10);
        if limit > HIGHEST_LIMIT && asked.switches.page_limit == Leniency::Refuse {
            return Err(Refusal::there_was_a_problem());
        }
        let limit = limit.min(HIGHEST_LIMIT);
        let from = self.count(members, "after")?.unwrap_or(0);
        if from.saturating_add(limit) > WINDOW {
            return Err(Refusal::there_was_a_problem());
        }
        Ok(Search {
            groups: self.groups(members)?,
            words: self.words(members)?,
            sort: self.sort(members)?,
            from: from as usize,
            limit: limit as usize,
        })
    }

    /// A number, which one of HubSpot's SDKs writes as text.
    fn count(&self, members: &Members, member: &str) -> Result<Option<u64>, Refusal> {
        match members.get(member) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(value) => {
                let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
                number.map(Some).ok_or_else(|| self.json.member_mismatch(member, "int", value))
            }
        }
    }

    fn words(&self, members: &Members) -> Result<Vec<String>, Refusal> {
        match members.get("query") {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::String(query)) if query.chars().count() <= LONGEST_QUERY => {
                Ok(query.to_lowercase().split_whitespace().map(str::to_owned).collect())
            }
            Some(Value::String(_)) => Err(Refusal::there_was_a_problem()),
            Some(other) => Err(self.json.member_mismatch("query", "java.lang.String", other)),
        }
    }

    fn list<'v>(&self, members: &'v Members, member: &str) -> Result<&'v [Value], Refusal> {
        match members.get(member) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(list)) => Ok(list),
            Some(other) => {
                Err(self.json.member_mismatch(member, "java.util.ArrayList<java.lang.Object>", other))
            }
        }
    }

    /// `"property"`, `"-property"`, or an object; one at most.
    fn sort(&self, members: &Members) -> Result<Option<Sort>, Refusal> {
        let (name, descending) = match self.list(members, "sorts")? {
            [] => return Ok(None),
            [Value::String(text)] => {
                text.strip_prefix('-').map_or((text.as_str(), false), |name| (name, true))
            }
            [Value::Object(sort)] => {
                let name = sort.get("propertyName").and_then(Value::as_str);
                let descending = match sort.get("direction").map(|d| (d, d.as_str())) {
                    None | Some((Value::Null, _) | (_, Some("ASCENDING"))) => false,
                    Some((_, Some("DESCENDING"))) => true,
                    Some((other, _)) => {
                        return Err(self.json.member_mismatch("direction", "Direction", other));
                    }
                };
                (name.ok_or_else(|| self.json.missing(&["propertyName"]))?, descending)
            }
            _ => return Err(Refusal::there_was_a_problem()),
        };
        let definition = self.schema.get(name).ok_or_else(Refusal::there_was_a_problem)?;
        Ok(Some(Sort { property: name.to_owned(), kind: definition.kind, descending }))
    }

    /// The groups; filters outside of any are one of their own.
    fn groups(&self, members: &Members) -> Result<Vec<Vec<Filter>>, Refusal> {
        let mut groups = Vec::new();
        for group in self.list(members, "filterGroups")? {
            let Some(group) = group.as_object() else {
                return Err(self.json.member_mismatch("filterGroups", "FilterGroup", group));
            };
            groups.push(self.list(group, "filters")?);
        }
        let loose = self.list(members, "filters")?;
        if !loose.is_empty() {
            groups.push(loose);
        }
        let all: usize = groups.iter().map(|group| group.len()).sum();
        let too_many = groups.len() > MOST_GROUPS || groups.iter().any(|g| g.len() > MOST_IN_A_GROUP);
        if too_many || all > MOST_FILTERS {
            return Err(Refusal::there_was_a_problem());
        }
        groups.into_iter().map(|group| group.iter().map(|filter| self.filter(filter)).collect()).collect()
    }

    fn filter(&self, given: &Value) -> Result<Filter, Refusal> {
        let Some(members) = given.as_object() else {
            return Err(self.json.member_mismatch("filters", "Filter", given));
        };
        let text = |member| members.get(member).and_then(Value::as_str);
        let name = text("propertyName").ok_or_else(|| self.json.missing(&["propertyName"]))?;
        let operator = text("operator").ok_or_else(|| self.json.missing(&["operator"]))?;
        if let Some(object) = name.strip_prefix("associations.") {
            return self.linked(object, operator, members);
        }
        let definition = self.schema.get(name).ok_or_else(Refusal::there_was_a_problem)?;
        let kind = definition.kind;
        Ok(Filter::Property { name: name.to_owned(), kind, test: self.test(kind, operator, members)? })
    }

    fn test(&self, kind: Kind, operator: &str, members: &Members) -> Result<Test, Refusal> {
        let one = |member| {
            let value = members.get(member).and_then(plain).filter(|v| !v.is_empty());
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
            "IN" => Test::In(self.set(kind, members)?),
            "NOT_IN" => Test::NotIn(self.set(kind, members)?),
            "HAS_PROPERTY" => Test::Set,
            "NOT_HAS_PROPERTY" => Test::Unset,
            "CONTAINS_TOKEN" => Test::Contains(TokenPattern::new(&one("value")?)),
            "NOT_CONTAINS_TOKEN" => Test::ContainsNot(TokenPattern::new(&one("value")?)),
            _ => {
                return Err(self.json.member_mismatch("operator", "Filter$Operator", &Value::from(operator)));
            }
        })
    }

    fn values<'v>(&self, members: &'v Members) -> Result<&'v [Value], Refusal> {
        let values = self.list(members, "values")?;
        if values.is_empty() { Err(Refusal::there_was_a_problem()) } else { Ok(values) }
    }

    /// Text as it is given: what is not in lower case is not found.
    fn set(&self, kind: Kind, members: &Members) -> Result<BTreeSet<String>, Refusal> {
        let one = |value: &Value| match plain(value) {
            Some(text) if kind.is_text() => Some(text),
            Some(text) => member(kind, &text),
            None => None,
        };
        let values = self.values(members)?.iter().map(|v| one(v).ok_or_else(Refusal::there_was_a_problem));
        values.collect()
    }

    /// `associations.contact`, which takes ids.
    fn linked(&self, object: &str, operator: &str, members: &Members) -> Result<Filter, Refusal> {
        let to = ObjectType::infer(object).ok_or_else(Refusal::there_was_a_problem)?;
        let given = match operator {
            "EQ" => std::slice::from_ref(members.get("value").unwrap_or(&Value::Null)),
            "IN" => self.values(members)?,
            _ => return Err(Refusal::there_was_a_problem()),
        };
        let id = |value: &Value| plain(value)?.parse().ok();
        let ids = given.iter().map(|value| id(value).ok_or_else(Refusal::there_was_a_problem));
        Ok(Filter::Linked { to, ids: ids.collect::<Result<_, _>>()? })
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
