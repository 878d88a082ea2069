//! Saying that one knows of a bottleneck.

use actix_web::{post, web};
use serde::Deserialize;

use crate::db::{Connection, bottleneck_alerts};
use crate::domain::ids::BottleneckAlertId;
use crate::domain::pipeline::bottleneck::BottleneckAlert;
use crate::domain::pipeline::command::Command;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::BottlenecksAcknowledge;
use crate::http::conditional::IfMatchHeader;
use crate::http::pipeline::row_after;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

/// Nothing but the version.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenAlert {
    /// The version you saw; refused with 409 when there is a newer one.
    #[schema(example = 3)]
    pub version: Option<i32>,
}

/// Acknowledge an alert.
///
/// People are no longer reminded of it. One that is over can be acknowledged,
/// too. Whoever may write stages may do this as well.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = BottleneckAlertId, Path), IfMatchHeader, IdempotencyKey),
    request_body = Option<SeenAlert>,
    security(("api_key" = ["bottlenecks.acknowledge"]), ("session" = ["bottlenecks.acknowledge"])),
    responses((status = 200, description = "The alert after it", body = Envelope<BottleneckAlert>)),
)]
#[post("/pipeline/bottlenecks/alerts/{id}/acknowledge")]
pub async fn acknowledge_alert(
    authorized: Authorized<BottlenecksAcknowledge>,
    id: web::Path<BottleneckAlertId>,
    submission: Submission<SeenAlert>,
) -> Answer {
    let expected = submission.if_match.expected(submission.body.version)?;
    let command = Command::AcknowledgeBottleneck { id: *id, expected };
    let tenant = authorized.tenant().await?;
    let order = authorized.order(command, &submission);
    match tenant.execute(order).await.map_err(ApiError::from) {
        Ok(receipt) => row_after(&receipt)?.ok(),
        Err(ApiError::NotFound { .. }) => Err(refuse(&authorized, *id).await),
        Err(error) => Err(error),
    }
}

/// Why one that is not in memory is refused: it was acknowledged and cleared
/// long ago, or there is none.
async fn refuse<P>(authorized: &Authorized<P>, id: BottleneckAlertId) -> ApiError {
    let tenant = authorized.tenant_id();
    let found = authorized
        .app
        .db
        .read("bottleneck_alert", tenant, async |conn: &mut Connection| {
            bottleneck_alerts::by_id(conn, tenant, id).await
        })
        .await;
    let what = "bottleneck alert";
    match found {
        Ok(None) => ApiError::NotFound { what },
        Ok(Some(alert)) => ApiError::InvalidTransition {
            what,
            from: alert.state.as_str().to_owned(),
            to: alert.state.acknowledged().as_str().to_owned(),
        },
        Err(error) => ApiError::of_database(error),
    }
}
