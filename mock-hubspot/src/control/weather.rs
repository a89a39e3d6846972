//! `/_mock/weather`: rules ordered, listed with their hits, ended; and the end of all tokens.

use super::{Endpoint, Mistake, absent, bad, reply};
use crate::nearest_miss::StoryKey;
use crate::operation::Operation;
use crate::server::Shared;
use crate::weather::{Listed, Odds, Rule, Strike, Weather};
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{delete, get, post};
use bytes::Bytes;
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

const MOST_TIMES: u32 = 1_000_000;
const LONGEST_DELAY_MS: u64 = 10 * 60 * 1000;

/// A rule as it is ordered from outside.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Order {
    pub(crate) operation: Operation,
    #[serde(default)]
    pub(crate) story: Option<StoryKey>,
    pub(crate) strike: Strike,
    /// Once, where it has no rate; else as often as the rate says.
    #[serde(default)]
    pub(crate) times: Option<u32>,
    /// Strikes this part of the requests.
    #[serde(default)]
    pub(crate) rate: Option<f64>,
    #[serde(default)]
    pub(crate) seed: u64,
}

impl Order {
    /// Orders it, or says what no weather does.
    pub(crate) fn place(self, weather: &Weather) -> Result<Option<Listed>, String> {
        match self.strike {
            Strike::Failing { status } if ![500, 502, 503, 504].contains(&status) => {
                return Err(format!("a server fails with 500, 502, 503 or 504, not with {status}"));
            }
            Strike::Delayed { ms } if ms > LONGEST_DELAY_MS => {
                return Err("a delay is at most ten minutes".into());
            }
            Strike::Dripping { bytes_per_second: 0 } => {
                return Err("an answer drips by at least one byte a second".into());
            }
            _ => {}
        }
        let Self { operation, story, strike, times, rate, seed } = self;
        let times = times.unwrap_or(if rate.is_some() { MOST_TIMES } else { 1 });
        if !(1..=MOST_TIMES).contains(&times) {
            return Err(format!("`times` is between 1 and {MOST_TIMES}"));
        }
        if rate.is_some_and(|rate| !(0.0..=1.0).contains(&rate)) {
            return Err("`rate` is between 0 and 1".into());
        }
        let odds = rate.map(|rate| Odds { rate, seed });
        let id = weather.order_with(Rule { operation, story, strike, times }, odds);
        Ok(weather.listed().into_iter().find(|listed| listed.is(id)))
    }
}

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        ("GET", "/_mock/weather", get(list)),
        ("POST", "/_mock/weather", post(order)),
        ("DELETE", "/_mock/weather", delete(end_all)),
        ("DELETE", "/_mock/weather/{rule}", delete(end)),
        ("POST", "/_mock/tokens/expire", post(expire)),
    ]
}

async fn list(State(shared): State<Arc<Shared>>) -> Response {
    let (rules, expiry) = (shared.weather.listed(), shared.weather.expiry());
    reply(StatusCode::OK, &json!({ "rules": rules, "expired_tokens": expiry }))
}

async fn order(State(shared): State<Arc<Shared>>, body: Bytes) -> Result<Response, Mistake> {
    let order: Order = serde_json::from_slice(&body).map_err(|error| bad(error.to_string()))?;
    let listed = order.place(&shared.weather).map_err(bad)?;
    Ok(reply(StatusCode::CREATED, &listed))
}

async fn end_all(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.weather.end_all();
    StatusCode::NO_CONTENT
}

async fn end(State(shared): State<Arc<Shared>>, Path(rule): Path<String>) -> Result<StatusCode, Mistake> {
    let ended = rule.parse().is_ok_and(|id| shared.weather.end(id));
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(absent("there is no such rule")) }
}

async fn expire(State(shared): State<Arc<Shared>>) -> StatusCode {
    shared.weather.expire_tokens();
    StatusCode::NO_CONTENT
}
