//! Which names carry a credential, which carry facts that evidence needs, and what a token looks like.

use std::sync::LazyLock;

/// Names of parameters and members whose values are always cut.
const CREDENTIALS: &[&str] = &[
    "hapikey",
    "token",
    "tokenkey",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "clientsecret",
    "secret",
    "code",
    "codeverifier",
    "sig",
    "signature",
    "xamzsignature",
    "xamzcredential",
    "xamzsecuritytoken",
    "xgoogsignature",
    "xgoogcredential",
    "awsaccesskeyid",
    "googleaccessid",
    "keypairid",
    "policy",
    "key",
    "apikey",
    "password",
    "passwd",
    "pwd",
    "auth",
    "authorization",
    "jwt",
    "bearer",
    "session",
    "sessionid",
    "credential",
    "credentials",
    "assertion",
    "clientassertion",
    "privatekey",
    "developerkey",
];

/// Endings that make any longer name a credential (`userToken`, `webhook_secret`).
const ENDINGS: &[&str] = &["token", "secret", "password", "apikey", "signature", "credential", "jwt"];

/// When a URL expires and what its signature covers: facts that evidence needs.
const EXPIRY: &[&str] = &[
    "expires",
    "exp",
    "se",
    "xamzdate",
    "xamzexpires",
    "xamzsignedheaders",
    "xamzalgorithm",
    "xgoogexpires",
    "xgoogdate",
    "xgoogsignedheaders",
    "xgoogalgorithm",
];

/// Parameters of HubSpot's API that are no secrets, whatever they look like.
const HUBSPOT: &[&str] = &[
    "externalaccountid",
    "appid",
    "externalid",
    "limit",
    "after",
    "properties",
    "propertieswithhistory",
    "associations",
    "archived",
    "idproperty",
    "email",
    "engagementid",
    "callid",
    "userid",
    "portalid",
    "granttype",
    "redirecturi",
    "clientid",
    "scope",
    "scopes",
    "operation",
    "since",
];

/// Lower-case letters and digits only: `X-Amz-Date`, `x_amz_date` and `xAmzDate` are one name.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// What credentials look like from their end.
#[derive(Clone, Copy, Default)]
struct Tail {
    /// A bit for each letter that stands before the last two.
    before: u32,
    /// A bit for each length.
    lengths: u64,
}

/// The tails of all credentials, by the last letter and the one before it.
static TAILS: LazyLock<[[Tail; 26]; 26]> = LazyLock::new(|| {
    // Whatever ends with one of the endings is a credential, however long it is.
    let exact = CREDENTIALS.iter().map(|word| (word, 1 << word.len()));
    let open = ENDINGS.iter().map(|word| (word, u64::MAX << word.len()));
    let mut tails = [[Tail::default(); 26]; 26];
    for (word, lengths) in exact.chain(open) {
        if let [.., first, second, third] = word.as_bytes() {
            let tail = &mut tails[usize::from(third - b'a')][usize::from(second - b'a')];
            tail.before |= 1 << (first - b'a');
            tail.lengths |= lengths;
        }
    }
    tails
});

/// The lengths of the credentials that end with the same three letters; most names end with others.
fn lengths(mut backwards: impl Iterator<Item = u8>) -> Option<u64> {
    let mut letter =
        || backwards.next().map(|byte| usize::from(byte.to_ascii_lowercase().wrapping_sub(b'a')));
    let (last, middle, first) = (letter()?, letter()?, letter()?);
    let tail = TAILS.get(last)?.get(middle)?;
    (first < 26 && tail.before & (1 << first) != 0).then_some(tail.lengths)
}

/// A bit for each letter that stands before the last two of any credential, by the last letter and the one before it. Every name
/// in every text comes by here, so it is there from the beginning.
static ENDS: [[u32; 26]; 26] = {
    let mut ends = [[0; 26]; 26];
    let mut at = 0;
    while at < CREDENTIALS.len() + ENDINGS.len() {
        let word = if at < CREDENTIALS.len() { CREDENTIALS[at] } else { ENDINGS[at - CREDENTIALS.len()] };
        if let [.., first, second, third] = word.as_bytes() {
            ends[(*third - b'a') as usize][(*second - b'a') as usize] |= 1 << (*first - b'a');
        }
        at += 1;
    }
    ends
};

/// Whether no credential's name ends with these letters, whatever stands before them.
pub(super) fn is_no_end(letters: [u8; 3]) -> bool {
    // Whatever is no letter is beyond the last one.
    let [first, second, third] = letters.map(|letter| (letter | 0x20).wrapping_sub(b'a'));
    let before = ENDS.get(usize::from(third)).and_then(|ends| ends.get(usize::from(second)));
    before.is_some_and(|before| first < 26 && before & (1 << first) == 0)
}

/// Whether values under this name are credentials.
pub(super) fn is_credential(name: &str) -> bool {
    const LONGEST: usize = 96;
    let Some(lengths) = lengths(name.bytes().rev().filter(u8::is_ascii_alphanumeric)) else { return false };
    let length = name.bytes().filter(u8::is_ascii_alphanumeric).count();
    if lengths & (1 << length.min(63)) == 0 {
        return false;
    }
    if name.len() > LONGEST {
        return is_plainly_credential(plain(name).as_bytes());
    }
    // The same as `plain`, for all the names that come by, without taking memory.
    let mut letters = [0; LONGEST];
    for (letter, byte) in letters.iter_mut().zip(name.bytes().filter(u8::is_ascii_alphanumeric)) {
        *letter = byte.to_ascii_lowercase();
    }
    is_plainly_credential(&letters[..length])
}

fn is_plainly_credential(name: &[u8]) -> bool {
    CREDENTIALS.iter().any(|known| known.as_bytes() == name)
        || ENDINGS.iter().any(|ending| name.ends_with(ending.as_bytes()))
}

/// Names that also stand for harmless things (an error's `code`, a `key` of a map).
pub(super) fn is_ambiguous(name: &str) -> bool {
    matches!(plain(name).as_str(), "code" | "key" | "auth" | "session" | "policy" | "bearer")
}

/// A value that an ambiguous name carries when it is no credential: `PROPERTY_DOESNT_EXIST`, `404`, `true`.
pub(super) fn is_plain_word(value: &str) -> bool {
    (!value.is_empty() && value.len() <= 5 && value.bytes().all(|b| b.is_ascii_digit()))
        || matches!(value, "true" | "false" | "null" | "none")
        || (value.len() > 3
            && value.as_bytes()[0].is_ascii_uppercase()
            && value.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
}

/// Whether the parameter says when a URL expires or what was signed.
pub(super) fn is_expiry(name: &str) -> bool {
    EXPIRY.contains(&plain(name).as_str())
}

/// Whether the parameter belongs to HubSpot's API and is no secret.
pub(super) fn is_hubspot(name: &str) -> bool {
    HUBSPOT.contains(&plain(name).as_str())
}

/// Whether it is one of the header fields of our own replies whose value we make of numbers and fixed words.
pub(super) fn is_ours(name: &str) -> bool {
    matches!(name, "content-type" | "retry-after" | "x-hubspot-correlation-id")
        || name.starts_with("x-hubspot-ratelimit-")
}

/// Whether it is one of the header fields that most requests or answers have; spares a closer look.
pub(super) fn is_plain_header(name: &str) -> bool {
    matches!(
        name,
        "accept"
            | "accept-encoding"
            | "accept-ranges"
            | "cache-control"
            | "connection"
            | "content-length"
            | "content-range"
            | "content-type"
            | "date"
            | "etag"
            | "host"
            | "last-modified"
            | "range"
            | "server"
            | "user-agent"
            | "vary"
    )
}

/// Whether a header field of that name (lower case) carries a credential.
pub(super) fn is_credential_header(name: &str) -> bool {
    let plain = plain(name);
    is_credential(name)
        || ["token", "secret", "apikey", "password", "signature", "authorization", "credential"]
            .iter()
            .any(|part| plain.contains(part))
        || plain.starts_with("xauth")
}

/// Whether this is an authentication scheme rather than the first word of a token.
pub(super) fn is_scheme(word: &str) -> bool {
    ["bearer", "basic", "digest", "negotiate", "apikey", "token"].iter().any(|s| word.eq_ignore_ascii_case(s))
}

/// `<secret:12>`
pub(super) fn is_placeholder(value: &str) -> bool {
    value
        .strip_prefix("<secret:")
        .and_then(|rest| rest.strip_suffix('>'))
        .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// At least 20 characters with letters and digits mixed, or the shape of a JSON Web Token.
pub(super) fn looks_like_token(value: &str) -> bool {
    let jwt = value.starts_with("eyJ") && value.matches('.').count() == 2;
    let mixed = value.len() >= 20
        && value.bytes().any(|b| b.is_ascii_digit())
        && value.bytes().any(|b| b.is_ascii_alphabetic())
        && !value.contains(' ');
    jwt || mixed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_recognised_in_every_spelling() {
        for name in ["access_token", "accessToken", "X-Amz-Signature", "HAPIKEY", "webhookSecret", "id_token"]
        {
            assert!(is_credential(name), "{name}");
        }
        for name in ["externalId", "hs_call_title", "engagementId", "category", "tokens_used"] {
            assert!(!is_credential(name), "{name}");
        }
    }

    #[test]
    fn every_credential_is_recognised_by_itself() {
        for name in CREDENTIALS.iter().chain(ENDINGS) {
            assert!(is_credential(name) && is_credential(&name.to_uppercase()), "{name}");
            assert!(name.len() > 2 && name.bytes().all(|b| b.is_ascii_lowercase()), "{name}");
        }
        for ending in ENDINGS {
            assert!(
                (1..120).all(|long| is_credential(&format!("{}_{ending}", "x".repeat(long)))),
                "{ending}"
            );
        }
        assert!(!is_credential("") && !is_credential("n"));
    }

    #[test]
    fn an_error_code_is_no_credential() {
        assert!(is_plain_word("PROPERTY_DOESNT_EXIST"));
        assert!(is_plain_word("404"));
        assert!(!is_plain_word("na1-3f"));
    }
}
