//! What the read model costs at 10,000 jamaah with 100,000 tasks and 100,000
//! stage instances: microseconds a page, a commit and a report, and bytes a task.
//!
//! `cargo bench --bench board`

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark may stop half way"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use chrono::Duration;
use lajur::domain;
use lajur::domain::ids::TaskId;
use lajur::domain::pipeline::board::{TaskQuery, Visibility};
use lajur::domain::pipeline::change::Row;
use lajur::domain::pipeline::listing::JamaahQuery;
use lajur::domain::pipeline::readiness::DepartureQuery;
use lajur::domain::pipeline::state::State;
use lajur::domain::pipeline::task::{Bucket, Task, TaskStatus};
use lajur::domain::pipeline::view::{Touched, View};
use lajur::domain::time::{Timestamp, Zone};

#[path = "../src/domain/pipeline/view/sample.rs"]
mod sample;

use sample::Sample;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PEOPLE: usize = 10_000;

fn main() {
    // cargo passes --bench; a name filters
    let filter = std::env::args().skip(1).find(|arg| !arg.starts_with("--"));
    let wanted = |name: &str| filter.as_deref().is_none_or(|filter| name.contains(filter));

    let before = resident_bytes();
    let mut sample = Sample::new(1, PEOPLE, Zone::WIB);
    let state_bytes = resident_bytes().saturating_sub(before);
    let tasks = sample.state.task_count();
    let view = View::build(sample.state.clone(), sample.now);
    let view_bytes = resident_bytes().saturating_sub(before);
    println!(
        "{PEOPLE} jamaah, {tasks} tasks, {} instances",
        PEOPLE * sample.stages().len()
    );
    println!(
        "state           {:>9} bytes a task, resident",
        state_bytes / tasks
    );
    println!(
        "state and view  {:>9} bytes a task, resident",
        view_bytes / tasks
    );
    println!(
        "a task alone    {:>9} bytes, with its place in all indexes",
        task_bytes(&sample)
    );
    println!("{:<40} {:>9} {:>9}", "microseconds", "CPU mean", "best");
    let (state, now) = (sample.state.clone(), sample.now);
    time("build", || {
        black_box(View::build(state.clone(), now));
    });

    for (name, query) in queries(&sample) {
        if wanted(name) {
            time(
                &format!("tasks {name} ({})", view.tasks(&query).total),
                || {
                    black_box(view.tasks(&query));
                },
            );
        }
    }
    for (name, query) in jamaah_queries() {
        if wanted(name) {
            time(
                &format!("jamaah {name} ({})", view.jamaah(&query).total),
                || {
                    black_box(view.jamaah(&query));
                },
            );
        }
    }
    time("health", || {
        black_box(view.health(now));
    });
    time("stages", || {
        black_box(view.stages(now));
    });
    time("bottlenecks", || {
        black_box(view.bottlenecks(now));
    });
    time("departures", || {
        black_box(view.departures(&DepartureQuery::default(), now));
    });
    time("new day", || {
        black_box(view.new_day(now + Duration::days(1)));
    });
    time("clone", || {
        black_box(view.clone());
    });
    for batch in [1, 64] {
        time_completions(&view, batch, now);
        time_disturbances(&mut sample, batch);
    }
}

fn queries(sample: &Sample) -> Vec<(&'static str, TaskQuery)> {
    let all = || vec!["all".parse().unwrap()];
    let status = |text: &str| vec![text.parse().unwrap()];
    let role = |at: usize| vec![sample.stages()[at].role.clone()];
    let user = sample.users()[3];
    let person = sample.state.task_at(4_321).unwrap().jamaah_id;
    let base = || TaskQuery::seen_by(Visibility::All);
    vec![
        ("open by risk", base()),
        (
            "all by risk",
            TaskQuery {
                statuses: all(),
                ..base()
            },
        ),
        (
            "all by risk, middle page",
            TaskQuery {
                statuses: all(),
                page: 2_500,
                ..base()
            },
        ),
        (
            "all by risk, last page",
            TaskQuery {
                statuses: all(),
                page: 5_000,
                ..base()
            },
        ),
        (
            "open by due_at",
            TaskQuery {
                sort: "due_at".parse().unwrap(),
                ..base()
            },
        ),
        (
            "open by -due_at, page 100",
            TaskQuery {
                sort: "-due_at".parse().unwrap(),
                page: 100,
                ..base()
            },
        ),
        (
            "open by priority",
            TaskQuery {
                sort: "-priority".parse().unwrap(),
                ..base()
            },
        ),
        (
            "open by created_at",
            TaskQuery {
                sort: "-created_at".parse().unwrap(),
                ..base()
            },
        ),
        (
            "open by updated_at, middle",
            TaskQuery {
                sort: "-updated_at".parse().unwrap(),
                page: 1_000,
                ..base()
            },
        ),
        (
            "open by name, middle",
            TaskQuery {
                sort: "name".parse().unwrap(),
                page: 1_000,
                ..base()
            },
        ),
        (
            "role",
            TaskQuery {
                roles: role(6),
                ..base()
            },
        ),
        (
            "status=urgent",
            TaskQuery {
                statuses: status("urgent"),
                ..base()
            },
        ),
        (
            "bucket=today, 100 rows",
            TaskQuery {
                buckets: vec![Bucket::Today],
                limit: 100,
                ..base()
            },
        ),
        (
            "blocked by -updated_at",
            TaskQuery {
                statuses: status("blocked"),
                sort: "-updated_at".parse().unwrap(),
                ..base()
            },
        ),
        (
            "overdue, role, assignee",
            TaskQuery {
                statuses: status("overdue"),
                roles: role(4),
                assignee: Some(format!("{user}").parse().unwrap()),
                ..base()
            },
        ),
        (
            "unassigned, stage, by name",
            TaskQuery {
                assignee: Some("none".parse().unwrap()),
                stages: vec![sample.stages()[8].id],
                sort: "name".parse().unwrap(),
                ..base()
            },
        ),
        (
            "departure",
            TaskQuery {
                statuses: all(),
                departure: Some(sample.departures()[5].0),
                ..base()
            },
        ),
        (
            "jamaah",
            TaskQuery {
                statuses: all(),
                jamaah: Some(person),
                ..base()
            },
        ),
        (
            "q=a",
            TaskQuery {
                statuses: all(),
                q: Some("a".into()),
                ..base()
            },
        ),
        (
            "q=siti",
            TaskQuery {
                q: Some("siti".into()),
                ..base()
            },
        ),
        (
            "q=zulkifli hakim check by -name",
            TaskQuery {
                q: Some("zulkifli hakim check".into()),
                sort: "-name".parse().unwrap(),
                ..base()
            },
        ),
        (
            "q=X123",
            TaskQuery {
                statuses: all(),
                q: Some("X123".into()),
                ..base()
            },
        ),
        (
            "q=an on a b, all by risk, middle",
            TaskQuery {
                statuses: all(),
                q: Some("an on a b".into()),
                page: 300,
                ..base()
            },
        ),
        (
            "q of nothing",
            TaskQuery {
                q: Some("xyzzy".into()),
                ..base()
            },
        ),
    ]
}

fn jamaah_queries() -> Vec<(&'static str, JamaahQuery)> {
    let base = JamaahQuery::default;
    vec![
        ("all by risk", base()),
        (
            "all by name, middle page",
            JamaahQuery {
                sort: "name".parse().unwrap(),
                page: 250,
                ..base()
            },
        ),
        (
            "q=siti by -departure_date",
            JamaahQuery {
                q: Some("siti".into()),
                sort: "-departure_date".parse().unwrap(),
                ..base()
            },
        ),
    ]
}

/// Completes so many open tasks, spread over all of them.
fn time_completions(view: &View, batch: u32, now: Timestamp) {
    let open: Vec<TaskId> = view
        .state
        .tasks()
        .filter(|task| task.status.is_open())
        .map(|task| task.id)
        .collect();
    let mut offset = 0;
    let mut samples = Vec::new();
    for _ in 0..50 {
        offset += 1;
        let take = usize::try_from(batch).unwrap();
        let step = (open.len() / take).max(1);
        let ids: Vec<TaskId> = open
            .iter()
            .skip(offset * 7)
            .step_by(step)
            .take(take)
            .copied()
            .collect();
        let (next, touched) = complete(&view.state, &ids, now + Duration::seconds(1));
        let started = Instant::now();
        let advanced = view.advance(next, &touched, now);
        samples.push(started.elapsed().as_secs_f64() * 1e6 / f64::from(batch));
        drop(black_box(advanced));
    }
    report(&format!("advance, {batch} completed, a task"), samples);
}

fn complete(state: &State, ids: &[TaskId], at: Timestamp) -> (State, Touched) {
    let mut next = state.clone();
    let mut touched = Touched::default();
    for id in ids {
        let mut task = Task::clone(state.task(*id).unwrap());
        task.status = TaskStatus::Completed;
        task.completed_at = Some(at);
        task.updated_at = at;
        let row = Row::Task(task.into());
        next.put(&row);
        touched.add(&row);
    }
    (next, touched)
}

/// Changes of every kind: tasks, statuses, passages, names, new tasks and jamaah.
fn time_disturbances(sample: &mut Sample, batch: u32) {
    let mut view = View::build(sample.state.clone(), sample.now);
    let mut samples = Vec::new();
    for _ in 0..50 {
        let rows = sample.disturb(usize::try_from(batch).unwrap());
        let touched = Touched::by(&rows);
        let started = Instant::now();
        let next = view.advance(sample.state.clone(), &touched, sample.now);
        samples.push(started.elapsed().as_secs_f64() * 1e6 / f64::from(batch));
        view = next;
    }
    report(&format!("advance, {batch} of any kind, a change"), samples);
}

/// Runs something for a while: what it costs in CPU time on average, which
/// other programs hardly change, and by the clock at best.
fn time(name: &str, mut what: impl FnMut()) {
    let (began, cpu) = (Instant::now(), cpu_micros());
    let (mut runs, mut best) = (0.0, f64::MAX);
    while runs < 5.0 || began.elapsed().as_secs_f64() < 0.4 {
        let started = Instant::now();
        what();
        best = best.min(started.elapsed().as_secs_f64() * 1e6);
        runs += 1.0;
    }
    println!(
        "{name:<40} {:>9.1} {best:>9.1}",
        (cpu_micros() - cpu) / runs
    );
}

fn report(name: &str, mut samples: Vec<f64>) {
    samples.sort_by(f64::total_cmp);
    println!(
        "{name:<40} {:>9.1} {:>9.1}  (median, not mean)",
        samples[samples.len() / 2],
        samples[0]
    );
}

/// CPU time of this thread, where the system tells.
fn cpu_micros() -> f64 {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos: f64 = times
        .split_whitespace()
        .next()
        .and_then(|nanos| nanos.parse().ok())
        .unwrap_or(0.0);
    nanos / 1e3
}

/// Resident memory of this process, where the system tells.
/// What the tasks add to a state and a view that have everything else already, for each of them.
fn task_bytes(sample: &Sample) -> usize {
    let mut state = State::empty(sample.state.tenant.clone());
    let (tasks, others): (Vec<Row>, Vec<Row>) = sample
        .state
        .rows()
        .partition(|row| matches!(row, Row::Task(_)));
    let start = resident_bytes();
    others.iter().for_each(|row| state.put(row));
    let without = View::build(state.clone(), sample.now);
    let bare = resident_bytes();
    for row in &tasks {
        if let Row::Task(task) = row {
            state.put(&Row::Task(Arc::new(Task::clone(task))));
        }
    }
    let with = View::build(state, sample.now);
    let grown = resident_bytes() - bare;
    black_box((without, with));
    // the second view holds again what the first does
    grown.saturating_sub(bare - start) / tasks.len()
}

fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = status
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(0);
    pages * 4096
}
