//! Templates: `{name}` in args, env, urls and bodies. The names are fixed; one that does not exist is an error. Pure.

use super::located::suggestion;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

macro_rules! names {
    ($($variant:ident = $name:literal : $doc:literal;)+) => {
        /// A name that a template may use. Whoever renders one matches on all of them, so none can be forgotten.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Name { $(#[doc = $doc] $variant),+ }

        impl Name {
            /// Every name, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant),+];
            /// As it stands between the braces.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
            /// What it stands for.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $doc),+ }
            }
        }
    };
}

names! {
    MockUrl = "mock_url" : "The base URL of the fake HubSpot, as the integration sees it.";
    MockHost = "mock_host" : "Its host.";
    MockPort = "mock_port" : "Its port.";
    AccessToken = "access_token" : "The portal's access token.";
    DeveloperKey = "developer_key" : "The developer API key.";
    RefreshToken = "refresh_token" : "The refresh token.";
    ClientId = "client_id" : "The app's OAuth client id.";
    ClientSecret = "client_secret" : "The app's OAuth client secret.";
    AppId = "app_id" : "The app's id.";
    PortalId = "portal_id" : "The portal's id.";
    ApiVersion = "api_version" : "The API version that is expected.";
    AccountId = "account_id" : "The external account id; when the integration starts, the first one.";
    ExternalId = "external_id" : "The external id of the call.";
    ContactId = "contact_id" : "The contact that the call is with.";
    OwnerId = "owner_id" : "The owner who calls.";
    RecordingFile = "recording_file" : "The path of the recording.";
    RecordingUrl = "recording_url" : "Where the fake HubSpot hands the recording out, for an integration that shares no disk with the kit.";
    DurationMs = "duration_ms" : "The duration of the recording in milliseconds.";
    Direction = "direction" : "OUTBOUND or INBOUND.";
    From = "from" : "The caller's number.";
    To = "to" : "The recipient's number.";
    Port = "port" : "The port that the integration is to listen on.";
    RunDir = "run_dir" : "A folder of this run.";
    CaFile = "ca_file" : "The PEM file of the authority that signed the fake HubSpot's certificate, with [hubspot] tls = true.";
    TlsCert = "tls_cert" : "The PEM file of a certificate for localhost and 127.0.0.1, made for this run; the kit trusts it.";
    TlsKey = "tls_key" : "The PEM file of its private key.";
}

impl Name {
    /// The name with this word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.word() == word)
    }
    /// Whether it is known only once a call is to be made.
    pub const fn of_a_call(self) -> bool {
        matches!(
            self,
            Self::ExternalId
                | Self::ContactId
                | Self::OwnerId
                | Self::RecordingFile
                | Self::RecordingUrl
                | Self::DurationMs
                | Self::Direction
                | Self::From
                | Self::To
        )
    }
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A name that does not exist.
    #[error("there is no template name `{{{wrong}}}`\nhelp: {help}")]
    Unknown {
        /// The name.
        wrong: String,
        /// The nearest one, and all of them.
        help: String,
    },
    /// A brace that belongs to no name.
    #[error("a `{0}` belongs to no template name\nhelp: a literal brace is written twice: {0}{0}")]
    Brace(char),
    /// A name that has no value yet where it stands.
    #[error("`{{{0}}}` is not known here: it belongs to a call\nhelp: use it in [trigger]")]
    TooEarly(&'static str),
    /// A name that would need what it is part of.
    #[error("`{{{0}}}` cannot stand in advertise_url\nhelp: only {{mock_port}} is known there")]
    Circular(&'static str),
}

/// Text in which names are replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(Name),
}

impl Template {
    /// A name and nothing else.
    pub fn of(name: Name) -> Self {
        Self { parts: vec![Part::Name(name)] }
    }

    /// Reads a template: `{name}`, and `{{` or `}}` for a brace.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = if rest[at..].starts_with('{') { '{' } else { '}' };
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push(brace);
                rest = after;
                continue;
            }
            let Some((word, after)) = rest.split_once('}').filter(|_| brace == '{') else {
                return Err(TemplateError::Brace(brace));
            };
            if !is_word(word) {
                return Err(TemplateError::Brace(brace));
            }
            let Some(name) = Name::find(word) else { return Err(unknown(word)) };
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(Part::Name(name));
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self { parts })
    }

    /// The text with each name replaced by its value.
    pub fn render(&self, value: impl Fn(Name) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Name(name) => value(*name),
        };
        self.parts.iter().map(part).collect()
    }

    /// The names it uses.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Name(name) => Some(*name),
        })
    }

    /// Whether it renders to nothing whatever the values.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn unknown(word: &str) -> TemplateError {
    let known: Vec<_> = Name::ALL.iter().map(|name| name.word()).collect();
    TemplateError::Unknown { wrong: word.to_owned(), help: suggestion(word, &known, "names") }
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A template for what starts the integration: names that belong to a call are refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartTemplate(pub Template);

impl<'de> Deserialize<'de> for StartTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let template = Template::deserialize(deserializer)?;
        let early = template.names().find(|name| name.of_a_call());
        match early {
            Some(name) => Err(de::Error::custom(TemplateError::TooEarly(name.word()))),
            None => Ok(Self(template)),
        }
    }
}

/// A JSON value in whose strings names are replaced; member names are literal.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonTemplate {
    /// A string.
    Text(Template),
    /// A number or a truth value.
    Plain(serde_json::Value),
    /// An array.
    List(Vec<JsonTemplate>),
    /// An object.
    Object(Vec<(String, JsonTemplate)>),
}

impl JsonTemplate {
    /// The value with each name replaced.
    pub fn render(&self, value: &impl Fn(Name) -> String) -> serde_json::Value {
        match self {
            Self::Text(template) => serde_json::Value::String(template.render(value)),
            Self::Plain(plain) => plain.clone(),
            Self::List(list) => list.iter().map(|item| item.render(value)).collect(),
            Self::Object(members) => {
                members.iter().map(|(name, member)| (name.clone(), member.render(value))).collect()
            }
        }
    }
}

impl JsonTemplate {
    /// The names it uses.
    pub fn names(&self) -> Vec<Name> {
        match self {
            Self::Text(template) => template.names().collect(),
            Self::Plain(_) => Vec::new(),
            Self::List(list) => list.iter().flat_map(Self::names).collect(),
            Self::Object(members) => members.iter().flat_map(|(_, member)| member.names()).collect(),
        }
    }
}

impl<'de> Deserialize<'de> for JsonTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = JsonTemplate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, number, truth value, array or table")
    }
    fn visit_bool<E>(self, value: bool) -> Result<JsonTemplate, E> {
        Ok(JsonTemplate::Plain(value.into()))
    }
    fn visit_i64<E>(self, value: i64) -> Result<JsonTemplate, E> {
        Ok(JsonTemplate::Plain(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<JsonTemplate, E> {
        Ok(JsonTemplate::Plain(value.into()))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<JsonTemplate, E> {
        let number = serde_json::Number::from_f64(value);
        number.map(|n| JsonTemplate::Plain(n.into())).ok_or_else(|| E::custom("no number of JSON"))
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<JsonTemplate, E> {
        Template::parse(value).map(JsonTemplate::Text).map_err(E::custom)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<JsonTemplate, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(JsonTemplate::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonTemplate, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            if name.starts_with("$__toml_private") {
                return Err(de::Error::custom("JSON has no dates\nhelp: write the date as a string"));
            }
            members.push((name, map.next_value()?));
        }
        Ok(JsonTemplate::Object(members))
    }
}
