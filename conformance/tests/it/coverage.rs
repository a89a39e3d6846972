//! Every clause has a check or a reason, and whatever paragraph of RFC 9110 the catalogue speaks of is a clause.

use crate::kit::Kit;
use conformance::clauses::rfc9110;
use regex::Regex;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_command_lists_every_clause_and_finds_no_gap() {
    let ran = Kit::new().run(&["coverage"]);
    assert_eq!(ran.exit, 0, "{}", ran.stdout);
    assert!(ran.stdout.trim_end().ends_with("0 with neither"), "{}", ran.stdout);
    for (_, clauses) in conformance::coverage::sources() {
        for clause in clauses {
            assert!(ran.stdout.contains(&format!("{}: {}", clause.name, clause.text)), "{clause:?}");
        }
    }
}

/// A paragraph is covered by a clause about itself, about what it is part of, or about a part of it.
#[test]
fn every_paragraph_that_the_catalogue_cites_is_a_clause() {
    let cited = Regex::new(r"RFC 9110 §(\d+(?:\.\d+)*)").unwrap();
    let clauses: Vec<_> = rfc9110::ALL.iter().map(|clause| clause.name.replace("RFC 9110 §", "")).collect();
    let within = |inner: &str, outer: &str| inner == outer || inner.starts_with(&format!("{outer}."));
    let mut gaps = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalogue")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for paragraph in cited.captures_iter(&text).map(|found| found[1].to_owned()) {
                if !clauses.iter().any(|c| within(&paragraph, c) || within(c, &paragraph)) {
                    gaps.insert(format!("§{paragraph} in {}", path.display()));
                }
            }
        }
    }
    assert!(gaps.is_empty(), "{gaps:#?}");
}
