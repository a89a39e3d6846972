//! The fake HubSpot from outside, over real sockets.

mod auth;
mod client;
mod command_line;
mod flow;
mod objects;
mod readme;
mod refusals;
mod retrieval;
mod secrets;
mod waiting;
mod weather;
