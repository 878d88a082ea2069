//! What happened in a session, for metrics.

use std::collections::BTreeMap;

use super::recovery::Recovery;
use crate::realtime::protocol::{CloseCode, ErrorCode, UnsubscribeCode};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counted {
    /// By its name on the wire.
    Command(&'static str),
    Error(ErrorCode),
    /// Of a subscribe with a position.
    Recovery(Recovery),
    Unsubscribe(UnsubscribeCode),
    Close(CloseCode),
}

pub type Counts = BTreeMap<Counted, u64>;
