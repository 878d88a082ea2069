//! Totals of one departure.

use super::counts::bump;
use super::people::PeopleTally;
use crate::domain::ids::StageId;
use crate::domain::pipeline::jamaah::JamaahStatus;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct DepartureTally {
    pub people: PeopleTally,
    /// Active people by the stage they are at.
    pub stages: imbl::OrdMap<StageId, PeopleTally>,
    /// Chances of being ready of active people, by their bits, with how many
    /// have each.
    pub chances: imbl::OrdMap<u64, u32>,
}

impl DepartureTally {
    pub fn count(&mut self, status: &JamaahStatus, by: i32) {
        self.people.count(status, by);
        if !status.status.is_active() {
            return;
        }
        if let Some(chance) = status.readiness_probability {
            bump(&mut self.chances, chance.to_bits(), by);
        }
        if let Some(stage) = status.current_stage_id {
            let mut people = self.stages.get(&stage).copied().unwrap_or_default();
            people.count(status, by);
            if people == PeopleTally::default() {
                self.stages.remove(&stage);
            } else {
                self.stages.insert(stage, people);
            }
        }
    }

    /// Active people with a forecast, and how many of them are expected not to be ready.
    pub fn expected_misses(&self) -> (u32, f64) {
        let missed = |bits: u64| (1.0 - f64::from_bits(bits)).clamp(0.0, 1.0);
        self.chances
            .iter()
            .fold((0, 0.0), |(known, misses), (bits, people)| {
                (known + people, misses + f64::from(*people) * missed(*bits))
            })
    }
}
