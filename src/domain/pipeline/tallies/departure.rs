//! Totals of one departure.

use super::people::PeopleTally;
use crate::domain::ids::StageId;
use crate::domain::pipeline::jamaah::JamaahStatus;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct DepartureTally {
    pub people: PeopleTally,
    /// Active people by the stage they are at.
    pub stages: imbl::OrdMap<StageId, PeopleTally>,
}

impl DepartureTally {
    pub fn count(&mut self, status: &JamaahStatus, by: i32) {
        self.people.count(status, by);
        if status.status.is_active()
            && let Some(stage) = status.current_stage_id
        {
            let mut people = self.stages.get(&stage).copied().unwrap_or_default();
            people.count(status, by);
            if people == PeopleTally::default() {
                self.stages.remove(&stage);
            } else {
                self.stages.insert(stage, people);
            }
        }
    }
}
