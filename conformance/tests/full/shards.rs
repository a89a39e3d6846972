//! Four machines tell a quarter each; merged, that is the run of one.

use crate::partner::partner;
use serde_json::Value;

/// Without what the clock says.
fn timeless(mut results: Value) -> Value {
    results.as_object_mut().unwrap().remove("timing");
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
