//! `[redis]`: joins several nodes; one node runs without it.

use serde::{Deserialize, Serialize};

use super::secret::Secret;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redis {
    /// `REDIS_URL`, no default: `redis://host:port/database`. Without it
    /// everything stays in the process.
    pub url: Option<Secret>,
    /// `LAJUR_REDIS__PREFIX`, default `lajur`: first part of every key.
    pub prefix: String,
}

impl Default for Redis {
    fn default() -> Self {
        Self {
            url: None,
            prefix: "lajur".to_owned(),
        }
    }
}

impl Redis {
    pub(super) fn validate(&self, wrong: &mut Vec<String>) {
        if self.prefix.is_empty() {
            wrong.push("redis.prefix: is empty".to_owned());
        }
        if let Some(url) = &self.url
            && !(url.expose().starts_with("redis://") || url.expose().starts_with("rediss://"))
        {
            wrong.push("redis.url: does not start with redis://".to_owned());
        }
    }
}
