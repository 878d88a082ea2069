//! Questions that are answered from elsewhere, and what their answers do.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use super::access::Refusal;
use super::{Effect, Phase, Session};
use crate::domain::principal::Principal;
use crate::realtime::channel::{Channel, Visibility};
use crate::realtime::codec::Codec;
use crate::realtime::feed::{Feed, StateValue};
use crate::realtime::protocol::{ErrorCode, HistoryPage, PresenceEntry, Success};

#[derive(Clone, Debug)]
pub struct Question {
    /// Repeated in the answer.
    pub id: u64,
    pub asked: Asked,
}

#[derive(Clone, Debug)]
pub enum Asked {
    /// The first `limit` publications that `who` may see in (`after`, `upto`],
    /// or the last ones, newest first. Fewer when they exceed `budget` bytes.
    History {
        channel: Channel,
        who: Arc<Principal>,
        after: i64,
        upto: i64,
        limit: usize,
        newest_first: bool,
        budget: usize,
    },
    Presence(Channel),
    PresenceStats(Channel),
    /// The value of a state channel that was not computed yet.
    FirstValue(Channel),
}

#[derive(Clone, Debug)]
pub enum Answer {
    /// Each as `Codec::publication` writes it.
    History(Vec<Bytes>),
    Presence(Vec<PresenceEntry>),
    PresenceStats {
        clients: u64,
        users: u64,
    },
    FirstValue(StateValue),
}

/// The command that holds back the others.
#[derive(Debug)]
pub struct Waiting {
    pub command: u32,
    pub question: u64,
    pub until: Instant,
    pub pending: Pending,
}

#[derive(Debug)]
pub enum Pending {
    Connect,
    Refresh,
    /// To a state channel.
    Subscribe {
        channel: Channel,
        was_recovering: bool,
    },
    /// The list, or its length.
    Presence(Channel),
    History {
        channel: Channel,
        /// The viewer's when it was asked.
        visibility: Visibility,
        page: HistoryPage,
    },
}

impl<C: Codec> Session<C> {
    pub(super) fn ask(
        &mut self,
        command: u32,
        pending: Pending,
        asked: Asked,
        arrived: Instant,
        now: Instant,
    ) {
        if let Some(id) = self.wait(command, pending, arrived, now) {
            self.effects.push(Effect::Ask(Question { id, asked }));
        }
    }

    /// Waits for an answer, unless the command has waited too long already.
    pub(super) fn wait(
        &mut self,
        command: u32,
        pending: Pending,
        arrived: Instant,
        now: Instant,
    ) -> Option<u64> {
        let until = arrived + self.settings.answer_within;
        if now >= until {
            self.fail(command, ErrorCode::Internal);
            return None;
        }
        self.last_question += 1;
        self.waiting = Some(Waiting {
            command,
            question: self.last_question,
            until,
            pending,
        });
        Some(self.last_question)
    }

    /// The answer to `Effect::Ask`. One that comes too late is ignored.
    pub fn answered<F: Feed>(
        &mut self,
        question: u64,
        answer: Result<Answer, ErrorCode>,
        now: Instant,
        feed: Option<&F>,
    ) -> Vec<Effect> {
        self.look_at(feed);
        if self.is_open()
            && let Some(waiting) = self.waiting.take_if(|w| w.question == question)
        {
            let id = waiting.command;
            match answer.and_then(|answer| self.conclude(id, waiting.pending, answer)) {
                Ok(Some(success)) => self.reply(id, success),
                Ok(None) => (),
                Err(error) => self.fail(id, error),
            }
        }
        self.finish(now, feed)
    }

    /// Rights may have changed since the question was asked. `None`: replied already.
    fn conclude(
        &mut self,
        command: u32,
        pending: Pending,
        answer: Answer,
    ) -> Result<Option<Success>, ErrorCode> {
        let channel = match &pending {
            Pending::Subscribe { channel, .. }
            | Pending::Presence(channel)
            | Pending::History { channel, .. } => channel,
            Pending::Connect | Pending::Refresh => return Err(ErrorCode::Internal),
        };
        let about_people = matches!(pending, Pending::Presence(_));
        if !self.may_subscribe(channel) || about_people && !self.sees_colleagues() {
            return Err(ErrorCode::PermissionDenied);
        }
        match (pending, answer) {
            (
                Pending::Subscribe {
                    channel,
                    was_recovering,
                },
                Answer::FirstValue(value),
            ) => {
                self.subscribe_state(command, channel, was_recovering, value);
                Ok(None)
            }
            (Pending::Presence(_), Answer::Presence(entries)) => {
                if entries.len() > self.settings.presence_entries {
                    return Err(ErrorCode::LimitExceeded);
                }
                Ok(Some(Success::Presence(entries)))
            }
            (Pending::Presence(_), Answer::PresenceStats { clients, users }) => {
                Ok(Some(Success::PresenceStats { clients, users }))
            }
            (
                Pending::History {
                    channel,
                    visibility,
                    mut page,
                },
                Answer::History(publications),
            ) => {
                if !self.still_sees(&channel, &visibility, &page) {
                    return Err(ErrorCode::Internal);
                }
                page.publications = within(publications, self.settings.frame_bytes);
                Ok(Some(Success::History(page)))
            }
            _ => Err(ErrorCode::Internal),
        }
    }

    fn still_sees(&self, channel: &Channel, visibility: &Visibility, page: &HistoryPage) -> bool {
        matches!(&self.phase, Phase::Admitted(viewer)
            if channel.visibility(&viewer.principal) == *visibility
                && viewer.head.epoch == page.epoch)
    }

    /// The command that waits has waited too long.
    pub(super) fn give_up_waiting(&mut self, now: Instant) {
        if let Some(waiting) = self.waiting.take_if(|w| now >= w.until) {
            match waiting.pending {
                Pending::Connect => self.refuse(waiting.command, Refusal::Failed, now),
                _ => self.fail(waiting.command, ErrorCode::Internal),
            }
        }
    }
}

/// The first ones, at least one, up to so many bytes.
fn within(mut publications: Vec<Bytes>, budget: usize) -> Vec<Bytes> {
    let mut total = 0;
    let fitting = publications.iter().take_while(|publication| {
        total += publication.len() + 1;
        total <= budget
    });
    let count = fitting.count().max(1);
    publications.truncate(count);
    publications
}
