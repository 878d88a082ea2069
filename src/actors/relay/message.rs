//! A message of the relay: whose log, who says so, where the log stands, and
//! the events if they are not too long.
//!
//! ```text
//! {tenant} {node} {head}\n[{event}, …]
//! ```
//!
//! The first line is enough for nodes that do not have the tenant in memory.

use std::borrow::Cow;
use std::sync::Arc;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::Committed;
use crate::db::events::{self, StoredEvent};
use crate::domain::ids::{BatchId, CommandId, StageId, TenantId};
use crate::domain::pipeline::change::{EventKind, Labels};
use crate::domain::principal::Actor;
use crate::domain::time::Timestamp;

/// News from another node.
#[derive(Debug)]
pub struct Message {
    pub tenant: TenantId,
    pub head: i64,
    /// Empty when they have to be read from the log.
    pub events: Events,
}

/// The events, not yet read.
#[derive(Debug)]
pub struct Events(Vec<u8>);

#[derive(Serialize, Deserialize)]
struct Event<'a> {
    seq: i64,
    batch_id: BatchId,
    command_id: CommandId,
    occurred_at: Timestamp,
    actor: Actor,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    subject_type: Cow<'a, str>,
    stage_id: Option<StageId>,
    #[serde(borrow)]
    after: &'a RawValue,
    #[serde(borrow)]
    before: Option<&'a RawValue>,
    labels: Cow<'a, Labels>,
    key: Option<(Cow<'a, str>, i64)>,
    request_id: Cow<'a, str>,
}

impl Message {
    pub fn encode(node: Uuid, committed: &Committed, longest: usize) -> String {
        let head = committed.events.last().map_or(0, |event| event.seq);
        let mut text = format!("{} {node} {head}\n", committed.tenant);
        let size: usize = committed
            .events
            .iter()
            .map(|event| event.after.len() + event.before.as_ref().map_or(0, |text| text.len()))
            .sum();
        if size <= longest
            && let Ok(events) = encode_events(&committed.events)
        {
            text.push_str(&events);
        }
        text
    }

    /// `None` for this node's own.
    pub fn decode(text: &[u8], own: Uuid) -> anyhow::Result<Option<Self>> {
        let end = text
            .iter()
            .position(|byte| *byte == b'\n')
            .context("no first line")?;
        let (line, rest) = text.split_at(end);
        let mut words = std::str::from_utf8(line)?.split(' ');
        let mut word = || words.next().context("the first line is too short");
        let tenant = TenantId(word()?.parse()?);
        let node: Uuid = word()?.parse()?;
        let head = word()?.parse()?;
        let events = Events(rest.get(1..).unwrap_or_default().to_vec());
        Ok((node != own).then_some(Self {
            tenant,
            head,
            events,
        }))
    }
}

impl Events {
    pub fn read(&self) -> anyhow::Result<Vec<StoredEvent>> {
        if self.0.is_empty() {
            return Ok(Vec::new());
        }
        let events: Vec<Event<'_>> = serde_json::from_slice(&self.0)?;
        events.into_iter().map(Event::stored).collect()
    }
}

fn encode_events(events: &[StoredEvent]) -> serde_json::Result<String> {
    let events: Vec<_> = events.iter().map(Event::of).collect::<Result<_, _>>()?;
    serde_json::to_string(&events)
}

impl<'a> Event<'a> {
    fn of(event: &'a StoredEvent) -> serde_json::Result<Self> {
        Ok(Self {
            seq: event.seq,
            batch_id: event.batch_id,
            command_id: event.command_id,
            occurred_at: event.occurred_at,
            actor: event.actor,
            kind: event.kind.as_str().into(),
            subject_type: event.row.subject_type().into(),
            stage_id: event.stage_id,
            after: serde_json::from_str(&event.after)?,
            before: event
                .before
                .as_deref()
                .map(serde_json::from_str)
                .transpose()?,
            labels: Cow::Borrowed(&event.labels),
            key: event
                .idempotency
                .as_ref()
                .map(|(key, hash)| (Cow::from(&**key), *hash)),
            request_id: Cow::from(&*event.request_id),
        })
    }

    fn stored(self) -> anyhow::Result<StoredEvent> {
        let kind = EventKind::parse(&self.kind).context("an unknown kind of event")?;
        Ok(StoredEvent {
            seq: self.seq,
            batch_id: self.batch_id,
            command_id: self.command_id,
            occurred_at: self.occurred_at,
            actor: self.actor,
            kind,
            stage_id: self.stage_id,
            row: events::row(&self.subject_type, self.after.get())?,
            after: Arc::from(self.after.get()),
            before: self.before.map(|text| Arc::from(text.get())),
            labels: self.labels.into_owned(),
            idempotency: self.key.map(|(key, hash)| (Arc::from(&*key), hash)),
            request_id: Arc::from(&*self.request_id),
        })
    }
}
