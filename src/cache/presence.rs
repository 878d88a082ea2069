//! Who is connected, on all nodes. Each node keeps its own clients in memory and
//! writes them to Redis, one field per tenant and node with an end of its own;
//! without Redis it knows of its own only.
//!
//! `{prefix}:{tenant id}:presence` is a hash: node → `{until_ms, people}`.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Cache;
use crate::clock::Clock;
use crate::domain::ids::TenantId;

/// How long what a node says of its clients is believed.
const BELIEVED: Duration = Duration::from_secs(60);
/// How often it says it anew.
const SAID_EVERY: Duration = Duration::from_secs(25);
/// Changes that come together are told together.
const GATHERED: Duration = Duration::from_millis(500);

/// A connection and the channels it follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    pub client: Uuid,
    /// The user's or key's id.
    pub user: Arc<str>,
    pub name: Arc<str>,
    pub channels: BTreeSet<Arc<str>>,
}

#[derive(Serialize, Deserialize)]
struct Said {
    until_ms: i64,
    people: Vec<Present>,
}

pub struct Presence {
    node: Uuid,
    clock: Clock,
    here: Mutex<Here>,
    changed: tokio::sync::Notify,
}

#[derive(Default)]
struct Here {
    people: HashMap<TenantId, HashMap<Uuid, Present>>,
    changed: BTreeSet<TenantId>,
}

impl Presence {
    pub fn new(node: Uuid, clock: Clock) -> Self {
        Self {
            node,
            clock,
            here: Mutex::default(),
            changed: tokio::sync::Notify::new(),
        }
    }

    fn here(&self) -> MutexGuard<'_, Here> {
        self.here.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection is there, or follows other channels now.
    pub fn note(&self, tenant: TenantId, present: Present) {
        let mut here = self.here();
        let people = here.people.entry(tenant).or_default();
        people.insert(present.client, present);
        here.changed.insert(tenant);
        self.changed.notify_one();
    }

    pub fn leave(&self, tenant: TenantId, client: Uuid) {
        let mut here = self.here();
        if let Some(people) = here.people.get_mut(&tenant) {
            people.remove(&client);
            if people.is_empty() {
                here.people.remove(&tenant);
            }
        }
        here.changed.insert(tenant);
        self.changed.notify_one();
    }

    /// Everybody who follows a channel, by the id of their connection.
    pub async fn on(&self, cache: &Cache, tenant: TenantId, channel: &str) -> Vec<Present> {
        let mut found: Vec<Present> = {
            let here = self.here();
            let people = here.people.get(&tenant).into_iter();
            people.flat_map(HashMap::values).cloned().collect()
        };
        let now_ms = self.clock.now().timestamp_millis();
        for (node, text) in cache.presence_said(tenant).await {
            let said: Option<Said> = serde_json::from_slice(&text).ok();
            if let Some(said) = said.filter(|said| said.until_ms > now_ms)
                && node != self.node.to_string()
            {
                found.extend(said.people);
            }
        }
        found.retain(|present| present.channels.contains(channel));
        found.sort_by_key(|present| present.client);
        found
    }

    /// Tells the other nodes, for as long as the program runs.
    pub async fn keep_telling(&self, cache: &Cache) {
        loop {
            let all = tokio::time::timeout(SAID_EVERY, self.changed.notified())
                .await
                .is_err();
            tokio::time::sleep(GATHERED).await;
            let until_ms = (self.clock.now() + BELIEVED).timestamp_millis();
            let said: Vec<(TenantId, Said)> = {
                let mut here = self.here();
                let mut tenants = std::mem::take(&mut here.changed);
                if all {
                    tenants.extend(here.people.keys().copied());
                }
                let people_of = |tenant: &TenantId| {
                    let people = here.people.get(tenant).into_iter();
                    people.flat_map(HashMap::values).cloned().collect()
                };
                tenants
                    .iter()
                    .map(|tenant| {
                        let people = people_of(tenant);
                        (*tenant, Said { until_ms, people })
                    })
                    .collect()
            };
            for (tenant, said) in said {
                let text = match said.people.is_empty() {
                    true => None,
                    false => serde_json::to_string(&said).ok(),
                };
                cache
                    .say_presence(tenant, &self.node.to_string(), text, BELIEVED)
                    .await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::metrics::Metrics;

    fn present(client: u128, channel: &str) -> Present {
        Present {
            client: Uuid::from_u128(client),
            user: "u".into(),
            name: "Siti".into(),
            channels: BTreeSet::from([Arc::from(channel)]),
        }
    }

    #[tokio::test]
    async fn a_node_alone_knows_its_own_clients() {
        let cache = Cache::new(&config::redis::Redis::default(), Metrics::new().unwrap()).unwrap();
        let presence = Presence::new(Uuid::from_u128(9), Clock::System);
        let (one, other) = (TenantId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
        presence.note(one, present(1, "a"));
        presence.note(one, present(2, "b"));
        presence.note(other, present(3, "a"));
        assert_eq!(presence.on(&cache, one, "a").await, [present(1, "a")]);
        presence.note(one, present(2, "a"));
        assert_eq!(presence.on(&cache, one, "a").await.len(), 2);
        presence.leave(one, Uuid::from_u128(1));
        presence.leave(one, Uuid::from_u128(2));
        assert!(presence.on(&cache, one, "a").await.is_empty());
        assert!(!presence.here().people.contains_key(&one));
    }
}
