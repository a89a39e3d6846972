//! The whole download: whether it comes, as what type, and to whom. The judges stand in `judges`.

pub(super) mod delivery;
mod judges;
pub(super) mod origins;
pub(super) mod signed;
#[cfg(test)]
mod tests;

use crate::check::{Check, check};
use crate::clauses::{guide, hubspot, players, rfc9110};

pub(super) static CHECKS: &[&Check] = &[
    &SUCCEEDS,
    &REDIRECTS,
    &ANY_CLIENT,
    &OCTET_STREAM,
    &OCTET_STREAM_LITERAL,
    &SAME_TYPE,
    &CROSS_ORIGIN_POLICY,
    &NOSNIFF,
    &NO_ENCODING,
    &CONTENT_LENGTH,
    &DISPOSITION,
    &ETAG_SYNTAX,
    &MODIFIED_NOT_IN_FUTURE,
];

check! {
    /// The authenticated URL gives the whole recording.
    ///
    /// ## Why it matters
    /// HubSpot downloads the recording to transcribe it, and the user's browser downloads it to play. Without
    /// it the call shows an error where the player should be.
    ///
    /// ## How to fix
    /// Fetch a fresh authenticatedUrl from the endpoint and ask it with `curl -v`, without cookies or
    /// credentials. 404 usually means that the recording is not stored yet when `ready` is sent; 403 a
    /// signature that covers too much or a rule against unknown clients; a short body a wrong
    /// `Content-Length` or a proxy time-out. API Gateway cuts answers beyond 6 MB: redirect to S3 instead.
    static SUCCEEDS = {
        id: "download/succeeds", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::OCTET_STREAM, rfc9110::S8_6],
        needs: &[Download],
        judge: judges::succeeds,
        proof: &["download/signs-the-range", "download/needs-a-cookie", "download/proxy-400", "download/broken-location",
            "download/not-found", "download/cut-short", "download/needs-a-browser", "security/redirect-loop",
            "security/link-local", "download/empty"],
    }
}

check! {
    /// Redirects lead to the recording in at most five hops.
    ///
    /// ## Why it matters
    /// Browsers follow a redirect before every first range; a loop ends in an error, and each hop is a delay
    /// before the first sound.
    ///
    /// ## How to fix
    /// Redirect once, from the stable URL to the signed one (302 or 307), with an absolute `Location`. A loop
    /// often comes from a proxy that ends TLS: the application sees `http` and redirects to `https` for ever.
    /// Trust `X-Forwarded-Proto` (`app.set("trust proxy", 1)` in Express, `SECURE_PROXY_SSL_HEADER` in
    /// Django, `server.forward-headers-strategy` in Spring).
    static REDIRECTS = {
        id: "download/redirects", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[rfc9110::S15_4],
        needs: &[Download],
        judge: judges::redirects,
        proof: &["download/needs-a-cookie", "security/redirect-loop"],
    }
}

check! {
    /// Every client gets the recording: a browser, a stock HTTP library, one that says nothing of itself.
    ///
    /// ## Why it matters
    /// HubSpot's servers download the recording to transcribe it and the user's browser plays it. A rule that
    /// lets in only one of them breaks the other.
    ///
    /// ## How to fix
    /// Let the signature in the URL decide, nothing else: no cookie, no `Referer`, no `Origin`, no particular
    /// `User-Agent`. Exempt the path from bot rules of the WAF (Cloudflare, AWS WAF) and from hotlink
    /// protection (`valid_referers` in nginx).
    static ANY_CLIENT = {
        id: "download/any-client", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[hubspot::CALLBACK],
        needs: &[Download],
        judge: judges::any_client,
        proof: &["download/needs-a-browser", "download/empty"],
    }
}

check! {
    /// The recording is not sent as a page, as data or as another kind of audio.
    ///
    /// ## Why it matters
    /// Firefox refuses `text/html` and `application/json` as audio, Chromium does with `nosniff`, and HubSpot
    /// asks for an octet-stream.
    ///
    /// ## How to fix
    /// Set `Content-Type: application/octet-stream` on 200 and 206. Express:
    /// `res.type("application/octet-stream")`; Spring: `MediaType.APPLICATION_OCTET_STREAM`; Django and
    /// FastAPI: `FileResponse(…, content_type= / media_type="application/octet-stream")`; Rails: `send_file
    /// path, type: "application/octet-stream"`; S3: set it on upload, or sign with `response-content-type`.
    static OCTET_STREAM = {
        id: "download/octet-stream", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[guide::OCTET_STREAM, rfc9110::S8_3],
        needs: &[Download],
        judge: judges::octet_stream,
        proof: &[
            "download/text-type", "download/json-type", "download/mpeg-type", "download/nosniff-text",
        ],
    }
}

check! {
    /// The recording is sent as `application/octet-stream`, to the letter.
    ///
    /// ## Why it matters
    /// The guide says "downloadable as an octet-stream". Browsers play `audio/wav` as well, and HubSpot does
    /// not say what it makes of it.
    ///
    /// ## How to fix
    /// Set `Content-Type: application/octet-stream` instead of `audio/…` or S3's `binary/octet-stream`;
    /// parameters do not matter.
    static OCTET_STREAM_LITERAL = {
        id: "download/octet-stream-literal", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::OCTET_STREAM],
        needs: &[Download],
        judge: judges::octet_stream_literal,
        proof: &["download/audio-type", "download/type-changes"],
    }
}

check! {
    /// The type is the same in the whole download and in parts.
    ///
    /// ## Why it matters
    /// A browser that chose a decoder by the first answer may stop at the next.
    ///
    /// ## How to fix
    /// Set `Content-Type` once, before the branch between 200 and 206.
    static SAME_TYPE = {
        id: "download/same-type", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[rfc9110::S8_3, rfc9110::S15_3_7],
        needs: &[Download, RangeTable],
        judge: judges::same_type,
        proof: &["download/type-changes"],
    }
}

check! {
    /// A page of another origin may embed the recording.
    ///
    /// ## Why it matters
    /// The player is on HubSpot's page, the recording is not. With `Cross-Origin-Resource-Policy:
    /// same-origin` Chromium and Firefox both refuse to play it.
    ///
    /// ## How to fix
    /// Leave the header out or send `cross-origin`. Express with helmet: `helmet({ crossOriginResourcePolicy:
    /// { policy: "cross-origin" } })`; nginx: look for `add_header Cross-Origin-Resource-Policy`.
    static CROSS_ORIGIN_POLICY = {
        id: "download/cross-origin-policy", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[players::CORP],
        needs: &[Download],
        judge: judges::cross_origin_policy,
        proof: &["download/same-origin-policy"],
    }
}

check! {
    /// `nosniff` does not stand beside a type that browsers refuse as audio.
    ///
    /// ## Why it matters
    /// With `X-Content-Type-Options: nosniff` Chromium stops at `text/plain`, `text/html` and JSON;
    /// octet-stream plays.
    ///
    /// ## How to fix
    /// Keep `nosniff` and send `application/octet-stream`. Frameworks send `text/plain` or `text/html` where
    /// no type is set (Django, Go's detection, PHP).
    static NOSNIFF = {
        id: "download/nosniff", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[players::MIME],
        needs: &[Download],
        judge: judges::nosniff,
        proof: &["download/nosniff-text", "download/text-type", "download/json-type"],
    }
}

check! {
    /// The whole download has no content coding where only identity was accepted.
    ///
    /// ## Why it matters
    /// The bytes that HubSpot stores are then not a WAV, FLAC or MP4 file, and ranges count other bytes than
    /// the player thinks.
    ///
    /// ## How to fix
    /// Keep compression away from recordings: the `filter` of Express's `compression()`, `gzip_types` in
    /// nginx, `server.compression.mime-types` in Spring. In S3 remove the object's `Content-Encoding`; with
    /// Google Cloud Storage upload it uncompressed.
    static NO_ENCODING = {
        id: "download/no-encoding", level: Required, profile: Playback, since: "0.1.0",
        clauses: &[rfc9110::S12_5_3, rfc9110::S8_4],
        needs: &[Download],
        judge: judges::no_encoding,
        proof: &["download/gzip-always"],
    }
}

check! {
    /// Content-Length is sent, unless the answer is chunked, and counts the bytes that come.
    ///
    /// ## Why it matters
    /// Without it a cut download looks complete, and players cannot tell how much is still to come.
    ///
    /// ## How to fix
    /// Set it from the size of what is sent: `stat().size` for the whole, `last - first + 1` for a part.
    /// Chunked answers go without it.
    static CONTENT_LENGTH = {
        id: "download/content-length", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[rfc9110::S8_6],
        needs: &[Download],
        judge: judges::content_length,
        proof: &["download/cut-short"],
    }
}

check! {
    /// The file name in Content-Disposition has the extension of what is enclosed.
    ///
    /// ## Why it matters
    /// Players do not care; a user who saves the recording opens it with the wrong program.
    ///
    /// ## How to fix
    /// Send `attachment; filename="call.wav"` with the real extension, or leave the header out.
    static DISPOSITION = {
        id: "download/disposition", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[guide::OCTET_STREAM],
        needs: &[Download, Media],
        judge: judges::disposition,
        proof: &["download/broken-disposition"],
    }
}

check! {
    /// The ETag, where there is one, is a quoted string.
    ///
    /// ## Why it matters
    /// Chromium sends it back with If-Range; an unquoted one is no ETag, and servers and caches read it as a
    /// date or not at all.
    ///
    /// ## How to fix
    /// Put the quotes into the value: `ETag: "abc"`, or `W/"abc"` when weak, with a capital W. No spaces
    /// within.
    static ETAG_SYNTAX = {
        id: "download/etag-syntax", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[rfc9110::S8_8_3],
        needs: &[Download],
        judge: judges::etag_syntax,
        proof: &["download/unquoted-etag"],
    }
}

check! {
    /// Last-Modified, where it is sent, is a date and not later than the answer's Date.
    ///
    /// ## Why it matters
    /// Caches take a date in the future for a mistake and stop reusing what they hold.
    ///
    /// ## How to fix
    /// Send the time at which the recording was stored, in GMT and as an HTTP date (`Tue, 15 Nov 1994
    /// 12:45:26 GMT`). Look at the clocks and time zones of the nodes.
    static MODIFIED_NOT_IN_FUTURE = {
        id: "download/modified-not-in-future", level: Recommended, profile: Playback, since: "0.1.0",
        clauses: &[rfc9110::S8_8_2],
        needs: &[Download],
        judge: judges::modified_not_in_future,
        proof: &["download/modified-in-future"],
    }
}
