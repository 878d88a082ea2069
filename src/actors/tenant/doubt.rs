//! Refusals that rest on memory. Another node may have written since this one
//! last looked, or what is staged may come to nothing, so a command is refused
//! only by a committed state that was the log's head after the command came.
//! A commit proves that, because it compares the head; where there is nothing
//! to commit, reading the log does.

use actix::prelude::*;

use super::{Execute, Phase, TenantActor};
use crate::actors::handle::CommandError;
use crate::actors::keys::Known;
use crate::domain::pipeline::decide::{Context as DecideContext, decide};

/// Commits and reads of the log, numbered in the order in which they begin.
#[derive(Debug, Default)]
pub(super) struct Questions {
    asked: u64,
}

impl Questions {
    pub fn ask(&mut self) -> u64 {
        self.asked += 1;
        self.asked
    }
}

/// A command that will be refused unless the log says otherwise.
pub(super) struct Doubted {
    execute: Execute,
    /// The first question that comes after it.
    after: u64,
}

impl TenantActor {
    pub(super) fn doubt(&mut self, execute: Execute, ctx: &mut Context<Self>) {
        let after = self.questions.asked + 1;
        self.doubted.push(Doubted { execute, after });
        self.ask_about_doubted(ctx);
    }

    /// What is in flight will be followed by a question anyway.
    fn ask_about_doubted(&mut self, ctx: &mut Context<Self>) {
        let idle = self.phase == Phase::Ready && self.in_flight.is_none();
        if idle && !self.doubted.is_empty() && self.reading.is_none() {
            self.catch_up(ctx);
        }
    }

    /// The committed state was the log's head when `question` was answered.
    pub(super) fn proven(&mut self, question: u64, ctx: &mut Context<Self>) {
        let (settled, open) = std::mem::take(&mut self.doubted)
            .into_iter()
            .partition(|doubted| doubted.after <= question);
        self.doubted = open;
        let settled: Vec<Doubted> = settled;
        for doubted in settled {
            self.settle_doubt(doubted.execute, ctx);
        }
        self.ask_about_doubted(ctx);
    }

    fn settle_doubt(&mut self, mut execute: Execute, ctx: &mut Context<Self>) {
        execute.doubtful = false;
        let key = execute
            .order
            .idempotency
            .as_ref()
            .map(|idempotency| &idempotency.key);
        let used =
            |key| self.staged_keys.contains_key(key) || matches!(self.keys.find(key), Known::At(_));
        if key.is_some_and(|key| used(key)) {
            self.execute(execute, ctx);
            return;
        }
        let mut state = self.committed.state.clone();
        let mut ids = self.ids.clone();
        let now = self.node.now();
        let context = DecideContext {
            principal: &execute.order.principal,
            now,
            ids: &mut ids,
        };
        match decide(&mut state, &execute.order.command, context) {
            Err(refusal) => self.refuse(execute, refusal.into()),
            Ok(changes) if changes.is_empty() => {
                self.answer_with_nothing(execute, self.committed.state.head);
            }
            Ok(_) if execute.tries >= self.node.limits.tries => {
                self.refuse(execute, CommandError::busy());
            }
            // only what is staged stands against it, or nothing any more
            Ok(_) => {
                execute.tries += 1;
                self.execute(execute, ctx);
            }
        }
    }

    /// The log cannot be asked.
    pub(super) fn give_up_doubted(&mut self) {
        for doubted in std::mem::take(&mut self.doubted) {
            self.refuse(doubted.execute, CommandError::unavailable());
        }
    }
}
