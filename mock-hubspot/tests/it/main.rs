//! The fake HubSpot from outside, over real sockets.

mod auth;
mod calling;
mod client;
mod command_line;
mod every_operation;
mod flow;
mod installed;
mod limits;
mod links;
mod oauth;
mod objects;
mod readme;
mod refusals;
mod retrieval;
mod sdk;
mod secrets;
mod waiting;
mod weather;
