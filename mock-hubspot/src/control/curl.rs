//! An exchange as a `curl` command, for pasting. What was cut is asked of the shell: `$SECRET_1`.
//!
//! Pure. Read next: `har.rs`.

use super::Address;
use crate::exchange::{Body, header};
use crate::journal::{Direction, Entry};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What `curl` sets by itself, or what would be wrong the second time.
const LEFT_OUT: &[&str] = &[
    "host",
    "content-length",
    "connection",
    "transfer-encoding",
    "expect",
    "te",
    "accept-encoding",
    "accept-language",
    "sec-fetch-mode",
];

/// The absolute URL that was asked; `here` is where the mock is.
pub(crate) fn url_of(entry: &Entry, here: &Address) -> String {
    match entry.direction {
        Direction::Arrived if entry.request.target.starts_with('/') => {
            let host = header(&entry.request.headers, "host").filter(|host| !host.is_empty());
            let base = host.map_or_else(|| here.url(), |host| here.url_for(host));
            format!("{base}{}", entry.request.target)
        }
        _ => entry.request.target.clone(),
    }
}

/// The command; lines before it say which secrets it wants.
pub(crate) fn command(entry: &Entry, here: &Address) -> String {
    let request = &entry.request;
    let mut line = format!("curl -g -i -X {}", quoted(&request.method));
    for (name, value) in &request.headers {
        if !LEFT_OUT.contains(&name.to_ascii_lowercase().as_str()) {
            let _ = write!(line, " \\\n  -H {}", quoted(&format!("{name}: {value}")));
        }
    }
    let mut notes = String::new();
    match &request.body {
        Body::Empty => {}
        Body::Text(text) => {
            let _ = write!(line, " \\\n  --data-raw {}", quoted(text));
        }
        Body::Bytes { length, .. } => {
            let _ = writeln!(notes, "# its body of {length} bytes was not kept: put a file in its place");
            line.push_str(" \\\n  --data-binary @body");
        }
    }
    let _ = write!(line, " \\\n  --url {}", quoted(&url_of(entry, here)));
    let secrets: BTreeSet<usize> = placeholders(&line).collect();
    for secret in secrets {
        let _ = writeln!(notes, "# SECRET_{secret}=… was cut from the journal: set it first");
    }
    format!("{notes}{line}\n")
}

/// In single quotes for a POSIX shell; a placeholder becomes a variable.
fn quoted(text: &str) -> String {
    let mut quoted = format!("'{}'", text.replace('\'', r"'\''"));
    for (from, number) in spots(&quoted.clone()).into_iter().rev() {
        let length = format!("<secret:{number}>").len();
        quoted.replace_range(from..from + length, &format!("'\"$SECRET_{number}\"'"));
    }
    quoted
}

/// Where placeholders stand, with their numbers.
fn spots(text: &str) -> Vec<(usize, usize)> {
    let found = text.match_indices("<secret:").filter_map(|(at, open)| {
        let (digits, _) = text[at + open.len()..].split_once('>')?;
        (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| digits.parse().ok())
            .flatten()
            .filter(|number: &usize| number.to_string() == digits)
            .map(|number| (at, number))
    });
    found.collect()
}

fn placeholders(line: &str) -> impl Iterator<Item = usize> {
    line.split("\"$SECRET_").skip(1).filter_map(|rest| rest.split_once('"')?.0.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Request;
    use crate::journal::{Credential, Outcome};

    fn entry(method: &str, target: &str, headers: &[(&str, &str)], body: Body) -> Entry {
        Entry {
            number: 1,
            at_ms: 0,
            direction: Direction::Arrived,
            operation: None,
            version: None,
            params: crate::texts::Texts::default(),
            credential: Credential::None,
            request: Request {
                method: method.into(),
                target: target.into(),
                headers: headers.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
                body,
            },
            reply: None,
            outcome: Outcome::Served,
            call_id: None,
        }
    }

    fn here() -> Address {
        std::net::SocketAddr::from(([127, 0, 0, 1], 1)).into()
    }

    #[test]
    fn what_was_sent_can_be_sent_again() {
        let headers =
            [("host", "localhost:4600"), ("Authorization", "Bearer <secret:2>"), ("content-length", "9")];
        let body = Body::Text(r#"{"a":"it's"}"#.into());
        assert_eq!(
            command(&entry("POST", "/crm/x?hapikey=<secret:1>", &headers, body), &here()),
            r#"# SECRET_1=… was cut from the journal: set it first
# SECRET_2=… was cut from the journal: set it first
curl -g -i -X 'POST' \
  -H 'Authorization: Bearer '"$SECRET_2"'' \
  --data-raw '{"a":"it'\''s"}' \
  --url 'http://localhost:4600/crm/x?hapikey='"$SECRET_1"''
"#
        );
    }

    #[test]
    fn nothing_that_was_sent_is_run_by_the_shell() {
        let hostile = "/x$(touch /tmp/a)`b`\"'; rm -rf / #<secret:1'>";
        let shown = command(&entry("GET", hostile, &[], Body::Empty), &here());
        assert!(
            shown.ends_with(
                "--url 'http://127.0.0.1:1/x$(touch /tmp/a)`b`\"'\\''; rm -rf / #<secret:1'\\''>'\n"
            ),
            "{shown}"
        );
    }
}
