//! Alerts about bottlenecks: raised, changed and cleared by the program,
//! acknowledged by people.

use std::sync::Arc;

use super::{Desk, check_version};
use crate::domain::ids::BottleneckAlertId;
use crate::domain::pipeline::bottleneck::{BottleneckAlert, Reminder, Ruling, level};
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::refusal::Refusal;

impl Desk<'_> {
    /// Finding nothing to do is normal: another node may have been first.
    pub(super) fn keep_alerts(
        &mut self,
        rulings: &[Ruling],
        reminders: &[Reminder],
    ) -> Result<(), Refusal> {
        for ruling in rulings {
            self.follow_ruling(ruling);
        }
        for reminder in reminders {
            let alert = self.state.alert(reminder.id).cloned();
            let unchanged = alert.filter(|alert| alert.version == reminder.version);
            if let Some(alert) = unchanged {
                let next = alert.reminded(self.now());
                self.change_alert(EventKind::BottleneckReminded, &alert, next);
            }
        }
        Ok(())
    }

    fn follow_ruling(&mut self, ruling: &Ruling) {
        let now = self.now();
        let stage_id = ruling.stage_id;
        let known = self.state.stage(stage_id).is_some();
        if !known || level(self.state, stage_id) != ruling.from || ruling.to == ruling.from {
            return;
        }
        match (self.state.active_alert(stage_id).cloned(), ruling.to) {
            (None, Some(severity)) => {
                let id = self.id();
                let alert = BottleneckAlert::raised(id, stage_id, severity, ruling.score, now);
                let row = Row::BottleneckAlert(Arc::new(alert));
                self.record(EventKind::BottleneckRaised, None, row);
            }
            (Some(alert), Some(severity)) => {
                let next = alert.with_severity(severity, ruling.score, now);
                self.change_alert(EventKind::BottleneckSeverityChanged, &alert, next);
            }
            (Some(alert), None) => {
                let next = alert.cleared(ruling.score, now);
                self.change_alert(EventKind::BottleneckCleared, &alert, next);
            }
            (None, None) => {}
        }
    }

    pub(super) fn acknowledge_alert(
        &mut self,
        id: BottleneckAlertId,
        expected: Option<i32>,
    ) -> Result<(), Refusal> {
        let alert = self.state.alert(id).cloned();
        let alert = alert.ok_or(Refusal::NotFound {
            what: "bottleneck alert",
        })?;
        check_version(expected, alert.version, || {
            Row::BottleneckAlert(alert.clone())
        })?;
        if alert.state.is_acknowledged() {
            return Err(Refusal::InvalidTransition {
                what: "bottleneck alert",
                from: alert.state.as_str().to_owned(),
                to: alert.state.acknowledged().as_str().to_owned(),
            });
        }
        let next = alert.acknowledged(self.context.principal.actor, self.now());
        self.change_alert(EventKind::BottleneckAcknowledged, &alert, next);
        Ok(())
    }

    fn change_alert(
        &mut self,
        kind: EventKind,
        before: &Arc<BottleneckAlert>,
        after: BottleneckAlert,
    ) {
        let before = Row::BottleneckAlert(before.clone());
        self.record(kind, Some(before), Row::BottleneckAlert(Arc::new(after)));
    }
}
