//! One per tenant with work or viewers on this node: decides what commands
//! change and what follows from that, numbers the events, has them written,
//! and only then publishes the new view and answers.
//!
//! `handle → (stage →) tenant → journal → tenant → handle`
//!
//! Two states stand side by side: the committed one, which readers see, and
//! the working one, which holds what is staged as well. They share all that is
//! the same. Whatever goes wrong with a batch, the working state becomes the
//! committed one again and the commands are decided anew.

mod batch;
mod catch_up;
mod doubt;
mod evaluate;
mod look_back;
mod replay;
mod settle;
mod time;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix::dev::SendError;
use actix::prelude::*;
use tokio::sync::oneshot;
use tracing::Span;

use super::deadlines::Deadlines;
use super::handle::{CommandError, Order, Receipt, Shared};
use super::journal::JournalActor;
use super::keys::Keys;
use super::node::Node;
use super::stage::{ForgetTask, StageActor, StopStage};
use crate::db::events::StoredEvent;
use crate::domain::ids::{IdSource, StageId};
use crate::domain::pipeline::bottleneck::Watch;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::decide::{Context as DecideContext, decide};
use crate::domain::pipeline::state::State;
use crate::domain::pipeline::view::View;
use crate::domain::time::Timestamp;
use batch::{Batch, Staged};
use doubt::{Doubted, Questions};
use look_back::Hindsight;

pub type Reply = oneshot::Sender<Result<Receipt, CommandError>>;

/// A command to carry out, and where its answer goes.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Execute {
    pub order: Order,
    pub reply: Reply,
    /// Until it is answered.
    pub span: Span,
    /// How often another node has come first.
    pub tries: u32,
    /// The database has been asked about the idempotency key: it is new.
    pub key_is_new: bool,
    /// Its stage would refuse it.
    pub doubtful: bool,
    /// Only the first answer to its key is wanted: nothing is carried out.
    pub recalls: bool,
}

/// A stage's actor is gone without having been told to go.
#[derive(Message)]
#[rtype(result = "()")]
pub struct StageDied(pub StageId);

/// Leave memory when everything staged has been settled.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Retire;

/// Another node says what it has committed: up to `head`, with the events
/// unless they are too many to send.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Relayed {
    pub head: i64,
    pub events: Vec<StoredEvent>,
}

/// The log's head is not where this tenant's state is.
#[derive(Message)]
#[rtype(result = "()")]
pub struct CatchUp {
    /// It does not continue this tenant's at all: a restored database.
    pub other_log: bool,
}

/// What a tenant starts with, made outside the actor's thread.
pub struct Loaded {
    pub view: Arc<View>,
    pub deadlines: Deadlines,
    pub keys: Keys,
}

/// Whether the log can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Ready,
    /// Reading what another node wrote; commands wait.
    CatchingUp,
    /// PostgreSQL is away; commands are answered at once.
    Down,
}

pub struct TenantActor {
    node: Arc<Node>,
    shared: Arc<Shared>,
    journal: Addr<JournalActor>,
    ids: IdSource,
    /// What readers see.
    committed: Arc<View>,
    /// With everything staged.
    working: State,
    next: Batch,
    in_flight: Option<Batch>,
    phase: Phase,
    /// Commands that came while catching up, or when the batch was full.
    waiting: Vec<Execute>,
    /// Keyed commands that are staged, with those who sent the same key meanwhile.
    staged_keys: HashMap<Arc<str>, Vec<Execute>>,
    keys: Keys,
    /// Commands that will be refused unless the log says otherwise.
    doubted: Vec<Doubted>,
    questions: Questions,
    /// The log is being read.
    reading: Option<u64>,
    /// It has to be read once more after that.
    read_again: bool,
    stages: HashMap<StageId, Addr<StageActor>>,
    deadlines: Deadlines,
    /// The timer that waits for the first deadline.
    alarm: Option<(Timestamp, SpawnHandle)>,
    next_midnight: Timestamp,
    /// The last evaluations of the stages.
    watch: Watch,
    /// What is known of the day before.
    hindsight: Hindsight,
    /// What the database was last told about when to wake this tenant.
    noted_deadline: Option<Timestamp>,
    /// One command per batch, to find the one that PostgreSQL refuses.
    one_by_one: bool,
    retiring: bool,
}

impl TenantActor {
    pub fn new(
        node: Arc<Node>,
        shared: Arc<Shared>,
        journal: Addr<JournalActor>,
        loaded: Loaded,
    ) -> Self {
        let Loaded {
            view,
            deadlines,
            keys,
        } = loaded;
        let next_midnight = view.state.tenant.zone.end_of(view.today);
        Self {
            ids: node.new_ids(),
            working: view.state.clone(),
            committed: view,
            node,
            shared,
            journal,
            next: Batch::default(),
            in_flight: None,
            phase: Phase::Ready,
            waiting: Vec::new(),
            staged_keys: HashMap::new(),
            keys,
            doubted: Vec::new(),
            questions: Questions::default(),
            reading: None,
            read_again: false,
            stages: HashMap::new(),
            deadlines,
            alarm: None,
            next_midnight,
            watch: Watch::default(),
            hindsight: Hindsight::default(),
            noted_deadline: None,
            one_by_one: false,
            retiring: false,
        }
    }

    /// Commands that have not been answered yet.
    fn pending(&self) -> usize {
        let in_flight = self
            .in_flight
            .as_ref()
            .map_or(0, |batch| batch.commands.len());
        in_flight + self.next.commands.len() + self.waiting.len() + self.doubted.len()
    }

    fn execute(&mut self, execute: Execute, ctx: &mut Context<Self>) {
        match self.phase {
            // whoever asks again finds the actor that comes after this one
            _ if self.retiring => self.refuse(execute, CommandError::busy()),
            _ if self.pending() >= self.node.limits.pending => {
                self.refuse(execute, CommandError::busy());
            }
            Phase::Down => self.refuse(execute, CommandError::unavailable()),
            Phase::CatchingUp => self.waiting.push(execute),
            Phase::Ready if self.is_full() => self.waiting.push(execute),
            Phase::Ready => {
                if let Some(execute) = self.check_key(execute, ctx) {
                    match execute {
                        Execute { recalls: true, .. } => {
                            self.answer_with_nothing(execute, self.committed.state.head);
                        }
                        Execute { doubtful: true, .. } => self.doubt(execute, ctx),
                        _ => self.decide(execute, ctx),
                    }
                }
            }
        }
    }

    /// The batch that is being gathered takes no more, or others wait already.
    fn is_full(&self) -> bool {
        let staged = self.next.commands.len();
        let limit = if self.one_by_one {
            1
        } else {
            self.node.limits.batch
        };
        !self.waiting.is_empty() || staged >= limit || (self.one_by_one && self.in_flight.is_some())
    }

    fn execute_waiting(&mut self, ctx: &mut Context<Self>) {
        for execute in std::mem::take(&mut self.waiting) {
            self.execute(execute, ctx);
        }
    }

    fn decide(&mut self, execute: Execute, ctx: &mut Context<Self>) {
        let now = self.node.now();
        let context = DecideContext {
            principal: &execute.order.principal,
            now,
            ids: &mut self.ids,
        };
        let decided = decide(&mut self.working, &execute.order.command, context);
        if let Command::Review { jamaah_ids } = &execute.order.command {
            self.renew_deadlines(jamaah_ids, now);
        }
        match decided {
            Err(refusal) if execute.order.command.is_by_the_program() => {
                self.refuse(execute, refusal.into());
            }
            Ok(changes) if changes.is_empty() && execute.order.command.is_by_the_program() => {
                self.answer_with_nothing(execute, self.working.head);
            }
            Err(_) => self.doubt(execute, ctx),
            Ok(changes) if changes.is_empty() => self.doubt(execute, ctx),
            Ok(changes) => {
                let Execute {
                    order,
                    reply,
                    span,
                    tries,
                    ..
                } = execute;
                if let Some(idempotency) = &order.idempotency {
                    self.staged_keys.entry(idempotency.key.clone()).or_default();
                }
                let staged = Staged {
                    order,
                    reply,
                    span,
                    tries,
                    command_id: self.ids.next(now),
                };
                self.working.head = self.next.stage(staged, changes, self.working.head, now);
                self.working.content = self.working.head;
                self.write(ctx);
            }
        }
    }

    /// Answers a command that finds nothing to change.
    fn answer_with_nothing(&mut self, execute: Execute, head: i64) {
        let command_id = self.ids.next(self.node.now());
        let _ = execute
            .reply
            .send(Ok(Receipt::of_nothing(command_id, head)));
    }

    /// Answers a command that is not carried out. Its stage has counted on it.
    fn refuse(&mut self, execute: Execute, error: CommandError) {
        self.forget_task(&execute.order.command);
        let _ = execute.reply.send(Err(error));
    }

    fn forget_task(&self, command: &Command) {
        let Command::Task { id, .. } = command else {
            return;
        };
        let stage = self
            .committed
            .state
            .task(*id)
            .and_then(|task| self.stages.get(&task.stage_id));
        if let Some(stage) = stage {
            // a full mailbox only means that it corrects itself at the next commit
            let _ = stage.try_send(ForgetTask(*id));
        }
    }

    /// Every stage that has or may have tasks has an actor.
    fn employ_stages(&mut self, ctx: &mut Context<Self>) {
        let missing: Vec<_> = self
            .committed
            .state
            .stages()
            .into_iter()
            .map(|stage| stage.id)
            .filter(|id| !self.stages.contains_key(id))
            .collect();
        if missing.is_empty() {
            return;
        }
        for id in missing {
            let view = Arc::clone(&self.committed);
            let stage = StageActor::new(id, Arc::clone(&self.node), ctx.address(), view).start();
            self.stages.insert(id, stage);
        }
        self.shared.stages.store(Arc::new(self.stages.clone()));
    }

    fn retire_if_settled(&mut self, ctx: &mut Context<Self>) {
        if self.retiring && self.pending() == 0 {
            self.shared.leave();
            ctx.stop();
        }
    }
}

impl Actor for TenantActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(self.node.limits.mailbox);
        self.employ_stages(ctx);
        self.review_what_time_changed(ctx);
        self.set_alarm(ctx);
        self.evaluate_now_and_then(ctx);
        ctx.run_interval(self.node.limits.poll, |actor, ctx| actor.look_after(ctx));
    }

    fn stopped(&mut self, _: &mut Self::Context) {
        for stage in self.stages.values() {
            // ends by itself when the last address is gone; this is sooner
            let _ = stage.try_send(StopStage);
        }
    }
}

impl Handler<Execute> for TenantActor {
    type Result = ();

    fn handle(&mut self, execute: Execute, ctx: &mut Self::Context) {
        self.execute(execute, ctx);
        self.shared.set_pending(self.pending());
    }
}

impl Handler<StageDied> for TenantActor {
    type Result = ();

    fn handle(&mut self, died: StageDied, ctx: &mut Self::Context) {
        tracing::error!(stage = %died.0, "a stage's actor died, starting another");
        self.node
            .metrics
            .actor_restarts_total
            .with_label_values(&["stage"])
            .inc();
        self.stages.remove(&died.0);
        self.employ_stages(ctx);
    }
}

impl Handler<Retire> for TenantActor {
    type Result = ();

    fn handle(&mut self, _: Retire, ctx: &mut Self::Context) {
        self.retiring = true;
        self.retire_if_settled(ctx);
    }
}

impl Handler<Relayed> for TenantActor {
    type Result = ();

    fn handle(&mut self, news: Relayed, ctx: &mut Self::Context) {
        self.relayed(news, ctx);
    }
}

impl Handler<CatchUp> for TenantActor {
    type Result = ();

    fn handle(&mut self, message: CatchUp, ctx: &mut Self::Context) {
        self.differs(message.other_log, ctx);
    }
}

/// Answers the sender of a command that an actor could not take.
pub fn answer_unsent(error: SendError<Execute>) {
    let (execute, answer) = match error {
        SendError::Full(execute) => (execute, CommandError::busy()),
        SendError::Closed(execute) => (execute, CommandError::unavailable()),
    };
    let _ = execute.reply.send(Err(answer));
}

/// How long to wait before trying what may work soon.
pub const SOON: Duration = Duration::from_millis(250);

/// For tests of what happens when an actor dies.
#[cfg(test)]
#[derive(Message)]
#[rtype(result = "()")]
pub struct Panic;

#[cfg(test)]
impl Handler<Panic> for TenantActor {
    type Result = ();

    fn handle(&mut self, _: Panic, _: &mut Self::Context) {
        panic!("asked to");
    }
}
