//! How many sockets and streams there are, of whom: a connection has a seat for
//! as long as it lives, and every way out gives it back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::config::realtime::Realtime;
use crate::domain::ids::TenantId;
use crate::domain::principal::Actor;
use crate::metrics::Metrics;

#[derive(Clone)]
pub struct Seats {
    inner: Arc<Inner>,
}

struct Inner {
    per_user: usize,
    per_tenant: usize,
    taken: Mutex<Taken>,
    metrics: Metrics,
}

#[derive(Default)]
struct Taken {
    tenants: HashMap<TenantId, usize>,
    users: HashMap<(TenantId, Actor), usize>,
}

/// There are too many connections already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Seats {
    pub fn new(config: &Realtime, metrics: Metrics) -> Self {
        Self {
            inner: Arc::new(Inner {
                per_user: config.connections_per_user,
                per_tenant: config.connections_per_tenant,
                taken: Mutex::default(),
                metrics,
            }),
        }
    }

    pub fn take(&self, tenant: TenantId, actor: Actor) -> Result<Seat, Full> {
        let mut taken = self.inner.taken();
        let of_tenant = taken.tenants.get(&tenant).copied().unwrap_or(0);
        let of_user = taken.users.get(&(tenant, actor)).copied().unwrap_or(0);
        if of_tenant >= self.inner.per_tenant || of_user >= self.inner.per_user {
            return Err(Full);
        }
        taken.tenants.insert(tenant, of_tenant + 1);
        taken.users.insert((tenant, actor), of_user + 1);
        self.inner.metrics.ws_connections.inc();
        Ok(Seat {
            inner: Arc::clone(&self.inner),
            tenant,
            actor,
        })
    }
}

impl Inner {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct Seat {
    inner: Arc<Inner>,
    tenant: TenantId,
    actor: Actor,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.inner.taken();
        leave(&mut taken.tenants, &self.tenant);
        leave(&mut taken.users, &(self.tenant, self.actor));
        self.inner.metrics.ws_connections.dec();
    }
}

fn leave<K: std::hash::Hash + Eq>(taken: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = taken.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            taken.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::UserId;

    #[test]
    fn a_seat_is_given_back() {
        let config = Realtime {
            connections_per_user: 2,
            connections_per_tenant: 3,
            ..Realtime::default()
        };
        let metrics = Metrics::new().unwrap();
        let seats = Seats::new(&config, metrics.clone());
        let tenant = TenantId(Uuid::from_u128(1));
        let user = |id| Actor::User(UserId(Uuid::from_u128(id)));
        let first = seats.take(tenant, user(1)).ok().unwrap();
        let second = seats.take(tenant, user(1)).ok().unwrap();
        assert!(seats.take(tenant, user(1)).is_err(), "of one user");
        let third = seats.take(tenant, user(2)).ok().unwrap();
        assert!(seats.take(tenant, user(3)).is_err(), "of one tenant");
        assert!(seats.take(TenantId(Uuid::from_u128(2)), user(3)).is_ok());
        drop(first);
        let again = seats.take(tenant, user(1)).ok().unwrap();
        assert_eq!(metrics.ws_connections.get(), 3);
        drop((second, third, again));
        assert_eq!(metrics.ws_connections.get(), 0);
        assert!(seats.inner.taken().users.is_empty());
    }
}
