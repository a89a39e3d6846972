//! One request: written down raw, recognised, struck by the weather, let in, answered, written down again.
//!
//! Knows no sockets. Read next: `routes.rs`, `handlers/mod.rs`, `weather.rs`.

use crate::auth::{Identity, Strictness};
use crate::handlers::{self, Answer, Asked};
use crate::journal::{Credential, Outcome, Recognised, Ticket};
use crate::leniency;
use crate::limits::{Counted, Quota};
use crate::operation::Operation;
use crate::portal::Portal;
use crate::recurring::{CORRELATION_ID, Ours};
use crate::refusal::{JSON, RETRY_AFTER, Refusal};
use crate::routes::{self, Matched, Query};
use crate::scopes::{self, Need};
use crate::server::Shared;
use crate::shared::EXTERNAL_IDS;
use crate::store::StoreError;
use crate::switches::{Presence, Switches, UntypedPut, WrongMethod};
use crate::weather::{Flow, Strike, Struck};
use axum::body::Body;
use axum::response::Response;
use bytestring::ByteString;
use compact_str::CompactString;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, StatusCode};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

/// The longest path and query that are looked at; HubSpot's limit is not known.
const LONGEST_TARGET: usize = 48 * 1024;

/// The weather cut the connection: hyper closes it without a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    Closed,
    Reset,
}

/// How long nothing is answered at most.
const LONGEST_STALL: Duration = Duration::from_mins(10);

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the weather cut the connection")
    }
}

impl std::error::Error for Cut {}

/// Answers a request, or refuses it for what was wrong with its body.
pub(crate) async fn attend(
    shared: Arc<Shared>,
    parts: &Parts,
    body: &[u8],
    trouble: Option<Refusal>,
) -> Result<Response, Cut> {
    let target = match parts.uri.path_and_query().map(PathAndQuery::as_str) {
        Some(target) if target.starts_with('/') => Cow::Borrowed(target),
        _ => Cow::Owned(parts.uri.to_string()),
    };
    let ticket = shared.journal.arrived(parts, &target, body);
    let trouble = trouble.or_else(|| (target.len() > LONGEST_TARGET).then(Refusal::too_long));
    // Whatever is reset meanwhile, it ends on the state on which it began.
    let portal = shared.portal.of_today();
    let mut visit = Visit { shared: &shared, portal, ticket, flow: Flow::Whole, recognised: None };
    let answer = match trouble {
        Some(refusal) => Ok(visit.refuse(&refusal, Outcome::Refused(refusal.message.clone()))),
        None => visit.answer(parts, body).await,
    };
    // Nothing is acknowledged before it is on the disk, where there is one.
    match shared.settled().await {
        Ok(()) => answer,
        Err(error) => Ok(visit.reply_to_nobody(&error)),
    }
}

/// One request that is written down and waits for its answer.
struct Visit<'a> {
    shared: &'a Arc<Shared>,
    portal: Portal,
    ticket: Ticket,
    /// How the body of the answer flows.
    flow: Flow,
    /// What the request was recognised as, to be written down with the answer.
    recognised: Option<Recognised>,
}

impl Visit<'_> {
    async fn answer(&mut self, parts: &Parts, body: &[u8]) -> Result<Response, Cut> {
        let shared = self.shared;
        let (method, uri) = (parts.method.as_str(), &parts.uri);
        let text = |name| parts.headers.get(name).map(lossy);
        let query = Query::parse(uri.query().unwrap_or_default());
        let identity = Identity::of(text(AUTHORIZATION).as_deref(), &query, &self.portal);
        let (route, params) = match routes::find(method, uri.path()) {
            Matched::Found(route, params) => (route, params),
            missed => {
                shared.journal.note_credential(self.ticket, identity.credential);
                let refusal = no_route(&missed, method, uri.path(), &shared.switches);
                return Ok(self.refuse(&refusal, Outcome::Unmatched));
            }
        };
        let (host, content_type) = (text(HOST), text(CONTENT_TYPE));
        let host = host.as_deref().unwrap_or("api.hubapi.com");
        let asked = Asked {
            route,
            params: &params,
            query: &query,
            content_type: content_type.as_deref(),
            body,
            address: &shared.site.address,
            host,
            path: uri.path(),
            portal: &self.portal,
            switches: &shared.switches,
            strictness: shared.strictness,
        };
        let subject = asked.subject(shared.weather.is_fine());
        let (credential, operation, version) = (identity.credential, route.operation, route.version);
        let call_id = subject.call_id;
        let recognised = |params| Recognised { credential, operation, version, params, call_id };
        if let Some((strike, held)) = shared.weather.strike(route.operation, &subject, &identity) {
            // It may take a while.
            shared.journal.recognise(self.ticket, recognised(params.clone()));
            match strike {
                Strike::Delayed { ms } => tokio::time::sleep(Duration::from_millis(ms)).await,
                Strike::Truncated { .. } | Strike::Dripping { .. } => self.flow = strike.flow(),
                strike => return self.strike((strike, held), route.operation).await,
            }
        }
        let _turn = shared.turn();
        let need = scopes::need(route, &params);
        let strictly = identity.allows(&need, method, &shared.switches);
        let warning = leniency::of_credential(&strictly);
        let allowed = if shared.strictness == Strictness::Strict { strictly } else { Ok(()) };
        let counted = match need {
            Need::Nothing => Counted::Free,
            _ if route.operation == Operation::Search => Counted::Search,
            _ => Counted::Call,
        };
        let counting = || shared.weather.count(&identity, counted, shared.switches.rate_limit_headers);
        let answer = allowed.and_then(|()| counting()).and_then(|quota| match handlers::answer(&asked) {
            Ok(answer) => Ok((answer, quota)),
            Err(refusal) => Err(quota.into_iter().fold(refusal, |r, (name, value)| r.header(name, value))),
        });
        self.recognised = Some(recognised(params));
        Ok(match answer {
            Ok((answer, mut quota)) => {
                let warnings =
                    warning.into_iter().chain(leniency::of_answer(route.operation, answer.body.as_deref()));
                quota.extend(leniency::header(warnings));
                self.serve(answer, quota)
            }
            Err(refusal) => self.refuse(&refusal, Outcome::Refused(refusal.message.clone())),
        })
    }

    async fn strike(&mut self, (strike, held): Struck, operation: Operation) -> Result<Response, Cut> {
        let outcome = Outcome::Weather(strike.name().to_owned());
        if strike == Strike::ExpiredToken {
            self.shared.journal.note_credential(self.ticket, Credential::ExpiredToken);
        }
        if let Some(mut refusal) = strike.refusal(self.shared.portal.now(), held) {
            if operation == Operation::Search {
                // Searches tell no limits.
                refusal.headers.retain(|(name, _)| *name == RETRY_AFTER);
            }
            return Ok(self.refuse(&refusal, outcome));
        }
        self.shared.journal.close(self.ticket, None, outcome, None);
        match strike {
            Strike::Reset => Err(Cut::Reset),
            Strike::Stalled => {
                // Who gives up waiting ends this too.
                let _ = tokio::time::timeout(LONGEST_STALL, self.shared.site.stopped()).await;
                Err(Cut::Closed)
            }
            _ => Err(Cut::Closed),
        }
    }

    fn serve(&mut self, answer: Answer, mut quota: Quota) -> Response {
        for id in answer.call_id.iter().flat_map(|id| self.portal.texts_of_call(*id, EXTERNAL_IDS)) {
            self.shared.secrets.spare(&id);
        }
        if let Some(call_id) = answer.ready {
            self.shared.fetch_recording(call_id);
        }
        if let Some(token) = &answer.issued {
            self.shared.secrets.know(token);
            self.shared.site.isolated.issued(token, self.shared);
        }
        quota.extend(answer.headers);
        let body = answer.body.map(|json| (JSON, json));
        self.reply(answer.status, body, quota, Outcome::Served, answer.call_id)
    }

    fn refuse(&mut self, refusal: &Refusal, outcome: Outcome) -> Response {
        let body = refusal.write(&correlation_id(self.ticket.number));
        let mut headers = refusal.headers.clone();
        if self.shared.switches.retry_after != Presence::Present {
            headers.retain(|(name, _)| *name != RETRY_AFTER);
        }
        self.reply(refusal.status, Some(body), headers, outcome, None)
    }

    /// What was done cannot be kept: nobody may take it for done.
    fn reply_to_nobody(&self, error: &StoreError) -> Response {
        let (media_type, text) =
            Refusal::new(500, error.to_string()).write(&correlation_id(self.ticket.number));
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        response
    }

    /// Writes the reply down, then sends it.
    fn reply(
        &mut self,
        status: u16,
        body: Option<(&'static str, String)>,
        more: Vec<Ours>,
        outcome: Outcome,
        call_id: Option<u64>,
    ) -> Response {
        let mut headers = Vec::with_capacity(3 + more.len());
        headers.push((CORRELATION_ID, correlation_id(self.ticket.number)));
        headers.extend(
            body.iter().map(|(media_type, _)| ("content-type", CompactString::const_new(media_type))),
        );
        headers.extend(more);
        let text = ByteString::from(body.map(|(_, text)| text).unwrap_or_default());
        let (to_send, headers) = self.shared.head.of(headers, &self.shared.secrets);
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = to_send;
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let outcome = match self.flow {
            Flow::Truncated { bytes } if bytes < text.len() => Outcome::Weather("truncated".into()),
            _ => outcome,
        };
        if self.flow != Flow::Whole {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
        }
        let recognised = self.recognised.take();
        self.shared.journal.answer(self.ticket, recognised, (status, headers, &text), outcome, call_id);
        *response.body_mut() = self.flow.body(text);
        response
    }
}

/// The refusal of a path that leads nowhere, or not by that method.
fn no_route(missed: &Matched, method: &str, path: &str, switches: &Switches) -> Refusal {
    if let Matched::WrongMethod(allowed) = missed {
        return match switches.wrong_method {
            WrongMethod::MethodNotAllowed => Refusal::wrong_method(allowed),
            WrongMethod::NotFound => Refusal::no_route(),
        };
    }
    let refusal = match switches.untyped_put {
        UntypedPut::MethodNotAllowed if routes::is_untyped_link(method, path) => {
            Refusal::wrong_method(&["GET"])
        }
        UntypedPut::BadRequest if routes::is_untyped_link(method, path) => Refusal::no_body(),
        _ => Refusal::no_route(),
    };
    leniency::of_miss(path).into_iter().fold(refusal, Refusal::warning)
}

/// What a request's field says; most of them are text, which is seen at a glance.
fn lossy(value: &HeaderValue) -> Cow<'_, str> {
    let bytes = value.as_bytes();
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// A UUID that says which exchange it belongs to, the same in every run.
fn correlation_id(number: u64) -> CompactString {
    let mut id = *b"0190c0de-0000-7000-8000-000000000000";
    for (at, digit) in id.iter_mut().rev().take(12).enumerate() {
        *digit = b"0123456789abcdef"[(number >> (at * 4) & 0xf) as usize];
    }
    CompactString::from(str::from_utf8(&id).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correlation_id_is_a_uuid_of_the_exchange_s_number() {
        assert_eq!(correlation_id(26), "0190c0de-0000-7000-8000-00000000001a");
    }
}
