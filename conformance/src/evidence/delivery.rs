//! What a request showed besides its answer: on the wire, in a multipart body, in a signed URL. Pure data.

use super::Content;
use serde::{Deserialize, Serialize};

/// What the reader of raw HTTP/1.1 saw of one exchange. Client libraries hide it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireFacts {
    /// The number of the exchange.
    pub exchange: u32,
    /// Bytes that came after the answer's announced end; counted up to 64 KiB.
    pub surplus: u64,
    /// The first of them (at most 16), hex.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub surplus_head: String,
    /// What is wrong with how the body's length is told, if anything is (RFC 9112 §6.3, §7.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub framing: Option<String>,
    /// Whether it was asked on a connection that had carried another answer.
    #[serde(default)]
    pub reused: bool,
}

/// A multipart/byteranges body, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Multipart {
    /// The number of the exchange.
    pub exchange: u32,
    /// What keeps it from being read, if anything does (RFC 9110 §14.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub malformed: Option<String>,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// One part of a multipart body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its Content-Range, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_range: Option<String>,
    /// Its Content-Type, as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// How many bytes it has.
    pub length: u64,
    /// Compared with the recording where its Content-Range says.
    pub content: Content,
}

/// What the address of a recording says of itself. Its credentials are not here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedUrl {
    /// The number of the exchange that led there.
    pub exchange: u32,
    /// Whose kind of signature: `S3`, `S3 (version 2)`, `GCS`, `Azure SAS`, `CloudFront`, `JWT`.
    pub kind: String,
    /// When it ceases to work, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<u64>,
    /// The header fields that the signature covers, in lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed_headers: Vec<String>,
    /// The end of the address's path: `.wav`, or nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub extension: String,
}
