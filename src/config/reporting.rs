//! `[reporting]`: who is told of faults, and where traces go.

use serde::{Deserialize, Serialize};

use super::secret::Secret;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Reporting {
    /// `LAJUR_REPORTING__SENTRY_DSN`, no default: where faults, panics and errors
    /// of browsers are reported; Sentry, or what speaks its protocol.
    pub sentry_dsn: Option<Secret>,
    /// `LAJUR_REPORTING__OTLP_URL`, no default: where traces go, by OTLP over
    /// plain HTTP, such as `http://127.0.0.1:4318/v1/traces`.
    pub otlp_url: Option<String>,
    /// `LAJUR_REPORTING__OTLP_SHARE`, default 1: of which share of the requests,
    /// unless whoever calls has decided that.
    pub otlp_share: f64,
}

impl Default for Reporting {
    fn default() -> Self {
        Self {
            sentry_dsn: None,
            otlp_url: None,
            otlp_share: 1.0,
        }
    }
}

impl Reporting {
    /// An empty one is none: so a compose file may pass on what is not set.
    pub fn dsn(&self) -> Option<anyhow::Result<sentry::types::Dsn>> {
        let text = self.sentry_dsn.as_ref()?.expose();
        // the error of parsing might hold the secret
        let parsed = || text.parse().map_err(|_| anyhow::anyhow!("is not a DSN"));
        (!text.is_empty()).then(parsed)
    }

    pub fn otlp_url(&self) -> Option<&str> {
        self.otlp_url.as_deref().filter(|url| !url.is_empty())
    }

    pub(super) fn validate(&self, wrong: &mut Vec<String>) {
        if let Some(Err(error)) = self.dsn() {
            wrong.push(format!("reporting.sentry_dsn: {error}"));
        }
        if let Some(url) = self.otlp_url()
            && !url.starts_with("http://")
        {
            wrong.push(format!(
                "reporting.otlp_url: {url} does not start with http://: a collector on the same machine takes it from there"
            ));
        }
        if !(0.0..=1.0).contains(&self.otlp_share) {
            wrong.push(format!(
                "reporting.otlp_share: {} is not between 0 and 1",
                self.otlp_share
            ));
        }
    }
}
