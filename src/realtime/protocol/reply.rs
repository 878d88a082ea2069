//! What the server says: replies to commands, and pushes.

use std::sync::Arc;

use bytes::Bytes;

use super::{ErrorCode, UnsubscribeCode};

/// The answer to one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub id: u32,
    pub outcome: Result<Success, ErrorCode>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Success {
    Connect(Connected),
    Subscribe(Subscribed),
    Unsubscribe,
    Presence(Vec<PresenceEntry>),
    PresenceStats {
        clients: u64,
        users: u64,
    },
    History(HistoryPage),
    /// Seconds until the next refresh is due; `None` when there is nothing left to refresh.
    Refresh {
        ttl_s: Option<u64>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// Random id of this connection.
    pub client: Arc<str>,
    /// Of the server.
    pub version: &'static str,
    /// Seconds between pings, which the client must answer.
    pub ping_s: u64,
    /// Seconds until the credential expires and the client must refresh it.
    pub ttl_s: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subscribed {
    /// To a log. What was missed follows as pushes, so the reply carries no publications.
    Log {
        epoch: Arc<str>,
        /// Where the subscription starts: as asked if recovered, else the log's head.
        offset: i64,
        was_recovering: bool,
        recovered: bool,
    },
    /// To a state, with its present value as JSON text.
    State { was_recovering: bool, data: Bytes },
}

/// One connection that is subscribed to a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceEntry {
    /// Id of the connection.
    pub client: String,
    pub user: String,
    /// JSON text.
    pub conn_info: Option<Bytes>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// Each as the codec wrote it.
    pub publications: Vec<Bytes>,
    pub epoch: Arc<str>,
    /// The log's head.
    pub offset: i64,
}

/// A change, as subscribers get it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// Absent on state channels.
    pub offset: Option<i64>,
    /// JSON text.
    pub data: Bytes,
    /// For clients that do not want to look into `data`, such as `kind`.
    pub tags: Vec<(&'static str, String)>,
    /// Unix time.
    pub time_ms: Option<i64>,
}

/// What the server says about a channel without having been asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Push<'a> {
    pub channel: &'a str,
    pub kind: PushKind<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushKind<'a> {
    /// A publication as the codec wrote it.
    Publication(&'a [u8]),
    Unsubscribe(UnsubscribeCode),
}
