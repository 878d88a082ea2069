//! One departure.

use actix_web::{get, web};

use crate::domain::ids::DepartureId;
use crate::domain::pipeline::listing::Whom;
use crate::domain::pipeline::readiness::DepartureReport;
use crate::domain::principal::Permission;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::DeparturesRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::reply::{Answer, Envelope, Reply};

/// One departure, cancelled or not, and how ready its people are.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = DepartureId, Path), IfNoneMatch),
    security(("api_key" = ["departures.read"]), ("session" = ["departures.read"])),
    responses((status = 200, description = "The departure", body = Envelope<DepartureReport>)),
)]
#[get("/pipeline/departures/{id}")]
pub async fn get_departure(
    authorized: Authorized<DeparturesRead>,
    id: web::Path<DepartureId>,
    known: IfNoneMatch,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let report = match Whom::of(authorized.principal(), Permission::DeparturesRead) {
        Whom::All => view.departure(*id, freshness.as_of),
        some => view.departure_with(&some, *id, freshness.as_of),
    };
    let report = report.ok_or(ApiError::NotFound { what: "departure" })?;
    let version = report.departure.version;
    Reply::new(report)
        .version(version)
        .read_from(&view, freshness)
        .conditional(&known)
}
