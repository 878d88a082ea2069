//! `[log]`: what is written to standard output.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `LAJUR_LOG__LEVEL`, default `info,actix_server=warn,actix_http=off`: `error`, `warn`, `info`, `debug` or
    /// `trace`, or directives such as `info,lajur::actors=debug`.
    pub level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info,actix_server=warn,actix_http=off".to_owned(),
        }
    }
}

impl Log {
    pub(super) fn validate(&self, wrong: &mut Vec<String>) {
        if let Err(error) = EnvFilter::builder().parse(&self.level) {
            wrong.push(format!("log.level: {error}"));
        }
    }
}
