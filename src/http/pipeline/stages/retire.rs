//! Taking a stage out of the pipeline.

use actix_web::{delete, web};
use serde::Deserialize;

use super::configure;
use crate::domain::ids::StageId;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::stage::Stage;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::StagesWrite;
use crate::http::conditional::IfMatchHeader;
use crate::http::pipeline::row_after;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

/// No body is needed, and none is read.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Retire a stage.
///
/// It takes in nobody new. Those who are on a version of the pipeline that has
/// it pass through it all the same, until `apply` moves them.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = StageId, Path), IfMatchHeader, IdempotencyKey),
    security(("api_key" = ["stages.write"]), ("session" = ["stages.write"])),
    responses((status = 200, description = "The stage after it", body = Envelope<Stage>)),
)]
#[delete("/pipeline/stages/{id}")]
pub async fn retire_stage(
    authorized: Authorized<StagesWrite>,
    id: web::Path<StageId>,
    submission: Submission<Nothing>,
) -> Answer {
    let expected = submission.if_match.expected(None)?;
    let command = Command::RetireStage { id: *id, expected };
    let tenant = authorized.tenant().await?;
    let receipt = configure(&authorized, &submission, &tenant, command, &[]).await?;
    row_after(&receipt)?.ok()
}
