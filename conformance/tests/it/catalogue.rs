//! The catalogue is whole: each check has a proof, each lie a check, each document its sentences.

use conformance::catalogue;
use conformance::check::Section;
use reference_integration::sabotage;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

#[test]
fn there_are_at_least_sixty_checks_in_every_section_of_the_journey() {
    assert!(catalogue::all().count() >= 60);
    for section in Section::ALL {
        assert!(catalogue::all().any(|c| c.section() == section), "no check in {}", section.name());
    }
}

#[test]
fn no_id_is_used_twice() {
    let ids: Vec<_> = catalogue::all().map(|c| c.id).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len());
}

#[test]
fn every_proof_is_a_lie_that_exists() {
    for check in catalogue::all() {
        for name in check.proof {
            assert!(sabotage::find(name).is_some(), "{} names {name}", check.id);
        }
    }
}

#[test]
fn every_lie_stands_in_a_proof() {
    for lie in sabotage::ALL {
        assert!(catalogue::all().any(|c| c.proof.contains(&lie.name)), "{} is caught by nothing", lie.name);
    }
}

#[test]
fn every_check_says_what_why_and_how_to_fix() {
    for check in catalogue::all() {
        let (_, after) = check.doc.split_once("## Why it matters").unwrap_or_else(|| panic!("{}", check.id));
        let (why, how) = after.split_once("## How to fix").unwrap_or_else(|| panic!("{}", check.id));
        assert!(check.sentence().len() > 20, "{}: {:?}", check.id, check.sentence());
        assert!(why.trim().len() > 40, "{} does not say why", check.id);
        assert!(how.trim().len() > 40, "{} does not say how", check.id);
    }
}

#[test]
fn explaining_a_check_needs_no_rfc_at_hand() {
    for check in catalogue::all() {
        let ran = crate::kit::Kit::new().run(&["explain", check.id]);
        assert_eq!(ran.exit, 0, "{}", ran.stderr);
        for heading in
            ["## Why it matters", "## How to fix", "## In your stack: ", "## The clauses", "## Lies that"]
        {
            let after = ran.stdout.split_once(heading).unwrap_or_else(|| panic!("{}: {heading}", check.id)).1;
            let body = after.split("\n## ").next().unwrap();
            assert!(body.trim().len() > 30, "{}: {heading} is empty", check.id);
        }
        for stack in [
            "nginx",
            "Express",
            "Spring",
            "Django, Flask and FastAPI",
            "Rails",
            "Go",
            "S3, GCS and CloudFront",
        ] {
            assert!(ran.stdout.contains(&format!("\n- {stack}: ")), "{} says nothing of {stack}", check.id);
        }
        assert!(!ran.stdout.contains('\t') && !ran.stdout.contains("  \n"), "{}", check.id);
    }
}

#[test]
fn the_catalogue_document_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("CATALOGUE.md");
    let fresh = document();
    if std::env::var_os("UPDATE_CATALOGUE").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == fresh,
        "conformance/CATALOGUE.md is stale; write it again with:\n  UPDATE_CATALOGUE=1 cargo test -p conformance --test it the_catalogue_document"
    );
}

fn document() -> String {
    let mut out = String::from(
        "# The catalogue\n\nEvery check of the kit. Generated from `conformance/src/catalogue/`; `conformance explain ID` says more of each.\n",
    );
    for section in Section::ALL {
        write!(out, "\n## {}\n\n| check | level | profile | asks | clause | lies that make it fail |\n| --- | --- | --- | --- | --- | --- |\n", section.name()).unwrap();
        for check in catalogue::all().filter(|c| c.section() == section) {
            let clauses: Vec<_> = check.clauses.iter().map(|c| c.name).collect();
            writeln!(
                out,
                "| `{}` | {} | {} | {} | {} | {} |",
                check.id,
                check.level.name(),
                check.profile.name(),
                check.sentence().replace('|', "\\|"),
                clauses.join("; "),
                check.proof.iter().map(|p| format!("`{p}`")).collect::<Vec<_>>().join(" ")
            )
            .unwrap();
        }
    }
    out
}
