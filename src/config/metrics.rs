//! `[metrics]`: where Prometheus scrapes.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// `LAJUR_METRICS_ADDR`, default `127.0.0.1:9464`: address and port of
    /// `/metrics`, kept apart from requests so that it can stay private.
    pub addr: SocketAddr,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 9464)),
        }
    }
}
