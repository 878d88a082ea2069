//! Guessing passwords is slow: after some tries an account, and an address,
//! have to wait, each time twice as long. Who exists makes no difference: what
//! is counted is what was typed. A login that succeeds forgets the account's
//! tries.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use moka::ops::compute::Op;
use moka::sync::Cache;
use sha2::{Digest, Sha256};

use super::{Limits, network};
use crate::domain::limits::Class;
use crate::error::{ApiError, Limited};

/// Of one account.
const ACCOUNT: Patience = Patience {
    free: 5,
    most_ms: 300_000,
};
/// Of one address, from which many people may come.
const ADDRESS: Patience = Patience {
    free: 20,
    most_ms: 900_000,
};
/// Tries are forgotten after a day without one.
pub const KEPT_MS: u64 = 24 * 3_600_000;
const AT_MOST: u64 = 100_000;

/// So many tries are free; then come one second, two, four and so on, up to the most.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub free: u32,
    pub most_ms: u64,
}

impl Patience {
    fn delay_ms(self, tries: u32) -> u64 {
        match tries.saturating_sub(self.free) {
            0 => 0,
            over => self.most_ms.min(1_000 << (over.min(20) - 1)),
        }
    }
}

/// Whether it may be tried, and how long to wait: until it may, or before the
/// next time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    pub may: bool,
    pub wait: Duration,
}

/// A try under way: it counts as a failure until it is known to be none.
#[derive(Debug)]
#[must_use]
pub struct Attempt(Vec<(String, Patience)>);

#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    count: u32,
    until_ms: i64,
}

/// The tries that this process alone knows of.
pub struct Local {
    known: Cache<String, Tries>,
    /// Looking and counting are one step.
    turn: Mutex<()>,
}

impl Default for Local {
    fn default() -> Self {
        let known = Cache::builder()
            .max_capacity(AT_MOST)
            .time_to_live(Duration::from_millis(KEPT_MS))
            .build();
        Self {
            known,
            turn: Mutex::new(()),
        }
    }
}

impl Local {
    fn attempt(&self, tries: &[(String, Patience)], now_ms: i64) -> Tried {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let left = tries.iter().filter_map(|(key, _)| {
            let until = self.known.get(key)?.until_ms;
            u64::try_from(until - now_ms).ok().filter(|left| *left > 0)
        });
        if let Some(wait_ms) = left.max() {
            return Tried {
                may: false,
                wait: Duration::from_millis(wait_ms),
            };
        }
        let mut wait_ms = 0;
        for (key, patience) in tries {
            self.known.entry_by_ref(key).and_compute_with(|known| {
                let count = known.map_or(0, |known| known.into_value().count) + 1;
                let delay_ms = patience.delay_ms(count);
                wait_ms = wait_ms.max(delay_ms);
                Op::Put(Tries {
                    count,
                    until_ms: now_ms + i64::try_from(delay_ms).unwrap_or(i64::MAX / 2),
                })
            });
        }
        Tried {
            may: true,
            wait: Duration::from_millis(wait_ms),
        }
    }

    fn undo(&self, tries: &[(String, Patience)]) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, (key, _)) in tries.iter().enumerate() {
            self.known.entry_by_ref(key).and_compute_with(|known| {
                match known.map(|known| known.into_value()) {
                    Some(_) if at == 0 => Op::Remove,
                    Some(known) => Op::Put(Tries {
                        count: known.count.saturating_sub(1),
                        until_ms: 0,
                    }),
                    None => Op::Nop,
                }
            });
        }
    }
}

impl Limits {
    /// Before a password is compared. Refused alike for accounts that there are
    /// and that there are not.
    pub async fn try_password(
        &self,
        tenant: &str,
        email: &str,
        address: IpAddr,
    ) -> Result<Attempt, ApiError> {
        let account = Sha256::new()
            .chain_update(tenant)
            .chain_update([0])
            .chain_update(email)
            .finalize();
        let tries = vec![
            (format!("account:{}", hex::encode(account)), ACCOUNT),
            (format!("address:{}", network(address)), ADDRESS),
        ];
        if !self.are_on() {
            return Ok(Attempt(tries));
        }
        let tried = match &self.shared {
            Some(shared) => shared.attempt(&tries).await.map_err(|_| {
                self.hit(Class::Session, "closed");
                ApiError::RateLimited {
                    retry_after: super::CLOSED,
                    limited: Limited::Closed {
                        class: Class::Session,
                    },
                }
            })?,
            None => {
                let now_ms = self.clock.now().timestamp_millis();
                self.tries.attempt(&tries, now_ms)
            }
        };
        if tried.may {
            return Ok(Attempt(tries));
        }
        let store = if self.shared.is_some() {
            "shared"
        } else {
            "local"
        };
        self.hit(Class::Session, store);
        Err(ApiError::RateLimited {
            retry_after: tried.wait,
            limited: Limited::Tries,
        })
    }

    /// The password was right.
    pub async fn succeed(&self, attempt: Attempt) {
        if !self.are_on() {
            return;
        }
        match &self.shared {
            // what cannot be taken back is forgotten in a day
            Some(shared) => drop(shared.undo(&attempt.0).await),
            None => self.tries.undo(&attempt.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_try_makes_the_next_wait_longer() {
        let local = Local::default();
        let tries = vec![("a".to_owned(), ACCOUNT), ("b".to_owned(), ADDRESS)];
        let mut now = 0;
        for _ in 0..5 {
            let tried = local.attempt(&tries, now);
            assert_eq!((tried.may, tried.wait), (true, Duration::ZERO));
        }
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            let tried = local.attempt(&tries, now);
            assert_eq!((tried.may, tried.wait.as_secs()), (true, seconds));
            let early = local.attempt(&tries, now + 1);
            assert!(!early.may);
            assert_eq!(early.wait, tried.wait - Duration::from_millis(1));
            now += i64::try_from(tried.wait.as_millis()).unwrap();
        }
        local.undo(&tries);
        assert!(local.attempt(&tries, now).wait.is_zero());
        // of the address only the one was taken back
        assert_eq!(local.known.get("b").unwrap().count, 16);
    }
}
