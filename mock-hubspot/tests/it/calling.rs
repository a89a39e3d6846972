//! The calling extensions: settings, channel, inbound calls, transcripts, connection statuses.

use crate::client::{Client, Reply, mock};
use mock_hubspot::{MockHubSpot, Switches};

const SETTINGS: &str = "/crm/v3/extensions/calling/12345/settings";
const RECORDING: &str = "/crm/v3/extensions/calling/12345/settings/recording";
const CHANNEL: &str = "/crm/v3/extensions/calling/12345/settings/channel-connection";
const READY: &str = "/crm/v3/extensions/calling/recordings/ready";
const INBOUND: &str = "/crm/extensions/calling/2026-03/inbound-call";
const TRANSCRIPTS: &str = "/crm/extensions/calling/2026-03/transcripts";
const STATUSES: &str = "/crm/extensions/calling/v3/connection-statuses";
const NAME_AND_URL: &str = r#"{"name":"demo","url":"https://e.x/w"}"#;

async fn switched(pairs: &[&str]) -> MockHubSpot {
    let switches = Switches::from_pairs(pairs.iter().copied()).expect("switches");
    MockHubSpot::builder().retrieval(false).switches(switches).start().await.expect("it starts")
}

fn refusal(reply: &Reply) -> (u16, String) {
    (reply.status, reply.message())
}

#[tokio::test]
async fn settings_are_made_completed_changed_and_deleted() {
    let mock = mock().await;
    let client = Client::of(&mock);
    assert_eq!(refusal(&client.get(SETTINGS).await), (404, "resource not found".into()));
    let made = client.send("POST", SETTINGS, NAME_AND_URL).await;
    assert_eq!(made.status, 200);
    let shown = made.json();
    assert_eq!((shown["height"].as_i64(), shown["isReady"].as_bool()), (Some(600), Some(true)));
    let changed = client.send("PATCH", SETTINGS, r#"{"isReady":false,"width":320}"#).await.json();
    assert_eq!((changed["isReady"].as_bool(), changed["width"].as_i64()), (Some(false), Some(320)));
    assert_eq!((&changed["name"], &changed["createdAt"]), (&shown["name"], &shown["createdAt"]));
    for (body, message) in [
        ("{}", "Some required fields were not set: [name, url]"),
        (
            r#"{"name":"demo","url":7}"#,
            "Cannot deserialize value of type `java.lang.String` from Integer value",
        ),
        (r#"{"name":"demo","url":"u","isReady":"yes"}"#, "Cannot deserialize value of type `boolean`"),
    ] {
        let reply = client.send("POST", SETTINGS, body).await;
        assert!(reply.status == 400 && reply.message().contains(message), "{}", reply.text);
    }
    for _ in 0..2 {
        assert_eq!(client.send("DELETE", SETTINGS, "").await.status, 204);
    }
    assert_eq!(client.send("PATCH", SETTINGS, "{}").await.status, 404);
}

#[tokio::test]
async fn a_channel_s_users_are_connected_once_it_is_ready() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let connected = async || client.get(&format!("{STATUSES}?userId=9071&userId=5")).await.json();
    assert_eq!(connected().await["results"][0]["connected"], false);
    assert_eq!(client.send("POST", CHANNEL, r#"{"url":"https://e.x/c"}"#).await.status, 400);
    let made = client.send("POST", CHANNEL, r#"{"url":"https://e.x/c","isReady":true}"#).await;
    assert_eq!(made.status, 200);
    client.send("POST", SETTINGS, NAME_AND_URL).await;
    let results = connected().await["results"].clone();
    assert_eq!(
        results[0].to_string(),
        r#"{"userId":"9071","connected":true,"provider":{"type":"THIRD_PARTY","appId":12345,"appName":"demo"}}"#
    );
    assert_eq!(results[1]["connected"], false, "nobody's user");
    assert_eq!(client.get(&format!("{STATUSES}/me")).await.json()["userId"], "9071");
    let batch = client.send("POST", &format!("{STATUSES}/batch/read"), r#"{"inputs":[{"id":"9072"}]}"#).await;
    assert_eq!(batch.json()["results"][0]["connected"], true);
    assert_eq!(client.send("DELETE", CHANNEL, "").await.status, 204);
    assert_eq!(client.get(CHANNEL).await.status, 404);
}

fn inbound(create: bool, from: &str, more: &str) -> String {
    format!(
        r#"{{"createEngagement":{create},"engagementProperties":{{"hs_call_title":"From outside"}},"externalCallId":"in-1",
        "finalCallStatus":"MISSED","fromNumber":{{"e164Number":"{from}","phoneNumberType":"MOBILE"}},
        "toNumber":{{"e164Number":"+15550000000","phoneNumberType":"VOIP","extension":"7"}},
        "potentialRecipientUserIds":[9071],"durationSeconds":90,"callStartedTimestamp":1698400800000{more}}}"#
    )
}

#[tokio::test]
async fn an_inbound_call_is_matched_by_its_number_and_logged_when_asked() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let company = r#"{"properties":{"name":"Also there","phone":"+1 (555) 765-4321"}}"#;
    client.send("POST", "/crm/v3/objects/companies", company).await;
    let reply = client.send("POST", INBOUND, &inbound(false, "+15557654321", "")).await;
    assert_eq!(
        reply.text,
        r#"{"callerIdMatches":[{"callerIdType":"CONTACT","objectCoordinates":{"portalId":62515,"objectTypeId":"0-1","objectId":101},"email":"ada@customer.example","firstName":"Ada","lastName":"Adams"},{"callerIdType":"COMPANY","objectCoordinates":{"portalId":62515,"objectTypeId":"0-2","objectId":1001},"name":"Also there"}]}"#
    );
    assert!(mock.portal().calls().is_empty());
    let reply = client.send("POST", INBOUND, &inbound(true, "+15557654321", r#","userId":9071"#)).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let call = mock.portal().calls().pop().expect("it was logged");
    let is = |name: &str| call.properties[name].to_owned();
    assert_eq!(is("hs_call_duration"), "90000", "seconds became milliseconds");
    assert_eq!((is("hs_call_direction"), is("hs_call_status")), ("INBOUND".into(), "MISSED".into()));
    assert_eq!((is("hs_call_external_id"), is("hubspot_owner_id")), ("in-1".into(), "71".into()));
    assert_eq!(
        (is("hs_call_title"), is("hs_timestamp")),
        ("From outside".into(), "2023-10-27T10:00:00Z".into())
    );
    assert_eq!(mock.portal().calls_of_record("contacts", 101), [call.id]);
    assert_eq!(mock.portal().associations_of_call(call.id).len(), 2);
    assert_eq!(mock.journal().entries().pop().and_then(|e| e.call_id), Some(call.id));
    let nobody = client.send("POST", INBOUND, &inbound(false, "+4900000", "")).await;
    assert_eq!(nobody.text, r#"{"callerIdMatches":[]}"#);
}

#[tokio::test]
async fn an_inbound_call_says_what_is_wrong_with_it() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let good = inbound(true, "+1", "");
    for (body, message) in [
        (
            "{}".to_owned(),
            "Some required fields were not set: [createEngagement, engagementProperties, externalCallId, finalCallStatus, fromNumber, potentialRecipientUserIds, toNumber]",
        ),
        (good.replace("MISSED", "GONE"), "`FinalCallStatus` from String \"GONE\""),
        (good.replace("MOBILE", "SATELLITE"), "`PhoneNumberType`"),
        (good.replace("[9071]", r#"["x"]"#), "`long`"),
        (good.replace("hs_call_title", "colour"), "Property values were not valid"),
    ] {
        let reply = client.send("POST", INBOUND, &body).await;
        assert!(reply.status == 400 && reply.message().contains(message), "{body} {}", reply.text);
    }
    assert!(mock.portal().calls().is_empty());
}

fn transcript(engagement: &str, times: &[(i64, i64)]) -> String {
    let utterances: Vec<String> = times
        .iter()
        .map(|(start, end)| {
            format!(r#"{{"speaker":{{"id":7,"name":"A"}},"text":"hi","startTimeMillis":{start},"endTimeMillis":{end}}}"#)
        })
        .collect();
    format!(r#"{{"engagementId":{engagement},"transcriptCreateUtterances":[{}]}}"#, utterances.join(","))
}

#[tokio::test]
async fn a_transcript_is_handed_in_read_and_deleted() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let call = client.log_call("c").await;
    for engagement in [call.to_string(), format!("\"{call}\"")] {
        let made = client.send("POST", TRANSCRIPTS, &transcript(&engagement, &[(0, 900), (900, 1000)])).await;
        assert_eq!(made.status, 200, "{}", made.text);
        let id = made.json()["id"].as_str().expect("an id").to_owned();
        assert_eq!(&mock.portal().call(call).expect("a call").properties["hs_call_transcription_id"], id);
        let seen = client.get(&format!("/crm/v3/extensions/calling/transcripts/{id}")).await.json();
        assert_eq!(seen["engagementId"], call.to_string());
        assert_eq!(seen["transcriptSource"], "INTEGRATOR_GENERATED");
        let first = &seen["transcriptUtterances"][0];
        assert_eq!((&first["speaker"]["id"], &first["languageCode"]), (&"7".into(), &"en-US".into()));
        for status in [204, 404] {
            assert_eq!(client.send("DELETE", &format!("{TRANSCRIPTS}/{id}"), "").await.status, status);
        }
        let properties = mock.portal().call(call).expect("a call").properties.clone();
        assert!(!properties.contains_key("hs_call_has_transcript"));
    }
    let message = |reply: Reply| (reply.status, reply.message());
    for (body, status, words) in [
        (
            "{}".to_owned(),
            400,
            "Some required fields were not set: [engagementId, transcriptCreateUtterances]",
        ),
        (
            transcript("1001", &[(-1, 5)]),
            400,
            "transcriptCreateUtterances[0].startTimeMillis must be positive",
        ),
        (
            transcript("1001", &[(1, 2), (5, 5)]),
            400,
            "transcriptCreateUtterances[1].endTimeMillis must be greater",
        ),
        (transcript("1001", &[(1, 2)]).replace("\"text\"", "\"txt\""), 400, "[text]"),
        (transcript("1001", &[(1, 2)]).replace("\"name\"", "\"n\""), 400, "[name]"),
        (transcript("424242", &[(1, 2)]), 404, "resource not found"),
    ] {
        let (given, said) = message(client.send("POST", TRANSCRIPTS, &body).await);
        assert!(given == status && said.contains(words), "{body}: {given} {said}");
    }
    assert_eq!(client.get(&format!("{TRANSCRIPTS}/x")).await.status, 400);
    assert_eq!(client.get(&format!("{TRANSCRIPTS}/424242")).await.status, 404);
}

/// What is asked after the steps, the status by default, the switch, and the status then.
type Open<'a> = (&'a [(&'a str, &'a str, &'a str)], (&'a str, &'a str, &'a str), u16, &'a str, u16);

#[tokio::test]
async fn what_nobody_knows_of_the_calling_extensions_is_a_switch() {
    let call = ("POST", "/crm/v3/objects/calls", r#"{"properties":{"hs_timestamp":"1"}}"#);
    let made = ("POST", SETTINGS, NAME_AND_URL);
    let ready = ("POST", READY, r#"{"engagementId":1001}"#);
    let recording = ("POST", RECORDING, r#"{"urlToRetrieveAuthedRecording":"https://e.x/%s"}"#);
    let (zero, empty, fine) =
        (transcript("1001", &[(0, 1)]), transcript("1001", &[]), transcript("1001", &[(1, 2)]));
    let gone = ("DELETE", SETTINGS, "");
    let untyped = ("PUT", "/crm/v3/objects/calls/1001/associations/contacts/101", "");
    let nameless = ("PUT", "/crm/v3/objects/calls/1001/associations/contacts/101/call_to_nobody", "");
    let rows: &[Open<'_>] = &[
        (&[], made, 200, "partial-settings=refuse", 400),
        (&[made], made, 200, "second-registration=refuse", 409),
        (&[], ("GET", SETTINGS, ""), 404, "missing-settings=defaults", 200),
        (&[], ("GET", RECORDING, ""), 404, "missing-settings=defaults", 200),
        (&[], gone, 204, "delete-missing-settings=refuse", 404),
        (&[made, recording, gone], ("GET", RECORDING, ""), 200, "recording-after-delete=dropped", 404),
        (&[], ready, 404, "ready-unknown-call=accept", 204),
        (&[call], ready, 204, "ready-unlinked=refuse", 400),
        (&[call, ready], ready, 204, "ready-again=refuse", 409),
        (&[call], ("POST", TRANSCRIPTS, &zero), 200, "transcript-start-zero=refuse", 400),
        (&[call], ("POST", TRANSCRIPTS, &empty), 200, "empty-transcript=refuse", 400),
        (
            &[call, ("POST", TRANSCRIPTS, &fine)],
            ("POST", TRANSCRIPTS, &fine),
            200,
            "second-transcript=refuse",
            409,
        ),
        (&[call], nameless, 400, "association-type-name=not-found", 404),
        (&[call], untyped, 404, "untyped-put=method-not-allowed", 405),
        (&[call], untyped, 404, "untyped-put=bad-request", 400),
        (&[], ("DELETE", RECORDING, ""), 405, "wrong-method=not-found", 404),
    ];
    for (before, (method, path, body), status, switch, otherwise) in rows {
        for (pairs, expected) in [(&[][..], status), (std::slice::from_ref(switch), otherwise)] {
            let mock = switched(pairs).await;
            let client = Client::of(&mock);
            for (method, path, body) in *before {
                client.send(method, path, body).await;
            }
            let reply = client.send(method, path, body).await;
            assert_eq!(reply.status, *expected, "{method} {path} {pairs:?} {}", reply.text);
        }
    }
    let mock = switched(&["transcript-properties=unset"]).await;
    let client = Client::of(&mock);
    client.log_call("c").await;
    client.send("POST", TRANSCRIPTS, &fine).await;
    assert!(!mock.portal().calls()[0].properties.contains_key("hs_call_has_transcript"));
}
