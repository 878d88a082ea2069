//! Evaluations go on while a tenant is in memory, on every node that has it.

use super::*;
use crate::db::events;
use crate::domain::pipeline::change::EventKind;

impl World {
    async fn count(&self, kind: EventKind) -> usize {
        let mut owner = self.database.owner().await;
        let log = events::after(&mut owner, self.tenant, 0, i64::MAX)
            .await
            .unwrap();
        log.iter().filter(|event| event.kind == kind).count()
    }
}

impl TestNode {
    fn evaluations(&self) -> u64 {
        self.node.metrics.bottleneck_evaluations_total.get()
    }

    fn alerts(&self) -> usize {
        self.handle.shared.peek_view().state.alerts().count()
    }

    async fn register_five(&self) {
        for number in 1..=5 {
            self.register(number).await;
        }
    }
}

#[actix::test]
async fn two_nodes_that_see_the_same_raise_it_once() {
    let world = World::new().await;
    let (one, two) = (world.node(1).await, world.node(2).await);
    one.register_five().await;
    until("both know everybody", || one.head() == two.head()).await;
    let both = |times: u64| one.evaluations() >= times && two.evaluations() >= times;
    until("evaluated when loaded", || both(1)).await;
    world.clock.advance(TimeDelta::seconds(60));
    until("evaluated once with people in it", || both(2)).await;
    assert_eq!((one.alerts(), two.alerts()), (0, 0));
    world.clock.advance(TimeDelta::seconds(60));
    until("evaluated twice", || both(3)).await;
    // the two stages that wait for nothing
    until("both know", || (one.alerts(), two.alerts()) == (2, 2)).await;
    world.clock.advance(TimeDelta::seconds(60));
    until("and go on", || both(4)).await;
    until("the heads agree", || one.head() == two.head()).await;
    assert_eq!(world.count(EventKind::BottleneckRaised).await, 2);
}

#[actix::test]
async fn evaluations_keep_nobody_awake_and_wake_nobody() {
    let mut world = World::new().await;
    world.limits.idle = Duration::from_secs(900);
    let node = world.node(1).await;
    node.register_five().await;
    let asleep = || !node.handle.address.connected();
    for minute in 1..15 {
        world.clock.advance(TimeDelta::seconds(60));
        until("evaluated", || node.evaluations() > minute).await;
    }
    assert!(!asleep());
    assert_eq!(node.alerts(), 2);
    world.clock.advance(TimeDelta::seconds(60));
    until("asleep", asleep).await;
    // no reminder and no evaluation is waited for, only the next day
    world.clock.advance(TimeDelta::hours(14));
    let now = Clock::Manual(world.clock.clone()).now();
    assert_eq!(
        Zone::WIB.date_of(now),
        Zone::WIB.date_of(now - TimeDelta::hours(14))
    );
    let mut owner = world.database.owner().await;
    assert_eq!(tenants::due(&mut owner, now, 9).await.unwrap(), vec![]);
}

#[actix::test]
async fn who_wakes_is_evaluated_at_once() {
    let world = World::new().await;
    let node = world.node(1).await;
    node.register_five().await;
    let later = world.node(2).await;
    until("evaluated", || later.evaluations() == 1).await;
    assert_eq!(later.alerts(), 0);
    world.clock.advance(TimeDelta::seconds(60));
    until("raised by the second evaluation", || later.alerts() == 2).await;
}
