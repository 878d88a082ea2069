//! Alerts about bottlenecks, whoever wants what of them and however late.

use super::*;
use crate::domain::ids::BottleneckAlertId;
use crate::domain::pipeline::bottleneck::{
    AlertState, BottleneckAlert, HISTORY, RemindEvery, Reminder, Ruling, Severity, level, reminders,
};

const LEVELS: [Option<Severity>; 5] = [
    None,
    Some(Severity::Low),
    Some(Severity::Medium),
    Some(Severity::High),
    Some(Severity::Critical),
];

impl World {
    fn rule(
        &mut self,
        stage_id: StageId,
        from: Option<Severity>,
        to: Option<Severity>,
    ) -> Vec<Change> {
        let ruling = Ruling {
            stage_id,
            from,
            to,
            score: 35.0,
        };
        let rulings = vec![ruling];
        let reminders = Vec::new();
        self.run(&Command::KeepAlerts { rulings, reminders })
            .unwrap()
    }

    fn remind(&mut self) -> Vec<Change> {
        let reminders = reminders(&self.state, self.now, RemindEvery::default());
        let rulings = Vec::new();
        self.run(&Command::KeepAlerts { rulings, reminders })
            .unwrap()
    }

    fn acknowledge(&mut self, id: BottleneckAlertId) -> Result<Vec<Change>, Refusal> {
        self.run(&Command::AcknowledgeBottleneck { id, expected: None })
    }

    fn alert(&self, id: BottleneckAlertId) -> Arc<BottleneckAlert> {
        self.state.alert(id).unwrap().clone()
    }

    fn raise(&mut self, stage: StageId, severity: Severity) -> BottleneckAlertId {
        let changes = self.rule(stage, None, Some(severity));
        BottleneckAlertId(changes[0].after.subject_id())
    }
}

fn kinds(changes: &[Change]) -> Vec<&'static str> {
    changes.iter().map(|change| change.kind.as_str()).collect()
}

fn refused(result: Result<Vec<Change>, Refusal>) -> (String, String) {
    match result {
        Err(Refusal::InvalidTransition { from, to, .. }) => (from, to),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_alert_lives_from_raised_to_cleared_and_acknowledged() {
    let mut world = World::new(0);
    let stage = world.stage("visa-application");
    let raised = world.rule(stage, None, LEVELS[2]);
    assert_eq!(kinds(&raised), ["bottleneck.raised"]);
    let id = BottleneckAlertId(raised[0].after.subject_id());
    world.now += Duration::minutes(3);
    let upgraded = world.rule(stage, LEVELS[2], LEVELS[4]);
    assert_eq!(kinds(&upgraded), ["bottleneck.severity_changed"]);
    let cleared = world.rule(stage, LEVELS[4], None);
    assert_eq!(kinds(&cleared), ["bottleneck.cleared"]);
    assert_eq!(level(&world.state, stage), None);
    let alert = world.alert(id);
    assert_eq!(
        (alert.state, alert.severity),
        (AlertState::ClearedUnack, Severity::Critical)
    );
    assert_eq!(alert.cleared_at, Some(world.now));
    let severities: Vec<_> = alert.history.iter().map(|change| change.severity).collect();
    assert_eq!(severities, [Severity::Medium, Severity::Critical]);

    let seen = world.acknowledge(id).unwrap();
    assert_eq!(kinds(&seen), ["bottleneck.acknowledged"]);
    let alert = world.alert(id);
    assert_eq!((alert.state, alert.version), (AlertState::ClearedAck, 4));
    assert_eq!(alert.acknowledged_by, Some(world.principal.actor));
    let (from, to) = refused(world.acknowledge(id));
    assert_eq!((from.as_str(), to.as_str()), ("cleared_ack", "cleared_ack"));
}

#[test]
fn acknowledging_goes_by_the_version_that_was_seen() {
    let mut world = World::new(0);
    let stage = world.stage("visa-application");
    let id = world.raise(stage, Severity::Low);
    world.rule(stage, LEVELS[1], LEVELS[3]);
    let old = world.run(&Command::AcknowledgeBottleneck {
        id,
        expected: Some(1),
    });
    assert!(matches!(old, Err(Refusal::VersionConflict { .. })));
    world
        .run(&Command::AcknowledgeBottleneck {
            id,
            expected: Some(2),
        })
        .unwrap();
    assert_eq!(world.alert(id).state, AlertState::ActiveAck);
    world.rule(stage, LEVELS[3], None);
    assert_eq!(world.alert(id).state, AlertState::ClearedAck);
    let nobody = BottleneckAlertId(uuid::Uuid::nil());
    assert!(matches!(
        world.acknowledge(nobody),
        Err(Refusal::NotFound { .. })
    ));
}

#[test]
fn a_ruling_from_a_level_that_has_passed_changes_nothing() {
    let mut world = World::new(0);
    let stage = world.stage("visa-application");
    world.raise(stage, Severity::Low);
    assert_eq!(world.rule(stage, None, LEVELS[1]), []);
    assert_eq!(world.rule(stage, None, LEVELS[4]), []);
    assert_eq!(world.rule(stage, LEVELS[4], None), []);
    let nowhere = StageId(uuid::Uuid::nil());
    assert_eq!(world.rule(nowhere, None, LEVELS[4]), []);
}

#[test]
fn reminders_go_on_until_somebody_acknowledges() {
    let mut world = World::new(0);
    let (slow, fast) = (
        world.stage("visa-application"),
        world.stage("hotel-booking"),
    );
    let slow = world.raise(slow, Severity::High);
    let fast = world.raise(fast, Severity::Critical);
    let mut reminded = Vec::new();
    for hour in 1..=24 {
        world.now += Duration::hours(1);
        for change in world.remind() {
            assert_eq!(change.kind, EventKind::BottleneckReminded);
            reminded.push((hour, BottleneckAlertId(change.after.subject_id())));
        }
        // asking again at once reminds nobody
        assert_eq!(world.remind(), []);
        if hour == 9 {
            world.acknowledge(fast).unwrap();
        }
    }
    assert_eq!(reminded, [(4, fast), (8, fast), (24, slow)]);
    assert_eq!(world.alert(slow).last_reminded_at, Some(world.now));
    let stale = Reminder {
        id: slow,
        version: world.alert(slow).version - 1,
    };
    let late = world.run(&Command::KeepAlerts {
        rulings: Vec::new(),
        reminders: vec![stale],
    });
    assert_eq!(late.unwrap(), []);
}

#[test]
fn only_the_last_severities_are_remembered() {
    let mut world = World::new(0);
    let stage = world.stage("visa-application");
    let id = world.raise(stage, Severity::Low);
    for turn in 0..30 {
        let (from, to) = if turn % 2 == 0 { (1, 2) } else { (2, 1) };
        world.rule(stage, LEVELS[from], LEVELS[to]);
    }
    let alert = world.alert(id);
    assert_eq!((alert.history.len(), alert.version), (HISTORY, 31));
}

/// What somebody does next.
#[derive(Clone, Debug)]
enum Step {
    /// A node follows a ruling that it made from what it knew then.
    Rule {
        stage: usize,
        from: usize,
        to: usize,
    },
    Acknowledge(prop::sample::Index),
    Remind,
    Pass(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3_usize, 0..5_usize, 0..5_usize)
            .prop_map(|(stage, from, to)| Step::Rule { stage, from, to }),
        2 => any::<prop::sample::Index>().prop_map(Step::Acknowledge),
        1 => Just(Step::Remind),
        1 => (0..30_i64).prop_map(Step::Pass),
    ]
}

proptest! {
    #[test]
    fn no_stage_ever_has_two_active_alerts(steps in prop::collection::vec(step(), 1..80)) {
        let mut world = World::new(0);
        let stages: Vec<_> = world.state.stages().iter().map(|stage| stage.id).take(3).collect();
        let mut ids = Vec::new();
        for step in steps {
            match step {
                Step::Rule { stage, from, to } => {
                    let stage = stages[stage];
                    let before = level(&world.state, stage);
                    let changes = world.rule(stage, LEVELS[from], LEVELS[to]);
                    let wanted = if before == LEVELS[from] { LEVELS[to] } else { before };
                    prop_assert_eq!(level(&world.state, stage), wanted);
                    prop_assert_eq!(changes.len(), usize::from(wanted != before));
                    if before.is_none() {
                        ids.extend(changes.iter().map(|c| BottleneckAlertId(c.after.subject_id())));
                    }
                }
                Step::Acknowledge(index) if !ids.is_empty() => {
                    let id = *index.get(&ids);
                    let before = world.alert(id);
                    let done = world.acknowledge(id);
                    // cleared or not: refused only when somebody had
                    prop_assert_eq!(done.is_ok(), !before.state.is_acknowledged());
                    let after = world.alert(id);
                    prop_assert!(after.state.is_acknowledged());
                    prop_assert_eq!(after.state.is_active(), before.state.is_active());
                }
                Step::Acknowledge(_) => {}
                Step::Remind => {
                    world.remind();
                }
                Step::Pass(hours) => world.now += Duration::hours(hours),
            }
            for stage in &stages {
                let active: Vec<_> = world
                    .state
                    .alerts()
                    .filter(|alert| alert.stage_id == *stage && alert.state.is_active())
                    .map(|alert| alert.id)
                    .collect();
                prop_assert!(active.len() <= 1, "{:?}", active);
                let known = world.state.active_alert(*stage).map(|alert| alert.id);
                prop_assert_eq!(known, active.first().copied());
            }
            for alert in world.state.alerts() {
                prop_assert_eq!(alert.cleared_at.is_none(), alert.state.is_active());
                prop_assert_eq!(alert.acknowledged_at.is_some(), alert.state.is_acknowledged());
                prop_assert_eq!(alert.history.last().unwrap().severity, alert.severity);
            }
        }
        world.check_replay();
    }
}
