//! Moving people who are under way to the newest version of the pipeline.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};

use super::configure;
use crate::domain::ids::{IdSource, JamaahId};
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::decide::{Context, decide};
use crate::domain::pipeline::state::State;
use crate::domain::principal::Principal;
use crate::domain::time::Timestamp;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::StagesWrite;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::http::submission::{IdempotencyKey, Submission};

#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyStages {
    /// Absent: everybody who is under way.
    pub jamaah_ids: Option<Vec<JamaahId>>,
    /// Change nothing, only count.
    #[serde(default)]
    pub dry_run: bool,
}

/// What moving to the newest version changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AppliedStages {
    /// The newest version of the pipeline; `null` when there is none yet.
    pub pipeline_version: Option<i32>,
    pub dry_run: bool,
    /// People who were on an older version.
    pub jamaah: u32,
    /// Passages added to their paths.
    pub passages_added: u32,
    /// Passages of stages that are no longer in the pipeline.
    pub passages_skipped: u32,
    pub tasks_created: u32,
    pub tasks_cancelled: u32,
}

impl AppliedStages {
    fn count<'a>(&mut self, changes: impl Iterator<Item = (EventKind, &'a Row)>) {
        let mut moved = std::collections::BTreeSet::new();
        for (kind, row) in changes {
            match (kind, row) {
                (EventKind::StageInstanceCreated, _) => self.passages_added += 1,
                (EventKind::StageInstanceSkipped, _) => self.passages_skipped += 1,
                (EventKind::TaskCreated, _) => self.tasks_created += 1,
                (EventKind::TaskCancelled, _) => self.tasks_cancelled += 1,
                (_, Row::JamaahStatus(status)) => {
                    moved.insert(status.jamaah_id);
                }
                _ => {}
            }
        }
        self.jamaah = u32::try_from(moved.len()).unwrap_or(u32::MAX);
    }
}

/// Move people to the newest version of the pipeline.
///
/// New stages join their path, retired ones are skipped, windows and due dates
/// follow. With `dry_run` nothing is changed, and the counts are of what would be.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("bulk"))),
    params(IdempotencyKey),
    request_body = Option<ApplyStages>,
    security(("api_key" = ["stages.write"]), ("session" = ["stages.write"])),
    responses(
        (status = 200, description = "How many are affected", body = Envelope<AppliedStages>),
        (status = 404, description = "`NOT_FOUND`: one of these jamaah is not there"),
    ),
)]
#[post("/pipeline/stages/apply")]
pub async fn apply_stages(
    authorized: Authorized<StagesWrite>,
    submission: Submission<ApplyStages>,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let view = tenant.view();
    let latest = view.state.latest_pipeline();
    let mut applied = AppliedStages {
        pipeline_version: latest.map(|pipeline| pipeline.version),
        dry_run: submission.body.dry_run,
        ..AppliedStages::default()
    };
    let jamaah_ids = submission.body.jamaah_ids.clone();
    let command = Command::ApplyPipeline { jamaah_ids };
    if applied.dry_run {
        let (state, now) = (view.state.clone(), authorized.app.clock.now());
        let rehearsed = web::block(move || rehearse(state, &command, applied, now)).await;
        let applied = rehearsed.map_err(ApiError::internal)??;
        return Reply::new(applied).seq(view.state.head).ok();
    }
    let receipt = configure(&authorized, &submission, &tenant, command, &[]).await?;
    applied.count(receipt.kinds.iter().copied().zip(&*receipt.rows));
    Reply::new(applied).receipt(&receipt).ok()
}

/// Carries the command out on a copy of the state that nobody sees.
fn rehearse(
    mut state: State,
    command: &Command,
    mut applied: AppliedStages,
    now: Timestamp,
) -> Result<AppliedStages, ApiError> {
    let (principal, mut ids) = (Principal::system(), IdSource::seeded(0));
    let context = Context {
        principal: &principal,
        now,
        ids: &mut ids,
    };
    let changes = decide(&mut state, command, context)?;
    applied.count(changes.iter().map(|change| (change.kind, &change.after)));
    Ok(applied)
}
