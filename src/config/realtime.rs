//! `[realtime]`: the socket, and what one client may take.

use std::time::Duration;

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Realtime {
    /// `LAJUR_REALTIME__ALLOWED_ORIGINS`, default none: origins besides the
    /// server's own whose pages may connect with a session's cookie.
    pub allowed_origins: Vec<String>,
    /// `LAJUR_REALTIME__TOKEN_SECONDS`, default 900: how long a token for the
    /// socket is good; clients fetch another before that.
    pub token_seconds: u32,
    /// `LAJUR_REALTIME__PING_SECONDS`, default 25: between two pings.
    pub ping_seconds: u32,
    /// `LAJUR_REALTIME__CONNECTIONS_PER_USER`, default 5: sockets of one user or
    /// API key on this node.
    pub connections_per_user: usize,
    /// `LAJUR_REALTIME__CONNECTIONS_PER_TENANT`, default 200: sockets of one
    /// tenant on this node.
    pub connections_per_tenant: usize,
    /// `LAJUR_REALTIME__CHANNELS`, default 128: channels of one connection.
    pub channels: usize,
    /// `LAJUR_REALTIME__MESSAGE_BYTES`, default 65536: a longer message of a
    /// client closes its connection with 1009.
    pub message_bytes: usize,
    /// `LAJUR_REALTIME__COMMANDS_PER_SECOND`, default 50: of one connection, in
    /// the long run; a burst may be four times that.
    pub commands_per_second: u32,
    /// `LAJUR_REALTIME__CREDIT_BYTES`, default 65536: so much is sent to a client
    /// before it has to show, by a pong, that the network takes it.
    pub credit_bytes: usize,
    /// `LAJUR_REALTIME__SLOW_SECONDS`, default 10: a client that takes nothing
    /// for so long is cut off; it comes back and catches up.
    pub slow_seconds: u32,
    /// `LAJUR_REALTIME__REPLAY_EVENTS`, default 10000: a client that has missed
    /// more reloads instead.
    pub replay_events: u32,
    /// `LAJUR_REALTIME__DRAIN_SECONDS`, default 10: over how long clients are
    /// sent away at shutdown, so that they do not come back all at once.
    pub drain_seconds: u32,
}

impl Default for Realtime {
    fn default() -> Self {
        Self {
            allowed_origins: Vec::new(),
            token_seconds: 900,
            ping_seconds: 25,
            connections_per_user: 5,
            connections_per_tenant: 200,
            channels: 128,
            message_bytes: 64 * 1024,
            commands_per_second: 50,
            credit_bytes: 64 * 1024,
            slow_seconds: 10,
            replay_events: 10_000,
            drain_seconds: 10,
        }
    }
}

impl Realtime {
    pub(super) fn validate(&self, wrong: &mut Vec<String>) {
        let mut check = |key: &str, value: usize, least: usize, most: usize| {
            if !(least..=most).contains(&value) {
                wrong.push(format!(
                    "realtime.{key}: {value} is not between {least} and {most}"
                ));
            }
        };
        let wide = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        check("token_seconds", wide(self.token_seconds), 1, 86_400);
        check("ping_seconds", wide(self.ping_seconds), 1, 3_600);
        check(
            "connections_per_user",
            self.connections_per_user,
            1,
            1_000_000,
        );
        check(
            "connections_per_tenant",
            self.connections_per_tenant,
            1,
            1_000_000,
        );
        check("channels", self.channels, 1, 10_000);
        check("message_bytes", self.message_bytes, 1_024, 16 * 1024 * 1024);
        check(
            "commands_per_second",
            wide(self.commands_per_second),
            1,
            100_000,
        );
        check("credit_bytes", self.credit_bytes, 4_096, 16 * 1024 * 1024);
        check("slow_seconds", wide(self.slow_seconds), 1, 3_600);
        check("replay_events", wide(self.replay_events), 0, 1_000_000);
        check("drain_seconds", wide(self.drain_seconds), 0, 600);
        for origin in &self.allowed_origins {
            let rest = origin
                .strip_prefix("https://")
                .or_else(|| origin.strip_prefix("http://"));
            if rest.is_none_or(|host| host.is_empty() || host.contains(['/', '*'])) {
                wrong.push(format!(
                    "realtime.allowed_origins: {origin} is not like https://app.example.com"
                ));
            }
        }
    }

    pub fn slow_after(&self) -> Duration {
        Duration::from_secs(self.slow_seconds.into())
    }
}
