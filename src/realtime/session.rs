//! One connection as a state machine: messages, answers, the log and the time
//! come in, effects go out. It owns no socket and never waits.
//!
//! Commands are served one after another. One that needs an answer from
//! elsewhere (`Authenticate`, `Refresh`, `Ask`) holds back those behind it, and
//! so does a client that does not read. Delivery is by pulling: each log
//! subscription has a position, and `pull` reads the log after it as far as the
//! client's credit allows. So nothing is buffered here, nothing is lost and
//! nothing comes twice.
//!
//! Whatever is done with a [`Feed`] begins by looking at what became of the
//! viewer's rights up to the head that is then read up to.

mod access;
mod answers;
mod commands;
mod counts;
mod delivery;
mod liveness;
mod outbox;
mod rate;
mod recovery;
mod settings;
mod subscriptions;
mod time;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

pub use access::{Admission, Refusal};
pub use answers::{Answer, Asked, Question};
pub use counts::{Counted, Counts};
pub use recovery::Recovery;
pub use settings::Settings;

use self::access::Viewer;
use self::answers::Waiting;
use self::delivery::Loading;
use self::liveness::Liveness;
use self::outbox::Outbox;
use self::rate::Rate;
use self::subscriptions::Subscriptions;
use super::channel::Channel;
use super::codec::{Codec, Json, Malformed};
use super::feed::{Feed, Identity};
use super::protocol::{CloseCode, Command, ErrorCode, Reply, Request, Success};
use crate::domain::principal::Principal;

/// What the owner of the socket is to do, in this order.
#[derive(Clone, Debug)]
pub enum Effect {
    /// One text message.
    Send(Bytes),
    /// A WebSocket ping with the number of bytes sent so far; its pong goes to [`Session::pong`].
    Probe(u64),
    /// Whose connection this is; the answer goes to [`Session::admitted`].
    Authenticate { token: Option<String> },
    /// The same for a later credential; the answer goes to [`Session::refreshed`].
    Refresh { question: u64, token: String },
    /// Bring the events after this one into memory, then call [`Session::loaded`].
    Load { after: i64 },
    /// The answer goes to [`Session::answered`].
    Ask(Question),
    /// Close the socket. Nothing follows.
    Close { code: CloseCode },
}

#[derive(Debug)]
pub struct Session<C: Codec = Json> {
    codec: C,
    settings: Arc<Settings>,
    /// Random id of this connection.
    client: Arc<str>,
    phase: Phase,
    /// Set once the connection is to end, until the effect is out.
    closing: Option<CloseCode>,
    /// A malformed line was read: what follows it is not listened to.
    deaf: bool,
    queue: VecDeque<Queued>,
    waiting: Option<Waiting>,
    last_question: u64,
    subscriptions: Subscriptions,
    loading: Option<Loading>,
    outbox: Outbox,
    liveness: Liveness,
    rate: Rate,
    /// This session's share of what is spread over many.
    insufficient_delay: Duration,
    counts: Counts,
    effects: Vec<Effect>,
}

#[derive(Debug)]
enum Phase {
    /// Nobody yet.
    New {
        connect_by: Instant,
    },
    Admitted(Viewer),
    /// `connect` was answered with an error; the client is expected to close.
    Refused {
        close_at: Instant,
        code: CloseCode,
    },
    Closed,
}

#[derive(Debug)]
struct Queued {
    arrived: Instant,
    command: Result<Command, Malformed>,
}

impl Session<Json> {
    /// `chance` is random: it spreads what many sessions would do at the same moment.
    pub fn new(settings: Arc<Settings>, client: Arc<str>, chance: u16, now: Instant) -> Self {
        Self::with_codec(Json, settings, client, chance, now)
    }
}

impl<C: Codec> Session<C> {
    pub fn with_codec(
        codec: C,
        settings: Arc<Settings>,
        client: Arc<str>,
        chance: u16,
        now: Instant,
    ) -> Self {
        let share = |of: Duration| of * u32::from(chance) / u32::from(u16::MAX);
        let half = settings.ping / 2;
        Self {
            codec,
            client,
            phase: Phase::New {
                connect_by: now + settings.connect_wait,
            },
            closing: None,
            deaf: false,
            queue: VecDeque::new(),
            waiting: None,
            last_question: 0,
            subscriptions: Subscriptions::default(),
            loading: None,
            outbox: Outbox::new(settings.credit_bytes, settings.frame_bytes),
            liveness: Liveness::new(settings.ping, settings.pong_wait, now + half + share(half)),
            rate: Rate::new(settings.commands_per_second, settings.command_burst, now),
            insufficient_delay: share(settings.insufficient_spread),
            counts: Counts::new(),
            effects: Vec::new(),
            settings,
        }
    }

    /// A text message. `feed` is the viewer's, from the admission on.
    pub fn receive<F: Feed>(
        &mut self,
        message: &str,
        now: Instant,
        feed: Option<&F>,
    ) -> Vec<Effect> {
        if !self.listens() {
            return Vec::new();
        }
        self.liveness.heard();
        if message.len() > self.settings.max_message_bytes {
            self.close(CloseCode::MessageTooBig);
            return self.finish(now, feed);
        }
        self.look_at(feed);
        for command in self.codec.decode(message.as_bytes()) {
            self.deaf = command.is_err();
            self.take_in(command, now, feed);
            if !self.listens() {
                break;
            }
        }
        self.finish(now, feed)
    }

    /// A binary message.
    pub fn binary(&mut self, now: Instant) -> Vec<Effect> {
        self.cut(CloseCode::BadRequest, now)
    }

    /// A text message that is not UTF-8.
    pub fn not_utf8(&mut self, now: Instant) -> Vec<Effect> {
        self.cut(CloseCode::BadRequest, now)
    }

    /// A message, or what its parts have come to, above the limit.
    pub fn too_big(&mut self, now: Instant) -> Vec<Effect> {
        self.cut(CloseCode::MessageTooBig, now)
    }

    /// Ends the session for a reason of its owner's: shutdown, an operator's wish.
    pub fn cut(&mut self, code: CloseCode, now: Instant) -> Vec<Effect> {
        self.close(code);
        self.flush(now)
    }

    /// The answer to a probe.
    pub fn pong<F: Feed>(&mut self, total: u64, now: Instant, feed: Option<&F>) -> Vec<Effect> {
        self.liveness.heard();
        self.outbox.acknowledge(total, now);
        self.pull(now, feed)
    }

    /// Something is new in the log, in its rights or in a state.
    pub fn pull<F: Feed>(&mut self, now: Instant, feed: Option<&F>) -> Vec<Effect> {
        self.look_at(feed);
        self.finish(now, feed)
    }

    /// What is subscribed to, so that the owner keeps presence, computes those
    /// states that somebody watches, and calls [`Self::pull`] when one is new.
    pub fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.subscriptions.channels()
    }

    /// Whose connection it is, once that is known.
    pub fn viewer(&self) -> Option<(&Identity, &Arc<Principal>)> {
        match &self.phase {
            Phase::Admitted(viewer) => Some((&viewer.identity, &viewer.principal)),
            Phase::New { .. } | Phase::Refused { .. } | Phase::Closed => None,
        }
    }

    /// What happened since this was last asked.
    pub fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    fn listens(&self) -> bool {
        let expects = matches!(self.phase, Phase::New { .. } | Phase::Admitted(_));
        expects && self.is_open() && !self.deaf
    }

    fn is_open(&self) -> bool {
        self.closing.is_none() && !matches!(self.phase, Phase::Closed)
    }

    /// The first reason counts.
    fn close(&mut self, code: CloseCode) {
        self.closing.get_or_insert(code);
    }

    fn take_in<F: Feed>(
        &mut self,
        command: Result<Command, Malformed>,
        now: Instant,
        feed: Option<&F>,
    ) {
        let is_pong = matches!(&command, Ok(command) if command.request == Request::Pong);
        if !self.rate.take(now) || self.queue.len() >= self.settings.queued_commands {
            self.close(CloseCode::TooManyRequests);
        } else if !is_pong || matches!(self.phase, Phase::New { .. }) {
            self.queue.push_back(Queued {
                arrived: now,
                command,
            });
            self.serve_queue(now, feed);
        }
    }

    fn count(&mut self, what: Counted) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn reply(&mut self, id: u32, success: Success) {
        let outcome = Ok(success);
        self.outbox.push(self.codec.reply(&Reply { id, outcome }));
    }

    fn fail(&mut self, id: u32, error: ErrorCode) {
        self.count(Counted::Error(error));
        let outcome = Err(error);
        self.outbox.push(self.codec.reply(&Reply { id, outcome }));
    }

    /// The end of every entry: what can be served, what can be delivered, and out with it.
    fn finish<F: Feed>(&mut self, now: Instant, feed: Option<&F>) -> Vec<Effect> {
        if self.is_open() {
            self.serve_queue(now, feed);
            self.deliver(now, feed);
        }
        self.flush(now)
    }

    fn flush(&mut self, now: Instant) -> Vec<Effect> {
        if !matches!(self.phase, Phase::Closed) {
            self.outbox.flush(now, &mut self.effects);
        }
        if let Some(code) = self.closing.take()
            && !matches!(self.phase, Phase::Closed)
        {
            self.phase = Phase::Closed;
            self.queue.clear();
            self.waiting = None;
            self.loading = None;
            self.subscriptions = Subscriptions::default();
            self.count(Counted::Close(code));
            self.effects.push(Effect::Close { code });
        }
        std::mem::take(&mut self.effects)
    }
}

#[cfg(test)]
mod tests;
