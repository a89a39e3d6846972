//! `results.json`: the results themselves.

use crate::results::Results;

/// Renders `results.json`.
pub fn render(results: &Results) -> String {
    let mut text =
        serde_json::to_string_pretty(results).expect("results hold nothing that JSON has no word for");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use crate::report::sample;
    use crate::results::Results;

    #[test]
    fn what_is_written_can_be_read_again() {
        for results in [sample::mixed(), sample::green()] {
            let text = super::render(&results);
            assert_eq!(serde_json::from_str::<Results>(&text).ok(), Some(results));
            assert!(!text.contains(['\0', '\x1b']));
        }
    }
}
