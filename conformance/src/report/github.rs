//! Annotations of a GitHub job: workflow commands, one a broken or open check. GitHub shows ten of a kind; the most
//! important come first.

use super::text::{FILE, line};
use super::{broken, labelled, open};
use crate::results::Results;
use std::fmt::Write as _;

/// Annotations of one kind that GitHub shows.
const SHOWN: usize = 10;

/// Renders workflow commands, a line each.
pub fn annotations(results: &Results) -> String {
    let mut text = String::new();
    let mut counts = [0_usize; 3];
    let mut say = |kind: usize, title: &str, message: &str| {
        counts[kind] += 1;
        if counts[kind] <= SHOWN {
            let kind = ["error", "warning", "notice"][kind];
            let _ = writeln!(text, "::{kind} title={}::{}", property(title), data(message));
        }
    };
    for fault in results.harness_faults.iter().chain(&results.setup_faults) {
        say(0, "set-up", fault);
    }
    for waived in &results.waivers {
        say(
            usize::from(!waived.state.is_amiss()),
            &format!("waiver of {}", waived.waiver.check),
            &waived.sentence(),
        );
    }
    for broken in broken(results) {
        let told: Vec<_> = labelled(broken.finding, FILE)
            .into_iter()
            .filter(|(label, _)| ["sent", "expected", "or", "received", "first difference"].contains(label))
            .map(|(label, value)| format!("{label}: {value}"))
            .collect();
        let title = format!("{} in {}", broken.result.check, broken.story);
        let message = format!("{}\n{}", line(&broken.result.title, FILE), told.join("\n"));
        say(if broken.counts { 0 } else { 2 }, &title, &message);
    }
    for open in open(results) {
        let title = format!("{} unjudged in {}", open.result.check, open.stories.join(", "));
        say(if open.counts { 0 } else { 2 }, &title, open.reason);
    }
    text
}

/// What follows the second pair of colons: line breaks would end it.
fn data(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(|part| line(part, FILE)).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::annotations;
    use crate::report::sample;

    #[test]
    fn each_broken_check_is_one_line_that_nothing_breaks_out_of() {
        let said = annotations(&sample::mixed());
        let lines: Vec<_> = said.lines().collect();
        assert_eq!(lines.len(), 4, "{said}");
        assert!(lines.iter().all(|l| l.starts_with("::")), "{said}");
        assert!(
            lines[0].starts_with("::error title=ranges/single in outbound-call::A satisfiable range is answered with 206%0Asent: GET"),
            "{said}"
        );
        assert!(!said.contains(['\0', '\x1b']), "{said}");
        assert_eq!(annotations(&sample::green()), "");
        assert!(annotations(&sample::not_set_up()).starts_with("::error title=set-up::"));
    }
}
