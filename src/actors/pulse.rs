//! Whether the log moves: what the journal says of itself, for health and metrics.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A commit that takes longer holds up everybody.
const STUCK: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub struct Pulse {
    /// How the last attempt to write ended.
    well: AtomicBool,
    since: Mutex<Option<Instant>>,
    waiting: AtomicUsize,
}

impl Pulse {
    pub(super) fn begin(&self, now: Instant) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    pub(super) fn end(&self, well: bool) {
        self.well.store(well, Ordering::Relaxed);
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn set_waiting(&self, batches: usize) {
        self.waiting.store(batches, Ordering::Relaxed);
    }

    /// Batches that wait for the commit in flight.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// For how long what is in flight has been.
    pub fn in_flight(&self, now: Instant) -> Option<Duration> {
        let since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        since.map(|since| now.saturating_duration_since(since))
    }

    /// The last attempt to write was answered, and none has been waiting for long.
    pub fn beats(&self, now: Instant) -> bool {
        let stuck = self.in_flight(now).is_some_and(|lasts| lasts > STUCK);
        self.well.load(Ordering::Relaxed) && !stuck
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_that_has_not_answered_or_is_stuck_does_not_beat() {
        let pulse = Pulse::default();
        let start = Instant::now();
        assert!(!pulse.beats(start), "nothing has been answered yet");
        pulse.begin(start);
        pulse.end(true);
        assert!(pulse.beats(start));
        pulse.begin(start);
        assert!(pulse.beats(start + STUCK));
        assert!(!pulse.beats(start + STUCK * 2));
        assert_eq!(pulse.in_flight(start + STUCK), Some(STUCK));
        pulse.end(false);
        assert!(!pulse.beats(start));
        assert_eq!(pulse.in_flight(start), None);
    }
}
