//! Proves that a calling integration works with HubSpot.

pub mod catalogue;
pub mod check;
pub mod clauses;
pub mod evidence;
pub mod range;
pub mod recording;
pub mod verdict;
