//! A request for many tasks with an `Idempotency-Key`: each task's command has
//! a key of its own, made of the request's, but the request is one. With the
//! same key and another body nothing of it is carried out.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::request::AT_MOST;
use crate::actors::handle::Idempotency;
use crate::db::{self, Connection, events};
use crate::domain::ids::TenantId;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;

/// The key of one of the request's commands.
pub fn key_of(key: &str, index: usize) -> String {
    format!("{key}#{index}")
}

/// Requests under way in this process, by their keys, which the log may not
/// show yet: the fingerprint, and how many of them there are.
#[derive(Clone, Debug, Default)]
pub struct UnderWay(Arc<Mutex<HashMap<Name, (i64, usize)>>>);

type Name = (TenantId, Arc<str>);

/// The place of a request among those under way, until it is dropped.
#[derive(Debug)]
pub struct Place {
    all: UnderWay,
    name: Name,
}

impl UnderWay {
    /// `None` when the key is under way with another request.
    fn enter(&self, tenant: TenantId, asked: &Idempotency) -> Option<Place> {
        let name = (tenant, asked.key.clone());
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (hash, count) = places
            .entry(name.clone())
            .or_insert((asked.request_hash, 0));
        if *hash != asked.request_hash {
            return None;
        }
        *count += 1;
        Some(Place {
            all: self.clone(),
            name,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, count)) = places.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                places.remove(&self.name);
            }
        }
    }
}

/// A request that has been admitted: to be kept until all of it is settled.
#[derive(Debug, Default)]
pub struct Admitted {
    /// Those of its commands that have been carried out before.
    pub done: BTreeSet<usize>,
    _place: Option<Place>,
}

/// Refuses a key that was used for another request.
pub async fn admit<P>(
    authorized: &Authorized<P>,
    asked: Option<Idempotency>,
) -> Result<Admitted, ApiError> {
    let Some(asked) = asked else {
        return Ok(Admitted::default());
    };
    let (tenant, app) = (authorized.tenant_id(), &authorized.app);
    let place = app.bulks.enter(tenant, &asked);
    let place = place.ok_or(ApiError::IdempotencyMismatch)?;
    // however many tasks the first request had
    let keys: Vec<String> = (0..AT_MOST)
        .map(|index| key_of(&asked.key, index))
        .collect();
    let used = app
        .db
        .read("used_keys", tenant, async |conn: &mut Connection| {
            events::used_keys(conn, tenant, &keys).await
        })
        .await
        .map_err(|error: db::Error| ApiError::of_database(error))?;
    if used.iter().any(|(_, hash)| *hash != asked.request_hash) {
        return Err(ApiError::IdempotencyMismatch);
    }
    let used: BTreeSet<String> = used.into_iter().map(|(key, _)| key).collect();
    let done = keys
        .iter()
        .enumerate()
        .filter(|(_, key)| used.contains(*key));
    Ok(Admitted {
        done: done.map(|(index, _)| index).collect(),
        _place: Some(place),
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn one_key_is_under_way_with_one_request() {
        let (all, tenant) = (UnderWay::default(), TenantId(Uuid::from_u128(1)));
        let asked = |request_hash| Idempotency {
            key: Arc::from("k"),
            request_hash,
        };
        let first = all.enter(tenant, &asked(1)).unwrap();
        let second = all.enter(tenant, &asked(1)).unwrap();
        assert!(all.enter(tenant, &asked(2)).is_none());
        assert!(all.enter(TenantId(Uuid::from_u128(2)), &asked(2)).is_some());
        drop(first);
        assert!(all.enter(tenant, &asked(2)).is_none());
        drop(second);
        assert!(all.enter(tenant, &asked(2)).is_some());
    }
}
