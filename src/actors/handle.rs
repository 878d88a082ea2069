//! What the rest of the program sees of the actors: async methods, no addresses.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::ids::CommandId;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::refusal::Refusal;
use crate::domain::principal::Principal;

/// A command on its way, with who gives it.
#[derive(Clone, Debug)]
pub struct Order {
    pub command: Command,
    pub principal: Arc<Principal>,
    pub idempotency: Option<Idempotency>,
    pub request_id: Arc<str>,
}

/// The caller's `Idempotency-Key` and a fingerprint of what was asked with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    pub key: Arc<str>,
    pub request_hash: i64,
}

/// A command that is durable.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub command_id: CommandId,
    /// Number of the command's last event; the head where it changed nothing.
    pub seq: i64,
    /// The rows after it, the one the command was about first.
    pub rows: Arc<[Row]>,
    /// The key had been used before with the same request: this is what was answered then.
    pub replayed: bool,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the idempotency key was used with another request")]
    IdempotencyMismatch,
    /// Nothing has been done.
    #[error("too much to do")]
    Busy { retry_after: Duration },
    /// Nothing has been done, unless the outcome is unknown: then the same
    /// `Idempotency-Key` finds out.
    #[error("the log cannot be written")]
    Unavailable { retry_after: Duration, outcome_unknown: bool },
}
