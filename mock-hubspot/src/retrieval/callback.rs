//! The URL that HubSpot asks, as the switches have it.
//!
//! Pure. Read next: `retrieval.rs` (who asks it).

use super::address::{encode_segment, told};
use crate::switches::{ExternalIdEncoding, OwnQuery, PlaceholderInQuery, SecondPlaceholder, Switches};

/// The ids that a call brings into the URL.
pub(super) struct Named<'a> {
    pub(super) call: &'a str,
    pub(super) app: &'a str,
    pub(super) account: &'a str,
}

/// The URL to ask, or why HubSpot asks none.
pub(super) fn url(switches: &Switches, registered: &str, named: &Named<'_>) -> Result<String, String> {
    let (path, query) = registered.split_once('?').unwrap_or((registered, ""));
    if switches.placeholder_in_query == PlaceholderInQuery::NotAsked && query.contains("%s") {
        return Err("the registered URL has %s in its query".into());
    }
    let registered = match switches.own_query {
        OwnQuery::Kept => registered,
        OwnQuery::Replaced => path,
    };
    let encoded = match switches.external_id_encoding {
        ExternalIdEncoding::Segment => encode_segment(named.call),
        ExternalIdEncoding::Form => url::form_urlencoded::byte_serialize(named.call.as_bytes()).collect(),
        ExternalIdEncoding::None => named.call.to_owned(),
    };
    let filled = match switches.second_placeholder {
        SecondPlaceholder::Filled => registered.replace("%s", &encoded),
        SecondPlaceholder::Left => registered.replacen("%s", &encoded, 1),
    };
    Ok(told(&filled, named.app, named.account))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[&str], registered: &str) -> Result<String, String> {
        let switches = Switches::from_pairs(pairs.iter().copied()).expect("switches");
        url(&switches, registered, &Named { call: "a b/c", app: "1", account: "2" })
    }

    #[test]
    fn each_switch_changes_what_is_asked() {
        const END: &str = "appId=1&externalAccountId=2";
        for (pairs, registered, expected) in [
            (&[][..], "https://e.x/%s?own=1", format!("https://e.x/a%20b%2Fc?own=1&{END}")),
            (&["external-id-encoding=form"], "https://e.x/%s", format!("https://e.x/a+b%2Fc?{END}")),
            (&["external-id-encoding=none"], "https://e.x/%s", format!("https://e.x/a b/c?{END}")),
            (&["own-query=replaced"], "https://e.x/%s?own=1", format!("https://e.x/a%20b%2Fc?{END}")),
            (&[], "https://e.x/%s/%s", format!("https://e.x/a%20b%2Fc/a%20b%2Fc?{END}")),
            (&["second-placeholder=left"], "https://e.x/%s/%s", format!("https://e.x/a%20b%2Fc/%s?{END}")),
            (&[], "https://e.x/?id=%s", format!("https://e.x/?id=a%20b%2Fc&{END}")),
        ] {
            assert_eq!(asked(pairs, registered), Ok(expected), "{pairs:?}");
        }
        let why =
            asked(&["placeholder-in-query=not-asked"], "https://e.x/?id=%s").expect_err("it is not asked");
        assert!(why.contains("in its query"), "{why}");
    }
}
