//! What can be said of a registered recording URL by looking at it.
//!
//! Pure. What HubSpot would not take is a fault; what only this mock's place makes possible is a note.

use crate::retrieval::callback_url;
use url::{Host, Url};

/// One thing that stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remark {
    /// Whether HubSpot could not work with it.
    pub(super) is_fault: bool,
    pub(super) text: &'static str,
}

const fn fault(text: &'static str) -> Remark {
    Remark { is_fault: true, text }
}

const fn note(text: &'static str) -> Remark {
    Remark { is_fault: false, text }
}

/// Everything that stands out.
pub(super) fn remarks(registered: &str) -> Vec<Remark> {
    let mut found = Vec::new();
    match registered.matches("%s").count() {
        0 => found.push(fault("There is no %s: every call is asked for under the same URL.")),
        1 => {}
        _ => {
            found.push(note("There is more than one %s; whether HubSpot fills all of them in is not known."));
        }
    }
    let Ok(url) = Url::parse(&registered.replace("%s", "s")) else {
        found.push(fault("It is no absolute URL."));
        return found;
    };
    let local = is_local(&url);
    match (url.scheme(), local) {
        ("https", _) => {}
        ("http", true) => {
            found.push(note("It is http, which HubSpot does not take; on this machine it will do."));
        }
        ("http", false) => found.push(fault("It is http; HubSpot wants https.")),
        _ => found.push(fault("It is neither https nor http.")),
    }
    if local {
        found.push(note("HubSpot itself could not reach this host."));
    }
    if url.query().is_some() {
        found.push(note("It has a query; HubSpot adds its own parameters, and may replace yours."));
    }
    if url.fragment().is_some() {
        found.push(fault("It has a fragment (#…), which no request carries."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        found.push(fault("It carries a name or password, which ends up in logs."));
    }
    found
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            !name.contains('.')
                || ["localhost", "local"].contains(&name.rsplit('.').next().unwrap_or_default())
        }
        Some(Host::Ipv4(address)) => address.is_loopback() || address.is_private() || address.is_link_local(),
        Some(Host::Ipv6(address)) => address.is_loopback() || address.is_unique_local(),
        None => false,
    }
}

/// What HubSpot would ask for a call.
pub(super) fn example(registered: &str, app_id: &str) -> String {
    callback_url(registered, "{hs_call_external_id}", app_id, "{hs_call_external_account_id}")
        .replace("%7B", "{")
        .replace("%7D", "}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(url: &str) -> (usize, usize) {
        let remarks = remarks(url);
        let faults = remarks.iter().filter(|r| r.is_fault).count();
        (faults, remarks.len() - faults)
    }

    #[test]
    fn each_fault_is_told_apart_from_what_is_only_local() {
        for (url, expected) in [
            ("https://app.example/recording/%s", (0, 0)),
            ("https://app.example/recording", (1, 0)),
            ("http://app.example/recording/%s", (1, 0)),
            ("http://127.0.0.1:3000/recording/%s", (0, 2)),
            ("http://app:3000/%s", (0, 2)),
            ("https://app.example/r?id=%s", (0, 1)),
            ("https://app.example/%s#x", (1, 0)),
            ("https://me:pw@app.example/%s", (1, 0)),
            ("ftp://app.example/%s", (1, 0)),
            ("/recording/%s", (1, 0)),
            ("https://app.example/%s/%s", (0, 1)),
        ] {
            assert_eq!(faults(url), expected, "{url}");
        }
    }

    #[test]
    fn an_example_shows_which_property_goes_where() {
        assert_eq!(
            example("https://a.example/%s", "12345"),
            "https://a.example/{hs_call_external_id}?appId=12345&externalAccountId={hs_call_external_account_id}"
        );
    }
}
