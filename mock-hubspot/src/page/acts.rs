//! What the buttons of the page do: the same as `/_mock/…`, and back to where they were pressed.

use super::{HOME, found, shown, weather};
use crate::control::clock::{NO_TIME, by};
use crate::control::{Order, Scope};
use crate::operation::Operation;
use crate::routes::Query;
use crate::server::Shared;
use crate::weather::{Policy, Strike};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use http::StatusCode;
use std::sync::Arc;

pub(super) async fn retrieve(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> Response {
    let Some(call) = id.parse().ok().and_then(|id| shared.portal.call(id)) else {
        return found(None, "call");
    };
    shared.fetch_recording(call.id);
    Redirect::to(&format!("{HOME}/calls/{}", call.id)).into_response()
}

fn to_weather() -> Response {
    Redirect::to(&format!("{HOME}/weather")).into_response()
}

pub(super) async fn order(State(shared): State<Arc<Shared>>, form: String) -> Response {
    match wanted(&Query::parse(&form)).and_then(|order| order.place(&shared.weather)) {
        Ok(_) => to_weather(),
        Err(why) => shown(StatusCode::BAD_REQUEST, weather::page(&shared, Some(&why))),
    }
}

/// The form of the weather's page.
fn wanted(form: &Query) -> Result<Order, String> {
    let field = |name: &str| form.first(name).unwrap_or_default();
    let number = |name: &str| {
        field(name).parse::<u64>().map_err(|_| format!("\"{}\" is no number of {name}", field(name)))
    };
    let operation: Operation = field("operation").parse().map_err(|_| "choose an operation")?;
    let strike = match field("strike") {
        "throttled-secondly" => Strike::Throttled { policy: Policy::Secondly },
        "throttled-ten-secondly" => Strike::Throttled { policy: Policy::TenSecondly },
        "throttled-daily" => Strike::Throttled { policy: Policy::Daily },
        "delayed" => Strike::Delayed { ms: number("milliseconds")? },
        "cut" => Strike::Cut,
        "reset" => Strike::Reset,
        "stalled" => Strike::Stalled,
        "truncated" => Strike::Truncated { bytes: number("bytes")? as usize },
        "dripping" => {
            let bytes_per_second = u32::try_from(number("bytes")?).map_err(|_| "that is no drip")?;
            Strike::Dripping { bytes_per_second }
        }
        "expired-token" => Strike::ExpiredToken,
        failing => match failing.strip_prefix("failing-").and_then(|status| status.parse().ok()) {
            Some(status) => Strike::Failing { status },
            None => return Err("choose what is to happen".into()),
        },
    };
    let times = u32::try_from(number("times")?).map_err(|_| "that is too often")?;
    let percent =
        Some(field("percent")).filter(|text| !text.is_empty()).map(|_| number("percent")).transpose()?;
    let rate = percent.map(|percent| percent as f64 / 100.0);
    // A rate goes on until it is ended.
    let times = if rate.is_some() { None } else { Some(times) };
    Ok(Order { operation, story: None, strike, times, rate, seed: 0 })
}

pub(super) async fn end(State(shared): State<Arc<Shared>>, Path(rule): Path<String>) -> Response {
    // A rule that ended before is as it should be.
    let _ = rule.parse().is_ok_and(|id| shared.weather.end(id));
    to_weather()
}

pub(super) async fn expire(State(shared): State<Arc<Shared>>) -> Response {
    shared.weather.expire_tokens();
    to_weather()
}

pub(super) async fn clock(State(shared): State<Arc<Shared>>, form: String) -> Response {
    let form = Query::parse(&form);
    let field = |name: &str| form.first(name).unwrap_or_default();
    let clock = shared.portal.clock();
    match field("advance").trim() {
        "" => {}
        text => match by(text) {
            Some(by) => clock.advance(by),
            None => return shown(StatusCode::BAD_REQUEST, weather::page(&shared, Some(NO_TIME))),
        },
    }
    match field("then") {
        "freeze" => clock.freeze(),
        "resume" => clock.resume(),
        _ => {}
    }
    to_weather()
}

pub(super) async fn reset(State(shared): State<Arc<Shared>>, form: String) -> Response {
    let form = Query::parse(&form);
    form.list("scope").into_iter().filter_map(Scope::named).for_each(|scope| shared.reset(scope));
    to_weather()
}
