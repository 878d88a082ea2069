//! One jamaah.

use std::sync::Arc;

use actix_web::{get, web};
use serde::Serialize;

use super::history::{EventPage, HistoryEvent, history};
use super::track::{Passage, track};
use crate::actors::handle::Freshness;
use crate::domain::ids::{JamaahId, TaskId};
use crate::domain::pipeline::board::Day;
use crate::domain::pipeline::departure::Departure;
use crate::domain::pipeline::jamaah::{Jamaah, JamaahStatus};
use crate::domain::pipeline::listing::{Page, TaskCard};
use crate::domain::pipeline::state::{Pilgrim, State};
use crate::domain::principal::{Permission, Principal};
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::JamaahRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::params::Params;
use crate::http::reply::{Answer, Envelope, Reply};

/// One pilgrim, with where they stand and how they came there.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct JamaahDetail {
    #[serde(flatten)]
    #[schema(value_type = Jamaah)]
    pub jamaah: Arc<Jamaah>,
    #[schema(value_type = Option<Departure>)]
    pub departure: Option<Arc<Departure>>,
    #[schema(value_type = JamaahStatus)]
    pub status: Arc<JamaahStatus>,
    /// The stages of their way, in order.
    pub path: Vec<Passage>,
    /// Those of their tasks that the caller may see, in the order they were made.
    pub tasks: Vec<TaskCard>,
    /// What happened to them, newest first; `null` while the log cannot be read.
    pub events: Option<Page<HistoryEvent>>,
    /// Closed long ago: only to be looked at.
    pub archived: bool,
}

impl JamaahDetail {
    fn of(state: &State, pilgrim: &Pilgrim, principal: &Principal, freshness: Freshness) -> Self {
        let zone = state.tenant.zone;
        let day = Day::new(zone.date_of(freshness.as_of), zone);
        let tasks = pilgrim.tasks.iter().filter_map(|slot| state.task_at(*slot));
        let seen = tasks.filter(|task| principal.sees_task(&state.place(task)));
        Self {
            jamaah: pilgrim.jamaah.clone(),
            departure: state.departure(pilgrim.jamaah.departure_id).cloned(),
            status: pilgrim.status.clone(),
            path: track(state, pilgrim, freshness.as_of),
            tasks: seen
                .filter_map(|task| TaskCard::of(state, &day, task))
                .collect(),
            events: None,
            archived: false,
        }
    }
}

/// One jamaah, with status, stages, tasks and events.
///
/// Also those who were closed long ago and are no longer in the list. The
/// `ETag` begins with their version, so that `If-Match` takes it.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = JamaahId, Path), EventPage, IfNoneMatch),
    security(("api_key" = ["jamaah.read"]), ("session" = ["jamaah.read"])),
    responses((status = 200, description = "The jamaah", body = Envelope<JamaahDetail>)),
)]
#[get("/pipeline/jamaah/{id}")]
pub async fn get_jamaah(
    authorized: Authorized<JamaahRead>,
    id: web::Path<JamaahId>,
    page: Params<EventPage>,
    known: IfNoneMatch,
) -> Answer {
    let page = page.0.check()?;
    let tenant = authorized.tenant().await?;
    let (view, freshness) = (tenant.view(), tenant.freshness());
    let hot = view.state.pilgrim(*id).is_some();
    let state = if hot {
        view.state.clone()
    } else {
        with_archived(&authorized, *id, &view.state).await?
    };
    let pilgrim = state
        .pilgrim(*id)
        .ok_or(ApiError::NotFound { what: "jamaah" })?;
    let agent = pilgrim.jamaah.agent.as_deref();
    if !authorized
        .principal()
        .may_with(Permission::JamaahRead, agent)
    {
        return Err(ApiError::NotFound { what: "jamaah" });
    }
    let mut detail = JamaahDetail::of(&state, pilgrim, authorized.principal(), freshness);
    detail.archived = !hot;
    if freshness.live {
        let tasks: Vec<TaskId> = detail.tasks.iter().map(|card| card.task.id).collect();
        let db = &authorized.app.db;
        let events = history(db, &state.tenant, state.head, pilgrim, &tasks, page).await;
        detail.events = events
            .inspect_err(|error| tracing::warn!(error.cause = %error, "a jamaah without events"))
            .ok();
    }
    let version = detail.jamaah.version;
    Reply::new(detail)
        .version(version)
        .read_from(&view, freshness)
        .conditional(&known)
}

/// A copy of the state with somebody in it who is no longer kept there.
async fn with_archived(
    authorized: &Authorized<JamaahRead>,
    id: JamaahId,
    state: &State,
) -> Result<State, ApiError> {
    let mut state = state.clone();
    for row in super::archived(authorized, id).await? {
        state.put(&row);
    }
    state.sort_path(id);
    Ok(state)
}
