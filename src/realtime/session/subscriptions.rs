//! What a connection is subscribed to, and how far each subscription has come.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::realtime::channel::Channel;

#[derive(Clone, Debug)]
pub struct Subscription {
    pub channel: Channel,
    pub name: Arc<str>,
    pub progress: Progress,
}

#[derive(Clone, Copy, Debug)]
pub enum Progress {
    Log {
        /// Everything up to here was delivered, as far as it may be seen.
        position: i64,
        /// What follows is not in memory.
        stalled: bool,
    },
    State {
        /// Of the value delivered last.
        version: u64,
    },
}

/// They take turns, so that one with a long backlog does not starve the others.
#[derive(Debug, Default)]
pub struct Subscriptions {
    all: Vec<Subscription>,
    turn: usize,
    /// When a channel's subscription was last ended for insufficient state.
    insufficient_at: BTreeMap<Channel, Instant>,
}

impl Subscriptions {
    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn channels(&self) -> impl Iterator<Item = &Channel> {
        self.all.iter().map(|subscription| &subscription.channel)
    }

    pub fn channels_where(&self, wanted: impl Fn(&Subscription) -> bool) -> Vec<Channel> {
        let wanted = self.all.iter().filter(|s| wanted(s));
        wanted.map(|s| s.channel.clone()).collect()
    }

    pub fn contains(&self, channel: &Channel) -> bool {
        self.channels().any(|subscribed| subscribed == channel)
    }

    pub fn add(&mut self, subscription: Subscription) {
        self.all.push(subscription);
    }

    pub fn remove_named(&mut self, name: &str) {
        self.all.retain(|subscription| *subscription.name != *name);
    }

    /// Takes out those that `wanted` names.
    pub fn take(&mut self, wanted: impl Fn(&Subscription) -> bool) -> Vec<Subscription> {
        self.all.extract_if(.., |s| wanted(s)).collect()
    }

    /// The subscription whose turn it is.
    pub fn current(&mut self) -> Option<&mut Subscription> {
        if self.turn >= self.all.len() {
            self.turn = 0;
        }
        self.all.get_mut(self.turn)
    }

    pub fn next_turn(&mut self) {
        self.turn += 1;
    }

    pub fn is_insufficient_allowed(
        &self,
        channel: &Channel,
        every: Duration,
        now: Instant,
    ) -> bool {
        self.insufficient_at
            .get(channel)
            .is_none_or(|at| now >= *at + every)
    }

    pub fn insufficient(&mut self, channel: Channel, every: Duration, now: Instant) {
        self.insufficient_at.retain(|_, at| now < *at + every);
        self.insufficient_at.insert(channel, now);
    }
}
