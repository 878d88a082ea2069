//! `/pipeline/health`.

use actix_web::get;
use utoipa_actix_web::service_config::ServiceConfig;

use super::snapshots::{self, Source};
use crate::cache::Kind;
use crate::domain::pipeline::health::HealthReport;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::PipelineRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::reply::{Answer, Envelope, Reply};

pub fn routes(config: &mut ServiceConfig) {
    config.service(get_pipeline_health);
}

/// How the whole pipeline is doing, in one score and the counts behind it, and how it did the day before.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(IfNoneMatch),
    security(("api_key" = ["pipeline.read"]), ("session" = ["pipeline.read"])),
    responses((status = 200, description = "The health of the pipeline", body = Envelope<HealthReport>)),
)]
#[get("/pipeline/health")]
pub async fn get_pipeline_health(
    authorized: Authorized<PipelineRead>,
    known: IfNoneMatch,
) -> Answer {
    match snapshots::find_source(&authorized, Kind::Health).await? {
        Source::Memory(tenant) => snapshots::answer(&authorized, &tenant, Kind::Health, &known),
        Source::Kept(kept) => kept.answer(Reply::new(&kept.data), &known),
    }
}
