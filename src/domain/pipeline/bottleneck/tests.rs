//! Numbers worked out by hand from `docs/rules.md`.

use std::sync::Arc;

use super::*;
use crate::domain::ids::{DepartureId, UserId};
use crate::domain::pipeline::instance::InstanceState;
use crate::domain::pipeline::task::TaskStatus;
use crate::domain::pipeline::view::scene::Scene;

/// Stage 1 has an SLA of 14 days and no WIP limit.
struct Case {
    scene: Scene,
    /// Far away.
    departure: DepartureId,
}

impl Case {
    fn new() -> Self {
        let mut scene = Scene::new();
        let departure = scene.departure(60);
        Self { scene, departure }
    }

    /// People who came before the window.
    fn inside(&mut self, people: usize) -> &mut Self {
        self.late(people, -10.0)
    }

    /// People who came before the window and are late by so many days.
    fn late(&mut self, people: usize, days: f64) -> &mut Self {
        let (came, due) = (self.scene.ago(30.0), self.scene.ago(days));
        self.scene.inside(people, 1, self.departure, |_, instance| {
            instance.started_at = Some(came);
            instance.due_at = Some(due);
        });
        self
    }

    fn completed(&mut self, people: usize) -> &mut Self {
        self.scene.completed(people, 1, self.departure);
        self
    }

    fn found(&self) -> Vec<Bottleneck> {
        self.scene.view().bottlenecks(self.scene.now())
    }

    fn only(&self) -> Bottleneck {
        let mut found = self.found();
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn the_score_adds_up_its_terms() {
    let mut case = Case::new();
    // 12 inside, 8 of them came in the window; 4 late by 3 days; 3 blocked; limit 8
    case.completed(14).late(4, 3.0);
    let ids = case.scene.inside(8, 1, case.departure, |_, _| {});
    for id in &ids[..3] {
        case.scene.task(*id, 1, |task| {
            task.status = TaskStatus::Blocked;
            task.blocked_reason = Some(Arc::from("quota"));
        });
    }
    case.scene.edit_stage(1, |stage| {
        stage.wip_limit = Some(8);
        stage.sla_days = 4;
    });
    let found = case.only();
    let evidence = &found.evidence;
    assert_eq!((evidence.wip, evidence.late, evidence.blocked), (12, 4, 3));
    assert!(near(evidence.throughput_per_day, 1.0) && near(evidence.arrivals_per_day, 8.0 / 14.0));
    assert!(near(evidence.pressure.unwrap(), 8.0 / 14.0));
    assert!(near(evidence.work_on_hand_days.unwrap(), 12.0));
    assert!(near(evidence.mean_delay_days.unwrap(), 3.0));
    assert!(near(evidence.limit_use.unwrap(), 1.5));
    let expected = Points {
        late_share: 10.0,   // 30 × 4/12
        mean_delay: 6.0,    // 20 × 3/10
        work_on_hand: 20.0, // (12/4 − 1)/2 = 1
        pressure: 0.0,      // ρ < 1
        limit: 5.0,         // 10 × (12/8 − 1)
        blocked: 1.25,      // 5 × 3/12
    };
    assert_eq!(evidence.points, expected);
    assert!(near(found.score, 42.25));
    assert_eq!(found.severity, Severity::High);
    assert_eq!(evidence.unlikely, None);
    assert_eq!(found.suggestion, Suggestion::ClearBlockers);
    assert_eq!(
        found.cause.blockers,
        [Blocker {
            reason: Arc::from("quota"),
            tasks: 3
        }]
    );
}

#[test]
fn pressure_counts_from_one_to_two() {
    let mut case = Case::new();
    case.completed(20);
    case.scene.inside(30, 1, case.departure, |_, _| {});
    // ρ = 30/20; Q = 30/(20/14) = 21 days, (21/14 − 1)/2 = 0.25
    let found = case.only();
    assert!(
        near(found.evidence.points.pressure, 7.5) && near(found.evidence.points.work_on_hand, 5.0)
    );
    assert!(near(found.score, 12.5));
    assert_eq!(
        (found.severity, found.suggestion),
        (Severity::Low, Suggestion::AddCapacity)
    );
    let unstable = found.unstable.unwrap();
    assert!(near(unstable.growing_by_per_day, 10.0 / 14.0));
    assert_eq!((unstable.exhausted_on, found.cycle_time_days), (None, None));
}

#[test]
fn without_completions_pressure_and_work_on_hand_are_as_bad_as_can_be() {
    let mut case = Case::new();
    case.scene.inside(10, 1, case.departure, |_, _| {});
    let found = case.only();
    assert_eq!(
        (found.evidence.pressure, found.evidence.work_on_hand_days),
        (None, None)
    );
    assert!(near(found.score, 35.0));
    assert_eq!(found.severity, Severity::Medium);
}

#[test]
fn five_points_below_a_limit_is_not_yet_below_it() {
    let mut case = Case::new();
    // 35 points: medium, and 40 would be high
    case.scene.inside(10, 1, case.departure, |_, _| {});
    let now = case.scene.now();
    let reading = |case: &Case| case.scene.view().readings(now)[&case.scene.stage(1)];
    let exact = reading(&case);
    assert!(near(exact.score, 35.0));
    assert_eq!(
        (exact.severity, exact.held),
        (Some(Severity::Medium), Some(Severity::High))
    );
    case.completed(8);
    // ρ = 10/8: 3.75; Q = 17.5 days, (17.5/14 − 1)/2: 2.5
    let less = reading(&case);
    assert!(near(less.score, 6.25), "{less:?}");
    assert_eq!((less.severity, less.held), (None, Some(Severity::Low)));
}

/// Severity and score of a stage with so many late, by so many days, and in
/// time; as many were completed, so that only S and D have points.
fn judged(late: usize, days: f64, in_time: usize) -> Option<(Severity, f64)> {
    let mut case = Case::new();
    case.completed(late + in_time)
        .inside(in_time)
        .late(late, days);
    let found = case.found().pop()?;
    Some((found.severity, (found.score * 100.0).round() / 100.0))
}

#[test]
fn each_rule_of_severity_holds_from_its_limit_on() {
    // by score: 30 S + 20 D/10
    assert_eq!(judged(3, 0.4, 7), None, "9.8 points");
    assert_eq!(judged(4, 2.0, 6), Some((Severity::Low, 16.0)));
    assert_eq!(judged(4, 4.0, 6), Some((Severity::Medium, 20.0)));
    assert_eq!(judged(10, 5.0, 0), Some((Severity::High, 40.0)));
    assert_eq!(judged(10, 10.0, 0), Some((Severity::High, 50.0)));
    // by number past due
    assert_eq!(judged(19, 1.0, 81), None, "7.7 points");
    assert_eq!(judged(20, 1.0, 80), Some((Severity::High, 8.0)));
    assert_eq!(judged(49, 1.0, 451), Some((Severity::High, 4.94)));
    assert_eq!(judged(50, 1.0, 450), Some((Severity::Critical, 5.0)));
    // by mean delay
    assert_eq!(judged(1, 5.0, 9), Some((Severity::Low, 13.0)));
    assert_eq!(judged(1, 5.1, 9), Some((Severity::High, 13.2)));
    assert_eq!(judged(4, 10.1, 46), Some((Severity::High, 22.4)));
    assert_eq!(judged(5, 10.0, 45), Some((Severity::High, 23.0)));
    assert_eq!(judged(5, 10.1, 45), Some((Severity::Critical, 23.0)));
}

#[test]
fn sixty_points_are_critical() {
    let mut case = Case::new();
    case.completed(10).late(10, 10.0);
    case.scene.edit_stage(1, |stage| stage.wip_limit = Some(5));
    let found = case.only();
    assert!(near(found.score, 60.0));
    assert_eq!(
        (found.severity, found.suggestion),
        (Severity::Critical, Suggestion::RaiseWipLimit)
    );
}

#[test]
fn fewer_than_five_people_are_no_bottleneck() {
    assert_eq!(judged(4, 11.0, 0), None);
    assert_eq!(judged(5, 11.0, 0), Some((Severity::Critical, 50.0)));
}

/// One person inside, of so many on a departure so many days away.
fn with_departure(in_days: i32, people: usize, chance: Option<f64>, late: f64) -> Option<Severity> {
    let mut case = Case::new();
    case.completed(1);
    let departure = case.scene.departure(in_days);
    let due = case.scene.ago(late);
    case.scene.inside(1, 1, departure, |status, instance| {
        status.readiness_probability = chance;
        instance.due_at = Some(due);
    });
    for _ in 1..people {
        case.scene.person(departure, |_, _| {});
    }
    case.found().pop().map(|found| found.severity)
}

#[test]
fn a_near_departure_is_critical_from_a_tenth_of_its_people_on() {
    assert_eq!(
        with_departure(7, 10, Some(0.84), -1.0),
        Some(Severity::Critical)
    );
    assert_eq!(
        with_departure(0, 10, Some(0.84), -1.0),
        Some(Severity::Critical)
    );
    assert_eq!(with_departure(7, 11, Some(0.84), -1.0), None);
    assert_eq!(with_departure(7, 10, Some(0.85), -1.0), None);
    assert_eq!(with_departure(7, 10, None, -1.0), None);
    assert_eq!(with_departure(8, 10, Some(0.1), -1.0), None);
    assert_eq!(with_departure(-1, 10, Some(0.1), -1.0), None);
}

#[test]
fn a_single_person_counts_when_they_leave_soon() {
    assert_eq!(with_departure(7, 40, None, 11.0), Some(Severity::High));
    assert_eq!(with_departure(8, 40, None, 11.0), None);
}

#[test]
fn whoever_waits_for_a_window_is_not_work_in_progress() {
    let mut case = Case::new();
    let opens_at = case.scene.ago(-3.0);
    case.scene.inside(124, 1, case.departure, |_, instance| {
        instance.state = InstanceState::Waiting;
        instance.started_at = None;
        instance.opens_at = Some(opens_at);
    });
    assert_eq!(case.found(), []);
    case.inside(4);
    assert_eq!(case.found(), []);
    case.inside(1);
    assert_eq!(case.only().evidence.wip, 5);
    let view = case.scene.view();
    let report = &view.stages(case.scene.now())[0];
    assert_eq!(
        (report.people, report.waiting_for_window, report.wip),
        (129, 124, 5)
    );
    let later = view.stages(case.scene.ago(-3.0)).remove(0);
    assert_eq!(later.waiting_for_window, 0, "the window is open");
}

#[test]
fn chances_that_nobody_knows_are_left_out() {
    let mut case = Case::new();
    case.inside(6);
    assert_eq!(case.only().evidence.unlikely, None);
    for chance in [0.2, 0.9] {
        case.scene.inside(1, 1, case.departure, |status, _| {
            status.readiness_probability = Some(chance)
        });
    }
    assert_eq!(case.only().evidence.unlikely, Some(1));
}

#[test]
fn causes_are_those_over_represented_among_the_late() {
    let mut case = Case::new();
    let user: UserId = "01890000-0000-7000-8000-000000000001".parse().unwrap();
    // (agent, package, late, in time, assigned)
    for (agent, package, late, in_time, assigned) in [
        ("Barokah", "VIP", 6, 2, true),
        ("Safa", "Reguler", 4, 0, false),
        ("Amanah", "Reguler", 0, 8, false),
    ] {
        let due = [
            vec![case.scene.ago(1.0); late],
            vec![case.scene.ago(-1.0); in_time],
        ]
        .concat();
        for due_at in due {
            let id = case.scene.person(case.departure, |jamaah, _| {
                jamaah.agent = Some(Arc::from(agent));
                jamaah.package = Some(Arc::from(package));
            });
            case.scene
                .passage(id, 1, |instance| instance.due_at = Some(due_at));
            case.scene
                .task(id, 1, |task| task.assignee = assigned.then_some(user));
            case.scene
                .task(id, 1, |task| task.assignee = assigned.then_some(user));
        }
    }
    let cause = case.only().cause;
    // 10 late of 20; with Barokah 6 late of 8: (6/10) / (8/20) = 1.5; Safa has but 4 late
    let found: Vec<_> = cause
        .over_represented
        .iter()
        .map(|v| (v.variable.clone(), v.late, v.inside))
        .collect();
    assert_eq!(
        found,
        [
            (Variable::Package(Arc::from("VIP")), 6, 8),
            (Variable::Agent(Arc::from("Barokah")), 6, 8),
            (Variable::Assignee(user), 6, 8),
        ]
    );
    assert!(
        cause
            .over_represented
            .iter()
            .all(|variable| near(variable.lift, 1.5))
    );
    let queue = cause.queue;
    assert_eq!(
        (queue.open_tasks, queue.unassigned, queue.assignees),
        (40, 24, 1)
    );
    let top = queue.top_assignee.unwrap();
    assert_eq!((top.user_id, top.tasks), (user, 16));
    assert!(near(top.share, 0.4) && near(queue.top_role.unwrap().share, 1.0));
}

/// Fourteen completed in the window and fourteen came, so many days ago.
fn steady(came_days_ago: f64) -> Bottleneck {
    let mut case = Case::new();
    case.scene.edit_stage(1, |stage| stage.sla_days = 4);
    let (early, went, came) = (
        case.scene.ago(20.0),
        case.scene.ago(2.0),
        case.scene.ago(came_days_ago),
    );
    case.scene
        .inside(14, 1, case.departure, |status, instance| {
            status.current_stage_id = None;
            instance.state = InstanceState::Completed;
            instance.started_at = Some(early);
            instance.completed_at = Some(went);
        });
    case.scene.inside(14, 1, case.departure, |_, instance| {
        instance.started_at = Some(came)
    });
    case.only()
}

#[test]
fn a_cycle_time_is_given_only_of_a_steady_stage() {
    // when the window began, those inside had been there for 6.6 days
    let found = steady(6.0);
    assert!(near(found.cycle_time_days.unwrap(), 14.0));
    assert_eq!(found.unstable, None);
    let ageing = steady(8.0);
    assert_eq!(ageing.cycle_time_days, None);
    assert!(near(ageing.unstable.unwrap().growing_by_per_day, 0.0));
}

#[test]
fn a_stage_that_empties_says_when_it_will_be_empty() {
    let mut case = Case::new();
    case.completed(20).late(24, 1.0);
    case.scene.inside(6, 1, case.departure, |_, _| {});
    let unstable = case.only().unstable.unwrap();
    assert!(near(unstable.growing_by_per_day, -1.0));
    // 30 people, one fewer a day
    assert_eq!(unstable.exhausted_on, Some("2026-12-24".parse().unwrap()));
}

#[test]
fn one_of_several_people_with_half_of_the_queue_is_to_share_it() {
    let mut case = Case::new();
    case.completed(10).late(10, 5.0);
    let [busy, idle] = [1u128, 2].map(|id| UserId(uuid::Uuid::from_u128(id)));
    let id = case.scene.person(case.departure, |_, _| {});
    for assignee in [Some(busy), Some(busy), Some(idle), None] {
        case.scene.task(id, 1, |task| task.assignee = assignee);
    }
    assert_eq!(case.only().suggestion, Suggestion::Rebalance);
}

#[test]
fn the_worst_comes_first_and_moderate_is_medium() {
    let mut case = Case::new();
    case.scene.inside(6, 3, case.departure, |_, _| {});
    case.scene.inside(6, 2, case.departure, |_, _| {});
    case.completed(10).late(10, 5.0);
    let positions: Vec<i32> = case.found().iter().map(|found| found.position).collect();
    assert_eq!(positions, [1, 2, 3]);
    assert_eq!("moderate".parse(), Ok(Severity::Medium));
    assert_eq!(
        serde_json::to_value(Severity::Critical).unwrap(),
        "critical"
    );
    assert!("severe".parse::<Severity>().is_err());
}
