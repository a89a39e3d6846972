//! What each switch can be set to; the first value of each is the default.

use serde::{Deserialize, Serialize};

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
