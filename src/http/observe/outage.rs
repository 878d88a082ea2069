//! 503 in the log. While a dependency is away every request says the same, so
//! one line per second tells how many they were; the first of them at once.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two lines.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, Default)]
pub struct Outage {
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    quiet_until: Option<Instant>,
    untold: u64,
}

/// What is to be done about one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    Now,
    /// Somebody has to ask how many there were then.
    At(Instant),
    /// Somebody will.
    Nothing,
}

impl Outage {
    pub fn count(&self, now: Instant) -> Tell {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        match told.quiet_until {
            Some(until) if now < until || told.untold > 0 => {
                told.untold += 1;
                if told.untold == 1 {
                    Tell::At(until)
                } else {
                    Tell::Nothing
                }
            }
            _ => {
                told.quiet_until = Some(now + PAUSE);
                Tell::Now
            }
        }
    }

    /// How many there were that nobody has been told of.
    pub fn take(&self, now: Instant) -> u64 {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.quiet_until = Some(now + PAUSE);
        std::mem::take(&mut told.untold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_line_per_second_and_nobody_is_left_out() {
        let (outage, start) = (Outage::default(), Instant::now());
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(outage.count(at(0)), Tell::Now);
        assert_eq!(outage.count(at(10)), Tell::At(at(1000)));
        for ms in 11..1000 {
            assert_eq!(outage.count(at(ms)), Tell::Nothing);
        }
        // whoever was to ask is a little late
        assert_eq!(outage.count(at(1001)), Tell::Nothing);
        assert_eq!(outage.take(at(1002)), 991);
        assert_eq!(outage.count(at(1003)), Tell::At(at(2002)));
        assert_eq!(outage.take(at(2002)), 1);
        assert_eq!(outage.count(at(3002)), Tell::Now);
        assert_eq!(outage.take(at(3003)), 0);
    }
}
