//! Changing the settings of a stage.

use std::sync::Arc;

use actix_web::{put, web};
use serde::Deserialize;

use super::configure;
use crate::domain::ids::StageId;
use crate::domain::pipeline::command::{Command, StageSettings};
use crate::domain::pipeline::stage::{Stage, StageCategory, WipLimitKind};
use crate::domain::principal::RoleKey;
use crate::domain::time::SlaCalendar;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::StagesWrite;
use crate::http::conditional::IfMatchHeader;
use crate::http::given::given;
use crate::http::pipeline::row_after;
use crate::http::reply::{Answer, Envelope};
use crate::http::submission::{IdempotencyKey, Submission};

/// What is absent stays as it is; `null` clears. The code cannot be changed.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageChanges {
    /// The version you saw; or send `If-Match`.
    #[schema(example = 3)]
    pub version: Option<i32>,
    /// May be sent along, but only as it is.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub code: Option<Arc<str>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false)]
    pub name: Option<Arc<str>>,
    /// `null`: the name again.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, required = false)]
    pub name_en: Option<Option<Arc<str>>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = StageCategory, required = false)]
    pub category: Option<StageCategory>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, example = "visa-admin")]
    pub role: Option<RoleKey>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = i32, required = false, minimum = 0, maximum = 1000)]
    pub sla_days: Option<i32>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = SlaCalendar, required = false)]
    pub sla_calendar: Option<SlaCalendar>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i32>, required = false, minimum = 0, maximum = 1000)]
    pub not_before_days: Option<Option<i32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i32>, required = false, minimum = 0, maximum = 1000)]
    pub finish_by_days: Option<Option<i32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i32>, required = false, minimum = 1)]
    pub wip_limit: Option<Option<i32>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = WipLimitKind, required = false)]
    pub wip_limit_kind: Option<WipLimitKind>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub auto_advance: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub mandatory: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = bool, required = false)]
    pub pause_on_third_party: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Vec<StageId>, required = false)]
    pub depends_on: Option<Vec<StageId>>,
}

impl StageChanges {
    /// All settings of the stage after these changes.
    fn settings(&self, stage: &Stage) -> StageSettings {
        let changes = self.clone();
        let name_en = changes.name_en.unwrap_or(Some(stage.name_en.clone()));
        StageSettings {
            code: changes.code.unwrap_or(stage.code.clone()),
            name: changes.name.unwrap_or(stage.name.clone()),
            name_en,
            category: changes.category.or(Some(stage.category)),
            role: changes.role.unwrap_or(stage.role.clone()),
            sla_days: changes.sla_days.unwrap_or(stage.sla_days),
            sla_calendar: changes.sla_calendar.unwrap_or(stage.sla_calendar),
            not_before_days: changes.not_before_days.unwrap_or(stage.not_before_days),
            finish_by_days: changes.finish_by_days.unwrap_or(stage.finish_by_days),
            wip_limit: changes.wip_limit.unwrap_or(stage.wip_limit),
            wip_limit_kind: changes.wip_limit_kind.unwrap_or(stage.wip_limit_kind),
            auto_advance: changes.auto_advance.unwrap_or(stage.auto_advance),
            mandatory: changes.mandatory.unwrap_or(stage.mandatory),
            pause_on_third_party: changes
                .pause_on_third_party
                .unwrap_or(stage.pause_on_third_party),
            depends_on: changes.depends_on,
        }
    }
}

/// Change a stage.
///
/// Only the fields that are there are changed. Needs the version you saw, as
/// `version` or `If-Match`.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("commands"))),
    params(("id" = StageId, Path), IfMatchHeader, IdempotencyKey),
    request_body = StageChanges,
    security(("api_key" = ["stages.write"]), ("session" = ["stages.write"])),
    responses((status = 200, description = "The stage after it", body = Envelope<Stage>)),
)]
#[put("/pipeline/stages/{id}")]
pub async fn update_stage(
    authorized: Authorized<StagesWrite>,
    id: web::Path<StageId>,
    submission: Submission<StageChanges>,
) -> Answer {
    let expected = submission.if_match.required(submission.body.version)?;
    let tenant = authorized.tenant().await?;
    let view = tenant.view();
    let stage = view.state.stage(*id);
    let stage = stage.ok_or(ApiError::NotFound { what: "stage" })?;
    let command = Command::UpdateStage {
        id: *id,
        // what is left as it is was read from this version
        expected: expected.or(Some(stage.version)),
        settings: Box::new(submission.body.settings(stage)),
    };
    // a role that is there already is not questioned
    let given = submission.body.role.clone();
    let named = given.filter(|role| *role != stage.role);
    let named: Vec<_> = named
        .map(|role| ("role".to_owned(), role))
        .into_iter()
        .collect();
    let receipt = configure(&authorized, &submission, &tenant, command, &named).await?;
    row_after(&receipt)?.ok()
}
