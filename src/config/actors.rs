//! `[actors]`: tenants in memory, and the journal.

use std::time::Duration;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::actors::node::Limits;
use crate::domain::pipeline::bottleneck::RemindEvery;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Actors {
    /// `LAJUR_ACTORS__THREADS`, default 1: threads that hold tenants.
    pub threads: usize,
    /// `LAJUR_ACTORS__TENANTS`, default 1000: tenants in memory before the
    /// least recently used has to leave.
    pub tenants: usize,
    /// `LAJUR_ACTORS__IDLE_SECONDS`, default 900: a tenant that nobody uses
    /// leaves memory.
    pub idle_seconds: u64,
    /// `LAJUR_ACTORS__MAILBOX`, default 4096: messages that one actor holds
    /// before callers get 503.
    pub mailbox: usize,
    /// `LAJUR_ACTORS__PENDING`, default 8192: commands of one tenant that may
    /// wait for their commit before callers get 503.
    pub pending: usize,
    /// `LAJUR_ACTORS__BATCH`, default 512: commands of one tenant that are
    /// committed together.
    pub batch: usize,
    /// `LAJUR_ACTORS__TRIES`, default 12: times that a command is checked anew
    /// because another node wrote first.
    pub tries: u32,
    /// `LAJUR_ACTORS__POLL_MS`, default 1000: how often a node looks
    /// whether another has written.
    pub poll_ms: u64,
    /// `LAJUR_ACTORS__COMMIT_TIMEOUT_MS`, default 10000: after this long the
    /// outcome of a commit counts as unknown.
    pub commit_timeout_ms: u64,
    /// `LAJUR_ACTORS__RESOLVE_MS`, default 700: how long an unknown outcome is
    /// looked for before callers get 503.
    pub resolve_ms: u64,
    /// `LAJUR_ACTORS__EVALUATE_SECONDS`, default 60: how often a tenant in
    /// memory looks for bottlenecks.
    pub evaluate_seconds: u32,
    /// `LAJUR_ACTORS__REMIND_CRITICAL_HOURS`, default 4: how often people are
    /// reminded of a critical bottleneck until somebody acknowledges it.
    pub remind_critical_hours: u32,
    /// `LAJUR_ACTORS__REMIND_HOURS`, default 24: the same for the others.
    pub remind_hours: u32,
}

impl Default for Actors {
    fn default() -> Self {
        Self {
            threads: 1,
            tenants: 1_000,
            idle_seconds: 900,
            mailbox: 4_096,
            pending: 8_192,
            batch: 512,
            tries: 12,
            poll_ms: 1_000,
            commit_timeout_ms: 10_000,
            resolve_ms: 700,
            evaluate_seconds: 60,
            remind_critical_hours: 4,
            remind_hours: 24,
        }
    }
}

impl Actors {
    pub(super) fn validate(&self, wrong: &mut Vec<String>) {
        let mut check = |key: &str, value: u128, least: u128, most: u128| {
            if !(least..=most).contains(&value) {
                wrong.push(format!(
                    "actors.{key}: {value} is not between {least} and {most}"
                ));
            }
        };
        let wide = |n: usize| u128::try_from(n).unwrap_or(u128::MAX);
        check("threads", wide(self.threads), 1, 64);
        check("tenants", wide(self.tenants), 1, 1_000_000);
        check("idle_seconds", self.idle_seconds.into(), 1, 86_400);
        check("mailbox", wide(self.mailbox), 16, 1_000_000);
        check("pending", wide(self.pending), 16, 1_000_000);
        check("batch", wide(self.batch), 1, 10_000);
        check("tries", self.tries.into(), 1, 1_000);
        check("poll_ms", self.poll_ms.into(), 10, 60_000);
        check(
            "commit_timeout_ms",
            self.commit_timeout_ms.into(),
            100,
            120_000,
        );
        check("resolve_ms", self.resolve_ms.into(), 0, 60_000);
        check("evaluate_seconds", self.evaluate_seconds.into(), 1, 86_400);
        check(
            "remind_critical_hours",
            self.remind_critical_hours.into(),
            1,
            8_760,
        );
        check("remind_hours", self.remind_hours.into(), 1, 8_760);
    }

    pub fn limits(&self) -> Limits {
        Limits {
            mailbox: self.mailbox,
            pending: self.pending,
            batch: self.batch,
            tries: self.tries,
            idle: Duration::from_secs(self.idle_seconds),
            tenants: self.tenants,
            poll: Duration::from_millis(self.poll_ms),
            commit: Duration::from_millis(self.commit_timeout_ms),
            resolve: Duration::from_millis(self.resolve_ms),
            evaluate: Duration::from_secs(self.evaluate_seconds.into()),
            remind_every: RemindEvery {
                critical: TimeDelta::hours(self.remind_critical_hours.into()),
                other: TimeDelta::hours(self.remind_hours.into()),
            },
            threads: self.threads,
        }
    }
}
