//! How findings name what was sent and what came: one line each, hostile values clipped. Decides nothing.

use crate::evidence::{Answer, End, Exchange, Outcome};
use crate::verdict::{Finding, Verdict};

const LONGEST: usize = 200;

/// What was sent: `GET recording, Range: bytes=0-0`.
pub(in crate::catalogue) fn sent(exchange: &Exchange) -> String {
    const FIELDS: [&str; 7] = [
        "Range",
        "If-Range",
        "If-None-Match",
        "If-Modified-Since",
        "If-Match",
        "If-Unmodified-Since",
        "Origin",
    ];
    let mut line = format!("{} recording", clip(&exchange.request.method));
    for field in FIELDS {
        if let Some(value) = exchange.sent(field) {
            line.extend([", ", field, ": ", &clip(value)]);
        }
    }
    line
}

/// What came: `206 Partial Content, Content-Range: bytes 0-0/640044, 2 bytes`.
pub(in crate::catalogue) fn received(exchange: &Exchange) -> String {
    received_with(exchange, &["Content-Range"])
}

/// What came, with these header fields where they were sent.
pub(in crate::catalogue) fn received_with(exchange: &Exchange, fields: &[&str]) -> String {
    match &exchange.outcome {
        Outcome::Failed(why) => format!("no answer: {}", clip(why)),
        Outcome::Answered(answer) => answered(answer, fields),
    }
}

fn answered(answer: &Answer, fields: &[&str]) -> String {
    let mut line = status(answer.status);
    for field in fields {
        for value in answer.headers(field) {
            line.extend([", ", field, ": ", &clip(value)]);
        }
    }
    let bytes = count(answer.body.length);
    let end = match &answer.body.end {
        End::Complete => format!(", {bytes}"),
        End::Abandoned => format!(", more than {bytes}"),
        End::CutShort(why) => format!(", cut short after {bytes} ({})", clip(why)),
        End::Stalled(ms) => format!(", {bytes}, then nothing for {ms} ms"),
    };
    line + &end
}

/// `1 byte`, `2 bytes`.
pub(in crate::catalogue) fn count(bytes: u64) -> String {
    if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") }
}

/// `206 Partial Content`.
pub(in crate::catalogue) fn status(code: u16) -> String {
    let reason = http::StatusCode::from_u16(code).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| code.to_string(), |reason| format!("{code} {reason}"))
}

/// A foreign value, made safe for one line of a report.
pub(in crate::catalogue) fn clip(value: &str) -> String {
    let mut safe: String =
        value.chars().take(LONGEST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if value.chars().nth(LONGEST).is_some() {
        safe.push('…');
    }
    safe
}

/// A pass, or the first finding with the number of those that follow it.
pub(in crate::catalogue) fn first(findings: impl IntoIterator<Item = Finding>) -> Verdict {
    let mut findings = findings.into_iter();
    let Some(mut finding) = findings.next() else { return Verdict::Pass };
    finding.more += findings.count();
    Verdict::fail(finding)
}
