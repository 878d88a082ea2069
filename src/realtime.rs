//! The realtime server's pure half: what the wire means, and what a connection
//! does with it. No sockets, no actors, no clock: bytes, instants and the log
//! come in, effects go out.
//!
//! The wire is the Centrifuge client protocol in JSON, so that published client
//! libraries work unchanged. `protocol` has its words, `codec` their form,
//! `channel` what can be subscribed to and by whom, `visibility` what of an event
//! somebody sees on it, `access` what a change of rights means, `feed` what a
//! connection reads, and `session` one connection.

pub mod access;
pub mod channel;
pub mod codec;
pub mod feed;
pub mod protocol;
pub mod session;
pub mod visibility;
