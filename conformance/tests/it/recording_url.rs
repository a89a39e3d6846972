//! An integration that shares no disk with the kit is handed its recording over HTTP.

use crate::kit::{Kit, verdicts};
use crate::partner::configuration;

#[test]
fn an_integration_without_a_shared_disk_fetches_the_recording_from_the_fake_hubspot() {
    let config = configuration();
    let (before, rest) = config.split_once("[trigger.request]").unwrap();
    let (_, after) = rest.split_once("[trigger.move_registration.request]").unwrap();
    // Its own copy, made with what it was told and nothing else.
    let body = r#"{{"externalId":"{external_id}","externalAccountId":"{account_id}","contactId":"{contact_id}","ownerId":"{owner_id}","recording":"'$PWD'/{external_id}.wav","durationMs":"{duration_ms}","direction":"{direction}","fromNumber":"{from}","toNumber":"{to}"}}"#;
    let script = format!(
        "curl -sf '{{recording_url}}' -o {{external_id}}.wav && curl -sf -H 'Content-Type: application/json' -d '{body}' 'http://127.0.0.1:{{port}}/simulate-call'"
    );
    let trigger = format!("command = [\"sh\", \"-ec\", '''{script}''']\n\n");
    let kit = Kit::new();
    kit.write("conformance.toml", &format!("{before}{trigger}[trigger.move_registration.request]{after}"));
    let (exit, results) = kit.results(&[
        "run",
        "outbound-call",
        "--cases",
        "8",
        "--only",
        "media",
        "--only",
        "calls",
        "--out",
        "out",
    ]);
    assert_eq!(exit, 0, "{:#}", results["standing"]);
    let own = verdicts(&results).into_iter().find(|v| v.1 == "media/order").unwrap();
    assert_eq!(own.3, "pass", "who speaks when is known, as the kit made the recording: {}", own.4);
    let copies = std::fs::read_dir(kit.path())
        .unwrap()
        .filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "wav"));
    assert_eq!(copies.count(), 1);
}
