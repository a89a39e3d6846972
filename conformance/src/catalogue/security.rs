//! Where a recording's URL must not lead.

use super::address;
use super::authenticated_url::handed_out;
use super::journey::{clip, together};
use crate::check::{Case, Check, check};
use crate::clauses::{hubspot, rfc9110};
use crate::evidence::{Exchange, Outcome, Probe};
use crate::verdict::{Finding, Verdict};
use std::collections::BTreeSet;

pub(super) static CHECKS: &[&Check] = &[&LINK_LOCAL, &REDIRECTS_END, &STAYS_ON_HTTPS];

check! {
    /// The recording's URL does not lead to a link-local address.
    ///
    /// ## Why it matters
    /// Link-local addresses are a cloud's metadata services. A URL that leads there makes whoever fetches it read secrets of its own machine; HubSpot will not follow.
    ///
    /// ## How to fix
    /// Redirect only to hosts on a list of your own. Do not build redirects from what a client sends (`?next=`, `X-Forwarded-Host`),
    /// and check where a stored URL points before you hand it out.
    static LINK_LOCAL = {
        id: "security/link-local", level: Recommended, profile: Security, since: "0.1.0",
        clauses: &[hubspot::ADDRESSES],
        needs: &[AuthenticatedUrl, Download],
        judge: link_local,
        proof: &["security/link-local"],
    }
}

check! {
    /// The redirects of the recording's URL come to an end.
    ///
    /// ## Why it matters
    /// Players give up after some twenty redirects and show an error. A loop also costs both sides a request for each turn.
    ///
    /// ## How to fix
    /// Redirect once, to the final URL. Loops come from two rules that undo each other: a trailing slash, `http` and `https` behind a
    /// proxy that ends TLS, or a host name with and without `www`.
    static REDIRECTS_END = {
        id: "security/redirects-end", level: Recommended, profile: Security, since: "0.1.0",
        clauses: &[rfc9110::S15_4],
        needs: &[Download],
        judge: redirects_end,
        proof: &["download/needs-a-cookie", "security/redirect-loop"],
    }
}

check! {
    /// A redirect of the recording does not lead from https to http.
    ///
    /// ## Why it matters
    /// HubSpot's page is https, and browsers refuse to fetch `http://` from it: the player stays silent. Who
    /// listens on the way hears the call, and has its URL.
    ///
    /// ## How to fix
    /// Build the Location from the scheme that the client used: behind a proxy that ends TLS that is what
    /// `X-Forwarded-Proto` says (Express `trust proxy`, Django `SECURE_PROXY_SSL_HEADER`, Rails `force_ssl`,
    /// Spring `server.forward-headers-strategy`), or redirect to a path alone.
    static STAYS_ON_HTTPS = {
        id: "security/stays-on-https", level: Recommended, profile: Security, since: "0.1.0",
        clauses: &[rfc9110::S15_4],
        needs: &[Download],
        judge: stays_on_https,
        proof: &["security/leaves-https"],
    }
}
fn stays_on_https(case: &Case) -> Verdict {
    of_downloads(case, |exchange| {
        let down = exchange.hops.iter().find(|hop| {
            hop.url.starts_with("https:") && address::resolved(&hop.url, &hop.location).starts_with("http:")
        });
        let Some(hop) = down else { return Verdict::Pass };
        let finding = Finding::new(
            format!("{} {}", clip(&exchange.request.method), clip(&hop.url)),
            "a redirect to https",
            format!("{} to {}", hop.status, clip(&hop.location)),
        );
        Verdict::fail(finding.seen_in(exchange.id()))
    })
}

/// More redirects than this in a row do not end.
const MOST_HOPS: usize = 20;

/// The requests that asked for the recording.
fn downloads<'a>(case: &Case<'a>) -> impl Iterator<Item = &'a Exchange> {
    case.story.of(Probe::Download)
}

fn of_downloads(case: &Case, judge: impl Fn(&Exchange) -> Verdict) -> Verdict {
    let verdicts: Vec<_> = downloads(case).map(judge).collect();
    if verdicts.is_empty() {
        return Verdict::unjudged("the recording was not asked for");
    }
    together(verdicts)
}

fn link_local(case: &Case) -> Verdict {
    let handed = case.story.of(Probe::AuthenticatedUrl).filter_map(|e| Some((e, handed_out(e)?)));
    let mut handed = handed.filter(|(_, url)| address::is_link_local(url));
    if let Some((exchange, url)) = handed.next() {
        return Verdict::fail(leads_there(exchange, &url));
    }
    of_downloads(case, |exchange| {
        let hop = exchange.hops.iter().map(|hop| address::resolved(&hop.url, &hop.location));
        let mut targets = hop.chain([exchange.request.target.clone()]);
        if let Some(target) = targets.find(|url| address::is_link_local(url)) {
            return Verdict::fail(leads_there(exchange, &target));
        }
        match &exchange.outcome {
            Outcome::Failed(reason) if reason.contains("link-local") => {
                Verdict::fail(leads_there(exchange, reason))
            }
            _ => Verdict::Pass,
        }
    })
}

fn leads_there(exchange: &Exchange, to: &str) -> Finding {
    let first = exchange.hops.first().map_or(&exchange.request.target, |hop| &hop.url);
    let finding = Finding::new(
        format!("{} {}", clip(&exchange.request.method), clip(first)),
        "a public address, or one of your own network",
        format!("it leads to a link-local address: {}", clip(to)),
    );
    finding.differing(clip(to)).seen_in(exchange.id())
}

fn redirects_end(case: &Case) -> Verdict {
    of_downloads(case, |exchange| {
        let distinct: BTreeSet<_> = exchange.hops.iter().map(|hop| (&hop.url, &hop.location)).collect();
        let failed = match &exchange.outcome {
            Outcome::Failed(reason) => {
                let reason = reason.to_ascii_lowercase();
                reason.contains("redirect") && (reason.contains("loop") || reason.contains("too many"))
            }
            Outcome::Answered(_) => false,
        };
        if !failed && exchange.hops.len() <= MOST_HOPS && distinct.len() == exchange.hops.len() {
            return Verdict::Pass;
        }
        let first = exchange.hops.first().map_or(&exchange.request.target, |hop| &hop.url);
        let finding = Finding::new(
            format!("{} {}", clip(&exchange.request.method), clip(first)),
            "an answer after a few redirects at most",
            format!("{} redirects, to {} different places", exchange.hops.len(), distinct.len()),
        );
        Verdict::fail(finding.differing("the redirects do not end").seen_in(exchange.id()))
    })
}

#[cfg(test)]
mod tests;
