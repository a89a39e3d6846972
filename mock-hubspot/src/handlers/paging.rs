//! Pages: `limit` and `after` in, `paging.next` out.

use super::Asked;
use crate::refusal::Refusal;
use crate::switches::Leniency;
use crate::wire::{Next, Page, Paging};

/// How much of a list was asked for, and from where.
pub(super) struct Window {
    pub(super) limit: usize,
    pub(super) after: u64,
}

impl Window {
    /// A limit beyond the highest is taken for the highest, or refused.
    pub(super) fn of(asked: &Asked<'_>, default: usize, highest: usize) -> Result<Self, Refusal> {
        let limit = match asked.query.first("limit") {
            None | Some("") => default,
            Some(text) => match text.parse() {
                Ok(limit) if limit > 0 => limit,
                _ => return Err(Refusal::bad_query_parameter("limit")),
            },
        };
        if limit > highest && asked.switches.page_limit == Leniency::Refuse {
            return Err(Refusal::bad_query_parameter("limit"));
        }
        let after = match asked.query.first("after") {
            None | Some("") => 0,
            Some(text) => text.parse().map_err(|_| Refusal::bad_query_parameter("after"))?,
        };
        Ok(Self { limit: limit.min(highest), after })
    }

    /// A page of what is at hand as a whole, `after` counting results.
    pub(super) fn slice<T>(&self, asked: &Asked<'_>, all: Vec<T>) -> Page<T> {
        let from = usize::try_from(self.after).unwrap_or(usize::MAX);
        let total = all.len();
        let results: Vec<T> = all.into_iter().skip(from).take(self.limit).collect();
        let end = from.saturating_add(results.len());
        page(asked, results, (end < total).then_some(end as u64))
    }
}

/// A page, with the way to the next one where there is one.
pub(super) fn page<T>(asked: &Asked<'_>, results: Vec<T>, next: Option<u64>) -> Page<T> {
    let paging = next.map(|after| {
        let after = after.to_string();
        let link = format!("{}?{}", asked.url(), asked.query.with_after(&after));
        Paging { next: Next { after, link } }
    });
    Page { results, paging }
}
