//! tower-http's `ServeDir`, with octet-stream configured. Arguments: port, folder.

use axum::Router;
use axum::http::{HeaderValue, Response, header::CONTENT_TYPE};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeader;

#[tokio::main]
async fn main() {
    let mut args = std::env::args().skip(1);
    let (port, folder) = (args.next().expect("a port"), args.next().expect("a folder"));
    let octet_stream = |answer: &Response<_>| {
        answer.status().is_success().then(|| HeaderValue::from_static("application/octet-stream"))
    };
    let files = SetResponseHeader::overriding(ServeDir::new(folder), CONTENT_TYPE, octet_stream);
    let port = port.parse::<u16>().expect("a port");
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
    axum::serve(listener, Router::new().fallback_service(files)).await.expect("it serves");
}
