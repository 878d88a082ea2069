//! Pings, and what it means that they are answered or not.
//!
//! They go out regularly, whatever else does: some client libraries count
//! nothing else as a sign of life.

use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Liveness {
    every: Duration,
    wait: Duration,
    next: Instant,
    answer_by: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    Nothing,
    Ping,
    Dead,
}

impl Liveness {
    pub fn new(every: Duration, wait: Duration, first: Instant) -> Self {
        Self {
            every,
            wait,
            next: first,
            answer_by: None,
        }
    }

    /// The client sent something.
    pub fn heard(&mut self) {
        self.answer_by = None;
    }

    pub fn beat(&mut self, now: Instant) -> Beat {
        if self.answer_by.is_some_and(|by| now >= by) {
            return Beat::Dead;
        }
        if now < self.next {
            return Beat::Nothing;
        }
        self.next = now + self.every;
        self.answer_by.get_or_insert(now + self.wait);
        Beat::Ping
    }

    pub fn deadline(&self) -> Instant {
        self.answer_by.map_or(self.next, |by| by.min(self.next))
    }
}
