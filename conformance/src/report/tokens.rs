//! Replaces what differs from run to run by what it is: `<port>`, `<id:1>`, `<rfc3339>`. Pure.
//!
//! Lengths and offsets stay, the kit's recordings being the same in every run; but a number of nine digits or more
//! that does not stand in a range is taken for an id.

use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Everything volatile, in one expression, so that no replacement is read again. The first that matches wins.
static VOLATILE: LazyLock<Regex> = LazyLock::new(|| {
    let alternatives = [
        r"<(?P<secret>secret):\d+>",
        r"\b(?P<uuid>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})\b",
        r"\b(?P<rfc3339>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)",
        r"\b(?P<httpdate>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)\b",
        r#"(?i:(?P<etagname>(?:etag|if-range|if-none-match|if-match)["']?\s*[:=]?\s*))(?P<etag>(?:W/)?"[^"]*")"#,
        r"(?i:(?P<barename>\betag\s*[:=]\s*))(?P<bare>[0-9a-f][0-9a-f-]{7,})\b",
        r"\b(?P<seed>0x[0-9a-fA-F]{16})\b",
        // As `plan.rs` makes them; which of a burst's calls is lost is chance.
        r"\b(?P<external>calls?[-/ ][0-9a-f]{8}\b(?: \+5%25 é)?)",
        r#"(?P<host>https?://[^\s/:@"']+|\blocalhost|\b127\.0\.0\.1|\[::1\]):(?P<port>\d{1,5})\b"#,
        r#"(?P<path>/(?:tmp|var/tmp|var/folders|private/tmp|private/var)/[^\s"'`]+)"#,
        // The number of a journal entry: what else was going on decides it.
        r"\b(?P<journal>j\d+)\b",
        r"\b(?P<ms>\d+(?:\.\d+)? ?ms)\b",
        r"\b(?P<s>\d+\.\d+ ?s)\b",
        r#"(?i:(?P<named>(?:call|contact|company|deal|ticket|owner|engagement|portal|object|record|user|app)[ _-]?id["']?\s*[:=]?\s*["']?|"id"\s*:\s*"?|/(?:calls|contacts|companies|deals|tickets|owners)/))(?P<id>\d+)\b"#,
        r"\b(?P<spoken>(?:call|contact|company|deal|ticket|owner|engagement) )(?P<number>\d{4,})\b",
        r"\b(?P<epoch>1[6-9]\d{8}(?:\d{3})?)\b",
        r"\b(?P<long>\d{9,})\b",
    ];
    Regex::new(&alternatives.join("|")).expect("a test replaces each alternative")
});

/// Replaces volatile values; ids are numbered by their first occurrence.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    ids: Vec<String>,
}

impl Tokens {
    /// The text with its volatile values replaced.
    pub(super) fn replace(&mut self, text: &str) -> String {
        VOLATILE.replace_all(text, |found: &Captures| self.token(text, found)).into_owned()
    }

    fn token(&mut self, text: &str, found: &Captures) -> String {
        let part = |name: &str| found.name(name).map(|m| m.as_str());
        for (name, token) in [
            ("secret", "<secret>"),
            ("uuid", "<uuid>"),
            ("rfc3339", "<rfc3339>"),
            ("httpdate", "<http-date>"),
            ("seed", "<seed>"),
            ("external", "<external-id>"),
            ("path", "<path>"),
            ("journal", "<journal>"),
            ("ms", "<ms>"),
            ("s", "<s>"),
        ] {
            if part(name).is_some() {
                return token.to_owned();
            }
        }
        if let Some(name) = part("etagname") {
            return format!("{name}<etag>");
        }
        if let Some(name) = part("barename") {
            return format!("{name}<etag without quotes>");
        }
        if let Some(host) = part("host") {
            return format!("{host}:<port>");
        }
        if let (Some(name), Some(id)) = (part("named").or(part("spoken")), part("id").or(part("number"))) {
            return format!("{name}{}", self.id(id));
        }
        let all = found.get(0).expect("the whole match is always there");
        if in_a_range(text, all.range()) {
            return all.as_str().to_owned();
        }
        match part("epoch") {
            Some(_) => "<epoch>".to_owned(),
            None => self.id(all.as_str()),
        }
    }

    fn id(&mut self, id: &str) -> String {
        let known = self.ids.iter().position(|known| known == id).unwrap_or_else(|| {
            self.ids.push(id.to_owned());
            self.ids.len() - 1
        });
        format!("<id:{}>", known + 1)
    }
}

/// Whether a long number is a position: part of `bytes=…-…` or `…-…/…`.
fn in_a_range(text: &str, at: std::ops::Range<usize>) -> bool {
    let word_start = text[..at.start].rfind(char::is_whitespace).map_or(0, |i| i + 1);
    let before = &text[word_start..at.start];
    before.ends_with("bytes=") || before.ends_with(['-', '/', ',']) || text[at.end..].starts_with(['-', '/'])
}

#[cfg(test)]
mod tests {
    use super::Tokens;

    #[test]
    fn volatile_values_become_what_they_are() {
        let texts = [
            "GET http://127.0.0.1:40513/recordings/x?sig=<secret:2>&expires=1795345200",
            "http://[::1]:4600/ https://acme.example:8443/a localhost:99",
            "PUT /crm/v3/objects/calls/10000000007/associations/contacts/51/194",
            "{\"engagementId\": 51, \"id\":\"10000000007\", \"hubspot_owner_id\": \"77\"}",
            "call 10000000007 was logged as call 2 of 10",
            "bytes=0-99999999999 bytes=99999999999- bytes 0-9/1460044000 length 1460044",
            "at 2026-11-22T11:00:00.123Z, Sun, 22 Nov 2026 11:00:00 GMT, 1795345200123",
            "ETag: W/\"abc\" is not ETag \"def\"; if-range=\"x\"; ETag: 13882c-18ea5d5bee7efee5",
            "\"call-0a1b2c3d\" calls/0a1b2c3d \"call 0a1b2c3d +5%25 é\" call-back",
            "0x00000000c0ffee00 67e55044-10b1-426f-9247-bb680e5fe0c8 /tmp/run-1/a.wav",
            "after 12 ms, 1.5s, within 30 s; 17.25ms; ready as j3",
        ];
        let mut tokens = Tokens::default();
        let shown = texts.map(|text| tokens.replace(text)).join("\n");
        insta::assert_snapshot!(shown, @r#"
            GET http://127.0.0.1:<port>/recordings/x?sig=<secret>&expires=<epoch>
            http://[::1]:<port>/ https://acme.example:<port>/a localhost:<port>
            PUT /crm/v3/objects/calls/<id:1>/associations/contacts/<id:2>/194
            {"engagementId": <id:2>, "id":"<id:1>", "hubspot_owner_id": "<id:3>"}
            call <id:1> was logged as call 2 of 10
            bytes=0-99999999999 bytes=99999999999- bytes 0-9/1460044000 length 1460044
            at <rfc3339>, <http-date>, <epoch>
            ETag: <etag> is not ETag <etag>; if-range=<etag>; ETag: <etag without quotes>
            "<external-id>" <external-id> "<external-id>" call-back
            <seed> <uuid> <path>
            after <ms>, <s>, within 30 s; <ms>; ready as <journal>
            "#);
    }

    #[test]
    fn what_was_replaced_is_not_replaced_again() {
        let once =
            Tokens::default().replace("call 10000000007 http://127.0.0.1:1/ 12 ms \"id\": 3 <secret:1>");
        assert_eq!(Tokens::default().replace(&once), once);
    }
}
