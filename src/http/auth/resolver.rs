//! From a credential to a caller, remembered for a while: an authenticated
//! request costs one hash and one look-up in memory.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use moka::sync::Cache;

use super::accounts;
use super::caller::Caller;
use super::credential::{Credential, Hash, hash};
use crate::app::App;
use crate::db;
use crate::domain::time::Timestamp;
use crate::error::ApiError;

/// How long a caller is taken for who they were, and an unknown credential
/// for unknown: so long may a revocation take to reach another node.
const FRESH: TimeDelta = TimeDelta::seconds(10);
/// How long the answer of before is taken when the database does not answer.
const RETRY: TimeDelta = TimeDelta::seconds(1);
/// A database that has not answered by then does not answer.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long it is kept for that case.
const KEPT: Duration = Duration::from_secs(3600);
const AT_MOST: u64 = 50_000;

/// The callers seen lately, by the hash of their credential.
#[derive(Debug)]
pub struct Callers {
    known: Cache<Hash, Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    caller: Option<Arc<Caller>>,
    fresh_until: Timestamp,
}

impl Default for Callers {
    fn default() -> Self {
        Self {
            known: Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(KEPT)
                .build(),
        }
    }
}

impl Callers {
    pub async fn resolve(
        &self,
        app: &App,
        credential: Credential<'_>,
    ) -> Result<Arc<Caller>, ApiError> {
        let key = key(credential);
        let now = app.clock.now();
        let known = self.known.get(&key);
        let entry = match known {
            Some(entry) if now < entry.fresh_until => entry,
            known => self.look_up(app, credential, key, known, now).await?,
        };
        entry.caller.ok_or(ApiError::Unauthenticated)
    }

    /// Makes the next request with this credential look again.
    pub fn forget(&self, credential: Credential<'_>) {
        self.known.invalidate(&key(credential));
    }

    async fn look_up(
        &self,
        app: &App,
        credential: Credential<'_>,
        key: Hash,
        known: Option<Entry>,
        now: Timestamp,
    ) -> Result<Entry, ApiError> {
        let asked = tokio::time::timeout(PATIENCE, accounts::find_caller(app, credential, now));
        let found = asked
            .await
            .unwrap_or_else(|_| Err(db::Error::Unreachable("it does not answer".to_owned())));
        let entry = match (found, known) {
            (Ok(caller), _) => Entry {
                caller: caller.map(Arc::new),
                fresh_until: now + FRESH,
            },
            // reading goes on while the database is away
            (Err(error), Some(known)) => {
                tracing::debug!(error.cause = %error, "authenticating from memory");
                Entry {
                    fresh_until: now + RETRY,
                    ..known
                }
            }
            (Err(error), None) => {
                return Err(ApiError::Away(format!("cannot authenticate: {error}")));
            }
        };
        self.known.insert(key, entry.clone());
        Ok(entry)
    }
}

fn key(credential: Credential<'_>) -> Hash {
    match credential {
        Credential::ApiKey(key) => hash(key.text),
        Credential::Session(token) => hash(token),
    }
}
