//! `[actors]`: tenants in memory.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::actors::node::Limits;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Actors {
    /// `LAJUR_ACTORS__IDLE_MINUTES`, default 15: a tenant that nobody used for
    /// so long leaves memory.
    pub idle_minutes: u64,
    /// `LAJUR_ACTORS__TENANTS`, default 1000: when there are more in memory,
    /// the least recently used leaves.
    pub tenants: usize,
    /// `LAJUR_ACTORS__THREADS`, default 1: threads that hold tenants.
    pub threads: usize,
}

impl Default for Actors {
    fn default() -> Self {
        Self { idle_minutes: 15, tenants: 1_000, threads: 1 }
    }
}

impl Actors {
    pub fn limits(&self) -> Limits {
        Limits {
            idle: Duration::from_secs(self.idle_minutes * 60),
            tenants: self.tenants,
            threads: self.threads,
            ..Limits::default()
        }
    }

    pub(super) fn validate(&self, wrong: &mut Vec<String>) {
        if !(1..=10_080).contains(&self.idle_minutes) {
            wrong.push(format!("actors.idle_minutes: {} is not between 1 and 10080", self.idle_minutes));
        }
        if self.tenants == 0 {
            wrong.push("actors.tenants: must be at least 1".to_owned());
        }
        if !(1..=64).contains(&self.threads) {
            wrong.push(format!("actors.threads: {} is not between 1 and 64", self.threads));
        }
    }
}
