//! What happens by time alone.

use std::time::Instant;

use super::liveness::Beat;
use super::{Effect, Phase, Session};
use crate::realtime::codec::Codec;
use crate::realtime::feed::Feed;
use crate::realtime::protocol::CloseCode;

impl<C: Codec> Session<C> {
    /// Does what is due. To be called at [`Self::deadline`], or about every second.
    pub fn tick<F: Feed>(&mut self, now: Instant, feed: Option<&F>) -> Vec<Effect> {
        self.look_at(feed);
        if self.is_open() {
            self.give_up_waiting(now);
            self.check_phase(now);
            let slow_at = self.outbox.slow_at(self.settings.slow_after);
            if slow_at.is_some_and(|at| now >= at) {
                self.close(CloseCode::Slow);
            }
            self.give_up_loading(now);
        }
        self.finish(now, feed)
    }

    fn check_phase(&mut self, now: Instant) {
        match &self.phase {
            Phase::New { connect_by } => {
                if now >= *connect_by && self.waiting.is_none() {
                    self.close(CloseCode::Stale);
                }
            }
            Phase::Admitted(viewer) => {
                let expired = |at: Instant| now >= at + self.settings.grace;
                if viewer.expires_at.is_some_and(expired) {
                    self.close(CloseCode::Expired);
                }
                match self.liveness.beat(now) {
                    Beat::Dead => self.close(CloseCode::NoPong),
                    Beat::Ping => self.outbox.push_urgent(self.codec.ping()),
                    Beat::Nothing => (),
                }
            }
            Phase::Refused { close_at, code } => {
                if now >= *close_at {
                    self.close(*code);
                }
            }
            Phase::Closed => (),
        }
    }

    /// When something is due, if nothing comes in before. `None` once closed.
    pub fn deadline(&self) -> Option<Instant> {
        let of_phase = match &self.phase {
            Phase::New { connect_by } => *connect_by,
            Phase::Admitted(viewer) => {
                let expired = viewer.expires_at.map(|at| at + self.settings.grace);
                let beat = self.liveness.deadline();
                expired.map_or(beat, |at| at.min(beat))
            }
            Phase::Refused { close_at, .. } => *close_at,
            Phase::Closed => return None,
        };
        let waiting = self.waiting.as_ref().map(|waiting| waiting.until);
        let slow = self.outbox.slow_at(self.settings.slow_after);
        [waiting, slow, self.load_deadline()]
            .into_iter()
            .flatten()
            .chain([of_phase])
            .min()
    }
}
