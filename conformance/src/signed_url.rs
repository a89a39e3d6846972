//! What the query of a signed URL says: until when it works, and which header fields its signature covers. Pure.
//!
//! Knows the signatures of S3 (versions 4 and 2), GCS, Azure, CloudFront, and tokens with an `exp` (JWT, RFC 7519).

use crate::evidence::SignedUrl;

/// What this address says of itself; `None` where nothing in it looks like a signature that this kit knows.
pub fn read(url: &str) -> Option<SignedUrl> {
    let url = url.split_once('#').map_or(url, |(before, _)| before);
    let (address, query) = url.split_once('?')?;
    let all: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.into_owned()))
        .collect();
    let one = |name: &str| all.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let number = |name: &str| one(name)?.parse::<u64>().ok();
    let extended = |prefix: &str| {
        let from = one(&format!("{prefix}-date")).and_then(basic_time);
        let expires = from
            .zip(number(&format!("{prefix}-expires")))
            .map(|(from, lifetime)| from.saturating_add(lifetime));
        let signed = one(&format!("{prefix}-signedheaders")).unwrap_or_default();
        let signed_headers =
            signed.split(';').filter(|h| !h.is_empty()).map(str::to_ascii_lowercase).collect();
        (expires, signed_headers)
    };
    let (kind, (expires, signed_headers)) = if one("x-amz-signature").is_some() {
        ("S3", extended("x-amz"))
    } else if one("x-goog-signature").is_some() {
        ("GCS", extended("x-goog"))
    } else if one("sig").is_some() && one("se").is_some() {
        ("Azure SAS", (one("se").and_then(extended_time), Vec::new()))
    } else if one("key-pair-id").is_some() {
        ("CloudFront", (number("expires"), Vec::new()))
    } else if one("awsaccesskeyid").is_some() {
        ("S3 (version 2)", (number("expires"), Vec::new()))
    } else if let Some(exp) = all.iter().find_map(|(_, value)| jwt_expiry(value)) {
        ("JWT", (Some(exp), Vec::new()))
    } else if let Some(expires) = ["expires", "exp", "expiry", "expires_at"].into_iter().find_map(number) {
        ("a signature with an expiry", (Some(expires), Vec::new()))
    } else {
        return None;
    };
    Some(SignedUrl { exchange: 0, kind: kind.into(), expires, signed_headers, extension: extension(address) })
}

/// The extension of the last segment of the path, with its dot.
pub fn extension(address: &str) -> String {
    let path = address.split_once("://").map_or(address, |(_, rest)| rest);
    let Some((_, last)) = path.rsplit_once('/') else { return String::new() };
    match last.rsplit_once('.') {
        Some((stem, end))
            if !stem.is_empty() && end.len() <= 5 && end.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            format!(".{}", end.to_ascii_lowercase())
        }
        _ => String::new(),
    }
}

/// `20261121T100000Z`, in seconds since 1970.
fn basic_time(text: &str) -> Option<u64> {
    let part = |from: usize, to: usize| text.get(from..to);
    let whole = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 8)?,
        part(9, 11)?,
        part(11, 13)?,
        part(13, 15)?
    );
    extended_time(&whole)
}

/// RFC 3339, or a date alone.
fn extended_time(text: &str) -> Option<u64> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    let at: jiff::Timestamp = whole.parse().ok()?;
    u64::try_from(at.as_second()).ok()
}

/// The `exp` of a JSON web token.
fn jwt_expiry(token: &str) -> Option<u64> {
    let mut pieces = token.split('.');
    let (header, claims) = (pieces.next()?, pieces.next()?);
    if !header.starts_with("ey") || pieces.count() != 1 {
        return None;
    }
    let claims: serde_json::Value = serde_json::from_slice(&base64url(claims)?).ok()?;
    claims.get("exp")?.as_u64()
}

fn base64url(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' | b'+' => 62,
            b'_' | b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xff_ffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: u64 = 1_795_255_200;

    fn told(query: &str) -> (String, Option<u64>, Vec<String>) {
        let read = read(&format!("https://a.example/r/call.wav?{query}")).unwrap();
        assert_eq!(read.extension, ".wav");
        (read.kind, read.expires, read.signed_headers)
    }

    #[test]
    fn the_signatures_of_the_clouds_are_read() {
        let s3 = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261121T100000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host%3Brange&X-Amz-Signature=00";
        assert_eq!(told(s3), ("S3".into(), Some(TEN + 900), vec!["host".into(), "range".into()]));
        let gcs =
            "X-Goog-Date=20261121T100000Z&X-Goog-Expires=60&X-Goog-SignedHeaders=host&X-Goog-Signature=00";
        assert_eq!(told(gcs), ("GCS".into(), Some(TEN + 60), vec!["host".into()]));
        assert_eq!(
            told("sv=2024&se=2026-11-21T10%3A00%3A00Z&sig=a%2Bb%3D"),
            ("Azure SAS".into(), Some(TEN), vec![])
        );
        assert_eq!(told("Expires=7&Signature=x&Key-Pair-Id=K"), ("CloudFront".into(), Some(7), vec![]));
        assert_eq!(
            told("AWSAccessKeyId=A&Expires=7&Signature=x"),
            ("S3 (version 2)".into(), Some(7), vec![])
        );
        assert_eq!(
            told("expires=1795255200&signature=00"),
            ("a signature with an expiry".into(), Some(TEN), vec![])
        );
    }

    #[test]
    fn the_expiry_of_a_token_is_read() {
        // {"alg":"HS256"} . {"exp":1795255200}
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE3OTUyNTUyMDB9.c2ln";
        assert_eq!(told(&format!("token={token}")), ("JWT".into(), Some(TEN), vec![]));
    }

    #[test]
    fn what_says_nothing_is_not_read() {
        assert_eq!(read("https://a.example/r/call.wav"), None);
        assert_eq!(read("https://a.example/r?id=7"), None);
        assert_eq!(extension("https://a.example/r/call"), "");
        assert_eq!(extension("https://a.example"), "");
    }

    proptest::proptest! {
        #[test]
        fn any_address_is_read_without_a_panic(url in "\\PC{0,80}", token in "ey[A-Za-z0-9_-]{0,20}\\.[A-Za-z0-9_-]{0,40}\\.x") {
            let _ = (read(&url), read(&format!("https://a/?t={token}&x-amz-signature=1&x-amz-date={url}")));
        }
    }
}
