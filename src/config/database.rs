//! `[database]`: PostgreSQL.

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::secret::Secret;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `DATABASE_URL`, no default: `postgres://user:password@host:port/database`.
    pub url: Option<Secret>,
    /// `LAJUR_DATABASE__POOL_SIZE`, default 8: connections for reads; the
    /// journal has its own.
    pub pool_size: usize,
    /// `LAJUR_DATABASE__READ_TIMEOUT_MS`, default 5000: a request that asks the
    /// database and is not answered by then gets 503.
    pub read_timeout_ms: u64,
    /// `LAJUR_DATABASE__MIGRATE_ON_START`, default true: `serve` brings the
    /// schema up to date first.
    pub migrate_on_start: bool,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            pool_size: 8,
            read_timeout_ms: 5_000,
            migrate_on_start: true,
        }
    }
}

impl Database {
    /// For what cannot do without one.
    pub fn needed_url(&self) -> anyhow::Result<&Secret> {
        self.url.as_ref().context(
            "no database is named: set DATABASE_URL, as in \
             DATABASE_URL=postgres://postgres@127.0.0.1:5432/lajur, or url under [database] in lajur.toml",
        )
    }

    pub(super) fn validate(&self, wrong: &mut Vec<String>) {
        if !(1..=500).contains(&self.pool_size) {
            wrong.push(format!(
                "database.pool_size: {} is not between 1 and 500",
                self.pool_size
            ));
        }
        if !(50..=120_000).contains(&self.read_timeout_ms) {
            wrong.push(format!(
                "database.read_timeout_ms: {} is not between 50 and 120000",
                self.read_timeout_ms
            ));
        }
        if let Some(url) = &self.url
            && !(url.expose().starts_with("postgres://")
                || url.expose().starts_with("postgresql://"))
        {
            wrong.push("database.url: does not start with postgres://".to_owned());
        }
    }
}
