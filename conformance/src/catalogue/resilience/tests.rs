//! The checks of resilience about evidence that was spoilt in one place.

use crate::catalogue::example::{
    add_call, drop_entries, entry, failing, finding, outbound, strike, unlogged, verdict,
};
use crate::evidence::{Call, Evidence, Missed, Weather};
use mock_hubspot::exchange::{Body, Headers, Reply};
use mock_hubspot::journal::{Credential, Entry, Outcome};
use mock_hubspot::operation::Operation;

fn under(name: &str, operation: Operation, times: u32) -> Evidence {
    let mut evidence = outbound();
    strike(&mut evidence, operation, name, times);
    evidence
}

/// Nothing of this operation came after the weather had struck it.
fn give_up(evidence: &mut Evidence, operation: Operation) {
    let story = &mut evidence.stories[0];
    story.journal.retain(|e| e.operation != Some(operation) || matches!(e.outcome, Outcome::Weather(_)));
    story.calls[0].missed.push(Missed { awaited: operation, waited_ms: 30_000, nearest: None });
}

fn call(evidence: &mut Evidence) -> &mut Call {
    &mut evidence.stories[0].calls[0]
}

#[test]
fn weather_that_is_survived_fails_nothing() {
    for name in ["throttled", "failing", "cut", "expired-token"] {
        for operation in [Operation::LogCall, Operation::Associate, Operation::MarkReady] {
            let evidence = under(name, operation, 2);
            assert_eq!(failing(&evidence), [""; 0], "{name} {operation:?}");
        }
    }
}

#[test]
fn a_request_that_is_given_up_is_one_finding() {
    for (name, check) in [
        ("throttled", "resilience/survives-429"),
        ("failing", "resilience/survives-5xx"),
        ("cut", "resilience/survives-cut"),
        ("expired-token", "resilience/refreshes-token"),
    ] {
        let mut late = under(name, Operation::MarkReady, 1);
        give_up(&mut late, Operation::MarkReady);
        assert_eq!(failing(&late), [check], "{name} at ready");
        let mut middle = under(name, Operation::Associate, 1);
        give_up(&mut middle, Operation::Associate);
        give_up(&mut middle, Operation::MarkReady);
        call(&mut middle).associations.clear();
        call(&mut middle).seen_from_record = false;
        assert_eq!(failing(&middle), [check], "{name} at the association");
        let mut early = under(name, Operation::LogCall, 1);
        give_up(&mut early, Operation::LogCall);
        unlogged(&mut early);
        assert_eq!(failing(&early), [check], "{name} at the call");
    }
}

#[test]
fn of_two_kinds_of_weather_the_one_that_was_not_survived_is_blamed() {
    let mut evidence = under("failing", Operation::LogCall, 1);
    strike(&mut evidence, Operation::MarkReady, "cut", 1);
    give_up(&mut evidence, Operation::MarkReady);
    assert_eq!(failing(&evidence), ["resilience/survives-cut"]);
}

#[test]
fn a_step_that_is_forgotten_after_the_weather_is_lost() {
    let mut evidence = under("failing", Operation::LogCall, 1);
    drop_entries(&mut evidence, Operation::MarkReady);
    call(&mut evidence).missed.push(Missed {
        awaited: Operation::MarkReady,
        waited_ms: 30_000,
        nearest: None,
    });
    assert_eq!(failing(&evidence), ["resilience/survives-5xx"]);
}

#[test]
fn a_call_that_is_logged_again_after_the_weather_is_one_finding() {
    let mut evidence = under("failing", Operation::Associate, 1);
    let mut again = entry(&mut evidence, Operation::LogCall).clone();
    (again.number, again.call_id) = (3, Some(99));
    evidence.stories[0].journal.push(again);
    assert_eq!(failing(&evidence), ["resilience/one-call-after-weather"]);
    // The rest may go on with the second call.
    let story = &mut evidence.stories[0];
    for entry in &mut story.journal {
        if entry.operation == Some(Operation::Associate) && entry.outcome == Outcome::Served {
            entry.call_id = Some(99);
            entry.params.insert("callId".to_owned(), "99".to_owned());
        }
    }
    call(&mut evidence).missed.push(Missed { awaited: Operation::Associate, waited_ms: 1, nearest: None });
    assert_eq!(failing(&evidence), ["resilience/one-call-after-weather"]);
}

#[test]
fn a_storm_is_more_than_ten_repeats_within_the_interval() {
    let storm = under("throttled", Operation::LogCall, 13);
    assert_eq!(failing(&storm), ["resilience/no-storm"]);
    assert_eq!(finding("resilience/no-storm", &storm).received, "12 repeats");
    assert_eq!(failing(&under("throttled", Operation::LogCall, 11)), [""; 0]);
    let mut patient = under("throttled", Operation::LogCall, 13);
    for entry in &mut patient.stories[0].journal {
        entry.at_ms = entry.number * 1_000;
    }
    assert_eq!(failing(&patient), [""; 0]);
    let policy = r#"{"policyName":"TEN_SECONDLY_ROLLING"}"#.to_owned();
    let is_struck = |entry: &&mut Entry| matches!(entry.outcome, Outcome::Weather(_));
    for entry in patient.stories[0].journal.iter_mut().filter(is_struck) {
        entry.at_ms = entry.number * 500;
        entry.reply =
            Some(Reply { status: 429, headers: Headers::new(), body: Body::Text(policy.clone().into()) });
    }
    assert_eq!(failing(&patient), ["resilience/no-storm"]);
}

#[test]
fn a_refusal_for_an_expired_token_is_weather_too() {
    let mut evidence = under("expired-token", Operation::LogCall, 1);
    for entry in &mut evidence.stories[0].journal {
        if matches!(entry.outcome, Outcome::Weather(_)) {
            entry.outcome = Outcome::Refused("The OAuth token used to make this call expired".to_owned());
            entry.credential = Credential::ExpiredToken;
        }
    }
    assert_eq!(failing(&evidence), [""; 0]);
    give_up_after_refusal(&mut evidence);
    assert_eq!(failing(&evidence), ["resilience/refreshes-token"]);
}

fn give_up_after_refusal(evidence: &mut Evidence) {
    unlogged(evidence);
    evidence.stories[0].journal.retain(|entry| entry.outcome != Outcome::Served);
}

#[test]
fn a_call_that_is_lost_while_hubspot_is_slow_is_one_finding() {
    let mut evidence = outbound();
    let slow =
        |struck| Weather { operation: Operation::LogCall, strike: "slow".to_owned(), times: 1, struck };
    evidence.stories[0].weather = vec![slow(1)];
    assert_eq!(failing(&evidence), [""; 0]);
    drop_entries(&mut evidence, Operation::Associate);
    drop_entries(&mut evidence, Operation::MarkReady);
    call(&mut evidence).associations.clear();
    call(&mut evidence).seen_from_record = false;
    assert_eq!(failing(&evidence), ["resilience/survives-slow"]);
    evidence.stories[0].weather = vec![slow(0)];
    assert_eq!(verdict("resilience/survives-slow", &evidence).word(), "unjudged");
}

#[test]
fn weather_that_never_struck_is_unjudged_and_weather_that_was_not_ordered_does_not_apply() {
    let mut evidence = outbound();
    for check in
        ["survives-429", "survives-5xx", "survives-cut", "no-storm", "one-call-after-weather", "burst"]
    {
        assert_eq!(verdict(&format!("resilience/{check}"), &evidence).word(), "not applicable", "{check}");
    }
    let strike = "throttled".to_owned();
    evidence.stories[0].weather =
        vec![Weather { operation: Operation::LogCall, strike, times: 1, struck: 0 }];
    for check in ["survives-429", "no-storm", "one-call-after-weather"] {
        assert_eq!(verdict(&format!("resilience/{check}"), &evidence).word(), "unjudged", "{check}");
    }
}

#[test]
fn calls_that_are_lost_in_a_burst_are_one_finding() {
    let mut evidence = outbound();
    for call in 2..=10 {
        add_call(&mut evidence, &format!("call-{call}"), "account-1");
    }
    assert_eq!(failing(&evidence), [""; 0]);
    assert_eq!(verdict("resilience/burst", &evidence).word(), "pass");
    let story = &mut evidence.stories[0];
    for index in [3, 7] {
        story.journal.retain(|entry| entry.call_id != Some(17 + index as u64));
        story.exchanges.retain(|exchange| exchange.call != index);
        story.calls[index].call_id = None;
        story.calls[index].properties.clear();
        story.calls[index].associations.clear();
    }
    assert_eq!(failing(&evidence), ["resilience/burst"]);
    assert_eq!(finding("resilience/burst", &evidence).more, 1);
    assert_eq!(verdict("calls/source", &evidence).word(), "pass");
}
