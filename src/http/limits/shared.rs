//! Counts that all processes share, in Redis: read and written by one script,
//! by Redis' own clock. Requests that are on their way at the same time go
//! through one connection, one behind the other without waiting.
//!
//! `{prefix}:{tenant id}:limit:{class}:{who}` is when all of the past is paid for, in
//! microseconds, and is gone when that is over. `{prefix}:tries:{what}` is a hash:
//! `tries`, and `until` when nothing more is tried, in milliseconds.

use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisError, Script, ScriptInvocation};

use super::throttle::{Patience, Tried};
use crate::config::secret::Secret;
use crate::domain::limits::{Quota, Verdict};

/// A count that takes longer is not waited for.
const PATIENCE: Duration = Duration::from_millis(150);
/// How long a Redis that failed is left alone.
const REST: Duration = Duration::from_secs(1);

/// As `domain::limits::Passed`, the newest first: the entries of the window are
/// found by halving, whatever is older goes.
const TAKE: &str = r"
local key, limit, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local start = now - window
local function passed(index) return tonumber(redis.call('LINDEX', key, index)) end
local count, over = 0, redis.call('LLEN', key)
while count < over do
  local middle = math.floor((count + over) / 2)
  if passed(middle) > start then count = middle + 1 else over = middle end
end
if count >= limit then return {0, 0, passed(limit - 1) - start, passed(0) - start} end
if count > 0 then now = math.max(now, passed(0)) end
redis.call('LPUSH', key, string.format('%.0f', now))
redis.call('LTRIM', key, 0, count)
redis.call('PEXPIRE', key, math.ceil(window / 1000) + 1)
return {1, limit - count - 1, 0, now - start}
";

/// Counts a try under each key, unless one of them has to wait: a try counts as
/// failed from its beginning, so that many at once are not one.
const TRY: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local wait = 0
for _, key in ipairs(KEYS) do
  local till = tonumber(redis.call('HGET', key, 'until') or 0)
  if till > now then wait = math.max(wait, till - now) end
end
if wait > 0 then return {0, wait} end
for at, key in ipairs(KEYS) do
  local free, most = tonumber(ARGV[2 * at - 1]), tonumber(ARGV[2 * at])
  local over = redis.call('HINCRBY', key, 'tries', 1) - free
  if over > 0 then
    local delay = math.min(most, 1000 * 2 ^ (math.min(over, 20) - 1))
    redis.call('HSET', key, 'until', string.format('%.0f', now + delay))
    wait = math.max(wait, delay)
  end
  redis.call('PEXPIRE', key, ARGV[#ARGV])
end
return {1, wait}
";

/// It was no failure: the first key is forgotten, of the others it is taken back.
const UNDO: &str = r"
redis.call('DEL', KEYS[1])
for at = 2, #KEYS do
  if redis.call('EXISTS', KEYS[at]) == 1 then
    redis.call('HINCRBY', KEYS[at], 'tries', -1)
    redis.call('HDEL', KEYS[at], 'until')
  end
end
return 1
";

/// Redis did not answer, or is being left alone.
#[derive(Debug, thiserror::Error)]
#[error("redis is away")]
pub struct Away;

pub struct Shared {
    client: Client,
    prefix: String,
    take: Script,
    attempt: Script,
    undo: Script,
    connection: ArcSwapOption<MultiplexedConnection>,
    /// Held by the one who connects.
    connecting: tokio::sync::Mutex<()>,
    rests_until: Mutex<Option<Instant>>,
}

impl Shared {
    pub fn new(url: &Secret, prefix: &str) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::open(url.expose())?,
            prefix: prefix.to_owned(),
            take: Script::new(TAKE),
            attempt: Script::new(TRY),
            undo: Script::new(UNDO),
            connection: ArcSwapOption::empty(),
            connecting: tokio::sync::Mutex::new(()),
            rests_until: Mutex::new(None),
        })
    }

    pub async fn take(&self, key: &impl Display, quota: Quota) -> Result<Verdict, Away> {
        let mut call = self.take.key(self.key(key));
        call.arg(quota.limit).arg(quota.window_us());
        let (allowed, remaining, retry_after_us, reset_us): (i64, u32, i64, i64) =
            self.call(&call).await?;
        Ok(Verdict {
            allowed: allowed == 1,
            remaining,
            retry_after_us,
            reset_us,
        })
    }

    pub(super) async fn attempt(&self, tries: &[(String, Patience)]) -> Result<Tried, Away> {
        let mut call = self.attempt.prepare_invoke();
        for (key, patience) in tries {
            call.key(self.key(&format_args!("tries:{key}")));
            call.arg(patience.free).arg(patience.most_ms);
        }
        call.arg(super::throttle::KEPT_MS);
        let (may, wait_ms): (i64, u64) = self.call(&call).await?;
        Ok(Tried {
            may: may == 1,
            wait: Duration::from_millis(wait_ms),
        })
    }

    pub(super) async fn undo(&self, tries: &[(String, Patience)]) -> Result<(), Away> {
        let mut call = self.undo.prepare_invoke();
        for (key, _) in tries {
            call.key(self.key(&format_args!("tries:{key}")));
        }
        self.call::<i64>(&call).await.map(drop)
    }

    fn key(&self, key: &impl Display) -> String {
        format!("{}:{key}", self.prefix)
    }

    async fn call<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Result<T, Away> {
        if self.rests() {
            return Err(Away);
        }
        let asked = async {
            let mut connection = self.connected().await?;
            call.invoke_async(&mut connection).await
        };
        let answer = tokio::time::timeout(PATIENCE, asked).await;
        let cause = match answer {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(error)) => error.to_string(),
            Err(elapsed) => elapsed.to_string(),
        };
        tracing::warn!(
            error.cause = cause,
            "limits are counted by this process alone: redis is away"
        );
        self.connection.store(None);
        *self
            .rests_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + REST);
        Err(Away)
    }

    async fn connected(&self) -> Result<MultiplexedConnection, RedisError> {
        if let Some(connection) = self.connection.load_full() {
            return Ok((*connection).clone());
        }
        let _one = self.connecting.lock().await;
        if let Some(connection) = self.connection.load_full() {
            return Ok((*connection).clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let connection = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        self.connection.store(Some(Arc::new(connection.clone())));
        Ok(connection)
    }

    fn rests(&self) -> bool {
        let until = *self
            .rests_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        until.is_some_and(|until| Instant::now() < until)
    }
}
