//! Changes of accounts by requests: from the caller to a [`Deed`], and from
//! what became of it to an answer.
//!
//! `handler → carry_out → access::submit (tables and log, at once) → this node hears of it → answer`

use std::sync::Arc;

use serde::Deserialize;

use super::auth::authorized::Authorized;
use super::submission::Submission;
use crate::app::App;
use crate::db::access::{self, Author, Deed, Done, Refused};
use crate::db::events::StoredEvent;
use crate::db::types::Word;
use crate::db::{Connection, Error};
use crate::domain::access::AccessRow;
use crate::domain::ids::TenantId;
use crate::domain::pipeline::change::Row;
use crate::error::ApiError;

/// The version that was seen and nothing else, of requests that say it all in their path.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The version you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
}

/// What a change has led to.
#[derive(Debug)]
pub struct Carried<T> {
    /// `None` when it had been done before, under the same `Idempotency-Key`.
    pub value: Option<T>,
    pub seq: i64,
    /// What it changed first; nothing when all was as it should be.
    pub row: Option<Arc<AccessRow>>,
}

impl<T> Carried<T> {
    pub fn replayed(&self) -> bool {
        self.value.is_none()
    }

    fn repeated(event: &StoredEvent) -> Result<Self, ApiError> {
        let Row::Access(row) = &event.row else {
            // the key was used with a command about something else
            return Err(ApiError::IdempotencyMismatch);
        };
        Ok(Self {
            value: None,
            seq: event.seq,
            row: Some(Arc::clone(row)),
        })
    }
}

/// Does what a caller asks for, in their name. When it returns this node knows.
pub async fn carry_out<P, B, T>(
    authorized: &Authorized<P>,
    submission: &Submission<B>,
    work: impl AsyncFnOnce(&mut Deed<'_>) -> Result<T, Refused>,
) -> Result<Carried<T>, ApiError> {
    let author = authorized.author(submission);
    match submit(&authorized.app, authorized.tenant_id(), &author, work).await {
        Ok(done) => Ok(Carried {
            row: done.rows.first().cloned(),
            value: Some(done.value),
            seq: done.seq,
        }),
        Err(Refused::Repeated(event)) => Carried::repeated(&event),
        Err(refused) => Err(refused.into()),
    }
}

/// The same for whoever is not signed in: `author` says in whose name.
pub async fn submit<T>(
    app: &App,
    tenant: TenantId,
    author: &Author,
    work: impl AsyncFnOnce(&mut Deed<'_>) -> Result<T, Refused>,
) -> Result<Done<T>, Refused> {
    let changing = app
        .db
        .access(async |conn: &mut Connection| access::submit(conn, tenant, author, work).await);
    let done = changing.await?;
    for row in &done.rows {
        app.callers.heed(row);
    }
    app.people.forget(tenant);
    app.roles.forget(tenant);
    if let (false, Some(tenant)) = (done.rows.is_empty(), app.tenants.peek(tenant)) {
        // sockets and streams of this node follow the log; the others hear within a second
        tenant.catch_up().await;
    }
    Ok(done)
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NoTenant => Self::NotFound { what: "tenant" },
            Refused::NoUser(_) => Self::NotFound { what: "user" },
            Refused::NoKey(_) => Self::NotFound { what: "API key" },
            Refused::NoSession => Self::NotFound { what: "session" },
            Refused::NoRole { .. } => Self::field("roles", refused.to_string()),
            Refused::Boundless(_) => Self::field("permissions", refused.to_string()),
            Refused::NoToken => Self::field("token", "is not good, or not any more"),
            Refused::Taken { what, name } => Self::Duplicate {
                field: if what == "user" { "email" } else { "key" },
                existing: name,
            },
            Refused::Changed { current } => match serde_json::to_value(&*current) {
                Ok(row) => Self::VersionConflict {
                    what: current.subject_type(),
                    current: row,
                },
                Err(error) => Self::internal(error),
            },
            Refused::Beyond(permission) => Self::Forbidden {
                permission: permission.word().to_owned(),
            },
            Refused::Impossible { what, from, to } => Self::InvalidTransition {
                what,
                from,
                to: to.to_owned(),
            },
            Refused::Repeated(_) | Refused::KeyReused => Self::IdempotencyMismatch,
            Refused::Database(error @ (Error::Unreachable(_) | Error::Exhausted)) => {
                Self::of_database(error)
            }
            Refused::Database(error) if error.is_away() => Self::Unavailable {
                retry_after: std::time::Duration::from_secs(1),
                outcome_unknown: true,
            },
            Refused::Database(error) => Self::of_database(error),
        }
    }
}
