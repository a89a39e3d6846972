//! HTTPS: by HTTP/2 and HTTP/1.1, for clients that trust the authority, and for nobody else.

use mock_hubspot::{MockHubSpot, Ready, Tls, tls};
use reqwest::{Certificate, Version};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// A client that trusts this authority alone, and speaks one version.
fn client(authority: &str, version: Version) -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let authority = Certificate::from_pem(authority.as_bytes()).expect("PEM");
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([authority]);
    let client = if version == Version::HTTP_11 { client.http1_only() } else { client };
    client.build().expect("a client")
}

async fn secure() -> (MockHubSpot, String) {
    let mock = MockHubSpot::builder().retrieval(false).tls(Tls::SelfSigned).start().await.expect("it starts");
    let authority = mock.authority().expect("it made one").to_owned();
    (mock, authority)
}

#[tokio::test]
async fn both_versions_are_spoken_to_whoever_trusts_the_authority() {
    let (mock, authority) = secure().await;
    assert!(mock.url().starts_with("https://127.0.0.1:"), "{}", mock.url());
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let client = client(&authority, version);
        let call = client.post(format!("{}/crm/v3/objects/calls", mock.url()));
        let call = call.header("content-type", "application/json").body(crate::client::call("c-1"));
        let logged = call.send().await.expect("an answer");
        assert_eq!((logged.status().as_u16(), logged.version()), (201, version));
        let location = logged.headers()["location"].to_str().expect("text").to_owned();
        assert!(location.starts_with(mock.url()), "{location}");
        // The mock itself is asked by the same name.
        for path in ["/_mock/health", "/_mock/ui", "/_mock/metrics"] {
            let page = client.get(format!("{}{path}", mock.url())).send().await.expect("an answer");
            assert_eq!((page.status().as_u16(), page.version()), (200, version), "{path}");
        }
        let by_name = mock.url().replace("127.0.0.1", "localhost");
        let health = client.get(format!("{by_name}/_mock/health")).send().await.expect("an answer");
        assert_eq!(health.status(), 200);
    }
    let hosts = mock
        .journal()
        .entries()
        .into_iter()
        .map(|entry| mock_hubspot::exchange::header(&entry.request.headers, "host").map(str::to_owned));
    let host = mock.url().trim_start_matches("https://").to_owned();
    assert_eq!(hosts.collect::<Vec<_>>(), [Some(host.clone()), Some(host)]);
}

#[tokio::test]
async fn whoever_does_not_trust_the_authority_gets_nothing() {
    let (mock, _) = secure().await;
    let (_, stranger) = secure().await;
    let refused = client(&stranger, Version::HTTP_2).get(mock.url()).send().await;
    assert!(refused.is_err(), "{refused:?}");
    let plain = crate::client::http().get(mock.url().replace("https", "http")).send().await;
    assert!(plain.is_err(), "{plain:?}");
    assert!(mock.journal().is_empty());
}

#[tokio::test]
async fn a_certificate_from_files_is_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let issued = tls::issue(["a company", "hubspot"], vec!["127.0.0.1".to_owned()]).expect("a certificate");
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, &issued.certificate).expect("written");
    std::fs::write(&key, &issued.key).expect("written");
    let mock = MockHubSpot::builder().retrieval(false).tls(Tls::Files { certificate, key });
    let mock = mock.start().await.expect("it starts");
    assert_eq!(mock.authority(), None);
    let health = client(&issued.authority, Version::HTTP_2).get(format!("{}/_mock/health", mock.url()));
    assert_eq!(health.send().await.expect("an answer").status(), 200);
}

#[test]
fn the_binary_tells_whom_to_trust() {
    let folder = tempfile::tempdir().expect("a folder");
    let ready_file = folder.path().join("ready.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-hubspot"));
    command.args(["--listen", "127.0.0.1:0", "--tls", "self-signed", "--ready-file"]).arg(&ready_file);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let ready: Ready = serde_json::from_str(&line).expect("JSON");
    assert!(ready.url.starts_with("https://") && ready.ui.starts_with("https://"), "{ready:?}");
    let authority = ready.ca_file.expect("whom to trust");
    assert_eq!(authority, folder.path().join("mock-hubspot-ca.pem"));
    assert!(std::fs::read_to_string(authority).expect("a file").contains("BEGIN CERTIFICATE"));
}

#[test]
fn what_is_wrong_with_a_certificate_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("text").to_owned()
    };
    let [one, other] =
        [(); 2].map(|()| tls::issue(["ca", "it"], vec!["localhost".into()]).expect("a certificate"));
    let certificate = write("cert.pem", &one.certificate);
    let (key, foreign) = (write("key.pem", &one.key), write("foreign.pem", &other.key));
    let empty = write("empty.pem", "nothing\n");
    for (given, told) in [
        (format!("{certificate},/nowhere/key.pem"), "/nowhere/key.pem cannot be read"),
        (format!("{empty},{key}"), "empty.pem holds no"),
        (format!("{certificate},{empty}"), "empty.pem holds nothing of that kind"),
        (format!("{certificate},{foreign}"), "cannot be used together"),
        ("selfsigned".to_owned(), "self-signed, or two PEM files"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mock-hubspot"));
        let output = command.args(["--listen", "127.0.0.1:0", "--tls", &given]).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(told), "{given}: {said}");
        assert!(given == "selfsigned" || said.contains("help: "), "{said}");
    }
}
