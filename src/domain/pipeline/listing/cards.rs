//! What a list shows of one task or one jamaah.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::count;
use crate::domain::ids::{DepartureId, JamaahId, StageId, TaskId, UserId};
use crate::domain::pipeline::board::{Day, Found, Visibility};
use crate::domain::pipeline::jamaah::{DepartureRisk, Reason, Status};
use crate::domain::pipeline::state::{Pilgrim, State};
use crate::domain::pipeline::task::{Bucket, Task, TaskStatus};
use crate::domain::principal::RoleKey;
use crate::domain::reach::Place;
use crate::domain::time::Timestamp;

/// A task with what people need to know of its jamaah.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TaskCard {
    #[serde(flatten)]
    pub task: Arc<Task>,
    /// Computed for today in the tenant's zone, for closed tasks too.
    pub bucket: Bucket,
    #[schema(value_type = String)]
    pub jamaah_name: Arc<str>,
    #[schema(value_type = Option<String>)]
    pub jamaah_phone: Option<Arc<str>>,
    pub departure_id: DepartureId,
    #[schema(value_type = Option<String>)]
    pub departure_code: Option<Arc<str>>,
    pub departure_date: NaiveDate,
    #[schema(value_type = Option<String>)]
    pub stage_code: Option<Arc<str>>,
    /// For those who may not see the pipeline itself.
    #[schema(value_type = Option<String>)]
    pub stage_name: Option<Arc<str>>,
    #[schema(value_type = Option<String>)]
    pub stage_name_en: Option<Arc<str>>,
    pub departure_risk: DepartureRisk,
    /// The jamaah's chance of being ready in time; `null` while there is no forecast.
    pub readiness_probability: Option<f64>,
}

impl TaskCard {
    pub fn of(state: &State, day: &Day, task: &Arc<Task>) -> Option<Self> {
        let pilgrim = state.pilgrim(task.jamaah_id)?;
        let status = &pilgrim.status;
        let stage = state.stage(task.stage_id);
        Some(Self {
            bucket: day.bucket(task, status.risk),
            jamaah_name: pilgrim.jamaah.name.clone(),
            jamaah_phone: pilgrim.jamaah.phone.clone(),
            departure_id: status.departure_id,
            departure_code: state
                .departure(status.departure_id)
                .map(|departure| departure.code.clone()),
            departure_date: status.departure_date,
            stage_code: stage.map(|stage| stage.code.clone()),
            stage_name: stage.map(|stage| stage.name.clone()),
            stage_name_en: stage.map(|stage| stage.name_en.clone()),
            departure_risk: status.risk,
            readiness_probability: status.readiness_probability,
            task: task.clone(),
        })
    }
}

/// Open tasks in each column of the board. Closed tasks are in none of these counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BucketCounts {
    pub blocked: u32,
    pub urgent: u32,
    pub today: u32,
    pub upcoming: u32,
    pub later: u32,
}

/// A page of tasks, with counts for the columns and tabs around it.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TaskPage {
    pub items: Vec<TaskCard>,
    /// From 1.
    pub page: u32,
    /// Tasks a page.
    pub limit: u32,
    /// Tasks on all pages.
    pub total: u32,
    /// `total / limit`, rounded up.
    pub pages: u32,
    /// Open tasks per bucket, under all filters but the one by bucket.
    pub buckets: BucketCounts,
    /// Tasks per role, under all filters but the one by role; roles without any are left out.
    #[schema(value_type = std::collections::HashMap<String, u32>)]
    pub roles: BTreeMap<RoleKey, u32>,
}

impl TaskPage {
    pub fn of(state: &State, day: &Day, found: &Found, page: u32, limit: u32) -> Self {
        let tasks = found.slots.iter().filter_map(|slot| state.task_at(*slot));
        let items = tasks
            .filter_map(|task| TaskCard::of(state, day, task))
            .collect();
        let page = super::Page::new(items, page, limit, found.total);
        let bucket = |bucket| found.buckets.get(&bucket).map_or(0, |len| count(*len));
        Self {
            items: page.items,
            page: page.page,
            limit: page.limit,
            total: page.total,
            pages: page.pages,
            buckets: BucketCounts {
                blocked: bucket(Bucket::Blocked),
                urgent: bucket(Bucket::Urgent),
                today: bucket(Bucket::Today),
                upcoming: bucket(Bucket::Upcoming),
                later: bucket(Bucket::Later),
            },
            roles: found
                .roles
                .iter()
                .map(|(role, len)| (role.clone(), count(*len)))
                .collect(),
        }
    }
}

/// One jamaah in a list.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct JamaahCard {
    pub id: JamaahId,
    #[schema(value_type = String)]
    pub name: Arc<str>,
    #[schema(value_type = String)]
    pub passport_number: Arc<str>,
    #[schema(value_type = Option<String>)]
    pub phone: Option<Arc<str>>,
    #[schema(value_type = Option<String>)]
    pub agent: Option<Arc<str>>,
    #[schema(value_type = Option<String>)]
    pub package: Option<Arc<str>>,
    pub departure_id: DepartureId,
    #[schema(value_type = Option<String>)]
    pub departure_code: Option<Arc<str>>,
    pub departure_date: NaiveDate,
    /// The first stage in order that is not done; `null` when all are.
    pub current_stage_id: Option<StageId>,
    #[schema(value_type = Option<String>)]
    pub current_stage_code: Option<Arc<str>>,
    pub status: Status,
    pub blocked: bool,
    pub on_hold: bool,
    pub waiting: bool,
    /// Mandatory stages done, in whole percent.
    pub progress_percent: i32,
    pub risk: DepartureRisk,
    /// Chance of being ready in time; `null` while there is no forecast.
    pub readiness_probability: Option<f64>,
    pub reasons: Vec<Reason>,
    /// When the first of the stages that are active is due; `null` when none is.
    pub due_at: Option<DateTime<Utc>>,
    /// What has to be done next, of the tasks that the caller may see.
    pub next_task: Option<NextTask>,
    /// Tasks pending, in progress or blocked.
    pub open_tasks: u32,
    /// Those of them past their due date.
    pub overdue_tasks: u32,
    pub registered_at: DateTime<Utc>,
    /// Of the jamaah or their status, whichever changed last.
    pub updated_at: DateTime<Utc>,
    /// Of the jamaah, as commands on them expect it.
    pub version: i32,
    /// Of their status, as commands on that expect it.
    pub status_version: i32,
}

/// The open task that most stands in somebody's way: a blocked one before
/// others, then the one due first.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct NextTask {
    pub id: TaskId,
    pub stage_id: StageId,
    #[schema(value_type = String)]
    pub title: Arc<str>,
    pub status: TaskStatus,
    #[schema(value_type = Option<String>)]
    pub blocked_reason: Option<Arc<str>>,
    pub role: RoleKey,
    pub assignee: Option<UserId>,
    pub due_at: Option<DateTime<Utc>>,
    pub overdue: bool,
}

impl NextTask {
    fn among<'a>(open: impl Iterator<Item = &'a Arc<Task>>) -> Option<Self> {
        let task = open.min_by_key(|task| {
            let due = task.due_at.unwrap_or(Timestamp::MAX_UTC);
            (task.status != TaskStatus::Blocked, due, task.id)
        })?;
        Some(Self {
            id: task.id,
            stage_id: task.stage_id,
            title: task.title.clone(),
            status: task.status,
            blocked_reason: task.blocked_reason.clone(),
            role: task.role.clone(),
            assignee: task.assignee,
            due_at: task.due_at,
            overdue: task.overdue,
        })
    }
}

impl JamaahCard {
    pub fn of(state: &State, pilgrim: &Pilgrim, seen: &Visibility) -> Self {
        let (jamaah, status) = (&pilgrim.jamaah, &pilgrim.status);
        let tasks = || pilgrim.tasks.iter().filter_map(|slot| state.task_at(*slot));
        let open = || tasks().filter(|task| task.status.is_open());
        let stage = status.current_stage_id.and_then(|id| state.stage(id));
        Self {
            id: jamaah.id,
            name: jamaah.name.clone(),
            passport_number: jamaah.passport_number.clone(),
            phone: jamaah.phone.clone(),
            agent: jamaah.agent.clone(),
            package: jamaah.package.clone(),
            departure_id: status.departure_id,
            departure_code: state
                .departure(status.departure_id)
                .map(|departure| departure.code.clone()),
            departure_date: status.departure_date,
            current_stage_id: status.current_stage_id,
            current_stage_code: stage.map(|stage| stage.code.clone()),
            status: status.status,
            blocked: status.blocked,
            on_hold: status.on_hold,
            waiting: status.waiting,
            progress_percent: status.progress_percent,
            risk: status.risk,
            readiness_probability: status.readiness_probability,
            reasons: status.reasons.clone(),
            due_at: pilgrim.due_at(),
            next_task: NextTask::among(
                open().filter(|task| seen.includes(&Place::of(task, jamaah.agent.as_deref()))),
            ),
            open_tasks: count(open().count()),
            overdue_tasks: count(open().filter(|task| task.overdue).count()),
            registered_at: status.registered_at,
            updated_at: status.updated_at.max(jamaah.updated_at),
            version: jamaah.version,
            status_version: status.version,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::pipeline::board::{TaskQuery, Visibility};
    use crate::domain::pipeline::listing::JamaahQuery;
    use crate::domain::pipeline::task::TaskStatus;
    use crate::domain::pipeline::view::scene::Scene;
    use crate::domain::principal::RoleKey;

    #[test]
    fn cards_are_flat() {
        let mut scene = Scene::new();
        let departure = scene.departure(60);
        let id = scene.person(departure, |_, _| {});
        scene.task(id, 7, |task| task.overdue = true);
        let view = scene.view();
        let page = view.tasks(&TaskQuery::seen_by(Visibility::All));
        let body = serde_json::to_value(&page).unwrap();
        let card = &body["items"][0];
        assert_eq!(
            (&card["title"], &card["bucket"]),
            (&"Check".into(), &"later".into())
        );
        assert_eq!(card["stage_code"], "visa-application");
        assert_eq!(card["departure_code"], "UMR-H60");
        assert_eq!(card["readiness_probability"], serde_json::Value::Null);
        assert_eq!(
            (&body["total"], &body["buckets"]["later"]),
            (&1.into(), &1.into())
        );
        assert_eq!(body["roles"], serde_json::json!({"visa-admin": 1}));
        assert_eq!(
            view.task_card(page.items[0].task.id),
            Some(page.items[0].clone())
        );

        let jamaah = view.jamaah(&JamaahQuery::default()).items.remove(0);
        assert_eq!((jamaah.open_tasks, jamaah.overdue_tasks), (1, 1));
        assert_eq!(jamaah.next_task, None, "none may be seen");
    }

    #[test]
    fn what_is_blocked_comes_next_then_what_is_due_first() {
        let mut scene = Scene::new();
        let departure = scene.departure(60);
        let id = scene.person(departure, |_, _| {});
        let (soon, later) = (scene.ago(-1.0), scene.ago(-2.0));
        let next = |scene: &Scene, tasks: Visibility| {
            let query = JamaahQuery {
                tasks,
                ..JamaahQuery::default()
            };
            let next = scene.view().jamaah(&query).items.remove(0).next_task;
            next.map(|task| task.title.to_string())
        };
        let mut add = |position, title: &str, due, status| {
            scene.task(id, position, |task| {
                task.title = title.into();
                task.due_at = due;
                task.status = status;
            });
            let visa = Visibility::Roles {
                roles: [RoleKey::new("visa-admin")].into(),
                user: None,
            };
            [next(&scene, Visibility::All), next(&scene, visa)].map(Option::unwrap_or_default)
        };
        assert_eq!(add(7, "a", None, TaskStatus::Pending), ["a", "a"]);
        assert_eq!(add(7, "b", Some(later), TaskStatus::InProgress), ["b", "b"]);
        assert_eq!(add(1, "c", Some(soon), TaskStatus::Pending), ["c", "b"]);
        assert_eq!(add(1, "d", Some(soon), TaskStatus::Completed), ["c", "b"]);
        assert_eq!(add(7, "e", None, TaskStatus::Blocked), ["e", "e"]);
    }
}
