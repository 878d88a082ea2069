//! `[http]`: where and how requests are answered.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::Mode;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// `LAJUR_HTTP_ADDR`, default `127.0.0.1:8080`: address and port for
    /// requests; port 0 takes a free one.
    pub addr: SocketAddr,
    /// `LAJUR_HTTP__WORKERS`, default 2: threads that answer requests.
    pub workers: usize,
    /// `LAJUR_HTTP__BODY_LIMIT_BYTES`, default 1048576: a longer JSON body is
    /// refused with 413.
    pub body_limit_bytes: usize,
    /// `LAJUR_HTTP__SHUTDOWN_SECONDS`, default 10: how long requests in flight
    /// may take to finish after SIGTERM.
    pub shutdown_seconds: u64,
    /// `LAJUR_HTTP__SECURE_COOKIES`, default false: cookies are only sent over
    /// TLS. Set it wherever browsers come over TLS, here or at a proxy.
    pub secure_cookies: bool,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            workers: 2,
            body_limit_bytes: 1024 * 1024,
            shutdown_seconds: 10,
            secure_cookies: false,
        }
    }
}

impl Http {
    pub(super) fn validate(&self, mode: Mode, wrong: &mut Vec<String>) {
        if !(1..=256).contains(&self.workers) {
            wrong.push(format!(
                "http.workers: {} is not between 1 and 256",
                self.workers
            ));
        }
        if self.body_limit_bytes < 1024 {
            wrong.push(format!(
                "http.body_limit_bytes: {} is too small for any request",
                self.body_limit_bytes
            ));
        }
        if self.shutdown_seconds > 600 {
            wrong.push(format!(
                "http.shutdown_seconds: {} is more than 600",
                self.shutdown_seconds
            ));
        }
        if mode == Mode::Production && !self.secure_cookies {
            wrong.push("http.secure_cookies: must be true in production".to_owned());
        }
    }
}
