//! A stored case is sent again: still failing, fixed, changed, or not asked.

use crate::kit::Kit;
use crate::probe::Held;
use conformance::evidence::store;

const SEED: &str = "0x0b0e1e55ed005eed";

fn hold(lie: Option<&str>) -> (Held, String) {
    let mut args = vec!["outbound-call", "--only", "ranges", "--seed", SEED];
    args.extend(lie.iter().flat_map(|lie| ["--break", lie]));
    let held = Held::start(&args);
    let evidence = store::read(&held.kit.path().join("out")).unwrap();
    (held, evidence.run.registered_url)
}

#[test]
fn a_case_is_still_failing_fixed_or_changed() {
    let (broken, _) = hold(Some("ranges/drops-the-last-byte"));
    let case = broken.kit.path().join("out/cases/outbound-call-ranges-random-length.json");
    let case = case.to_str().unwrap();
    let kit = Kit::new();
    let ran = kit.run(&["replay", case]);
    assert_eq!(ran.exit, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.starts_with("still failing: ranges/random-length with Range: bytes=0-0\n"),
        "{}",
        ran.stdout
    );

    let (honest, url) = hold(None);
    let ran = kit.run(&["replay", case, "--url", &url]);
    assert_eq!(ran.exit, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.starts_with("fixed: "), "{}", ran.stdout);
    honest.end();

    let (other, url) = hold(Some("ranges/zero-is-falsy"));
    let ran = kit.run(&["replay", case, "--url", &url]);
    assert_eq!(ran.exit, 1, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.starts_with("changed: "), "{}", ran.stdout);
    other.end();

    let text = std::fs::read_to_string(case).unwrap();
    broken.end();
    kit.write("case.json", &text);
    let ran = kit.run(&["replay", "case.json"]);
    assert_eq!(ran.exit, 4, "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.starts_with("not asked: "), "{}", ran.stdout);
}

#[test]
fn what_is_no_case_is_refused() {
    let kit = Kit::new();
    kit.write("case.json", "{}");
    assert_eq!(kit.run(&["replay", "case.json"]).exit, 2);
    assert_eq!(kit.run(&["replay", "nowhere.json"]).exit, 2);
}
