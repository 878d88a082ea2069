//! The boundary between the protocol's words and their form on the wire.
//!
//! One message holds one or more lines: commands inwards; replies, pushes and
//! pings outwards. What is encoded here is one line and holds no newline, so
//! lines may be joined with `\n` into messages.

mod json;

use bytes::Bytes;

pub use json::Json;

use super::protocol::{Command, Publication, Push, Reply};

/// A message, or a line of one, that is not a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed command")]
pub struct Malformed;

pub trait Codec {
    /// The commands of a message, in order, read one by one: those before a
    /// malformed line are valid. There is at least one item.
    fn decode<'m>(
        &self,
        message: &'m [u8],
    ) -> impl Iterator<Item = Result<Command, Malformed>> + use<'m, Self>;

    /// A reply of one line.
    fn reply(&self, reply: &Reply) -> Bytes;

    /// A push of one line.
    fn push(&self, push: &Push<'_>) -> Bytes;

    /// A publication, for a push or a page of history.
    fn publication(&self, publication: &Publication) -> Bytes;

    fn ping(&self) -> Bytes;
}
