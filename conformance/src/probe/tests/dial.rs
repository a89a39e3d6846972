//! What a proxy that gives no tunnel means: nothing can be said, and nobody is blamed.

use super::trigger::server;
use crate::patience::Patience;
use crate::probe::Way;
use crate::probe::dial::obstacle;
use mock_hubspot::Proxy;

#[tokio::test]
async fn a_proxy_that_gives_no_tunnel_is_told_from_the_integration() {
    let refusing = server(None).await;
    let told = |loopback| {
        let proxy = Proxy::new(&format!("http://{refusing}"), loopback).unwrap();
        Way { proxy: Some(proxy), ..Way::default() }
    };
    let url = "https://127.0.0.1:9/retrieve/0";
    let patience = Patience::default();
    let reason = obstacle(url, &told(true), patience).await.unwrap();
    assert!(reason.contains("the proxy gives no tunnel to 127.0.0.1:9: HTTP/1.1 400"), "{reason}");
    let reason = obstacle("http://127.0.0.1:9/", &told(true), patience).await.unwrap();
    assert!(reason.contains("over http:// its answers cannot be told"), "{reason}");
    // Whoever goes straight meets no proxy.
    assert_eq!(obstacle(url, &told(false), patience).await, None);
    assert_eq!(obstacle(url, &Way::default(), patience).await, None);
}
