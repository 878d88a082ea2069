//! What each command does.

use std::sync::Arc;
use std::time::Instant;

use super::answers::{Asked, Pending};
use super::recovery::{self, Recovery};
use super::subscriptions::{Progress, Subscription};
use super::{Counted, Effect, Phase, Session};
use crate::realtime::channel::{Channel, ChannelKind};
use crate::realtime::codec::{Codec, Malformed};
use crate::realtime::feed::{Feed, StateValue};
use crate::realtime::protocol::{
    CloseCode, Command, ErrorCode, History, HistoryPage, MAX_CHANNEL_BYTES, Request, Subscribe,
    Subscribed, Success,
};

impl<C: Codec> Session<C> {
    /// Serves what can be served now, in order.
    pub(super) fn serve_queue<F: Feed>(&mut self, now: Instant, feed: Option<&F>) {
        while self.is_open() && self.waiting.is_none() {
            if !self.queue.is_empty() && !self.outbox.takes_replies() {
                return self.outbox.starve();
            }
            let Some(queued) = self.queue.pop_front() else {
                return;
            };
            match queued.command {
                Ok(command) => self.serve(command, queued.arrived, now, feed),
                Err(Malformed) => self.close(CloseCode::BadRequest),
            }
        }
    }

    fn serve<F: Feed>(
        &mut self,
        command: Command,
        arrived: Instant,
        now: Instant,
        feed: Option<&F>,
    ) {
        let Command { id, request } = command;
        self.count(Counted::Command(request.name()));
        let is_new = matches!(self.phase, Phase::New { .. });
        if is_new != matches!(request, Request::Connect(_)) {
            return self.close(CloseCode::BadRequest);
        }
        match request {
            Request::Connect(connect) => {
                if self.wait(id, Pending::Connect, arrived, now).is_some() {
                    let token = connect.token;
                    self.effects.push(Effect::Authenticate { token });
                }
            }
            Request::Subscribe(subscribe) => self.subscribe(id, subscribe, arrived, now, feed),
            Request::Unsubscribe { channel } if channel.is_empty() => {
                self.close(CloseCode::BadRequest);
            }
            Request::Unsubscribe { channel } => {
                self.subscriptions.remove_named(&channel);
                self.reply(id, Success::Unsubscribe);
            }
            Request::Presence { channel } => {
                if let Some(channel) = self.resolve_present(id, &channel) {
                    let asked = Asked::Presence(channel.clone());
                    self.ask(id, Pending::Presence(channel), asked, arrived, now);
                }
            }
            Request::PresenceStats { channel } => {
                if let Some(channel) = self.resolve_present(id, &channel) {
                    let asked = Asked::PresenceStats(channel.clone());
                    self.ask(id, Pending::Presence(channel), asked, arrived, now);
                }
            }
            Request::History(history) => self.history(id, &history, arrived, now),
            Request::Rpc => self.fail(id, ErrorCode::MethodNotFound),
            Request::Publish => self.fail(id, ErrorCode::PermissionDenied),
            Request::Send => self.close(CloseCode::NotAvailable),
            Request::Refresh(refresh) => self.refresh(id, refresh.token, arrived, now),
            Request::SubRefresh { channel } => {
                if self.resolve(id, &channel).is_some() {
                    self.fail(id, ErrorCode::NotAvailable);
                }
            }
            Request::Pong => (),
        }
    }

    /// The channel of that name, if the viewer may subscribe to it; else the
    /// command is answered, always alike, so that names cannot be probed.
    fn resolve(&mut self, id: u32, name: &str) -> Option<Channel> {
        let Phase::Admitted(viewer) = &self.phase else {
            return None;
        };
        if name.is_empty() {
            self.close(CloseCode::BadRequest);
            return None;
        }
        if name.len() > MAX_CHANNEL_BYTES || name.chars().any(char::is_control) {
            self.fail(id, ErrorCode::BadRequest);
            return None;
        }
        let channel = Channel::parse(name, &viewer.slug)
            .filter(|channel| channel.may_subscribe(&viewer.principal));
        if channel.is_none() {
            self.fail(id, ErrorCode::PermissionDenied);
        }
        channel
    }

    fn resolve_present(&mut self, id: u32, name: &str) -> Option<Channel> {
        let channel = self.resolve(id, name)?;
        if !channel.has_presence() {
            self.fail(id, ErrorCode::NotAvailable);
            return None;
        }
        if !self.sees_colleagues() {
            self.fail(id, ErrorCode::PermissionDenied);
            return None;
        }
        Some(channel)
    }

    fn subscribe<F: Feed>(
        &mut self,
        id: u32,
        subscribe: Subscribe,
        arrived: Instant,
        now: Instant,
        feed: Option<&F>,
    ) {
        let Some(channel) = self.resolve(id, &subscribe.channel) else {
            return;
        };
        let refused = if subscribe.filtered {
            Some(ErrorCode::BadRequest)
        } else if subscribe.kind != 0 {
            Some(ErrorCode::NotAvailable)
        } else if self.subscriptions.contains(&channel) {
            Some(ErrorCode::AlreadySubscribed)
        } else if self.subscriptions.len() >= self.settings.max_channels {
            Some(ErrorCode::LimitExceeded)
        } else {
            None
        };
        match (refused, feed) {
            (Some(error), _) => self.fail(id, error),
            (None, None) => self.fail(id, ErrorCode::Internal),
            (None, Some(feed)) => match channel.kind() {
                ChannelKind::Log => self.subscribe_log(id, channel, subscribe, feed),
                ChannelKind::State => match feed.state(&channel) {
                    Some(value) => self.subscribe_state(id, channel, subscribe.recover, value),
                    None => {
                        let asked = Asked::FirstValue(channel.clone());
                        let pending = Pending::Subscribe {
                            channel,
                            was_recovering: subscribe.recover,
                        };
                        self.ask(id, pending, asked, arrived, now);
                    }
                },
            },
        }
    }

    fn subscribe_log<F: Feed>(
        &mut self,
        id: u32,
        channel: Channel,
        subscribe: Subscribe,
        feed: &F,
    ) {
        let Phase::Admitted(viewer) = &self.phase else {
            return;
        };
        let head = viewer.head.clone();
        let decided = subscribe.recover.then(|| {
            let offset = recovery::decide(&subscribe.position, &head, self.settings.replay_events)?;
            // what was visible before the change and is not now, or the other way
            // round, is not in what follows it
            match feed.access_change(&viewer.identity, offset, head.top) {
                Some(_) => Err(Recovery::RightsChanged),
                None => Ok(offset),
            }
        });
        if let Some(outcome) = decided {
            let recovery = outcome.err().unwrap_or(Recovery::Recovered);
            self.count(Counted::Recovery(recovery));
        }
        if matches!(decided, Some(Err(_))) && subscribe.refuse_unrecovered {
            return self.fail(id, ErrorCode::UnrecoverablePosition);
        }
        let recovered = decided.and_then(Result::ok);
        let offset = recovered.unwrap_or(head.top);
        self.subscriptions.add(Subscription {
            channel,
            name: Arc::from(subscribe.channel),
            progress: Progress::Log {
                position: offset,
                stalled: false,
            },
        });
        let subscribed = Subscribed::Log {
            epoch: head.epoch,
            offset,
            was_recovering: subscribe.recover,
            recovered: recovered.is_some(),
        };
        self.reply(id, Success::Subscribe(subscribed));
    }

    /// A state has nothing to recover: the reply holds all of it, so asking for
    /// no less than recovery is satisfied too.
    pub(super) fn subscribe_state(
        &mut self,
        id: u32,
        channel: Channel,
        was_recovering: bool,
        value: StateValue,
    ) {
        let Phase::Admitted(viewer) = &self.phase else {
            return;
        };
        let name = Arc::from(channel.name(&viewer.slug));
        self.subscriptions.add(Subscription {
            channel,
            name,
            progress: Progress::State {
                version: value.version,
            },
        });
        let subscribed = Subscribed::State {
            was_recovering,
            data: value.body,
        };
        self.reply(id, Success::Subscribe(subscribed));
    }

    fn history(&mut self, id: u32, history: &History, arrived: Instant, now: Instant) {
        let Some(channel) = self.resolve(id, &history.channel) else {
            return;
        };
        let Phase::Admitted(viewer) = &self.phase else {
            return;
        };
        let head = &viewer.head;
        let most = self.settings.history_events;
        let limit = match usize::try_from(history.limit) {
            Ok(limit) => limit.min(most),
            Err(_) if history.limit == -1 => most,
            Err(_) => return self.fail(id, ErrorCode::BadRequest),
        };
        if channel.kind() == ChannelKind::State {
            return self.fail(id, ErrorCode::NotAvailable);
        }
        let mut after = head.first - 1;
        let mut upto = head.top;
        if let Some(since) = &history.since {
            let offset = i64::try_from(since.offset).unwrap_or(i64::MAX);
            let other_epoch = !since.epoch.is_empty() && *since.epoch != *head.epoch;
            if other_epoch || offset < head.first - 1 {
                return self.fail(id, ErrorCode::UnrecoverablePosition);
            }
            if history.reverse {
                upto = upto.min(offset - 1);
            } else {
                after = offset;
            }
        }
        let page = HistoryPage {
            publications: Vec::new(),
            epoch: Arc::clone(&head.epoch),
            offset: head.top,
        };
        if limit == 0 || after >= upto {
            return self.reply(id, Success::History(page));
        }
        let asked = Asked::History {
            channel: channel.clone(),
            who: Arc::clone(&viewer.principal),
            after,
            upto,
            limit,
            newest_first: history.reverse,
            budget: self.settings.frame_bytes,
        };
        let visibility = channel.visibility(&viewer.principal);
        let pending = Pending::History {
            channel,
            visibility,
            page,
        };
        self.ask(id, pending, asked, arrived, now);
    }

    fn refresh(&mut self, id: u32, token: String, arrived: Instant, now: Instant) {
        let Phase::Admitted(viewer) = &self.phase else {
            return;
        };
        if viewer.expires_at.is_none() {
            return self.close(CloseCode::BadRequest);
        }
        if let Some(question) = self.wait(id, Pending::Refresh, arrived, now) {
            self.effects.push(Effect::Refresh { question, token });
        }
    }
}
