//! What a Range header asks for, and what may answer it (RFC 9110 §14.1, §14.2). Pure.

use crate::evidence::Answer;

/// What a Range header asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// No Range header.
    Nothing,
    /// One well-formed byte range.
    One(Spec),
    /// Several.
    Several(Vec<Spec>),
    /// The unit is bytes and the rest does not follow the grammar, or there is no unit.
    Invalid(String),
    /// Another unit.
    OtherUnit(String),
}

/// One byte range; numbers beyond u64 are held at `u64::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spec {
    /// `a-b`, both inclusive, a <= b.
    FromTo(u64, u64),
    /// `a-`
    From(u64),
    /// `-n`
    Suffix(u64),
}

/// What a range means for a recording of a known length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// These bytes, both ends inclusive.
    Part(u64, u64),
    /// Nothing: 416.
    Unsatisfiable,
}

/// The class of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 200 with everything.
    Full,
    /// 206 with one part.
    Part,
    /// 206 multipart/byteranges.
    Multi,
    /// 416.
    Unsatisfiable,
    /// 400 (or 431).
    Rejected,
    /// Anything else, 200 with another length included.
    Other,
}

/// Reads a Range header as RFC 9110 §14.1.1 and §14.2 have it.
pub fn parse(_header: Option<&str>) -> Asked {
    Asked::Nothing
}

/// What a range means for a recording of `length` bytes.
pub fn wanted(_spec: Spec, _length: u64) -> Wanted {
    Wanted::Unsatisfiable
}

/// The class of an answer about a recording of `length` bytes. A 200 that we stopped reading is `Full`.
pub fn classify(_answer: &Answer, _length: u64) -> Class {
    Class::Other
}
