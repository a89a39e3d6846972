//! How the body of an answer flows: at once, byte by byte, or until it breaks off.

use axum::body::Body;
use bytes::Bytes;
use bytestring::ByteString;
use futures_util::stream;
use std::time::Duration;

/// How the body of an answer flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Flow {
    #[default]
    Whole,
    /// It breaks off after so many bytes.
    Truncated { bytes: usize },
    /// So many bytes a second.
    Dripping { bytes_per_second: u32 },
}

/// What was written before the connection breaks gets this long to leave.
const LEAVING: Duration = Duration::from_millis(50);
const DROPS_A_SECOND: u32 = 10;

#[derive(Debug)]
struct BrokenOff;

impl std::fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the weather broke the answer off")
    }
}

impl std::error::Error for BrokenOff {}

impl Flow {
    /// The body; its length is told beforehand, so that a client knows when it has not got all of it.
    pub(crate) fn body(self, text: ByteString) -> Body {
        let text = text.into_bytes();
        match self {
            Self::Whole => Body::from(text),
            Self::Truncated { bytes } if bytes >= text.len() => Body::from(text),
            Self::Truncated { bytes } => {
                let start = text.slice(..bytes);
                Body::from_stream(stream::unfold(Some((start, true)), |next| async move {
                    match next? {
                        (start, true) if !start.is_empty() => Some((Ok(start), Some((Bytes::new(), false)))),
                        _ => {
                            tokio::time::sleep(LEAVING).await;
                            Some((Err(BrokenOff), None))
                        }
                    }
                }))
            }
            Self::Dripping { bytes_per_second } => {
                let drop = (bytes_per_second / DROPS_A_SECOND).max(1);
                let every = Duration::from_secs_f64(f64::from(drop) / f64::from(bytes_per_second.max(1)));
                Body::from_stream(stream::unfold(text, move |mut rest| async move {
                    if rest.is_empty() {
                        return None;
                    }
                    tokio::time::sleep(every).await;
                    let next = rest.split_to(rest.len().min(drop as usize));
                    Some((Ok::<_, BrokenOff>(next), rest))
                }))
            }
        }
    }
}
