//! Every operation in every version: status, header fields and member names, as they are known of HubSpot.
//!
//! The rows are written by hand; the number is the section of the fact sheet that a row comes from.

use crate::client::{Client, Reply, mock};
use mock_hubspot::MockHubSpot;
use mock_hubspot::operation::Operation::{self, *};
use mock_hubspot::versions::{ApiVersion, Route, routes};
use serde_json::Value;

/// What an operation answers.
struct Row {
    operation: Operation,
    /// Where the forms of an operation differ: what the path contains.
    within: &'static str,
    body: &'static str,
    status: u16,
    /// The members of the reply, sorted; in brackets those of the first of a list.
    members: &'static str,
    /// The section.
    source: &'static str,
}

const fn row(
    operation: Operation,
    within: &'static str,
    body: &'static str,
    status: u16,
    members: &'static str,
    source: &'static str,
) -> Row {
    Row { operation, within, body, status, members, source }
}

const WIDGET: &str = "createdAt height isReady name supportsCustomObjects supportsInboundCalling updatedAt url usesCallingWindow usesRemote width";
const CHANNEL: &str = "createdAt isReady updatedAt url";
const OBJECT: &str = "archived createdAt id properties updatedAt";
const PROPERTY: &str = "archived calculated createdAt dataSensitivity description displayOrder externalOptions fieldType formField groupName hasUniqueValue hidden hubspotDefined label modificationMetadata name options type updatedAt";
const PROPERTIES: &str = "results[archived calculated createdAt dataSensitivity description displayOrder externalOptions fieldType formField groupName hasUniqueValue hidden hubspotDefined label modificationMetadata name options type updatedAt]";
const PROPERTY_BATCH: &str = "completedAt requestedAt results[archived calculated createdAt dataSensitivity description displayOrder externalOptions fieldType formField groupName hasUniqueValue hidden hubspotDefined label modificationMetadata name options type updatedAt] startedAt status";
const OWN: &str =
    r#"{"name":"shoe","label":"Shoe","type":"string","fieldType":"text","groupName":"contactinformation"}"#;
const TIER: &str = r#"{"inputs":[{"name":"tier","label":"Tier","type":"string","fieldType":"text","groupName":"contactinformation"}]}"#;
const OWN_BATCH: &str = r#"{"inputs":[{"name":"shoe","label":"Shoe","type":"string","fieldType":"text","groupName":"contactinformation"}]}"#;
const OBJECTS: &str = "results[archived createdAt id properties updatedAt]";
const OBJECT_BATCH: &str =
    "completedAt requestedAt results[archived createdAt id properties updatedAt] startedAt status";
const BATCH: &str = "completedAt requestedAt results startedAt status";
const OWNER: &str =
    "archived createdAt email firstName id lastName type updatedAt userId userIdIncludingInactive";
const RECORDING: &str = r#"{"urlToRetrieveAuthedRecording":"https://e.x/%s"}"#;
const PAIR: &str = r#"{"inputs":[{"from":{"id":"1001"},"to":{"id":"102"},"type":"call_to_contact","types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":194}]}]}"#;
const TRANSCRIPT: &str = r#"{"engagementId":1001,"transcriptCreateUtterances":[{"speaker":{"id":"1","name":"A"},"text":"hi","startTimeMillis":1,"endTimeMillis":2}]}"#;
const INBOUND: &str = r#"{"createEngagement":true,"engagementProperties":{},"externalCallId":"x","finalCallStatus":"COMPLETED","fromNumber":{"e164Number":"+15557654321","phoneNumberType":"MOBILE"},"toNumber":{"e164Number":"+1","phoneNumberType":"VOIP"},"potentialRecipientUserIds":[1]}"#;
const CLIENT: &str = "client_id=c&client_secret=s&token=mock-refresh-token-77d0";
const REFRESH: &str = "client_id=c&client_secret=s&grant_type=refresh_token&refresh_token=r";
const TOKEN: &str = "access_token expires_in refresh_token token_type";

/// The first row that fits an operation and a path is meant; statuses that differ by version are in `status`.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    row(ReadRecordingUrl, "", "", 200, "urlToRetrieveAuthedRecording", "1.1"),
    row(RegisterRecordingUrl, "", RECORDING, 200, "urlToRetrieveAuthedRecording", "1.1"),
    row(MoveRecordingUrl, "", RECORDING, 200, "urlToRetrieveAuthedRecording", "1.1"),
    row(ReadSettings, "", "", 200, WIDGET, "1.1"),
    row(CreateSettings, "", r#"{"name":"n","url":"u"}"#, 200, WIDGET, "1.1"),
    row(UpdateSettings, "", r#"{"isReady":false}"#, 200, WIDGET, "1.1"),
    row(DeleteSettings, "", "", 204, "", "1.1"),
    row(ReadChannel, "", "", 200, CHANNEL, "1.1"),
    row(CreateChannel, "", r#"{"url":"u","isReady":true}"#, 200, CHANNEL, "1.1"),
    row(UpdateChannel, "", "{}", 200, CHANNEL, "1.1"),
    row(DeleteChannel, "", "", 204, "", "1.1"),
    row(ReportInboundCall, "", INBOUND, 200, "callerIdMatches[callerIdType email firstName lastName objectCoordinates]", "1.1"),
    row(MarkReady, "", r#"{"engagementId":1001}"#, 204, "", "1.1"),
    row(CreateTranscript, "", TRANSCRIPT, 200, "id", "1.1"),
    row(ReadTranscript, "", "", 200, "createdAt engagementId id transcriptSource transcriptUtterances[endTimeMillis id languageCode speaker startTimeMillis text] updatedAt", "1.1"),
    row(DeleteTranscript, "", "", 204, "", "1.1"),
    row(ListConnectionStatuses, "", "", 200, "results[connected provider userId]", "1.1"),
    row(BatchReadConnectionStatuses, "", r#"{"inputs":[{"id":"9071"}]}"#, 200, "results[connected provider userId]", "1.1"),
    row(ReadMyConnectionStatus, "", "", 200, "connected provider userId", "1.1"),

    row(LogCall, "", r#"{"properties":{"hs_timestamp":"2026-01-01T00:00:00Z"}}"#, 201, OBJECT, "1.2"),
    row(ListCalls, "", "", 200, OBJECTS, "1.2"),
    row(ReadCall, "", "", 200, OBJECT, "1.2"),
    row(UpdateCall, "", r#"{"properties":{"hs_call_title":"x"}}"#, 200, OBJECT, "1.2"),
    row(ArchiveCall, "", "", 204, "", "1.2"),
    row(CreateRecord, "", r#"{"properties":{"firstname":"Eve"}}"#, 201, OBJECT, "1.6"),
    row(ListRecords, "", "", 200, OBJECTS, "1.6"),
    row(ReadRecord, "", "", 200, OBJECT, "1.6"),
    row(UpdateRecord, "", r#"{"properties":{"firstname":"x"}}"#, 200, OBJECT, "1.6"),
    row(ArchiveRecord, "", "", 204, "", "1.6"),

    row(Search, "", r#"{"filterGroups":[{"filters":[{"propertyName":"email","operator":"HAS_PROPERTY"}]}]}"#, 200, "results[archived createdAt id properties updatedAt] total", "1.3"),
    row(BatchRead, "", r#"{"inputs":[{"id":"102"}]}"#, 200, OBJECT_BATCH, "1.4"),
    row(BatchCreate, "", r#"{"inputs":[{"properties":{"firstname":"Eve"}}]}"#, 201, OBJECT_BATCH, "1.4"),
    row(BatchUpdate, "", r#"{"inputs":[{"id":"102","properties":{"firstname":"Eve"}}]}"#, 200, OBJECT_BATCH, "1.4"),
    row(BatchUpsert, "", r#"{"inputs":[{"id":"eve@e.example","idProperty":"email","properties":{"firstname":"Eve"}}]}"#, 200, "completedAt requestedAt results[archived createdAt id new properties updatedAt] startedAt status", "1.4"),
    row(BatchArchive, "", r#"{"inputs":[{"id":"102"},{"id":"9"}]}"#, 204, "", "1.4"),
    row(Merge, "", r#"{"primaryObjectId":"101","objectIdToMerge":"102"}"#, 200, OBJECT, "1.2"),
    row(GdprDelete, "", r#"{"objectId":"102"}"#, 204, "", "1.2"),

    row(ListProperties, "", "", 200, PROPERTIES, "1.9"),
    row(ReadProperty, "", "", 200, PROPERTY, "1.9"),
    row(CreateProperty, "", OWN, 201, PROPERTY, "1.9"),
    row(UpdateProperty, "", r#"{"label":"x"}"#, 200, PROPERTY, "1.9"),
    row(ArchiveProperty, "", "", 204, "", "1.9"),
    row(BatchReadProperties, "", r#"{"inputs":[{"name":"tier"}]}"#, 200, PROPERTY_BATCH, "1.9"),
    row(BatchCreateProperties, "", OWN_BATCH, 201, PROPERTY_BATCH, "1.9"),
    row(BatchArchiveProperties, "", r#"{"inputs":[{"name":"tier"}]}"#, 204, "", "1.9"),
    row(ListPropertyGroups, "", "", 200, "results[archived displayOrder label name]", "1.9"),

    row(Associate, "{associationType}", "", 200, "archived associations createdAt id properties updatedAt", "1.5a"),
    row(Associate, "/default/", "", 200, "completedAt results[associationSpec from to] startedAt status", "1.5b"),
    row(Associate, "", r#"[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":194}]"#, 201, "fromObjectId fromObjectTypeId labels toObjectId toObjectTypeId", "1.5b"),
    row(Dissociate, "", "", 204, "", "1.5ab"),
    row(ListAssociations, "/crm/v3/", "", 200, "results[id type]", "1.5a"),
    row(ListAssociations, "", "", 200, "results[associationTypes toObjectId]", "1.5b"),
    row(BatchCreateAssociations, "/crm/v3/", PAIR, 201, "completedAt requestedAt results[from to type] startedAt status", "1.5c"),
    row(BatchCreateAssociations, "", PAIR, 201, "completedAt requestedAt results[fromObjectId fromObjectTypeId labels toObjectId toObjectTypeId] startedAt status", "1.5b"),
    row(BatchReadAssociations, "", r#"{"inputs":[{"id":"1001"}]}"#, 200, "completedAt requestedAt results[from to] startedAt status", "1.5bc"),
    row(BatchArchiveAssociations, "/crm/v3/", PAIR, 204, "", "1.5c"),
    row(BatchArchiveAssociations, "/crm/v4/", r#"{"inputs":[{"from":{"id":"1001"},"to":[{"id":"101"}]}]}"#, 204, "", "1.5b"),
    row(BatchArchiveAssociations, "", r#"{"inputs":[{"from":{"id":"1001"},"to":[{"id":"101"}]}]}"#, 200, BATCH, "1.5b dated"),
    row(BatchArchiveLabels, "/crm/v4/", PAIR, 204, "", "1.5b"),
    row(BatchArchiveLabels, "", PAIR, 200, BATCH, "1.5b dated"),
    row(BatchAssociateDefault, "", PAIR, 200, "completedAt requestedAt results[associationSpec from to] startedAt status", "1.5b"),
    row(ListAssociationTypes, "", "", 200, "results[id name]", "1.5d"),
    row(ListLabels, "", "", 200, "results[category label typeId]", "1.5d"),
    row(CreateLabel, "", r#"{"name":"n","label":"L"}"#, 200, "results[category label typeId]", "1.5d"),
    row(UpdateLabel, "", r#"{"associationTypeId":37,"label":"M"}"#, 204, "", "1.5d"),
    row(DeleteLabel, "", "", 204, "", "1.5d"),

    row(ListOwners, "", "", 200, "results[archived createdAt email firstName id lastName type updatedAt userId userIdIncludingInactive]", "1.7"),
    row(ReadOwner, "", "", 200, OWNER, "1.7"),

    row(IssueToken, "/oauth/v1/", REFRESH, 200, TOKEN, "1.8"),
    row(IssueToken, "", REFRESH, 200, "access_token expires_in hub_id refresh_token scopes token_type token_use user_id", "1.8"),
    row(ReadAccessToken, "", "", 200, "app_id expires_in hub_domain hub_id is_private_distribution scopes token token_type user user_id", "1.8"),
    row(ReadRefreshToken, "", "", 200, "client_id hub_domain hub_id scopes token token_type user user_id", "1.8"),
    row(DeleteRefreshToken, "", "", 204, "", "1.8"),
    row(ReadPrivateAppToken, "", r#"{"tokenKey":"mock-private-app-token-5c3e"}"#, 200, "appId hubId scopes userId", "1.8"),
    row(IntrospectToken, "", CLIENT, 200, "active app_id client_id hub_id scopes token_type token_use user_id", "1.8"),
    row(RevokeToken, "", CLIENT, 200, "", "1.8"),
];

/// Header fields of a reply that counts against the limits (2.3); for OAuth no daily ones. Searches tell none.
const COUNTED: &[&str] = &[
    "x-hubspot-correlation-id",
    "x-hubspot-ratelimit-interval-milliseconds",
    "x-hubspot-ratelimit-max",
    "x-hubspot-ratelimit-remaining",
    "x-hubspot-ratelimit-secondly",
    "x-hubspot-ratelimit-secondly-remaining",
];

/// The portal that every row finds: a linked call, settings of all kinds, a transcript, a label, a property of its own.
async fn portal() -> (MockHubSpot, Client) {
    let mock = mock().await;
    let client = Client::of(&mock);
    let id = client.log_call("c").await;
    assert_eq!(id, 1001);
    let app = "/crm/v3/extensions/calling";
    for (method, path, body) in [
        ("PUT", "/crm/v4/objects/calls/1001/associations/default/contacts/101".to_owned(), ""),
        ("POST", format!("{app}/12345/settings"), r#"{"name":"n","url":"u"}"#),
        ("POST", format!("{app}/12345/settings/recording"), RECORDING),
        ("POST", format!("{app}/12345/settings/channel-connection"), r#"{"url":"u","isReady":true}"#),
        ("POST", format!("{app}/transcripts"), TRANSCRIPT),
        ("POST", "/crm/v4/associations/calls/contacts/labels".to_owned(), r#"{"name":"a","label":"A"}"#),
        ("POST", "/crm/v3/properties/contacts/batch/create".to_owned(), TIER),
    ] {
        let reply = client.send(method, &path, body).await;
        assert!([200, 201].contains(&reply.status), "{path} {}", reply.text);
    }
    (mock, client)
}

/// A path with its parameters filled in: links start from the call, records are contacts.
fn filled(route: &Route) -> String {
    let links = route.template.contains("/associations/");
    let token =
        if route.operation == ReadAccessToken { "mock-access-token-2f9c" } else { "mock-refresh-token-77d0" };
    [
        ("{appId}", "12345"),
        ("{callId}", "1001"),
        ("{objectType}", if links { "calls" } else { "contacts" }),
        ("{objectId}", if links { "1001" } else { "102" }),
        ("{fromObjectType}", "calls"),
        ("{toObjectType}", "contacts"),
        ("{toObjectId}", "101"),
        ("{associationType}", "194"),
        ("{ownerId}", "71"),
        ("{transcriptId}", "5001"),
        ("{typeId}", "37"),
        ("{propertyName}", "tier"),
        ("{token}", token),
    ]
    .iter()
    .fold(route.template.to_owned(), |path, (name, value)| path.replace(name, value))
}

/// Where a version differs from the others (1.2, 1.5b).
fn status(route: &Route, row: &Row) -> u16 {
    match (route.version, route.operation) {
        (ApiVersion::V2025_09, BatchCreate) | (ApiVersion::V2026_09, BatchCreateAssociations) => 200,
        _ => row.status,
    }
}

/// Member names, sorted; in brackets those of the first of a list of objects.
fn members(value: &Value) -> String {
    let mut names: Vec<String> = keys(value)
        .into_iter()
        .map(|name| match value[name].get(0).map(keys) {
            Some(first) if !first.is_empty() => format!("{name}[{}]", first.join(" ")),
            _ => name.to_owned(),
        })
        .collect();
    names.sort();
    names.join(" ")
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> =
        value.as_object().into_iter().flat_map(|o| o.keys()).map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn check(route: &Route, row: &Row, reply: &Reply) {
    let at = format!("{} {} (facts {}): {}", route.method, route.template, row.source, reply.text);
    assert_eq!(reply.status, status(route, row), "{at}");
    let mut headers: Vec<&str> = reply
        .headers
        .keys()
        .map(http::HeaderName::as_str)
        // The test's credential is the friendly one, which settings are not opened by; that is said.
        .filter(|name| !["date", "content-length", "x-mock-warnings"].contains(name))
        .collect();
    headers.sort_unstable();
    let untold = route.template.starts_with("/oauth/") || route.operation == Search;
    let mut expected = if untold { COUNTED[..1].to_vec() } else { COUNTED.to_vec() };
    if matches!(route.operation, LogCall | CreateRecord) {
        expected.insert(0, "location");
    }
    if reply.status == 204 {
        assert_eq!(reply.text, "", "{at}");
    } else {
        expected.insert(0, "content-type");
        assert_eq!(reply.media_type, "application/json;charset=utf-8", "{at}");
        assert_eq!(members(&reply.json()), row.members, "{at}");
    }
    assert_eq!(headers, expected, "{at}");
}

#[tokio::test]
async fn every_operation_of_every_version_answers_as_hubspot_does() {
    for route in routes() {
        let fitting = |row: &&Row| row.operation == route.operation && route.template.contains(row.within);
        let row = ROWS.iter().find(fitting);
        let row = row.unwrap_or_else(|| panic!("{} has no row", route.operation.name()));
        let (_mock, client) = portal().await;
        let form = row.body.starts_with("client_id=");
        let path = filled(route);
        let media_type = if form { "application/x-www-form-urlencoded" } else { "application/json" };
        let reply = client.try_send(route.method, &path, media_type, row.body).await.expect("an answer");
        check(route, row, &reply);
    }
}

#[test]
fn every_row_is_about_something_that_is_answered() {
    for row in ROWS {
        let mut all = routes();
        let answered = all.any(|r| r.operation == row.operation && r.template.contains(row.within));
        assert!(answered, "{} {}", row.operation.name(), row.within);
    }
}
