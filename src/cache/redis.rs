//! Snapshots in Redis: bounded waits, and a second of rest after a failure.
//!
//! A snapshot is a hash with the fields `seq` and `body` under
//! `{prefix}:{tenant id}:snapshot:{kind}`; without a `body` it says only that
//! nothing of before `seq` is right.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use bb8_redis::RedisConnectionManager;
use bb8_redis::bb8::Pool;
use bytes::Bytes;
use redis::{RedisError, Script};

use super::{Held, Kind, Snapshot};
use crate::config::secret::Secret;
use crate::domain::ids::TenantId;

/// A snapshot that takes longer is not worth waiting for.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long a Redis that failed is left alone.
const REST: Duration = Duration::from_secs(1);

const PUT: &str = r"
local known = redis.call('HGET', KEYS[1], 'seq')
if known and tonumber(known) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'seq', ARGV[1], 'body', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
";

/// A snapshot of the same event or a later one stays.
const FORGET: &str = r"
for at, key in ipairs(KEYS) do
  local known = redis.call('HGET', key, 'seq')
  if not known or tonumber(known) < tonumber(ARGV[1]) then
    redis.call('DEL', key)
    redis.call('HSET', key, 'seq', ARGV[1])
    redis.call('PEXPIRE', key, ARGV[at + 1])
  end
end
return 1
";

fn lasts_ms(kind: Kind) -> u64 {
    u64::try_from(kind.lasts().as_millis()).unwrap_or(u64::MAX)
}

/// Redis did not answer, or is being left alone.
#[derive(Debug, thiserror::Error)]
#[error("redis is away")]
pub struct Away;

pub struct Redis {
    pool: Pool<RedisConnectionManager>,
    prefix: String,
    put: Script,
    forget: Script,
    rests_until: Mutex<Option<Instant>>,
}

impl Redis {
    pub fn new(url: &Secret, prefix: &str) -> anyhow::Result<Self> {
        let manager = RedisConnectionManager::new(url.expose())?;
        let pool = Pool::builder()
            .max_size(4)
            .connection_timeout(PATIENCE)
            .build_unchecked(manager);
        Ok(Self {
            pool,
            prefix: prefix.to_owned(),
            put: Script::new(PUT),
            forget: Script::new(FORGET),
            rests_until: Mutex::new(None),
        })
    }

    fn key(&self, tenant: TenantId, kind: Kind) -> String {
        format!("{}:{tenant}:snapshot:{}", self.prefix, kind.as_str())
    }

    pub(super) async fn get(&self, tenant: TenantId, kind: Kind) -> Result<Option<Held>, Away> {
        let key = self.key(tenant, kind);
        let asked = self.ask(async |conn| {
            redis::cmd("HMGET")
                .arg(&key)
                .arg("seq")
                .arg("body")
                .query_async(conn)
                .await
        });
        let (seq, body): (Option<i64>, Option<Vec<u8>>) = asked.await?;
        Ok(seq.map(|seq| Held {
            seq,
            body: body.map(Bytes::from),
        }))
    }

    pub async fn put(&self, tenant: TenantId, kind: Kind, snapshot: &Snapshot) -> Result<(), Away> {
        let mut call = self.put.key(self.key(tenant, kind));
        call.arg(snapshot.seq)
            .arg(snapshot.body.as_ref())
            .arg(lasts_ms(kind));
        self.ask(async |conn| call.invoke_async(conn).await).await
    }

    pub async fn forget(&self, tenant: TenantId, seq: i64) {
        let mut call = self.forget.prepare_invoke();
        call.arg(seq);
        for kind in Kind::ALL {
            call.key(self.key(tenant, kind));
            call.arg(lasts_ms(kind));
        }
        let _: Result<i64, Away> = self.ask(async |conn| call.invoke_async(conn).await).await;
    }

    fn presence_key(&self, tenant: TenantId) -> String {
        format!("{}:{tenant}:presence", self.prefix)
    }

    pub async fn presence_said(&self, tenant: TenantId) -> Result<Vec<(String, Vec<u8>)>, Away> {
        let key = self.presence_key(tenant);
        self.ask(async |conn| redis::cmd("HGETALL").arg(&key).query_async(conn).await)
            .await
    }

    pub async fn say_presence(
        &self,
        tenant: TenantId,
        node: &str,
        text: Option<String>,
        lasts: Duration,
    ) {
        let key = self.presence_key(tenant);
        let lasts_ms = i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX);
        let mut pipeline = redis::pipe();
        match text {
            Some(text) => pipeline
                .hset(&key, node, text)
                .ignore()
                .pexpire(&key, lasts_ms)
                .ignore(),
            None => pipeline.hdel(&key, node).ignore(),
        };
        // said again before what was said last is no longer believed
        let _: Result<(), Away> = self
            .ask(async |conn| pipeline.query_async(conn).await)
            .await;
    }

    /// How long it took to answer, if it did; asks even while it rests.
    pub async fn ping(&self) -> Option<Duration> {
        let started = Instant::now();
        let asked = async {
            let mut conn = self.pool.get().await.ok()?;
            redis::cmd("PING")
                .query_async::<String>(&mut *conn)
                .await
                .ok()
        };
        tokio::time::timeout(PATIENCE * 4, asked)
            .await
            .ok()
            .flatten()
            .map(|_| started.elapsed())
    }

    async fn ask<T>(
        &self,
        question: impl AsyncFnOnce(&mut redis::aio::MultiplexedConnection) -> Result<T, RedisError>,
    ) -> Result<T, Away> {
        if self.rests() {
            return Err(Away);
        }
        let asked = async {
            let mut conn = self.pool.get().await.map_err(|error| error.to_string())?;
            question(&mut conn).await.map_err(|error| error.to_string())
        };
        let answer = tokio::time::timeout(PATIENCE, asked)
            .await
            .unwrap_or_else(|elapsed| Err(elapsed.to_string()));
        answer.map_err(|cause| {
            tracing::warn!(error.cause = cause, "redis is away");
            *self
                .rests_until
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REST);
            Away
        })
    }

    fn rests(&self) -> bool {
        let until = *self
            .rests_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }
}
