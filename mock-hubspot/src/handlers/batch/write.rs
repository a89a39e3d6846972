//! Batches that write: create, update and upsert.

use super::{Batch, MOST, find, id_property, inputs};
use crate::handlers::decode::Json;
use crate::handlers::input::{self, Act};
use crate::handlers::members::Members;
use crate::handlers::objects::by_property;
use crate::handlers::{Answer, Asked, object_id, shown};
use crate::portal::validation::Normalised;
use crate::portal::{CallRecord, Draft, Write};
use crate::refusal::Refusal;
use crate::switches::Leniency;
use crate::texts::Texts;
use crate::versions::ApiVersion;
use crate::wire::{ObjectType, ObjectView};
use serde_json::Value;
use std::collections::HashSet;

/// How often an upsert looks again when somebody else made the object in between.
const ATTEMPTS: usize = 3;

/// One input that may be written.
struct Planned<'v> {
    write: Write,
    input: Members<'v>,
    normalised: Vec<Normalised>,
}

/// What a plan makes of one input; `None` where the object is not there.
type Plan<'p, 'v> = &'p dyn Fn(Members<'v>) -> Result<Option<Planned<'v>>, Refusal>;

pub(in crate::handlers) fn create(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let inputs = inputs(&Members::of(&json, "BatchInputSimplePublicObjectBatchInputForCreate")?, MOST)?;
    let plan = |input| {
        let (draft, normalised) = input::draft(asked, kind, &input)?;
        Ok(Some(Planned { write: Write::Make(draft), input, normalised }))
    };
    let (batch, _) = write(asked, kind, &inputs, &plan, Shown::Whole)?;
    Ok(batch.answer(if asked.route.version == ApiVersion::V2025_09 { 200 } else { 201 }))
}

pub(in crate::handlers) fn update(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let inputs = inputs(&Members::of(&json, "BatchInputSimplePublicObjectBatchInput")?, MOST)?;
    no_duplicates(&inputs)?;
    let plan = |input| {
        let id = find(asked, kind, id_property(&input)?, &input.id("id")?)?;
        let checked = input::properties(asked, kind, &input, Act::Change)?;
        if input.names_nothing("properties") {
            return Err(Refusal::nothing_to_update());
        }
        let Some(id) = id.filter(|id| asked.portal.has((kind, *id))) else { return Ok(None) };
        Ok(Some(Planned { write: Write::Change(id, checked.values), input, normalised: checked.normalised }))
    };
    if asked.switches.batch_update_unknown == Leniency::Refuse {
        for input in &inputs {
            let id = find(asked, kind, id_property(input)?, &input.id("id")?)?;
            id.filter(|id| asked.portal.has((kind, *id))).ok_or_else(Refusal::not_found)?;
        }
    }
    let (mut batch, missing) = write(asked, kind, &inputs, &plan, Shown::Set)?;
    let ids: Vec<String> = missing.iter().filter_map(|input| input.id("id").ok()).collect();
    batch.missing(kind, &ids.iter().map(String::as_str).collect::<Vec<_>>());
    Ok(batch.answer(200))
}

pub(in crate::handlers) fn upsert(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    let kind = asked.object_type()?;
    let json = Json::of(asked)?;
    let inputs = inputs(&Members::of(&json, "BatchInputSimplePublicObjectBatchInputUpsert")?, MOST)?;
    no_duplicates(&inputs)?;
    let plan = |input| upsert_one(asked, kind, input);
    let mut attempt = 1;
    loop {
        match write(asked, kind, &inputs, &plan, Shown::Upserted) {
            Err(refusal) if refusal.status == 409 && attempt < ATTEMPTS => attempt += 1,
            Err(refusal) => return Err(refusal),
            Ok((mut batch, missing)) => {
                let ids: Vec<String> = missing.iter().filter_map(|input| input.id("id").ok()).collect();
                batch.missing(kind, &ids.iter().map(String::as_str).collect::<Vec<_>>());
                return Ok(batch.answer(200));
            }
        }
    }
}

/// By its id an object can only be changed; by a unique property it can be made, too.
fn upsert_one<'v>(
    asked: &Asked<'_>,
    kind: ObjectType,
    input: Members<'v>,
) -> Result<Option<Planned<'v>>, Refusal> {
    let id = input.id("id")?;
    let Some(property) = id_property(&input)? else {
        let checked = input::properties(asked, kind, &input, Act::Change)?;
        let there = object_id(&id).ok().filter(|id| asked.portal.has((kind, *id)));
        let write =
            |id| Planned { write: Write::Change(id, checked.values), input, normalised: checked.normalised };
        return Ok(there.map(write));
    };
    if let Some(there) = by_property(asked, kind, property, &id)? {
        let mut checked = input::properties(asked, kind, &input, Act::Change)?;
        // Named as it is already, an object is not renamed.
        checked.values.remove(property);
        return Ok(Some(Planned {
            write: Write::Change(there, checked.values),
            input,
            normalised: checked.normalised,
        }));
    }
    let mut checked = input::properties(asked, kind, &input, Act::Make)?;
    let key = input::check(asked, kind, Texts::from_iter([(property, id)]), Act::MakeByKey)?;
    checked.values.extend(key.values);
    input::complete(kind, &checked.values)?;
    let draft = Draft { properties: checked.values, links: Vec::new() };
    Ok(Some(Planned { write: Write::Make(draft), input, normalised: checked.normalised }))
}

/// How much of a written object is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Whole,
    Set,
    /// What was set, and whether it is new.
    Upserted,
}

/// Writes all inputs or none; with trace ids, those that can be written. Gives back the inputs whose objects are not there.
fn write<'v>(
    asked: &Asked<'_>,
    kind: ObjectType,
    inputs: &[Members<'v>],
    plan: Plan<'_, 'v>,
    how: Shown,
) -> Result<(Batch, Vec<Members<'v>>), Refusal> {
    let (mut batch, mut missing) = (Batch::new(asked.portal.clock()), Vec::new());
    if !each_has_its_trace(inputs) {
        let mut planned = Vec::new();
        for input in inputs {
            match plan(*input)? {
                Some(one) => planned.push(one),
                None => missing.push(*input),
            }
        }
        let (writes, rest): (Vec<Write>, Vec<_>) =
            planned.into_iter().map(|p| (p.write, (p.input, p.normalised))).unzip();
        let news: Vec<bool> = writes.iter().map(|w| matches!(w, Write::Make(_))).collect();
        let written = asked.portal.write(kind, writes).map_err(|taken| input::taken(kind, &taken))?;
        for ((record, (input, normalised)), new) in written.iter().zip(rest).zip(news) {
            match record {
                Some(record) => batch.result(&view(kind, record, &input, &normalised, how, new)),
                None => missing.push(input),
            }
        }
        return Ok((batch, missing));
    }
    for input in inputs {
        let context = [("objectWriteTraceId", trace(input).unwrap_or_default())];
        let one = match plan(*input) {
            Ok(Some(one)) => one,
            Ok(None) => {
                let id = input.id("id").unwrap_or_default();
                batch.error(&Refusal::some_missing(&kind.shouted(), &[&id]), &context);
                continue;
            }
            Err(refusal) => {
                batch.error(&refusal, &context);
                continue;
            }
        };
        let new = matches!(one.write, Write::Make(_));
        match asked.portal.write(kind, vec![one.write]) {
            Err(taken) => batch.error(&input::taken(kind, &taken), &context),
            Ok(written) => {
                for record in written.iter().flatten() {
                    batch.result(&view(kind, record, input, &one.normalised, how, new));
                }
            }
        }
    }
    Ok((batch, missing))
}

fn view<'a>(
    kind: ObjectType,
    record: &'a CallRecord,
    input: &Members<'a>,
    normalised: &[Normalised],
    how: Shown,
    new: bool,
) -> ObjectView<'a> {
    let set = input.value("properties").and_then(Value::as_object).into_iter().flat_map(|p| p.keys());
    let mut view = match how {
        Shown::Whole => shown::whole(record),
        Shown::Set | Shown::Upserted => shown::written(record, kind, set.map(String::as_str)),
    };
    view.new = (how == Shown::Upserted).then_some(new);
    view.object_write_trace_id = trace(input).map(str::to_owned);
    input::warn(&mut view, normalised);
    view
}

fn trace<'v>(input: &Members<'v>) -> Option<&'v str> {
    input.value("objectWriteTraceId").and_then(Value::as_str)
}

fn each_has_its_trace(inputs: &[Members<'_>]) -> bool {
    let traces: HashSet<&str> = inputs.iter().filter_map(trace).collect();
    traces.len() == inputs.len()
}

fn no_duplicates(inputs: &[Members<'_>]) -> Result<(), Refusal> {
    let (mut seen, mut twice) = (HashSet::new(), Vec::new());
    for input in inputs {
        let id = input.id("id")?;
        if !seen.insert((id_property(input)?, id.to_lowercase())) {
            twice.push(id);
        }
    }
    if twice.is_empty() {
        return Ok(());
    }
    Err(Refusal::duplicate_inputs(&twice.iter().map(String::as_str).collect::<Vec<_>>()))
}
