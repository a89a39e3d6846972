//! Variants of how the recording is delivered.

use std::{io, time::Duration};

use axum::{Router, http::Uri};
use http::{
    Method, StatusCode,
    header::{
        ACCEPT_RANGES, CONNECTION, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, LOCATION,
        TRANSFER_ENCODING,
    },
};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;

use super::Choice;
use crate::{
    answer::{Answer, Segment},
    library::{Recording, Validators},
    server::App,
};

/// How long each piece of 64 KiB of a slow recording takes.
const PACE: Duration = Duration::from_millis(20);

/// A second listener, where the recordings are served apart from the endpoint.
pub(crate) async fn another_port(choice: Option<Choice>) -> io::Result<Option<TcpListener>> {
    match choice {
        Some(Choice::AnotherPort) => TcpListener::bind(("127.0.0.1", 0)).await.map(Some),
        _ => Ok(None),
    }
}

/// Serves with header names in title case, as servers did before HTTP/2.
pub(crate) async fn serve_in_title_case(listener: TcpListener, routes: Router) -> io::Result<()> {
    loop {
        let (connection, _) = listener.accept().await?;
        let service = TowerToHyperService::new(routes.clone());
        let mut builder = hyper::server::conn::http1::Builder::new();
        builder.title_case_headers(true);
        tokio::spawn(builder.serve_connection(TokioIo::new(connection), service));
    }
}

/// The validators that are sent and compared.
pub(crate) fn shape_validators(choice: Option<Choice>, mut validators: Validators) -> Validators {
    if choice == Some(Choice::WeakEtag) {
        validators.etag = format!("W/{}", validators.etag);
    }
    validators
}

/// A redirect to a URL that is signed as well.
pub(crate) fn redirect(app: &App, uri: &Uri) -> Option<Answer> {
    let arrived = uri.query().is_some_and(|query| query.ends_with("&from=redirect"));
    if app.config.variant != Some(Choice::RedirectsToSigned) || arrived {
        return None;
    }
    let mut answer = Answer::empty(StatusCode::FOUND);
    answer.set(LOCATION, format!("{}{uri}&from=redirect", app.public_url));
    Some(answer)
}

/// An answer about a recording, said otherwise.
pub(crate) fn shape(app: &App, mut answer: Answer, method: &Method, recording: &Recording) -> Answer {
    let Some(choice) = app.config.variant else { return answer };
    let good = answer.status.is_success();
    match choice {
        Choice::NoEtag => {
            answer.headers.remove(ETAG);
        }
        Choice::NoAcceptRanges => {
            answer.headers.remove(ACCEPT_RANGES);
        }
        Choice::ClosesConnections => answer.set(CONNECTION, "close"),
        Choice::HeadNotAllowed if method == Method::HEAD => {
            return Answer::empty(StatusCode::METHOD_NOT_ALLOWED);
        }
        Choice::HeadForbidden if method == Method::HEAD => return Answer::empty(StatusCode::FORBIDDEN),
        Choice::ChunkedDownload if answer.status == StatusCode::OK && method == Method::GET => {
            answer.set(TRANSFER_ENCODING, "chunked");
        }
        Choice::RefusalWithoutBody if answer.status == StatusCode::RANGE_NOT_SATISFIABLE => {
            answer.body.clear();
            answer.headers.remove(CONTENT_TYPE);
        }
        Choice::Attachment if good => {
            let extension = recording.file.extension().and_then(|e| e.to_str()).unwrap_or("wav");
            answer.set(CONTENT_DISPOSITION, format!("attachment; filename=\"call.{extension}\""));
        }
        Choice::OctetStreamParameters if good => {
            answer.set(CONTENT_TYPE, "application/octet-stream; charset=binary");
        }
        Choice::CappedAt1Mib => cap(&mut answer, 1 << 20, recording.length),
        Choice::CappedAt64Kib => cap(&mut answer, 64 << 10, recording.length),
        Choice::SlowAndSteady => {
            for segment in &mut answer.body {
                if let Segment::Slice(slice) = segment {
                    slice.pace = Some(PACE);
                }
            }
        }
        _ => {}
    }
    answer
}

/// RFC 9110 §15.3.7: a server may send less than was asked for, when it says so.
fn cap(answer: &mut Answer, most: u64, total: u64) {
    if answer.status != StatusCode::PARTIAL_CONTENT {
        return;
    }
    if let [Segment::Slice(slice)] = answer.body.as_mut_slice()
        && slice.length > most
    {
        slice.length = most;
        let range = format!("bytes {}-{}/{total}", slice.start, slice.start + most - 1);
        answer.set(CONTENT_RANGE, range);
    }
}
