use super::*;
use crate::catalogue::ranges::sample::{LENGTH, answer, asked, judge, partial, row_story, story};
use crate::check::{Case, OctetStream};
use crate::evidence::{Answer, End, Evidence, Exchange, Hop, Outcome, Probe, Story};
use crate::verdict::Verdict;
use mock_hubspot::media::MediaFacts;

/// A story whose whole download was answered like this.
fn whole(answer: Answer) -> Story {
    replaced(Outcome::Answered(answer))
}

fn replaced(outcome: Outcome) -> Story {
    let mut story = story(Vec::new());
    story.exchanges[0].outcome = outcome;
    story
}

fn with(fields: &[(&str, &str)]) -> Story {
    whole(answer(200, LENGTH, fields))
}

fn word(check: &Check, story: &Story) -> &'static str {
    judge(check, story).word()
}

fn read_as(check: &Check, story: &Story, octet_stream: OctetStream) -> &'static str {
    (check.judge)(&Case::new(&Evidence::default(), story, octet_stream)).word()
}

fn client(case: &str, answer: Answer) -> Exchange {
    asked(Probe::Download, case, &[("Range", "bytes=0-1023")], Outcome::Answered(answer))
}

#[test]
fn a_download_must_come_whole() {
    assert_eq!(judge(&SUCCEEDS, &with(&[])), Verdict::Pass);
    for status in [202, 301, 403, 404, 500] {
        assert_eq!(word(&SUCCEEDS, &whole(answer(status, 99, &[]))), "fail", "{status}");
    }
    assert_eq!(word(&SUCCEEDS, &whole(answer(200, 0, &[]))), "fail");
    let mut cut = answer(200, LENGTH - 1000, &[]);
    cut.body.end = End::CutShort("connection closed".to_owned());
    assert_eq!(word(&SUCCEEDS, &whole(cut)), "fail");
    assert_eq!(word(&SUCCEEDS, &replaced(Outcome::Failed("connection refused".to_owned()))), "fail");
    assert_eq!(word(&SUCCEEDS, &whole(partial(0, LENGTH - 1))), "pass");
}

#[test]
fn what_was_not_downloaded_is_not_judged_further() {
    let lost =
        whole(answer(404, 9, &[("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("ETag", "x")]));
    for check in CHECKS {
        let verdict = word(check, &lost);
        if check.id == "download/succeeds" {
            assert_eq!(verdict, "fail");
        } else {
            assert!(matches!(verdict, "unjudged" | "pass"), "{}: {verdict}", check.id);
        }
    }
}

#[test]
fn redirects_end() {
    let looping = replaced(Outcome::Failed("redirect loop".to_owned()));
    assert_eq!(word(&REDIRECTS, &looping), "fail");
    let refused = replaced(Outcome::Failed("redirects to a link-local address".to_owned()));
    assert_eq!(word(&REDIRECTS, &refused), "pass");
    let mut hopping = with(&[]);
    let hop = Hop { url: "http://a/".to_owned(), status: 302, location: "http://a/b".to_owned() };
    hopping.exchanges[0].hops = vec![hop; 5];
    assert_eq!(word(&REDIRECTS, &hopping), "pass");
    let again = hopping.exchanges[0].hops[0].clone();
    hopping.exchanges[0].hops.push(again);
    assert_eq!(word(&REDIRECTS, &hopping), "fail");
}

#[test]
fn one_client_is_as_good_as_another() {
    let both =
        |first: Answer, second: Answer| story(vec![client("browser", first), client("bare-client", second)]);
    assert_eq!(judge(&ANY_CLIENT, &both(partial(0, 1023), partial(0, 1023))), Verdict::Pass);
    assert_eq!(judge(&ANY_CLIENT, &both(partial(0, 1023), answer(200, LENGTH, &[]))), Verdict::Pass);
    assert_eq!(word(&ANY_CLIENT, &both(partial(0, 1023), answer(403, 0, &[]))), "fail");
    let page = answer(200, 99, &[("Content-Type", "text/html; charset=utf-8")]);
    assert_eq!(word(&ANY_CLIENT, &both(page, partial(0, 1023))), "fail");
    let mut stock = both(partial(0, 1023), answer(403, 0, &[]));
    stock.exchanges[0].outcome = Outcome::Answered(answer(403, 0, &[]));
    assert_eq!(word(&ANY_CLIENT, &stock), "fail");
    assert_eq!(word(&ANY_CLIENT, &story(Vec::new())), "unjudged");
}

#[test]
fn types_weigh_as_the_reading_says() {
    let judged = |value: &str| {
        let story = with(&[("Content-Type", value)]);
        let of = |reading| {
            (read_as(&OCTET_STREAM, &story, reading), read_as(&OCTET_STREAM_LITERAL, &story, reading))
        };
        [of(OctetStream::Warn), of(OctetStream::Strict), of(OctetStream::Lenient)]
    };
    let literal = [("pass", "pass"), ("pass", "not applicable"), ("pass", "pass")];
    let playable = [("pass", "fail"), ("fail", "not applicable"), ("pass", "pass")];
    let refused = [("fail", "pass"), ("fail", "not applicable"), ("fail", "pass")];
    for value in ["application/octet-stream", "Application/Octet-Stream; name=a.wav"] {
        assert_eq!(judged(value), literal, "{value}");
    }
    for value in
        ["audio/wav", "audio/x-flac", "video/mp4", "binary/octet-stream", "application/force-download"]
    {
        assert_eq!(judged(value), playable, "{value}");
    }
    for value in
        ["text/html", "application/json", "text/plain", "audio/mpeg", "application/problem+json", "wav"]
    {
        assert_eq!(judged(value), refused, "{value}");
    }
    let two = with(&[("Content-Type", "application/octet-stream"), ("content-type", "audio/wav")]);
    assert_eq!(word(&OCTET_STREAM, &two), "fail");
    assert_eq!(word(&OCTET_STREAM_LITERAL, &with(&[])), "fail");
}

#[test]
fn the_type_stays() {
    let mut story = row_story("first-byte", answer(206, 1, &[("Content-Type", "audio/wav")]));
    assert_eq!(word(&SAME_TYPE, &story), "fail");
    story.exchanges[0].outcome =
        Outcome::Answered(answer(200, LENGTH, &[("content-type", "Audio/WAV; rate=8000")]));
    assert_eq!(word(&SAME_TYPE, &story), "pass");
}

#[test]
fn another_origin_may_embed_it() {
    const FIELD: &str = "Cross-Origin-Resource-Policy";
    assert_eq!(word(&CROSS_ORIGIN_POLICY, &with(&[])), "pass");
    assert_eq!(word(&CROSS_ORIGIN_POLICY, &with(&[(FIELD, "cross-origin")])), "pass");
    assert_eq!(word(&CROSS_ORIGIN_POLICY, &with(&[(FIELD, "same-origin")])), "fail");
    assert_eq!(word(&CROSS_ORIGIN_POLICY, &with(&[(FIELD, "same-site")])), "fail");
}

#[test]
fn nosniff_needs_an_honest_type() {
    let typed = |value: &str| with(&[("X-Content-Type-Options", "nosniff"), ("Content-Type", value)]);
    assert_eq!(word(&NOSNIFF, &typed("text/plain")), "fail");
    assert_eq!(word(&NOSNIFF, &typed("application/json")), "fail");
    assert_eq!(word(&NOSNIFF, &typed("application/octet-stream")), "pass");
    assert_eq!(word(&NOSNIFF, &with(&[("Content-Type", "text/html")])), "pass");
}

#[test]
fn identity_means_no_coding() {
    assert_eq!(word(&NO_ENCODING, &with(&[("Content-Encoding", "gzip")])), "fail");
    assert_eq!(word(&NO_ENCODING, &with(&[("Content-Encoding", "identity")])), "pass");
    assert_eq!(word(&NO_ENCODING, &with(&[])), "pass");
}

#[test]
fn the_length_is_said_or_chunked() {
    let length = LENGTH.to_string();
    assert_eq!(word(&CONTENT_LENGTH, &with(&[("Content-Length", &length)])), "pass");
    assert_eq!(word(&CONTENT_LENGTH, &with(&[("Transfer-Encoding", "chunked")])), "pass");
    assert_eq!(word(&CONTENT_LENGTH, &with(&[])), "fail");
    assert_eq!(word(&CONTENT_LENGTH, &with(&[("Content-Length", "7")])), "fail");
}

#[test]
fn a_file_name_tells_the_format() {
    let named = |value: &str| {
        let mut story = with(&[("Content-Disposition", value)]);
        story.calls[0].media = Some(MediaFacts { container: "wav".to_owned(), ..MediaFacts::default() });
        word(&DISPOSITION, &story)
    };
    assert_eq!(named("attachment; filename=\"call.mp3\""), "fail");
    assert_eq!(named("attachment; filename=call.WAV; size=9"), "pass");
    assert_eq!(named("attachment; filename*=UTF-8''call.flac"), "fail");
    assert_eq!(named("attachment; filename=\"call.2026\""), "pass");
    assert_eq!(named("inline"), "pass");
}

#[test]
fn an_etag_is_quoted() {
    for right in ["\"v1\"", "W/\"v1\"", "\"\""] {
        assert_eq!(word(&ETAG_SYNTAX, &with(&[("ETag", right)])), "pass", "{right}");
    }
    for wrong in ["v1", "w/\"v1\"", "\"v1", "\"a b\"", "", "\"a\"b\""] {
        assert_eq!(word(&ETAG_SYNTAX, &with(&[("ETag", wrong)])), "fail", "{wrong}");
    }
    assert_eq!(word(&ETAG_SYNTAX, &with(&[])), "pass");
}

#[test]
fn last_modified_has_happened() {
    let now = ("Date", "Sun, 22 Nov 2026 10:00:00 GMT");
    let at = |value: &'static str| word(&MODIFIED_NOT_IN_FUTURE, &with(&[("Last-Modified", value), now]));
    assert_eq!(at("Sun, 22 Nov 2026 10:00:00 GMT"), "pass");
    assert_eq!(at("Mon, 23 Nov 2026 10:00:00 GMT"), "fail");
    assert_eq!(at("yesterday"), "fail");
    assert_eq!(word(&MODIFIED_NOT_IN_FUTURE, &with(&[now])), "pass");
}
