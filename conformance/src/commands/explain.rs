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
    println!("\n## In your stack: {}\n\n{}\n", topic.name, wrapped(topic.aim, ""));
    for (stack, what) in topic.stacks {
        println!("{}", wrapped(&format!("- {stack}: {what}"), "  "));
    }
    let words = advice::words_in(check.doc);
    if !words.is_empty() {
        println!("\n## The words\n");
        for (word, meaning) in words {
            println!("{}", wrapped(&format!("- {word}: {meaning}"), "  "));
        }
    }
    println!("\n## The clauses\n");
    for clause in check.clauses {
        println!("{}", wrapped(&format!("- {}: {}", clause.name, clause.text), "  "));
    }
    println!("\n## Lies that make it fail\n");
    for name in check.proof {
        let lie = reference_integration::sabotage::find(name).map_or("", |s| s.lie);
        println!("- {name}: {lie}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A paragraph in lines that a terminal holds, all but the first of them indented.
fn wrapped(text: &str, indent: &str) -> String {
    const WIDTH: usize = 100;
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line from the start");
        if !line.trim().is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(format!("{indent}{word}"));
        } else {
            let gap = if line.is_empty() { "" } else { " " };
            line.push_str(gap);
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn a_paragraph_is_wrapped_between_words() {
        assert_eq!(wrapped("- short", "  "), "- short");
        let text = ["word"; 50].join(" ");
        let lines = wrapped(&text, "  ");
        assert!(lines.lines().all(|line| line.chars().count() <= 100), "{lines}");
        assert!(lines.lines().skip(1).all(|line| line.starts_with("  word")), "{lines}");
        assert_eq!(lines.split_whitespace().count(), 50);
        assert_eq!(wrapped(&"x".repeat(300), ""), "x".repeat(300));
    }
}
