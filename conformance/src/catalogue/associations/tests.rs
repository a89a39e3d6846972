//! The checks of associations about evidence that was spoilt in one place.

use crate::catalogue::example::{drop_entries, entry, failing, finding, outbound, refuse, unjudged, verdict};
use crate::evidence::{Association, Evidence};
use mock_hubspot::exchange::Body;
use mock_hubspot::operation::Operation;
use serde_json::json;

fn unlink(evidence: &mut Evidence) {
    evidence.stories[0].calls[0].associations.clear();
    evidence.stories[0].calls[0].seen_from_record = false;
}

fn link(type_id: u32, category: &str) -> Association {
    let (object_type, category) = ("contacts".to_owned(), category.to_owned());
    Association { object_type, id: 501, category, type_id }
}

#[test]
fn no_association_is_one_finding() {
    let mut evidence = outbound();
    drop_entries(&mut evidence, Operation::Associate);
    unlink(&mut evidence);
    assert_eq!(failing(&evidence), ["associations/associated"]);
    assert_eq!(verdict("associations/type", &evidence).word(), "unjudged");
}

#[test]
fn another_record_is_named() {
    let mut evidence = outbound();
    entry(&mut evidence, Operation::Associate).params.insert("toObjectId".to_owned(), "777".to_owned());
    unlink(&mut evidence);
    evidence.stories[0].calls[0].associations = vec![Association { id: 777, ..link(194, "HUBSPOT_DEFINED") }];
    assert_eq!(failing(&evidence), ["associations/associated"]);
    let finding = finding("associations/associated", &evidence);
    assert_eq!(finding.first_difference.as_deref(), Some("contacts/777 instead of contacts/501"));
}

#[test]
fn a_wrong_type_fails_the_type_alone_whether_hubspot_takes_it_or_not() {
    for wrong in [182, 193, 196] {
        let mut taken = outbound();
        let params = &mut entry(&mut taken, Operation::Associate).params;
        params.insert("associationType".to_owned(), wrong.to_string());
        let mut refused = taken.clone();
        taken.stories[0].calls[0].associations = vec![link(wrong, "HUBSPOT_DEFINED")];
        assert_eq!(failing(&taken), ["associations/type"], "{wrong}");
        refuse(entry(&mut refused, Operation::Associate), "One or more associations are invalid");
        unlink(&mut refused);
        assert_eq!(failing(&refused), ["associations/type"], "{wrong}");
        let finding = finding("associations/type", &refused);
        assert!(finding.received.contains(&wrong.to_string()));
    }
}

#[test]
fn a_user_defined_association_alone_fails_the_type_and_beside_hubspot_s_own_it_passes() {
    let mut evidence = outbound();
    let request = entry(&mut evidence, Operation::Associate);
    request.params.remove("associationType");
    let body = json!([{ "associationCategory": "USER_DEFINED", "associationTypeId": 194 }]);
    request.request.body = Body::Text(body.to_string().into());
    evidence.stories[0].calls[0].associations = vec![link(194, "USER_DEFINED")];
    assert_eq!(failing(&evidence), ["associations/type"]);
    evidence.stories[0].calls[0].associations.push(link(194, "HUBSPOT_DEFINED"));
    assert_eq!(failing(&evidence), [""; 0]);
}

#[test]
fn an_association_that_the_record_does_not_know_is_missing() {
    let mut evidence = outbound();
    evidence.stories[0].calls[0].seen_from_record = false;
    assert_eq!(failing(&evidence), ["associations/associated"]);
}

#[test]
fn an_association_after_ready_is_late() {
    let mut evidence = outbound();
    entry(&mut evidence, Operation::Associate).number = 10;
    assert_eq!(failing(&evidence), ["associations/before-ready"]);
}

#[test]
fn every_form_of_an_association_passes() {
    let typed = json!([{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }]);
    let batch =
        json!({ "inputs": [{ "from": { "id": "17" }, "to": { "id": "501" }, "type": "call_to_contact" }] });
    let default = json!(null);
    for (body, in_path) in [(typed, true), (batch, false), (default, true)] {
        let mut evidence = outbound();
        let request = entry(&mut evidence, Operation::Associate);
        request.params.remove("associationType");
        if !in_path {
            request.params.remove("toObjectId");
            request.params.insert("toObjectType".to_owned(), "contact".to_owned());
        }
        request.request.body = Body::Text(body.to_string().into());
        assert_eq!(failing(&evidence), [""; 0], "{body}");
        assert_eq!(unjudged(&evidence), [""; 0], "{body}");
    }
    let mut named = outbound();
    let params = &mut entry(&mut named, Operation::Associate).params;
    params.insert("associationType".to_owned(), "call_to_contact".to_owned());
    params.insert("toObjectType".to_owned(), "0-1".to_owned());
    assert_eq!(failing(&named), [""; 0]);
}

#[test]
fn an_association_that_comes_with_the_call_passes() {
    let mut evidence = outbound();
    drop_entries(&mut evidence, Operation::Associate);
    let request = entry(&mut evidence, Operation::LogCall);
    let mut body = request.request.body.json().unwrap_or_default();
    body["associations"] = json!([{
        "to": { "id": 501 },
        "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194 }]
    }]);
    request.request.body = Body::Text(body.to_string().into());
    assert_eq!(failing(&evidence), [""; 0]);
    assert_eq!(unjudged(&evidence), [""; 0]);
}
