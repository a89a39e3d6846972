//! `/_mock/journal`: filtered, waited for, one by one; as `curl` and as HAR.

use super::{Endpoint, Mistake, absent, bad, curl, har, reply, waiting};
use crate::journal::{Cursor, Direction, Entry, Outcome};
use crate::operation::Operation;
use crate::routes::Query;
use crate::server::Shared;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::{HeaderName, StatusCode, header::CONTENT_TYPE};
use std::sync::Arc;

/// Where the next poll begins.
const CURSOR: HeaderName = HeaderName::from_static("x-mock-cursor");

/// How many of the oldest are here no more.
const CUT: HeaderName = HeaderName::from_static("x-mock-cut");

/// Which exchanges are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) operation: Option<Operation>,
    pub(crate) call_id: Option<u64>,
    pub(crate) outcome: Option<&'static str>,
    pub(crate) direction: Option<Direction>,
    /// Anywhere in the method and the target.
    pub(crate) text: String,
}

/// The kinds of outcome, as they are filtered by.
pub(crate) const OUTCOMES: [&str; 6] = ["served", "refused", "unmatched", "weather", "failed", "pending"];

/// The kind of an outcome, without what it says.
pub(crate) const fn kind(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Served => "served",
        Outcome::Refused(_) => "refused",
        Outcome::Unmatched => "unmatched",
        Outcome::Weather(_) => "weather",
        Outcome::Failed(_) => "failed",
        Outcome::Pending => "pending",
    }
}

/// Who asked whom, in a word.
pub(crate) const DIRECTIONS: [(&str, Direction); 3] = [
    ("arrived", Direction::Arrived),
    ("asked-for-url", Direction::AskedForUrl),
    ("fetched-recording", Direction::FetchedRecording),
];

impl Filter {
    /// As a query says it; empty values do not count.
    pub(crate) fn of(query: &Query) -> Result<Self, String> {
        let given = |name: &str| query.first(name).filter(|value| !value.is_empty());
        let named = |name: &str, known: &[&'static str]| match given(name) {
            None => Ok(None),
            Some(value) => match known.iter().find(|k| **k == value) {
                Some(known) => Ok(Some(*known)),
                None => Err(format!("`{name}` is one of {}", known.join(", "))),
            },
        };
        let direction = named("direction", &DIRECTIONS.map(|(name, _)| name))?;
        Ok(Self {
            operation: given("operation")
                .map(str::parse)
                .transpose()
                .map_err(|error: serde::de::value::Error| error.to_string())?,
            call_id: given("call_id").map(str::parse).transpose().map_err(|_| "`call_id` is a number")?,
            outcome: named("outcome", &OUTCOMES)?,
            direction: direction.and_then(|name| DIRECTIONS.iter().find(|d| d.0 == name)).map(|d| d.1),
            text: given("text").unwrap_or_default().to_owned(),
        })
    }

    pub(crate) fn takes(&self, entry: &Entry) -> bool {
        let says = || {
            let line = format!("{} {}", entry.request.method, entry.request.target).to_lowercase();
            line.contains(&self.text.to_lowercase())
        };
        self.operation.is_none_or(|o| entry.operation == Some(o))
            && self.call_id.is_none_or(|id| entry.call_id == Some(id))
            && self.outcome.is_none_or(|name| kind(&entry.outcome) == name)
            && self.direction.is_none_or(|d| entry.direction == d)
            && (self.text.is_empty() || says())
    }

    /// As a query again.
    pub(crate) fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let mut add = |name: &str, value: Option<&str>| {
            value.filter(|v| !v.is_empty()).inspect(|value| {
                query.append_pair(name, value);
            });
        };
        add("operation", self.operation.map(Operation::name));
        add("call_id", self.call_id.map(|id| id.to_string()).as_deref());
        add("outcome", self.outcome);
        add("direction", DIRECTIONS.iter().find(|d| Some(d.1) == self.direction).map(|d| d.0));
        add("text", Some(&self.text));
        query.finish()
    }
}

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        ("GET", "/_mock/journal", get(list)),
        ("GET", "/_mock/journal.har", get(archive)),
        ("GET", "/_mock/journal/{number}", get(entry)),
        ("GET", "/_mock/journal/{number}/curl", get(command)),
        ("GET", "/_mock/journal/{number}/har", get(one_in_archive)),
    ]
}

async fn list(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Result<Response, Mistake> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let filter = Filter::of(&query).map_err(bad)?;
    let wait = waiting::asked_for(&query)?;
    let since = query.first("since").map(str::parse::<u64>).transpose();
    let since = since.map_err(|_| bad("`since` is a number"))?.unwrap_or(0);
    let cursor = query.first("cursor").map(str::parse::<Cursor>).transpose();
    let mut cursor = cursor.map_err(|()| bad("`cursor` is what `x-mock-cursor` of an earlier reply said"))?;
    let taken = |entry: &Arc<Entry>| filter.takes(entry) && entry.number > since;
    // Without cursor and wait, what has no answer yet is shown too.
    if wait.is_zero() && cursor.is_none() {
        let end = shared.journal.end();
        let entries: Vec<Arc<Entry>> = shared.journal.read_since(since).into_iter().filter(taken).collect();
        let response = ([(CURSOR, end.to_string())], reply(StatusCode::OK, &entries)).into_response();
        return Ok(marked(&shared, response));
    }
    let (entries, end) = waiting::until(&shared, wait, || {
        let (settled, end) = shared.journal.settled_since(cursor.unwrap_or_default());
        let entries: Vec<Arc<Entry>> = settled.into_iter().filter(taken).collect();
        if entries.is_empty() {
            // What is still pending changes once more when it is settled.
            cursor = Some(end);
        }
        (!entries.is_empty(), (entries, end))
    })
    .await;
    let response = ([(CURSOR, end.to_string())], reply(StatusCode::OK, &entries)).into_response();
    Ok(marked(&shared, response))
}

/// How many exchanges are here no more, in a sentence; `None` where all are.
pub(crate) fn cut_of(shared: &Shared) -> Option<String> {
    let cut = shared.journal.cut();
    let elsewhere = match &shared.site.store {
        Some(store) => format!("the store {} keeps them", store.path().display()),
        None => "--journal-exchanges and --journal-mib make more, --store keeps all on disk".to_owned(),
    };
    (cut > 0).then(|| {
        format!("the oldest {cut} exchanges are here no more, because there was no room; {elsewhere}")
    })
}

/// Tells, where exchanges were cut, how many.
fn marked(shared: &Shared, mut response: Response) -> Response {
    if shared.journal.cut() > 0 {
        response.headers_mut().insert(CUT, shared.journal.cut().into());
    }
    response
}

/// The exchange with that number.
fn find(shared: &Shared, number: &str) -> Result<Entry, Mistake> {
    let entry = number.parse().ok().and_then(|number| shared.journal.entry(number));
    entry.ok_or_else(|| match (number.parse(), cut_of(shared)) {
        (Ok(number), Some(cut)) if (1..=shared.journal.len()).contains(&number) => absent(&cut),
        _ => absent("there is no such entry yet"),
    })
}

async fn entry(State(shared): State<Arc<Shared>>, Path(number): Path<String>) -> Result<Response, Mistake> {
    Ok(reply(StatusCode::OK, &find(&shared, &number)?))
}

async fn command(State(shared): State<Arc<Shared>>, Path(number): Path<String>) -> Result<Response, Mistake> {
    let text = curl::command(&find(&shared, &number)?, &shared.site.address);
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}

async fn archive(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Result<Response, Mistake> {
    let filter = Filter::of(&Query::parse(query.as_deref().unwrap_or_default())).map_err(bad)?;
    let taken = shared.journal.read().into_iter().filter(|entry| filter.takes(entry));
    Ok(har_of(&shared, &taken.collect::<Vec<_>>(), "journal"))
}

async fn one_in_archive(
    State(shared): State<Arc<Shared>>,
    Path(number): Path<String>,
) -> Result<Response, Mistake> {
    let entry = find(&shared, &number)?;
    let name = format!("exchange-{}", entry.number);
    Ok(har_of(&shared, &[Arc::new(entry)], &name))
}

fn har_of(shared: &Shared, entries: &[Arc<Entry>], name: &str) -> Response {
    let mut archive = har::archive(entries, &shared.site.address, |entry| shared.journal.moment(entry));
    if let Some(cut) = cut_of(shared) {
        archive["log"]["comment"] = format!("secrets are cut; durations are not measured; {cut}").into();
    }
    let disposition = format!("attachment; filename=\"{name}.har\"");
    ([(http::header::CONTENT_DISPOSITION, disposition)], reply(StatusCode::OK, &archive)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_as_it_is_written() {
        let query = "operation=log-call&call_id=7&outcome=refused&direction=arrived&text=a%26b";
        let filter = Filter::of(&Query::parse(query)).expect("a filter");
        assert_eq!(filter.query(), query);
        assert_eq!(Filter::of(&Query::parse("operation=&call_id=&text=")), Ok(Filter::default()));
        for wrong in ["operation=log-cal", "call_id=x", "outcome=good", "direction=up"] {
            assert!(Filter::of(&Query::parse(wrong)).is_err(), "{wrong}");
        }
    }
}
