//! The address that HubSpot asks for an authenticated URL. Pure.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 3986 §2.3: what need not be encoded.
const NOT_UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as one segment of a path: every byte that is not unreserved is encoded.
pub fn encode_segment(text: &str) -> String {
    utf8_percent_encode(text, NOT_UNRESERVED).to_string()
}

/// The URL that HubSpot asks: `%s` replaced by the external id, then `appId` and `externalAccountId` in the query.
pub fn callback_url(registered: &str, external_id: &str, app_id: &str, account_id: &str) -> String {
    told(&registered.replace("%s", &encode_segment(external_id)), app_id, account_id)
}

/// A URL with HubSpot's parameters in its query.
pub(super) fn told(filled: &str, app_id: &str, account_id: &str) -> String {
    let (url, fragment) = filled.split_once('#').map_or((filled, None), |(u, f)| (u, Some(f)));
    let joint = match url.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    let fragment = fragment.map(|f| format!("#{f}")).unwrap_or_default();
    let (app_id, account_id) = (encode_segment(app_id), encode_segment(account_id));
    format!("{url}{joint}appId={app_id}&externalAccountId={account_id}{fragment}")
}
