//! The lies that the reference integration can be told to tell, by name. `mod.rs` is the list; how each is told stands
//! beside the honest code it spoils.

/// One lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sabotage {
    /// `section/kebab-name`.
    pub name: &'static str,
    /// The scenario that shows it.
    pub story: &'static str,
    /// What is done wrong, in a sentence.
    pub lie: &'static str,
}

/// Every lie, in the order of the journey.
pub static ALL: &[Sabotage] = &[
    Sabotage {
        name: "settings/never-registers",
        story: "outbound-call",
        lie: "no recording URL is registered",
    },
    Sabotage {
        name: "settings/without-placeholder",
        story: "outbound-call",
        lie: "the registered URL has no %s",
    },
    Sabotage {
        name: "settings/encoded-placeholder",
        story: "outbound-call",
        lie: "the registered URL has %25s instead of %s",
    },
    Sabotage {
        name: "settings/brace-placeholder",
        story: "outbound-call",
        lie: "the registered URL has {externalId} instead of %s",
    },
    Sabotage {
        name: "settings/two-placeholders",
        story: "outbound-call",
        lie: "the registered URL has %s twice: once as a path segment, once in a query",
    },
    Sabotage {
        name: "settings/placeholder-in-query",
        story: "outbound-call",
        lie: "%s stands in the query of the registered URL, not in its path",
    },
    Sabotage {
        name: "settings/without-scheme",
        story: "outbound-call",
        lie: "the URL is registered without http:// or https://",
    },
    Sabotage {
        name: "settings/after-the-first-call",
        story: "outbound-call",
        lie: "the URL is registered only after the first call was logged",
    },
    Sabotage {
        name: "settings/portal-token",
        story: "outbound-call",
        lie: "the URL is registered with the portal's access token instead of the developer key",
    },
    Sabotage {
        name: "settings/wrong-member",
        story: "outbound-call",
        lie: "the URL is registered under the member urlToRetrieveAuthenticatedRecording",
    },
    Sabotage {
        name: "settings/wrong-path",
        story: "outbound-call",
        lie: "the URL is posted to {appId}/settings instead of {appId}/settings/recording",
    },
    Sabotage {
        name: "settings/old-url-after-move",
        story: "registration-moved",
        lie: "after the registration was moved the new URL is not served",
    },
    Sabotage { name: "calls/never-logged", story: "outbound-call", lie: "the call is never logged" },
    Sabotage { name: "calls/without-timestamp", story: "outbound-call", lie: "hs_timestamp is left out" },
    Sabotage { name: "calls/wrong-source", story: "outbound-call", lie: "hs_call_source is INTEGRATION" },
    Sabotage { name: "calls/without-source", story: "outbound-call", lie: "hs_call_source is left out" },
    Sabotage { name: "calls/without-app-id", story: "outbound-call", lie: "hs_call_app_id is left out" },
    Sabotage {
        name: "calls/without-external-id",
        story: "outbound-call",
        lie: "hs_call_external_id is left out",
    },
    Sabotage {
        name: "calls/without-account-id",
        story: "outbound-call",
        lie: "hs_call_external_account_id is left out",
    },
    Sabotage { name: "calls/wrong-app-id", story: "outbound-call", lie: "hs_call_app_id is another app's" },
    Sabotage {
        name: "calls/lower-case-status",
        story: "outbound-call",
        lie: "hs_call_status is completed, in lower case",
    },
    Sabotage {
        name: "calls/unknown-direction",
        story: "outbound-call",
        lie: "hs_call_direction is OUTGOING",
    },
    Sabotage {
        name: "calls/wrong-direction",
        story: "inbound-call",
        lie: "an inbound call is logged as OUTBOUND",
    },
    Sabotage {
        name: "calls/disposition-label",
        story: "outbound-call",
        lie: "hs_call_disposition is the label Connected instead of its GUID",
    },
    Sabotage {
        name: "calls/duration-in-seconds",
        story: "outbound-call",
        lie: "hs_call_duration counts seconds",
    },
    Sabotage {
        name: "calls/user-id-as-owner",
        story: "outbound-call",
        lie: "hubspot_owner_id is the owner's user id",
    },
    Sabotage {
        name: "calls/owner-without-seat",
        story: "outbound-call",
        lie: "the call is logged for an owner without a paid seat",
    },
    Sabotage {
        name: "calls/legacy-recording-url",
        story: "outbound-call",
        lie: "hs_call_recording_url is set besides",
    },
    Sabotage { name: "calls/logged-twice", story: "outbound-call", lie: "the call is logged twice" },
    Sabotage {
        name: "associations/never-made",
        story: "outbound-call",
        lie: "the call is associated with nothing",
    },
    Sabotage {
        name: "associations/wrong-type",
        story: "outbound-call",
        lie: "the association type is 182, which belongs to companies, for a contact",
    },
    Sabotage {
        name: "associations/reverse-type",
        story: "outbound-call",
        lie: "the association type is 193, which leads from the contact to the call",
    },
    Sabotage {
        name: "associations/user-defined",
        story: "outbound-call",
        lie: "the association is made with category USER_DEFINED",
    },
    Sabotage {
        name: "associations/wrong-record",
        story: "outbound-call",
        lie: "the call is associated with another contact",
    },
    Sabotage {
        name: "associations/after-ready",
        story: "outbound-call",
        lie: "the association is made only after ready",
    },
    Sabotage { name: "ready/never-sent", story: "outbound-call", lie: "ready is never sent" },
    Sabotage { name: "ready/string-id", story: "outbound-call", lie: "engagementId is a JSON string" },
    Sabotage { name: "ready/contact-id", story: "outbound-call", lie: "engagementId is the contact's id" },
    Sabotage {
        name: "ready/too-early",
        story: "outbound-call",
        lie: "ready is sent before the recording can be fetched: the first two fetches answer 404",
    },
    Sabotage { name: "ready/twice", story: "outbound-call", lie: "ready is sent twice" },
    Sabotage {
        name: "authenticated-url/snake-case-member",
        story: "outbound-call",
        lie: "the member is called authenticated_url",
    },
    Sabotage {
        name: "authenticated-url/nested-member",
        story: "outbound-call",
        lie: "the member is nested in data",
    },
    Sabotage { name: "authenticated-url/null-url", story: "outbound-call", lie: "authenticatedUrl is null" },
    Sabotage {
        name: "authenticated-url/relative-url",
        story: "outbound-call",
        lie: "authenticatedUrl is a path without scheme and host",
    },
    Sabotage {
        name: "authenticated-url/protocol-relative",
        story: "outbound-call",
        lie: "authenticatedUrl starts with //",
    },
    Sabotage {
        name: "authenticated-url/streams-the-audio",
        story: "outbound-call",
        lie: "the endpoint answers with the audio itself",
    },
    Sabotage {
        name: "authenticated-url/redirects",
        story: "outbound-call",
        lie: "the endpoint answers 302 to the recording instead of JSON",
    },
    Sabotage {
        name: "authenticated-url/html-page",
        story: "outbound-call",
        lie: "the endpoint answers with an HTML page",
    },
    Sabotage {
        name: "authenticated-url/html-type",
        story: "outbound-call",
        lie: "the JSON is sent as text/html",
    },
    Sabotage {
        name: "authenticated-url/padded-answer",
        story: "outbound-call",
        lie: "the JSON is padded to 200 KiB",
    },
    Sabotage {
        name: "authenticated-url/slow",
        story: "outbound-call",
        lie: "the endpoint takes 5.5 seconds",
    },
    Sabotage {
        name: "authenticated-url/fixed-parameter-order",
        story: "outbound-call",
        lie: "the endpoint refuses appId before externalAccountId, or after it: only externalAccountId first is understood",
    },
    Sabotage {
        name: "authenticated-url/refuses-unknown-parameters",
        story: "outbound-call",
        lie: "an unknown query parameter is answered 400",
    },
    Sabotage {
        name: "authenticated-url/needs-a-browser",
        story: "outbound-call",
        lie: "a client that is not a browser is answered 403",
    },
    Sabotage {
        name: "authenticated-url/needs-a-bearer",
        story: "outbound-call",
        lie: "the endpoint answers 401 to a request without credentials",
    },
    Sabotage {
        name: "authenticated-url/post-only",
        story: "outbound-call",
        lie: "the endpoint answers 405 to GET",
    },
    Sabotage {
        name: "authenticated-url/decodes-twice",
        story: "awkward-external-id",
        lie: "the external id is percent-decoded twice",
    },
    Sabotage {
        name: "authenticated-url/slash-unknown",
        story: "slash-in-external-id",
        lie: "an external id with a slash is not found",
    },
    Sabotage {
        name: "authenticated-url/knows-every-id",
        story: "outbound-call",
        lie: "an unknown external id is answered with a URL of somebody else's recording",
    },
    Sabotage {
        name: "authenticated-url/ignores-account",
        story: "shared-external-id",
        lie: "externalAccountId is ignored: the first account's recording is given to all",
    },
    Sabotage {
        name: "authenticated-url/ignores-app",
        story: "outbound-call",
        lie: "another app's appId is accepted",
    },
    Sabotage {
        name: "authenticated-url/needs-no-app",
        story: "outbound-call",
        lie: "a request without appId is accepted",
    },
    Sabotage {
        name: "authenticated-url/only-once",
        story: "outbound-call",
        lie: "the endpoint answers 410 from the third time it is asked for the same call on",
    },
    Sabotage {
        name: "authenticated-url/other-bytes",
        story: "outbound-call",
        lie: "the recording behind every second URL is another one of the same length",
    },
    Sabotage {
        name: "authenticated-url/unsigned",
        story: "outbound-call",
        lie: "the recording is served without its signature, or with any",
    },
    Sabotage {
        name: "authenticated-url/signature-prefix",
        story: "outbound-call",
        lie: "only the first four characters of the signature are compared",
    },
    Sabotage { name: "download/not-found", story: "outbound-call", lie: "the recording answers 404" },
    Sabotage {
        name: "download/text-type",
        story: "outbound-call",
        lie: "the recording is sent as text/html",
    },
    Sabotage {
        name: "download/json-type",
        story: "outbound-call",
        lie: "the recording is sent as application/json",
    },
    Sabotage {
        name: "download/mpeg-type",
        story: "outbound-call",
        lie: "the recording is sent as audio/mpeg",
    },
    Sabotage {
        name: "download/audio-type",
        story: "outbound-call",
        lie: "the recording is sent as audio/wav",
    },
    Sabotage {
        name: "download/type-changes",
        story: "outbound-call",
        lie: "206 answers are sent as audio/wav",
    },
    Sabotage {
        name: "download/cut-short",
        story: "outbound-call",
        lie: "the whole download ends 1000 bytes before its Content-Length",
    },
    Sabotage {
        name: "download/same-origin-policy",
        story: "outbound-call",
        lie: "Cross-Origin-Resource-Policy is same-origin",
    },
    Sabotage {
        name: "download/nosniff-text",
        story: "outbound-call",
        lie: "the recording is sent as text/plain with nosniff",
    },
    Sabotage { name: "download/unquoted-etag", story: "outbound-call", lie: "the ETag is not quoted" },
    Sabotage {
        name: "download/modified-in-future",
        story: "outbound-call",
        lie: "Last-Modified is a day later than Date",
    },
    Sabotage {
        name: "download/gzip-always",
        story: "outbound-call",
        lie: "every answer is marked Content-Encoding: gzip",
    },
    Sabotage {
        name: "download/broken-disposition",
        story: "outbound-call",
        lie: "Content-Disposition names an .mp3 file",
    },
    Sabotage {
        name: "download/needs-a-browser",
        story: "outbound-call",
        lie: "the recording answers 403 to a client that is not a browser",
    },
    Sabotage { name: "ranges/answers-200-with-everything", story: "outbound-call", lie: "Range is ignored" },
    Sabotage {
        name: "ranges/opens-with-200",
        story: "outbound-call",
        lie: "bytes=0- is answered 200, every other range 206",
    },
    Sabotage {
        name: "ranges/zero-is-falsy",
        story: "outbound-call",
        lie: "bytes=0-0 is answered with the whole file",
    },
    Sabotage { name: "ranges/refuses-0-1", story: "outbound-call", lie: "bytes=0-1 is refused with 416" },
    Sabotage {
        name: "ranges/drops-the-last-byte",
        story: "outbound-call",
        lie: "the end of a closed range is taken as exclusive",
    },
    Sabotage {
        name: "ranges/open-range-drops-the-last-byte",
        story: "outbound-call",
        lie: "an open range lacks the last byte",
    },
    Sabotage {
        name: "ranges/content-range-ends-at-length",
        story: "outbound-call",
        lie: "Content-Range of an open range ends at L instead of L-1",
    },
    Sabotage {
        name: "ranges/does-not-clamp",
        story: "outbound-call",
        lie: "an end beyond the recording is repeated in Content-Range, with the body cut at the end",
    },
    Sabotage {
        name: "ranges/refuses-end-beyond",
        story: "outbound-call",
        lie: "an end beyond the recording is refused with 416",
    },
    Sabotage {
        name: "ranges/partial-at-the-end",
        story: "outbound-call",
        lie: "a range that starts at L is answered 206 with no bytes",
    },
    Sabotage {
        name: "ranges/500-beyond-the-end",
        story: "outbound-call",
        lie: "a range that starts beyond L is answered 500",
    },
    Sabotage {
        name: "ranges/404-beyond-the-end",
        story: "outbound-call",
        lie: "a range that starts beyond L is answered 404",
    },
    Sabotage {
        name: "ranges/whole-file-with-416",
        story: "outbound-call",
        lie: "a 416 encloses the whole file",
    },
    Sabotage { name: "ranges/416-without-length", story: "outbound-call", lie: "a 416 has no Content-Range" },
    Sabotage {
        name: "ranges/416-without-unit",
        story: "outbound-call",
        lie: "a 416 says Content-Range: */L",
    },
    Sabotage {
        name: "ranges/suffix-from-the-start",
        story: "outbound-call",
        lie: "bytes=-n is answered with the first n+1 bytes",
    },
    Sabotage { name: "ranges/refuses-suffix", story: "outbound-call", lie: "bytes=-n is refused with 416" },
    Sabotage {
        name: "ranges/refuses-long-suffix",
        story: "outbound-call",
        lie: "a suffix longer than the recording is refused with 416",
    },
    Sabotage {
        name: "ranges/zero-suffix-partial",
        story: "outbound-call",
        lie: "bytes=-0 is answered 206 with no bytes",
    },
    Sabotage {
        name: "ranges/swaps-reversed",
        story: "outbound-call",
        lie: "bytes=500-100 is answered as 100-500",
    },
    Sabotage {
        name: "ranges/reads-garbage",
        story: "outbound-call",
        lie: "bytes=abc is answered 206 as if it were 0-0",
    },
    Sabotage {
        name: "ranges/last-byte-empty",
        story: "outbound-call",
        lie: "a closed range of the last byte alone is answered 206 with no bytes",
    },
    Sabotage {
        name: "ranges/bytes-from-the-start",
        story: "outbound-call",
        lie: "the headers are right, the bytes are always the first ones",
    },
    Sabotage {
        name: "ranges/garbled-past-64-kib",
        story: "outbound-call",
        lie: "bytes after a 64 KiB boundary that a range crosses are wrong",
    },
    Sabotage {
        name: "ranges/starts-at-a-block",
        story: "outbound-call",
        lie: "a start beyond 64 KiB is rounded down to a multiple of 16, Content-Range says so",
    },
    Sabotage {
        name: "ranges/no-content-range",
        story: "outbound-call",
        lie: "206 answers lack Content-Range",
    },
    Sabotage {
        name: "ranges/constant-content-range",
        story: "outbound-call",
        lie: "Content-Range is always 0-(L-1)/L",
    },
    Sabotage {
        name: "ranges/content-range-misspelt",
        story: "outbound-call",
        lie: "Content-Range is spelt bytes=a-b/L",
    },
    Sabotage {
        name: "ranges/total-of-the-slice",
        story: "outbound-call",
        lie: "Content-Range gives the slice's length as the complete length",
    },
    Sabotage {
        name: "ranges/total-unknown",
        story: "outbound-call",
        lie: "Content-Range gives * as the complete length",
    },
    Sabotage {
        name: "ranges/200-with-a-slice",
        story: "outbound-call",
        lie: "the slice and its Content-Range come with status 200",
    },
    Sabotage {
        name: "ranges/always-206",
        story: "outbound-call",
        lie: "a request without Range is answered 206",
    },
    Sabotage {
        name: "ranges/unknown-unit-as-bytes",
        story: "outbound-call",
        lie: "items=0-5 is answered as bytes",
    },
    Sabotage {
        name: "ranges/multipart-for-one",
        story: "outbound-call",
        lie: "a single range is answered as multipart/byteranges",
    },
    Sabotage {
        name: "ranges/gzip-206",
        story: "outbound-call",
        lie: "206 answers are marked Content-Encoding: gzip",
    },
    Sabotage {
        name: "ranges/accept-ranges-lies",
        story: "outbound-call",
        lie: "Accept-Ranges: bytes is sent and Range is ignored",
    },
    Sabotage { name: "ranges/accept-ranges-garbage", story: "outbound-call", lie: "Accept-Ranges is 0-L" },
    Sabotage {
        name: "ranges/accept-ranges-none",
        story: "outbound-call",
        lie: "Accept-Ranges is none though ranges work",
    },
    Sabotage {
        name: "ranges/etag-of-the-slice",
        story: "outbound-call",
        lie: "the ETag of a 206 is made from the slice",
    },
    Sabotage {
        name: "ranges/etag-each-time",
        story: "outbound-call",
        lie: "the ETag is another one in every answer, and If-Range is honoured",
    },
    Sabotage {
        name: "ranges/if-range-never-matches",
        story: "outbound-call",
        lie: "If-Range with the right ETag is answered 200",
    },
    Sabotage {
        name: "ranges/if-range-ignored",
        story: "outbound-call",
        lie: "If-Range with a foreign ETag is answered 206",
    },
    Sabotage {
        name: "ranges/if-range-date-never-matches",
        story: "outbound-call",
        lie: "If-Range with the right date is answered 200",
    },
    Sabotage {
        name: "ranges/tiny-pieces",
        story: "outbound-call",
        lie: "a 206 is capped at 1000 bytes, with honest headers",
    },
    Sabotage { name: "media/mp3", story: "outbound-call", lie: "the recording is an MP3 frame sequence" },
    Sabotage {
        name: "media/html",
        story: "outbound-call",
        lie: "the recording is an HTML page, sent as an octet-stream",
    },
    Sabotage { name: "media/base64", story: "outbound-call", lie: "the recording is sent as base64 text" },
    Sabotage { name: "media/mono", story: "outbound-call", lie: "both speakers are mixed into one channel" },
    Sabotage { name: "media/dual-mono", story: "outbound-call", lie: "the same mix is on both channels" },
    Sabotage { name: "media/silent-channel", story: "outbound-call", lie: "the second channel is silent" },
    Sabotage { name: "media/swapped", story: "outbound-call", lie: "the channels are swapped" },
    Sabotage {
        name: "media/swapped-inbound",
        story: "inbound-call",
        lie: "the channels are swapped when the call is inbound",
    },
    Sabotage {
        name: "media/truncated",
        story: "outbound-call",
        lie: "the file is cut in its middle, its header unchanged",
    },
    Sabotage { name: "media/zero-sizes", story: "outbound-call", lie: "the sizes in the WAV header are 0" },
    Sabotage {
        name: "media/header-only",
        story: "outbound-call",
        lie: "the file is a WAV header without samples",
    },
    Sabotage { name: "resilience/gives-up-on-429", story: "throttled", lie: "a 429 is not tried again" },
    Sabotage {
        name: "resilience/storms",
        story: "throttled",
        lie: "a 429 is tried again at once, without any wait, twelve times before it waits",
    },
    Sabotage { name: "resilience/gives-up-on-5xx", story: "failing-once", lie: "a 5xx is not tried again" },
    Sabotage {
        name: "resilience/gives-up-on-a-cut",
        story: "failing-once",
        lie: "a cut connection is not tried again",
    },
    Sabotage {
        name: "resilience/logs-again-after-failure",
        story: "failing-once",
        lie: "when a later step fails the call is logged again before that step is repeated",
    },
    Sabotage {
        name: "resilience/never-refreshes",
        story: "expired-token",
        lie: "an expired token is never refreshed",
    },
    Sabotage {
        name: "resilience/gives-up-when-slow",
        story: "slow-hubspot",
        lie: "an answer that takes more than half a second is given up and not asked for again",
    },
    Sabotage {
        name: "resilience/loses-calls-in-a-burst",
        story: "ten-calls-at-once",
        lie: "of calls that come while three others are under way, every fourth is dropped",
    },
    Sabotage {
        name: "security/link-local",
        story: "outbound-call",
        lie: "the recording's URL redirects to a link-local address",
    },
    Sabotage {
        name: "security/redirect-loop",
        story: "outbound-call",
        lie: "the recording's URL redirects to itself",
    },
];

/// The lie with this name.
pub fn find(name: &str) -> Option<&'static Sabotage> {
    ALL.iter().find(|s| s.name == name)
}
