//! From the log to the client: what each subscription has not seen yet, in
//! turns, as far as the credit goes.

use std::time::{Duration, Instant};

use super::subscriptions::{Progress, Subscription};
use super::{Effect, Phase, Session};
use crate::realtime::codec::Codec;
use crate::realtime::feed::{Feed, Read, StateValue};
use crate::realtime::protocol::{Publication, Push, PushKind, UnsubscribeCode};

/// Between attempts to load the same events.
const LOAD_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Events that are waited for.
#[derive(Clone, Copy, Debug)]
pub struct Loading {
    after: i64,
    /// Since when nothing has come.
    since: Instant,
    again_at: Instant,
}

enum Step {
    Delivered,
    UpToDate,
    NoCredit,
    /// What follows this offset is not in memory.
    NotLoaded(i64),
    /// What follows is not stored any more.
    Pruned,
}

impl<C: Codec> Session<C> {
    /// The events that were asked for are in memory, as far as they could be had.
    pub fn loaded<F: Feed>(&mut self, now: Instant, feed: Option<&F>) -> Vec<Effect> {
        self.pull(now, feed)
    }

    /// Rounds over all subscriptions until none has anything more to say.
    pub(super) fn deliver<F: Feed>(&mut self, now: Instant, feed: Option<&F>) {
        let Some(feed) = feed else {
            return;
        };
        loop {
            let mut delivered = false;
            let mut not_loaded = None::<i64>;
            for _ in 0..self.subscriptions.len() {
                match self.step(feed) {
                    Step::Delivered => delivered = true,
                    Step::UpToDate => (),
                    Step::NoCredit => return self.await_credit(now),
                    Step::NotLoaded(after) => {
                        not_loaded = Some(not_loaded.map_or(after, |lowest| lowest.min(after)));
                    }
                    Step::Pruned => delivered |= self.end_insufficient(now),
                }
                self.subscriptions.next_turn();
            }
            if !delivered {
                return self.await_load(not_loaded, now);
            }
        }
    }

    /// One read for the subscription whose turn it is.
    fn step<F: Feed>(&mut self, feed: &F) -> Step {
        let Phase::Admitted(viewer) = &self.phase else {
            return Step::UpToDate;
        };
        let Some(subscription) = self.subscriptions.current() else {
            return Step::UpToDate;
        };
        let Subscription {
            channel,
            name,
            progress,
        } = subscription;
        match progress {
            Progress::Log { position, stalled } => {
                let after = *position;
                if after >= viewer.head.top {
                    *stalled = false;
                    return Step::UpToDate;
                }
                if after < viewer.head.first - 1 {
                    *stalled = true;
                    return Step::Pruned;
                }
                let Some(budget) = self.outbox.read_budget() else {
                    return Step::NoCredit;
                };
                let upto = viewer.head.top;
                match feed.read(channel, &viewer.principal, after, upto, budget) {
                    Read::NotLoaded => {
                        *stalled = true;
                        Step::NotLoaded(after)
                    }
                    Read::Lines { to, .. } if to <= after => Step::UpToDate,
                    Read::Lines { to, lines } => {
                        if !lines.is_empty() {
                            if !self.outbox.fits(&lines) {
                                return Step::NoCredit;
                            }
                            self.outbox.push(lines);
                        }
                        *position = to;
                        *stalled = false;
                        Step::Delivered
                    }
                }
            }
            Progress::State { version } => {
                let Some(value) = feed.state(channel).filter(|v| v.version != *version) else {
                    return Step::UpToDate;
                };
                let seen = value.version;
                let line = state_push(&self.codec, name, value);
                if !self.outbox.fits(&line) {
                    return Step::NoCredit;
                }
                self.outbox.push(line);
                *version = seen;
                Step::Delivered
            }
        }
    }

    /// What is waited for here is the client, not the log.
    fn await_credit(&mut self, now: Instant) {
        self.outbox.starve();
        if let Some(loading) = &mut self.loading {
            loading.since = now;
        }
    }

    fn await_load(&mut self, not_loaded: Option<i64>, now: Instant) {
        let Some(after) = not_loaded else {
            self.loading = None;
            return;
        };
        let same = self.loading.filter(|loading| loading.after == after);
        if same.is_none_or(|loading| now >= loading.again_at) {
            self.loading = Some(Loading {
                after,
                since: same.map_or(now, |loading| loading.since),
                again_at: now + LOAD_AGAIN_AFTER,
            });
            self.effects.push(Effect::Load { after });
        }
    }

    /// When events that do not come are given up.
    fn load_by(&self) -> Option<Instant> {
        let patience = self.settings.answer_within + self.insufficient_delay;
        self.loading.map(|loading| loading.since + patience)
    }

    pub(super) fn load_deadline(&self) -> Option<Instant> {
        let again_at = self.loading.map(|loading| loading.again_at);
        again_at.into_iter().chain(self.load_by()).min()
    }

    pub(super) fn give_up_loading(&mut self, now: Instant) {
        if self.load_by().is_some_and(|by| now >= by) {
            self.end_insufficient(now);
        }
    }

    /// Ends the subscriptions that cannot go on. Their clients come back at
    /// once, so each is told so only from time to time.
    fn end_insufficient(&mut self, now: Instant) -> bool {
        let mut ended = false;
        let every = self.settings.insufficient_every;
        let is_stalled =
            |s: &Subscription| matches!(s.progress, Progress::Log { stalled: true, .. });
        let stalled: Vec<_> = self.subscriptions.channels_where(is_stalled);
        for channel in stalled {
            if self
                .subscriptions
                .is_insufficient_allowed(&channel, every, now)
            {
                self.end(UnsubscribeCode::InsufficientState, |s| s.channel == channel);
                self.subscriptions.insufficient(channel, every, now);
                ended = true;
            }
        }
        ended
    }
}

fn state_push<C: Codec>(codec: &C, channel: &str, value: StateValue) -> bytes::Bytes {
    let publication = codec.publication(&Publication {
        data: value.body,
        ..Publication::default()
    });
    codec.push(&Push {
        channel,
        kind: PushKind::Publication(&publication),
    })
}
