//! What a session reads: one tenant's log as its viewers may see it, the rights
//! that change with it, and the values of state channels. All from memory; what
//! is not there is asked for with an effect.

use std::sync::Arc;

use bytes::Bytes;

use super::channel::Channel;
use super::protocol::CloseCode;
use crate::domain::ids::SessionId;
use crate::domain::principal::{Actor, Principal};

/// Whose rights a connection has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    pub actor: Actor,
    /// The login that the credential came from; API keys have none.
    pub session: Option<SessionId>,
}

/// What became of a principal's rights at an event of the log.
#[derive(Clone, Debug)]
pub enum AccessChange {
    /// The session ended or the key was revoked (3503), or the account was disabled (3507).
    Revoked {
        code: CloseCode,
    },
    Principal(Arc<Principal>),
}

/// Lines of one log channel as one viewer may see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Whole push lines joined by `\n`, in the order of the log; empty if nothing
    /// in the range is visible. The reader's position is then `to`.
    Lines { to: i64, lines: Bytes },
    /// Not in memory: ask for it with `Effect::Load`, and read again.
    NotLoaded,
}

/// The value of a state channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateValue {
    /// Differs from that of every other value of the channel.
    pub version: u64,
    /// JSON, one line.
    pub body: Bytes,
}

pub trait Feed {
    /// Changes only when the log's continuity is lost.
    fn epoch(&self) -> Arc<str>;

    /// The lowest offset still stored; 1 if nothing was pruned.
    fn first(&self) -> i64;

    /// The head.
    fn top(&self) -> i64;

    /// The last change to the rights of `who` at an event in (`after`, `upto`], with its offset.
    fn access_change(&self, who: &Identity, after: i64, upto: i64) -> Option<(i64, AccessChange)>;

    /// What `who` may see of a log channel in (`after`, `upto`]. May stop early, at
    /// about `budget` bytes, but has at least one event if any is visible.
    fn read(
        &self,
        channel: &Channel,
        who: &Principal,
        after: i64,
        upto: i64,
        budget: usize,
    ) -> Read;

    /// `None`: not computed yet.
    fn state(&self, channel: &Channel) -> Option<StateValue>;
}
