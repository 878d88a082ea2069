//! A new departure.

use actix_web::post;

use crate::domain::pipeline::command::{Command, NewDeparture};
use crate::domain::pipeline::departure::Departure;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::DeparturesWrite;
use crate::http::pipeline::row_after;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

/// Plan a departure.
///
/// Its code and date together are unique.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(IdempotencyKey),
    request_body = NewDeparture,
    security(("api_key" = ["departures.write"]), ("session" = ["departures.write"])),
    responses((status = 201, description = "The departure", body = Envelope<Departure>)),
)]
#[post("/pipeline/departures")]
pub async fn create_departure(
    authorized: Authorized<DeparturesWrite>,
    submission: Submission<NewDeparture>,
) -> Answer {
    let command = Command::CreateDeparture(submission.body.clone());
    let tenant = authorized.tenant().await?;
    let order = authorized.order(command, &submission);
    row_after(&tenant.execute(order).await?)?.created()
}
