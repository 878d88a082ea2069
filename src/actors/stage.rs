//! One per tenant and stage: checks commands about the stage's tasks one after
//! another, what is staged but not yet committed included, and marks those that
//! it would refuse, so that the tenant decides only what can be carried out.
//!
//! `handle → stage → tenant`

use std::collections::HashMap;
use std::sync::Arc;

use actix::prelude::*;

use super::node::Node;
use super::tenant::{Execute, StageDied, TenantActor};
use crate::domain::ids::{StageId, TaskId};
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::task::Task;
use crate::domain::pipeline::transition;
use crate::domain::pipeline::view::View;

/// A batch was committed, or what another node wrote has been read.
#[derive(Message)]
#[rtype(result = "()")]
pub struct ViewPublished(pub Arc<View>);

/// What had been staged will not be: begin again from what is committed.
#[derive(Message)]
#[rtype(result = "()")]
pub struct ForgetStaged(pub Arc<View>);

/// The tenant refused one command that this stage had let through.
#[derive(Message)]
#[rtype(result = "()")]
pub struct ForgetTask(pub TaskId);

#[derive(Message)]
#[rtype(result = "()")]
pub struct StopStage;

pub struct StageActor {
    id: StageId,
    node: Arc<Node>,
    tenant: Addr<TenantActor>,
    view: Arc<View>,
    /// Tasks of this stage as they will be when all is committed.
    staged: HashMap<TaskId, Arc<Task>>,
    expected_end: bool,
}

impl StageActor {
    pub fn new(id: StageId, node: Arc<Node>, tenant: Addr<TenantActor>, view: Arc<View>) -> Self {
        Self {
            id,
            node,
            tenant,
            view,
            staged: HashMap::new(),
            expected_end: false,
        }
    }

    /// Checks a command against the task as it will be. The tenant decides
    /// where this memory cannot: on what is not here, and on a refusal that
    /// rests on something staged, which may yet come to nothing.
    fn is_possible(&mut self, execute: &Execute) -> bool {
        let Command::Task {
            id,
            expected,
            action,
        } = &execute.order.command
        else {
            return true;
        };
        let staged = self.staged.get(id);
        let Some(task) = staged.or_else(|| self.view.state.task(*id)) else {
            return true;
        };
        let now = self.node.now();
        let place = self.view.state.place(task);
        let principal = &execute.order.principal;
        match transition::act(task, &place, *expected, action, principal, now) {
            Ok((next, _)) => {
                self.staged.insert(*id, Arc::new(next));
                true
            }
            Err(_) => staged.is_some(),
        }
    }
}

impl Actor for StageActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(self.node.limits.mailbox);
    }
}

impl Drop for StageActor {
    /// After a panic nothing else would tell the tenant.
    fn drop(&mut self) {
        if !self.expected_end {
            self.tenant.do_send(StageDied(self.id));
        }
    }
}

impl Handler<Execute> for StageActor {
    type Result = ();

    fn handle(&mut self, mut execute: Execute, _: &mut Self::Context) {
        execute.doubtful = !self.is_possible(&execute);
        if let Err(error) = self.tenant.try_send(execute) {
            super::tenant::answer_unsent(error);
        }
    }
}

impl Handler<ViewPublished> for StageActor {
    type Result = ();

    fn handle(&mut self, published: ViewPublished, _: &mut Self::Context) {
        self.view = published.0;
        let state = &self.view.state;
        self.staged.retain(|id, task| {
            state
                .task(*id)
                .is_some_and(|committed| committed.version < task.version)
        });
    }
}

impl Handler<ForgetStaged> for StageActor {
    type Result = ();

    fn handle(&mut self, forget: ForgetStaged, _: &mut Self::Context) {
        self.view = forget.0;
        self.staged.clear();
    }
}

impl Handler<ForgetTask> for StageActor {
    type Result = ();

    fn handle(&mut self, forget: ForgetTask, _: &mut Self::Context) {
        self.staged.remove(&forget.0);
    }
}

impl Handler<StopStage> for StageActor {
    type Result = ();

    fn handle(&mut self, _: StopStage, ctx: &mut Self::Context) {
        self.expected_end = true;
        ctx.stop();
    }
}

/// For tests of what happens when an actor dies.
#[cfg(test)]
#[derive(Message)]
#[rtype(result = "()")]
pub struct Panic;

#[cfg(test)]
impl Handler<Panic> for StageActor {
    type Result = ();

    fn handle(&mut self, _: Panic, _: &mut Self::Context) {
        panic!("asked to");
    }
}
