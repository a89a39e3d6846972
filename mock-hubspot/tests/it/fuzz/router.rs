//! Nonsense, and almost sense, under every path of the table: never a panic, never a 5xx, and a refusal changes nothing.
//!
//! An input is a mock and forty questions. Each mock is strict or friendly, with its switches set at random. Read next:
//! `question.rs`, `sense.rs`.

use super::question::{Question, question};
use super::running::{Bounds, Target};
use crate::asking::Asking;
use bytes::Bytes;
use http::Request;
use mock_hubspot::MockHubSpot;
use mock_hubspot::switches::{DESCRIBED, Switches};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use std::cell::Cell;
use std::time::Duration;

/// Bodies of 200 KB stand in the journal, and everything is read before and after each of forty questions.
const TARGET: Target =
    Target { name: "router", bounds: Bounds { memory: 96 << 20, time: Duration::from_mins(1) } };

/// What a mock is asked, and how it is set.
#[derive(Clone, Debug)]
struct Case {
    strict: bool,
    /// Whether refusals are seen to change nothing, which takes as long as thirty questions.
    watched: bool,
    switches: Vec<(bool, Index)>,
    questions: Vec<Question>,
}

fn case() -> impl Strategy<Value = Case> {
    let switches = vec((proptest::bool::weighted(0.3), any::<Index>()), DESCRIBED.len());
    let strict = proptest::bool::weighted(0.3);
    let watched = proptest::bool::weighted(0.1);
    (strict, watched, switches, vec(question(), 40)).prop_map(|(strict, watched, switches, questions)| Case {
        strict,
        watched,
        switches,
        questions,
    })
}

impl Case {
    async fn start(&self) -> Asking {
        let turned = DESCRIBED.iter().zip(&self.switches).filter(|(_, (turned, _))| *turned);
        let pairs: Vec<String> =
            turned.map(|(d, (_, place))| format!("{}={}", d.name, place.get(d.values))).collect();
        let switches = Switches::from_pairs(pairs.iter().map(String::as_str)).expect("every value is one");
        let builder = MockHubSpot::builder().retrieval(false).strict(self.strict).switches(switches);
        let mock = Asking(builder.start().await.expect("it starts"));
        for (path, body) in [
            ("/crm/v3/objects/calls", r#"{"properties":{"hs_timestamp":1,"hs_call_title":"x"}}"#),
            (
                "/crm/v3/extensions/calling/12345/settings/recording",
                r#"{"urlToRetrieveAuthedRecording":"https://e.x/%s"}"#,
            ),
            (
                "/crm/v3/extensions/calling/transcripts",
                r#"{"engagementId":1001,"transcriptCreateUtterances":[{"speaker":{"id":"1","name":"A"},"text":"hi","startTimeMillis":1,"endTimeMillis":2}]}"#,
            ),
        ] {
            let status = authorised(&mock, "POST", path, body).await.0;
            assert!(status < 300, "{path} {status}");
        }
        mock
    }
}

/// Asks with the credential that the path needs.
async fn authorised(mock: &Asking, method: &str, path: &str, body: &str) -> (u16, Bytes) {
    let setup = mock.0.portal().setup();
    let developer = path.contains("/settings");
    let token = if developer { &setup.developer_key } else { &setup.access_token };
    let path = if developer { format!("{path}?hapikey={token}") } else { path.to_owned() };
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if !developer {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let reply = mock.raw(request.body(Bytes::from(body.to_owned())).expect("a request")).await;
    (reply.status().as_u16(), reply.into_body())
}

/// Everything that a refusal must leave as it is.
async fn everything(mock: &Asking) -> Vec<String> {
    const ALL: &str = "contacts,companies,deals,tickets,calls";
    let app = "/crm/v3/extensions/calling/12345/settings";
    let mut paths: Vec<String> =
        ["", "/recording", "/channel-connection"].iter().map(|end| format!("{app}{end}")).collect();
    for kind in ALL.split(',') {
        for archived in ["true", "false"] {
            let list = format!("/crm/v3/objects/{kind}?limit=100&archived={archived}&associations={ALL}");
            paths.push(format!("{list}&properties=hs_lastmodifieddate,hs_call_has_transcript"));
            paths
                .push(format!("/crm/v3/properties/{kind}?archived={archived}&properties=own_prop,call,text"));
        }
        paths.push(format!("/crm/v4/associations/calls/{kind}/labels"));
    }
    paths.push("/crm/v3/extensions/calling/transcripts/5001".into());
    let mut all = Vec::new();
    for path in paths {
        let (status, body) = authorised(mock, "GET", &path, "").await;
        assert!(status < 500, "{status} for {path}");
        let mut reply: Value = serde_json::from_slice(&body).unwrap_or_default();
        // A refusal has a correlation id of its own, and settings that nobody made are as young as the question.
        let young = ["correlationId", "createdAt", "updatedAt"];
        reply
            .as_object_mut()
            .into_iter()
            .for_each(|members| members.retain(|n, _| !young.contains(&n.as_str())));
        all.push(format!("{path}: {status} {reply}"));
    }
    let portal = mock.0.portal();
    all.push(format!("{:?} {:?}", portal.owners(), portal.calls()));
    all
}

/// Says whether it was answered, and not refused.
async fn ask(mock: &Asking, question: &Question, before: Option<&mut Vec<String>>) -> bool {
    let mut request = Request::builder().method(question.method.as_str()).uri(question.target.as_str());
    if let Some(media_type) = &question.content_type {
        request = request.header("content-type", media_type);
    }
    if let Some(authorization) = &question.authorization {
        request = request.header("authorization", authorization);
    }
    let Ok(request) = request.body(Bytes::from(question.body.clone())) else { return false };
    let response = mock.raw(request).await;
    let status = response.status().as_u16();
    assert!(status < 500, "{status} for {question:?}");
    assert!(response.headers().contains_key("x-hubspot-correlation-id"), "{question:?}");
    if let Some(before) = before {
        let after = everything(mock).await;
        for (now, then) in after.iter().zip(before.iter()).filter(|_| status >= 400) {
            assert_eq!(now, then, "a refusal has an effect: {status} for {question:?}");
        }
        *before = after;
    }
    if status == 204 {
        assert!(response.body().is_empty());
        return true;
    }
    let media_type = response.headers()["content-type"].to_str().expect("text").to_owned();
    if media_type.starts_with("application/json") {
        let reply: Value = serde_json::from_slice(response.body()).expect("JSON");
        let refused = status >= 400 && !question.target.starts_with("/oauth");
        assert!(!refused || reply["status"] == "error" && reply["message"].is_string(), "{reply}");
    } else {
        assert!(media_type.starts_with("text/html") && status >= 400, "{media_type} {status}");
    }
    status < 400
}

#[test]
fn nonsense_is_refused_and_does_no_harm() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (asked, answered) = (Cell::new(0_usize), Cell::new(0_usize));
    TARGET.run(
        &case(),
        |case| format!("{case:#?}").into_bytes(),
        |case| {
            runtime.block_on(async {
                let mock = case.start().await;
                let mut before = if case.watched { Some(everything(&mock).await) } else { None };
                for question in &case.questions {
                    let was_answered = ask(&mock, question, before.as_mut()).await;
                    answered.set(answered.get() + usize::from(was_answered));
                }
                drop(mock);
                // What it had under way ends in this turn; nothing here waits for anything else, so none would come.
                tokio::task::yield_now().await;
            });
            asked.set(asked.get() + case.questions.len());
        },
    );
    let (asked, answered) = (asked.get(), answered.get());
    eprintln!("{asked} questions, {answered} of them answered");
    assert!(answered * 20 > asked, "hardly any question makes sense: {answered} of {asked}");
}
