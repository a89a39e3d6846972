//! `/_mock/clock`: what the portal's clock shows; freeze it, put it forward, let it run on.

use super::{Endpoint, Mistake, bad, reply};
use crate::portal::{Clock, FARTHEST, moment};
use crate::server::Shared;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use http::StatusCode;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// What is to be done, in this order.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Order {
    freeze: bool,
    advance: Option<String>,
    resume: bool,
}

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![("GET", "/_mock/clock", get(read)), ("POST", "/_mock/clock", post(order))]
}

fn told(clock: &Clock) -> Response {
    let (now, frozen, ahead_ms) = (moment::written(clock.now()), clock.is_frozen(), clock.ahead_ms());
    reply(StatusCode::OK, &json!({ "now": now, "frozen": frozen, "ahead_ms": ahead_ms }))
}

async fn read(State(shared): State<Arc<Shared>>) -> Response {
    told(shared.portal.clock())
}

async fn order(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Response, Mistake> {
    let order: Order = serde_json::from_slice(&body).map_err(|error| bad(error.to_string()))?;
    let advance = order.advance.as_deref().map(read_duration).transpose()?;
    let clock = shared.portal.clock();
    if order.freeze {
        clock.freeze();
    }
    if let Some(by) = advance {
        clock.advance(by);
    }
    if order.resume {
        clock.resume();
    }
    Ok(told(clock))
}

/// Why a text is no time by which a clock goes forward.
pub(crate) const NO_TIME: &str =
    "`advance` is a time such as 500ms, 30s, 31m or 36h, at most ten years; no clock goes back";

/// The time by which a clock goes forward.
pub(crate) fn by(text: &str) -> Option<SignedDuration> {
    text.parse::<SignedDuration>().ok().filter(|by| !by.is_negative() && *by <= FARTHEST)
}

fn read_duration(text: &str) -> Result<SignedDuration, Mistake> {
    by(text).ok_or_else(|| bad(NO_TIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_goes_forward_by_what_is_written() {
        let read = |text: &str| read_duration(text).ok().map(|by| by.as_millis());
        assert_eq!(read("500ms"), Some(500));
        assert_eq!(read("31m"), Some(1_860_000));
        assert_eq!(read("1h 30m"), Some(5_400_000));
        assert_eq!([read("-1s"), read("soon"), read(""), read("90000h")], [None; 4]);
    }
}
