//! Everybody of a tenant, remembered for a while: the list is short, asked for
//! often and seldom changed.
//!
//! `asked → remembered here → else read, or what was remembered when the database is away`

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use moka::sync::Cache;

use crate::db::users::{self, Person};
use crate::db::{self, Connection};
use crate::domain::ids::TenantId;
use crate::domain::pipeline::board::Text;
use crate::domain::time::Timestamp;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;

/// So long may a change take that this node does not hear of.
const FRESH: TimeDelta = TimeDelta::seconds(10);
/// How long the list is kept for when the database is away.
const KEPT: Duration = Duration::from_secs(3600);
const AT_MOST: u64 = 1_000;

/// The people of tenants as they were lately.
#[derive(Debug)]
pub struct People {
    known: Cache<TenantId, Known>,
}

/// Everybody, by name.
#[derive(Clone, Debug)]
pub struct Known {
    pub people: Arc<[Listed]>,
    /// They are at least what the log led to here.
    pub seq: i64,
    pub as_of: Timestamp,
    /// The database is away, and this is of before.
    pub stale: bool,
}

#[derive(Debug)]
pub struct Listed {
    pub person: Person,
    pub name: Text,
    pub name_and_email: Text,
}

impl Default for People {
    fn default() -> Self {
        let known = Cache::builder()
            .max_capacity(AT_MOST)
            .time_to_live(KEPT)
            .build();
        Self { known }
    }
}

impl People {
    /// Somebody of the tenant has come, or what they are called or may do has changed.
    pub fn forget(&self, tenant: TenantId) {
        self.known.invalidate(&tenant);
    }

    pub async fn of<P>(&self, authorized: &Authorized<P>) -> Result<Known, ApiError> {
        let (tenant, now) = (authorized.tenant_id(), authorized.app.clock.now());
        let known = self.known.get(&tenant);
        match known {
            Some(known) if now - known.as_of < FRESH => Ok(known),
            known => match (self.read(authorized, now).await, known) {
                (Ok(read), _) => Ok(read),
                (Err(ApiError::Away(_)), Some(known)) => Ok(Known {
                    stale: true,
                    ..known
                }),
                (Err(error), _) => Err(error),
            },
        }
    }

    async fn read<P>(&self, authorized: &Authorized<P>, now: Timestamp) -> Result<Known, ApiError> {
        let tenant = authorized.tenant_id();
        // before the rows are read, so that they hold at least this much
        let seq = authorized.tenant().await?.head();
        let reading = authorized
            .app
            .db
            .read("users", tenant, async |conn: &mut Connection| {
                users::list(conn, tenant).await
            })
            .await;
        let people = reading.map_err(|error: db::Error| ApiError::of_database(error))?;
        let mut people: Vec<Listed> = people.into_iter().map(Listed::of).collect();
        people.sort_by(|a, b| a.order().cmp(&b.order()));
        let known = Known {
            people: people.into(),
            seq,
            as_of: now,
            stale: false,
        };
        self.known.insert(tenant, known.clone());
        Ok(known)
    }
}

impl Listed {
    fn of(person: Person) -> Self {
        let name = &person.access.name;
        Self {
            name: Text::new(&[name]),
            name_and_email: Text::new(&[name, &person.email]),
            person,
        }
    }

    fn order(&self) -> impl Ord {
        (self.name.key(), self.person.access.id)
    }
}
