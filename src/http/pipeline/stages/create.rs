//! A new stage.

use std::sync::Arc;

use actix_web::post;
use serde::Deserialize;

use super::configure;
use crate::domain::ids::StageId;
use crate::domain::pipeline::command::{Command, StageSettings};
use crate::domain::pipeline::stage::{Stage, StageCategory, WipLimitKind};
use crate::domain::principal::RoleKey;
use crate::domain::time::SlaCalendar;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::StagesWrite;
use crate::http::pipeline::row_after;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStage {
    /// Lower-case letters, digits and dashes; fixed once the stage exists.
    #[schema(value_type = String, example = "visa-application")]
    pub code: Arc<str>,
    #[schema(value_type = String, example = "Pengajuan Visa")]
    pub name: Arc<str>,
    /// The name again when absent.
    #[schema(value_type = Option<String>, example = "Visa application")]
    pub name_en: Option<Arc<str>>,
    /// `custom` when absent.
    pub category: Option<StageCategory>,
    /// Owns the work here.
    #[schema(example = "visa-admin")]
    pub role: RoleKey,
    #[schema(minimum = 0, maximum = 1000, example = 3)]
    pub sla_days: i32,
    #[serde(default)]
    pub sla_calendar: SlaCalendar,
    /// Does not open before this many days before departure.
    #[schema(minimum = 0, maximum = 1000, example = 30)]
    pub not_before_days: Option<i32>,
    /// Must be finished this many days before departure.
    #[schema(minimum = 0, maximum = 1000, example = 18)]
    pub finish_by_days: Option<i32>,
    #[schema(minimum = 1)]
    pub wip_limit: Option<i32>,
    #[serde(default)]
    pub wip_limit_kind: WipLimitKind,
    /// Completes by itself when its required tasks are completed.
    #[serde(default = "yes")]
    pub auto_advance: bool,
    /// Must be done before a jamaah counts as completed.
    #[serde(default = "yes")]
    pub mandatory: bool,
    /// The SLA clock stands still while a task is blocked by a third party.
    #[serde(default)]
    pub pause_on_third_party: bool,
    /// Absent: the stage before it in order.
    pub depends_on: Option<Vec<StageId>>,
}

fn yes() -> bool {
    true
}

impl From<NewStage> for StageSettings {
    fn from(new: NewStage) -> Self {
        Self {
            code: new.code,
            name: new.name,
            name_en: new.name_en,
            category: new.category,
            role: new.role,
            sla_days: new.sla_days,
            sla_calendar: new.sla_calendar,
            not_before_days: new.not_before_days,
            finish_by_days: new.finish_by_days,
            wip_limit: new.wip_limit,
            wip_limit_kind: new.wip_limit_kind,
            auto_advance: new.auto_advance,
            mandatory: new.mandatory,
            pause_on_third_party: new.pause_on_third_party,
            depends_on: new.depends_on,
        }
    }
}

/// Add a stage to the end of the pipeline.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(IdempotencyKey),
    request_body = NewStage,
    security(("api_key" = ["stages.write"]), ("session" = ["stages.write"])),
    responses((status = 201, description = "The stage", body = Envelope<Stage>)),
)]
#[post("/pipeline/stages")]
pub async fn create_stage(
    authorized: Authorized<StagesWrite>,
    submission: Submission<NewStage>,
) -> Answer {
    let command = Command::CreateStage(Box::new(submission.body.clone().into()));
    let tenant = authorized.tenant().await?;
    let named = [("role".to_owned(), submission.body.role.clone())];
    let receipt = configure(&authorized, &submission, &tenant, command, &named).await?;
    row_after(&receipt)?.created()
}
