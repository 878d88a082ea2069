//! What a tenant says of the day before is what was said that day.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::domain::pipeline::health::Health;
use crate::domain::pipeline::past::Yesterday;

impl TestNode {
    fn yesterday(&self) -> Option<Health> {
        let view = self.handle.view();
        view.yesterday.as_ref().map(|past| past.health.clone())
    }

    fn health(&self) -> Health {
        self.handle.view().health(self.node.now())
    }

    /// Something that changes the health, another thing every hour.
    async fn do_something(&self, hour: u32) {
        let pending = || {
            let mut tasks = self.tasks();
            tasks.retain(|task| task.status == TaskStatus::Pending);
            tasks.first().map(|task| task.id)
        };
        let action = match hour % 4 {
            1 => TaskAction::Block {
                reason: "passport expired".into(),
                third_party: false,
            },
            2 => TaskAction::Start,
            3 => complete(),
            _ => {
                self.register(hour).await;
                return;
            }
        };
        if let Some(id) = pending() {
            self.act(id, action).await.unwrap();
        }
    }
}

/// Where nobody falls asleep.
async fn wakeful_world() -> World {
    let mut world = World::new().await;
    world.limits.idle = Duration::from_secs(30 * 86_400);
    world
}

#[actix::test]
async fn what_is_said_of_yesterday_was_said_then() {
    let world = wakeful_world().await;
    let node = world.node(1).await;
    let mut said = BTreeMap::from([(node.node.now(), node.health())]);
    for hour in 0..60 {
        world.clock.advance(TimeDelta::hours(1));
        node.do_something(hour).await;
        let now = node.node.now();
        said.insert(now, node.health());
        let then = said.get(&(now - Yesterday::AGO));
        until("yesterday is known", || node.yesterday().as_ref() == then).await;
    }
    // whoever comes later takes back what the other has followed
    let later = world.node(2).await;
    let then = said.get(&(node.node.now() - Yesterday::AGO));
    assert!(then.is_some());
    until("known at once", || later.yesterday().as_ref() == then).await;
    let unlike: BTreeSet<_> = said.values().map(|health| health.tasks.open).collect();
    assert!(unlike.len() > 10, "something has changed: {unlike:?}");
}

#[actix::test]
async fn a_young_log_has_no_yesterday() {
    let world = wakeful_world().await;
    let node = world.node(1).await;
    node.register(1).await;
    world
        .clock
        .advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    until("looked back", || {
        node.node.metrics.bottleneck_evaluations_total.get() > 1
    })
    .await;
    assert_eq!(node.yesterday(), None);
    world.clock.advance(TimeDelta::seconds(60));
    until("known", || node.yesterday().is_some()).await;
    assert_eq!(node.yesterday().unwrap().total, 1);
}
