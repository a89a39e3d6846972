//! `POST /_mock/reset`: all of it, or one scope.

use super::{Endpoint, Mistake, bad};
use crate::routes::Query;
use crate::server::Shared;
use axum::extract::{RawQuery, State};
use axum::routing::post;
use http::StatusCode;
use std::sync::Arc;

/// What is forgotten together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Records, calls, registrations, tokens, recordings: the portal is as it was set up.
    State,
    /// The journal; its numbers start at 1 again.
    Journal,
    /// Rules, and tokens that were expired.
    Weather,
    /// The clock: it shows the machine's time.
    Clock,
}

impl Scope {
    pub(crate) const ALL: [Self; 4] = [Self::State, Self::Journal, Self::Weather, Self::Clock];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Journal => "journal",
            Self::Weather => "weather",
            Self::Clock => "clock",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl Shared {
    pub(crate) fn reset(&self, scope: Scope) {
        match scope {
            Scope::State => self.reset_state(),
            Scope::Journal => self.journal.reset(),
            Scope::Weather => self.weather.reset(),
            Scope::Clock => self.portal.clock().reset(),
        }
    }
}

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![("POST", "/_mock/reset", post(reset))]
}

async fn reset(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Result<StatusCode, Mistake> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let named: Option<Vec<Scope>> = query.list("scope").into_iter().map(Scope::named).collect();
    let named =
        named.ok_or_else(|| bad("`scope` is state, journal, weather or clock, or several with commas between; all of them where it is left out"))?;
    let scopes = if named.is_empty() { &Scope::ALL[..] } else { &named };
    for scope in scopes {
        shared.reset(*scope);
    }
    Ok(StatusCode::NO_CONTENT)
}
