//! A fake HubSpot for calling integrations.
//!
//! It answers the calling API as HubSpot would, writes every exchange down, and acts as HubSpot acts. It never judges.

pub mod exchange;
pub mod journal;
pub mod media;
pub mod operation;
pub mod secrets;
pub mod versions;
