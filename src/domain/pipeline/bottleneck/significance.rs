//! What those late in a stage have in common: values that are more frequent
//! among them than among all in the stage.
//!
//! Counted from the board's columns, because going through everybody's rows
//! would take tens of milliseconds.

use std::collections::HashMap;

use ahash::RandomState;

use super::cause::{MOST, OverRepresented, Variable};
use crate::domain::ids::{DepartureId, StageId, UserId};
use crate::domain::pipeline::board::Label;
use crate::domain::pipeline::listing::count;
use crate::domain::pipeline::tallies::StageTally;
use crate::domain::pipeline::view::View;
use crate::domain::pipeline::view::slot_set::index;
use crate::domain::time::Timestamp;

/// A value at least this much more frequent among those late is shown …
const MIN_LIFT: f64 = 1.5;
/// … if at least so many late people have it.
const MIN_LATE: u32 = 5;

/// The strongest, strongest first.
pub fn over_represented(
    view: &View,
    stage: StageId,
    tally: &StageTally,
    now: Timestamp,
) -> Vec<OverRepresented> {
    let (late_people, people) = (count(tally.late(now)), count(tally.wip()));
    if late_people < MIN_LATE {
        return Vec::new();
    }
    let mut found: Vec<OverRepresented> = counts(view, stage, tally, now)
        .into_iter()
        .filter(|(_, with)| with.late >= MIN_LATE)
        .filter_map(|(found, with)| {
            let among_late = f64::from(with.late) * f64::from(people);
            let lift = among_late / (f64::from(with.inside) * f64::from(late_people));
            let variable = found.variable(view)?;
            (lift >= MIN_LIFT).then_some(OverRepresented {
                variable,
                late: with.late,
                inside: with.inside,
                lift,
            })
        })
        .collect();
    found.sort_by(|a, b| {
        b.lift
            .total_cmp(&a.lift)
            .then(b.late.cmp(&a.late))
            .then_with(|| a.variable.cmp(&b.variable))
    });
    found.truncate(MOST);
    found
}

/// A [`Variable`] while it is counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Trait {
    Package(Label),
    Agent(Label),
    Departure(DepartureId),
    Assignee(UserId),
}

impl Trait {
    fn variable(self, view: &View) -> Option<Variable> {
        let label = |label: Label| view.board().people().label(label).cloned();
        Some(match self {
            Self::Package(package) => Variable::Package(label(package)?),
            Self::Agent(agent) => Variable::Agent(label(agent)?),
            Self::Departure(departure) => Variable::Departure(departure),
            Self::Assignee(user) => Variable::Assignee(user),
        })
    }
}

/// People in the stage with a trait.
#[derive(Clone, Copy, Default)]
struct With {
    inside: u32,
    late: u32,
}

impl With {
    fn count(&mut self, late: bool) {
        self.inside += 1;
        self.late += u32::from(late);
    }
}

fn counts(
    view: &View,
    stage: StageId,
    tally: &StageTally,
    now: Timestamp,
) -> HashMap<Trait, With, RandomState> {
    let people = view.board().people();
    let mut counts: HashMap<Trait, With, RandomState> = HashMap::default();
    let mut standing: Vec<Option<bool>> = vec![None; people.len()];
    for (id, due) in &tally.inside {
        let Some((person, facts)) = people
            .place(*id)
            .and_then(|person| Some((person, people.fact(person)?)))
        else {
            continue;
        };
        let late = due.is_some_and(|due| due <= now.timestamp_micros());
        if let Some(place) = standing.get_mut(index(person)) {
            *place = Some(late);
        }
        let traits = [
            Some(Trait::Departure(facts.departure)),
            facts.package.map(Trait::Package),
            facts.agent.map(Trait::Agent),
        ];
        for found in traits.into_iter().flatten() {
            counts.entry(found).or_default().count(late);
        }
    }
    for (user, served) in view.board().holders(stage) {
        let mut with = With::default();
        for person in served {
            if let Some(late) = standing.get(index(person)).copied().flatten() {
                with.count(late);
            }
        }
        counts.insert(Trait::Assignee(user), with);
    }
    counts
}
