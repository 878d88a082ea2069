//! The season has the shape that seasons have, follows from the seed, and
//! leaves nothing to do.

use std::collections::HashMap;

use super::*;
use crate::domain::ids::TenantId;
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::departure::DepartureState;
use crate::domain::pipeline::instance::InstanceState;
use crate::domain::pipeline::jamaah::Status;
use crate::domain::pipeline::state::Pilgrim;
use crate::domain::pipeline::status::needs_review;
use crate::domain::pipeline::task::TaskStatus;
use crate::domain::pipeline::tenant::TenantKind;

/// A Sunday, half past eleven in Jakarta.
fn now() -> Timestamp {
    "2026-11-22T04:30:00Z".parse().unwrap()
}

fn season_of(slug: &str, jamaah: u32, seed: u64, now: Timestamp) -> Season {
    let tenant = Tenant {
        id: TenantId(uuid::Uuid::nil()),
        slug: slug.into(),
        name: slug.into(),
        kind: TenantKind::Travel,
        zone: Zone::WIB,
        locale: "id".into(),
        epoch: "e".into(),
    };
    let staff = Staff::new(slug, &HashMap::new(), &mut IdSource::seeded(seed), now);
    Season::new(
        Arc::new(tenant),
        Arc::new(staff),
        jamaah,
        Chance::new(seed, slug),
        now,
    )
}

fn season(jamaah: u32, seed: u64) -> Season {
    season_of("al-falah", jamaah, seed, now())
}

/// Every deed, and the season after the last.
fn live(mut season: Season) -> (Vec<Deed>, Season) {
    let deeds = season.by_ref().collect::<Result<_, _>>().unwrap();
    (deeds, season)
}

/// Percent of those who are active.
#[derive(Debug)]
struct Shares {
    /// Of all.
    completed: f64,
    on_track: f64,
    at_risk: f64,
    overdue: f64,
    blocked: f64,
    waiting: f64,
    /// By current stage, in order.
    stages: Vec<f64>,
}

fn shares(state: &State) -> Shares {
    let active: Vec<_> = state
        .pilgrims()
        .filter(|p| p.status.status.is_active())
        .collect();
    let percent = |part: usize, of: usize| {
        let [part, of] = [part, of].map(|n| f64::from(u32::try_from(n).unwrap()));
        part * 100.0 / of
    };
    let share = |of: &dyn Fn(&Pilgrim) -> bool| {
        percent(active.iter().filter(|p| of(p)).count(), active.len())
    };
    let status = |status| share(&|p| p.status.status == status);
    Shares {
        completed: percent(state.pilgrim_count() - active.len(), state.pilgrim_count()),
        on_track: status(Status::OnTrack),
        at_risk: status(Status::AtRisk),
        overdue: status(Status::Overdue),
        blocked: share(&|p| p.status.blocked),
        waiting: share(&|p| p.status.waiting),
        stages: state
            .stages()
            .iter()
            .map(|s| share(&|p| p.status.current_stage_id == Some(s.id)))
            .collect(),
    }
}

/// How far from what has been counted a share may be, in percent points.
const WITHIN: f64 = 5.0;

/// Of the active by current stage, the first that is not done, in order.
const STAGES: [f64; 10] = [42.8, 4.3, 4.4, 13.3, 5.6, 6.4, 9.3, 2.6, 3.1, 8.2];

/// Whatever the seed, and on any day of the week: agencies rest on Sunday
/// afternoons, which shows on the days after.
#[test]
fn statuses_and_stages_come_out_as_in_a_season_that_was_counted() {
    for (seed, days) in [(42, 0), (7, 2), (5, 6)] {
        let now = now() + chrono::Duration::days(days);
        let (_, season) = live(season_of("al-falah", 2_000, seed, now));
        let shares = shares(season.state());
        let check = |what: &str, share: f64, counted: f64, within: f64| {
            assert!(
                (share - counted).abs() <= within,
                "seed {seed}, {what}: {share:.1} is not {counted}: {shares:.1?}"
            );
        };
        check("completed", shares.completed, 24.5, WITHIN);
        check("on track", shares.on_track, 75.1, WITHIN);
        check("at risk", shares.at_risk, 7.0, 3.5);
        check("overdue", shares.overdue, 17.9, WITHIN);
        check("blocked", shares.blocked, 4.9, WITHIN);
        check("waiting", shares.waiting, 16.2, WITHIN);
        for (place, (share, counted)) in shares.stages.iter().zip(STAGES).enumerate() {
            check(&format!("stage {}", place + 1), *share, counted, WITHIN);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_events() {
    let told = |seed| {
        let (deeds, _) = live(season(60, seed));
        deeds
            .into_iter()
            .map(|deed| (deed.at, deed.command_id, deed.actor, deed.changes))
            .collect::<Vec<_>>()
    };
    let first = told(42);
    assert!(first == told(42), "twice the same");
    assert!(first != told(43), "another seed, another season");
}

#[test]
fn the_log_is_in_order_and_leads_to_the_state() {
    let (deeds, season) = live(season(100, 42));
    assert!(
        deeds.is_sorted_by_key(|deed| deed.at),
        "in the order of time"
    );
    assert!(
        deeds
            .iter()
            .all(|deed| deed.at <= now() && !deed.changes.is_empty())
    );
    let mut replayed = State::empty(Arc::clone(&season.state.tenant));
    let mut last: HashMap<(&str, uuid::Uuid), &Row> = HashMap::new();
    for change in deeds.iter().flat_map(|deed| &deed.changes) {
        let subject = (change.after.subject_type(), change.after.subject_id());
        assert_eq!(
            change.before.as_ref(),
            last.insert(subject, &change.after),
            "{:?}",
            change.kind
        );
        replayed.put(&change.after);
    }
    assert_eq!(replayed.pilgrim_count(), 100);
    assert_eq!(replayed.task_count(), season.state.task_count());
    for pilgrim in season.state.pilgrims() {
        let again = replayed.pilgrim(pilgrim.jamaah.id).unwrap();
        assert_eq!(
            (&again.jamaah, &again.status),
            (&pilgrim.jamaah, &pilgrim.status)
        );
        assert_eq!((&again.path, &again.tasks), (&pilgrim.path, &pilgrim.tasks));
        for slot in &pilgrim.tasks {
            assert_eq!(replayed.task_at(*slot), season.state.task_at(*slot));
        }
    }
    assert!(
        replayed
            .departures()
            .all(|d| season.state.departure(d.id) == Some(d))
    );
    assert!(replayed.stages() == season.state.stages());
}

#[test]
fn at_the_end_nothing_is_left_to_do() {
    for jamaah in [13, 200] {
        let (_, season) = live(season(jamaah, 1));
        let state = season.state();
        assert_eq!(state.pilgrim_count(), usize::try_from(jamaah).unwrap());
        let late: Vec<_> = state
            .pilgrims()
            .filter(|p| needs_review(state, p, now()))
            .collect();
        assert!(late.is_empty(), "{late:#?}");
        assert!(season.next_deadline() > now());
        let today = Zone::WIB.date_of(now());
        let dated = state
            .stages()
            .into_iter()
            .filter_map(|stage| stage.baseline);
        assert!(dated.into_iter().all(|baseline| baseline.date == today));
    }
}

#[test]
fn whoever_has_departed_was_ready_in_time() {
    let (_, season) = live(season(450, 7));
    let state = season.state();
    let mut gone = 0;
    for pilgrim in state.pilgrims() {
        let departure = state.departure(pilgrim.jamaah.departure_id).unwrap();
        if departure.state != DepartureState::Departed {
            assert!(Zone::WIB.end_of(departure.departure_date) > now());
            continue;
        }
        gone += 1;
        assert_eq!(pilgrim.status.status, Status::Completed);
        assert!(
            pilgrim
                .path
                .iter()
                .all(|instance| instance.state == InstanceState::Completed)
        );
        let closed = Zone::WIB.date_of(pilgrim.status.closed_at.unwrap());
        assert!(
            closed < departure.departure_date,
            "{closed} {}",
            departure.departure_date
        );
        let tasks = pilgrim.tasks.iter().filter_map(|slot| state.task_at(*slot));
        assert!(
            tasks
                .into_iter()
                .all(|task| task.status == TaskStatus::Completed)
        );
    }
    assert!((80..140).contains(&gone), "{gone}");
}

#[test]
fn work_is_done_by_those_whose_role_it_is_and_at_hours_when_they_work() {
    let (deeds, season) = live(season(60, 3));
    let by: HashMap<_, _> = season
        .staff
        .members
        .iter()
        .map(|m| (m.principal.actor, m))
        .collect();
    let mut kinds: HashMap<EventKind, usize> = HashMap::new();
    for deed in &deeds {
        for change in &deed.changes {
            *kinds.entry(change.kind).or_default() += 1;
        }
        let Some(change) = deed.changes.first() else {
            continue;
        };
        let Row::Task(task) = &change.after else {
            continue;
        };
        if let EventKind::TaskStarted | EventKind::TaskCompleted = change.kind {
            assert_eq!(by[&deed.actor].role, task.role);
            let hour = chrono::Timelike::hour(&deed.at.with_timezone(&Zone::WIB.0));
            assert!((7..22).contains(&hour), "{}", deed.at);
        }
    }
    for kind in [
        EventKind::TaskStarted,
        EventKind::TaskCompleted,
        EventKind::TaskOverdue,
        EventKind::TaskBlocked,
        EventKind::TaskUnblocked,
        EventKind::TaskAssigned,
        EventKind::CommentCreated,
        EventKind::StageBaselineRenewed,
        EventKind::DepartureUpdated,
    ] {
        assert!(kinds.contains_key(&kind), "{kind:?} never happens");
    }
}
