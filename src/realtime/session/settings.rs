//! How patient and how generous a session is.

use std::time::Duration;

#[derive(Clone, Debug)]
pub struct Settings {
    /// Between pings. Client libraries give up this plus 10 s after the last one.
    pub ping: Duration,
    /// How long a ping may stay without an answer.
    pub pong_wait: Duration,
    /// How long a new connection may stay without `connect`.
    pub connect_wait: Duration,
    /// How long an expired credential is tolerated: clients refresh it when it
    /// expires, not before.
    pub grace: Duration,
    /// A command that is not decided by then gets a temporary error. Client
    /// libraries drop the connection after 5 s.
    pub answer_within: Duration,
    pub max_message_bytes: usize,
    /// Subscriptions of one connection.
    pub max_channels: usize,
    pub commands_per_second: u32,
    /// Commands at once; a client that comes back subscribes to everything in one message.
    pub command_burst: u32,
    /// Commands that wait for those before them.
    pub queued_commands: usize,
    /// Bytes on the way to the client that it has not acknowledged. A reply may
    /// exceed it, so the socket's own buffer must be larger.
    pub credit_bytes: u64,
    /// How long a client may acknowledge nothing.
    pub slow_after: Duration,
    /// Recovery over more events than this is refused: reloading is cheaper.
    pub replay_events: i64,
    /// Lines are gathered into messages of about this size.
    pub frame_bytes: usize,
    /// The longest page of history.
    pub history_events: usize,
    /// The longest list of presence.
    pub presence_entries: usize,
    /// A subscription is told at most this often that its state is insufficient:
    /// the client comes back at once.
    pub insufficient_every: Duration,
    /// Over how much time such notices of many sessions are spread.
    pub insufficient_spread: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            ping: Duration::from_secs(25),
            pong_wait: Duration::from_secs(10),
            connect_wait: Duration::from_secs(15),
            grace: Duration::from_secs(25),
            answer_within: Duration::from_secs(3),
            max_message_bytes: 64 * 1024,
            max_channels: 128,
            commands_per_second: 50,
            command_burst: 300,
            queued_commands: 300,
            credit_bytes: 64 * 1024,
            slow_after: Duration::from_secs(10),
            replay_events: 10_000,
            frame_bytes: 64 * 1024,
            history_events: 300,
            presence_entries: 1_000,
            insufficient_every: Duration::from_secs(5),
            insufficient_spread: Duration::from_secs(2),
        }
    }
}
