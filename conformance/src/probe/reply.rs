//! An answer whose body is still to come, whichever client asked: the general one, or a kept connection of our own.
//!
//! Read next: `reading.rs` (how it is read).

use super::straight::Read;
use bytes::Bytes;
use http::{HeaderMap, Version};
use http_body_util::BodyExt as _;
use hyper::body::Body as _;
use reqwest::Response;
use std::error::Error;

/// The head of an answer, and what follows it.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) http2: bool,
    pub(super) fields: HeaderMap,
    pub(super) body: Arriving,
}

/// A body on its way.
pub(super) enum Arriving {
    General(Box<Response>),
    Straight(Box<Read>),
}

impl Reply {
    pub(super) fn general(mut response: Response) -> Self {
        let fields = std::mem::take(response.headers_mut());
        Self {
            status: response.status().as_u16(),
            http2: response.version() == Version::HTTP_2,
            fields,
            body: Arriving::General(Box::new(response)),
        }
    }

    pub(super) fn straight(response: http::Response<Read>) -> Self {
        let (head, body) = response.into_parts();
        Self {
            status: head.status.as_u16(),
            http2: head.version == Version::HTTP_2,
            fields: head.headers,
            body: Arriving::Straight(Box::new(body)),
        }
    }
}

impl Arriving {
    /// How long it is to be, where that was announced.
    pub(super) fn announced(&self) -> Option<u64> {
        match self {
            Self::General(response) => response.content_length(),
            Self::Straight(body) => body.size_hint().exact(),
        }
    }

    /// The next bytes; `None` at its end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Box<dyn Error + Send + Sync>> {
        match self {
            Self::General(response) => Ok(response.chunk().await?),
            Self::Straight(body) => loop {
                let Some(frame) = body.frame().await else { return Ok(None) };
                // Trailers are not bytes of it.
                if let Ok(bytes) = frame?.into_data() {
                    return Ok(Some(bytes));
                }
            },
        }
    }
}
