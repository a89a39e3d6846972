//! No secret occurs in any file that a command writes, nor in what it prints. Read next: `canaries.rs`; for the certificate
//! `../full/secrets.rs`.

use crate::canaries::{CANARIES, Texts, command, configuration, run};
use crate::kit::{Kit, ran};
use reference_integration::variant::talkative;
use std::io::{Read as _, Write as _};

#[test]
fn no_secret_is_written_or_printed_by_a_run() {
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration(""));
    let mut texts = Texts(Vec::new());
    let asked = ["run", "--cases", "32", "--out", "out", "outbound-call", "expired-token", "throttled"];
    texts.add("run", &run(&kit, &asked, &[0]));
    texts.add("doctor", &run(&kit, &["doctor"], &[0, 3]));
    texts.add("dry run", &run(&kit, &["run", "--dry-run"], &[0]));
    texts.add_folder(&kit.path().join("out"));
    assert!(texts.0.len() >= 12, "only {} texts", texts.0.len());
    texts.assert_clean();

    // What carried them is there, with the secrets cut.
    let evidence = texts.of("evidence.ndjson");
    for carrier in ["\"set-cookie\"", "\"x-api-key\"", "\"x-auth-token\"", "Bearer <secret:"] {
        assert!(evidence.contains(carrier), "{carrier} is not in the evidence");
    }
    assert!(evidence.contains("session=<secret:") && evidence.contains("client_secret"), "{evidence:.2000}");
    assert!(texts.of("evidence.har").contains("<secret:"));
    let log = texts.of("integration.log");
    let carriers = [
        "HUBSPOT_ACCESS_TOKEN=<secret:",
        "client_secret=<secret:",
        "Bearer <secret:",
        "X-Amz-Signature=<secret:",
    ];
    for carrier in carriers {
        assert!(log.contains(carrier), "{carrier} is not in the log:\n{log}");
    }
}

#[test]
fn no_secret_is_in_any_rendering_of_a_finding() {
    let kit = Kit::new();
    kit.write("conformance.toml", &configuration("authenticated-url/snake-case-member"));
    let mut texts = Texts(Vec::new());
    let all = ["run", "--cases", "8", "--out", "out", "--snapshots", "shots"];
    let mut on_github = command(&kit, &all);
    on_github.env("GITHUB_ACTIONS", "true").env("GITHUB_STEP_SUMMARY", kit.path().join("job-summary"));
    let told = ran(on_github.output().unwrap());
    assert_eq!(told.exit, 1, "{}\n{}", told.stdout, told.stderr);
    assert!(told.stdout.contains("::error "), "{}", told.stdout);
    texts.add("run", &told);
    texts.add(
        "run again",
        &run(&kit, &[&all[..4], &["again", "--json", "-", "outbound-call"]].concat(), &[1]),
    );
    texts.add("report", &run(&kit, &["report", "out"], &[1]));
    texts.add("diff", &run(&kit, &["diff", "out", "again"], &[0, 1]));
    texts.add("pending", &run(&kit, &["snapshot", "pending", "--snapshots", "shots"], &[0, 1, 6]));
    texts.add_folder(kit.path());
    let ours = |name: &str| name.ends_with("conformance.toml");
    texts.0.retain(|(name, _)| !ours(name));
    texts.assert_clean();
    for file in ["results.json", "report.html", "report.txt", "summary.md", "junit.xml", "job-summary"] {
        assert!(texts.of(file).contains("authenticated-url/member"), "{file} tells the finding");
    }
    assert!(texts.0.iter().any(|(name, _)| name.contains("/shots/") && name.contains(".md")), "snapshots");
}

#[test]
fn no_secret_is_in_what_is_said_of_an_integration_that_does_not_start() {
    let kit = Kit::new();
    let dies = configuration("").replace("exec \"", "exit 3; exec \"");
    kit.write("conformance.toml", &dies.replace("/healthz", "/healthz?token={access_token}"));
    let mut texts = Texts(Vec::new());
    texts.add("run", &run(&kit, &["run", "--out", "out"], &[4]));
    texts.add("doctor", &run(&kit, &["doctor"], &[4]));
    texts.add_folder(&kit.path().join("out"));
    texts.assert_clean();
    assert!(texts.of("run: stdout").contains("it printed"), "its last words are told");
}

#[test]
fn no_secret_is_in_what_is_said_of_a_trigger_that_fails() {
    // Whoever is triggered answers 500, with more than it should say.
    let failing = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = failing.local_addr().unwrap();
    let [said, .., also] = talkative::SECRETS;
    let body = format!("{{\"refresh_token\":\"{said}\",\"by\":\"{}\",\"key\":\"{also}\"}}", CANARIES[0].1);
    std::thread::spawn(move || {
        for stream in failing.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 16 << 10];
            if stream.read(&mut request).unwrap_or(0) == 0 {
                continue;
            }
            let head =
                format!("HTTP/1.1 500 No\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    });
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (at, exits, words) in [(at, [1, 0], "was answered 500"), (closed, [4, 4], "could not be reached")] {
        let kit = Kit::new();
        let trigger = format!("url = \"http://{at}/simulate-call?token={{access_token}}\"");
        let config = configuration("").replace("url = \"http://127.0.0.1:{port}/simulate-call\"", &trigger);
        kit.write("conformance.toml", &config);
        let mut texts = Texts(Vec::new());
        texts.add("run", &run(&kit, &["run", "--cases", "4", "--out", "out", "outbound-call"], &exits));
        texts.add("dry run", &run(&kit, &["run", "--dry-run"], &[0]));
        texts.add("doctor", &ran(command(&kit, &["doctor"]).output().unwrap()));
        texts.add_folder(&kit.path().join("out"));
        texts.assert_clean();
        for told in ["run: stdout", "report.html"] {
            assert!(texts.of(told).contains(words), "{told}: {words}");
        }
    }
}
