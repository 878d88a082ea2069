//! Changing a departure.

use std::sync::Arc;

use actix_web::{put, web};
use chrono::NaiveDate;
use serde::Deserialize;

use crate::domain::ids::DepartureId;
use crate::domain::pipeline::command::{Command, DepartureChanges as Changes};
use crate::domain::pipeline::departure::{Departure, DepartureState};
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::DeparturesWrite;
use crate::http::conditional::IfMatchHeader;
use crate::http::given::given;
use crate::http::pipeline::row_after;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

/// What is absent stays as it is; `null` clears.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartureChanges {
    /// The version you saw; or send `If-Match`.
    #[schema(example = 3)]
    pub version: Option<i32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub code: Option<Arc<str>>,
    /// Moves the windows and due dates of everybody on it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = NaiveDate, required = false)]
    pub departure_date: Option<NaiveDate>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, required = false)]
    pub package: Option<Option<Arc<str>>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i32>, required = false, minimum = 0, maximum = 100_000)]
    pub seats: Option<Option<i32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = DepartureState, required = false)]
    pub state: Option<DepartureState>,
}

impl From<DepartureChanges> for Changes {
    fn from(changes: DepartureChanges) -> Self {
        Self {
            code: changes.code,
            departure_date: changes.departure_date,
            package: changes.package,
            seats: changes.seats,
            state: changes.state,
        }
    }
}

/// Change a departure.
///
/// Only the fields that are there are changed. Needs the version you saw, as
/// `version` or `If-Match`. When it has departed, everybody on it who was not
/// cancelled counts as completed.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = DepartureId, Path), IfMatchHeader, IdempotencyKey),
    request_body = DepartureChanges,
    security(("api_key" = ["departures.write"]), ("session" = ["departures.write"])),
    responses((status = 200, description = "The departure after it", body = Envelope<Departure>)),
)]
#[put("/pipeline/departures/{id}")]
pub async fn update_departure(
    authorized: Authorized<DeparturesWrite>,
    id: web::Path<DepartureId>,
    submission: Submission<DepartureChanges>,
) -> Answer {
    let expected = submission.if_match.required(submission.body.version)?;
    let command = Command::UpdateDeparture {
        id: *id,
        expected,
        changes: submission.body.clone().into(),
    };
    let tenant = authorized.tenant().await?;
    let order = authorized.order(command, &submission);
    row_after(&tenant.execute(order).await?)?.ok()
}
