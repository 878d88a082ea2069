//! Time and identifiers, injected: nothing else in the program asks the
//! operating system for the time or for randomness.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SubsecRound, Utc};
use tokio::sync::watch;

use crate::domain::time::Timestamp;

/// Where the program's idea of "now" comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The operating system's clock.
    System,
    /// A clock that stands still until a test moves it.
    Manual(ManualClock),
}

impl Clock {
    /// The present instant, in whole microseconds as PostgreSQL stores it.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(
                clippy::disallowed_methods,
                reason = "the one place that reads the clock"
            )]
            Self::System => Utc::now().trunc_subsecs(6),
            Self::Manual(clock) => *clock.now.borrow(),
        }
    }

    /// Resolves once `now()` has reached `instant`. Long waits are cut into
    /// pieces, so that a clock set forward is noticed within a minute.
    pub async fn sleep_until(&self, instant: Timestamp) {
        match self {
            Self::System => {
                while let Ok(left) = (instant - self.now()).to_std() {
                    if left.is_zero() {
                        return;
                    }
                    tokio::time::sleep(left.min(Duration::from_secs(60))).await;
                }
            }
            Self::Manual(clock) => {
                let mut now = clock.now.subscribe();
                // fails only when the clock itself is gone, and then nobody waits for it
                let _ = now.wait_for(|now| *now >= instant).await;
            }
        }
    }
}

/// See [`Clock::Manual`]. Clones share the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<watch::Sender<DateTime<Utc>>>,
}

impl ManualClock {
    pub fn new(now: Timestamp) -> Self {
        Self {
            now: Arc::new(watch::Sender::new(now)),
        }
    }

    pub fn set(&self, now: Timestamp) {
        self.now.send_replace(now);
    }

    pub fn advance(&self, by: chrono::Duration) {
        self.now.send_modify(|now| *now += by);
    }
}
