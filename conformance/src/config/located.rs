//! A mistake in a TOML file: where it stands, what it is, what to write instead. Shared by `config/` and `scenario/`.
//!
//! Never shows the value of a key that holds a secret. Pure.

use std::fmt::{self, Display, Formatter};
use std::ops::Range;

/// Keys whose value is never shown, not even where it was written against the rules.
const SECRET_KEYS: [&str; 4] = ["access_token", "developer_key", "refresh_token", "client_secret"];

/// A mistake in a text file, with the place where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The file, as it was named.
    pub origin: String,
    /// Counts from 1.
    pub line: usize,
    /// Counts from 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The line as it stands there, and how many characters of it are wrong.
    pub excerpt: (String, usize),
    /// What to write instead.
    pub help: Option<String>,
}

impl Located {
    /// A mistake at this span of `text`. A message may bring its own help behind `\nhelp: `.
    pub fn at(origin: &str, text: &str, span: Range<usize>, message: &str) -> Self {
        let (message, help) = match message.split_once("\nhelp: ") {
            Some((message, help)) => (message.to_owned(), Some(help.to_owned())),
            None => (message.to_owned(), None),
        };
        let span = narrowed(text, span, &message);
        let before = &text[..span.start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[line_start..].find('\n').map_or(text.len(), |at| line_start + at);
        let wrong = text[span.start..span.end.min(line_end).max(span.start)].chars().count().max(1);
        Self {
            origin: origin.to_owned(),
            line: before.matches('\n').count() + 1,
            column: text[line_start..span.start].chars().count() + 1,
            message,
            excerpt: (without_secret(text, line_start, text[line_start..line_end].trim_end()), wrong),
            help,
        }
    }

    /// What the TOML reader or serde found, in our words.
    pub fn toml(origin: &str, text: &str, error: &toml::de::Error) -> Self {
        let span = error.span().unwrap_or(0..0);
        let span = floor(text, span.start)..floor(text, span.end);
        Self::at(origin, text, span, &in_our_words(error.message()))
    }
}

/// The character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A message that quotes a piece of the span points at that piece.
fn narrowed(text: &str, span: Range<usize>, message: &str) -> Range<usize> {
    let Some(quoted) = message.split('`').nth(1).filter(|q| !q.is_empty()) else { return span };
    match text[span.clone()].find(quoted) {
        Some(at) => span.start + at..span.start + at + quoted.len(),
        None => span,
    }
}

/// The line from `start` on, cut after the equals sign where its key holds a secret or belongs to one that does, and left out
/// within a text of several lines that such a key begins. A template that names one is no key.
fn without_secret(text: &str, start: usize, line: &str) -> String {
    let before = &text[..start];
    let mut at = 0;
    let mut value = "";
    for earlier in before.split_inclusive('\n') {
        if let Some(end) = assigned(earlier) {
            value = before[at + end..].trim_start();
        }
        at += earlier.len();
    }
    let within = |quotes: &str| value.strip_prefix(quotes).is_some_and(|rest| !rest.contains(quotes));
    if within("\"\"\"") || within("'''") {
        return "…".to_owned();
    }
    let table = before.lines().rfind(|line| line.trim_start().starts_with('['));
    let in_secret = table.is_some_and(|table| SECRET_KEYS.iter().any(|key| table.contains(key)));
    let end = assigned(line).or_else(|| line.find('=').filter(|_| in_secret).map(|at| at + 1));
    match end {
        Some(end) => format!("{} …", &line[..end]),
        None => line.to_owned(),
    }
}

/// Where the equals sign behind a key that holds a secret ends, with whatever it is dotted with between.
fn assigned(line: &str) -> Option<usize> {
    let value = |key: &str| {
        let ends = line.match_indices(key).map(|(at, _)| at + key.len());
        let value = |end: usize| {
            let rest = line[end..].trim_start_matches(['"', '\'', ' ', '\t']);
            let dotted = rest.starts_with('.').then(|| rest.find('=')).flatten();
            let equals = if rest.starts_with('=') { Some(0) } else { dotted };
            equals.map(|equals| line.len() - rest.len() + equals + 1)
        };
        ends.filter_map(value).min()
    };
    SECRET_KEYS.into_iter().filter_map(value).min()
}

/// serde's sentences about keys and words, as ours, with the nearest one that exists.
fn in_our_words(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let Some(rest) = message.strip_prefix("missing field ") {
        return format!("the key {rest} is missing");
    }
    let (what, plural) = if message.starts_with("unknown field ") {
        ("key", "keys")
    } else if message.starts_with("unknown variant ") {
        ("word", "words")
    } else {
        return message.replace("expected u32", "expected a whole number");
    };
    let Some((wrong, known)) = quoted.split_first() else { return message.to_owned() };
    format!("unknown {what} `{wrong}`\nhelp: {}", suggestion(wrong, known, plural))
}

/// More than this many words help nobody who was only one letter off.
const LISTED: usize = 25;

/// `did you mean …?` where something is near, and all that exist unless they are many.
pub fn suggestion(wrong: &str, known: &[&str], plural: &str) -> String {
    let listing = if known.is_empty() {
        format!("there are no {plural} here")
    } else {
        format!("the {plural} here are {}", known.join(", "))
    };
    match nearest(wrong, known) {
        Some(near) if known.len() > LISTED => format!("did you mean `{near}`?"),
        _ => nearest_or(wrong, known, &listing),
    }
}

/// `did you mean …?` where something is near, and then where to look.
pub fn nearest_or(wrong: &str, known: &[&str], look: &str) -> String {
    match nearest(wrong, known) {
        Some(near) => format!("did you mean `{near}`? {look}"),
        None => look.to_owned(),
    }
}

/// The known word that is most like a wrong one, if any is.
pub fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    let like = |word: &&str| strsim::jaro_winkler(&wrong.to_lowercase(), word);
    let best = known.iter().copied().max_by(|a, b| like(a).total_cmp(&like(b)))?;
    (like(&best) > 0.8).then_some(best)
}

/// What steers a terminal is a blank.
fn harmless(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

impl Display for Located {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { origin, line, column, message, excerpt: (text, wrong), help } = self;
        let gutter = " ".repeat(line.to_string().len());
        let shown: String = text.chars().map(harmless).collect();
        let said = |text: &str| {
            text.split('\n')
                .map(|line| line.chars().map(harmless).collect())
                .collect::<Vec<String>>()
                .join("\n")
        };
        let wrong = (*wrong).min((shown.chars().count() + 1).saturating_sub(column - 1)).max(1);
        writeln!(f, "{origin}:{line}:{column}: {}", said(message))?;
        writeln!(f, "{gutter} |")?;
        writeln!(f, "{line} | {shown}")?;
        write!(f, "{gutter} | {}{}", " ".repeat(column - 1), "^".repeat(wrong))?;
        match help {
            Some(help) => write!(f, "\nhelp: {}", said(help)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Located {}
