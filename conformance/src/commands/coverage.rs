//! `coverage`: which clause has which check, or why none. Exits 1 when one has neither.

use crate::coverage::{self, Cover};
use std::process::ExitCode;

pub(super) fn coverage() -> ExitCode {
    let (mut checked, mut untestable) = (0, 0);
    for (source, clauses) in coverage::sources() {
        println!("{source}\n");
        for clause in clauses {
            println!("  {}: {}", clause.name, clause.text);
            match coverage::of(clause) {
                Cover::Checks(checks) => {
                    checked += 1;
                    println!("    {}", checks.join(" "));
                }
                Cover::Untestable(reason) => {
                    untestable += 1;
                    println!("    not tested: {reason}");
                }
                Cover::Nothing => println!("    NOTHING: neither a check nor a reason"),
            }
        }
        println!();
    }
    let gaps = coverage::gaps();
    println!(
        "{checked} clauses with a check, {untestable} with a reason why there is none, {} with neither",
        gaps.len()
    );
    if gaps.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
