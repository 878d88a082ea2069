//! What the rest of the program sees of the actors: async methods, no addresses.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use actix::Addr;
use actix::dev::SendError;
use arc_swap::ArcSwap;
use tokio::sync::{oneshot, watch};

use super::feed::Feed;
use super::node::Node;
use super::registry::Tenants;
use super::stage::StageActor;
use super::tenant::{CatchUp, Execute, Retire, SOON, TenantActor};
use crate::domain::ids::{CommandId, StageId, TenantId};
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::refusal::Refusal;
use crate::domain::pipeline::view::View;
use crate::domain::principal::Principal;
use crate::domain::time::Timestamp;
use crate::trace;

/// How long somebody who comes waits to know where the log stands.
const PATIENCE: Duration = Duration::from_secs(2);

/// A command on its way, with who gives it.
#[derive(Clone, Debug)]
pub struct Order {
    pub command: Command,
    pub principal: Arc<Principal>,
    pub idempotency: Option<Idempotency>,
    pub request_id: Arc<str>,
}

/// The caller's `Idempotency-Key` and a fingerprint of what was asked with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    pub key: Arc<str>,
    pub request_hash: i64,
}

/// A command that is durable.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub command_id: CommandId,
    /// Number of the command's last event; the head where it changed nothing.
    pub seq: i64,
    /// The rows after it, the one the command was about first.
    pub rows: Arc<[Row]>,
    /// What happened to each of the rows.
    pub kinds: Arc<[EventKind]>,
    /// The key had been used before with the same request: this is what was answered then.
    pub replayed: bool,
}

impl Receipt {
    /// Of a command that found nothing to change.
    pub(super) fn of_nothing(command_id: CommandId, head: i64) -> Self {
        Self {
            command_id,
            seq: head,
            rows: Arc::new([]),
            kinds: Arc::new([]),
            replayed: false,
        }
    }

    /// Number of the command's first event.
    pub(super) fn first_seq(&self) -> i64 {
        self.seq + 1 - i64::try_from(self.rows.len()).unwrap_or(i64::MAX)
    }
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the idempotency key was used with another request")]
    IdempotencyMismatch,
    /// Nothing has been done.
    #[error("too much to do")]
    Busy { retry_after: Duration },
    /// Nothing has been done, unless the outcome is unknown: then the same
    /// `Idempotency-Key` finds out.
    #[error("the log cannot be written")]
    Unavailable {
        retry_after: Duration,
        outcome_unknown: bool,
    },
    /// The rules allowed what the database does not: a fault of the program.
    /// Nothing has been done.
    #[error("the database refused the command")]
    Rejected,
}

impl CommandError {
    pub(super) fn busy() -> Self {
        Self::Busy {
            retry_after: SOON * 4,
        }
    }

    pub(super) fn unavailable() -> Self {
        Self::Unavailable {
            retry_after: SOON * 4,
            outcome_unknown: false,
        }
    }
}

/// What a tenant's actor shows to all threads.
pub(super) struct Shared {
    pub tenant: TenantId,
    /// What sessions read.
    pub feed: Arc<Feed>,
    node: Arc<Node>,
    view: ArcSwap<View>,
    /// The head of the view, for those who follow it.
    pub changed: watch::Sender<i64>,
    /// The number of the last event that changed the configuration; 0 when
    /// none has since the tenant was loaded.
    configured_at: AtomicI64,
    /// Commands that have not been answered.
    pending: AtomicUsize,
    pub stages: ArcSwap<HashMap<StageId, Addr<StageActor>>>,
    live: AtomicBool,
    /// When the view was last known to be what the log leads to, in µs.
    confirmed_us: AtomicI64,
    used_us: AtomicI64,
    /// The tenant has left memory, or is about to.
    left: AtomicBool,
}

impl Shared {
    pub fn new(node: Arc<Node>, view: Arc<View>, feed: Arc<Feed>) -> Self {
        let now = node.now().timestamp_micros();
        Self {
            tenant: view.state.tenant.id,
            feed,
            node,
            changed: watch::Sender::new(view.state.head),
            configured_at: AtomicI64::new(0),
            pending: AtomicUsize::new(0),
            view: ArcSwap::new(view),
            stages: ArcSwap::default(),
            live: AtomicBool::new(true),
            confirmed_us: AtomicI64::new(now),
            used_us: AtomicI64::new(now),
            left: AtomicBool::new(false),
        }
    }

    /// The view, without counting as use.
    pub fn peek_view(&self) -> Arc<View> {
        self.view.load_full()
    }

    /// The number of the last event that readers see.
    pub fn head(&self) -> i64 {
        self.view.load().state.head
    }

    pub fn publish(&self, view: &Arc<View>, now: Timestamp) {
        self.view.store(Arc::clone(view));
        self.confirm(now);
        self.changed.send_replace(view.state.head);
        self.node.published.notify_one();
    }

    /// The same state, with more known beside it.
    pub fn replace(&self, view: &Arc<View>) {
        self.view.store(Arc::clone(view));
    }

    /// To be said before the view that has the change is published.
    pub fn configured(&self, head: i64) {
        self.configured_at.fetch_max(head, Ordering::AcqRel);
    }

    pub fn set_pending(&self, commands: usize) {
        self.pending.store(commands, Ordering::Relaxed);
    }

    pub fn confirm(&self, now: Timestamp) {
        self.confirmed_us
            .store(now.timestamp_micros(), Ordering::Relaxed);
    }

    pub fn set_live(&self, live: bool) {
        self.live.store(live, Ordering::Relaxed);
    }

    pub fn touch(&self) {
        self.used_us
            .store(self.node.now().timestamp_micros(), Ordering::Relaxed);
    }

    /// Since when nobody has used or looked at the tenant.
    pub fn idle_for(&self) -> Duration {
        if self.feed.has_readers() {
            self.touch();
        }
        let idle = self.node.now().timestamp_micros() - self.used_us.load(Ordering::Relaxed);
        Duration::from_micros(u64::try_from(idle).unwrap_or(0))
    }

    pub fn used_us(&self) -> i64 {
        self.used_us.load(Ordering::Relaxed)
    }

    pub fn leave(&self) {
        self.left.store(true, Ordering::Relaxed);
    }

    pub fn has_left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }
}

/// How current a view is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// The log can be read and written.
    pub live: bool,
    /// When the view was last known to be what the log leads to.
    pub as_of: Timestamp,
}

/// One tenant in memory.
#[derive(Clone)]
pub struct TenantHandle {
    pub(super) shared: Arc<Shared>,
    pub(super) address: Addr<TenantActor>,
    pub(super) tenants: Tenants,
}

impl TenantHandle {
    pub fn id(&self) -> TenantId {
        self.shared.tenant
    }

    /// The last committed view. Costs nothing and never waits.
    pub fn view(&self) -> Arc<View> {
        self.shared.touch();
        self.shared.view.load_full()
    }

    /// The same without counting as use: a tenant that nobody else looks at leaves.
    pub fn peek_view(&self) -> Arc<View> {
        self.shared.peek_view()
    }

    /// The head of the view.
    pub fn head(&self) -> i64 {
        self.shared.head()
    }

    /// Waits until the head is no longer `head`.
    pub async fn leaves(&self, head: i64) {
        let mut changed = self.shared.changed.subscribe();
        // fails only when the sender is gone, which this handle holds
        let _ = changed.wait_for(|now| *now != head).await;
    }

    /// The number of the last event that changed the configuration; 0 when
    /// none has since the tenant was loaded.
    pub fn configured_at(&self) -> i64 {
        self.shared.configured_at.load(Ordering::Acquire)
    }

    /// Commands that have not been answered.
    pub fn pending(&self) -> usize {
        if self.address.connected() {
            self.shared.pending.load(Ordering::Relaxed)
        } else {
            0
        }
    }

    /// What there is to follow, and to be told of.
    pub fn feed(&self) -> &Arc<Feed> {
        &self.shared.feed
    }

    /// Waits until what other nodes had committed before this call has come here,
    /// if it can be found out.
    pub async fn catch_up(&self) {
        let feed = &self.shared.feed;
        let caught_up = feed.catch_up(|| {
            let asked = CatchUp { other_log: false };
            let _ = self.address.try_send(asked);
        });
        if tokio::time::timeout(PATIENCE, caught_up).await.is_err() {
            tracing::debug!("a reader goes on without knowing where the log stands");
        }
    }

    pub fn freshness(&self) -> Freshness {
        let confirmed = self.shared.confirmed_us.load(Ordering::Relaxed);
        let live = self.shared.live.load(Ordering::Relaxed) && self.address.connected();
        let now = self.shared.node.now();
        let as_of = if live {
            now
        } else {
            Timestamp::from_timestamp_micros(confirmed).unwrap_or(now)
        };
        Freshness { live, as_of }
    }

    /// Answers when the command is durable, or will not be.
    pub async fn execute(&self, order: Order) -> Result<Receipt, CommandError> {
        self.ask(order, false).await
    }

    /// The first answer to the order's `Idempotency-Key`, if it has been used.
    /// For those who would refuse an order before it is given: what was
    /// answered once is answered again, whatever has changed since.
    pub async fn recall(&self, order: Order) -> Result<Option<Receipt>, CommandError> {
        if order.idempotency.is_none() {
            return Ok(None);
        }
        let receipt = self.ask(order, true).await?;
        Ok(receipt.replayed.then_some(receipt))
    }

    async fn ask(&self, order: Order, recalls: bool) -> Result<Receipt, CommandError> {
        self.shared.touch();
        let (reply, answer) = oneshot::channel();
        let execute = Execute {
            order,
            reply,
            span: trace::command(),
            tries: 0,
            key_is_new: false,
            doubtful: false,
            recalls,
        };
        match self.send(execute) {
            Ok(()) => {}
            Err(SendError::Full(_)) => return Err(CommandError::busy()),
            Err(SendError::Closed(execute)) => {
                // it has left memory since this handle was made
                let reopened = self.tenants.reopen(self.shared.tenant).await;
                let reopened = reopened.map_err(|_| CommandError::unavailable())?;
                match reopened.send(execute) {
                    Ok(()) => {}
                    Err(SendError::Full(_)) => return Err(CommandError::busy()),
                    Err(SendError::Closed(_)) => return Err(CommandError::unavailable()),
                }
            }
        }
        let lost = CommandError::Unavailable {
            retry_after: SOON * 4,
            outcome_unknown: true,
        };
        answer.await.unwrap_or(Err(lost))
    }

    #[expect(
        clippy::result_large_err,
        reason = "the command comes back to be sent elsewhere"
    )]
    fn send(&self, execute: Execute) -> Result<(), SendError<Execute>> {
        let stages = self.shared.stages.load();
        let stage = match &execute.order.command {
            Command::Task { id, .. } if !execute.recalls => {
                let view = self.shared.view.load();
                view.state
                    .task(*id)
                    .and_then(|task| stages.get(&task.stage_id))
                    .cloned()
            }
            _ => None,
        };
        match stage {
            Some(stage) if self.address.connected() => stage.try_send(execute),
            _ => self.address.try_send(execute),
        }
    }

    pub(super) fn retire(&self) {
        self.shared.leave();
        if self.address.try_send(Retire).is_err() {
            tracing::debug!("the tenant is busy or gone already");
        }
    }
}
