//! Alerts that are and that were.

use std::str::FromStr;
use std::sync::Arc;

use actix_web::get;
use serde::{Deserialize, Serialize};

use crate::db::{self, Connection, bottleneck_alerts};
use crate::domain::pipeline::bottleneck::{AlertState, BottleneckAlert};
use crate::domain::pipeline::listing::Unrecognised;
use crate::domain::pipeline::refusal::Fields;
use crate::domain::pipeline::view::View;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::PipelineRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::page::Page;
use crate::http::params::{self, Params};
use crate::http::reply::{Answer, Envelope, Reply};

#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AlertFilter {
    /// `active_unack`, `active_ack`, `cleared_unack`, `cleared_ack`, or two of
    /// them as `active`, `cleared`, `unack` or `ack`; several separated by commas.
    #[param(example = "active,cleared_unack")]
    pub state: Option<String>,
}

/// An alert with what its stage and whoever acknowledged it are called now.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BottleneckAlertCard {
    #[serde(flatten)]
    pub alert: BottleneckAlert,
    #[schema(value_type = Option<String>)]
    pub stage_code: Option<Arc<str>>,
    #[schema(value_type = Option<String>)]
    pub stage_name: Option<Arc<str>>,
    #[schema(value_type = Option<String>)]
    pub stage_name_en: Option<Arc<str>>,
    /// `null` while nobody has, and for the program itself.
    #[schema(value_type = Option<String>)]
    pub acknowledged_by_name: Option<Arc<str>>,
}

/// The alerts about bottlenecks, newest first.
///
/// One is raised when two evaluations in a row find a bottleneck, and cleared
/// when four in a row find none, even with five points more. It stays in the list.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(AlertFilter, Page, IfNoneMatch),
    security(("api_key" = ["pipeline.read"]), ("session" = ["pipeline.read"])),
    responses((status = 200, description = "A page of alerts", body = Envelope<Vec<BottleneckAlertCard>>)),
)]
#[get("/pipeline/bottlenecks/alerts")]
pub async fn list_alerts(
    authorized: Authorized<PipelineRead>,
    filter: Params<AlertFilter>,
    page: Page,
    known: IfNoneMatch,
) -> Answer {
    let states = filter.0.states()?;
    let id = authorized.tenant_id();
    let tenant = authorized.tenant().await?;
    // before the rows are read, which may be newer but never older
    let view = tenant.view();
    let offset = i64::try_from(page.offset()).unwrap_or(i64::MAX);
    let limit = i64::from(page.limit);
    let (alerts, total, names) = authorized
        .app
        .db
        .read("bottleneck_alerts", id, async |conn: &mut Connection| {
            let (alerts, total) =
                bottleneck_alerts::newest(conn, id, &states, offset, limit).await?;
            let actors = alerts.iter().filter_map(|alert| alert.acknowledged_by);
            let names = db::names::of_actors(conn, id, actors).await?;
            Ok::<_, db::Error>((alerts, total, names))
        })
        .await
        .map_err(ApiError::of_database)?;
    let cards = alerts.into_iter().map(|alert| {
        let by = alert.acknowledged_by;
        let name = by.and_then(|actor| names.get(&actor).cloned());
        BottleneckAlertCard::of(&view, alert, name)
    });
    Reply::new(cards.collect::<Vec<_>>())
        .page(page, u64::try_from(total).unwrap_or_default())
        .read_from(&view, tenant.freshness())
        .conditional(&known)
}

impl AlertFilter {
    /// All of them when nothing is said.
    fn states(&self) -> Result<Vec<AlertState>, ApiError> {
        let mut fields = Fields::default();
        let wanted: Vec<States> = params::list(&mut fields, "state", self.state.as_deref());
        fields.check()?;
        if wanted.is_empty() {
            return Ok(AlertState::ALL.to_vec());
        }
        Ok(wanted.into_iter().flat_map(|states| states.0).collect())
    }
}

impl BottleneckAlertCard {
    fn of(view: &View, alert: BottleneckAlert, acknowledged_by_name: Option<Arc<str>>) -> Self {
        let stage = view.state.stage(alert.stage_id);
        Self {
            stage_code: stage.map(|stage| stage.code.clone()),
            stage_name: stage.map(|stage| stage.name.clone()),
            stage_name_en: stage.map(|stage| stage.name_en.clone()),
            acknowledged_by_name,
            alert,
        }
    }
}

/// What one word of the filter stands for.
struct States(Vec<AlertState>);

impl FromStr for States {
    type Err = Unrecognised;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let means = |state: &AlertState| match text {
            "active" => state.is_active(),
            "cleared" => !state.is_active(),
            "ack" => state.is_acknowledged(),
            "unack" => !state.is_acknowledged(),
            word => word == state.as_str(),
        };
        let states: Vec<_> = AlertState::ALL.into_iter().filter(means).collect();
        match states.is_empty() {
            true => Err(Unrecognised::new("state", text)),
            false => Ok(Self(states)),
        }
    }
}
