//! Decisions about a jamaah's way. Each answers with their status after it.

use std::sync::Arc;

use actix_web::{post, web};
use serde::Deserialize;

use crate::domain::ids::{JamaahId, StageId};
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::jamaah::JamaahStatus;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::{JamaahAdvance, JamaahCancel, JamaahHold, JamaahMove};
use crate::http::conditional::IfMatchHeader;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceJamaah {
    /// The version of the status you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
    /// The stage to complete; the current one when absent.
    pub stage_id: Option<StageId>,
    #[schema(value_type = String, min_length = 1, max_length = 2000, example = "Checked by hand")]
    pub reason: Arc<str>,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveJamaah {
    /// The version of the status you saw; refused with 409 when there is a newer one.
    pub version: Option<i32>,
    pub stage_id: StageId,
    #[schema(value_type = String, min_length = 1, max_length = 2000)]
    pub reason: Arc<str>,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The version of the status you saw; refused with 409 when there is a newer one.
    pub version: Option<i32>,
    #[schema(value_type = String, min_length = 1, max_length = 2000, example = "Waits for a relative")]
    pub reason: Arc<str>,
}

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeJamaah {
    /// The version of the status you saw; refused with 409 when there is a newer one.
    pub version: Option<i32>,
}

/// Complete a stage by decision.
///
/// Its open tasks are cancelled, and the stages that waited for it open.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = JamaahId, Path), IfMatchHeader, IdempotencyKey),
    request_body = AdvanceJamaah,
    security(("api_key" = ["jamaah.advance"]), ("session" = ["jamaah.advance"])),
    responses((status = 200, description = "Their status after it", body = Envelope<JamaahStatus>)),
)]
#[post("/pipeline/jamaah/{id}/advance")]
pub async fn advance_jamaah(
    authorized: Authorized<JamaahAdvance>,
    id: web::Path<JamaahId>,
    submission: Submission<AdvanceJamaah>,
) -> Answer {
    let command = Command::Advance {
        id: *id,
        expected: submission.if_match.expected(submission.body.version)?,
        stage_id: submission.body.stage_id,
        reason: submission.body.reason.clone(),
    };
    carry_out(&authorized, *id, command, &submission).await
}

/// Put a jamaah at a stage.
///
/// What comes before it is skipped; it and what comes after is done anew.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = JamaahId, Path), IfMatchHeader, IdempotencyKey),
    request_body = MoveJamaah,
    security(("api_key" = ["jamaah.move"]), ("session" = ["jamaah.move"])),
    responses((status = 200, description = "Their status after it", body = Envelope<JamaahStatus>)),
)]
#[post("/pipeline/jamaah/{id}/move")]
pub async fn move_jamaah(
    authorized: Authorized<JamaahMove>,
    id: web::Path<JamaahId>,
    submission: Submission<MoveJamaah>,
) -> Answer {
    let command = Command::Move {
        id: *id,
        expected: submission.if_match.expected(submission.body.version)?,
        stage_id: submission.body.stage_id,
        reason: submission.body.reason.clone(),
    };
    carry_out(&authorized, *id, command, &submission).await
}

/// Put a jamaah on hold: a flag that everybody sees, beside the status.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = JamaahId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Decision,
    security(("api_key" = ["jamaah.hold"]), ("session" = ["jamaah.hold"])),
    responses((status = 200, description = "Their status after it", body = Envelope<JamaahStatus>)),
)]
#[post("/pipeline/jamaah/{id}/hold")]
pub async fn hold_jamaah(
    authorized: Authorized<JamaahHold>,
    id: web::Path<JamaahId>,
    submission: Submission<Decision>,
) -> Answer {
    let command = Command::Hold {
        id: *id,
        expected: submission.if_match.expected(submission.body.version)?,
        reason: submission.body.reason.clone(),
    };
    carry_out(&authorized, *id, command, &submission).await
}

/// Take a jamaah off hold.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = JamaahId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<ResumeJamaah>,
    security(("api_key" = ["jamaah.hold"]), ("session" = ["jamaah.hold"])),
    responses((status = 200, description = "Their status after it", body = Envelope<JamaahStatus>)),
)]
#[post("/pipeline/jamaah/{id}/resume")]
pub async fn resume_jamaah(
    authorized: Authorized<JamaahHold>,
    id: web::Path<JamaahId>,
    submission: Submission<ResumeJamaah>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    let command = Command::Resume { id: *id, expected };
    carry_out(&authorized, *id, command, &submission).await
}

/// Cancel a jamaah's journey.
///
/// Their open tasks are cancelled. The passport can be booked again.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = JamaahId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Decision,
    security(("api_key" = ["jamaah.cancel"]), ("session" = ["jamaah.cancel"])),
    responses((status = 200, description = "Their status after it", body = Envelope<JamaahStatus>)),
)]
#[post("/pipeline/jamaah/{id}/cancel")]
pub async fn cancel_jamaah(
    authorized: Authorized<JamaahCancel>,
    id: web::Path<JamaahId>,
    submission: Submission<Decision>,
) -> Answer {
    let command = Command::CancelJamaah {
        id: *id,
        expected: submission.if_match.expected(submission.body.version)?,
        reason: submission.body.reason.clone(),
    };
    carry_out(&authorized, *id, command, &submission).await
}

async fn carry_out<P, T>(
    authorized: &Authorized<P>,
    id: JamaahId,
    command: Command,
    submission: &Submission<T>,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let receipt = super::command(authorized, &tenant, id, command, submission).await?;
    // what follows from a decision may touch the status again
    let decided = receipt.rows.iter().rev().find_map(|row| match row {
        Row::JamaahStatus(status) if status.jamaah_id == id => Some(status.clone()),
        _ => None,
    });
    let unchanged = || {
        let view = tenant.view();
        view.state.pilgrim(id).map(|pilgrim| pilgrim.status.clone())
    };
    let status = decided
        .or_else(unchanged)
        .ok_or(ApiError::NotFound { what: "jamaah" })?;
    let version = status.version;
    Reply::new(status).receipt(&receipt).version(version).ok()
}
