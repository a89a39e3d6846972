//! A small, correct HubSpot calling integration: its own process, which only speaks HTTP. Copy its shape.
//!
//! It registers where its recordings can be asked for, logs each call, associates it with a contact, marks its recording
//! as ready, and serves that recording to whoever holds a signed URL. The map:
//!
//! | file | what stands there |
//! | --- | --- |
//! | `cli`, `config` | how it is started, and what it must be told |
//! | `server` | the routes, the start-up registration, and what all requests share |
//! | `flow` | the story of one call: log, associate, ready (guide §3, §4) |
//! | `hubspot` | the client: credentials, retries, one refresh of an expired token |
//! | `library` | which recording belongs to which call |
//! | `endpoint` | the endpoint that HubSpot asks for an authenticated URL (guide §1) |
//! | `signing` | why that URL cannot be guessed |
//! | `recording` | the recording itself: conditions, ranges, the bytes from the disk |
//! | `byte_range`, `answer` | one `Range` header, read (RFC 9110 §14); one answer, planned as data |
//! | `sabotage` | the lies it can be told to tell, so that a check can be seen to fail; nothing to copy there |
//! | `variant` | other ways to do the same that are as right, so that the kit can be seen not to blame them |
//!
//! It must not know the kit that examines it, and shares no code with it: an oracle is not examined by itself.

pub mod cli;
pub mod config;
pub mod sabotage;
pub mod server;
pub mod variant;

mod answer;
mod byte_range;
mod endpoint;
mod flow;
mod hubspot;
mod library;
mod recording;
mod secure;
mod signing;
