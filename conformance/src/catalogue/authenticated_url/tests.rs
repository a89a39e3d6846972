//! The checks of the endpoint about evidence that was spoilt in one place.

use crate::catalogue::example::{
    add_call, answer, endpoint, failing, finding, json_answer, outbound, reply, retrieval, unjudged, verdict,
};
use crate::check::Section;
use crate::evidence::{Content, Difference, Evidence, Hop, Outcome, Probe};
use mock_hubspot::exchange::Body;
use mock_hubspot::journal::Direction;

fn hashed(head: &str) -> Content {
    Content::Hashed { sha256: "f".repeat(64), head: head.to_owned() }
}

fn spoilt(outcome: &Outcome) -> Evidence {
    let mut evidence = outbound();
    endpoint(&mut evidence, outcome);
    evidence
}

fn replied(case: &str, outcome: &Outcome) -> Evidence {
    let mut evidence = outbound();
    reply(&mut evidence, case, outcome);
    evidence
}

fn given() -> Outcome {
    json_answer(r#"{"authenticatedUrl":"https://acme.example/r/1?signature=<secret:9>"}"#)
}

#[test]
fn an_endpoint_that_does_not_answer_200_is_one_finding() {
    for status in [404, 405, 500] {
        assert_eq!(failing(&spoilt(&answer(status, Content::Empty, 0))), ["authenticated-url/answers"]);
    }
    let silent = Outcome::Failed("no answer within 30 s".to_owned());
    assert_eq!(failing(&spoilt(&silent)), ["authenticated-url/answers"]);
}

#[test]
fn an_endpoint_that_asks_for_credentials_turns_every_client_away() {
    for status in [401, 403] {
        let both = ["authenticated-url/answers", "authenticated-url/bare-client"];
        assert_eq!(failing(&spoilt(&answer(status, Content::Empty, 0))), both);
    }
}

#[test]
fn what_is_not_a_json_object_is_one_finding() {
    let mut followed = spoilt(&answer(200, hashed("52494646"), 9_000));
    for exchange in &mut followed.stories[0].exchanges {
        let (url, location) = (exchange.request.target.clone(), "/recordings/1".to_owned());
        exchange.hops.push(Hop { url, status: 302, location });
    }
    assert_eq!(failing(&followed), ["authenticated-url/json"]);
    for outcome in [
        answer(200, hashed("52494646"), 2_000_000),
        answer(200, hashed("0000001c66747970"), 9_000),
        answer(302, Content::Empty, 0),
        answer(200, Content::Empty, 0),
        json_answer("<!doctype html><title>Sign in</title>"),
        json_answer("[]"),
        json_answer("\"https://acme.example/r/1\""),
    ] {
        assert_eq!(failing(&spoilt(&outcome)), ["authenticated-url/json"], "{outcome:?}");
    }
}

#[test]
fn a_member_that_is_not_as_it_should_be_is_named() {
    for (text, named) in [
        (r#"{"authenticated_url":"https://acme.example/r/1"}"#, "authenticated_url"),
        (r#"{"data":{"authenticatedUrl":"https://acme.example/r/1"}}"#, "data.authenticatedUrl"),
        (r#"{"authenticatedUrl":null}"#, "null"),
        (r#"{"authenticatedUrl":""}"#, "empty"),
        (r#"{"authenticatedUrl":7}"#, "a number"),
        (r#"{"error":"x"}"#, "error"),
        ("{}", "empty"),
    ] {
        let evidence = spoilt(&json_answer(text));
        assert_eq!(failing(&evidence), ["authenticated-url/member"], "{text}");
        let differing = finding("authenticated-url/member", &evidence).first_difference.unwrap_or_default();
        assert!(differing.contains(named), "{text}: {differing}");
    }
}

#[test]
fn a_url_that_is_not_absolute_is_one_finding() {
    for url in ["/recordings/1", "//acme.example/r/1", "recordings/1", "http://acme.example/r/1"] {
        let outcome = json_answer(&format!(r#"{{"authenticatedUrl":"{url}"}}"#));
        assert_eq!(failing(&spoilt(&outcome)), ["authenticated-url/absolute"], "{url}");
    }
}

#[test]
fn legal_answers_pass() {
    for text in [
        "\u{feff}{\"authenticatedUrl\":\"https://cdn.example:8443/r/1\",\"expires\":1}",
        r#"{"authenticatedUrl":"https:\/\/acme.example\/r\/1"}"#,
    ] {
        let mut evidence = outbound();
        for case in ["stock", "guide-order", "unknown-parameters", "bare-client", "again"] {
            reply(&mut evidence, case, &json_answer(text));
        }
        assert_eq!(failing(&evidence), [""; 0], "{text}");
    }
}

#[test]
fn speed_size_and_type_are_recommendations() {
    let mut typed = outbound();
    for exchange in &mut typed.stories[0].exchanges {
        if let Outcome::Answered(answer) = &mut exchange.outcome {
            answer.headers = vec![("content-type".into(), "text/html".into())].into();
        }
    }
    assert_eq!(failing(&typed), ["authenticated-url/content-type"]);
    let mut slow = outbound();
    slow.stories[0].exchanges[0].timing.first_byte_ms = 5_600.0;
    assert_eq!(failing(&slow), ["authenticated-url/prompt"]);
    let mut padded = outbound();
    for case in ["stock", "guide-order", "unknown-parameters", "bare-client", "again"] {
        reply(&mut padded, case, &answer(200, hashed("7b2261757468"), 200 << 10));
    }
    assert_eq!(failing(&padded), ["authenticated-url/small"]);
    assert_eq!(verdict("authenticated-url/json", &padded).word(), "unjudged");
}

#[test]
fn a_variant_that_makes_a_difference_fails_alone() {
    let refused = answer(400, Content::Empty, 0);
    for (case, check) in [
        ("guide-order", "authenticated-url/parameter-order"),
        ("unknown-parameters", "authenticated-url/unknown-parameters"),
        ("bare-client", "authenticated-url/bare-client"),
        ("again", "authenticated-url/asked-again"),
    ] {
        assert_eq!(failing(&replied(case, &refused)), [check]);
    }
}

#[test]
fn the_guide_s_order_alone_fails_the_order_alone() {
    let mut evidence = spoilt(&answer(400, Content::Empty, 0));
    reply(&mut evidence, "guide-order", &given());
    assert_eq!(failing(&evidence), ["authenticated-url/parameter-order"]);
}

#[test]
fn an_endpoint_that_stops_answering_fails_asked_again_alone() {
    let gone = answer(410, Content::Empty, 0);
    let mut evidence = outbound();
    let mut late = vec!["again", "bare-client", "unknown-parameters", "guide-order", "stock"];
    while let Some(case) = late.pop() {
        let mut evidence = outbound();
        for case in late.iter().chain([&case]) {
            reply(&mut evidence, case, &gone);
        }
        assert_eq!(failing(&evidence), ["authenticated-url/asked-again"], "from {case} on");
    }
    reply(&mut evidence, "again", &gone);
    assert_eq!(verdict("authenticated-url/unknown-id", &evidence).word(), "unjudged");
}

#[test]
fn other_bytes_behind_the_second_url_are_one_finding() {
    let difference = Difference {
        offset: 0,
        equal: 44,
        expected: "00".to_owned(),
        received: "01".to_owned(),
        head: String::new(),
    };
    for outcome in [
        answer(200, Content::Differs(difference), 1_000_000),
        answer(200, Content::Equal { offset: 0 }, 999_000),
        answer(200, hashed("00"), 1_000_000),
        answer(403, Content::Empty, 0),
        Outcome::Failed("connection refused".to_owned()),
    ] {
        assert_eq!(
            failing(&replied("second-url", &outcome)),
            ["authenticated-url/same-bytes"],
            "{outcome:?}"
        );
    }
    let mut fetched = outbound();
    let body = Body::Bytes { length: 1_000_000, sha256: "e".repeat(64), head: String::new() };
    if let Some(reply) = &mut retrieval(&mut fetched, Direction::FetchedRecording).reply {
        reply.body = body;
    }
    assert_eq!(failing(&fetched), ["authenticated-url/same-bytes"]);
    assert_eq!(
        failing(&replied("second-url", &answer(206, Content::Equal { offset: 0 }, 1_000_000))),
        [""; 0]
    );
}

#[test]
fn a_url_for_whom_it_is_not_meant_is_one_finding() {
    for (case, check) in [
        ("unknown-id", "authenticated-url/unknown-id"),
        ("foreign-account", "authenticated-url/foreign-account"),
        ("foreign-app", "authenticated-url/foreign-app"),
        ("missing-app", "authenticated-url/missing-app"),
    ] {
        assert_eq!(failing(&replied(case, &given())), [check]);
        let nothing = json_answer(r#"{"authenticatedUrl":null}"#);
        assert_eq!(failing(&replied(case, &nothing)), [""; 0], "{case}");
    }
}

#[test]
fn a_recording_without_its_token_is_one_finding() {
    let slice = answer(206, Content::Equal { offset: 0 }, 100);
    let page = json_answer("<html>sign in</html>");
    for case in ["signature-removed", "signature-altered"] {
        let check = format!("authenticated-url/{case}");
        assert_eq!(failing(&replied(case, &slice)), [check.as_str()]);
        assert_eq!(failing(&replied(case, &page)), [""; 0]);
        assert_eq!(failing(&replied(case, &Outcome::Failed("connection reset".to_owned()))), [""; 0]);
    }
    let mut unheard = replied("signature-removed", &slice);
    unheard.stories[0].calls[0].baseline = None;
    assert_eq!(verdict("authenticated-url/signature-removed", &unheard).word(), "unjudged");
}

#[test]
fn two_accounts_that_get_one_recording_are_one_finding() {
    let mut evidence = outbound();
    add_call(&mut evidence, "call-1", "account-2");
    assert_eq!(verdict("authenticated-url/own-recording", &evidence).word(), "pass");
    let story = &mut evidence.stories[0];
    story.calls[1].baseline = story.calls[0].baseline.clone();
    for entry in story.journal.iter_mut().filter(|e| e.direction == Direction::FetchedRecording) {
        entry.reply = None;
    }
    assert_eq!(failing(&evidence), ["authenticated-url/own-recording"]);
    reply(&mut evidence, "foreign-account", &given());
    let both = ["authenticated-url/foreign-account", "authenticated-url/own-recording"];
    assert_eq!(failing(&evidence), both);
}

#[test]
fn another_account_s_own_call_is_not_a_foreign_one() {
    let mut evidence = outbound();
    add_call(&mut evidence, "call-1", "account-2");
    reply(&mut evidence, "foreign-account", &given());
    for exchange in &mut evidence.stories[0].exchanges {
        let other = if exchange.call == 0 { "account-2" } else { "account-1" };
        exchange.request.target = exchange.request.target.replace("=foreign", &format!("={other}"));
    }
    assert_eq!(failing(&evidence), [""; 0]);
}

#[test]
fn awkward_ids_are_judged_by_the_checks_of_encoding_alone() {
    for (id, check) in
        [("50% off", "authenticated-url/encoded-id"), ("2026/11/05", "authenticated-url/encoded-slash")]
    {
        let mut evidence = outbound();
        evidence.stories[0].calls.clear();
        evidence.stories[0].journal.clear();
        evidence.stories[0].exchanges.clear();
        add_call(&mut evidence, id, "account-1");
        assert_eq!(failing(&evidence), [""; 0]);
        assert_eq!(verdict(check, &evidence).word(), "pass");
        assert_eq!(verdict("authenticated-url/answers", &evidence).word(), "not applicable");
        reply(&mut evidence, "stock", &answer(404, Content::Empty, 0));
        assert_eq!(failing(&evidence), [check]);
        assert!(!unjudged(&evidence).contains(&"ready/fetchable"));
    }
    assert_eq!(verdict("authenticated-url/encoded-id", &outbound()).word(), "not applicable");
}

#[test]
fn it_is_enough_to_ask_for_the_variants_about_the_first_call() {
    let mut evidence = outbound();
    add_call(&mut evidence, "call-2", "account-1");
    let plain = ["stock", "whole"];
    evidence.stories[0].exchanges.retain(|e| e.call == 0 || plain.contains(&e.case.as_str()));
    assert_eq!(unjudged(&evidence), [""; 0]);
    evidence.stories[0].exchanges.retain(|e| plain.contains(&e.case.as_str()));
    assert!(unjudged(&evidence).contains(&"authenticated-url/parameter-order"));
    assert!(unjudged(&evidence).contains(&"authenticated-url/same-bytes"));
    evidence.stories[0].sections.retain(|section| *section != Section::Download);
    assert_eq!(verdict("authenticated-url/same-bytes", &evidence).word(), "not applicable");
}

#[test]
fn an_endpoint_that_was_not_asked_is_unjudged() {
    let mut evidence = outbound();
    evidence.stories[0].exchanges.retain(|exchange| exchange.probe != Probe::AuthenticatedUrl);
    for check in ["answers", "json", "parameter-order", "unknown-id", "same-bytes"] {
        assert_eq!(verdict(&format!("authenticated-url/{check}"), &evidence).word(), "unjudged");
    }
}
