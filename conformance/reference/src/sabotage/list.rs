//! Every lie, declared once: its variant for the code, its name, the story that shows it, and what is done wrong.

use super::Sabotage;

/// Declares each lie once: as a variant for the code and as a row of the list.
macro_rules! lies {
    ($($variant:ident $name:literal in $story:literal: $lie:literal;)*) => {
        /// One lie, as the code knows it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Lie {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Lie {
            /// The lie that bears this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// `section/kebab-name`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        /// Every lie, in the order of the journey.
        pub static ALL: &[Sabotage] = &[$(Sabotage { name: $name, story: $story, lie: $lie },)*];
    };
}

lies! {
    SettingsNeverRegisters "settings/never-registers" in "outbound-call": "no recording URL is registered";
    SettingsWithoutPlaceholder "settings/without-placeholder" in "outbound-call": "the registered URL has no %s";
    SettingsEncodedPlaceholder "settings/encoded-placeholder" in "outbound-call": "the registered URL has %25s instead of %s";
    SettingsBracePlaceholder "settings/brace-placeholder" in "outbound-call": "the registered URL has {externalId} instead of %s";
    SettingsTwoPlaceholders "settings/two-placeholders" in "outbound-call": "the registered URL has %s twice: once as a path segment, once in a query";
    SettingsPlaceholderInQuery "settings/placeholder-in-query" in "outbound-call": "%s stands in the query of the registered URL, not in its path";
    SettingsWithoutScheme "settings/without-scheme" in "outbound-call": "the URL is registered without http:// or https://";
    SettingsAfterTheFirstCall "settings/after-the-first-call" in "outbound-call": "the URL is registered only after the first call was logged";
    SettingsPortalToken "settings/portal-token" in "outbound-call": "the URL is registered with the portal's access token instead of the developer key";
    SettingsWrongMember "settings/wrong-member" in "outbound-call": "the URL is registered under the member urlToRetrieveAuthenticatedRecording";
    SettingsWrongPath "settings/wrong-path" in "outbound-call": "the URL is posted to {appId}/settings instead of {appId}/settings/recording";
    SettingsOldUrlAfterMove "settings/old-url-after-move" in "registration-moved": "after the registration was moved the new URL is not served";

    CallsNeverLogged "calls/never-logged" in "outbound-call": "the call is never logged";
    CallsWithoutTimestamp "calls/without-timestamp" in "outbound-call": "hs_timestamp is left out";
    CallsWrongSource "calls/wrong-source" in "outbound-call": "hs_call_source is INTEGRATION";
    CallsWithoutSource "calls/without-source" in "outbound-call": "hs_call_source is left out";
    CallsWithoutAppId "calls/without-app-id" in "outbound-call": "hs_call_app_id is left out";
    CallsWithoutExternalId "calls/without-external-id" in "outbound-call": "hs_call_external_id is left out";
    CallsWithoutAccountId "calls/without-account-id" in "outbound-call": "hs_call_external_account_id is left out";
    CallsWrongAppId "calls/wrong-app-id" in "outbound-call": "hs_call_app_id is another app's";
    CallsLowerCaseStatus "calls/lower-case-status" in "outbound-call": "hs_call_status is completed, in lower case";
    CallsUnknownDirection "calls/unknown-direction" in "outbound-call": "hs_call_direction is OUTGOING";
    CallsWrongDirection "calls/wrong-direction" in "inbound-call": "an inbound call is logged as OUTBOUND";
    CallsDispositionLabel "calls/disposition-label" in "outbound-call": "hs_call_disposition is the label Connected instead of its GUID";
    CallsDurationInSeconds "calls/duration-in-seconds" in "outbound-call": "hs_call_duration counts seconds";
    CallsUserIdAsOwner "calls/user-id-as-owner" in "outbound-call": "hubspot_owner_id is the owner's user id";
    CallsOwnerWithoutSeat "calls/owner-without-seat" in "outbound-call": "the call is logged for an owner without a paid seat";
    CallsLegacyRecordingUrl "calls/legacy-recording-url" in "outbound-call": "hs_call_recording_url is set besides";
    CallsLoggedTwice "calls/logged-twice" in "outbound-call": "the call is logged twice";

    AssociationsNeverMade "associations/never-made" in "outbound-call": "the call is associated with nothing";
    AssociationsWrongType "associations/wrong-type" in "outbound-call": "the association type is 182, which belongs to companies, for a contact";
    AssociationsReverseType "associations/reverse-type" in "outbound-call": "the association type is 193, which leads from the contact to the call";
    AssociationsUserDefined "associations/user-defined" in "outbound-call": "the association is made with category USER_DEFINED";
    AssociationsWrongRecord "associations/wrong-record" in "outbound-call": "the call is associated with another contact";
    AssociationsAfterReady "associations/after-ready" in "outbound-call": "the association is made only after ready";

    ReadyNeverSent "ready/never-sent" in "outbound-call": "ready is never sent";
    ReadyStringId "ready/string-id" in "outbound-call": "engagementId is a JSON string";
    ReadyContactId "ready/contact-id" in "outbound-call": "engagementId is the contact's id";
    ReadyTooEarly "ready/too-early" in "outbound-call": "ready is sent before the recording can be fetched: the first fetch answers 404";
    ReadyTwice "ready/twice" in "outbound-call": "ready is sent twice";

    AuthenticatedUrlSnakeCaseMember "authenticated-url/snake-case-member" in "outbound-call": "the member is called authenticated_url";
    AuthenticatedUrlNestedMember "authenticated-url/nested-member" in "outbound-call": "the member is nested in data";
    AuthenticatedUrlNullUrl "authenticated-url/null-url" in "outbound-call": "authenticatedUrl is null";
    AuthenticatedUrlRelativeUrl "authenticated-url/relative-url" in "outbound-call": "authenticatedUrl is a path without scheme and host";
    AuthenticatedUrlProtocolRelative "authenticated-url/protocol-relative" in "outbound-call": "authenticatedUrl starts with //";
    AuthenticatedUrlStreamsTheAudio "authenticated-url/streams-the-audio" in "outbound-call": "the endpoint answers with the audio itself";
    AuthenticatedUrlRedirects "authenticated-url/redirects" in "outbound-call": "the endpoint answers 302 to the recording instead of JSON";
    AuthenticatedUrlHtmlPage "authenticated-url/html-page" in "outbound-call": "the endpoint answers with an HTML page";
    AuthenticatedUrlHtmlType "authenticated-url/html-type" in "outbound-call": "the JSON is sent as text/html";
    AuthenticatedUrlPaddedAnswer "authenticated-url/padded-answer" in "outbound-call": "the JSON is padded to 200 KiB";
    AuthenticatedUrlSlow "authenticated-url/slow" in "outbound-call": "the endpoint takes 5.5 seconds, the first three times it is asked for a call";
    AuthenticatedUrlFixedParameterOrder "authenticated-url/fixed-parameter-order" in "outbound-call": "only externalAccountId before appId is understood: any other order is answered 400";
    AuthenticatedUrlRefusesUnknownParameters "authenticated-url/refuses-unknown-parameters" in "outbound-call": "an unknown query parameter is answered 400";
    AuthenticatedUrlNeedsABrowser "authenticated-url/needs-a-browser" in "outbound-call": "a client that is not a browser is answered 403";
    AuthenticatedUrlNeedsABearer "authenticated-url/needs-a-bearer" in "outbound-call": "the endpoint answers 401 to a request without credentials";
    AuthenticatedUrlPostOnly "authenticated-url/post-only" in "outbound-call": "the endpoint answers 405 to GET";
    AuthenticatedUrlDecodesTwice "authenticated-url/decodes-twice" in "awkward-external-id": "the external id is percent-decoded twice";
    AuthenticatedUrlSlashUnknown "authenticated-url/slash-unknown" in "slash-in-external-id": "an external id with a slash is not found";
    AuthenticatedUrlKnowsEveryId "authenticated-url/knows-every-id" in "outbound-call": "an unknown external id is answered with a URL of somebody else's recording";
    AuthenticatedUrlIgnoresAccount "authenticated-url/ignores-account" in "shared-external-id": "externalAccountId is ignored: the first account's recording is given to all";
    AuthenticatedUrlIgnoresApp "authenticated-url/ignores-app" in "outbound-call": "another app's appId is accepted";
    AuthenticatedUrlNeedsNoApp "authenticated-url/needs-no-app" in "outbound-call": "a request without appId is accepted";
    AuthenticatedUrlOnlyOnce "authenticated-url/only-once" in "outbound-call": "the endpoint answers 410 from the third time it is asked for the same call on";
    AuthenticatedUrlOtherBytes "authenticated-url/other-bytes" in "outbound-call": "the recording behind every second URL is another one of the same length";
    AuthenticatedUrlUnsigned "authenticated-url/unsigned" in "outbound-call": "the recording is served without its signature, or with any";
    AuthenticatedUrlSignaturePrefix "authenticated-url/signature-prefix" in "outbound-call": "only the first four characters of the signature are compared";

    DownloadNotFound "download/not-found" in "outbound-call": "the recording answers 404";
    DownloadTextType "download/text-type" in "outbound-call": "the recording is sent as text/html";
    DownloadJsonType "download/json-type" in "outbound-call": "the recording is sent as application/json";
    DownloadMpegType "download/mpeg-type" in "outbound-call": "the recording is sent as audio/mpeg, from an address without an extension";
    DownloadAudioType "download/audio-type" in "outbound-call": "the recording is sent as audio/wav";
    DownloadTypeChanges "download/type-changes" in "outbound-call": "206 answers are sent as audio/wav";
    DownloadCutShort "download/cut-short" in "outbound-call": "the whole download ends 1000 bytes before its Content-Length";
    DownloadSameOriginPolicy "download/same-origin-policy" in "outbound-call": "Cross-Origin-Resource-Policy is same-origin";
    DownloadNosniffText "download/nosniff-text" in "outbound-call": "the recording is sent as text/plain with nosniff";
    DownloadUnquotedEtag "download/unquoted-etag" in "outbound-call": "the ETag is not quoted";
    DownloadModifiedInFuture "download/modified-in-future" in "outbound-call": "Last-Modified is a day later than Date";
    DownloadGzipAlways "download/gzip-always" in "outbound-call": "every answer is marked Content-Encoding: gzip";
    DownloadBrokenDisposition "download/broken-disposition" in "outbound-call": "Content-Disposition names an .mp3 file";
    DownloadNeedsABrowser "download/needs-a-browser" in "outbound-call": "the recording answers 403 to a client that is not a browser";

    DownloadLives16Seconds "download/lives-16-seconds" in "outbound-call": "the URL says that it lives for 16 seconds";
    DownloadLives60Seconds "download/lives-60-seconds" in "outbound-call": "the URL says that it lives for 60 seconds";
    DownloadLives700Seconds "download/lives-700-seconds" in "outbound-call": "the URL says that it lives for 700 seconds";
    DownloadSignsTheRange "download/signs-the-range" in "outbound-call": "the signature of the URL covers the Range header";
    DownloadOneTimeUrl "download/one-time-url" in "outbound-call": "the URL works once, then it answers 410";
    DownloadForgetsAfterAPause "download/forgets-after-a-pause" in "outbound-call": "after four seconds without a request the URL answers 403";
    DownloadCutsSlowReaders "download/cuts-slow-readers" in "outbound-call": "a download whose reader rests is cut off after a moment";
    DownloadBrokenLocation "download/broken-location" in "outbound-call": "the URL redirects to a relative address that is not there";
    DownloadProxy400 "download/proxy-400" in "outbound-call": "the URL answers the 400 of a store that refuses two credentials";
    DownloadNeedsACookie "download/needs-a-cookie" in "outbound-call": "without the cookie that it sets the URL redirects to itself";
    DownloadRefusesWith200 "download/refuses-with-200" in "outbound-call": "a URL that is not signed is answered 200 with a page";
    DownloadEtagOfTheUrl "download/etag-of-the-url" in "outbound-call": "each URL of a recording has an ETag of its own";
    DownloadBusyAfterABreak "download/busy-after-a-break" in "outbound-call": "after a download that was broken off the next range is answered 503";
    DownloadRefusesParallel "download/refuses-parallel" in "outbound-call": "of four ranges asked for at once the third is answered 503";
    DownloadMixesParallel "download/mixes-parallel" in "outbound-call": "of four ranges asked for at once the fourth is answered with the bytes of the third";
    DownloadSlowInTheMiddle "download/slow-in-the-middle" in "outbound-call": "an open range from the middle is answered after 5.5 seconds";
    DownloadColdCache "download/cold-cache" in "outbound-call": "the first range of a URL that was just handed out is answered 200";
    DownloadNoCors "download/no-cors" in "outbound-call": "pages of other origins may read nothing: Access-Control-Allow-Origin is not sent";
    DownloadHidesContentRange "download/hides-content-range" in "outbound-call": "Access-Control-Expose-Headers is not sent";
    DownloadCorsOnlyOn200 "download/cors-only-on-200" in "outbound-call": "Access-Control-Allow-Origin is sent with 200 alone";
    DownloadEchoesOrigin "download/echoes-origin" in "outbound-call": "Access-Control-Allow-Origin repeats the Origin, without Vary";
    DownloadPreflightNeedsLogin "download/preflight-needs-login" in "outbound-call": "a preflight is answered 401";
    RangesAnswers200WithEverything "ranges/answers-200-with-everything" in "outbound-call": "Range is ignored";
    RangesOpensWith200 "ranges/opens-with-200" in "outbound-call": "bytes=0- is answered 200, every other range 206";
    RangesZeroIsFalsy "ranges/zero-is-falsy" in "outbound-call": "bytes=0-0 is answered 206 with the whole file";
    RangesRefuses01 "ranges/refuses-0-1" in "outbound-call": "bytes=0-1 is refused with 416";
    RangesDropsTheLastByte "ranges/drops-the-last-byte" in "outbound-call": "the end of a closed range is taken as exclusive: the body lacks the last byte of its Content-Range";
    RangesOpenRangeDropsTheLastByte "ranges/open-range-drops-the-last-byte" in "outbound-call": "an open range lacks the last byte that its Content-Range promises";
    RangesContentRangeEndsAtLength "ranges/content-range-ends-at-length" in "outbound-call": "Content-Range of an open range ends at L instead of L-1";
    RangesDoesNotClamp "ranges/does-not-clamp" in "outbound-call": "an end beyond the recording is repeated in Content-Range, with the body cut at the end";
    RangesRefusesEndBeyond "ranges/refuses-end-beyond" in "outbound-call": "an end beyond the recording is refused with 416";
    RangesPartialAtTheEnd "ranges/partial-at-the-end" in "outbound-call": "a range that starts at L is answered 206 with no bytes";
    Ranges500BeyondTheEnd "ranges/500-beyond-the-end" in "outbound-call": "a range that starts beyond L is answered 500";
    Ranges404BeyondTheEnd "ranges/404-beyond-the-end" in "outbound-call": "a range that starts beyond L is answered 404";
    RangesWholeFileWith416 "ranges/whole-file-with-416" in "outbound-call": "a 416 encloses the whole file";
    Ranges416WithoutLength "ranges/416-without-length" in "outbound-call": "a 416 has no Content-Range";
    Ranges416WithoutUnit "ranges/416-without-unit" in "outbound-call": "a 416 says Content-Range: */L";
    RangesSuffixFromTheStart "ranges/suffix-from-the-start" in "outbound-call": "bytes=-n is answered with the first n+1 bytes";
    RangesRefusesSuffix "ranges/refuses-suffix" in "outbound-call": "bytes=-n is refused with 416";
    RangesRefusesLongSuffix "ranges/refuses-long-suffix" in "outbound-call": "a suffix longer than the recording is refused with 416";
    RangesZeroSuffixPartial "ranges/zero-suffix-partial" in "outbound-call": "bytes=-0 is answered 206 with no bytes";
    RangesSwapsReversed "ranges/swaps-reversed" in "outbound-call": "bytes=500-100 is answered as 100-500";
    RangesReadsGarbage "ranges/reads-garbage" in "outbound-call": "bytes=abc is answered 206 as if it were 0-0";
    RangesLastByteEmpty "ranges/last-byte-empty" in "outbound-call": "a closed range of the last byte alone is answered 206 with no bytes";
    RangesBytesFromTheStart "ranges/bytes-from-the-start" in "outbound-call": "the headers are right, the bytes are always the first ones";
    RangesGarbledPast64Kib "ranges/garbled-past-64-kib" in "outbound-call": "bytes after a 64 KiB boundary that a range crosses are wrong";
    RangesStartsAtABlock "ranges/starts-at-a-block" in "outbound-call": "a start beyond 64 KiB is rounded down to a multiple of 16, Content-Range says so";
    RangesNoContentRange "ranges/no-content-range" in "outbound-call": "206 answers lack Content-Range";
    RangesConstantContentRange "ranges/constant-content-range" in "outbound-call": "Content-Range is always 0-(L-1)/L";
    RangesContentRangeMisspelt "ranges/content-range-misspelt" in "outbound-call": "Content-Range is spelt bytes=a-b/L";
    RangesTotalOfTheSlice "ranges/total-of-the-slice" in "outbound-call": "Content-Range gives the slice's length as the complete length";
    RangesTotalUnknown "ranges/total-unknown" in "outbound-call": "Content-Range gives * as the complete length";
    Ranges200WithASlice "ranges/200-with-a-slice" in "outbound-call": "the slice and its Content-Range come with status 200";
    RangesAlways206 "ranges/always-206" in "outbound-call": "a request without Range is answered 206";
    RangesUnknownUnitAsBytes "ranges/unknown-unit-as-bytes" in "outbound-call": "items=0-5 is answered as bytes";
    RangesMultipartForOne "ranges/multipart-for-one" in "outbound-call": "a single range is answered as multipart/byteranges";
    RangesGzip206 "ranges/gzip-206" in "outbound-call": "206 answers are marked Content-Encoding: gzip";
    RangesAcceptRangesLies "ranges/accept-ranges-lies" in "outbound-call": "Accept-Ranges: bytes is sent and Range is ignored";
    RangesAcceptRangesGarbage "ranges/accept-ranges-garbage" in "outbound-call": "Accept-Ranges is 0-L";
    RangesAcceptRangesNone "ranges/accept-ranges-none" in "outbound-call": "Accept-Ranges is none though ranges work";
    RangesEtagOfTheSlice "ranges/etag-of-the-slice" in "outbound-call": "the ETag of a 206 is made from the slice";
    RangesEtagEachTime "ranges/etag-each-time" in "outbound-call": "the ETag is another one in every answer, and If-Range is honoured";
    RangesIfRangeNeverMatches "ranges/if-range-never-matches" in "outbound-call": "If-Range with the right ETag is answered 200";
    RangesIfRangeIgnored "ranges/if-range-ignored" in "outbound-call": "If-Range with a foreign ETag is answered 206";
    RangesIfRangeDateNeverMatches "ranges/if-range-date-never-matches" in "outbound-call": "If-Range with the right date is answered 200";
    RangesTinyPieces "ranges/tiny-pieces" in "outbound-call": "a 206 is capped at 1000 bytes, with honest headers";
    RangesWholeFileUnderAPart "ranges/whole-file-under-a-part" in "outbound-call": "the headers of a 206 are right, its body is the whole file from the start, beyond Content-Length";
    RangesStreamsToTheEnd "ranges/streams-to-the-end" in "outbound-call": "a closed range is streamed on to the end of the file, beyond Content-Length";
    RangesBodyAfterARefusal "ranges/body-after-a-refusal" in "outbound-call": "a 416 says Content-Length: 0 and encloses a body";
    RangesHeadWritesABody "ranges/head-writes-a-body" in "outbound-call": "HEAD is answered with a body";
    RangesTwoFramings "ranges/two-framings" in "outbound-call": "a 206 is chunked and says Content-Length";
    RangesUnendedChunks "ranges/unended-chunks" in "outbound-call": "the last byte alone is sent as a chunk after which no last chunk comes";
    RangesLengthOfTheWhole "ranges/length-of-the-whole" in "outbound-call": "a 206 says the Content-Length of the whole file, and the connection ends after the slice";
    RangesChunked206 "ranges/chunked-206" in "outbound-call": "a 206 is chunked, without Content-Length";
    RangesHttp2Length "ranges/http2-length" in "outbound-call": "over HTTP/2 a part is announced one byte longer than it is";
    RangesHttp10Chunks "ranges/http-1-0-chunks" in "outbound-call": "a client that speaks HTTP/1.0 is answered in chunks";
    RangesHead206 "ranges/head-206" in "outbound-call": "HEAD with a Range is answered 206";
    RangesHeadLengthZero "ranges/head-length-zero" in "outbound-call": "HEAD is answered with Content-Length: 0";
    RangesWrapsAt32Bits "ranges/wraps-at-32-bits" in "outbound-call": "positions are kept in 32 bits: 4294967296 is read as 0";
    Ranges500Beyond32Bits "ranges/500-beyond-32-bits" in "outbound-call": "a position beyond 32 bits is answered 500";
    Ranges500Beyond64Bits "ranges/500-beyond-64-bits" in "outbound-call": "a position beyond 64 bits is answered 500";
    Ranges500OnOddSpellings "ranges/500-on-odd-spellings" in "outbound-call": "BYTES=0-9 and bytes= 0-9 are answered 500";
    RangesReadsOctal "ranges/reads-octal" in "outbound-call": "numbers with leading zeros are read as octal ones";
    Ranges500OnTwoRanges "ranges/500-on-two-ranges" in "outbound-call": "two Range headers are answered 500";
    Ranges500OnSeveral "ranges/500-on-several" in "outbound-call": "several ranges in one header are answered 500";
    RangesRefusesOneBeyond "ranges/refuses-one-beyond" in "outbound-call": "several ranges, one of them beyond the end, are refused with 416";
    RangesConcatenatesSlices "ranges/concatenates-slices" in "outbound-call": "several ranges are answered with their bytes one after another, under one Content-Range";
    RangesMultipartAsAudio "ranges/multipart-as-audio" in "outbound-call": "a multipart body keeps the type of audio, and Content-Range says multipart/byteranges";
    RangesMultipartTotals "ranges/multipart-totals" in "outbound-call": "each part of a multipart body gives its own length as the complete length";
    RangesMultipartLineFeeds "ranges/multipart-line-feeds" in "outbound-call": "the lines of a multipart body end with LF alone";
    RangesReturnsManyTimesTheFile "ranges/returns-many-times-the-file" in "outbound-call": "bytes=0-,0-,0-,0-,0- is answered with five times the file";
    RangesIfRangeSubstring "ranges/if-range-substring" in "outbound-call": "If-Range matches where it contains the ETag";
    RangesIfRangeWeakMatches "ranges/if-range-weak-matches" in "outbound-call": "If-Range matches with a weak form of the ETag";
    RangesIfRangeAnyDate "ranges/if-range-any-date" in "outbound-call": "If-Range matches with any date";
    RangesIfRangeFails412 "ranges/if-range-fails-412" in "outbound-call": "If-Range with a foreign ETag is answered 412, without Range too";
    RangesIfRangeJunk500 "ranges/if-range-junk-500" in "outbound-call": "If-Range: junk is answered 500";
    RangesIgnoresIfNoneMatch "ranges/ignores-if-none-match" in "outbound-call": "If-None-Match is ignored where Range is there";
    RangesPreconditions416 "ranges/preconditions-416" in "outbound-call": "If-Match and If-Unmodified-Since that do not hold are answered 416";
    RangesIfModifiedSince500 "ranges/if-modified-since-500" in "outbound-call": "If-Modified-Since beside Range is answered 500";
    Ranges406ForOlderChrome "ranges/406-for-older-chrome" in "outbound-call": "Accept-Encoding: identity;q=1, *;q=0 is answered 406";
    RangesGzipsTheSlice "ranges/gzips-the-slice" in "outbound-call": "to a client that accepts gzip the slice is sent gzipped, under the Content-Range of the plain bytes";
    RangesSlicesTheGzip "ranges/slices-the-gzip" in "outbound-call": "to a client that accepts gzip a slice of the gzipped file is sent, unmarked";
    RangesOneTagTwoSizes "ranges/one-tag-two-sizes" in "outbound-call": "to a client that accepts gzip another complete length is told, under the same ETag";
    RangesWholeForGzip "ranges/whole-for-gzip" in "outbound-call": "to a client that accepts gzip a range is answered 200";
    RangesRefusesSafari "ranges/refuses-safari" in "outbound-call": "requests with X-Playback-Session-Id are answered 200";
    RangesRefusesFirefox "ranges/refuses-firefox" in "outbound-call": "the Accept of Firefox is answered 406";
    RangesRefusesOlderChrome "ranges/refuses-older-chrome" in "outbound-call": "media requests of older Chromes are answered 200";
    RangesRefusesReferers "ranges/refuses-chromium-cache" in "outbound-call": "what the cache of Chromium asks for is answered 200";
    RangesPartLosesHeaders "ranges/part-loses-headers" in "outbound-call": "a 206 lacks Cache-Control and Content-Type";
    RangesVaryStar "ranges/vary-star" in "outbound-call": "a 206 says Vary: *";
    RangesWrongPiece "ranges/wrong-piece" in "outbound-call": "what a closed range that does not start at 0 encloses beyond its first 300 KiB is wrong";
    RangesWrongOnRepeat "ranges/wrong-on-repeat" in "outbound-call": "a closed range beyond 4 KiB is answered with wrong bytes when it is soon asked for again";

    MediaMp3 "media/mp3" in "outbound-call": "the recording is an MP3 frame sequence";
    MediaOggOpus "media/ogg-opus" in "outbound-call": "the recording is Opus in Ogg";
    MediaWebm "media/webm" in "outbound-call": "the recording is a WebM file";
    MediaAmr "media/amr" in "outbound-call": "the recording is an AMR file";
    MediaRawMulaw "media/raw-mulaw" in "outbound-call": "the recording is mu-law without any header";
    MediaHtml "media/html" in "outbound-call": "the recording is an HTML page, sent as an octet-stream";
    MediaJsonError "media/json-error" in "outbound-call": "the recording is an error in JSON, sent with status 200";
    MediaXmlError "media/xml-error" in "outbound-call": "the recording is a store's error in XML, sent with status 200";
    MediaBase64 "media/base64" in "outbound-call": "the recording is sent as base64 text";
    MediaMangled "media/mangled" in "outbound-call": "the recording was read and written as UTF-8 text";
    DownloadEmpty "download/empty" in "outbound-call": "the recording is an empty file";
    MediaHeaderOnly "media/header-only" in "outbound-call": "the file is a WAV header without samples";
    MediaTruncated "media/truncated" in "outbound-call": "the file is cut in its middle, its header unchanged";
    MediaTruncatedFlac "media/truncated-flac" in "flac-recording": "a FLAC file is cut in its middle";
    MediaTruncatedMp4 "media/truncated-mp4" in "mp4-recording": "an MP4 file is cut in its middle";
    MediaZeroSizes "media/zero-sizes" in "outbound-call": "the sizes in the WAV header are 0";
    MediaUnknownSizes "media/unknown-sizes" in "outbound-call": "the sizes in the WAV header are 0xFFFFFFFF";
    MediaDataSizeOfFile "media/data-size-of-file" in "outbound-call": "the data chunk says the size of the whole file, 44 bytes too many";
    MediaDataSizeDoubled "media/data-size-doubled" in "outbound-call": "the data chunk says twice its size";
    MediaRiffSizeOfFile "media/riff-size-of-file" in "outbound-call": "the RIFF header says the size of the whole file, 8 bytes too many";
    MediaTwoDataChunks "media/two-data-chunks" in "outbound-call": "the samples stand in two data chunks";
    MediaWrongFrameSize "media/wrong-frame-size" in "outbound-call": "the WAV header says frames of 2 bytes for two channels of 16 bits";
    MediaNeedlessRf64 "media/needless-rf64" in "outbound-call": "a short recording is written as RF64";
    MediaAdpcm "media/adpcm" in "outbound-call": "the sound is IMA ADPCM in WAV";
    MediaGsm "media/gsm" in "outbound-call": "the sound is GSM 6.10 in WAV";
    MediaAlac "media/alac" in "outbound-call": "the sound is ALAC in MP4";
    MediaAc3 "media/ac3" in "mp4-recording": "the MP4 file says that its sound is AC-3";
    MediaHeAac "media/he-aac" in "mp4-recording": "the MP4 file says that its sound is HE-AAC";
    MediaHeAacV2 "media/he-aac-v2" in "mp4-recording": "the MP4 file says two channels, and its AAC parametric stereo";
    MediaFlacPiped "media/flac-piped" in "flac-recording": "STREAMINFO has neither the number of samples nor their checksum";
    MediaFlacWrongChecksum "media/flac-wrong-checksum" in "flac-recording": "STREAMINFO has the checksum of other sound";
    MediaWithoutMoov "media/without-moov" in "mp4-recording": "an MP4 file has no moov, as a killed recorder leaves it";
    MediaVideoOnly "media/video-only" in "mp4-recording": "an MP4 file has a track of video and none of sound";
    MediaScreenRecording "media/screen-recording" in "mp4-recording": "an MP4 file has a track of video besides the sound, an edit list that skips 2 s, and moov last";
    MediaFragmented "media/fragmented" in "mp4-recording": "an MP4 file is fragmented, without sidx and mehd";
    MediaQuicktime "media/quicktime" in "mp4-recording": "the brand of an MP4 file is QuickTime's";
    MediaHalfTheDuration "media/half-the-duration" in "mp4-recording": "the headers of an MP4 file say half its duration";
    MediaCorruptPackets "media/corrupt-packets" in "mp4-recording": "1200 bytes in the middle of an MP4 file's sound are others";
    MediaTwoMonoTracks "media/two-mono-tracks" in "mp4-recording": "an MP4 file has two mono tracks instead of one with two channels";
    MediaPlaysSlow "media/plays-slow" in "outbound-call": "the header says half the sample rate: all plays at half its speed";
    MediaPlaysFast "media/plays-fast" in "outbound-call": "the header says six times the sample rate: all plays six times as fast";
    MediaLegAtDoubleSpeed "media/leg-at-double-speed" in "outbound-call": "the second channel plays twice as fast";
    MediaDriftingLeg "media/drifting-leg" in "outbound-call": "300 ms of lost packets are left out of the second channel";
    MediaMono "media/mono" in "outbound-call": "both speakers are mixed into one channel";
    MediaDualMono "media/dual-mono" in "outbound-call": "the same mix is on both channels";
    MediaDualMonoLate "media/dual-mono-late" in "outbound-call": "the same mix is on both channels, 15 ms later on the second";
    MediaDualMonoInverted "media/dual-mono-inverted" in "outbound-call": "the same mix is on both channels, upside down on the second";
    MediaSumAndDifference "media/sum-and-difference" in "outbound-call": "the channels carry the sum and the difference of the speakers";
    MediaSilentChannel "media/silent-channel" in "outbound-call": "the second channel is silent";
    MediaFaintChannel "media/faint-channel" in "outbound-call": "the second channel is 45 dB too faint";
    MediaHoldTone "media/hold-tone" in "outbound-call": "the second channel carries the hold tone and nobody";
    MediaCrosstalk "media/crosstalk" in "outbound-call": "each speaker is on the other channel too, 12 dB quieter";
    MediaFaintCrosstalk "media/faint-crosstalk" in "outbound-call": "each speaker is on the other channel too, 30 dB quieter";
    MediaSwapped "media/swapped" in "outbound-call": "the channels are swapped";
    MediaSwappedInbound "media/swapped-inbound" in "inbound-call": "the channels are swapped when the call is inbound";
    MediaAgentAlwaysFirst "media/agent-always-first" in "several-calls": "the agent is always on the first channel, whoever called";
    MediaSwappedNowAndThen "media/swapped-now-and-then" in "several-calls": "the channels of one call in five are swapped";
    MediaSwappedMidway "media/swapped-midway" in "outbound-call": "the channels are swapped from the middle of the call on";
    MediaConferenceMixed "media/conference-mixed" in "conference": "the second and the third speaker share a channel";

    ResilienceGivesUpOn429 "resilience/gives-up-on-429" in "throttled": "a 429 is not tried again";
    ResilienceStorms "resilience/storms" in "throttled": "a 429 is tried again at once, without any wait, twelve times before it waits";
    ResilienceGivesUpOn5xx "resilience/gives-up-on-5xx" in "failing-once": "a 5xx is not tried again";
    ResilienceGivesUpOnACut "resilience/gives-up-on-a-cut" in "failing-once": "a cut connection is not tried again";
    ResilienceLogsAgainAfterFailure "resilience/logs-again-after-failure" in "failing-once": "when a later step fails the call is logged again before that step is repeated";
    ResilienceNeverRefreshes "resilience/never-refreshes" in "expired-token": "an expired token is never refreshed";
    ResilienceGivesUpWhenSlow "resilience/gives-up-when-slow" in "slow-hubspot": "an answer that takes more than half a second is given up and not asked for again";
    ResilienceLosesCallsInABurst "resilience/loses-calls-in-a-burst" in "ten-calls-at-once": "a call that comes while three others are under way is answered 200 and dropped";

    SecurityLinkLocal "security/link-local" in "outbound-call": "the recording's URL redirects to a link-local address";
    SecurityLeavesHttps "security/leaves-https" in "outbound-call": "the recording's https URL redirects to http";
    SecurityRedirectLoop "security/redirect-loop" in "outbound-call": "the recording's URL redirects to itself";
}
