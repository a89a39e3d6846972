//! `[[waiver]]`: known failures, each with a check that exists, a reason, a ticket and a last day.

use super::located::nearest_or;
use crate::catalogue;
use crate::waiver::Waiver;
use serde::de::{self, Deserialize, Deserializer};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(deserialize_with = "read_check")]
    check: String,
    #[serde(deserialize_with = "read_words")]
    reason: String,
    #[serde(deserialize_with = "read_words")]
    ticket: String,
    #[serde(deserialize_with = "read_day")]
    expires: String,
}

pub(super) fn read_waivers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Waiver>, D::Error> {
    let mut waivers: Vec<Waiver> = Vec::new();
    for Written { check, reason, ticket, expires } in Vec::<Written>::deserialize(deserializer)? {
        if waivers.iter().any(|waiver| waiver.check == check) {
            return Err(de::Error::custom(format!(
                "the check `{check}` is waived twice\nhelp: leave one [[waiver]] of it"
            )));
        }
        waivers.push(Waiver { check, reason, ticket, expires });
    }
    Ok(waivers)
}

fn read_check<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id = String::deserialize(deserializer)?;
    let waiver = Waiver { check: id.clone(), ..Waiver::default() };
    if catalogue::all().any(|check| waiver.covers(check.id)) {
        return Ok(id);
    }
    let ids: Vec<_> = catalogue::all().map(|check| check.id).collect();
    let help = nearest_or(&id, &ids, "`conformance list` shows them all");
    Err(de::Error::custom(format!("there is no check `{id}`\nhelp: {help}")))
}

fn read_words<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() {
        return Err(de::Error::custom(
            "it is empty\nhelp: a waiver says why it is borne and where it is followed up",
        ));
    }
    Ok(text)
}

fn read_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.parse::<jiff::civil::Date>() {
        // What else can be read as a day (`20270331`) would not be in order as text.
        Ok(day) if day.to_string() == text => Ok(text),
        _ => {
            Err(de::Error::custom(format!("`{text}` is no day\nhelp: write YYYY-MM-DD, \"2027-03-31\" say")))
        }
    }
}
