//! Work driven by time: deadlines that have come, and the new day.

use std::sync::Arc;

use super::Desk;
use crate::domain::ids::JamaahId;
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::instance::InstanceState;
use crate::domain::pipeline::refusal::Refusal;
use crate::domain::pipeline::stage::{Baseline, Stage};
use crate::domain::pipeline::status::needs_review;
use crate::domain::pipeline::task::Task;
use crate::domain::pipeline::transition::is_late;

impl Desk<'_> {
    /// Looks again at jamaah of whom a deadline has come. Finding nothing to
    /// do is normal: another node may have been first.
    pub(super) fn review(&mut self, jamaah_ids: &[JamaahId]) -> Result<(), Refusal> {
        for id in jamaah_ids {
            self.mark_late_tasks(*id);
            self.follow(*id);
        }
        Ok(())
    }

    fn mark_late_tasks(&mut self, id: JamaahId) {
        let Some(pilgrim) = self.state.pilgrim(id) else {
            return;
        };
        let now = self.now();
        let late: Vec<_> = pilgrim
            .tasks
            .iter()
            .filter_map(|slot| self.state.task_at(*slot))
            .filter(|task| !task.overdue && is_late(task, now))
            .cloned()
            .collect();
        for task in late {
            self.change_task(EventKind::TaskOverdue, &task, Task::clone(&task));
        }
    }

    /// Renews what each stage's history says, and judges everybody by it.
    pub(super) fn renew_baselines(&mut self) -> Result<(), Refusal> {
        let today = self.state.tenant.zone.date_of(self.now());
        let stages: Vec<_> = self.state.stages().into_iter().cloned().collect();
        for stage in stages {
            if stage
                .baseline
                .is_some_and(|baseline| baseline.date >= today)
            {
                continue;
            }
            let Some(baseline) = self.history(&stage, today) else {
                continue;
            };
            let mut next = Stage::clone(&stage);
            next.baseline = Some(baseline);
            next.version += 1;
            next.updated_at = self.now();
            self.record(
                EventKind::StageBaselineRenewed,
                Some(Row::Stage(stage)),
                Row::Stage(Arc::new(next)),
            );
        }
        let now = self.now();
        let changed = self
            .state
            .pilgrims()
            .filter(|p| needs_review(self.state, p, now));
        let mut changed: Vec<_> = changed.map(|p| p.jamaah.id).collect();
        changed.sort_unstable();
        self.review(&changed)
    }

    /// Percentiles over the hot jamaah's completed passages; `None` without any.
    fn history(&self, stage: &Stage, date: chrono::NaiveDate) -> Option<Baseline> {
        let mut seconds: Vec<i64> = self
            .state
            .pilgrims()
            .filter_map(|pilgrim| pilgrim.instance(stage.id))
            .filter(|instance| instance.state == InstanceState::Completed)
            .filter_map(|instance| {
                let spent = instance.completed_at? - instance.started_at?;
                Some((spent.num_seconds() - instance.paused_seconds).max(0))
            })
            .collect();
        seconds.sort_unstable();
        let percentile =
            |percent: usize| seconds.get((seconds.len() * percent).div_ceil(100).max(1) - 1);
        Some(Baseline {
            date,
            completions: i32::try_from(seconds.len()).unwrap_or(i32::MAX),
            p50_seconds: *percentile(50)?,
            p85_seconds: *percentile(85)?,
        })
    }
}
