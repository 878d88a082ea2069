//! The task queue.

use actix_web::get;
use serde::Deserialize;

use crate::domain::ids::{DepartureId, JamaahId, StageId};
use crate::domain::pipeline::board::{AssigneeFilter, TaskQuery, Visibility};
use crate::domain::pipeline::listing::TaskCard;
use crate::domain::pipeline::refusal::Fields;
use crate::domain::pipeline::state::State;
use crate::domain::principal::{Actor, Principal, RoleKey};
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::TasksRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::page::Page;
use crate::http::params::{self, Params};
use crate::http::reply::{Answer, Envelope, Reply};

/// Filters that take several values take them separated by commas. Different
/// filters must all hold.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TaskFilter {
    /// Keys of roles.
    #[param(example = "visa-admin")]
    pub role: Option<String>,
    /// `pending`, `in_progress`, `blocked`, `completed`, `cancelled`; or `open` (the default), `overdue`, `all`; or a bucket.
    #[param(example = "urgent")]
    pub status: Option<String>,
    /// `blocked`, `urgent`, `today`, `upcoming`, `later`.
    pub bucket: Option<String>,
    /// Ids or codes of stages.
    #[param(example = "visa-application")]
    pub stage: Option<String>,
    /// The id of a user, `me`, or `none`.
    #[param(example = "me")]
    pub assignee: Option<String>,
    /// `low`, `normal`, `high`, `urgent`.
    pub priority: Option<String>,
    /// The id of a departure, or a code that only one departure has.
    pub departure: Option<String>,
    pub jamaah: Option<JamaahId>,
    /// Words that must each be in the jamaah's name, the passport number or the title.
    pub q: Option<String>,
    /// `risk` (the default), `due_at`, `priority`, `created_at`, `updated_at`, `name`; with `-` before it the other way round.
    #[param(example = "-due_at")]
    pub sort: Option<String>,
}

impl TaskFilter {
    fn query(
        self,
        state: &State,
        principal: &Principal,
        page: Page,
    ) -> Result<TaskQuery, ApiError> {
        let mut fields = Fields::default();
        let roles: Vec<String> = params::list(&mut fields, "role", self.role.as_deref());
        let query = TaskQuery {
            visibility: Visibility::of(principal),
            roles: roles.iter().map(|key| RoleKey::new(key)).collect(),
            statuses: params::list(&mut fields, "status", self.status.as_deref()),
            buckets: params::words(&mut fields, "bucket", self.bucket.as_deref()),
            stages: find_stages(&mut fields, state, self.stage.as_deref()),
            assignee: find_assignee(&mut fields, principal, self.assignee.as_deref()),
            priorities: params::words(&mut fields, "priority", self.priority.as_deref()),
            departure: find_departure(&mut fields, state, self.departure.as_deref()),
            jamaah: self.jamaah,
            q: self.q,
            sort: params::one(&mut fields, "sort", self.sort.as_deref()).unwrap_or_default(),
            page: page.page,
            limit: page.limit,
        };
        fields.check()?;
        Ok(query)
    }
}

fn find_stages(fields: &mut Fields, state: &State, text: Option<&str>) -> Vec<StageId> {
    let words: Vec<String> = params::list(fields, "stage", text);
    let mut ids = Vec::with_capacity(words.len());
    for word in words {
        let known = match word.parse() {
            Ok(id) => state.stage(id),
            Err(_) => state
                .stages()
                .into_iter()
                .find(|stage| *stage.code == *word),
        };
        match known {
            Some(stage) => ids.push(stage.id),
            None => fields.add("stage", format!("{word:?} is no stage")),
        }
    }
    ids
}

/// Codes come again from season to season, so one may not be enough.
fn find_departure(fields: &mut Fields, state: &State, text: Option<&str>) -> Option<DepartureId> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    let mut known = match text.parse() {
        Ok(id) => state.departure(id).into_iter().collect(),
        Err(_) => Vec::from_iter(state.departures().filter(|known| *known.code == *text)),
    };
    match (known.pop(), known.is_empty()) {
        (Some(departure), true) => return Some(departure.id),
        (Some(_), false) => fields.add("departure", "several have this code, give the id"),
        (None, _) => fields.add("departure", format!("{text:?} is no departure")),
    }
    None
}

fn find_assignee(
    fields: &mut Fields,
    principal: &Principal,
    text: Option<&str>,
) -> Option<AssigneeFilter> {
    if text != Some("me") {
        return params::one(fields, "assignee", text);
    }
    match principal.actor {
        Actor::User(user) => Some(AssigneeFilter::User(user)),
        Actor::ApiKey(_) | Actor::System => {
            fields.add("assignee", "only a user has tasks of their own");
            None
        }
    }
}

/// The task queue.
///
/// Tasks that the caller may see, the riskiest departures first. `meta` tells
/// how many there are in each column of the board and for each role.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(TaskFilter, Page, IfNoneMatch),
    security(("api_key" = ["tasks.read"]), ("session" = ["tasks.read"])),
    responses((status = 200, description = "A page of tasks", body = Envelope<Vec<TaskCard>>)),
)]
#[get("/pipeline/tasks")]
pub async fn list_tasks(
    authorized: Authorized<TasksRead>,
    filter: Params<TaskFilter>,
    page: Page,
    known: IfNoneMatch,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let query = filter.0.query(&view.state, authorized.principal(), page)?;
    let found = view.tasks(&query);
    Reply::new(found.items)
        .page(page, u64::from(found.total))
        .task_counts(found.buckets, found.roles)
        .read_from(&view, freshness)
        .conditional(&known)
}
