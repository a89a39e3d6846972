//! Recordings that are handed out for integrations that share no disk with whoever examines them.
//!
//! Plain files of one folder, whole, at `/_mock/recordings/NAME`; never in the journal. Whoever can reach the mock may fetch
//! them, under whatever name they reach it, for they hold nobody's speech. Read next: `server.rs`.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// Where they are.
pub const PATH: &str = "/_mock/recordings/";
/// How much of a file is read at once.
const PIECE: usize = 64 * 1024;

/// The folder, once there is one.
#[derive(Debug, Default)]
pub(crate) struct Handouts(OnceLock<PathBuf>);

impl Handouts {
    /// Hands out the files of this folder, unless another one is handed out already.
    pub(crate) fn hand_out(&self, folder: &Path) {
        let _ = self.0.set(folder.to_owned());
    }

    /// The answer to a request for one of them; `None` where it asks for something else.
    pub(crate) async fn answer<B>(&self, request: &Request<B>) -> Option<Response> {
        let folder = self.0.get()?;
        let name = request.uri().path().strip_prefix(PATH)?;
        let head = match *request.method() {
            Method::GET => false,
            Method::HEAD => true,
            _ => return Some(StatusCode::METHOD_NOT_ALLOWED.into_response()),
        };
        Some(match opened(folder, name).await {
            Some((file, length)) => served(file, length, head),
            None => (StatusCode::NOT_FOUND, "there is no such recording").into_response(),
        })
    }
}

/// A plain file of the folder itself.
async fn opened(folder: &Path, name: &str) -> Option<(File, u64)> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    if name.starts_with('.') || !name.bytes().all(plain) {
        return None;
    }
    let file = File::open(folder.join(name)).await.ok()?;
    let about = file.metadata().await.ok()?;
    about.is_file().then_some((file, about.len()))
}

fn served(file: File, length: u64, head: bool) -> Response {
    let pieces = futures_util::stream::try_unfold(file, |mut file| async move {
        let mut piece = vec![0; PIECE];
        let count = file.read(&mut piece).await?;
        piece.truncate(count);
        Ok::<_, std::io::Error>((count > 0).then(|| (Bytes::from(piece), file)))
    });
    let body = if head { Body::empty() } else { Body::from_stream(pieces) };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn status(handouts: &Handouts, method: &str, path: &str) -> Option<(u16, Bytes)> {
        let request = Request::builder().method(method).uri(path).body(()).unwrap();
        let response = handouts.answer(&request).await?;
        let status = response.status().as_u16();
        Some((status, response.into_body().collect().await.unwrap().to_bytes()))
    }

    #[tokio::test]
    async fn plain_files_of_one_folder_are_handed_out_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let recordings = folder.path().join("recordings");
        std::fs::create_dir_all(recordings.join("sub")).unwrap();
        let long: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
        std::fs::write(recordings.join("wav-a.wav"), &long).unwrap();
        std::fs::write(folder.path().join("secret"), "secret").unwrap();
        let handouts = Handouts::default();
        assert!(
            status(&handouts, "GET", "/_mock/recordings/wav-a.wav").await.is_none(),
            "there is no folder yet"
        );
        handouts.hand_out(&recordings);
        assert_eq!(status(&handouts, "GET", "/_mock/recordings/wav-a.wav").await, Some((200, long.into())));
        assert_eq!(status(&handouts, "HEAD", "/_mock/recordings/wav-a.wav").await, Some((200, Bytes::new())));
        assert_eq!(status(&handouts, "POST", "/_mock/recordings/wav-a.wav").await.map(|(s, _)| s), Some(405));
        for name in ["", "sub", "other.wav", "../secret", "..%2fsecret", "%2e%2e/secret", "/etc/passwd", "."]
        {
            let answer = status(&handouts, "GET", &format!("/_mock/recordings/{name}")).await;
            assert_eq!(answer.map(|(s, _)| s), Some(404), "{name}");
        }
        assert!(status(&handouts, "GET", "/_mock/journal").await.is_none());
    }
}
