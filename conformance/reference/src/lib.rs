//! A small, correct HubSpot calling integration.

pub mod sabotage;
