//! What each switch can be set to; the first value of each is the default.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Declares the values of a switch.
macro_rules! choice {
    ($(#[doc = $about:literal] $name:ident { #[doc = $first_doc:literal] $first:ident, $(#[doc = $doc:literal] $value:ident),+ $(,)? })+) => {
        $(
            #[doc = $about]
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
            #[serde(rename_all = "kebab-case")]
            pub enum $name {
                #[doc = $first_doc]
                #[default]
                $first,
                $(#[doc = $doc] $value,)+
            }
        )+
    };
}

choice! {
    /// What is done with something that HubSpot may or may not accept.
    Leniency {
        /// It is accepted; the journal shows it.
        Accept,
        /// It is refused with HubSpot's nearest text.
        Refuse,
    }
    /// Which app id HubSpot sends to the registered endpoint.
    CallbackAppId {
        /// `hs_call_app_id` of the call, as it was logged.
        Echo,
        /// The id of the app that registered the endpoint.
        Registered,
    }
    /// How the external id is written into the registered URL.
    ExternalIdEncoding {
        /// As a segment of a path: all but unreserved characters are encoded.
        Segment,
        /// As in a form: a space is a plus.
        Form,
        /// As it is.
        None,
    }
    /// What is done with a registered URL that has `%s` in its query.
    PlaceholderInQuery {
        /// It is filled in and asked like any other.
        Asked,
        /// It is not asked, as HubSpot's inline player was seen to do.
        NotAsked,
    }
    /// What becomes of a second `%s` in the registered URL.
    SecondPlaceholder {
        /// It is filled in too.
        Filled,
        /// It stays.
        Left,
    }
    /// What becomes of the registered URL's own query.
    OwnQuery {
        /// HubSpot's parameters come after it.
        Kept,
        /// HubSpot's parameters take its place.
        Replaced,
    }
    /// What HubSpot does with redirects of the registered endpoint.
    CallbackRedirects {
        /// It follows five at most.
        Followed,
        /// It takes them for an answer that it cannot use.
        Refused,
    }
    /// Whether HubSpot asks the registered endpoint again where it got nothing.
    CallbackRetries {
        /// It does not.
        None,
        /// It does, once.
        Once,
    }
    /// What members of the settings are that nobody sent.
    SettingsDefaults {
        /// 400 by 600, ready, everything else false.
        Filled,
        /// `null` for width and height.
        Null,
    }
    /// What `DELETE` of a transcript that does not exist answers.
    UnknownTranscript {
        /// 404.
        NotFound,
        /// 204.
        Accept,
    }
    /// What `GET` of settings that nobody made answers.
    MissingSettings {
        /// 404.
        NotFound,
        /// 200 with default values.
        Defaults,
    }
    /// What becomes of the recording URL when the settings are deleted.
    RecordingAfterDelete {
        /// It stays registered.
        Kept,
        /// It goes with them.
        Dropped,
    }
    /// The status for a portal's token where settings are written.
    TokenOnSettings {
        /// 401.
        Unauthorized,
        /// 403.
        Forbidden,
    }
    /// The status for settings of somebody else's app.
    ForeignApp {
        /// 400.
        BadRequest,
        /// 404.
        NotFound,
    }
    /// What a ready notification for a call that does not exist answers.
    UnknownCall {
        /// 404.
        NotFound,
        /// 204, and nothing happens.
        Accept,
    }
    /// Whether a transcript shows in the call's properties.
    TranscriptProperties {
        /// `hs_call_has_transcript` and `hs_call_transcription_id` are set.
        Set,
        /// They are left alone.
        Unset,
    }
    /// The status for an association type name that HubSpot does not have.
    UnknownTypeName {
        /// 400.
        BadRequest,
        /// 404.
        NotFound,
    }
    /// What the guide's association call without its last segment answers.
    UntypedPut {
        /// The page of a path that does not exist.
        NotFound,
        /// The page of a method that is not allowed.
        MethodNotAllowed,
        /// 400, a body was expected.
        BadRequest,
    }
    /// How v4 writes object ids.
    IdForm {
        /// As numbers, as a real portal does.
        Number,
        /// As text, as the newest specification says.
        Text,
    }
    /// How much of a new unlabelled link is told.
    Sides {
        /// Both directions.
        Both,
        /// The direction that was asked for.
        One,
    }
    /// What a path that exists answers to another method.
    WrongMethod {
        /// 405.
        MethodNotAllowed,
        /// 404.
        NotFound,
    }
    /// Whether something undocumented is there.
    Presence {
        /// It is not.
        Absent,
        /// It is.
        Present,
    }
    /// How often something is told.
    Amount {
        /// Always.
        Always,
        /// Only where it is counted.
        Counted,
    }
    /// Whether a creation's reply has a `Location` header.
    LocationHeader {
        /// It has.
        Present,
        /// It has not.
        Absent,
    }
    /// What an update does with unknown and read-only properties.
    UpdateOfUnknown {
        /// It is refused as a whole.
        Refuse,
        /// It passes them over.
        Ignore,
    }
}

/// How long HubSpot waits for the first byte of the registered endpoint's answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallbackTimeout {
    /// 30 s
    #[default]
    #[serde(rename = "30s")]
    Thirty,
    /// 10 s, as for webhooks
    #[serde(rename = "10s")]
    Ten,
}

impl CallbackTimeout {
    /// As a length of time.
    pub const fn duration(self) -> Duration {
        match self {
            Self::Thirty => Duration::from_secs(30),
            Self::Ten => Duration::from_secs(10),
        }
    }
}

/// How many links of one type a read shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShownAssociations {
    /// 500
    #[default]
    #[serde(rename = "500")]
    FiveHundred,
    /// 100
    #[serde(rename = "100")]
    Hundred,
    /// 2
    #[serde(rename = "2")]
    Two,
}

impl ShownAssociations {
    /// As a number.
    pub const fn count(self) -> usize {
        match self {
            Self::FiveHundred => 500,
            Self::Hundred => 100,
            Self::Two => 2,
        }
    }
}
