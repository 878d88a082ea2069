//! How fast a client may send commands: a number at once, which grows back.

use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Rate {
    /// Time that one command costs.
    cost: Duration,
    /// The most that can be saved up.
    most: Duration,
    saved: Duration,
    at: Instant,
}

impl Rate {
    pub fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        let cost = Duration::from_secs(1) / per_second.max(1);
        let most = cost * burst.max(1);
        Self {
            cost,
            most,
            saved: most,
            at: now,
        }
    }

    /// Whether one more command is within the limit.
    pub fn take(&mut self, now: Instant) -> bool {
        self.saved = self
            .most
            .min(self.saved + now.saturating_duration_since(self.at));
        self.at = self.at.max(now);
        match self.saved.checked_sub(self.cost) {
            Some(left) => {
                self.saved = left;
                true
            }
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_allowed_and_grows_back() {
        let start = Instant::now();
        let mut rate = Rate::new(10, 3, start);
        let taken = |rate: &mut Rate, now| (0..10).filter(|_| rate.take(now)).count();
        assert_eq!(taken(&mut rate, start), 3);
        assert_eq!(taken(&mut rate, start + Duration::from_millis(250)), 2);
        assert_eq!(taken(&mut rate, start + Duration::from_millis(299)), 0);
        assert_eq!(taken(&mut rate, start + Duration::from_secs(60)), 3);
    }
}
