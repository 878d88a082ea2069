//! Commands about the pipeline itself. Every change makes a new version of
//! the pipeline; those who are under way stay on theirs until it is applied.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use super::{Desk, check_version};
use crate::domain::ids::{JamaahId, StageId};
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::command::{NewTemplate, StageSettings};
use crate::domain::pipeline::instance::InstanceState;
use crate::domain::pipeline::jamaah::JamaahStatus;
use crate::domain::pipeline::refusal::{Fields, Refusal};
use crate::domain::pipeline::stage::{PipelineVersion, Stage, StageCategory, TaskTemplate};
use crate::domain::pipeline::transition::check_text;
use crate::domain::principal::RoleKey;
use crate::domain::time::Timestamp;

/// Most stages and templates that make sense, so that nobody fills the memory.
const MAX_STAGES: usize = 50;
const MAX_TEMPLATES: usize = 50;

impl Desk<'_> {
    /// The first stages of a tenant that has none.
    pub(super) fn install_pipeline(&mut self, stages: &[Stage]) -> Result<(), Refusal> {
        if let Some(known) = self.state.stages().first() {
            return Err(Refusal::Duplicate {
                field: "stages",
                existing: known.id.0,
            });
        }
        for stage in stages {
            self.record(
                EventKind::StageCreated,
                None,
                Row::Stage(Arc::new(stage.clone())),
            );
        }
        self.new_version();
        Ok(())
    }

    pub(super) fn create_stage(&mut self, settings: &StageSettings) -> Result<(), Refusal> {
        let order = self.state.active_stages();
        if order.len() >= MAX_STAGES {
            let complaint = format!("at most {MAX_STAGES} stages");
            return Err(Refusal::Validation(Fields::one("stages", complaint)));
        }
        let last = order.last().map(|stage| stage.id);
        let position = order.last().map_or(0, |stage| stage.position) + 1;
        if let Some(twin) = self
            .state
            .stages()
            .into_iter()
            .find(|s| s.code == settings.code)
        {
            return Err(Refusal::Duplicate {
                field: "code",
                existing: twin.id.0,
            });
        }
        let now = self.now();
        let mut stage = Stage {
            id: self.id(),
            code: settings.code.clone(),
            name: settings.name.clone(),
            name_en: settings.name.clone(),
            category: StageCategory::Custom,
            position,
            role: settings.role.clone(),
            sla_days: settings.sla_days,
            sla_calendar: settings.sla_calendar,
            not_before_days: None,
            finish_by_days: None,
            wip_limit: None,
            wip_limit_kind: settings.wip_limit_kind,
            auto_advance: settings.auto_advance,
            mandatory: settings.mandatory,
            pause_on_third_party: settings.pause_on_third_party,
            depends_on: last.into_iter().collect(),
            templates: Vec::new(),
            active: true,
            baseline: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        settings.apply(&mut stage);
        self.check_stage(&stage)?;
        self.record(EventKind::StageCreated, None, Row::Stage(Arc::new(stage)));
        self.new_version();
        Ok(())
    }

    pub(super) fn update_stage(
        &mut self,
        id: StageId,
        expected: Option<i32>,
        settings: &StageSettings,
    ) -> Result<(), Refusal> {
        let before = self.stage_to_change(id, expected)?;
        if settings.code != before.code {
            return Err(Refusal::Validation(Fields::one(
                "code",
                "cannot be changed",
            )));
        }
        let mut next = Stage::clone(&before);
        settings.apply(&mut next);
        self.check_stage(&next)?;
        self.put_stage(EventKind::StageUpdated, &before, next);
        self.new_version();
        Ok(())
    }

    pub(super) fn retire_stage(
        &mut self,
        id: StageId,
        expected: Option<i32>,
    ) -> Result<(), Refusal> {
        let before = self.stage_to_change(id, expected)?;
        let mut next = Stage::clone(&before);
        next.active = false;
        self.put_stage(EventKind::StageRetired, &before, next);
        let dependants: Vec<_> = self
            .state
            .active_stages()
            .into_iter()
            .filter(|stage| stage.depends_on.contains(&id))
            .cloned()
            .collect();
        for stage in dependants {
            // what came before the retired stage now comes before its followers
            let mut next = Stage::clone(&stage);
            next.depends_on.retain(|other| *other != id);
            for inherited in &before.depends_on {
                if !next.depends_on.contains(inherited) {
                    next.depends_on.push(*inherited);
                }
            }
            self.put_stage(EventKind::StageUpdated, &stage, next);
        }
        self.new_version();
        Ok(())
    }

    pub(super) fn order_stages(&mut self, stage_ids: &[StageId]) -> Result<(), Refusal> {
        let stages: Vec<_> = self.state.active_stages().into_iter().cloned().collect();
        let known: BTreeSet<_> = stages.iter().map(|stage| stage.id).collect();
        let given: BTreeSet<_> = stage_ids.iter().copied().collect();
        if given != known || stage_ids.len() != stages.len() {
            let complaint = "must name every active stage once";
            return Err(Refusal::Validation(Fields::one("stage_ids", complaint)));
        }
        for (position, id) in (1i32..).zip(stage_ids) {
            let Some(before) = stages
                .iter()
                .find(|s| s.id == *id && s.position != position)
            else {
                continue;
            };
            let mut next = Stage::clone(before);
            next.position = position;
            self.put_stage(EventKind::StageUpdated, before, next);
        }
        if !self.changes.is_empty() {
            self.new_version();
        }
        Ok(())
    }

    pub(super) fn set_templates(
        &mut self,
        id: StageId,
        expected: Option<i32>,
        templates: &[NewTemplate],
    ) -> Result<(), Refusal> {
        let before = self.stage_to_change(id, expected)?;
        if templates.len() > MAX_TEMPLATES {
            let complaint = format!("at most {MAX_TEMPLATES} templates");
            return Err(Refusal::Validation(Fields::one("templates", complaint)));
        }
        let mut next = Stage::clone(&before);
        next.templates.clear();
        for template in templates {
            check_text("title", &template.title, 1, 200)?;
            if template
                .due_after_days
                .is_some_and(|days| !(0..=1_000).contains(&days))
            {
                let complaint = "must be between 0 and 1000";
                return Err(Refusal::Validation(Fields::one(
                    "due_after_days",
                    complaint,
                )));
            }
            let known = template
                .id
                .filter(|id| before.templates.iter().any(|t| t.id == *id));
            next.templates.push(TaskTemplate {
                id: known.unwrap_or_else(|| self.id()),
                title: template.title.clone(),
                role: template.role.clone().unwrap_or_else(|| before.role.clone()),
                priority: template.priority,
                required: template.required,
                due_after_days: template.due_after_days,
            });
        }
        self.put_stage(EventKind::StageUpdated, &before, next);
        self.new_version();
        Ok(())
    }

    fn stage_to_change(&self, id: StageId, expected: Option<i32>) -> Result<Arc<Stage>, Refusal> {
        let stage = self
            .state
            .stage(id)
            .cloned()
            .ok_or(Refusal::NotFound { what: "stage" })?;
        check_version(expected, stage.version, || Row::Stage(stage.clone()))?;
        if stage.active {
            return Ok(stage);
        }
        Err(Refusal::InvalidTransition {
            what: "stage",
            from: "retired".to_owned(),
            to: "changed".to_owned(),
        })
    }

    fn put_stage(&mut self, kind: EventKind, before: &Arc<Stage>, mut next: Stage) {
        next.version = before.version + 1;
        next.updated_at = self.now();
        self.record(
            kind,
            Some(Row::Stage(before.clone())),
            Row::Stage(Arc::new(next)),
        );
    }

    fn check_stage(&self, stage: &Stage) -> Result<(), Refusal> {
        let mut fields = Fields::default();
        let code_ok = (1..=64).contains(&stage.code.len())
            && stage
                .code
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        if !code_ok {
            fields.add(
                "code",
                "must be 1 to 64 lower-case letters, digits or dashes",
            );
        }
        if !(0..=1_000).contains(&stage.sla_days) {
            fields.add("sla_days", "must be between 0 and 1000");
        }
        for (field, days) in [
            ("not_before_days", stage.not_before_days),
            ("finish_by_days", stage.finish_by_days),
        ] {
            if days.is_some_and(|days| !(0..=1_000).contains(&days)) {
                fields.add(field, "must be between 0 and 1000");
            }
        }
        if let (Some(opens), Some(closes)) = (stage.not_before_days, stage.finish_by_days)
            && opens < closes
        {
            fields.add("not_before_days", "the window would close before it opens");
        }
        if stage
            .wip_limit
            .is_some_and(|limit| !(1..=1_000_000).contains(&limit))
        {
            fields.add("wip_limit", "must be between 1 and 1000000");
        }
        for other in &stage.depends_on {
            if !self.state.stage(*other).is_some_and(|stage| stage.active) {
                fields.add("depends_on", format!("{other} is not an active stage"));
            }
        }
        if self.closes_a_cycle(stage) {
            fields.add("depends_on", "the stages would wait for each other");
        }
        fields.check()?;
        check_text("name", &stage.name, 1, 120)?;
        check_text("name_en", &stage.name_en, 1, 120)?;
        check_text("role", stage.role.as_str(), 1, 64)
    }

    /// Can `stage` be reached from itself over dependencies?
    fn closes_a_cycle(&self, stage: &Stage) -> bool {
        let mut seen = BTreeSet::new();
        let mut todo = stage.depends_on.clone();
        while let Some(id) = todo.pop() {
            if id == stage.id {
                return true;
            }
            if seen.insert(id)
                && let Some(other) = self.state.stage(id)
            {
                todo.extend(&other.depends_on);
            }
        }
        false
    }

    fn new_version(&mut self) {
        let version = self
            .state
            .latest_pipeline()
            .map_or(0, |pipeline| pipeline.version)
            + 1;
        let stages = self.state.active_stages().into_iter().cloned().collect();
        let pipeline = PipelineVersion {
            version,
            stages,
            created_at: self.now(),
        };
        self.record(
            EventKind::PipelineVersioned,
            None,
            Row::PipelineVersion(Arc::new(pipeline)),
        );
    }

    /// Moves jamaah under way to the newest version: new stages join their
    /// path, retired ones are skipped, windows and due dates follow.
    pub(super) fn apply_pipeline(
        &mut self,
        jamaah_ids: Option<&[JamaahId]>,
    ) -> Result<(), Refusal> {
        let Some(pipeline) = self.state.latest_pipeline().cloned() else {
            return Ok(());
        };
        let mut ids: Vec<JamaahId> = match jamaah_ids {
            Some(ids) => ids.to_vec(),
            None => self
                .state
                .pilgrims()
                .map(|pilgrim| pilgrim.jamaah.id)
                .collect(),
        };
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let pilgrim = self.pilgrim(id)?;
            let status = &pilgrim.status;
            if status.status.is_active() && status.pipeline_version != pipeline.version {
                self.transfer(id, &pipeline);
            }
        }
        Ok(())
    }

    fn transfer(&mut self, id: JamaahId, pipeline: &PipelineVersion) {
        let Some(pilgrim) = self.state.pilgrim(id).cloned() else {
            return;
        };
        let reason: Arc<str> = Arc::from("not in the pipeline any more");
        for instance in &pilgrim.path {
            if !instance.state.is_done() && pipeline.stage(instance.stage_id).is_none() {
                self.complete_instance(instance, InstanceState::Skipped, Some(&reason));
                self.cancel_tasks(&pilgrim, Some(instance.stage_id));
            }
        }
        let departure = self.departure_date(&pilgrim);
        for stage in &pipeline.stages {
            if pilgrim.instance(stage.id).is_none() {
                let instance = self.new_instance(id, stage.id, departure);
                let row = Row::StageInstance(Arc::new(instance));
                self.record(EventKind::StageInstanceCreated, None, row);
            }
        }
        let mut moved = JamaahStatus::clone(&pilgrim.status);
        moved.pipeline_version = pipeline.version;
        self.decide_status(&pilgrim, moved);
        self.state.sort_path(id);
        self.reschedule(id);
        self.follow(id);
    }
}

impl StageSettings {
    fn apply(&self, stage: &mut Stage) {
        stage.name = Arc::from(self.name.trim());
        stage.name_en = self.name_en.clone().unwrap_or_else(|| stage.name.clone());
        stage.category = self.category.unwrap_or(stage.category);
        stage.role = self.role.clone();
        stage.sla_days = self.sla_days;
        stage.sla_calendar = self.sla_calendar;
        stage.not_before_days = self.not_before_days;
        stage.finish_by_days = self.finish_by_days;
        stage.wip_limit = self.wip_limit;
        stage.wip_limit_kind = self.wip_limit_kind;
        stage.auto_advance = self.auto_advance;
        stage.mandatory = self.mandatory;
        stage.pause_on_third_party = self.pause_on_third_party;
        if let Some(depends_on) = &self.depends_on {
            stage.depends_on = depends_on.clone();
            stage.depends_on.sort_unstable();
            stage.depends_on.dedup();
        }
    }
}

/// The templates that come with the program, by name.
pub const TEMPLATES: [(&str, &str); 2] = [
    (
        "umrah-nusuk-2025",
        include_str!("../templates/umrah-nusuk-2025.json"),
    ),
    (
        "umrah-classic",
        include_str!("../templates/umrah-classic.json"),
    ),
];

/// A pipeline as a template describes it: stages name each other by code.
#[derive(Debug, Deserialize)]
struct Template {
    stages: Vec<TemplateStage>,
}

#[derive(Debug, Deserialize)]
struct TemplateStage {
    #[serde(flatten)]
    settings: StageSettings,
    #[serde(default)]
    after: Vec<Arc<str>>,
    tasks: Vec<NewTemplate>,
}

/// The stages that a new tenant of some kind starts with, from the text of a
/// template (`src/domain/pipeline/templates`).
pub fn from_template(
    text: &str,
    ids: &mut crate::domain::ids::IdSource,
    now: Timestamp,
) -> Result<Vec<Stage>, serde_json::Error> {
    let template: Template = serde_json::from_str(text)?;
    let mut stages: Vec<Stage> = Vec::new();
    for (position, planned) in (1..).zip(template.stages) {
        let after = |code: &Arc<str>| {
            stages
                .iter()
                .find(|stage| stage.code == *code)
                .map(|s| s.id)
        };
        let depends_on = planned.after.iter().filter_map(after).collect();
        let role: RoleKey = planned.settings.role.clone();
        let templates = planned.tasks.iter().map(|task| TaskTemplate {
            id: ids.next(now),
            title: task.title.clone(),
            role: task.role.clone().unwrap_or_else(|| role.clone()),
            priority: task.priority,
            required: task.required,
            due_after_days: task.due_after_days,
        });
        let templates = templates.collect();
        let mut stage = Stage {
            id: ids.next(now),
            code: planned.settings.code.clone(),
            name: planned.settings.name.clone(),
            name_en: planned.settings.name.clone(),
            category: StageCategory::Custom,
            position,
            role: planned.settings.role.clone(),
            sla_days: planned.settings.sla_days,
            sla_calendar: planned.settings.sla_calendar,
            not_before_days: None,
            finish_by_days: None,
            wip_limit: None,
            wip_limit_kind: planned.settings.wip_limit_kind,
            auto_advance: planned.settings.auto_advance,
            mandatory: planned.settings.mandatory,
            pause_on_third_party: planned.settings.pause_on_third_party,
            depends_on,
            templates,
            active: true,
            baseline: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        planned.settings.apply(&mut stage);
        stages.push(stage);
    }
    Ok(stages)
}
