//! The words of the client protocol: commands that come in, replies and pushes
//! that go out, and the codes of errors, unsubscribes and closes. How they are
//! written on the wire is the codec's matter.

mod close;
mod command;
mod error;
mod reply;
mod unsubscribe;

pub use close::CloseCode;
pub use command::{Command, Connect, History, Position, Refresh, Request, Subscribe};
pub use error::ErrorCode;
pub use reply::{
    Connected, HistoryPage, PresenceEntry, Publication, Push, PushKind, Reply, Subscribed, Success,
};
pub use unsubscribe::UnsubscribeCode;

/// The longest name of a channel, in bytes.
pub const MAX_CHANNEL_BYTES: usize = 255;
