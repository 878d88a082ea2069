//! PostgreSQL: the schema, one file per table, the pool, the journal's commit
//! and the loading of a tenant. Nothing here decides a rule.
//!
//! Functions take the connection; who calls opens the transaction, which for
//! requests is [`pool::Pools::read`] or [`pool::Pools::write`]: they say whose
//! rows can be seen. Not found is `None` or an empty list, never an error.

pub mod access;
pub mod api_keys;
pub mod bottleneck_alerts;
pub mod events;
pub mod imports;
pub mod jamaah;
pub mod journal;
pub mod load;
pub mod migrate;
pub mod names;
pub mod pipeline_tasks;
pub mod pool;
pub mod roles;
pub mod schema;
pub mod sessions;
pub mod task_comments;
pub mod tenants;
pub mod testing;
pub mod types;
pub mod user_tokens;
pub mod users;

pub use diesel_async::AsyncPgConnection as Connection;

use diesel::result::DatabaseErrorKind;
use diesel::result::Error as DieselError;

pub type Result<T> = std::result::Result<T, Error>;

/// What can go wrong between the program and its database. None of it is ever
/// shown to a caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing has been done.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// Nothing has been done.
    #[error("no connection became free in time")]
    Exhausted,
    /// Of a write, it may have been done.
    #[error("the database does not answer in time")]
    Silent,
    #[error(transparent)]
    Query(#[from] DieselError),
    /// What was given cannot be written as it is.
    #[error("cannot write this batch: {0}")]
    Unwritable(String),
    /// What was read is not what this program writes.
    #[error("cannot read {what}: {cause}")]
    Unreadable { what: &'static str, cause: String },
    #[error("migration: {0}")]
    Migration(String),
}

impl Error {
    /// The statement was refused for what was in it: trying again is useless.
    pub fn is_refused(&self) -> bool {
        match self {
            Self::Query(DieselError::DatabaseError(kind, _)) => matches!(
                kind,
                DatabaseErrorKind::UniqueViolation
                    | DatabaseErrorKind::ForeignKeyViolation
                    | DatabaseErrorKind::NotNullViolation
                    | DatabaseErrorKind::CheckViolation
            ),
            Self::Unwritable(_) => true,
            _ => false,
        }
    }

    /// The database cannot be used at present; the same may work later.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Exhausted | Self::Silent => true,
            Self::Query(DieselError::BrokenTransactionManager) => true,
            Self::Query(DieselError::DatabaseError(kind, info)) => match kind {
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => {
                    true
                }
                // its last words; the code that would say so is not handed on
                _ => info.message().starts_with("terminating connection"),
            },
            _ => false,
        }
    }

    /// The name of the unique constraint or index that was violated.
    pub fn unique_violation(&self) -> Option<&str> {
        match self {
            Self::Query(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info)) => {
                info.constraint_name()
            }
            _ => None,
        }
    }
}
