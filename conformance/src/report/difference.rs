//! What `diff` says: a block for each kind of change.

use super::WRITES;
use super::text::{TERMINAL, line};
use crate::comparison::{Change, Comparison};
use std::fmt::Write as _;

/// For people.
pub fn text(comparison: &Comparison) -> String {
    let mut text = String::new();
    for change in Change::ALL {
        let rows: Vec<_> = comparison.of(change).collect();
        if rows.is_empty() {
            continue;
        }
        writeln!(text, "{} ({})", change.words(), rows.len()).expect(WRITES);
        for row in rows {
            let (before, after) =
                (row.before.as_deref().unwrap_or("not asked"), row.after.as_deref().unwrap_or("not asked"));
            let (check, story) = (line(&row.check, 100), line(&row.scenario, 100));
            writeln!(text, "  {check} in {story} ({}): {before} → {after}", row.level.name()).expect(WRITES);
            if let Some(said) = &row.said {
                writeln!(text, "    {}", line(said, TERMINAL)).expect(WRITES);
            }
        }
        text.push('\n');
    }
    let counts: Vec<_> =
        Change::ALL.into_iter().map(|c| format!("{} {}", comparison.of(c).count(), c.words())).collect();
    writeln!(text, "{} · {} as before", counts.join(" · "), comparison.same).expect(WRITES);
    text
}

/// For programs.
pub fn json(comparison: &Comparison) -> String {
    serde_json::to_string_pretty(comparison).expect("a comparison holds nothing that JSON has no word for")
}
