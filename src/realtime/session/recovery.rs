//! Whether a client can continue from the position it has.

use std::sync::Arc;

use crate::realtime::protocol::Position;

/// The log at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub epoch: Arc<str>,
    /// The lowest offset still stored.
    pub first: i64,
    pub top: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recovery {
    Recovered,
    EpochDiffers,
    /// The client knows events that the log does not have: it was restored to an
    /// earlier time without a new epoch, or this node lags behind another.
    AheadOfLog,
    Pruned,
    TooMuch,
    /// What the client may see changed while it was away.
    RightsChanged,
}

/// The offset to continue after, or why not.
pub fn decide(position: &Position, head: &Head, replay_events: i64) -> Result<i64, Recovery> {
    // what a client sends after its state was invalidated
    let invalidated = position.epoch == "_";
    if invalidated || !(position.epoch.is_empty() || *position.epoch == *head.epoch) {
        return Err(Recovery::EpochDiffers);
    }
    let offset = i64::try_from(position.offset).unwrap_or(i64::MAX);
    if offset > head.top {
        Err(Recovery::AheadOfLog)
    } else if offset < head.first - 1 {
        Err(Recovery::Pruned)
    } else if head.top - offset > replay_events {
        Err(Recovery::TooMuch)
    } else {
        Ok(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_continued_only_if_nothing_is_missing() {
        let head = Head {
            epoch: Arc::from("e"),
            first: 11,
            top: 40,
        };
        for (epoch, offset, expected) in [
            ("e", 10, Ok(10)),
            ("e", 40, Ok(40)),
            ("", 25, Ok(25)),
            ("e", 9, Err(Recovery::Pruned)),
            ("", 0, Err(Recovery::Pruned)),
            ("e", 41, Err(Recovery::AheadOfLog)),
            ("e", u64::MAX, Err(Recovery::AheadOfLog)),
            ("f", 25, Err(Recovery::EpochDiffers)),
            ("_", 25, Err(Recovery::EpochDiffers)),
        ] {
            let position = Position {
                offset,
                epoch: epoch.to_owned(),
            };
            assert_eq!(decide(&position, &head, 30), expected, "{epoch} {offset}");
        }
        let position = Position {
            offset: 10,
            epoch: String::new(),
        };
        assert_eq!(decide(&position, &head, 29), Err(Recovery::TooMuch));
        let empty = Head {
            epoch: Arc::from("_"),
            first: 1,
            top: 0,
        };
        let start = Position::default();
        assert_eq!(decide(&start, &empty, 30), Ok(0));
    }
}
