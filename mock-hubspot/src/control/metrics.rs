//! `/_mock/metrics`: counts for a monitoring system, in the text format of Prometheus (version 0.0.4).
//!
//! All of it is counted in what the journal holds, so a reset of the journal begins anew, as a restart would.

use super::Endpoint;
use crate::journal::{Direction, Entry, Outcome};
use crate::server::Shared;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::CONTENT_TYPE;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![("GET", "/_mock/metrics", get(metrics))]
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    let open = shared.site.connections();
    ([(CONTENT_TYPE, TEXT)], exposition(&shared.journal.read(), open)).into_response()
}

fn exposition(entries: &[Arc<Entry>], connections: usize) -> String {
    let mut requests = BTreeMap::<(&str, String), u64>::new();
    let mut retrievals = BTreeMap::<(&str, &str), u64>::new();
    for entry in entries {
        match entry.direction {
            Direction::Arrived => {
                let operation = entry.operation.map_or("none", |operation| operation.name());
                // Without a reply it is under way, or the weather cut its connection.
                let status = entry.reply.as_ref().map_or("none".to_owned(), |reply| reply.status.to_string());
                *requests.entry((operation, status)).or_default() += 1;
            }
            Direction::AskedForUrl => *retrievals.entry(("url", outcome(entry))).or_default() += 1,
            Direction::FetchedRecording => *retrievals.entry(("recording", outcome(entry))).or_default() += 1,
        }
    }
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, rows: Vec<(String, u64)>| {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in rows {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let rows = requests.into_iter().map(|((operation, status), count)| {
        (format!("{{operation=\"{operation}\",status=\"{status}\"}}"), count)
    });
    family("mock_hubspot_requests_total", "counter", "Requests of integrations.", rows.collect());
    let rows = retrievals
        .into_iter()
        .map(|((what, outcome), count)| (format!("{{asked=\"{what}\",outcome=\"{outcome}\"}}"), count));
    family("mock_hubspot_retrievals_total", "counter", "Requests of HubSpot's own side.", rows.collect());
    let size = vec![(String::new(), entries.len() as u64)];
    family("mock_hubspot_journal_exchanges", "gauge", "Exchanges that the journal holds.", size);
    let open = vec![(String::new(), connections as u64)];
    family("mock_hubspot_connections", "gauge", "Connections that are open.", open);
    text
}

fn outcome(entry: &Entry) -> &'static str {
    match (&entry.outcome, &entry.reply) {
        (Outcome::Pending, _) => "pending",
        (Outcome::Served, Some(reply)) if reply.status < 400 => "answered",
        _ => "failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Headers;
    use crate::journal::{Credential, Journal, RawRequest, Recognised};
    use crate::operation::Operation;
    use crate::secrets::Secrets;
    use crate::texts::Texts;
    use crate::versions::ApiVersion;

    #[test]
    fn requests_are_counted_by_operation_and_status_and_retrievals_by_outcome() {
        let journal = Journal::new(Secrets::new());
        let open = |direction| {
            let raw = RawRequest { method: "GET", target: "/x", headers: Headers::new(), body: b"" };
            journal.open(direction, raw, None)
        };
        for _ in 0..2 {
            let ticket = open(Direction::Arrived);
            journal.recognise(
                ticket,
                Recognised {
                    credential: Credential::None,
                    operation: Operation::LogCall,
                    version: ApiVersion::V3,
                    params: Texts::default(),
                    call_id: None,
                },
            );
            journal.answer(ticket, None, (201, Headers::new(), &"".into()), Outcome::Served, None);
        }
        open(Direction::Arrived);
        let fetched = open(Direction::FetchedRecording);
        journal.answer(fetched, None, (200, Headers::new(), &"".into()), Outcome::Served, None);
        let failed = open(Direction::AskedForUrl);
        journal.fail(failed, "nobody there");
        let text = exposition(&journal.read(), 3);
        for line in [
            "# TYPE mock_hubspot_requests_total counter",
            "mock_hubspot_requests_total{operation=\"log-call\",status=\"201\"} 2",
            "mock_hubspot_requests_total{operation=\"none\",status=\"none\"} 1",
            "mock_hubspot_retrievals_total{asked=\"recording\",outcome=\"answered\"} 1",
            "mock_hubspot_retrievals_total{asked=\"url\",outcome=\"failed\"} 1",
            "mock_hubspot_journal_exchanges 5",
            "mock_hubspot_connections 3",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is missing in\n{text}");
        }
    }
}
