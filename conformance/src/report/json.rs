//! `results.json`: the results themselves.

use crate::results::Results;

/// The JSON Schema of `results.json`, draft 2020-12. `conformance list --schema` prints it; a test validates real results.
pub const SCHEMA: &str = include_str!("results.schema.json");

/// Renders `results.json`.
pub fn render(results: &Results) -> String {
    let mut text =
        serde_json::to_string_pretty(results).expect("results hold nothing that JSON has no word for");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::SCHEMA;
    use crate::report::sample;
    use crate::results::Results;
    use crate::shard::Shard;
    use crate::waiver::{State, Waived, Waiver};
    use serde_json::{Value, json};

    #[test]
    fn what_is_written_can_be_read_again() {
        for results in [sample::mixed(), sample::green()] {
            let text = super::render(&results);
            assert_eq!(serde_json::from_str::<Results>(&text).ok(), Some(results));
            assert!(!text.contains(['\0', '\x1b']));
        }
    }

    /// Whether a value is what the schema says.
    fn validator() -> impl Fn(&Value) -> bool {
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        compiler.add_resource("results.json", serde_json::from_str(SCHEMA).unwrap()).unwrap();
        let index = compiler.compile("results.json", &mut schemas).unwrap();
        move |value| schemas.validate(value, index).is_ok()
    }

    /// Results in which every member occurs that there is.
    fn full() -> Value {
        let mut results = sample::mixed();
        let waiver = Waiver {
            check: "ranges/single".into(),
            reason: "known".into(),
            ticket: "T-1".into(),
            expires: "2999-12-31".into(),
        };
        let stories = vec!["outbound-call".into()];
        results.waivers = vec![Waived { waiver, state: State::Holds, stories }];
        results.shard = Some(Shard { index: 1, of: 4 });
        (results.setup_faults, results.harness_faults) = (vec!["no".into()], vec!["oh".into()]);
        let counts = ["pass", "fail", "not applicable", "unjudged"];
        results.standing.counts = counts.map(|word| (word.to_owned(), 1)).into();
        serde_json::to_value(results).unwrap()
    }

    /// The places of a value and of all that is in it, as JSON pointers.
    fn places(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                places(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
            }),
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(n, item)| places(item, &format!("{at}/{n}"), found));
            }
            _ => {}
        }
    }

    #[test]
    fn the_schema_has_every_member_and_no_other_and_knows_what_each_is() {
        const OPTIONAL: &[&str] = &[
            "shard",
            "waivers",
            "setup_faults",
            "harness_faults",
            "not_told",
            "first_difference",
            "curl",
            "more",
            "measured",
            "shapes",
            "bytes_per_second",
        ];
        let (is_valid, results) = (validator(), full());
        assert!(is_valid(&results), "{results:#}");
        let mut all = Vec::new();
        places(&results, "", &mut all);
        assert!(all.len() > 150, "{}", all.len());
        for place in &all {
            let changed = |change: &dyn Fn(&mut Value)| {
                let mut results = results.clone();
                change(results.pointer_mut(place).unwrap());
                is_valid(&results)
            };
            assert!(!changed(&|value| *value = json!(null)), "{place} may be null");
            if results.pointer(place).unwrap().is_object() {
                assert!(!changed(&|value| value["else"] = json!(1)), "{place} may have other members");
            }
            let Some((parent, name)) = place.rsplit_once('/') else { continue };
            let mut without = results.clone();
            let Some(Value::Object(parent)) = without.pointer_mut(parent) else { continue };
            parent.remove(name);
            let may_lack = OPTIONAL.contains(&name) || place.contains("/waivers/0/stories");
            assert_eq!(is_valid(&without), may_lack, "{place} is left out");
        }
        let mut another = results.clone();
        another["schema"] = json!("conformance-results/2");
        assert!(!is_valid(&another));
    }
}
