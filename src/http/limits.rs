//! Rate limits. Each operation names its class beside its route, as
//! `x-rate-limit` of its description. Callers are counted before anything of
//! their request is read; what comes before signing in is counted by address.
//!
//! `caller + class → refused lately? (memory) → Redis, one script → or, Redis away, this process alone`
//!
//! What Redis has refused is refused until there is room again without asking:
//! what has passed does not leave the window sooner, so the answer could be no other.

pub mod local;
pub mod operation;
pub mod shared;
pub mod standing;
pub mod throttle;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::{HttpMessage, HttpRequest};
use moka::sync::Cache;

use self::local::Local;
use self::operation::Operation;
use self::shared::Shared;
use self::standing::Standing;
use super::auth::caller::Caller;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::limits::{Limits as Settings, Switch};
use crate::domain::ids::TenantId;
use crate::domain::limits::{Class, Quota, Verdict};
use crate::domain::principal::Actor;
use crate::error::{ApiError, Limited};
use crate::metrics::Metrics;

/// Callers whose refusal is remembered.
const AT_MOST: u64 = 50_000;
/// Counted beside the requests of the class, by this process alone.
const UNKNOWN: &str = "unknown credentials";
/// How soon somebody may ask again while nothing can be counted.
const CLOSED: Duration = Duration::from_secs(1);

/// What one count is of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    who: Who,
    class: Class,
    resource: Option<Arc<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Caller(TenantId, Actor),
    /// Of IPv6 the network that one customer has.
    Address(IpAddr),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = self.class.as_str();
        match self.who {
            Who::Caller(tenant, Actor::User(id)) => write!(f, "{tenant}:limit:{class}:u:{id}")?,
            Who::Caller(tenant, Actor::ApiKey(id)) => write!(f, "{tenant}:limit:{class}:k:{id}")?,
            Who::Caller(tenant, Actor::System) => write!(f, "{tenant}:limit:{class}:s")?,
            Who::Address(address) => write!(f, "limit:{class}:a:{address}")?,
        }
        match &self.resource {
            Some(resource) => write!(f, ":{resource}"),
            None => Ok(()),
        }
    }
}

/// One address is one customer's network: whoever has an IPv6 network has more
/// addresses than can be counted.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let kept = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(kept.into())
        }
        address => address,
    }
}

pub struct Limits {
    settings: Settings,
    shared: Option<Shared>,
    local: Local,
    tries: throttle::Local,
    refused: Cache<Key, Refused>,
    metrics: Metrics,
    clock: Clock,
}

#[derive(Clone, Copy, Debug)]
struct Refused {
    quota: Quota,
    until: Instant,
    reset: Instant,
}

impl Limits {
    /// Connects when it is first used.
    pub fn new(config: &Config, clock: Clock, metrics: Metrics) -> anyhow::Result<Self> {
        let url = config.redis.url.as_ref();
        let shared = url.map(|url| Shared::new(url, &config.redis.prefix));
        // there from the beginning, so that the first refusal is seen as a rise
        for class in Class::ALL.iter().map(|class| class.as_str()) {
            metrics
                .rate_limit_fallbacks_total
                .with_label_values(&[class]);
            for store in ["shared", "local", "closed"] {
                metrics
                    .rate_limit_hits_total
                    .with_label_values(&[class, store]);
            }
        }
        Ok(Self {
            settings: config.limits.clone(),
            shared: shared.transpose()?,
            local: Local::default(),
            tries: throttle::Local::default(),
            refused: Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(Duration::from_secs(3_600))
                .build(),
            metrics,
            clock,
        })
    }

    pub fn are_on(&self) -> bool {
        self.settings.rate_limits == Switch::On
    }

    /// Counts a request of somebody who has shown who they are.
    pub async fn admit(
        &self,
        request: &HttpRequest,
        operation: &Operation,
        caller: &Caller,
    ) -> Result<(), ApiError> {
        let Some(class) = operation.class.filter(|_| self.are_on()) else {
            return Ok(());
        };
        let quota = caller.quotas.get(&class).copied();
        let resource = &operation.resource;
        let key = Key {
            who: Who::Caller(caller.tenant.id, caller.principal.actor),
            class,
            resource: class.is_per_resource().then(|| Arc::clone(resource)),
        };
        let quota = quota.unwrap_or_else(|| self.settings.quota(class));
        self.count(request, &key, quota).await
    }

    /// Counts a request of an operation that is there for strangers.
    pub async fn admit_stranger(
        &self,
        request: &HttpRequest,
        operation: &Operation,
        address: IpAddr,
    ) -> Result<(), ApiError> {
        let Some(class) = operation.class.filter(|_| self.are_on()) else {
            return Ok(());
        };
        let key = Key {
            who: Who::Address(network(address)),
            class,
            resource: None,
        };
        self.count(request, &key, self.settings.quota(class)).await
    }

    /// Refuses an address that has shown too many keys and cookies of nobody,
    /// each of which was looked up in the database. Whom this process knows
    /// already may come from there as ever.
    pub fn admit_new_credential(&self, address: IpAddr) -> Result<(), ApiError> {
        let (key, quota) = self.unknown_credentials(address);
        let now_us = self.clock.now().timestamp_micros();
        match self.local.refusal(&key, now_us, quota) {
            Some(verdict) => {
                self.hit(key.class, "local");
                Err(refused(key.class, quota, verdict))
            }
            None => Ok(()),
        }
    }

    /// It was one of those.
    pub fn note_unknown_credential(&self, address: IpAddr) {
        let (key, quota) = self.unknown_credentials(address);
        let now_us = self.clock.now().timestamp_micros();
        self.local.take(&key, now_us, quota);
    }

    fn unknown_credentials(&self, address: IpAddr) -> (Key, Quota) {
        let key = Key {
            who: Who::Address(network(address)),
            class: Class::Session,
            resource: Some(UNKNOWN.into()),
        };
        (key, self.settings.quota(Class::Session))
    }

    async fn count(&self, request: &HttpRequest, key: &Key, quota: Quota) -> Result<(), ApiError> {
        let class = key.class;
        let (verdict, store) = self.take(key, quota).await;
        let Some(verdict) = verdict else {
            self.hit(class, store);
            return Err(ApiError::RateLimited {
                retry_after: CLOSED,
                limited: Limited::Closed { class },
            });
        };
        request
            .extensions_mut()
            .insert(Standing::of(class, quota, verdict));
        if verdict.allowed {
            return Ok(());
        }
        self.hit(class, store);
        Err(refused(class, quota, verdict))
    }

    /// The verdict, and who says so; none where nobody may say.
    async fn take(&self, key: &Key, quota: Quota) -> (Option<Verdict>, &'static str) {
        if let Some(shared) = &self.shared {
            if let Some(verdict) = self.recall(key, quota) {
                return (Some(verdict), "shared");
            }
            if let Ok(verdict) = shared.take(key, quota).await {
                if !verdict.allowed {
                    self.remember(key, quota, verdict);
                }
                return (Some(verdict), "shared");
            }
            self.metrics
                .rate_limit_fallbacks_total
                .with_label_values(&[key.class.as_str()])
                .inc();
            if key.class.is_closed_without_store() {
                return (None, "closed");
            }
        }
        let now = self.clock.now().timestamp_micros();
        (Some(self.local.take(key, now, quota)), "local")
    }

    fn recall(&self, key: &Key, quota: Quota) -> Option<Verdict> {
        let refused = self.refused.get(key)?;
        let left = |end: Instant| {
            let left = end.saturating_duration_since(Instant::now());
            i64::try_from(left.as_micros()).unwrap_or(i64::MAX)
        };
        let verdict = Verdict {
            allowed: false,
            remaining: 0,
            retry_after_us: left(refused.until),
            reset_us: left(refused.reset),
        };
        (refused.quota == quota && verdict.retry_after_us > 0).then_some(verdict)
    }

    fn remember(&self, key: &Key, quota: Quota, verdict: Verdict) {
        let now = Instant::now();
        let then = |us: i64| now + Duration::from_micros(u64::try_from(us).unwrap_or_default());
        let refused = Refused {
            quota,
            until: then(verdict.retry_after_us),
            reset: then(verdict.reset_us),
        };
        self.refused.insert(key.clone(), refused);
    }

    fn hit(&self, class: Class, store: &str) {
        self.metrics
            .rate_limit_hits_total
            .with_label_values(&[class.as_str(), store])
            .inc();
    }
}

fn refused(class: Class, quota: Quota, verdict: Verdict) -> ApiError {
    let retry_after = u64::try_from(verdict.retry_after_us).unwrap_or_default();
    ApiError::RateLimited {
        retry_after: Duration::from_micros(retry_after),
        limited: Limited::Quota { class, quota },
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::UserId;

    #[test]
    fn a_key_says_whose_count_it_is() {
        let tenant = TenantId(Uuid::from_u128(1));
        let key = Key {
            who: Who::Caller(tenant, Actor::User(UserId(Uuid::from_u128(2)))),
            class: Class::Reads,
            resource: Some("/pipeline/health".into()),
        };
        assert_eq!(
            key.to_string(),
            "00000000-0000-0000-0000-000000000001:limit:reads:u:00000000-0000-0000-0000-000000000002:/pipeline/health"
        );
    }

    #[test]
    fn an_address_of_ipv6_stands_for_its_network() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
        assert_eq!(of("::ffff:203.0.113.9"), "203.0.113.9");
    }
}
