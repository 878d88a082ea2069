//! One stage.

use actix_web::{get, web};

use crate::domain::ids::StageId;
use crate::domain::pipeline::statistics::StageReport;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::PipelineRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::reply::{Answer, Envelope, Reply};

/// One stage, retired or not, with what goes on in it.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = StageId, Path), IfNoneMatch),
    security(("api_key" = ["pipeline.read"]), ("session" = ["pipeline.read"])),
    responses((status = 200, description = "The stage", body = Envelope<StageReport>)),
)]
#[get("/pipeline/stages/{id}")]
pub async fn get_stage(
    authorized: Authorized<PipelineRead>,
    id: web::Path<StageId>,
    known: IfNoneMatch,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let report = view.stage(*id, freshness.as_of);
    let report = report.ok_or(ApiError::NotFound { what: "stage" })?;
    let version = report.stage.version;
    Reply::new(report)
        .version(version)
        .read_from(&view, freshness)
        .conditional(&known)
}
