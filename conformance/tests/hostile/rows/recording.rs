//! Strikes of the recording, whole and in parts.

use super::{Fails::Among, NO_LENGTH, OCTET, Row, SUCCEEDS, TOO_LARGE, row};
use crate::hostile::peer::{HONEST, Strike, Ways};
use crate::hostile::strikes as s;

const fn recording(
    name: &'static str,
    strike: Strike,
    fails: &'static [&'static str],
    says: &'static [&'static str],
) -> Row {
    row("recording", name, Ways { recording: strike, ..HONEST }, fails, says)
}

pub(super) static ROWS: &[Row] = &[
    recording("endless header fields", s::endless_headers, &[SUCCEEDS], &[TOO_LARGE]),
    recording("an endless header field", s::endless_header, &[SUCCEEDS], &[TOO_LARGE]),
    recording(
        "endless interim answers",
        s::endless_interim_answers,
        &[SUCCEEDS],
        &["no answer within 1500 ms"],
    ),
    recording("an endless body", s::endless_body, &[OCTET, SUCCEEDS], &["the body did not end within"]),
    recording("endless chunks", s::endless_chunks, &[OCTET, SUCCEEDS], &["the body did not end within"]),
    recording(
        "an endless extension of a chunk",
        s::endless_chunk_extension,
        &[OCTET, SUCCEEDS],
        &["cut short"],
    ),
    recording("endless trailer fields", s::endless_trailers, &[SUCCEEDS], &["cut short"]),
    recording("tiny chunks with long extensions", s::tiny_chunks, &[OCTET, SUCCEEDS], &["cut short"]),
    recording("a byte a second", s::drips, &[SUCCEEDS], &["no answer within 1500 ms"]),
    recording("a body that drips", s::body_drips, &[SUCCEEDS], &["the body did not end within"]),
    recording("silence", s::hangs, &[SUCCEEDS], &["no answer within 1500 ms"]),
    recording("a head and silence", s::hangs_after_the_head, &[SUCCEEDS], &["nothing came for 700 ms"]),
    Row {
        fails: Among(&["download/no-encoding", "media/container"]),
        exit: 1,
        ..recording("gzip bomb", s::gzip_bomb, &[], &["Content-Encoding: gzip"])
    },
    recording(
        "brotli bomb",
        s::brotli_bomb,
        &["download/no-encoding", OCTET, "media/container"],
        &["Content-Encoding: br"],
    ),
    recording(
        "shorter than announced",
        s::shorter_than_announced,
        &[SUCCEEDS],
        &["closed before the announced end"],
    ),
    recording(
        "longer than announced",
        s::longer_than_announced,
        &["ranges/nothing-after-the-end", "ranges/keep-alive", "ranges/head-without-body"],
        &["24 bytes more that begin with"],
    ),
    recording("two lengths", s::two_lengths, &[SUCCEEDS], &[NO_LENGTH]),
    recording("a length of 64 ones", s::length_of_u64, &[SUCCEEDS], &[TOO_LARGE]),
    recording("a length that overflows", s::length_that_overflows, &[SUCCEEDS], &[NO_LENGTH]),
    recording("a negative length", s::negative_length, &[SUCCEEDS], &[NO_LENGTH]),
    recording("a smuggled answer", s::smuggled_answer, &["ranges/keep-alive"], &["48 bytes"]),
    recording("a size of a chunk that is no number", s::wrong_chunk_size, &[SUCCEEDS], &["cut short"]),
    recording("a chunk longer than its size", s::chunk_longer_than_its_size, &[SUCCEEDS], &["cut short"]),
    recording("a size of a chunk that overflows", s::chunk_size_that_overflows, &[SUCCEEDS], &["cut short"]),
    recording(
        "a size of a chunk of 64 ones",
        s::chunk_size_of_u64,
        &[SUCCEEDS],
        &["closed before the announced end"],
    ),
    recording("no last chunk", s::no_last_chunk, &[SUCCEEDS], &["closed before the announced end"]),
    recording(
        "redirect to itself",
        s::redirect_to_itself,
        &[SUCCEEDS, "download/redirects"],
        &["redirect loop"],
    ),
    recording(
        "redirects without end",
        s::redirects_without_end,
        &[SUCCEEDS, "download/redirects"],
        &["more than 5 redirects"],
    ),
    recording("redirect to a file", s::redirect_to_a_file, &[SUCCEEDS], &["another scheme: `file`"]),
    recording(
        "redirect to link-local",
        s::redirect_to_link_local,
        &[SUCCEEDS],
        &["refused: link-local address 169.254.169.254"],
    ),
    recording(
        "redirect to link-local, mapped into IPv6",
        s::redirect_to_mapped_link_local,
        &[SUCCEEDS],
        &["refused: link-local address"],
    ),
    recording(
        "redirect to link-local as a number",
        s::redirect_to_numeric_link_local,
        &[SUCCEEDS],
        &["refused: link-local address"],
    ),
    recording(
        "redirect to another scheme",
        s::redirect_to_another_scheme,
        &[SUCCEEDS],
        &["another scheme: `gopher`"],
    ),
    recording(
        "redirect to a script",
        s::redirect_to_a_script,
        &[SUCCEEDS],
        &["another scheme: `javascript`"],
    ),
    recording(
        "redirect to markup",
        s::redirect_to_markup,
        &[SUCCEEDS],
        &["redirect to something that is no address"],
    ),
    recording("2 GiB of JSON", s::two_gib_of_json, &[OCTET, SUCCEEDS], &["the body did not end within"]),
    recording("resets", s::resets, &[SUCCEEDS], &["the connection was reset"]),
    recording("not HTTP", s::not_http, &[SUCCEEDS], &["not HTTP"]),
    recording(
        "control characters in a header",
        s::control_characters_in_a_header,
        &[SUCCEEDS],
        &["not HTTP"],
    ),
    recording("no UTF-8 in headers", s::no_utf8_in_headers, &[], &[]),
    recording(
        "markup everywhere",
        s::markup_everywhere,
        &[OCTET, "media/container"],
        &["an HTML page", "audio/"],
    ),
    recording("a refusal with markup", s::refusal_with_markup, &[SUCCEEDS], &["500"]),
    recording(
        "markup in parts",
        s::markup_in_parts,
        &[OCTET, "ranges/content-range", "ranges/random-content-range"],
        &[],
    ),
];
