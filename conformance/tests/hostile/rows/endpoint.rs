//! Strikes of the endpoint that hands out URLs.

use super::{ANSWERS, JSON, NO_LENGTH, Row, TOO_LARGE, row};
use crate::hostile::peer::{HONEST, Strike, Ways};
use crate::hostile::strikes as s;

const fn endpoint(
    name: &'static str,
    strike: Strike,
    fails: &'static [&'static str],
    says: &'static [&'static str],
) -> Row {
    row("endpoint", name, Ways { endpoint: strike, ..HONEST }, fails, says)
}

pub(super) static ROWS: &[Row] = &[
    endpoint("endless header fields", s::endless_headers, &[ANSWERS], &[TOO_LARGE]),
    endpoint("an endless header field", s::endless_header, &[ANSWERS], &[TOO_LARGE]),
    endpoint(
        "endless interim answers",
        s::endless_interim_answers,
        &[ANSWERS],
        &["no answer within 1500 ms"],
    ),
    endpoint("an endless body", s::endless_body, &[JSON], &["more than 1024 KiB, and no end"]),
    endpoint("endless chunks", s::endless_chunks, &[JSON], &["more than 1024 KiB, and no end"]),
    endpoint("an endless extension of a chunk", s::endless_chunk_extension, &[JSON], &["cut short"]),
    endpoint("endless trailer fields", s::endless_trailers, &[JSON], &["cut short"]),
    endpoint("tiny chunks with long extensions", s::tiny_chunks, &[JSON], &["cut short"]),
    endpoint("a byte a second", s::drips, &[ANSWERS], &["no answer within 1500 ms"]),
    endpoint("a body that drips", s::body_drips, &[JSON], &["and no end in time"]),
    endpoint("silence", s::hangs, &[ANSWERS], &["no answer within 1500 ms"]),
    endpoint("a head and silence", s::hangs_after_the_head, &[JSON], &["then nothing for 700 ms"]),
    endpoint("gzip bomb", s::gzip_bomb, &[JSON], &["that do not begin as an object does"]),
    endpoint("brotli bomb", s::brotli_bomb, &[JSON], &["211 bytes that are not text"]),
    endpoint(
        "shorter than announced",
        s::shorter_than_announced,
        &[JSON],
        &["closed before the announced end"],
    ),
    endpoint("longer than announced", s::longer_than_announced, &[], &[]),
    endpoint("two lengths", s::two_lengths, &[ANSWERS], &[NO_LENGTH]),
    endpoint("a length of 64 ones", s::length_of_u64, &[ANSWERS], &[TOO_LARGE]),
    endpoint("a length that overflows", s::length_that_overflows, &[ANSWERS], &[NO_LENGTH]),
    endpoint("a negative length", s::negative_length, &[ANSWERS], &[NO_LENGTH]),
    endpoint("a smuggled answer", s::smuggled_answer, &[], &[]),
    endpoint("a size of a chunk that is no number", s::wrong_chunk_size, &[JSON], &["cut short"]),
    endpoint("a chunk longer than its size", s::chunk_longer_than_its_size, &[JSON], &["cut short"]),
    endpoint("a size of a chunk that overflows", s::chunk_size_that_overflows, &[JSON], &["cut short"]),
    endpoint(
        "a size of a chunk of 64 ones",
        s::chunk_size_of_u64,
        &[JSON],
        &["closed before the announced end"],
    ),
    endpoint("no last chunk", s::no_last_chunk, &[JSON], &["closed before the announced end"]),
    endpoint("redirect to itself", s::redirect_to_itself, &[ANSWERS], &["redirect loop"]),
    endpoint("redirects without end", s::redirects_without_end, &[ANSWERS], &["more than 5 redirects"]),
    endpoint("redirect to a file", s::redirect_to_a_file, &[ANSWERS], &["another scheme: `file`"]),
    endpoint(
        "redirect to link-local",
        s::redirect_to_link_local,
        &[ANSWERS],
        &["refused: link-local address 169.254.169.254"],
    ),
    endpoint(
        "redirect to link-local, mapped into IPv6",
        s::redirect_to_mapped_link_local,
        &[ANSWERS],
        &["refused: link-local address ::ffff:169.254.169.254"],
    ),
    endpoint(
        "redirect to link-local as a number",
        s::redirect_to_numeric_link_local,
        &[ANSWERS],
        &["refused: link-local address 169.254.169.254"],
    ),
    endpoint(
        "redirect to another scheme",
        s::redirect_to_another_scheme,
        &[ANSWERS],
        &["another scheme: `gopher`"],
    ),
    endpoint("redirect to a script", s::redirect_to_a_script, &[ANSWERS], &["another scheme: `javascript`"]),
    endpoint(
        "redirect to markup",
        s::redirect_to_markup,
        &[ANSWERS],
        &["redirect to something that is no address"],
    ),
    endpoint("2 GiB of JSON", s::two_gib_of_json, &[JSON], &["more than 1024 KiB, and no end"]),
    endpoint("resets", s::resets, &[ANSWERS], &["the connection was reset"]),
    endpoint("not HTTP", s::not_http, &[ANSWERS], &["not HTTP"]),
    endpoint("control characters in a header", s::control_characters_in_a_header, &[ANSWERS], &["not HTTP"]),
    endpoint("no UTF-8 in headers", s::no_utf8_in_headers, &[], &[]),
    endpoint("markup everywhere", s::markup_everywhere, &[JSON], &["alert(7351)"]),
    endpoint("a refusal with markup", s::refusal_with_markup, &[ANSWERS], &["500"]),
    endpoint("deep JSON", s::deep_json, &[JSON], &["200000 bytes that do not begin as an object does"]),
    endpoint("nested JSON with a URL", s::nested_json_with_a_url, &[JSON], &["instead of JSON"]),
    endpoint("a megabyte of nested JSON with a URL", s::deep_json_with_a_url, &[JSON], &[]),
    endpoint("invalid UTF-8", s::invalid_utf8, &[JSON], &["not text"]),
    endpoint("control characters in JSON", s::control_characters_in_json, &[JSON], &["not text"]),
    endpoint("terminal codes in JSON", s::terminal_codes_in_json, &[JSON], &[]),
    endpoint(
        "control characters in every member",
        s::control_characters_in_every_member,
        &["authenticated-url/absolute"],
        &[],
    ),
    endpoint("control characters behind the URL", s::control_characters_behind_the_url, &[], &[]),
    endpoint("markup in every member", s::markup_in_every_member, &["authenticated-url/member"], &[]),
];
