//! Refusals and wrong passwords on their way into the log. Whoever attacks must
//! not be able to write it full: the same thing is told when it happens first,
//! and once more a minute later with how often it was by then; of different
//! things a tenant has only so many at a time, and the rest is told as one
//! number. So a process adds about one event a second to a log at most.
//!
//! The first of its kind is in the log within a second; what was noted less than
//! that before the process is killed is lost.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;

use super::{Origin, author, write};
use crate::app::App;
use crate::db::access::Author;
use crate::domain::audit::{AuditNote, network};
use crate::domain::ids::{TenantId, UserId};
use crate::domain::pipeline::change::EventKind;
use crate::domain::principal::Actor;
use crate::domain::time::Timestamp;

/// Between two writes.
const PAUSE: Duration = Duration::from_secs(1);
/// How long the same thing is counted before it is told again.
const WINDOW: TimeDelta = TimeDelta::seconds(60);
/// Different things of a tenant at a time.
const AT_MOST: usize = 32;
/// Tenants at a time.
const TENANTS: usize = 10_000;

#[derive(Debug, Default)]
pub struct Recorder(Mutex<HashMap<TenantId, Notes>>);

type Notes = HashMap<Subject, Gathered>;

/// What makes two notes the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Subject {
    actor: Actor,
    kind: EventKind,
    id: uuid::Uuid,
    network: Option<Arc<str>>,
    operation: Option<Arc<str>>,
    class: Option<Arc<str>>,
}

#[derive(Debug)]
struct Gathered {
    note: AuditNote,
    author: Author,
    /// Not told yet.
    count: u32,
    last: Timestamp,
    /// When what gathers is told.
    due: Timestamp,
}

impl Recorder {
    /// A password was wrong; whether there is such an account makes no difference
    /// to whoever typed it.
    pub fn note_login(&self, app: &App, tenant: TenantId, user: Option<UserId>, from: &Origin) {
        let note = AuditNote {
            id: user.map_or(uuid::Uuid::nil(), |user| user.0),
            network: Some(network(from.address)),
            code: Some("UNAUTHENTICATED".into()),
            ..AuditNote::default()
        };
        let request_id = Arc::clone(&from.request_id);
        let kind = EventKind::LoginRefused;
        self.note(app, tenant, Actor::System, kind, note, request_id);
    }

    pub fn note(
        &self,
        app: &App,
        tenant: TenantId,
        actor: Actor,
        kind: EventKind,
        note: AuditNote,
        request_id: Arc<str>,
    ) {
        let now = app.clock.now();
        let mut tenants = self.lock();
        if tenants.len() >= TENANTS && !tenants.contains_key(&tenant) {
            return;
        }
        let notes = tenants.entry(tenant).or_default();
        let mut subject = Subject {
            actor,
            kind,
            id: note.id,
            network: note.network.clone(),
            operation: note.operation.clone(),
            class: note.class.clone(),
        };
        let (mut actor, mut note) = (actor, note);
        if notes.len() >= AT_MOST && !notes.contains_key(&subject) {
            // one of many: only that there were
            (actor, note) = (Actor::System, AuditNote::default());
            subject = Subject {
                actor,
                kind,
                id: note.id,
                network: None,
                operation: None,
                class: None,
            };
        }
        let gathered = notes.entry(subject).or_insert_with(|| Gathered {
            note,
            author: author(app, actor, Arc::clone(&request_id)),
            count: 0,
            last: now,
            due: now,
        });
        if gathered.count == 0 {
            gathered.author = author(app, gathered.author.actor, request_id);
        }
        gathered.count = gathered.count.saturating_add(1);
        gathered.last = now;
    }

    /// For as long as the program runs.
    pub async fn keep_writing(&self, app: &App) {
        loop {
            tokio::time::sleep(PAUSE).await;
            self.write_due(app, app.clock.now()).await;
        }
    }

    /// Whatever there is, because nothing more comes.
    pub async fn finish(&self, app: &App) {
        self.write_due(app, Timestamp::MAX_UTC).await;
    }

    async fn write_due(&self, app: &App, now: Timestamp) {
        for (tenant, author, kind, note, times) in self.take_due(now) {
            let last = note.until;
            if let Err(error) = write(app, tenant, &author, kind, note.clone()).await {
                let cause = error.to_string();
                tracing::warn!(
                    error.cause = cause,
                    events = times,
                    "refusals could not be told in the log"
                );
                self.put_back(tenant, &author, kind, note, (times, last));
            }
        }
    }

    fn take_due(&self, now: Timestamp) -> Vec<(TenantId, Author, EventKind, AuditNote, u32)> {
        let mut due = Vec::new();
        self.lock().retain(|tenant, notes| {
            notes.retain(|subject, gathered| {
                if now < gathered.due {
                    return true;
                }
                if gathered.count == 0 {
                    return false;
                }
                let mut note = gathered.note.clone();
                if gathered.count > 1 {
                    note.count = Some(gathered.count);
                    note.until = Some(gathered.last);
                }
                due.push((
                    *tenant,
                    gathered.author.clone(),
                    subject.kind,
                    note,
                    gathered.count,
                ));
                gathered.count = 0;
                gathered.due = gathered.last + WINDOW;
                true
            });
            !notes.is_empty()
        });
        due
    }

    /// To be tried again with what gathers until then.
    fn put_back(
        &self,
        tenant: TenantId,
        author: &Author,
        kind: EventKind,
        note: AuditNote,
        (times, last): (u32, Option<Timestamp>),
    ) {
        let mut tenants = self.lock();
        let known = tenants.get_mut(&tenant).and_then(|notes| {
            notes.iter_mut().find(|(subject, gathered)| {
                subject.kind == kind
                    && subject.actor == author.actor
                    && gathered.note.id == note.id
                    && gathered.note.operation == note.operation
                    && gathered.note.network == note.network
                    && gathered.note.class == note.class
            })
        });
        if let Some((_, gathered)) = known {
            gathered.count = gathered.count.saturating_add(times);
            gathered.last = last.unwrap_or(gathered.last).max(gathered.last);
            gathered.author = author.clone();
            gathered.due = author.at;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Notes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
