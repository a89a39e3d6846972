//! What a page of another origin may read of a recording (Fetch, CORS). HubSpot does not say whether its player needs it,
//! so none of this is required.

use crate::catalogue::ranges::telling::{clip, first, received_with, sent, status};
use crate::check::{Case, Check, check};
use crate::clauses::players;
use crate::evidence::{Answer, Exchange, Probe};
use crate::verdict::{Finding, Verdict};

pub(in crate::catalogue) static CHECKS: &[&Check] =
    &[&CORS, &CORS_EXPOSES, &CORS_EVERYWHERE, &CORS_VARY, &PREFLIGHT];

const ALLOW: &str = "Access-Control-Allow-Origin";
const EXPOSE: &str = "Access-Control-Expose-Headers";

check! {
    /// Pages of other origins may read the recording: Access-Control-Allow-Origin is sent.
    ///
    /// ## Why it matters
    /// An audio element plays without it. A player that draws a waveform, or fetches by script, gets nothing.
    ///
    /// ## How to fix
    /// Send `Access-Control-Allow-Origin: *` with recordings: the signature in the URL protects them, not the
    /// origin. In S3 set the bucket's CORS rules, in nginx `add_header … always`.
    static CORS = {
        id: "download/cors", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[players::CORS],
        needs: &[Origins],
        judge: cors,
        proof: &["download/no-cors"],
    }
}
fn cors(case: &Case) -> Verdict {
    each(case, &["part", "whole"], |exchange, answer| {
        let origin = exchange.sent("origin").unwrap_or_default();
        let allows = answer.header(ALLOW).map(str::trim);
        (allows != Some("*") && allows != Some(origin))
            .then(|| (format!("{ALLOW}: *"), told(exchange, ALLOW)))
    })
}

check! {
    /// Scripts of other origins may read Content-Range.
    ///
    /// ## Why it matters
    /// Without it a script that may read the bytes does not learn where they lie, or how long the recording
    /// is.
    ///
    /// ## How to fix
    /// Send `Access-Control-Expose-Headers: Content-Range, Accept-Ranges, Content-Length, ETag` beside
    /// Access-Control-Allow-Origin.
    static CORS_EXPOSES = {
        id: "download/cors-exposes", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[players::CORS],
        needs: &[Origins],
        judge: cors_exposes,
        proof: &["download/hides-content-range"],
    }
}
fn cors_exposes(case: &Case) -> Verdict {
    each(case, &["part"], |exchange, answer| {
        answer.header(ALLOW)?;
        let mut exposed = answer.headers(EXPOSE).flat_map(|value| value.split(',')).map(str::trim);
        let exposed = exposed.any(|name| name == "*" || name.eq_ignore_ascii_case("content-range"));
        let needed = answer.status == 206 && !exposed;
        needed.then(|| {
            (format!("{EXPOSE}: Content-Range, Accept-Ranges, Content-Length, ETag"), told(exchange, EXPOSE))
        })
    })
}

check! {
    /// Access-Control-Allow-Origin is the same on 200, 206 and 416.
    ///
    /// ## Why it matters
    /// A script that may read the first answer and not the next one fails in the middle of a recording, with
    /// an error that names nothing.
    ///
    /// ## How to fix
    /// Set it before the code that decides about the status; in nginx with `always`, or it is left out of
    /// errors.
    static CORS_EVERYWHERE = {
        id: "download/cors-everywhere", level: Recommended, profile: Seek, since: "0.1.0",
        clauses: &[players::CORS],
        needs: &[Origins],
        judge: cors_everywhere,
        proof: &["download/cors-only-on-200"],
    }
}
fn cors_everywhere(case: &Case) -> Verdict {
    let answered = |name| case.asked(Probe::Origins, name).next().and_then(Exchange::answer);
    let allows = ["whole", "part"].into_iter().find_map(|name| answered(name)?.header(ALLOW));
    let Some(allows) = allows else {
        return Verdict::not_applicable("other origins may read nothing: download/cors speaks of it");
    };
    each(case, &["whole", "part", "beyond"], |exchange, answer| {
        let differs = matches!(answer.status, 200 | 206 | 416) && answer.header(ALLOW) != Some(allows);
        differs.then(|| (format!("{ALLOW}: {}", clip(allows)), told(exchange, ALLOW)))
    })
}

check! {
    /// Where Access-Control-Allow-Origin repeats the Origin, Vary says so.
    ///
    /// ## Why it matters
    /// A cache that keeps the answer for one origin gives it to another, whose page may then not read it.
    ///
    /// ## How to fix
    /// Send `Access-Control-Allow-Origin: *`, or add `Vary: Origin`.
    static CORS_VARY = {
        id: "download/cors-vary", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[players::CORS],
        needs: &[Origins],
        judge: cors_vary,
        proof: &["download/echoes-origin"],
    }
}
fn cors_vary(case: &Case) -> Verdict {
    each(case, &["part", "whole"], |exchange, answer| {
        let allows = answer.header(ALLOW)?.trim();
        let mut varies = answer.headers("vary").flat_map(|value| value.split(',')).map(str::trim);
        let varies = varies.any(|name| name == "*" || name.eq_ignore_ascii_case("origin"));
        let repeats = Some(allows) == exchange.sent("origin");
        (repeats && !varies).then(|| ("Vary: Origin".to_owned(), told(exchange, "Vary")))
    })
}

check! {
    /// A preflight is not asked to sign in.
    ///
    /// ## Why it matters
    /// Browsers send OPTIONS without credentials before some requests. Asked to sign in, they give up, and
    /// the request itself is never sent.
    ///
    /// ## How to fix
    /// Let OPTIONS pass before authentication: `cors()` before the guard in Express, `CORSMiddleware` outermost
    /// in FastAPI, `http.cors()` in Spring Security.
    static PREFLIGHT = {
        id: "download/preflight", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[players::CORS],
        needs: &[Origins],
        judge: preflight,
        proof: &["download/preflight-needs-login"],
    }
}
fn preflight(case: &Case) -> Verdict {
    let allows = case.asked(Probe::Origins, "part").next().and_then(Exchange::answer);
    if allows.is_none_or(|answer| answer.header(ALLOW).is_none()) {
        return Verdict::not_applicable("other origins may read nothing: download/cors speaks of it");
    }
    each(case, &["preflight"], |exchange, answer| {
        matches!(answer.status, 401 | 403 | 407).then(|| (status(204), told(exchange, ALLOW)))
    })
}

fn told(exchange: &Exchange, field: &str) -> String {
    let arrived = received_with(exchange, &[field]);
    let has = exchange.answer().is_some_and(|answer| answer.header(field).is_some());
    if has { arrived } else { format!("{arrived}, without {field}") }
}

fn each(
    case: &Case,
    names: &[&'static str],
    wrong: impl Fn(&Exchange, &Answer) -> Option<(String, String)>,
) -> Verdict {
    let asked = names.iter().filter_map(|name| case.asked(Probe::Origins, name).next());
    first(asked.filter_map(|exchange| {
        let answer = exchange.answer()?;
        let (expected, arrived) = wrong(exchange, answer)?;
        Some(Finding::new(sent(exchange), expected, arrived).seen_in(exchange.id()))
    }))
}
