//! Why the server closed a connection.

/// Codes of close frames. Client libraries reconnect below 3500, and stop from
/// there on, but only if there is a reason text that is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CloseCode {
    /// The node drains.
    Shutdown,
    /// A failure that costs the connection.
    Internal,
    /// Not refreshed within the grace.
    Expired,
    /// Reads too slowly.
    Slow,
    WriteError,
    InsufficientState,
    /// An operator's wish, or rebalancing.
    ForceReconnect,
    NoPong,
    /// Sends commands too fast.
    TooManyRequests,
    /// Come back without positions.
    StateInvalidated,
    InvalidToken,
    /// A malformed or out-of-order message.
    BadRequest,
    /// No `connect` in time.
    Stale,
    /// The session ended: logout, or by an administrator.
    ForceDisconnect,
    ConnectionLimit,
    ChannelLimit,
    /// Speaks an encoding that is not offered.
    InappropriateProtocol,
    PermissionDenied,
    NotAvailable,
    TooManyErrors,
    /// A message above the size limit.
    MessageTooBig,
}

impl CloseCode {
    pub const ALL: [Self; 21] = [
        Self::Shutdown,
        Self::Internal,
        Self::Expired,
        Self::Slow,
        Self::WriteError,
        Self::InsufficientState,
        Self::ForceReconnect,
        Self::NoPong,
        Self::TooManyRequests,
        Self::StateInvalidated,
        Self::InvalidToken,
        Self::BadRequest,
        Self::Stale,
        Self::ForceDisconnect,
        Self::ConnectionLimit,
        Self::ChannelLimit,
        Self::InappropriateProtocol,
        Self::PermissionDenied,
        Self::NotAvailable,
        Self::TooManyErrors,
        Self::MessageTooBig,
    ];

    pub fn code(self) -> u16 {
        match self {
            Self::Shutdown => 3001,
            Self::Internal => 3004,
            Self::Expired => 3005,
            Self::Slow => 3008,
            Self::WriteError => 3009,
            Self::InsufficientState => 3010,
            Self::ForceReconnect => 3011,
            Self::NoPong => 3012,
            Self::TooManyRequests => 3013,
            Self::StateInvalidated => 3014,
            Self::InvalidToken => 3500,
            Self::BadRequest => 3501,
            Self::Stale => 3502,
            Self::ForceDisconnect => 3503,
            Self::ConnectionLimit => 3504,
            Self::ChannelLimit => 3505,
            Self::InappropriateProtocol => 3506,
            Self::PermissionDenied => 3507,
            Self::NotAvailable => 3508,
            Self::TooManyErrors => 3509,
            Self::MessageTooBig => 1009,
        }
    }

    pub fn reason(self) -> &'static str {
        match self {
            Self::Shutdown => "shutdown",
            Self::Internal => "internal server error",
            Self::Expired => "connection expired",
            Self::Slow => "slow",
            Self::WriteError => "write error",
            Self::InsufficientState => "insufficient state",
            Self::ForceReconnect => "force reconnect",
            Self::NoPong => "no pong",
            Self::TooManyRequests => "too many requests",
            Self::StateInvalidated => "state invalidated",
            Self::InvalidToken => "invalid token",
            Self::BadRequest => "bad request",
            Self::Stale => "stale",
            Self::ForceDisconnect => "force disconnect",
            Self::ConnectionLimit => "connection limit",
            Self::ChannelLimit => "channel limit",
            Self::InappropriateProtocol => "inappropriate protocol",
            Self::PermissionDenied => "permission denied",
            Self::NotAvailable => "not available",
            Self::TooManyErrors => "too many errors",
            Self::MessageTooBig => "message too big",
        }
    }

    /// The client comes back by itself.
    pub fn reconnects(self) -> bool {
        (3000..3500).contains(&self.code())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_is_short_plain_text_that_is_not_json() {
        for close in CloseCode::ALL {
            let reason = close.reason();
            assert!((1..=123).contains(&reason.len()));
            assert!(serde_json::from_str::<serde_json::Value>(reason).is_err());
        }
    }

    #[test]
    fn every_code_is_used_once() {
        let codes: BTreeSet<_> = CloseCode::ALL.iter().map(|c| c.code()).collect();
        assert_eq!(codes.len(), CloseCode::ALL.len());
        assert_eq!(CloseCode::ALL.iter().filter(|c| c.reconnects()).count(), 10);
    }
}
