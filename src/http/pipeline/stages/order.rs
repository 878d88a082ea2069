//! The order of the stages.

use std::sync::Arc;

use actix_web::put;
use serde::Deserialize;

use super::configure;
use crate::domain::ids::StageId;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::stage::Stage;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::StagesWrite;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageOrder {
    /// Every active stage once.
    pub stage_ids: Vec<StageId>,
}

/// Put the stages into another order.
///
/// Naming all of them is what guards against an order that somebody else has
/// changed meanwhile, so no version is needed. Dependencies stay as they are.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(IdempotencyKey),
    request_body = StageOrder,
    security(("api_key" = ["stages.write"]), ("session" = ["stages.write"])),
    responses((status = 200, description = "The active stages in order", body = Envelope<Vec<Stage>>)),
)]
#[put("/pipeline/stages/order")]
pub async fn order_stages(
    authorized: Authorized<StagesWrite>,
    submission: Submission<StageOrder>,
) -> Answer {
    let stage_ids = submission.body.stage_ids.clone();
    let tenant = authorized.tenant().await?;
    let command = Command::OrderStages { stage_ids };
    let receipt = configure(&authorized, &submission, &tenant, command, &[]).await?;
    let ordered = receipt.rows.iter().find_map(|row| match row {
        Row::PipelineVersion(pipeline) => Some(pipeline.stages.clone()),
        _ => None,
    });
    let stages: Vec<Arc<Stage>> = ordered.unwrap_or_else(|| {
        // that was their order already
        let view = tenant.view();
        view.state.active_stages().into_iter().cloned().collect()
    });
    Reply::new(stages).receipt(&receipt).ok()
}
