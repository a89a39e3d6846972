//! The fake HubSpot from outside, over real sockets.

mod asking;
mod auth;
mod batch;
mod calling;
mod client;
mod command_line;
mod control;
mod embedding;
mod every_operation;
mod flow;
mod fuzz;
mod growth;
mod limits;
mod links;
mod model;
mod oauth;
mod objects;
mod properties;
mod readme;
mod records;
mod refusals;
mod retrieval;
mod search;
mod secrets;
mod waiting;
mod weather;
