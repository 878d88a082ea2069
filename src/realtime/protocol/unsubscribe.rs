//! Why the server ended a subscription.

/// Codes of unsubscribe pushes. From 2500 on the client subscribes again by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnsubscribeCode {
    /// The principal may no longer subscribe. Final.
    PermissionLost,
    /// Events could not be delivered in time; the client comes back with its position.
    InsufficientState,
    /// The subscription's own credential expired.
    Expired,
    /// What the client knows may be wrong; it comes back without a position and reloads.
    StateInvalidated,
}

impl UnsubscribeCode {
    pub const ALL: [Self; 4] = [
        Self::PermissionLost,
        Self::InsufficientState,
        Self::Expired,
        Self::StateInvalidated,
    ];

    pub fn code(self) -> u16 {
        match self {
            Self::PermissionLost => 2000,
            Self::InsufficientState => 2500,
            Self::Expired => 2501,
            Self::StateInvalidated => 2502,
        }
    }

    pub fn reason(self) -> &'static str {
        match self {
            Self::PermissionLost => "permission lost",
            Self::InsufficientState => "insufficient state",
            Self::Expired => "subscription expired",
            Self::StateInvalidated => "state invalidated",
        }
    }
}
