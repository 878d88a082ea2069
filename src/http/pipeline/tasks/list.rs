//! The task queue.

use actix_web::get;
use serde::Deserialize;

use crate::domain::ids::{DepartureId, JamaahId};
use crate::domain::pipeline::board::{TaskQuery, Visibility};
use crate::domain::pipeline::listing::TaskCard;
use crate::domain::pipeline::refusal::Fields;
use crate::domain::principal::{Principal, RoleKey};
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::TasksRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::page::Page;
use crate::http::params::{self, Params};
use crate::http::reply::{Answer, Envelope, Reply};

/// Filters that take several values take them separated by commas.
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
    /// Ids of stages.
    pub stage: Option<String>,
    /// The id of a user, or `none`.
    pub assignee: Option<String>,
    /// `low`, `normal`, `high`, `urgent`.
    pub priority: Option<String>,
    pub departure: Option<DepartureId>,
    pub jamaah: Option<JamaahId>,
    /// Words that must each be in the name, the passport number or the title.
    pub q: Option<String>,
    /// `risk` (the default), `due_at`, `priority`, `created_at`, `updated_at`, `name`; with `-` before it the other way round.
    #[param(example = "-due_at")]
    pub sort: Option<String>,
}

impl TaskFilter {
    fn query(self, principal: &Principal, page: Page) -> Result<TaskQuery, ApiError> {
        let mut fields = Fields::default();
        let roles: Vec<String> = params::list(&mut fields, "role", self.role.as_deref());
        let query = TaskQuery {
            visibility: Visibility::of(principal),
            roles: roles.iter().map(|key| RoleKey::new(key)).collect(),
            statuses: params::list(&mut fields, "status", self.status.as_deref()),
            buckets: params::words(&mut fields, "bucket", self.bucket.as_deref()),
            stages: params::list(&mut fields, "stage", self.stage.as_deref()),
            assignee: params::one(&mut fields, "assignee", self.assignee.as_deref()),
            priorities: params::words(&mut fields, "priority", self.priority.as_deref()),
            departure: self.departure,
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

/// The task queue.
///
/// Tasks that the caller may see, the riskiest departures first. `meta` tells
/// how many there are in each column of the board and for each role.
#[utoipa::path(
    tag = "pipeline",
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
    let query = filter.0.query(authorized.principal(), page)?;
    let tenant = authorized.tenant().await?;
    let view = tenant.view();
    let found = view.tasks(&query);
    Reply::new(found.items)
        .page(page, u64::from(found.total))
        .task_counts(found.buckets, found.roles)
        .read_from(&view, tenant.freshness())
        .conditional(&known)
}
