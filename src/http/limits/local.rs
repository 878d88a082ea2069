//! The counts of this process alone: all there are without Redis, and what
//! holds while it is away. Bounded, and forgotten with the window.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;

use super::Key;
use crate::domain::limits::{Passed, Quota, Verdict};

const AT_MOST: u64 = 50_000;
/// As long as the longest window.
const KEPT: Duration = Duration::from_secs(3_600);

/// What each caller has asked for.
pub struct Local(Cache<Key, Arc<Mutex<Passed>>>);

impl Default for Local {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_idle(KEPT)
                .build(),
        )
    }
}

impl Local {
    /// Looking and counting are one step for each key.
    pub fn take(&self, key: &Key, now_us: i64, quota: Quota) -> Verdict {
        let passed = self.0.get_with_by_ref(key, Arc::default);
        let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.decide(now_us, quota)
    }

    /// Only looks.
    pub fn refusal(&self, key: &Key, now_us: i64, quota: Quota) -> Option<Verdict> {
        let passed = self.0.get(key)?;
        let mut passed = passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.refusal(now_us, quota)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::super::Who;
    use super::*;
    use crate::domain::limits::Class;

    #[test]
    fn those_who_come_at_once_share_one_quota() {
        let local = Local::default();
        let key = Key {
            who: Who::Address(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            class: Class::Commands,
            resource: None,
        };
        let quota = "50/60".parse().unwrap();
        let passed = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        if local.take(&key, 7, quota).allowed {
                            passed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(passed.load(Ordering::Relaxed), 50);
    }
}
