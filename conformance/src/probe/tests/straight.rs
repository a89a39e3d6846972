//! Connections that are kept: when they are used again, and when another one is made.

use crate::probe::Way;
use crate::probe::reply::Reply;
use crate::probe::straight::{Connections, Place};
use crate::probe::{manners, words};
use mock_hubspot::Proxy;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

/// A server that closes each connection after so many answers, and counts them.
async fn server(answers: usize) -> (Url, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/recording?a=b", listener.local_addr().unwrap())).unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            count.fetch_add(1, Ordering::SeqCst);
            for _ in 0..answers {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n")
                    && let Ok(byte) = stream.read_u8().await
                {
                    head.push(byte);
                }
                if head.is_empty() {
                    break;
                }
                let head = String::from_utf8(head).unwrap();
                assert!(head.starts_with("GET /recording?a=b HTTP/1.1\r\nHost: 127.0.0.1:"), "{head}");
                assert!(head.contains("\r\nRange: bytes=0-3\r\n"), "{head}");
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nRIFF").await.unwrap();
            }
        }
    });
    (url, connections)
}

/// Asks as `client.rs` does: once more where the connection was being closed just then.
async fn get(kept: &Connections, place: &Place) -> Reply {
    let fields = manners::player(Some("bytes=0-3"));
    match kept.get(place, &fields).await {
        Err(error) if words::is_closed(&*error) => kept.get(place, &fields).await.unwrap(),
        response => response.unwrap(),
    }
}

async fn ask_twice(answers: usize) -> usize {
    let (url, connections) = server(answers).await;
    let place = Place::of(&url, &Way::default()).unwrap();
    let kept = Connections::default();
    for _ in 0..2 {
        let mut reply = get(&kept, &place).await;
        assert_eq!(reply.body.announced(), Some(4));
        assert_eq!(reply.body.next().await.unwrap().unwrap(), "RIFF");
        assert!(reply.body.next().await.unwrap().is_none());
    }
    connections.load(Ordering::SeqCst)
}

#[tokio::test]
async fn a_connection_is_used_again() {
    assert_eq!(ask_twice(2).await, 1);
}

#[tokio::test]
async fn one_that_was_closed_meanwhile_is_replaced() {
    assert_eq!(ask_twice(1).await, 2);
}

#[tokio::test]
async fn one_whose_answer_was_not_read_to_its_end_is_not_used_again() {
    let (url, connections) = server(2).await;
    let place = Place::of(&url, &Way::default()).unwrap();
    let kept = Connections::default();
    for _ in 0..2 {
        drop(get(&kept, &place).await);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[test]
fn whatever_needs_more_than_a_connection_is_not_asked_straight() {
    let proxy = Proxy::new("http://proxy.acme.example:3128", true).unwrap();
    let proxied = Way { proxy: Some(proxy), ..Way::default() };
    let is_straight = |url: &str, way: &Way| Place::of(&Url::parse(url).unwrap(), way).is_some();
    for url in ["http://127.0.0.1/", "http://10.0.0.1:8080/a?b#c", "http://[::1]:1/"] {
        assert!(is_straight(url, &Way::default()) && !is_straight(url, &proxied), "{url}");
    }
    for url in ["https://127.0.0.1/", "http://localhost/", "http://u@127.0.0.1/", "http://:p@127.0.0.1/"] {
        assert!(!is_straight(url, &Way::default()), "{url}");
    }
}
