//! The guide's four steps, in every version and form.

use crate::client::{Client, call, mock, settings, strict};
use mock_hubspot::journal::{Credential, Outcome};
use mock_hubspot::operation::Operation::{LogCall, MarkReady, RegisterRecordingUrl};
use mock_hubspot::versions::{ApiVersion, path};

#[tokio::test]
async fn the_guide_can_be_followed_in_every_version() {
    for version in ApiVersion::WHOLE {
        let mock = mock().await;
        let client = Client::of(&mock);
        let registration = path(version, RegisterRecordingUrl, &[("appId", "12345")]).expect("a path");
        let body = r#"{"urlToRetrieveAuthedRecording":"https://e.x/retrieve/recording/%s"}"#;
        let reply = client.send("POST", &registration, body).await;
        assert_eq!((reply.status, reply.text.as_str()), (200, body), "{version:?}");

        let reply = client.send("POST", &path(version, LogCall, &[]).expect("a path"), &call("c-1")).await;
        assert_eq!(reply.status, 201, "{version:?} {}", reply.text);
        assert_eq!(reply.json()["id"], "1001");
        assert_eq!(reply.json()["properties"]["hs_call_duration"], "60000");

        let objects = if version == ApiVersion::V3 {
            "/crm/v4/objects".to_owned()
        } else {
            format!("/crm/objects/{}", version.segment())
        };
        let linked = format!("{objects}/calls/1001/associations/default/contacts/101");
        let reply = client.send("PUT", &linked, "").await;
        assert_eq!(reply.status, 200, "{version:?} {}", reply.text);
        assert_eq!(reply.json()["results"][1]["associationSpec"]["associationTypeId"], 193);

        let ready = path(version, MarkReady, &[]).expect("a path");
        let reply = client.send("POST", &ready, r#"{"engagementId":1001}"#).await;
        assert_eq!((reply.status, reply.text.as_str()), (204, ""), "{version:?}");

        assert_eq!(
            mock.portal().registered_url("12345").as_deref(),
            Some("https://e.x/retrieve/recording/%s")
        );
        assert_eq!(mock.portal().call(1001).map(|c| c.marked_ready), Some(1));
        let entries = mock.journal().entries();
        assert!(entries.iter().all(|e| e.outcome == Outcome::Served && e.version.is_some()), "{entries:#?}");
        assert_eq!(entries.iter().filter(|e| e.call_id == Some(1001)).count(), 3);
        mock.stop().await;
    }
}

#[tokio::test]
async fn a_call_is_linked_by_each_form_and_seen_from_both_sides() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let labelled = r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":194}]"#;
    let forms = [
        ("/crm/v3/objects/calls/{id}/associations/contact/101/194", "", 200),
        ("/crm/v3/objects/calls/{id}/associations/contacts/101/call_to_contact", "", 200),
        ("/crm/v3/objects/0-48/{id}/associations/0-1/101/194", "", 200),
        ("/crm/v4/objects/calls/{id}/associations/default/contacts/101", "", 200),
        ("/crm/v4/objects/contacts/101/associations/default/calls/{id}", "", 200),
        ("/crm/v4/objects/calls/{id}/associations/contacts/101", labelled, 201),
        ("/crm/objects/2026-03/calls/{id}/associations/contacts/101", labelled, 201),
        ("/crm/objects/2025-09/calls/{id}/associations/default/contacts/101", "", 200),
    ];
    for (i, (form, body, status)) in forms.into_iter().enumerate() {
        let id = client.log_call(&format!("c-{i}")).await;
        let reply = client.send("PUT", &form.replace("{id}", &id.to_string()), body).await;
        assert_eq!(reply.status, status, "{form} {}", reply.text);
        let links = mock.portal().associations_of_call(id);
        assert_eq!(links, [("contacts".to_owned(), 101, "HUBSPOT_DEFINED".to_owned(), 194)], "{form}");
        assert!(mock.portal().calls_of_record("contacts", 101).contains(&id), "{form}");
        let seen = client.get(&format!("/crm/v4/objects/calls/{id}/associations/contacts")).await.json();
        assert_eq!(seen["results"][0]["toObjectId"], 101);
        assert_eq!(seen["results"][0]["associationTypes"][0]["typeId"], 194);
    }
    let seen = client.get("/crm/v4/objects/contacts/101/associations/calls?limit=500").await.json();
    assert_eq!(seen["results"].as_array().map(Vec::len), Some(8));
    assert_eq!(seen["results"][0]["associationTypes"][0]["typeId"], 193);
    assert!(seen.get("paging").is_none());
}

#[tokio::test]
async fn the_guide_s_link_answers_with_the_call_and_can_be_listed_and_removed() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let id = client.log_call("c").await;
    let link = format!("/crm/v3/objects/calls/{id}/associations/contacts/101/194");
    let reply = client.send("PUT", &link, "").await.json();
    assert_eq!(reply["id"], id.to_string());
    assert_eq!(reply["associations"]["contacts"]["results"][0]["type"], "call_to_contact");
    let list = format!("/crm/v3/objects/calls/{id}/associations/contacts");
    assert_eq!(client.get(&list).await.text, r#"{"results":[{"id":"101","type":"call_to_contact"}]}"#);
    for _ in 0..2 {
        assert_eq!(client.send("DELETE", &link, "").await.status, 204);
    }
    assert_eq!(client.get(&list).await.text, r#"{"results":[]}"#);
    assert!(mock.portal().calls_of_record("contacts", 101).is_empty());
}

#[tokio::test]
async fn a_call_can_be_linked_as_it_is_logged() {
    let mock = mock().await;
    let client = Client::of(&mock);
    let body = r#"{"properties":{"hs_timestamp":1698400800000},"associations":[
        {"to":{"id":101},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":194}]},
        {"to":{"id":"201"},"types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":182}]}]}"#;
    let reply = client.send("POST", "/crm/v3/objects/calls", body).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
    assert_eq!(reply.json()["properties"]["hs_timestamp"], "2023-10-27T10:00:00Z");
    assert!(reply.json().get("associations").is_none());
    let path = "/crm/v3/objects/calls/1001?associations=contacts&associations=companies,deals&archived=False";
    let seen = client.get(path).await.json();
    assert_eq!(seen["associations"]["companies"]["results"][0]["type"], "call_to_company");
    assert!(seen["associations"].get("deals").is_none());
}

#[tokio::test]
async fn the_registration_can_be_read_moved_and_repeated() {
    let mock = strict().await;
    let setup = mock.portal().setup().clone();
    let client = Client::of(&mock).with_token("");
    let path = settings(&setup);
    assert_eq!(client.get(&path).await.status, 404);
    for (method, url) in [("POST", "https://a.x/%s"), ("PATCH", "https://b.x/%s"), ("POST", "https://c.x/%s")]
    {
        let body = format!(r#"{{"urlToRetrieveAuthedRecording":"{url}"}}"#);
        assert_eq!(client.send(method, &path, &body).await.status, 200);
        assert_eq!(client.get(&path).await.json()["urlToRetrieveAuthedRecording"], url);
    }
    let credentials = mock.journal().entries();
    assert!(credentials.iter().all(|e| e.credential == Credential::DeveloperKey));
}

#[tokio::test]
async fn owners_are_listed_with_and_without_a_slash() {
    let mock = mock().await;
    let client = Client::of(&mock);
    for path in ["/crm/v3/owners", "/crm/v3/owners/?limit=100&archived=False", "/crm/owners/2026-03"] {
        assert_eq!(client.get(path).await.json()["results"].as_array().map(Vec::len), Some(3), "{path}");
    }
    let found = client.get("/crm/v3/owners/?email=sally%40portal.example").await.json();
    assert_eq!(found["results"][0]["id"], "71");
    assert_eq!(client.get("/crm/v3/owners/9071?idProperty=userId").await.json()["id"], "71");
    assert_eq!(client.get("/crm/v3/owners/9071?idProperty=id").await.status, 404);
}
