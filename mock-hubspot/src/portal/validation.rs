//! What a property's value must be, and how it is kept: HubSpot's codes and texts for everything else.
//!
//! Pure. Read next: `definitions.rs` (the properties), `handlers/input.rs` (who asks).

use super::definitions::{Access, Choice, Definition, Kind, Schema};
use super::moment;
use crate::refusal::BadProperty;
use crate::texts::Texts;
use compact_str::{CompactString, ToCompactString as _};
use std::borrow::Cow;

/// Under which rules values are taken.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    /// Whether dates in other spellings are put right, with a warning: the account's rules of 2026-09.
    pub(crate) normalises: bool,
    /// Whether properties that only the maker of an object sets may be set.
    pub(crate) making: bool,
    /// Whether unknown and read-only properties are passed over.
    pub(crate) passes_over: bool,
    /// Whether an owner id is one of the portal's.
    pub(crate) known_owner: &'a dyn Fn(&str) -> bool,
}

/// A value that was put right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Normalised {
    pub(crate) name: String,
    pub(crate) raw: String,
    pub(crate) value: String,
}

/// Values as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) values: Texts,
    pub(crate) normalised: Vec<Normalised>,
}

type Wrong = (&'static str, String);

/// The values as HubSpot keeps them, or everything that is wrong with them.
pub(crate) fn check(schema: &Schema, given: Texts, rules: Rules<'_>) -> Result<Checked, Vec<BadProperty>> {
    let mut checked = Checked::default();
    let mut bad = Vec::new();
    for (name, value) in given {
        match settable(schema, &name, rules).and_then(|definition| {
            // An empty value clears a property, whatever its type.
            let kept =
                if value.is_empty() { CompactString::default() } else { kept(definition, &value, rules)? };
            Ok((definition, kept))
        }) {
            Ok((definition, kept)) => {
                if rules.normalises && is_date(definition) && !moment::is_plain(&value) && kept != value {
                    checked.normalised.push(Normalised {
                        name: name.into(),
                        raw: value.into(),
                        value: kept.to_string(),
                    });
                }
                checked.values.insert(definition.name.clone(), kept);
            }
            Err(("PROPERTY_DOESNT_EXIST" | "READ_ONLY_VALUE", _)) if rules.passes_over => {}
            Err((code, message)) => bad.push(BadProperty { name: name.into(), code, message }),
        }
    }
    if bad.is_empty() { Ok(checked) } else { Err(bad) }
}

fn is_date(definition: &Definition) -> bool {
    matches!(definition.kind, Kind::Moment | Kind::Date)
}

fn settable<'a>(schema: &'a Schema, name: &str, rules: Rules<'_>) -> Result<&'a Definition, Wrong> {
    let definition = schema
        .get(name)
        .ok_or_else(|| ("PROPERTY_DOESNT_EXIST", format!("Property \"{name}\" does not exist")))?;
    let open = match definition.access {
        Access::Anybody => true,
        Access::Maker => rules.making,
        Access::HubSpot => false,
    };
    let read_only =
        || ("READ_ONLY_VALUE", format!("\"{name}\" is a calculated property; its value cannot be set."));
    if open { Ok(definition) } else { Err(read_only()) }
}

fn kept(definition: &Definition, value: &CompactString, rules: Rules<'_>) -> Result<CompactString, Wrong> {
    let not_a_long = || ("INVALID_LONG", format!("{value} was not a valid long."));
    match definition.kind {
        Kind::Text => Ok(value.clone()),
        Kind::Email if is_email(value) => Ok(value.trim().into()),
        Kind::Email => Err(("INVALID_EMAIL", format!("Email address {value} is invalid"))),
        Kind::Whole => value.parse::<i64>().map(|n| n.to_compact_string()).map_err(|_| not_a_long()),
        Kind::Number if number(value).is_some() => Ok(value.trim().into()),
        Kind::Number => Err(not_a_long()),
        Kind::Moment => {
            let read = if rules.normalises { moment::read_leniently(value) } else { moment::read(value) };
            read.map(|read| moment::written(read).into()).ok_or_else(not_a_long)
        }
        Kind::Date => date(value, rules).map(CompactString::from),
        Kind::Boolean if value == "true" || value == "false" => Ok(value.clone()),
        Kind::Boolean => {
            Err(not_an_option(value, "label: \"true\" value: \"true\", label: \"false\" value: \"false\""))
        }
        Kind::Options => option(value, &definition.options).map(|()| value.clone()),
        Kind::ManyOptions => {
            for one in value.split(';').filter(|one| !one.is_empty()) {
                option(one, &definition.options)?;
            }
            Ok(value.clone())
        }
        Kind::Owner if (rules.known_owner)(value) => Ok(value.clone()),
        Kind::Owner => Err(("INVALID_OWNER_ID", format!("Owner {value} does not exist"))),
    }
}

/// A number as HubSpot takes it: digits with or without a fraction.
pub(crate) fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|n| n.is_finite())
}

fn is_email(value: &str) -> bool {
    let value = value.trim();
    value.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !value.contains(char::is_whitespace)
    })
}

fn date(value: &str, rules: Rules<'_>) -> Result<String, Wrong> {
    if moment::midnight(value).is_some() {
        return Ok(value.to_owned());
    }
    let wrong = |why: String| ("INVALID_DATE", why);
    let read = moment::read(value).ok_or_else(|| wrong(format!("{value} was not a valid date.")))?;
    let day = moment::day(read);
    if rules.normalises || moment::midnight(&day) == Some(read) {
        return Ok(day);
    }
    let time = moment::written(read);
    let time = time.split_once('T').map_or("", |(_, time)| time.trim_end_matches('Z'));
    Err(wrong(format!("{value} is at {time} UTC, not midnight!")))
}

fn option(one: &str, options: &[Choice]) -> Result<(), Wrong> {
    if options.is_empty() || options.iter().any(|o| o.value == one) {
        return Ok(());
    }
    let options: Vec<String> =
        options.iter().map(|o| format!("label: \"{}\" value: \"{}\"", o.label, o.value)).collect();
    Err(not_an_option(one, &options.join(", ")))
}

fn not_an_option(value: &str, options: &str) -> Wrong {
    ("INVALID_OPTION", format!("{value} was not one of the allowed options: [{options}]"))
}

/// How much of a call's notes lists show.
pub(super) const PREVIEW: usize = 200;

/// The beginning of the call's notes, without mark-up, as lists show it; and whether it is all of them.
pub(crate) fn preview(body: &str) -> (String, bool) {
    let text = if body.contains(['<', '>']) { without_mark_up(body).into() } else { Cow::Borrowed(body) };
    if text.len() <= PREVIEW {
        return (text.into_owned(), true);
    }
    match text.char_indices().nth(PREVIEW) {
        Some((end, _)) => (text[..end].to_owned(), false),
        None => (text.into_owned(), true),
    }
}

fn without_mark_up(body: &str) -> String {
    let mut inside = false;
    let is_text = |c: &char| {
        let is_mark = matches!(c, '<' | '>');
        if is_mark {
            inside = *c == '<';
        }
        !is_mark && !inside
    };
    body.chars().filter(is_text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::ObjectType;

    const RULES: Rules<'static> =
        Rules { normalises: false, making: true, passes_over: false, known_owner: &|id| id == "71" };

    fn one_of(kind: ObjectType, name: &str, value: &str, rules: Rules<'_>) -> Result<String, &'static str> {
        let given = Texts::from_iter([(name, value)]);
        match check(&Schema::new(kind), given, rules) {
            Ok(checked) => Ok(checked.values.get(name).unwrap_or_default().to_owned()),
            Err(bad) => Err(bad[0].code),
        }
    }

    fn one(name: &str, value: &str) -> Result<String, &'static str> {
        one_of(ObjectType::Calls, name, value, RULES)
    }

    #[test]
    fn moments_are_read_in_both_spellings_and_written_in_one() {
        assert_eq!(one("hs_timestamp", "2023-10-27T10:00:00Z").as_deref(), Ok("2023-10-27T10:00:00Z"));
        assert_eq!(one("hs_timestamp", "1698400800000").as_deref(), Ok("2023-10-27T10:00:00Z"));
        let offset = one("hs_timestamp", "2023-10-27T12:00:00.120+02:00");
        assert_eq!(offset.as_deref(), Ok("2023-10-27T10:00:00.120Z"));
        assert_eq!(one("hs_timestamp", "yesterday"), Err("INVALID_LONG"));
    }

    #[test]
    fn each_mistake_has_hubspot_s_code() {
        for (name, value, code) in [
            ("hs_call_colour", "red", "PROPERTY_DOESNT_EXIST"),
            ("hs_object_id", "1", "READ_ONLY_VALUE"),
            ("hs_call_status", "completed", "INVALID_OPTION"),
            ("hs_call_direction", "Inbound", "INVALID_OPTION"),
            ("hs_call_disposition", "Connected", "INVALID_OPTION"),
            ("hs_call_has_voicemail", "yes", "INVALID_OPTION"),
            ("hs_call_duration", "60.5", "INVALID_LONG"),
            ("hubspot_owner_id", "9071", "INVALID_OWNER_ID"),
        ] {
            assert_eq!(one(name, value), Err(code), "{name}");
        }
        for (kind, name, value, code) in [
            (ObjectType::Contacts, "email", "ada", "INVALID_EMAIL"),
            (ObjectType::Contacts, "lifecyclestage", "Lead", "INVALID_OPTION"),
            (ObjectType::Deals, "amount", "much", "INVALID_LONG"),
            (ObjectType::Tickets, "hs_ticket_category", "BILLING_ISSUE;OTHER", "INVALID_OPTION"),
        ] {
            assert_eq!(one_of(kind, name, value, RULES), Err(code), "{name}");
        }
    }

    #[test]
    fn any_source_and_an_empty_value_are_accepted() {
        assert!(one("hs_call_source", "INTEGRATION").is_ok());
        assert_eq!(one("hs_call_duration", "").as_deref(), Ok(""));
        assert_eq!(one_of(ObjectType::Deals, "amount", "3000.50", RULES).as_deref(), Ok("3000.50"));
    }

    #[test]
    fn a_date_is_a_day_and_only_2026_09_puts_it_right() {
        let strict = |value| date(value, RULES).map_err(|(_, why)| why);
        assert_eq!(strict("2023-10-27").as_deref(), Ok("2023-10-27"));
        assert_eq!(strict("1698364800000").as_deref(), Ok("2023-10-27"));
        let why = "1698431489103 is at 18:31:29.103 UTC, not midnight!".to_owned();
        assert_eq!(strict("1698431489103"), Err(why));
        let lenient = Rules { normalises: true, ..RULES };
        assert_eq!(date("1698431489103", lenient).as_deref(), Ok("2023-10-27"));
        let given = Texts::from_iter([("hs_timestamp", "1698400800")]);
        let checked = check(&Schema::new(ObjectType::Calls), given, lenient).expect("it is put right");
        assert_eq!(checked.normalised[0].value, "2023-10-27T10:00:00Z");
    }

    #[test]
    fn what_may_not_be_set_is_passed_over_only_where_that_is_wanted() {
        let lenient = Rules { passes_over: true, ..RULES };
        assert_eq!(one_of(ObjectType::Calls, "colour", "red", lenient).as_deref(), Ok(""));
        let later = Rules { making: false, ..RULES };
        assert_eq!(one_of(ObjectType::Calls, "hs_unique_creation_key", "k", later), Err("READ_ONLY_VALUE"));
    }

    #[test]
    fn a_preview_is_without_mark_up_and_ends_somewhere() {
        assert_eq!(preview("<b>x</b>"), ("x".to_owned(), true));
        assert_eq!(preview(&"é".repeat(300)), ("é".repeat(200), false));
    }
}
