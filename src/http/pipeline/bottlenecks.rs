//! `/pipeline/bottlenecks`: what holds people up now, and the alerts about it.

pub mod acknowledge;
pub mod alerts;

use actix_web::get;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa_actix_web::service_config::ServiceConfig;

use super::snapshots::{self, Kept, Source};
use crate::cache::Kind;
use crate::domain::pipeline::bottleneck::{Bottleneck, Severity};
use crate::domain::pipeline::refusal::Fields;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::PipelineRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::params::{self, Params};
use crate::http::reply::{Answer, Envelope, Reply};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_bottlenecks)
        .service(alerts::list_alerts)
        .service(acknowledge::acknowledge_alert);
}

#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BottleneckFilter {
    /// `low`, `medium` (or `moderate`), `high`, `critical`; several separated by commas.
    #[param(example = "critical,high")]
    pub severity: Option<String>,
}

/// Stages that hold people up, worst first, and why.
///
/// With what was measured, the likely cause, a suggestion, and the alert once
/// it has been found by two evaluations in a row.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(BottleneckFilter, IfNoneMatch),
    security(("api_key" = ["pipeline.read"]), ("session" = ["pipeline.read"])),
    responses((status = 200, description = "The bottlenecks", body = Envelope<Vec<Bottleneck>>)),
)]
#[get("/pipeline/bottlenecks")]
pub async fn list_bottlenecks(
    authorized: Authorized<PipelineRead>,
    filter: Params<BottleneckFilter>,
    known: IfNoneMatch,
) -> Answer {
    let mut fields = Fields::default();
    let wanted: Vec<Severity> = params::list(&mut fields, "severity", filter.0.severity.as_deref());
    fields.check()?;
    let tenant = match snapshots::find_source(&authorized, Kind::Bottlenecks).await? {
        Source::Memory(tenant) => tenant,
        Source::Kept(kept) => return kept.answer(Reply::new(filter_kept(&kept, &wanted)?), &known),
    };
    if wanted.is_empty() {
        return snapshots::answer(&authorized, &tenant, Kind::Bottlenecks, &known);
    }
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let mut found = view.bottlenecks(freshness.as_of);
    found.retain(|bottleneck| wanted.contains(&bottleneck.severity));
    Reply::new(found)
        .read_from(&view, freshness)
        .conditional(&known)
}

fn filter_kept(kept: &Kept, wanted: &[Severity]) -> Result<Vec<Box<RawValue>>, ApiError> {
    #[derive(Deserialize)]
    struct Judged {
        severity: Severity,
    }
    let mut rows = kept.rows()?;
    rows.retain(|row| {
        let judged = serde_json::from_str::<Judged>(row.get());
        wanted.is_empty() || judged.is_ok_and(|judged| wanted.contains(&judged.severity))
    });
    Ok(rows)
}
