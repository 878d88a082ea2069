//! The tasks that are made when a stage opens for a jamaah.

use std::sync::Arc;

use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};

use super::configure;
use crate::domain::ids::StageId;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::command::{Command, NewTemplate};
use crate::domain::pipeline::stage::{Stage, TaskTemplate};
use crate::domain::principal::RoleKey;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::{PipelineRead, StagesWrite};
use crate::http::conditional::{IfMatchHeader, IfNoneMatch};
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StageTemplates {
    pub stage_id: StageId,
    /// The version of the stage.
    pub version: i32,
    /// In the order that their tasks are made in.
    pub templates: Vec<TaskTemplate>,
}

impl From<&Stage> for StageTemplates {
    fn from(stage: &Stage) -> Self {
        Self {
            stage_id: stage.id,
            version: stage.version,
            templates: stage.templates.clone(),
        }
    }
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemplates {
    /// The version of the stage that you saw; or send `If-Match`.
    #[schema(example = 3)]
    pub version: Option<i32>,
    /// All of them: those that are not here are gone afterwards.
    #[schema(max_items = 50)]
    pub templates: Vec<NewTemplate>,
}

/// The roles that the templates bring with them, by field. A stage that is not
/// there is left to the command, which says so.
fn roles_named(templates: &[NewTemplate], stage: Option<&Arc<Stage>>) -> Vec<(String, RoleKey)> {
    let Some(stage) = stage else {
        return Vec::new();
    };
    let is_new = |role: &RoleKey| stage.templates.iter().all(|known| known.role != *role);
    let named = templates.iter().enumerate().filter_map(|(at, template)| {
        let role = template.role.clone().filter(is_new)?;
        Some((format!("templates[{at}].role"), role))
    });
    named.collect()
}

/// The templates of a stage's tasks.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = StageId, Path), IfNoneMatch),
    security(("api_key" = ["pipeline.read"]), ("session" = ["pipeline.read"])),
    responses((status = 200, description = "The templates", body = Envelope<StageTemplates>)),
)]
#[get("/pipeline/stages/{id}/templates")]
pub async fn get_templates(
    authorized: Authorized<PipelineRead>,
    id: web::Path<StageId>,
    known: IfNoneMatch,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let stage = view.state.stage(*id);
    let stage = stage.ok_or(ApiError::NotFound { what: "stage" })?;
    Reply::new(StageTemplates::from(&**stage))
        .version(stage.version)
        .read_from(&view, freshness)
        .conditional(&known)
}

/// Replace the templates of a stage's tasks.
///
/// Needs the stage's version that you saw, as `version` or `If-Match`. Tasks
/// that have been made stay as they are.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = StageId, Path), IfMatchHeader, IdempotencyKey),
    request_body = NewTemplates,
    security(("api_key" = ["stages.write"]), ("session" = ["stages.write"])),
    responses((status = 200, description = "The templates after it", body = Envelope<StageTemplates>)),
)]
#[put("/pipeline/stages/{id}/templates")]
pub async fn set_templates(
    authorized: Authorized<StagesWrite>,
    id: web::Path<StageId>,
    submission: Submission<NewTemplates>,
) -> Answer {
    let expected = submission.if_match.required(submission.body.version)?;
    let command = Command::SetTemplates {
        id: *id,
        expected,
        templates: submission.body.templates.clone(),
    };
    let tenant = authorized.tenant().await?;
    let named = roles_named(&submission.body.templates, tenant.view().state.stage(*id));
    let receipt = configure(&authorized, &submission, &tenant, command, &named).await?;
    let stage = match receipt.rows.first() {
        Some(Row::Stage(stage)) => stage,
        _ => return Err(ApiError::internal(anyhow::anyhow!("a stage without a row"))),
    };
    Reply::new(StageTemplates::from(&**stage))
        .receipt(&receipt)
        .version(stage.version)
        .ok()
}
