//! Whatever happens, a view that was kept up to date says the same as the rows.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::Duration;
use proptest::prelude::*;

use super::sample::Sample;
use super::{Touched, View};
use crate::domain::ids::{JamaahId, TaskId};
use crate::domain::pipeline::board::{
    AssigneeFilter, Part, StatusTerm, TaskQuery, TaskSort, TaskSortKey, Visibility, bucket,
};
use crate::domain::pipeline::jamaah::{DepartureRisk, JamaahStatus, Status};
use crate::domain::pipeline::listing::{JamaahCard, JamaahQuery, JamaahSort, JamaahSortKey, Whom};
use crate::domain::pipeline::state::{Pilgrim, State};
use crate::domain::pipeline::tallies::{StageTally, Tallies};
use crate::domain::pipeline::task::{Bucket, Priority, Task, TaskStatus};
use crate::domain::principal::RoleKey;
use crate::domain::reach::Place;
use crate::domain::time::Zone;

const ZONES: [Zone; 3] = [Zone::WIB, Zone::WITA, Zone::WIT];
const SEARCHES: [&str; 8] = [
    "a",
    "siti",
    "an  check",
    "X1 follow",
    "9",
    "zulkifli hakim submit",
    "budi w",
    "nobody",
];

/// One in three times some of a list, otherwise nothing.
fn some<T: Clone>(sample: &mut Sample, list: &[T]) -> Vec<T> {
    if sample.chance(66) {
        return Vec::new();
    }
    let len = 1 + sample.number(2);
    (0..len).filter_map(|_| sample.pick(list)).collect()
}

fn task_query(sample: &mut Sample) -> TaskQuery {
    let stages: Vec<_> = sample.stages().iter().map(|stage| stage.id).collect();
    let roles: Vec<_> = sample
        .stages()
        .iter()
        .map(|stage| stage.role.clone())
        .collect();
    let users = sample.users().to_vec();
    let departures: Vec<_> = sample.departures().iter().map(|(id, _)| *id).collect();
    let people: Vec<_> = sample
        .state
        .pilgrims()
        .map(|pilgrim| pilgrim.jamaah.id)
        .collect();
    let terms = [
        "pending",
        "in_progress",
        "blocked",
        "completed",
        "cancelled",
        "urgent",
        "today",
        "upcoming",
        "later",
        "overdue",
        "open",
        "all",
    ]
    .map(|term| term.parse::<StatusTerm>().unwrap());
    let sorts = [
        "risk",
        "due_at",
        "priority",
        "created_at",
        "updated_at",
        "name",
    ];
    let sort = format!(
        "{}{}",
        sample.pick(&["", "-"]).unwrap(),
        sample.pick(&sorts).unwrap()
    );
    let assignees: Vec<_> = users
        .iter()
        .copied()
        .map(AssigneeFilter::User)
        .chain([AssigneeFilter::Nobody; 9])
        .collect();
    let rarely = |sample: &mut Sample| sample.chance(12);
    TaskQuery {
        visibility: if rarely(sample) {
            let roles: BTreeSet<RoleKey> = some(sample, &roles).into_iter().collect();
            Visibility::Roles {
                roles,
                user: sample.pick(&users),
            }
        } else if rarely(sample) {
            let of_stages = Part {
                tasks: Visibility::All,
                stages: Some(some(sample, &stages).into_iter().collect()),
                agent: None,
            };
            let roles: BTreeSet<RoleKey> = some(sample, &roles).into_iter().collect();
            let of_agent = Part {
                tasks: Visibility::Roles { roles, user: None },
                stages: None,
                agent: sample.pick(&["barokah".to_owned(), "nobody".to_owned()]),
            };
            Visibility::Parts(vec![of_stages, of_agent])
        } else {
            Visibility::All
        },
        roles: some(sample, &roles),
        statuses: if sample.chance(40) {
            vec![StatusTerm::All]
        } else {
            some(sample, &terms)
        },
        buckets: some(sample, &Bucket::ALL),
        stages: some(sample, &stages),
        assignee: if rarely(sample) {
            sample.pick(&assignees)
        } else {
            None
        },
        priorities: some(sample, &Priority::ALL),
        departure: if rarely(sample) {
            sample.pick(&departures)
        } else {
            None
        },
        jamaah: if rarely(sample) {
            sample.pick(&people)
        } else {
            None
        },
        q: if sample.chance(30) {
            sample.pick(&SEARCHES).map(str::to_owned)
        } else {
            None
        },
        sort: sort.parse().unwrap(),
        page: 1,
        limit: u32::try_from(1 + sample.number(30)).unwrap(),
    }
}

struct Naive<'a> {
    view: &'a View,
}

impl Naive<'_> {
    fn pilgrim(&self, task: &Task) -> &Arc<Pilgrim> {
        self.view.state.pilgrim(task.jamaah_id).unwrap()
    }

    fn bucket(&self, task: &Task) -> Bucket {
        bucket(
            task,
            self.pilgrim(task).status.risk,
            self.view.today,
            self.view.state.tenant.zone,
        )
    }

    fn has_status(&self, task: &Task, terms: &[StatusTerm]) -> bool {
        let open = task.status.is_open();
        let has = |term: &StatusTerm| match term {
            StatusTerm::State(status) => task.status == *status,
            StatusTerm::Bucket(bucket) => open && self.bucket(task) == *bucket,
            StatusTerm::Overdue => open && task.overdue,
            StatusTerm::Open => open,
            StatusTerm::All => true,
        };
        if terms.is_empty() {
            open
        } else {
            terms.iter().any(has)
        }
    }

    /// Under all filters but those by role and bucket.
    fn matches(&self, task: &Task, query: &TaskQuery) -> bool {
        let pilgrim = self.pilgrim(task);
        let aliases_only = query
            .statuses
            .iter()
            .all(|term| matches!(term, StatusTerm::Bucket(_)));
        let words = query.q.as_deref().unwrap_or("").to_lowercase();
        let texts = [
            &pilgrim.jamaah.name,
            &pilgrim.jamaah.passport_number,
            &task.title,
        ]
        .map(|text| text.to_lowercase());
        let agent = pilgrim.jamaah.agent.as_deref();
        query.visibility.includes(&Place::of(task, agent))
            && self.has_status(task, if aliases_only { &[] } else { &query.statuses })
            && (query.stages.is_empty() || query.stages.contains(&task.stage_id))
            && (query.priorities.is_empty() || query.priorities.contains(&task.priority))
            && query
                .departure
                .is_none_or(|id| id == pilgrim.status.departure_id)
            && query.jamaah.is_none_or(|id| id == task.jamaah_id)
            && match query.assignee {
                None => true,
                Some(AssigneeFilter::Nobody) => task.assignee.is_none(),
                Some(AssigneeFilter::User(user)) => task.assignee == Some(user),
            }
            && words
                .split_whitespace()
                .all(|word| texts.iter().any(|text| text.contains(word)))
    }

    fn in_buckets(&self, task: &Task, query: &TaskQuery) -> bool {
        let bucket = self.bucket(task);
        let aliases_only = query
            .statuses
            .iter()
            .all(|term| matches!(term, StatusTerm::Bucket(_)));
        (query.buckets.is_empty() || query.buckets.contains(&bucket))
            && (query.statuses.is_empty()
                || !aliases_only
                || query.statuses.contains(&StatusTerm::Bucket(bucket)))
    }

    fn in_roles(task: &Task, query: &TaskQuery) -> bool {
        query.roles.is_empty() || query.roles.contains(&task.role)
    }

    fn compare(&self, a: &Task, b: &Task, sort: TaskSort) -> Ordering {
        let risk = |task: &Task| {
            let status = &self.pilgrim(task).status;
            let known = status.readiness_probability;
            (
                Reverse(status.risk),
                known.is_none(),
                known.map(f64::to_bits),
                status.departure_date,
                task.due_at.is_none(),
                task.due_at,
                Reverse(task.priority),
            )
        };
        let name = |task: &Task| {
            let jamaah = &self.pilgrim(task).jamaah;
            (
                jamaah.name.to_lowercase(),
                jamaah.passport_number.to_lowercase(),
            )
        };
        let slot = |task: &Task| self.view.state.slot(task.id);
        let upwards = match sort.key {
            TaskSortKey::Risk => risk(a).cmp(&risk(b)),
            TaskSortKey::DueAt => a.due_at.cmp(&b.due_at),
            TaskSortKey::Priority => a.priority.cmp(&b.priority),
            TaskSortKey::CreatedAt => a.created_at.cmp(&b.created_at),
            TaskSortKey::UpdatedAt => a.updated_at.cmp(&b.updated_at),
            TaskSortKey::Name => name(a).cmp(&name(b)),
        };
        let upwards = upwards.then(slot(a).cmp(&slot(b)));
        let directed = if sort.descending {
            upwards.reverse()
        } else {
            upwards
        };
        match sort.key {
            TaskSortKey::DueAt => a.due_at.is_none().cmp(&b.due_at.is_none()).then(directed),
            _ => directed,
        }
    }
}

fn check_tasks(view: &View, query: &TaskQuery) {
    let naive = Naive { view };
    let found: Vec<&Arc<Task>> = view
        .state
        .tasks()
        .filter(|task| naive.matches(task, query))
        .collect();
    let mut listed: Vec<&Arc<Task>> = found.clone();
    listed.retain(|task| naive.in_buckets(task, query) && Naive::in_roles(task, query));
    listed.sort_by(|a, b| naive.compare(a, b, query.sort));

    let mut paged: Vec<TaskId> = Vec::new();
    for page in 1..=query
        .page
        .max(u32::try_from(listed.len()).unwrap() / query.limit + 2)
    {
        let body = view.tasks(&TaskQuery {
            page,
            ..query.clone()
        });
        assert_eq!(
            usize::try_from(body.total).unwrap(),
            listed.len(),
            "{query:?}"
        );
        assert_eq!(body.pages, body.total.div_ceil(query.limit));
        for card in &body.items {
            assert_eq!(card.bucket, naive.bucket(&card.task));
        }
        paged.extend(body.items.iter().map(|card| card.task.id));

        let count = |wanted: Bucket| {
            let counted = |task: &&&Arc<Task>| {
                task.status.is_open()
                    && Naive::in_roles(task, query)
                    && naive.bucket(task) == wanted
            };
            u32::try_from(found.iter().filter(counted).count()).unwrap()
        };
        let counts = [
            body.buckets.blocked,
            body.buckets.urgent,
            body.buckets.today,
            body.buckets.upcoming,
            body.buckets.later,
        ];
        assert_eq!(counts, Bucket::ALL.map(count), "{query:?}");
        let mut roles: BTreeMap<RoleKey, u32> = BTreeMap::new();
        for task in found.iter().filter(|task| naive.in_buckets(task, query)) {
            *roles.entry(task.role.clone()).or_default() += 1;
        }
        assert_eq!(body.roles, roles, "{query:?}");
    }
    assert_eq!(
        paged,
        listed.iter().map(|task| task.id).collect::<Vec<_>>(),
        "{query:?}"
    );
}

fn jamaah_query(sample: &mut Sample) -> JamaahQuery {
    let stages: Vec<_> = sample.stages().iter().map(|stage| stage.id).collect();
    let departures: Vec<_> = sample.departures().iter().map(|(id, _)| *id).collect();
    let sorts = [
        "risk",
        "name",
        "departure_date",
        "registered_at",
        "updated_at",
        "progress",
        "due_at",
    ];
    let sort = format!(
        "{}{}",
        sample.pick(&["", "-"]).unwrap(),
        sample.pick(&sorts).unwrap()
    );
    let flag = |sample: &mut Sample| {
        if sample.chance(10) {
            Some(sample.chance(50))
        } else {
            None
        }
    };
    let risks = [
        DepartureRisk::High,
        DepartureRisk::Medium,
        DepartureRisk::Low,
        DepartureRisk::Unknown,
    ];
    JamaahQuery {
        statuses: some(sample, &Status::ALL),
        stage: if sample.chance(15) {
            sample.pick(&stages)
        } else {
            None
        },
        departure: if sample.chance(15) {
            sample.pick(&departures)
        } else {
            None
        },
        q: if sample.chance(30) {
            sample.pick(&SEARCHES).map(str::to_owned)
        } else {
            None
        },
        blocked: flag(sample),
        on_hold: flag(sample),
        waiting: flag(sample),
        risks: some(sample, &risks),
        whom: match sample.number(6) {
            0 => Whom::Agent("barokah".to_owned()),
            1 => Whom::Nobody,
            _ => Whom::All,
        },
        tasks: Visibility::All,
        sort: sort.parse().unwrap(),
        page: 1,
        limit: u32::try_from(1 + sample.number(30)).unwrap(),
    }
}

fn matches_jamaah(pilgrim: &Pilgrim, query: &JamaahQuery) -> bool {
    let JamaahStatus {
        status,
        blocked,
        on_hold,
        waiting,
        risk,
        departure_id,
        current_stage_id,
        ..
    } = &*pilgrim.status;
    let text = format!(
        "{}\n{}",
        pilgrim.jamaah.name, pilgrim.jamaah.passport_number
    )
    .to_lowercase();
    let words = query.q.as_deref().unwrap_or("").to_lowercase();
    query.whom.includes(pilgrim.jamaah.agent.as_deref())
        && (query.statuses.is_empty() || query.statuses.contains(status))
        && (query.risks.is_empty() || query.risks.contains(risk))
        && query
            .stage
            .is_none_or(|stage| Some(stage) == *current_stage_id)
        && query
            .departure
            .is_none_or(|departure| departure == *departure_id)
        && query.blocked.is_none_or(|flag| flag == *blocked)
        && query.on_hold.is_none_or(|flag| flag == *on_hold)
        && query.waiting.is_none_or(|flag| flag == *waiting)
        && words.split_whitespace().all(|word| text.contains(word))
}

fn check_jamaah(view: &View, query: &JamaahQuery) {
    let found: BTreeMap<JamaahId, &Arc<Pilgrim>> = view
        .state
        .pilgrims()
        .filter(|pilgrim| matches_jamaah(pilgrim, query))
        .map(|pilgrim| (pilgrim.jamaah.id, pilgrim))
        .collect();
    let mut paged = Vec::new();
    for page in 1..=u32::try_from(found.len()).unwrap() / query.limit + 2 {
        let body = view.jamaah(&JamaahQuery {
            page,
            ..query.clone()
        });
        assert_eq!(
            usize::try_from(body.total).unwrap(),
            found.len(),
            "{query:?}"
        );
        paged.extend(body.items);
    }
    let ids: BTreeSet<JamaahId> = paged.iter().map(|card| card.id).collect();
    assert!(
        ids.iter().eq(found.keys()) && paged.len() == found.len(),
        "{query:?}"
    );
    if query.sort.descending {
        paged.reverse();
    }
    assert!(
        paged.is_sorted_by(|a, b| match query.sort {
            JamaahSort {
                key: JamaahSortKey::Risk,
                ..
            } => {
                let key = |card: &JamaahCard| {
                    let known = card.readiness_probability;
                    (
                        Reverse(card.risk),
                        known.is_none(),
                        known.map(f64::to_bits),
                        card.departure_date,
                    )
                };
                key(a) <= key(b)
            }
            JamaahSort {
                key: JamaahSortKey::Name,
                ..
            } => {
                (a.name.to_lowercase(), &a.passport_number)
                    <= (b.name.to_lowercase(), &b.passport_number)
            }
            JamaahSort {
                key: JamaahSortKey::DepartureDate,
                ..
            } => a.departure_date <= b.departure_date,
            JamaahSort {
                key: JamaahSortKey::RegisteredAt,
                ..
            } => a.registered_at <= b.registered_at,
            JamaahSort {
                key: JamaahSortKey::UpdatedAt,
                ..
            } => a.updated_at <= b.updated_at,
            JamaahSort {
                key: JamaahSortKey::Progress,
                ..
            } => a.progress_percent <= b.progress_percent,
            JamaahSort {
                key: JamaahSortKey::DueAt,
                ..
            } => {
                // the list has been turned round: those without a date come first then
                let last = |card: &JamaahCard| card.due_at.is_none() != query.sort.descending;
                (last(a), a.due_at) <= (last(b), b.due_at)
            }
        }),
        "{query:?}"
    );
}

/// Without what counts nothing, which only totals kept up to date may hold.
fn check_tallies(view: &View) {
    let computed = Tallies::compute(&view.state, view.today);
    let empty = StageTally::default();
    for stage in view.state.stages() {
        let [kept, fresh] =
            [&view.tallies, &computed].map(|tallies| tallies.stage(stage.id).unwrap_or(&empty));
        assert_eq!(kept, fresh);
    }
    assert_eq!(view.tallies.people(), computed.people());
    for departure in view.state.departures() {
        let [kept, fresh] =
            [&view.tallies, &computed].map(|tallies| tallies.departure(departure.id).cloned());
        assert_eq!(kept.unwrap_or_default(), fresh.unwrap_or_default());
    }
    for days in -40..40 {
        let date = crate::domain::time::plus_days(view.today, days);
        assert_eq!(view.tallies.due_on(date), computed.due_on(date));
        assert_eq!(view.tallies.completed_on(date), computed.completed_on(date));
    }
}

fn open_tasks(state: &State) -> usize {
    state
        .tasks()
        .filter(|task| {
            matches!(
                task.status,
                TaskStatus::Pending | TaskStatus::InProgress | TaskStatus::Blocked
            )
        })
        .count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_view_kept_up_to_date_says_what_the_rows_say(
        seed in any::<u64>(),
        zone in 0usize..3,
        people in 0usize..40,
        batches in proptest::collection::vec((1usize..60, 0i64..30), 1..6),
    ) {
        let mut sample = Sample::new(seed, people, ZONES[zone]);
        let mut view = View::build(sample.state.clone(), sample.now);
        for (changes, hours) in batches {
            sample.now += Duration::hours(hours);
            let rows = sample.disturb(changes);
            view = view.advance(sample.state.clone(), &Touched::by(&rows), sample.now);
            check_tallies(&view);
            for _ in 0..6 {
                check_tasks(&view, &task_query(&mut sample));
                check_jamaah(&view, &jamaah_query(&mut sample));
            }
        }
        let counts = view.tasks(&TaskQuery::seen_by(Visibility::All));
        prop_assert_eq!(usize::try_from(counts.total).unwrap(), open_tasks(&view.state));
    }
}

#[test]
fn orders_of_many_pieces_page_like_the_rows() {
    let mut sample = Sample::new(7, 400, Zone::WIB);
    let mut view = View::build(sample.state.clone(), sample.now);
    for changes in [1, 900, 30] {
        let rows = sample.disturb(changes);
        view = view.advance(sample.state.clone(), &Touched::by(&rows), sample.now);
    }
    check_tallies(&view);
    for _ in 0..20 {
        let query = task_query(&mut sample);
        check_tasks(
            &view,
            &TaskQuery {
                limit: 100 + query.limit,
                ..query
            },
        );
    }
}
