//! Associations of the call with a record (guide §3), read back from both sides.

use super::journey::{
    answer_line, as_text, clip, ids, in_bad_weather, logging, nothing_logged, notifications, number,
    over_calls, quoted, request_line, was_struck,
};
use crate::check::{Case, Check, check};
use crate::clauses::{guide, hubspot};
use crate::evidence::{Association, Call};
use crate::verdict::{Finding, Verdict};
use mock_hubspot::journal::{Entry, Outcome};
use mock_hubspot::operation::Operation;
use serde_json::Value;

pub(super) static CHECKS: &[&Check] = &[&ASSOCIATED, &TYPE, &BEFORE_READY];

check! {
    /// The call is associated with the record it belongs to, seen from both sides.
    ///
    /// ## Why it matters
    /// A call that is associated with nothing stands in the list of calls and on nobody's timeline.
    ///
    /// ## How to fix
    /// After the call was created send `PUT /crm/v3/objects/calls/{callId}/associations/contacts/{contactId}/194`, or name the
    /// association in `associations` when you create it. Use the id of the contact who was on the line, and `PUT`, not `POST`.
    /// Where a person has several records, associate with the one that the trigger named.
    static ASSOCIATED = {
        id: "associations/associated", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::ASSOCIATE],
        needs: &[Association],
        judge: associated,
        proof: &["associations/never-made", "associations/wrong-record"],
    }
}

check! {
    /// The association has HubSpot's own type from a call to that kind of record.
    ///
    /// ## Why it matters
    /// Each type leads from one kind of record to another. With a wrong one HubSpot refuses the association, or shows it where nobody looks.
    ///
    /// ## How to fix
    /// From a call: 194 to a contact, 182 to a company, 206 to a deal, 220 to a ticket, with the category `HUBSPOT_DEFINED`. The
    /// opposite directions (193, 181, 205, 219) are other types. Labels of your own may be added, not put in its place.
    static TYPE = {
        id: "associations/type", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::ASSOCIATION_TYPES, guide::ASSOCIATION_PLACEHOLDERS],
        needs: &[Association],
        judge: association_type,
        proof: &["associations/wrong-type", "associations/reverse-type", "associations/user-defined"],
    }
}

check! {
    /// The association is made before the recording is marked as ready.
    ///
    /// ## Why it matters
    /// Ready starts the transcription, which is shown with the record; workflows that start with it find a call that belongs to nobody.
    ///
    /// ## How to fix
    /// Keep the guide's order: create the call, associate it, then mark it as ready. Await the answer to the association first.
    static BEFORE_READY = {
        id: "associations/before-ready", level: Recommended, profile: Transcription, since: "0.1.0",
        clauses: &[guide::ASSOCIATE, guide::READY],
        needs: &[Association, Ready],
        judge: before_ready,
        proof: &["associations/after-ready"],
    }
}

/// HubSpot's own types from a call: plural, singular and id of the kind of record, and the type with its mirror.
const TYPES: [(&str, &str, &str, u32, u32); 4] = [
    ("contacts", "contact", "0-1", 194, 193),
    ("companies", "company", "0-2", 182, 181),
    ("deals", "deal", "0-3", 206, 205),
    ("tickets", "ticket", "0-5", 220, 219),
];

/// The plural of an object type in any of its spellings.
fn plural(name: &str) -> String {
    let known = TYPES.iter().find(|(plural, singular, id, ..)| {
        name.eq_ignore_ascii_case(plural) || name.eq_ignore_ascii_case(singular) || name == *id
    });
    known.map_or_else(|| name.to_ascii_lowercase(), |(plural, ..)| (*plural).to_owned())
}

fn type_to(object_type: &str) -> Option<u32> {
    TYPES.iter().find(|(plural, ..)| *plural == object_type).map(|(.., id, _)| *id)
}

/// A type as words: which way it leads.
fn named(type_id: u32) -> String {
    let leads = TYPES.iter().find_map(|(_, singular, _, to, back)| match type_id {
        id if id == *to => Some(format!("{id}, from a call to a {singular}")),
        id if id == *back => Some(format!("{id}, from a {singular} to a call")),
        _ => None,
    });
    leads.unwrap_or_else(|| {
        format!("{type_id}, which leads from no call to a {}", "contact, company, deal or ticket")
    })
}

/// One association that was asked for, in whichever form.
struct Asked<'a> {
    entry: &'a Entry,
    object_type: String,
    id: String,
    /// Category and type; nothing where HubSpot was to choose them.
    types: Vec<(String, u32)>,
}

impl Asked<'_> {
    fn is_right(&self) -> bool {
        let right = type_to(&self.object_type);
        right.is_none()
            || self.types.is_empty()
            || self.types.iter().any(|(category, id)| category == "HUBSPOT_DEFINED" && Some(*id) == right)
    }
    fn is_for(&self, call: &Call) -> bool {
        self.object_type == plural(&call.record.0) && self.id == call.record.1.to_string()
    }
}

/// `[{associationCategory, associationTypeId}]`, one of them, or a v3 name such as `call_to_contact`.
fn types_in(value: Option<&Value>) -> Vec<(String, u32)> {
    match value {
        Some(Value::Array(many)) => many.iter().flat_map(|one| types_in(Some(one))).collect(),
        Some(Value::Object(one)) => {
            let id = one.get("associationTypeId").and_then(as_text).and_then(|text| text.parse().ok());
            let category =
                one.get("associationCategory").and_then(Value::as_str).unwrap_or("HUBSPOT_DEFINED");
            id.map(|id| (category.to_owned(), id)).into_iter().collect()
        }
        Some(other) => as_text(other).and_then(|text| type_named(&text)).into_iter().collect(),
        None => Vec::new(),
    }
}

fn type_named(text: &str) -> Option<(String, u32)> {
    let by_name = TYPES.iter().find_map(|(_, singular, _, to, back)| {
        if text.eq_ignore_ascii_case(&format!("call_to_{singular}")) {
            Some(*to)
        } else {
            text.eq_ignore_ascii_case(&format!("{singular}_to_call")).then_some(*back)
        }
    });
    by_name.or_else(|| text.parse().ok()).map(|id| ("HUBSPOT_DEFINED".to_owned(), id))
}

/// What one request asked to associate.
fn asked_in(entry: &Entry) -> Vec<Asked<'_>> {
    let body = entry.request.body.json();
    let param = |name: &str| entry.params.get(name).map(str::to_owned);
    let text = |value: Option<&Value>| value.and_then(as_text).unwrap_or_default();
    let Some(id) = param("toObjectId") else {
        let inputs = body.as_ref().and_then(|body| body.get("inputs")).and_then(Value::as_array);
        let object_type = plural(&param("toObjectType").unwrap_or_default());
        let asked = |input: &Value| Asked {
            entry,
            object_type: object_type.clone(),
            id: text(input.pointer("/to/id")),
            types: types_in(input.get("types").or_else(|| input.get("type"))),
        };
        return inputs.map(|inputs| inputs.iter().map(asked).collect()).unwrap_or_default();
    };
    let types = match param("associationType") {
        Some(name) => type_named(&name).into_iter().collect(),
        None => types_in(body.as_ref()),
    };
    vec![Asked { entry, object_type: plural(&param("toObjectType").unwrap_or_default()), id, types }]
}

/// What a request that logs a call asked to associate with it at once. The kind of record is told by the type alone.
fn inline_in(entry: &Entry) -> Vec<Asked<'_>> {
    let body = entry.request.body.json().unwrap_or_default();
    let inline = body.get("associations").and_then(Value::as_array).cloned().unwrap_or_default();
    let asked = |one: &Value| {
        let types = types_in(one.get("types"));
        let kind =
            types.iter().find_map(|(_, id)| TYPES.iter().find(|(.., to, back)| id == to || id == back));
        Asked {
            entry,
            object_type: kind.map_or_else(String::new, |(plural, ..)| (*plural).to_owned()),
            id: one.pointer("/to/id").and_then(as_text).unwrap_or_default(),
            types,
        }
    };
    inline.iter().map(asked).collect()
}

/// Whether a request to log a call names, for an association at once, a type that does not lead from a call.
pub(super) fn names_wrong_type(entry: &Entry) -> bool {
    inline_in(entry)
        .iter()
        .any(|asked| !asked.types.is_empty() && (asked.object_type.is_empty() || !asked.is_right()))
}

/// Everything that was asked to be associated with this call, in order; what the weather struck is left out.
fn asked<'a>(case: &Case<'a>, call: &'a Call) -> Vec<Asked<'a>> {
    let ids = ids(case, call);
    let alone = case.story.calls.len() == 1;
    let about = |entry: &Entry| {
        let in_path = entry.params.get("callId").and_then(|id| id.parse().ok());
        alone || in_path.or(entry.call_id).is_some_and(|id| ids.contains(&id))
    };
    let own = case.own(Operation::Associate).filter(|entry| !was_struck(entry) && about(entry));
    let inline = logging(case, call).into_iter().filter(|entry| !was_struck(entry)).flat_map(inline_in);
    // The kind of an inline record is known only by its type: one with the record's id is taken for the record.
    let inline = inline.map(|mut asked| {
        if asked.id == call.record.1.to_string() {
            asked.object_type = plural(&call.record.0);
        }
        asked
    });
    inline.chain(own.flat_map(asked_in)).collect()
}

fn links(call: &Call) -> impl Iterator<Item = &Association> {
    let object_type = plural(&call.record.0);
    call.associations.iter().filter(move |a| plural(&a.object_type) == object_type && a.id == call.record.1)
}

fn is_right(link: &Association) -> bool {
    link.category == "HUBSPOT_DEFINED" && type_to(&plural(&link.object_type)) == Some(link.type_id)
}

fn record(call: &Call) -> String {
    format!("{}/{}", plural(&call.record.0), call.record.1)
}

fn associated(case: &Case) -> Verdict {
    if let Some(verdict) = in_bad_weather(case) {
        return verdict;
    }
    over_calls(case, |call| {
        if call.call_id.is_none() {
            return nothing_logged(case);
        }
        let right = links(call).any(is_right) || type_to(&plural(&call.record.0)).is_none();
        let linked = links(call).next().is_some();
        if linked && (call.seen_from_record || !right) {
            return Verdict::Pass;
        }
        let asked = asked(case, call);
        let expected = format!("the call associated with {}", record(call));
        if linked {
            let finding = Finding::new(
                asked.last().map_or_else(|| "an association".to_owned(), |asked| request_line(asked.entry)),
                format!("{expected}, seen from both sides"),
                "the call names the record, the record does not name the call",
            );
            return Verdict::fail(finding.differing("read from the record's side it is missing"));
        }
        let wanted = asked.iter().filter(|asked| asked.is_for(call));
        if wanted.clone().any(|asked| !asked.is_right()) {
            return Verdict::unjudged("HubSpot refused the association: associations/type says more");
        }
        if wanted.clone().any(|asked| asked.entry.outcome == Outcome::Served) && ids(case, call).len() > 1 {
            return Verdict::unjudged(
                "a second call was logged and associated instead: calls/logged-once says more",
            );
        }
        Verdict::fail(not_associated(call, &asked, &expected))
    })
}

fn not_associated(call: &Call, asked: &[Asked], expected: &str) -> Finding {
    let others: Vec<_> =
        call.associations.iter().map(|a| format!("{}/{}", clip(&a.object_type), a.id)).collect();
    let received = if others.is_empty() {
        "it is associated with nothing".to_owned()
    } else {
        format!("it is associated with {}", clip(&others.join(", ")))
    };
    let Some(last) = asked.last() else {
        let nearest = call.missed.iter().find(|missed| missed.awaited == Operation::Associate);
        let nearest = nearest.and_then(|missed| missed.nearest.as_deref());
        let finding = Finding::new("no association of the call", expected, received);
        return finding.differing(nearest.map_or_else(
            || "no request that associates it was sent".to_owned(),
            |nearest| format!("the nearest request: {}", clip(nearest)),
        ));
    };
    let received = format!("{received}; the request was {}", answer_line(last.entry));
    let differing = if last.is_for(call) {
        "HubSpot did not take the association".to_owned()
    } else {
        format!("{}/{} instead of {}", clip(&last.object_type), clip(&last.id), record(call))
    };
    let finding = Finding::new(request_line(last.entry), expected, received);
    finding.differing(differing).seen_in(number(last.entry))
}

fn association_type(case: &Case) -> Verdict {
    over_calls(case, |call| {
        let asked = asked(case, call);
        if call.call_id.is_none() {
            let inline = asked.iter().find(|asked| names_wrong_type(asked.entry));
            return inline
                .map_or_else(|| nothing_logged(case), |asked| Verdict::fail(of_request(asked, call)));
        }
        let Some(expected) = type_to(&plural(&call.record.0)) else {
            return Verdict::not_applicable(
                "HubSpot has no documented type from a call to this kind of record",
            );
        };
        if links(call).any(is_right) {
            return Verdict::Pass;
        }
        let wrong = asked.iter().rev().find(|asked| asked.is_for(call) && !asked.is_right());
        let wrong = wrong.or_else(|| asked.iter().rev().find(|asked| names_wrong_type(asked.entry)));
        if let Some(asked) = wrong {
            return Verdict::fail(of_request(asked, call));
        }
        match links(call).next() {
            Some(link) => {
                let finding = Finding::new(
                    format!("an association with {}", record(call)),
                    format!("type {expected}, HUBSPOT_DEFINED"),
                    format!("type {}, category {}", named(link.type_id), quoted(&link.category)),
                );
                Verdict::fail(finding.differing("read back from HubSpot"))
            }
            None => in_bad_weather(case).unwrap_or_else(|| {
                Verdict::unjudged(
                    "there is no association with the record: associations/associated says more",
                )
            }),
        }
    })
}

fn of_request(asked: &Asked, call: &Call) -> Finding {
    let right = type_to(&plural(&call.record.0)).unwrap_or_default();
    let received = match asked.types.first() {
        Some((category, id)) => format!("type {}, category {}", named(*id), quoted(category)),
        None => "no type".to_owned(),
    };
    let differing = match asked.types.first() {
        Some((category, id)) if *id == right => format!("the category is {}", quoted(category)),
        Some((_, id)) => format!("the type is {id} instead of {right}"),
        None => "the type is missing".to_owned(),
    };
    let sent = format!("{} for {}", request_line(asked.entry), record(call));
    let finding = Finding::new(sent, format!("type {right}, HUBSPOT_DEFINED"), received);
    finding.differing(differing).seen_in(number(asked.entry))
}

fn before_ready(case: &Case) -> Verdict {
    over_calls(case, |call| {
        if call.call_id.is_none() {
            return nothing_logged(case);
        }
        let asked = asked(case, call);
        let made = asked.iter().find(|asked| asked.entry.outcome == Outcome::Served && asked.is_for(call));
        let made = made.map(|asked| asked.entry).or_else(|| {
            // From the record's side, or in a form that names it elsewhere: the read-back shows that it is right.
            let mut own = case.own(Operation::Associate).filter(|entry| entry.outcome == Outcome::Served);
            links(call).any(is_right).then(|| own.next()).flatten()
        });
        let ready = notifications(case, call);
        let ready = ready.iter().find(|entry| entry.outcome == Outcome::Served);
        let (Some(made), Some(ready)) = (made, ready) else {
            return in_bad_weather(case).unwrap_or_else(|| {
                Verdict::unjudged("the call was not both associated and marked as ready")
            });
        };
        if made.number < ready.number {
            return Verdict::Pass;
        }
        let finding = Finding::new(
            format!("{}, then {}", request_line(ready), request_line(made)),
            "the association first, then ready",
            format!("ready as {}, the association as {}", number(ready), number(made)),
        );
        let finding = finding.differing("ready was sent first").seen_in(number(ready));
        Verdict::fail(finding.seen_in(number(made)))
    })
}

#[cfg(test)]
mod tests;
