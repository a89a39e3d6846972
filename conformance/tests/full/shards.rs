//! Four machines tell a quarter each; merged, that is the run of one.

use crate::partner::{configuration, partner};
use conformance::report::snapshot;
use conformance::results::Results;
use serde_json::{Value, json};

/// Without what the clock says.
fn timeless(mut results: Value) -> Value {
    let whole = results.as_object_mut().unwrap();
    whole.remove("timing");
    whole.remove("measured");
    for story in results["stories"].as_array_mut().unwrap() {
        story.as_object_mut().unwrap().remove("took_ms");
    }
    results
}

#[test]
fn four_merged_shards_equal_one_run() {
    let kit = partner();
    let seed = ["--seed", "0x5eed", "--cases", "32"];
    let (exit, whole) = kit.results(&[&["run", "--out", "whole"][..], &seed].concat());
    assert_eq!(exit, 6, "there are no snapshots yet: {}", whole["standing"]);
    let mut folders = Vec::new();
    for index in 1..=4 {
        let (shard, out) = (format!("{index}/4"), format!("shard-{index}"));
        let (exit, part) = kit.results(&[&["run", "--shard", &shard, "--out", &out][..], &seed].concat());
        assert_eq!(exit, 0, "{}", part["standing"]);
        assert_eq!(part["shard"], Value::String(shard));
        assert_eq!(part["stories"].as_array().map(Vec::len), Some(4));
        folders.push(out);
    }
    // In whichever order they are named.
    folders.swap(0, 2);
    let named: Vec<_> = folders.iter().map(String::as_str).collect();
    let (exit, merged) = kit.results(&[&["merge"][..], &named].concat());
    assert_eq!(exit, 6, "{}", merged["standing"]);
    assert_eq!(timeless(merged.clone()), timeless(whole));
    // What was merged can be judged again.
    let again = kit.results(&["report", "reports/merged"]);
    assert_eq!(again, (6, merged));

    let refused = kit.run(&["merge", "shard-1", "shard-2", "shard-3"]);
    assert_eq!(refused.exit, 2);
    assert!(refused.stderr.contains("missing: 4/4"), "{}", refused.stderr);
    let refused = kit.run(&["merge", "whole"]);
    assert!(refused.stderr.contains("whole run"), "{}", refused.stderr);
}

/// What must be the same whoever told the stories. The ids that a fake HubSpot gives, its port, and the numbers in its journal
/// count what else it was asked, so they are one machine's own: each is replaced by what it is, as in a snapshot.
fn lasting(results: &Value) -> (Value, Vec<String>) {
    let stories: Results = serde_json::from_value(results.clone()).unwrap();
    let snapshots = stories.stories.iter().map(snapshot::render).collect();
    let mut results = timeless(results.clone());
    for story in results["stories"].as_array_mut().unwrap() {
        for check in story["checks"].as_array_mut().unwrap() {
            // The snapshots have it.
            check.as_object_mut().unwrap().remove("reason");
            let Some(finding) = check.get_mut("finding").filter(|finding| finding.is_object()) else {
                continue;
            };
            let evidence = finding["evidence"].as_array().unwrap().iter().map(|id| {
                let id = id.as_str().unwrap();
                if id.starts_with('j') { "j".to_owned() } else { id.to_owned() }
            });
            *finding = json!({ "evidence": evidence.collect::<Vec<_>>(), "more": finding["more"] });
        }
    }
    (results, snapshots)
}

#[test]
fn four_merged_shards_of_a_broken_integration_find_what_one_run_finds() {
    for lie in ["associations/wrong-type", "ranges/drops-the-last-byte"] {
        let kit = partner();
        let broken = configuration().replace("[start.env]", &format!("[start.env]\nSABOTAGE = \"{lie}\""));
        kit.write("conformance.toml", &broken);
        let seed = ["--seed", "0x5eed", "--cases", "32"];
        let (exit, whole) = kit.results(&[&["run", "--out", "whole"][..], &seed].concat());
        assert_eq!(exit, 1, "{}", whole["standing"]);
        let folders: Vec<_> = (1..=4).map(|index| format!("shard-{index}")).collect();
        for (index, out) in folders.iter().enumerate() {
            let shard = format!("{}/4", index + 1);
            let (exit, part) = kit.results(&[&["run", "--shard", &shard, "--out", out][..], &seed].concat());
            assert!([0, 1].contains(&exit), "{}", part["standing"]);
        }
        let named: Vec<_> = folders.iter().map(String::as_str).collect();
        let (exit, merged) = kit.results(&[&["merge"][..], &named].concat());
        assert_eq!(exit, 1, "{}", merged["standing"]);
        let (whole, whole_snapshots) = lasting(&whole);
        let (merged, merged_snapshots) = lasting(&merged);
        for (one, other) in whole_snapshots.iter().zip(&merged_snapshots) {
            assert_eq!(one, other, "{lie}");
        }
        assert!(whole_snapshots.iter().any(|text| text.contains("fail: ") && text.contains("received")));
        assert_eq!(merged, whole, "{lie}");
    }
}
