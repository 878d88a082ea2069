//! Who the viewer is, and what follows when that changes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::answers::Pending;
use super::recovery::Head;
use super::subscriptions::Subscription;
use super::{Counted, Phase, Session};
use crate::domain::principal::Principal;
use crate::realtime::channel::Channel;
use crate::realtime::codec::Codec;
use crate::realtime::feed::{AccessChange, Feed, Identity};
use crate::realtime::protocol::{
    CloseCode, Connected, ErrorCode, Push, PushKind, Success, UnsubscribeCode,
};

/// How long a client whose `connect` got an error has to close by itself.
const CLOSE_REFUSED_AFTER: Duration = Duration::from_secs(5);

/// A credential was accepted.
#[derive(Clone, Debug)]
pub struct Admission {
    pub identity: Identity,
    pub principal: Arc<Principal>,
    /// Of the tenant, as in the names of its channels.
    pub slug: Arc<str>,
    /// The position in the log that `principal` reflects.
    pub at: i64,
    /// Set when the credential must be refreshed by then.
    pub expires_in: Option<Duration>,
}

/// A credential was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Missing, malformed or revoked.
    InvalidToken,
    /// Good, but not any more: the client fetches a new one.
    TokenExpired,
    /// The account or the tenant.
    Disabled,
    /// Too many connections of this user or tenant.
    ConnectionLimit,
    /// Overloaded, or draining.
    Busy,
    /// Our failure.
    Failed,
}

#[derive(Debug)]
pub struct Viewer {
    pub identity: Identity,
    pub principal: Arc<Principal>,
    pub slug: Arc<str>,
    /// The position in the log up to which `principal` is known to be right.
    pub access_at: i64,
    pub expires_at: Option<Instant>,
    /// The log when it was last looked at.
    pub head: Head,
}

impl<C: Codec> Session<C> {
    /// The answer to `Effect::Authenticate`. With an admission comes the feed
    /// of the viewer's tenant.
    pub fn admitted<F: Feed>(
        &mut self,
        outcome: Result<Admission, Refusal>,
        now: Instant,
        feed: Option<&F>,
    ) -> Vec<super::Effect> {
        if let Some(waiting) = self
            .waiting
            .take_if(|w| matches!(w.pending, Pending::Connect))
        {
            match (outcome, feed) {
                (Ok(admission), Some(feed)) => self.admit(waiting.command, admission, now, feed),
                (Ok(_), None) => self.refuse(waiting.command, Refusal::Failed, now),
                (Err(refusal), _) => self.refuse(waiting.command, refusal, now),
            }
        }
        self.finish(now, feed)
    }

    fn admit<F: Feed>(&mut self, command: u32, admission: Admission, now: Instant, feed: &F) {
        let head = head_of(feed);
        self.phase = Phase::Admitted(Viewer {
            identity: admission.identity,
            principal: admission.principal,
            slug: admission.slug,
            access_at: admission.at,
            expires_at: admission.expires_in.map(|left| now + left),
            head,
        });
        self.look_at(Some(feed));
        if self.is_open() {
            let connected = Connected {
                client: Arc::clone(&self.client),
                version: env!("CARGO_PKG_VERSION"),
                ping_s: self.settings.ping.as_secs(),
                ttl_s: admission.expires_in.map(|left| left.as_secs()),
            };
            self.reply(command, Success::Connect(connected));
        }
    }

    /// The SDKs retry after an error, and stop after most closes; an accepted
    /// client that is closed comes back without any backoff.
    pub(super) fn refuse(&mut self, command: u32, refusal: Refusal, now: Instant) {
        let (error, code) = match refusal {
            Refusal::InvalidToken => return self.close(CloseCode::InvalidToken),
            Refusal::Disabled => return self.close(CloseCode::PermissionDenied),
            Refusal::ConnectionLimit => return self.close(CloseCode::ConnectionLimit),
            Refusal::TokenExpired => (ErrorCode::TokenExpired, CloseCode::Expired),
            Refusal::Busy => (ErrorCode::TooManyRequests, CloseCode::TooManyRequests),
            Refusal::Failed => (ErrorCode::Internal, CloseCode::Internal),
        };
        self.fail(command, error);
        self.queue.clear();
        self.phase = Phase::Refused {
            close_at: now + CLOSE_REFUSED_AFTER,
            code,
        };
    }

    /// The answer to `Effect::Refresh`.
    pub fn refreshed<F: Feed>(
        &mut self,
        question: u64,
        outcome: Result<Admission, Refusal>,
        now: Instant,
        feed: Option<&F>,
    ) -> Vec<super::Effect> {
        self.look_at(feed);
        let asked = |w: &mut super::Waiting| {
            w.question == question && matches!(w.pending, Pending::Refresh)
        };
        if let Some(waiting) = self.waiting.take_if(asked) {
            match outcome {
                Ok(admission) => self.renew(waiting.command, admission, now, feed),
                Err(Refusal::InvalidToken) => self.close(CloseCode::InvalidToken),
                Err(Refusal::Disabled) => self.close(CloseCode::PermissionDenied),
                Err(Refusal::ConnectionLimit) => self.close(CloseCode::ConnectionLimit),
                Err(Refusal::TokenExpired) => self.fail(waiting.command, ErrorCode::TokenExpired),
                Err(Refusal::Busy) => self.fail(waiting.command, ErrorCode::TooManyRequests),
                Err(Refusal::Failed) => self.fail(waiting.command, ErrorCode::Internal),
            }
        }
        self.finish(now, feed)
    }

    fn renew<F: Feed>(
        &mut self,
        command: u32,
        admission: Admission,
        now: Instant,
        feed: Option<&F>,
    ) {
        let (Phase::Admitted(viewer), Some(feed)) = (&mut self.phase, feed) else {
            return self.fail(command, ErrorCode::Internal);
        };
        let Admission {
            identity,
            mut principal,
            slug,
            at,
            expires_in,
        } = admission;
        if identity.actor != viewer.identity.actor || slug != viewer.slug {
            return self.close(CloseCode::InvalidToken);
        }
        // the credential may have been looked at before the latest change
        match feed.access_change(&identity, at, viewer.head.top) {
            Some((_, AccessChange::Revoked { code })) => return self.close(code),
            Some((_, AccessChange::Principal(changed))) => principal = changed,
            None => (),
        }
        viewer.identity = identity;
        viewer.access_at = at.max(viewer.head.top);
        viewer.expires_at = expires_in.map(|left| now + left);
        let ttl_s = expires_in.map(|left| left.as_secs());
        self.reply(command, Success::Refresh { ttl_s });
        self.grant(principal);
    }

    /// Looks at the log's head, and at what became of the viewer's rights up to it.
    pub(super) fn look_at<F: Feed>(&mut self, feed: Option<&F>) {
        let (Phase::Admitted(viewer), Some(feed)) = (&mut self.phase, feed) else {
            return;
        };
        let head = head_of(feed);
        if *head.epoch != *viewer.head.epoch {
            // neither positions nor rights can be followed into another log
            return self.close(CloseCode::StateInvalidated);
        }
        let since = viewer.access_at;
        viewer.access_at = since.max(head.top);
        let change = (head.top > since)
            .then(|| feed.access_change(&viewer.identity, since, head.top))
            .flatten();
        viewer.head = head;
        match change {
            Some((_, AccessChange::Revoked { code })) => self.close(code),
            Some((_, AccessChange::Principal(principal))) => self.grant(principal),
            None => (),
        }
    }

    /// From here on the viewer has these rights. Subscriptions that they do not
    /// allow end; those that show something else now must be loaded anew.
    fn grant(&mut self, principal: Arc<Principal>) {
        let Phase::Admitted(viewer) = &mut self.phase else {
            return;
        };
        let old = std::mem::replace(&mut viewer.principal, Arc::clone(&principal));
        self.end(UnsubscribeCode::PermissionLost, |s| {
            !s.channel.may_subscribe(&principal)
        });
        self.end(UnsubscribeCode::StateInvalidated, |s| {
            s.channel.visibility(&old) != s.channel.visibility(&principal)
        });
    }

    /// Ends subscriptions and says so.
    pub(super) fn end(&mut self, code: UnsubscribeCode, which: impl Fn(&Subscription) -> bool) {
        for ended in self.subscriptions.take(which) {
            self.count(Counted::Unsubscribe(code));
            self.outbox.push(self.codec.push(&Push {
                channel: &ended.name,
                kind: PushKind::Unsubscribe(code),
            }));
        }
    }

    pub(super) fn may_subscribe(&self, channel: &Channel) -> bool {
        matches!(&self.phase, Phase::Admitted(v) if channel.may_subscribe(&v.principal))
    }

    pub(super) fn sees_colleagues(&self) -> bool {
        matches!(&self.phase, Phase::Admitted(v) if v.principal.sees_colleagues())
    }
}

fn head_of<F: Feed>(feed: &F) -> Head {
    Head {
        epoch: feed.epoch(),
        first: feed.first(),
        top: feed.top(),
    }
}
