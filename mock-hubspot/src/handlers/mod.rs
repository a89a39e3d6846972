//! What HubSpot does when asked: one family of operations a file, each decode → portal → reply or refusal.
//!
//! Handlers are plain functions: no socket, no journal, no clock of their own.
//! Read next: `objects.rs`, `associations.rs`, `decode.rs`.

mod association_batch;
mod associations;
mod batch;
mod connections;
mod decode;
mod inbound;
mod input;
mod labels;
mod members;
mod merge;
mod oauth;
mod objects;
mod owners;
mod paging;
mod properties;
mod search;
mod settings;
mod shown;
mod transcripts;
mod widget;

use crate::auth::Strictness;
use crate::control::Address;
use crate::operation::Operation;
use crate::portal::{Key, Portal};
use crate::refusal::Refusal;
use crate::routes::Query;
use crate::switches::{Leniency, Switches};
use crate::texts::Texts;
use crate::versions::Route;
use crate::weather::Subject;
use crate::wire::{ObjectType, ObjectView};
use compact_str::CompactString;
use serde::Serialize;
use serde_json::Value;

/// One request, recognised.
pub(crate) struct Asked<'a> {
    pub(crate) route: &'static Route,
    pub(crate) params: &'a Texts,
    pub(crate) query: &'a Query,
    pub(crate) content_type: Option<&'a str>,
    pub(crate) body: &'a [u8],
    pub(crate) address: &'a Address,
    /// As the request names it.
    pub(crate) host: &'a str,
    pub(crate) path: &'a str,
    pub(crate) portal: &'a Portal,
    pub(crate) switches: &'a Switches,
    pub(crate) strictness: Strictness,
}

/// A reply that is no refusal.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// JSON.
    pub(crate) body: Option<String>,
    /// The call that was made.
    pub(crate) call_id: Option<u64>,
    /// The call whose recording HubSpot fetches now.
    pub(crate) ready: Option<u64>,
    /// The access token that was issued.
    pub(crate) issued: Option<String>,
    /// Headers beside those that every reply has.
    pub(crate) headers: Vec<(&'static str, CompactString)>,
}

impl Answer {
    fn json(status: u16, body: &impl Serialize) -> Self {
        // What is shown is made of texts and numbers, which JSON always holds.
        let body = serde_json::to_string(body).unwrap_or_default();
        Self { body: Some(body), ..Self::empty(status) }
    }

    /// One object.
    fn object(status: u16, view: &ObjectView<'_>) -> Self {
        Self { body: Some(view.to_json()), ..Self::empty(status) }
    }

    fn ok(body: &impl Serialize) -> Self {
        Self::json(200, body)
    }

    fn no_content() -> Self {
        Self::empty(204)
    }

    const fn empty(status: u16) -> Self {
        Self { status, body: None, call_id: None, ready: None, issued: None, headers: Vec::new() }
    }
}

pub(crate) fn answer(asked: &Asked<'_>) -> Result<Answer, Refusal> {
    asked.check_case()?;
    match asked.route.operation {
        Operation::ReadRecordingUrl => settings::read(asked),
        Operation::RegisterRecordingUrl => settings::register(asked),
        Operation::MoveRecordingUrl => settings::move_to(asked),
        Operation::MarkReady => settings::mark_ready(asked),
        Operation::ReadSettings | Operation::ReadChannel => widget::read(asked),
        Operation::CreateSettings | Operation::CreateChannel => widget::create(asked),
        Operation::UpdateSettings | Operation::UpdateChannel => widget::update(asked),
        Operation::DeleteSettings | Operation::DeleteChannel => widget::delete(asked),
        Operation::ReportInboundCall => inbound::report(asked),
        Operation::CreateTranscript => transcripts::create(asked),
        Operation::ReadTranscript => transcripts::read(asked),
        Operation::DeleteTranscript => transcripts::delete(asked),
        Operation::ListConnectionStatuses => connections::list(asked),
        Operation::BatchReadConnectionStatuses => connections::batch_read(asked),
        Operation::ReadMyConnectionStatus => connections::me(asked),
        Operation::LogCall | Operation::CreateRecord => objects::create(asked),
        Operation::ReadCall | Operation::ReadRecord => objects::read(asked),
        Operation::UpdateCall | Operation::UpdateRecord => objects::update(asked),
        Operation::ArchiveCall | Operation::ArchiveRecord => objects::archive(asked),
        Operation::ListCalls | Operation::ListRecords => objects::list(asked),
        Operation::Search => search::search(asked),
        Operation::BatchRead => batch::read(asked),
        Operation::BatchCreate => batch::create(asked),
        Operation::BatchUpdate => batch::update(asked),
        Operation::BatchUpsert => batch::upsert(asked),
        Operation::BatchArchive => batch::archive(asked),
        Operation::Merge => merge::merge(asked),
        Operation::GdprDelete => merge::gdpr_delete(asked),
        Operation::ListProperties => properties::list(asked),
        Operation::ReadProperty => properties::read(asked),
        Operation::CreateProperty => properties::create(asked),
        Operation::UpdateProperty => properties::update(asked),
        Operation::ArchiveProperty => properties::archive(asked),
        Operation::BatchReadProperties => properties::batch_read(asked),
        Operation::BatchCreateProperties => properties::batch_create(asked),
        Operation::BatchArchiveProperties => properties::batch_archive(asked),
        Operation::ListPropertyGroups => properties::groups(asked),
        Operation::Associate => associations::associate(asked),
        Operation::Dissociate => associations::dissociate(asked),
        Operation::ListAssociations => associations::list(asked),
        Operation::BatchCreateAssociations => association_batch::create(asked),
        Operation::BatchReadAssociations => association_batch::read(asked),
        Operation::BatchArchiveAssociations => association_batch::archive(asked),
        Operation::BatchArchiveLabels => association_batch::archive_labels(asked),
        Operation::BatchAssociateDefault => association_batch::associate_default(asked),
        Operation::ListAssociationTypes => labels::types(asked),
        Operation::ListLabels => labels::list(asked),
        Operation::CreateLabel => labels::create(asked),
        Operation::UpdateLabel => labels::update(asked),
        Operation::DeleteLabel => labels::delete(asked),
        Operation::ListOwners => owners::list(asked),
        Operation::ReadOwner => owners::read(asked),
        Operation::IssueToken => oauth::issue(asked),
        Operation::ReadAccessToken => oauth::access_token(asked),
        Operation::ReadRefreshToken => oauth::refresh_token(asked),
        Operation::DeleteRefreshToken => oauth::delete_refresh_token(asked),
        Operation::ReadPrivateAppToken => oauth::private_app(asked),
        Operation::IntrospectToken => oauth::introspect(asked),
        Operation::RevokeToken => oauth::revoke(asked),
    }
}

impl Asked<'_> {
    /// Scheme, authority and path of the request, for links to the next page.
    fn url(&self) -> String {
        self.address.url_for(self.host) + self.path
    }

    fn param(&self, name: &str) -> &str {
        self.params.get(name).unwrap_or_default()
    }

    /// Object types in capitals are refused where the switches say so.
    fn check_case(&self) -> Result<(), Refusal> {
        if self.switches.object_type_case == Leniency::Accept {
            return Ok(());
        }
        let is_shouted =
            |name: &&str| ObjectType::infer(name).is_some() && name.bytes().any(|c| c.is_ascii_uppercase());
        match self.path.split('/').find(is_shouted) {
            Some(name) => Err(Refusal::unknown_object_type(name)),
            None => Ok(()),
        }
    }

    /// The object type of the path; a path without one is about calls.
    fn object_type(&self) -> Result<ObjectType, Refusal> {
        self.params.get("objectType").map_or(Ok(ObjectType::Calls), object_type)
    }

    /// The object that the path is about.
    fn object(&self) -> Result<Key, Refusal> {
        let id = self.params.get("callId").or_else(|| self.params.get("objectId"));
        Ok((self.object_type()?, object_id(id.unwrap_or_default())?))
    }

    /// What the request is about, before anybody knows whether it is any good. In fine weather nobody asks what the call is
    /// like.
    pub(crate) fn subject(&self, fine: bool) -> Subject {
        if fine && self.route.operation == Operation::LogCall {
            return Subject::default();
        }
        let body = || serde_json::from_slice::<Value>(self.body).unwrap_or_default();
        if self.route.operation == Operation::LogCall {
            let body = body();
            let properties = &body["properties"];
            return Subject::of_properties(None, |name| properties[name].as_str());
        }
        let is_call =
            |name| self.params.get(name).is_some_and(|t| ObjectType::infer(t) == Some(ObjectType::Calls));
        let id = |name| self.param(name).parse().ok();
        let call_id: Option<u64> = match self.route.operation {
            Operation::MarkReady | Operation::CreateTranscript => settings::engagement_of(self.body),
            _ if self.params.contains_key("callId") => id("callId"),
            _ if is_call("objectType") => id("objectId"),
            _ if is_call("toObjectType") => id("toObjectId"),
            _ => None,
        };
        if fine {
            return Subject { call_id, ..Subject::default() };
        }
        let call = call_id.and_then(|id| self.portal.call(id));
        let property = |name| call.as_ref().and_then(|c| c.properties.get(name));
        Subject::of_properties(call_id, property)
    }
}

fn object_type(name: &str) -> Result<ObjectType, Refusal> {
    ObjectType::infer(name).ok_or_else(|| Refusal::unknown_object_type(name))
}

fn object_id(id: &str) -> Result<u64, Refusal> {
    match id.parse::<i64>() {
        Ok(number) if number > 0 => Ok(number.unsigned_abs()),
        Ok(_) => Err(Refusal::not_positive(id)),
        Err(_) => Err(Refusal::not_numeric(id)),
    }
}
