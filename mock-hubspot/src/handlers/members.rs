//! The members of a JSON object, each read as the type that it must have.

use super::decode::Json;
use crate::refusal::Refusal;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// An object in a body; `null` is as good as absent.
#[derive(Clone, Copy)]
pub(super) struct Members<'a> {
    json: &'a Json<'a>,
    map: &'a Map<String, Value>,
}

impl<'a> Members<'a> {
    /// The object that the body is.
    pub(super) fn of(json: &'a Json<'a>, java_type: &str) -> Result<Self, Refusal> {
        Ok(Self { json, map: json.object(java_type)? })
    }

    /// An object in a list of the body.
    pub(super) fn within(&self, name: &str, java_type: &str, value: &'a Value) -> Result<Self, Refusal> {
        match value {
            Value::Object(map) => Ok(Self { map, ..*self }),
            other => Err(self.json.member_mismatch(name, java_type, other)),
        }
    }

    /// The body that it is part of.
    pub(super) fn json(&self) -> &'a Json<'a> {
        self.json
    }

    /// Another value for the member than the type that it must have.
    pub(super) fn mismatch(&self, name: &str, java_type: &str, value: &Value) -> Refusal {
        self.json.member_mismatch(name, java_type, value)
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// All of them must be there; those that are not are named together.
    pub(super) fn require(&self, names: &[&str]) -> Result<(), Refusal> {
        let missing: Vec<&str> = names.iter().copied().filter(|n| self.value(n).is_none()).collect();
        if missing.is_empty() { Ok(()) } else { Err(self.json.missing(&missing)) }
    }

    fn read<T>(
        &self,
        name: &str,
        java_type: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        let Some(value) = self.value(name) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| self.json.member_mismatch(name, java_type, value))
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Refusal> {
        self.read(name, "java.lang.String", Value::as_str)
    }

    /// Text, or a number that is taken for text: older documents show ids as numbers.
    pub(super) fn loose_text(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.read(name, "java.lang.String", |value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        })
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        self.read(name, "boolean", Value::as_bool)
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        self.read(name, "long", Value::as_i64)
    }

    pub(super) fn list(&self, name: &str, java_type: &str) -> Result<Option<&'a Vec<Value>>, Refusal> {
        self.read(name, java_type, Value::as_array)
    }

    pub(super) fn object(&self, name: &str, java_type: &str) -> Result<Option<Self>, Refusal> {
        let map = self.read(name, java_type, Value::as_object)?;
        Ok(map.map(|map| Self { map, ..*self }))
    }

    pub(super) fn one_of(
        &self,
        name: &str,
        java_type: &str,
        names: &[&str],
    ) -> Result<Option<&'a str>, Refusal> {
        self.read(name, java_type, |value| value.as_str().filter(|text| names.contains(text)))
    }

    /// A list of names; blanks, repetitions and `null` do not count.
    pub(super) fn names(&self, name: &str) -> Result<Vec<&'a str>, Refusal> {
        let list = self.list(name, "java.util.ArrayList<java.lang.String>")?;
        let mut seen = HashSet::new();
        let mut names = Vec::new();
        for value in list.into_iter().flatten() {
            match value {
                Value::String(one) if one.trim().is_empty() || !seen.insert(one.as_str()) => {}
                Value::String(one) => names.push(one.as_str()),
                Value::Null => {}
                other => return Err(self.mismatch(name, "java.lang.String", other)),
            }
        }
        Ok(names)
    }

    /// Whether an object has no members, or is not there.
    pub(super) fn names_nothing(&self, name: &str) -> bool {
        self.value(name).and_then(Value::as_object).is_none_or(Map::is_empty)
    }

    /// A text or a number that must be there.
    pub(super) fn id(&self, name: &str) -> Result<String, Refusal> {
        self.require(&[name])?;
        Ok(self.loose_text(name)?.unwrap_or_default())
    }

    /// Each member with its value.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.map.iter()
    }
}
