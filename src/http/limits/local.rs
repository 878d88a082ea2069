//! The counts of this process alone: all there are without Redis, and what
//! holds while it is away. Bounded, and forgotten when all is paid for.

use std::time::Duration;

use moka::ops::compute::{CompResult, Op};
use moka::sync::Cache;

use super::Key;
use crate::domain::limits::{Quota, Verdict, decide};

const AT_MOST: u64 = 200_000;
/// As long as the longest window.
const KEPT: Duration = Duration::from_secs(3_600);

/// When each caller's past is paid for, in microseconds.
pub struct Local(Cache<Key, i64>);

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
    /// Reading and writing are one step for each key.
    pub fn take(&self, key: &Key, now_us: i64, quota: Quota) -> Verdict {
        let mut verdict = None;
        let done = self.0.entry_by_ref(key).and_compute_with(|paid_at| {
            let paid_at = paid_at.map(|entry| entry.into_value());
            let (said, then) = decide(paid_at, now_us, quota);
            verdict = Some(said);
            if said.allowed { Op::Put(then) } else { Op::Nop }
        });
        debug_assert!(!matches!(done, CompResult::Removed(_)));
        verdict.unwrap_or_else(|| decide(None, now_us, quota).0)
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
