//! A log in a list, for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::domain::ids::UserId;
use crate::domain::principal::{Actor, Permission, Principal, RoleKey};
use crate::domain::reach::Place;
use crate::realtime::channel::Channel;
use crate::realtime::codec::{Codec, Json};
use crate::realtime::feed::{AccessChange, Feed, Identity, Read, StateValue};
use crate::realtime::protocol::{Publication, Push, PushKind};

/// What an event is about, which decides who sees it.
#[derive(Clone, Debug)]
pub enum Item {
    Task {
        role: &'static str,
        bytes: usize,
    },
    /// To the user of the test.
    Notice,
    /// Of the user of the test.
    Rights(AccessChange),
}

#[derive(Debug)]
pub struct TestFeed {
    pub epoch: Arc<str>,
    pub first: i64,
    /// Event `n` is at `n - 1`.
    pub items: Vec<Item>,
    /// Events after this one are in memory.
    pub memory_after: i64,
    pub states: BTreeMap<Channel, StateValue>,
    /// Events that one read looks at.
    pub stride: i64,
}

impl Default for TestFeed {
    fn default() -> Self {
        Self {
            epoch: Arc::from("e1"),
            first: 1,
            items: Vec::new(),
            memory_after: 0,
            states: BTreeMap::new(),
            stride: i64::MAX,
        }
    }
}

pub fn user() -> UserId {
    "0190a5c0-0000-7000-8000-00000000000a".parse().unwrap()
}

pub fn identity() -> Identity {
    Identity {
        actor: Actor::User(user()),
        session: None,
    }
}

pub fn principal(roles: &[&str], permissions: &[Permission]) -> Arc<Principal> {
    Arc::new(Principal {
        actor: Actor::User(user()),
        display_name: Arc::from("ani"),
        roles: roles.iter().map(|key| RoleKey::new(key)).collect(),
        permissions: permissions.iter().copied().collect(),
        reach: crate::domain::reach::Reach::default(),
    })
}

impl TestFeed {
    pub fn tasks(&mut self, count: usize) {
        for _ in 0..count {
            self.items.push(Item::Task {
                role: "a",
                bytes: 10,
            });
        }
    }

    pub fn rights(&mut self, change: AccessChange) {
        self.items.push(Item::Rights(change));
    }

    pub fn set_state(&mut self, channel: Channel, version: u64) {
        let body = Bytes::from(format!("{{\"version\":{version}}}"));
        self.states.insert(channel, StateValue { version, body });
    }

    pub fn load(&mut self, after: i64) {
        self.memory_after = self.memory_after.min(after).max(self.first - 1);
    }

    pub fn sees(&self, offset: i64, channel: &Channel, who: &Principal) -> bool {
        let Some(item) = self.items.get(usize::try_from(offset - 1).unwrap()) else {
            return false;
        };
        match (item, channel) {
            (Item::Task { role, .. }, Channel::Tasks) => sees(who, &RoleKey::new(role)),
            (Item::Task { role, .. }, Channel::RoleTasks(wanted)) => {
                wanted.as_str() == *role && sees(who, wanted)
            }
            (Item::Notice, Channel::User(_)) => true,
            _ => false,
        }
    }

    /// The next event that can be seen.
    pub fn next(&self, after: i64, channel: &Channel, who: &Principal) -> Option<i64> {
        (after + 1..=self.top()).find(|offset| self.sees(*offset, channel, who))
    }

    fn line(&self, offset: i64, channel: &Channel) -> Bytes {
        let pad = match self.items[usize::try_from(offset - 1).unwrap()] {
            Item::Task { bytes, .. } => bytes,
            _ => 0,
        };
        let publication = Json.publication(&Publication {
            offset: Some(offset),
            data: Bytes::from(format!("\"{}\"", "x".repeat(pad))),
            ..Publication::default()
        });
        Json.push(&Push {
            channel: &channel.name("amanah"),
            kind: PushKind::Publication(&publication),
        })
    }
}

impl Feed for TestFeed {
    fn epoch(&self) -> Arc<str> {
        Arc::clone(&self.epoch)
    }

    fn first(&self) -> i64 {
        self.first
    }

    fn top(&self) -> i64 {
        i64::try_from(self.items.len()).unwrap()
    }

    fn access_change(&self, who: &Identity, after: i64, upto: i64) -> Option<(i64, AccessChange)> {
        assert_eq!(who.actor, identity().actor);
        (after + 1..=upto).rev().find_map(|offset| {
            match self.items.get(usize::try_from(offset - 1).ok()?)? {
                Item::Rights(change) => Some((offset, change.clone())),
                _ => None,
            }
        })
    }

    fn read(
        &self,
        channel: &Channel,
        who: &Principal,
        after: i64,
        upto: i64,
        budget: usize,
    ) -> Read {
        assert!(after < upto && upto <= self.top() && budget > 0);
        assert!(after >= self.first - 1, "reads what was pruned");
        if after < self.memory_after {
            return Read::NotLoaded;
        }
        let stop = upto.min(after.saturating_add(self.stride));
        let mut lines = Vec::new();
        let mut to = after;
        for offset in after + 1..=stop {
            if self.sees(offset, channel, who) {
                let line = self.line(offset, channel);
                if !lines.is_empty() && lines.len() + 1 + line.len() > budget {
                    break;
                }
                if !lines.is_empty() {
                    lines.push(b'\n');
                }
                lines.extend_from_slice(&line);
            }
            to = offset;
        }
        Read::Lines {
            to,
            lines: Bytes::from(lines),
        }
    }

    fn state(&self, channel: &Channel) -> Option<StateValue> {
        self.states.get(channel).cloned()
    }
}

/// A task of this role that nobody has.
fn sees(who: &Principal, role: &RoleKey) -> bool {
    who.sees_task(&Place {
        role,
        assignee: None,
        stage: None,
        agent: None,
    })
}
