//! `explain`: one check, for someone who has never seen an RFC.

use super::Usage;
use crate::advice;
use crate::catalogue;
use crate::config::located::nearest_or;
use std::process::ExitCode;

pub(super) fn explain(id: &str) -> Result<ExitCode, Usage> {
    let Some(check) = catalogue::find(id) else {
        let ids: Vec<_> = catalogue::all().map(|c| c.id).collect();
        let help = nearest_or(id, &ids, "`conformance list` shows them all");
        return Err(Usage(format!("there is no check `{id}`\nhelp: {help}")));
    };
    println!("{}  ({}, {}, since {})\n", check.id, check.level.name(), check.profile.name(), check.since);
    println!(
        "{}",
        check.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    );
    let topic = advice::topic(check);
    println!("\n## In your stack: {}\n\n{}\n", topic.name, topic.aim);
    for (stack, what) in topic.stacks {
        println!("- {stack}: {what}");
    }
    let words = advice::words_in(check.doc);
    if !words.is_empty() {
        println!("\n## The words\n");
        for (word, meaning) in words {
            println!("- {word}: {meaning}");
        }
    }
    println!("\n## The clauses\n");
    for clause in check.clauses {
        println!("- {}: {}", clause.name, clause.text);
    }
    println!("\n## Lies that make it fail\n");
    for name in check.proof {
        let lie = reference_integration::sabotage::find(name).map_or("", |s| s.lie);
        println!("- {name}: {lie}");
    }
    Ok(ExitCode::SUCCESS)
}
