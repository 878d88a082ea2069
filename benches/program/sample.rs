//! What one measurement found. Rounds of the same are added up.

use std::collections::BTreeMap;

use super::load::Answers;

#[derive(Clone, Debug, Default)]
pub struct Sample {
    pub seconds: f64,
    /// Answered with 200 while warming up: in the log, and in no figure.
    pub warming: usize,
    latencies_us: Vec<u32>,
    pub errors: BTreeMap<String, usize>,
    /// CPU time of the server, in seconds.
    server: Option<f64>,
    /// CPU time of PostgreSQL for it, in seconds.
    postgres: Option<f64>,
}

impl Sample {
    pub fn new(
        warming: usize,
        answers: Answers,
        server: Option<f64>,
        postgres: Option<f64>,
    ) -> Self {
        let mut latencies_us = answers.latencies_us;
        latencies_us.sort_unstable();
        Self {
            seconds: answers.elapsed.as_secs_f64(),
            warming,
            latencies_us,
            errors: answers.errors,
            server,
            postgres,
        }
    }

    pub fn add(&mut self, other: Self) {
        if self.latencies_us.is_empty() {
            *self = other;
            return;
        }
        self.seconds += other.seconds;
        self.warming += other.warming;
        self.latencies_us.extend(other.latencies_us);
        self.latencies_us.sort_unstable();
        for (line, count) in other.errors {
            *self.errors.entry(line).or_default() += count;
        }
        let sum = |one: Option<f64>, two: Option<f64>| Some(one? + two?);
        self.server = sum(self.server, other.server);
        self.postgres = sum(self.postgres, other.postgres);
    }

    pub fn count(&self) -> usize {
        self.latencies_us.len()
    }

    pub fn per_second(&self) -> f64 {
        self.count() as f64 / self.seconds
    }

    /// Milliseconds within which this share of the answers came.
    pub fn percentile_ms(&self, share: f64) -> f64 {
        f64::from(percentile(&self.latencies_us, share)) / 1e3
    }

    /// Microseconds of CPU time an answer.
    pub fn server_us(&self) -> Option<f64> {
        Some(self.server? * 1e6 / self.count() as f64)
    }

    pub fn postgres_us(&self) -> Option<f64> {
        Some(self.postgres? * 1e6 / self.count() as f64)
    }

    /// Of the server, if there is one between, and PostgreSQL together.
    pub fn both_us(&self) -> Option<f64> {
        match (self.server_us(), self.postgres_us()) {
            (None, postgres) => postgres,
            (server, postgres) => Some(server? + postgres?),
        }
    }

    pub fn error_count(&self) -> usize {
        self.errors.values().sum()
    }
}

/// The figure below which this share of them lies; they are in order.
pub fn percentile<T: Copy + Default>(sorted: &[T], share: f64) -> T {
    let last = sorted.len().saturating_sub(1);
    let place = (last as f64 * share).round() as usize;
    sorted.get(place).copied().unwrap_or_default()
}
