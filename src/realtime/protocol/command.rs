//! What a client asks for.

/// One request of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Chosen by the client and repeated in the reply; 0 where there is none.
    pub id: u32,
    pub request: Request,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Always the first.
    Connect(Connect),
    Subscribe(Subscribe),
    Unsubscribe {
        channel: String,
    },
    /// Who is subscribed.
    Presence {
        channel: String,
    },
    /// How many are subscribed.
    PresenceStats {
        channel: String,
    },
    History(History),
    /// Call of a named method; there are none.
    Rpc,
    /// Refused: writes go through REST.
    Publish,
    /// A message without an answer; not available.
    Send,
    /// A new credential before the old one expires.
    Refresh(Refresh),
    /// The same for one subscription; ours do not expire on their own.
    SubRefresh {
        channel: String,
    },
    /// The answer to a ping. It has no id and gets no reply.
    Pong,
}

impl Request {
    /// As it is called on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connect(_) => "connect",
            Self::Subscribe(_) => "subscribe",
            Self::Unsubscribe { .. } => "unsubscribe",
            Self::Presence { .. } => "presence",
            Self::PresenceStats { .. } => "presence_stats",
            Self::History(_) => "history",
            Self::Rpc => "rpc",
            Self::Publish => "publish",
            Self::Send => "send",
            Self::Refresh(_) => "refresh",
            Self::SubRefresh { .. } => "sub_refresh",
            Self::Pong => "pong",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connect {
    /// Absent when a cookie or a header authenticates.
    pub token: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscribe {
    pub channel: String,
    /// Continue after `position`.
    pub recover: bool,
    pub position: Position,
    /// Rather an error than a subscription that has lost its position.
    pub refuse_unrecovered: bool,
    /// Asks for a tag filter, which is not offered.
    pub filtered: bool,
    /// 0 is an ordinary subscription; others are not offered.
    pub kind: i64,
}

/// A place in a log. An empty epoch means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    pub offset: u64,
    pub epoch: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    pub channel: String,
    /// 0 asks for the position only, −1 for as many as are allowed.
    pub limit: i64,
    /// Exclusive.
    pub since: Option<Position>,
    /// Newest first.
    pub reverse: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refresh {
    pub token: String,
}
