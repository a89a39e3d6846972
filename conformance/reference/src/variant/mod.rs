//! Other ways to do the same that are as right: what an integration may choose, and the kit must not blame.
//!
//! They are no lies. `mod.rs` is the list, the honest code calls each in one line where it has the choice, and a test of the
//! kit walks them all. The reference as it stands covers some by itself: several ranges at once are answered 200, and its
//! stories have WAV, FLAC and MP4 recordings.

pub(crate) mod delivery;
pub(crate) mod media;
pub(crate) mod story;
pub mod talkative;

/// One legal variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// In kebab case.
    pub name: &'static str,
    /// The scenario in which it shows.
    pub story: &'static str,
    /// What is done otherwise, in a sentence.
    pub says: &'static str,
}

/// The variant with this name.
pub fn find(name: &str) -> Option<&'static Variant> {
    ALL.iter().find(|variant| variant.name == name)
}

/// Declares each variant once: for the code and as a row of the list.
macro_rules! choices {
    ($($choice:ident $name:literal in $story:literal: $says:literal;)*) => {
        /// One legal variant, as the code knows it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Choice {
            $(#[doc = concat!("`", $name, "`")] $choice,)*
        }

        impl Choice {
            /// The variant that bears this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$choice),)*
                    _ => None,
                }
            }
        }

        /// Every variant.
        pub static ALL: &[Variant] = &[$(Variant { name: $name, story: $story, says: $says },)*];
    };
}

choices! {
    RegistersTwice "registers-twice" in "outbound-call": "the URL is registered by POST a second time (G05)";
    MovesByPost "moves-by-post" in "registration-moved":
        "the registration is moved by POST instead of PATCH (G05)";
    OwnExternalId "own-external-id" in "outbound-call": "the integration chooses the external id itself";
    InlineAssociation "inline-association" in "outbound-call":
        "the association is given when the call is created";
    Version202509 "version-2025-09" in "outbound-call": "the dated API of 2025-09 is used";
    Version202603 "version-2026-03" in "outbound-call": "the dated API of 2026-03 is used";
    Version202609 "version-2026-09" in "outbound-call": "the dated API of 2026-09 is used";

    ExtraMembers "extra-members" in "outbound-call": "the endpoint's JSON has further members";
    Talkative "talkative" in "outbound-call":
        "answers, requests and the log carry cookies, keys and tokens that nobody asked for";
    AnotherPort "another-port" in "outbound-call": "the recording is served on another port than the endpoint";
    OverHttps "over-https" in "outbound-call": "the recording is served over HTTPS, by HTTP/2 where that is wanted";
    RedirectsToSigned "redirects-to-signed" in "outbound-call":
        "the authenticated URL redirects with 302 to another signed one";

    NoEtag "no-etag" in "outbound-call": "the recording has no ETag, only a date";
    WeakEtag "weak-etag" in "outbound-call": "the recording's ETag is a weak one";
    ChunkedDownload "chunked-download" in "outbound-call":
        "the whole recording is sent in chunks, without Content-Length";
    RefusalWithoutBody "refusal-without-body" in "outbound-call": "a 416 has no body";
    TitleCaseNames "title-case-names" in "outbound-call":
        "header names are written Content-Type instead of content-type";
    ClosesConnections "closes-connections" in "outbound-call": "every connection is closed after its answer";
    Attachment "attachment" in "outbound-call": "the recording is sent with Content-Disposition: attachment";
    OctetStreamParameters "octet-stream-parameters" in "outbound-call":
        "the media type octet-stream has a parameter";
    HeadNotAllowed "head-not-allowed" in "outbound-call": "HEAD is answered 405";
    HeadForbidden "head-forbidden" in "outbound-call": "HEAD is answered 403";
    NoAcceptRanges "no-accept-ranges" in "outbound-call": "ranges work, and Accept-Ranges is not sent";
    CappedAt1Mib "capped-at-1-mib" in "outbound-call":
        "a 206 has at most 1 MiB, with headers that say so (R44)";
    CappedAt64Kib "capped-at-64-kib" in "outbound-call":
        "a 206 has at most 64 KiB, with headers that say so (R44)";
    SlowAndSteady "slow-and-steady" in "outbound-call": "the recording comes at three megabytes a second";

    ThreeChannels "three-channels" in "outbound-call": "the recording has a third channel, for a third speaker";
    MoovAtTheEnd "moov-at-the-end" in "mp4-recording": "the index of the MP4 file stands at its end (F11)";
}
