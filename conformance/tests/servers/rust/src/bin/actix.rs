//! actix-files' `NamedFile`, with octet-stream configured. Arguments: port, folder.

use actix_files::NamedFile;
use actix_web::http::header::ContentType;
use actix_web::{App, HttpServer, web};
use std::path::PathBuf;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let (port, folder) = (args.next().expect("a port"), PathBuf::from(args.next().expect("a folder")));
    let recording = move |name: web::Path<String>| {
        let file = NamedFile::open(folder.join(name.as_str()));
        async { file.map(|file| file.set_content_type(ContentType::octet_stream().0)) }
    };
    HttpServer::new(move || App::new().route("/{name}", web::to(recording.clone())))
        .workers(2)
        .bind(("127.0.0.1", port.parse().expect("a port")))?
        .run()
        .await
}
