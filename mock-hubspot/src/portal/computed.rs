//! The properties that HubSpot computes from others.

use super::validation;
use crate::wire::ObjectType;
use compact_str::{CompactString, ToCompactString as _};

/// The computed values that depend on the changed properties; an empty one clears.
pub(super) fn computed<'a>(
    kind: ObjectType,
    set: impl Fn(&str) -> Option<&'a str>,
    changed: impl Fn(&str) -> bool,
    user_of: impl Fn(u64) -> Option<u64>,
    now: &str,
) -> Vec<(&'static str, CompactString)> {
    let value = |name: &str| set(name).unwrap_or_default();
    let mut all = Vec::new();
    if changed("hubspot_owner_id") {
        let owner = value("hubspot_owner_id");
        let user = owner.parse().ok().and_then(user_of);
        all.push(("hs_user_ids_of_all_owners", user.map(|id| id.to_compact_string()).unwrap_or_default()));
        all.push(("hubspot_owner_assigneddate", if owner.is_empty() { "" } else { now }.into()));
        all.push(("hs_all_owner_ids", owner.into()));
    }
    if kind == ObjectType::Calls && changed("hs_call_body") {
        let body = value("hs_call_body");
        let (preview, whole) = validation::preview(body);
        let is_truncated = if body.is_empty() { "" } else { ["true", "false"][usize::from(whole)] };
        all.push(("hs_body_preview_is_truncated", is_truncated.into()));
        all.push(("hs_body_preview_html", beginning(body).into()));
        all.push(("hs_body_preview", preview.into()));
    }
    if kind == ObjectType::Contacts && ["email", "firstname", "lastname"].into_iter().any(changed) {
        let email = value("email");
        let name = format!("{} {}", value("firstname"), value("lastname"));
        let name = name.trim();
        all.push(("hs_email_domain", email.split_once('@').map(|(_, d)| d.into()).unwrap_or_default()));
        all.push(("hs_full_name_or_email", if name.is_empty() { email } else { name }.into()));
    }
    all
}

/// As much of the notes as a preview shows, mark-up and all.
fn beginning(body: &str) -> &str {
    match body.char_indices().nth(validation::PREVIEW) {
        Some((end, _)) if body.len() > validation::PREVIEW => &body[..end],
        _ => body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn of(kind: ObjectType, given: &[(&str, &str)]) -> BTreeMap<&'static str, CompactString> {
        let given: BTreeMap<_, _> = given.iter().copied().collect();
        computed(kind, |name| given.get(name).copied(), |_| true, |_| None, "now").into_iter().collect()
    }

    #[test]
    fn a_call_s_notes_have_a_preview_and_its_owner_a_date() {
        let all = of(ObjectType::Calls, &[("hs_call_body", "<i>x</i>"), ("hubspot_owner_id", "71")]);
        assert_eq!(all["hs_body_preview"], "x");
        assert_eq!(all["hs_body_preview_is_truncated"], "false");
        assert_eq!(
            (all["hs_all_owner_ids"].as_str(), all["hubspot_owner_assigneddate"].as_str()),
            ("71", "now")
        );
    }

    #[test]
    fn a_contact_is_called_by_its_name_or_its_email() {
        let named = of(ObjectType::Contacts, &[("firstname", "Ada"), ("email", "a@x.example")]);
        assert_eq!(named["hs_full_name_or_email"], "Ada");
        let nameless = of(ObjectType::Contacts, &[("email", "a@x.example")]);
        assert_eq!(nameless["hs_full_name_or_email"], "a@x.example");
        assert_eq!(nameless["hs_email_domain"], "x.example");
    }
}
