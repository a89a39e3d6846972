//! Serves the one page in which the browser plays: HTML, the script, and nothing else. Its origin is not the recording's.

use std::io;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::{Host, Url};

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>The player of the kit</title><link rel=\"icon\" href=\"data:,\"><audio preload=\"auto\"></audio><script>";
const SCRIPT: &str = include_str!("player.js");
const TAIL: &str = "</script></html>";

/// The page, as long as it is served.
pub(super) struct Page {
    /// Where it is.
    pub(super) url: String,
    serving: JoinHandle<()>,
}

impl Drop for Page {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Page {
    /// Serves it on loopback, under a name that makes it another site than the recording's, as HubSpot's is.
    pub(super) async fn serve(recording: &Url) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let named = matches!(recording.host(), Some(Host::Domain(name)) if name.ends_with("localhost"));
        let host = if named { "127.0.0.1" } else { "localhost" };
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        Ok(Self { url: format!("http://{host}:{port}/"), serving })
    }
}

/// Whatever is asked, the page is the answer.
async fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await?);
    }
    let body = format!("{HEAD}{SCRIPT}{TAIL}");
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await
}
