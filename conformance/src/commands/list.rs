//! `list`: the catalogue, the scenarios, the sabotages, a requirement set, the schema of results.

use super::Usage;
use crate::catalogue;
use crate::cli::ListArgs;
use crate::report::json::SCHEMA;
use crate::requirements::RequirementSet;
use crate::scenario;
use reference_integration::sabotage;
use serde_json::{Value, json};
use std::process::ExitCode;

pub(super) fn list(args: &ListArgs) -> Result<ExitCode, Usage> {
    if args.schema {
        println!("{}", SCHEMA.trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    let set = args.set.as_deref().map(super::set).transpose()?;
    let rows = if let Some(set) = set {
        of_set(set)
    } else if args.sabotages {
        sabotages()
    } else if args.scenarios {
        scenarios()
    } else {
        checks()
    };
    if args.json {
        println!("{:#}", Value::Array(rows));
        return Ok(ExitCode::SUCCESS);
    }
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let width = rows.iter().map(|row| text(row, "name").len()).max().unwrap_or(0);
    for row in &rows {
        let middle = row
            .get("level")
            .map_or(String::new(), |_| format!("{:<14} {:<14} ", text(row, "level"), text(row, "profile")));
        println!("{:<width$}  {middle}{}", text(row, "name"), text(row, "says"));
    }
    if let Some(set) = set {
        let required = rows.iter().filter(|row| row["level"] == "required").count();
        println!(
            "\nset {}: {} checks, {required} required; SHA-256 {}",
            set.name(),
            rows.len(),
            set.sha256()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn of_set(set: RequirementSet) -> Vec<Value> {
    let row = |(id, weight): (&String, &crate::requirements::Weight)| {
        json!({
            "name": id,
            "level": weight.level.name(),
            "profile": weight.profile.name(),
            "says": catalogue::find(id).map_or_else(String::new, crate::check::Check::sentence),
        })
    };
    set.checks().iter().map(row).collect()
}

fn checks() -> Vec<Value> {
    catalogue::all()
        .map(|check| {
            json!({
                "name": check.id,
                "level": check.level.name(),
                "profile": check.profile.name(),
                "since": check.since,
                "says": check.sentence(),
                "clauses": check.clauses.iter().map(|c| c.name).collect::<Vec<_>>(),
                "sabotages": check.proof,
            })
        })
        .collect()
}

fn scenarios() -> Vec<Value> {
    let row = |s: scenario::Scenario| {
        let sections: Vec<_> = s.sections.iter().map(|section| section.name()).collect();
        json!({ "name": s.name, "says": s.title, "why": s.why, "sections": sections })
    };
    scenario::embedded().into_iter().map(row).collect()
}

fn sabotages() -> Vec<Value> {
    let caught_by = |name: &str| -> Vec<_> {
        catalogue::all().filter(|c| c.proof.contains(&name)).map(|c| c.id).collect()
    };
    let row = |s: &sabotage::Sabotage| json!({ "name": s.name, "says": s.lie, "scenario": s.story, "caught_by": caught_by(s.name) });
    sabotage::ALL.iter().map(row).collect()
}
