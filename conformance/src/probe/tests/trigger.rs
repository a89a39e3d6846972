//! The trigger over HTTPS, and what is said where both sides disagree about TLS.

use crate::probe::Way;
use crate::probe::trigger::Caller;
use crate::tls;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Answers each connection 200, over TLS where there is an acceptor; the address is `127.0.0.1:…`.
pub(super) async fn server(acceptor: Option<TlsAcceptor>) -> String {
    async fn answer(mut socket: impl AsyncRead + AsyncWrite + Unpin) {
        let mut piece = [0; 1024];
        if socket.read(&mut piece).await.is_ok_and(|n| n > 0) {
            let status = if piece.starts_with(b"GET /") { "200 OK" } else { "400 Bad Request" };
            let said = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let _ = socket.write_all(said.as_bytes()).await;
        }
        let _ = socket.shutdown().await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            match &acceptor {
                None => answer(stream).await,
                Some(acceptor) => {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        answer(stream).await;
                    }
                }
            }
        }
    });
    address
}

#[tokio::test]
async fn the_trigger_trusts_the_certificate_that_the_kit_made_and_says_what_to_do_about_others() {
    let issued = tls::issue().unwrap();
    let chain = CertificateDer::pem_slice_iter(issued.certificate.as_bytes()).collect::<Result<_, _>>();
    let key = PrivateKeyDer::from_pem_slice(issued.key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain.unwrap(), key).unwrap();
    let secure = server(Some(TlsAcceptor::from(Arc::new(config)))).await;
    let plain = server(None).await;
    let trusting = Caller::new(&Way { trusted: vec![issued.trusted], proxy: None }).unwrap();
    let stranger = Caller::new(&Way::default()).unwrap();

    assert_eq!(trusting.is_up(&format!("https://{secure}/")).await, Ok(()));
    assert_eq!(trusting.is_up(&format!("http://{plain}/")).await, Ok(()));
    for (caller, url, says) in [
        (&stranger, format!("https://{secure}/"), "[network] ca_file names who signed it"),
        (&trusting, format!("https://{plain}/"), "no TLS is spoken there"),
        (&trusting, format!("http://{secure}/"), "does it speak https:// there?"),
    ] {
        let reason = caller.is_up(&url).await.unwrap_err();
        assert!(reason.contains(says), "{says}: {reason}");
    }
}
