//! The clauses: sentences of the guide, of an RFC, or of HubSpot's API that can be broken. Names and words only.

/// One sentence that can be broken.
#[derive(Debug, PartialEq, Eq)]
pub struct Clause {
    /// Where it stands: `guide §2`, `RFC 9110 §14.4`.
    pub name: &'static str,
    /// What it says, in our words.
    pub text: &'static str,
    /// Why no check asks for it, where none can.
    pub untestable: Option<&'static str>,
}

macro_rules! clauses {
    (@why) => { None };
    (@why $why:literal) => { Some($why) };
    ($($id:ident = $name:literal : $text:literal $(, untestable: $why:literal)?;)+) => {
        $(#[doc = concat!("What `", $name, "` says of this.")]
        pub static $id: Clause = Clause { name: $name, text: $text, untestable: clauses!(@why $($why)?) };)+
        /// Every clause of this source, in order.
        pub static ALL: &[&Clause] = &[$(&$id),+];
    };
}

/// HubSpot's integration guide for recordings and transcriptions.
pub mod guide {
    use super::Clause;
    clauses! {
        SEATS = "guide, Requirements": "only users with a paid Sales or Service seat have their calls transcribed";
        FORMATS = "guide, Requirements": "recordings are WAV, FLAC or MP4";
        OCTET_STREAM = "guide, Requirements": "the recording can be downloaded as an octet-stream";
        CHANNELS = "guide, Requirements": "each speaker has a channel; the caller is on channel 1, the recipient on channel 2";
        CALLER_FIRST = "guide, Requirements": "in a two-channel recording the caller is on channel 1 and the recipient on channel 2";
        RANGE_206 = "guide, Requirements": "the recording URL supports Range and answers 206 Partial Content";
        ENDPOINT = "guide §1": "an endpoint of the integration answers HubSpot's GET with the authenticated URL of a call's recording";
        ENDPOINT_PARAMETERS = "guide §1": "externalId comes in the path, externalAccountId and appId in the query";
        EXTERNAL_ID = "guide §1": "externalId is unique to one call's recording and equals hs_call_external_id";
        EXTERNAL_ACCOUNT_ID = "guide §1": "externalAccountId is the account that the call belongs to and equals hs_call_external_account_id";
        APP_ID = "guide §1": "appId is the id of the app that the endpoint belongs to";
        ENDPOINT_JSON = "guide §1": "the answer is JSON with the member authenticatedUrl";
        AUTHENTICATED = "guide §1": "recordings are reached through authenticated URLs, and only through them";
        REGISTER = "guide §2": "the endpoint is registered by POST, or updated by PATCH, at {appId}/settings/recording";
        REGISTER_MEMBER = "guide §2": "the registration's body has the member urlToRetrieveAuthedRecording";
        PLACEHOLDER = "guide §2": "%s in the registered URL stands for the external id";
        ENTIRE_URL = "guide §2": "the entire URL is registered, https:// included";
        LOG_CALL = "guide §3": "each call is logged by POST at /crm/v3/objects/calls";
        CALL_PROPERTIES = "guide §3": "the logged call carries the properties that link it to its recording";
        CALL_TIME = "guide §3": "hs_timestamp says when the call took place";
        CALL_TITLE = "guide §3": "hs_call_title and hs_call_body say what the call was about",
            untestable: "any text is right, and HubSpot takes a call without it";
        CALL_OWNER = "guide §3": "hubspot_owner_id says whose call it was";
        CALL_DURATION = "guide §3": "hs_call_duration says how long the call was";
        CALL_NUMBERS = "guide §3": "hs_call_from_number and hs_call_to_number name the two parties",
            untestable: "HubSpot asks for no particular form, takes a call without them, and a telephone network may withhold or rewrite a number";
        CALL_SOURCE = "guide §3": "hs_call_source is INTEGRATIONS_PLATFORM";
        CALL_STATUS = "guide §3": "hs_call_status says how the call ended";
        CALL_APP = "guide §3": "hs_call_app_id is the id of the app that serves the recording";
        ASSOCIATE = "guide §3": "the call is associated with a record after it was created";
        ASSOCIATION_PLACEHOLDERS = "guide §3": "the association's path holds the call's id, the record's type and id, and the type of the association";
        READY = "guide §4": "HubSpot is told by POST at recordings/ready, with the call's id as engagementId, when the recording is ready";
        READY_ID = "guide §4": "engagementId is the id of the call that was created in step 3";
        NO_LEGACY = "guide, Important Note": "recordings are no longer logged by an unauthenticated URL";
    }
}

/// HubSpot's API as documented and observed, beyond the guide.
pub mod hubspot {
    use super::Clause;
    clauses! {
        CREDENTIALS = "HubSpot API, authentication": "settings take a developer API key or a token with developer scopes; everything else takes the portal's access token";
        REGISTERED_PATH = "HubSpot API, recordings": "the external id is a path segment of the registered URL, which has no query of its own";
        TIMESTAMP = "HubSpot API, calls": "hs_timestamp is required, as epoch milliseconds or ISO 8601 in UTC";
        CALL_ENUMS = "HubSpot API, calls": "status, direction and disposition take only values that HubSpot knows";
        DURATION = "HubSpot API, calls": "hs_call_duration counts milliseconds";
        OWNER = "HubSpot API, owners": "hubspot_owner_id is the id of an owner, not of a user";
        APP_ID = "HubSpot API, calls": "hs_call_app_id is the app that registered the endpoint";
        ASSOCIATION_TYPES = "HubSpot API, associations": "a call is linked to a contact by 194, to a company by 182, to a deal by 206, to a ticket by 220, category HUBSPOT_DEFINED";
        RATE_LIMITS = "HubSpot API, limits": "a 429 asks the client to wait and send again";
        RETRY = "HubSpot API, errors": "5xx answers and cut connections pass; the request is to be sent again";
        EXPIRY = "HubSpot API, OAuth": "access tokens expire; a refresh token gives the next one";
        CALLBACK = "HubSpot API, recordings": "HubSpot asks the endpoint with a stock client: no credentials, no cookies, the query in its own order";
        ENCODING = "RFC 3986 §2.1": "the external id arrives percent-encoded once, as one path segment";
        ONE_CALL = "HubSpot API, calls": "each POST creates a call; nothing joins two that are about one conversation";
        ENGAGEMENT_ID = "HubSpot API, recordings": "engagementId is a JSON integer: the id of the call object";
        PROMPTNESS = "HubSpot API, recordings": "HubSpot asks the endpoint while a user waits for the player";
        SLOWNESS = "HubSpot API, errors": "an answer may take ten seconds, and many calls may end at once";
        ADDRESSES = "HubSpot API, recordings": "a recording's URL leads to a public address, never to a link-local one";
    }
}

/// HTTP semantics.
pub mod rfc9110 {
    use super::Clause;
    clauses! {
        S8_3 = "RFC 9110 §8.3": "Content-Type names the media type of the representation";
        S8_4 = "RFC 9110 §8.4": "Content-Encoding names the codings that were applied; a range counts encoded bytes";
        S8_6 = "RFC 9110 §8.6": "Content-Length is the number of bytes in the body";
        S8_8_1 = "RFC 9110 §8.8.1": "a strong validator changes when, and only when, the bytes change";
        S8_8_2 = "RFC 9110 §8.8.2": "Last-Modified is not later than the answer's Date";
        S8_8_3 = "RFC 9110 §8.8.3": "an entity tag is a quoted string, W/ before it when weak";
        S9_3_2 = "RFC 9110 §9.3.2": "an answer to HEAD has no body";
        S12_5_3 = "RFC 9110 §12.5.3": "a client that accepts only identity gets no other coding";
        S12_5_5 = "RFC 9110 §12.5.5": "Vary names the request's fields that the answer depends on, alike for whole and part";
        S13_1 = "RFC 9110 §13.1": "a condition that does not hold is answered 412, or 304 for what the client holds already";
        S13_1_2 = "RFC 9110 §13.1.2": "If-None-Match with the current tag is answered 304, before Range is looked at";
        S13_1_5 = "RFC 9110 §13.1.5": "If-Range: the range when the validator matches exactly, else the whole";
        S13_2_2 = "RFC 9110 §13.2.2": "If-Match and If-None-Match are looked at before Range and If-Range";
        S14_1_1 = "RFC 9110 §14.1.1": "a range specifier that does not follow the grammar is invalid and is ignored or refused";
        S14_1_2 = "RFC 9110 §14.1.2": "byte ranges: first-last inclusive, open, or suffix; a last position beyond the end means the end";
        S14_2 = "RFC 9110 §14.2": "Range asks for part of what GET would give; an unknown unit is ignored";
        S14_3 = "RFC 9110 §14.3": "Accept-Ranges says whether ranges are supported, truthfully";
        S14_4 = "RFC 9110 §14.4": "Content-Range names first, last and complete length of what is enclosed";
        S14_6 = "RFC 9110 §14.6": "multipart/byteranges: a boundary, and parts with a Content-Range each, in lines that end with CRLF";
        S15_3_7 = "RFC 9110 §15.3.7": "206 encloses exactly the bytes that its Content-Range names";
        S15_3_7_2 = "RFC 9110 §15.3.7.2": "one range is answered in one part, never as multipart";
        S15_5_17 = "RFC 9110 §15.5.17": "416 when no range can be satisfied, with Content-Range: bytes */length";
        S17_5 = "RFC 9110 §17.5": "a header of any length is refused, not stumbled upon";
        S17_15 = "RFC 9110 §17.15": "many small or repeated ranges cost a server no more than the whole would";
        S15_4 = "RFC 9110 §15.4": "a redirect leads to the target in a bounded number of hops";
    }
}

/// HTTP/1.1 on the wire.
pub mod rfc9112 {
    use super::Clause;
    clauses! {
        S2_5 = "RFC 9112 §2.5": "a client that speaks HTTP/1.0 is answered in a way that it understands, never in chunks";
        S6_3 = "RFC 9112 §6.3": "one framing tells where a body ends, and the next answer begins right there";
        S7_1 = "RFC 9112 §7.1": "a chunked body consists of sized chunks and ends with one of size 0";
        S9_3 = "RFC 9112 §9.3": "a connection may carry another request after each answer";
    }
}

/// RFC 9113, HTTP/2.
pub mod rfc9113 {
    use super::Clause;
    clauses! {
        S8_1_1 = "RFC 9113 §8.1.1": "a Content-Length equals what the DATA frames carry";
    }
}

/// What browsers need, measured with Chromium and Firefox.
pub mod players {
    use super::Clause;
    clauses! {
        CORP = "Fetch, Cross-Origin-Resource-Policy": "a page of another origin may embed the recording";
        MIME = "Fetch, nosniff": "with nosniff a browser refuses text and JSON types as audio";
        CORS = "Fetch, CORS": "a page of another origin reads only what Access-Control headers let it read";
        REQUESTS = "players, requests": "each player sends ranges of its own choice, under header fields of its own";
        NAMES = "players, names": "some players go by the extension of the address where the type is octet-stream";
        FINAL_URL = "players, URL": "players keep the final URL and ask it for every later range, after pauses too";
        CONCURRENCY = "players, connections": "players break downloads off, and ask for several ranges at once";
        PROMPTNESS = "players, patience": "a seek is answered within seconds";
        CODECS = "players, codecs": "browsers play PCM, mu-law and A-law in WAV, FLAC, and AAC-LC in MP4";
        PLAYING = "players, playing": "a browser that is given the recording's URL plays it, on a page of another site";
        SEEKING = "players, seeking": "wherever the playhead is put, the recording plays on from there";
        LENGTH = "players, length": "a player learns the length from the complete length in Content-Range";
    }
}
