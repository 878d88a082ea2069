//! What happened to a jamaah, from the log.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::db::events::StoredEvent;
use crate::db::pool::Pools;
use crate::db::{self, Connection};
use crate::domain::ids::{StageId, TaskId};
use crate::domain::pipeline::listing::{self, Page};
use crate::domain::pipeline::refusal::Fields;
use crate::domain::pipeline::state::Pilgrim;
use crate::domain::pipeline::tenant::Tenant;
use crate::domain::principal::Actor;
use crate::error::ApiError;
use crate::http::page::MAX_PAGE;

const SUBJECTS: [&str; 5] = [
    "jamaah",
    "jamaah_status",
    "stage_instance",
    "task",
    "comment",
];

/// Which page of the events.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct EventPage {
    /// From 1.
    #[param(minimum = 1, maximum = 2_147_483_647, default = 1, required = false)]
    pub events_page: u32,
    /// Events on a page.
    #[param(minimum = 1, maximum = 100, default = 20, required = false)]
    pub events_limit: u32,
}

impl Default for EventPage {
    fn default() -> Self {
        Self {
            events_page: 1,
            events_limit: 20,
        }
    }
}

impl EventPage {
    pub fn check(self) -> Result<Self, ApiError> {
        let mut fields = Fields::default();
        if !(1..=MAX_PAGE).contains(&self.events_page) {
            fields.add("events_page", "must be between 1 and 2147483647");
        }
        if !(1..=100).contains(&self.events_limit) {
            fields.add("events_limit", "must be between 1 and 100");
        }
        fields.check()?;
        Ok(self)
    }
}

/// One changed row.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct HistoryEvent {
    /// Its number in the log.
    pub seq: i64,
    #[schema(value_type = String, example = "task.completed")]
    pub kind: &'static str,
    pub occurred_at: DateTime<Utc>,
    pub actor: Actor,
    /// What they are called now; `null` for the program itself.
    #[schema(value_type = Option<String>)]
    pub actor_name: Option<Arc<str>>,
    #[schema(value_type = String, example = "task")]
    pub subject_type: &'static str,
    pub subject_id: Uuid,
    pub stage_id: Option<StageId>,
    /// What differed, with its old value; `null` for a new row.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Box<RawValue>>,
    /// The whole row after it.
    #[schema(value_type = Object)]
    pub after: Box<RawValue>,
}

/// The events about a jamaah, their stages and these of their tasks up to
/// `head`, newest first.
pub async fn history(
    pools: &Pools,
    tenant: &Tenant,
    head: i64,
    pilgrim: &Pilgrim,
    tasks: &[TaskId],
    page: EventPage,
) -> db::Result<Page<HistoryEvent>> {
    let id = tenant.id;
    let stages = pilgrim.path.iter().map(|instance| instance.id.0);
    let mut subjects: Vec<Uuid> = [pilgrim.jamaah.id.0].into_iter().chain(stages).collect();
    subjects.extend(tasks.iter().map(|task| task.0));
    let places = listing::places(page.events_page, page.events_limit);
    let (events, total, names) = pools
        .read("history", id, async |conn: &mut Connection| {
            subjects.extend(db::jamaah::comments_on(conn, id, tasks).await?);
            let seqs = db::events::seqs_of_subjects(conn, id, &SUBJECTS, &subjects, head).await?;
            let total = seqs.len();
            let seqs: Vec<i64> = seqs
                .into_iter()
                .skip(places.start)
                .take(places.len())
                .collect();
            let events = db::events::by_seqs(conn, id, &seqs).await?;
            let actors = events.iter().map(|event| event.actor);
            let names = db::names::of_actors(conn, id, actors).await?;
            Ok::<_, db::Error>((events, total, names))
        })
        .await?;
    let items: Result<Vec<_>, _> = events
        .iter()
        .map(|event| HistoryEvent::of(event, names.get(&event.actor).cloned()))
        .collect();
    let items = items.map_err(|error| db::Error::Unreadable {
        what: "event",
        cause: error.to_string(),
    })?;
    Ok(Page::new(items, page.events_page, page.events_limit, total))
}

impl HistoryEvent {
    fn of(event: &StoredEvent, actor_name: Option<Arc<str>>) -> serde_json::Result<Self> {
        let raw = |text: &Arc<str>| RawValue::from_string(text.to_string());
        Ok(Self {
            seq: event.seq,
            kind: event.kind.as_str(),
            occurred_at: event.occurred_at,
            actor: event.actor,
            actor_name,
            subject_type: event.row.subject_type(),
            subject_id: event.row.subject_id(),
            stage_id: event.stage_id,
            before: event.before.as_ref().map(raw).transpose()?,
            after: raw(&event.after)?,
        })
    }
}
