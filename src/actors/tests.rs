//! The actors with a real database: time, failures, keys, and two nodes.

mod bottlenecks;
mod look_back;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use diesel_async::SimpleAsyncConnection;

use super::handle::{CommandError, Idempotency, Order, Receipt, TenantHandle};
use super::node::{Limits, Node};
use super::registry::Tenants;
use crate::clock::{Clock, ManualClock};
use crate::db::tenants::{self, NewTenant};
use crate::db::testing::TestDatabase;
use crate::domain::ids::{DepartureId, IdSource, JamaahId, TaskId, TenantId};
use crate::domain::pipeline::command::{Command, NewDeparture, NewJamaah, NewTask, TaskAction};
use crate::domain::pipeline::decide::{TEMPLATES, from_template};
use crate::domain::pipeline::refusal::Refusal;
use crate::domain::pipeline::task::{Task, TaskStatus};
use crate::domain::pipeline::tenant::TenantKind;
use crate::domain::principal::Principal;
use crate::domain::time::{Timestamp, Zone};
use crate::metrics::Metrics;

struct World {
    database: TestDatabase,
    clock: ManualClock,
    tenant: TenantId,
    limits: Limits,
    /// The node that made the stages, which lives on beside those of a test.
    first: Option<Tenants>,
}

impl World {
    /// A tenant with the stages of the template and nobody in it.
    async fn new() -> Self {
        let now: Timestamp = "2026-11-23T02:00:00Z".parse().unwrap();
        let database = TestDatabase::create().await;
        let mut ids = IdSource::seeded(3);
        let tenant: TenantId = ids.next(now);
        let mut connection = database.pools().journal_connection().await.unwrap();
        let new = NewTenant {
            id: tenant,
            slug: "al-barokah".into(),
            name: "Al-Barokah".into(),
            kind: TenantKind::Travel,
            zone: Zone::WIB,
            locale: "id".into(),
            epoch: "e1".into(),
        };
        tenants::create(&mut connection, &new, now).await.unwrap();
        let limits = Limits {
            poll: Duration::from_millis(20),
            ..Limits::default()
        };
        let mut world = Self {
            database,
            clock: ManualClock::new(now),
            tenant,
            limits,
            first: None,
        };
        let stages = from_template(TEMPLATES[0].1, &mut ids, now).unwrap();
        let node = world.node(0).await;
        node.run(Command::InstallPipeline {
            stages: Arc::new(stages),
        })
        .await
        .unwrap();
        world.first = Some(node.tenants);
        world
    }

    /// The tenant where its actor is awake, on the first node or this one.
    fn awake(&self, node: &TestNode) -> Vec<TenantHandle> {
        self.first
            .iter()
            .chain([&node.tenants])
            .filter_map(|tenants| tenants.peek(self.tenant))
            .filter(|handle| handle.address.connected())
            .collect()
    }

    /// A node of its own on the same database.
    async fn node(&self, seed: u64) -> TestNode {
        let clock = Clock::Manual(self.clock.clone());
        let metrics = Metrics::new().unwrap();
        let node = Node::new(
            clock,
            self.database.pools(),
            metrics,
            self.limits.clone(),
            seed,
        );
        let tenants = Tenants::start(Arc::clone(&node));
        let handle = tenants.open(self.tenant).await.unwrap();
        TestNode {
            node,
            tenants,
            handle,
        }
    }
}

struct TestNode {
    node: Arc<Node>,
    tenants: Tenants,
    handle: TenantHandle,
}

impl TestNode {
    async fn run(&self, command: Command) -> Result<Receipt, CommandError> {
        self.keyed(command, None).await
    }

    async fn keyed(
        &self,
        command: Command,
        key: Option<(&str, i64)>,
    ) -> Result<Receipt, CommandError> {
        let order = Order {
            command,
            principal: Arc::new(Principal::system()),
            idempotency: key.map(|(key, request_hash)| Idempotency {
                key: key.into(),
                request_hash,
            }),
            request_id: "test".into(),
        };
        self.handle.execute(order).await
    }

    async fn register(&self, number: u32) -> JamaahId {
        let departure = NewDeparture {
            code: format!("D-{number}").into(),
            departure_date: "2027-02-20".parse().unwrap(),
            package: None,
            seats: None,
        };
        let departure = self.run(Command::CreateDeparture(departure)).await.unwrap();
        let jamaah = NewJamaah {
            name: "Siti Aminah".into(),
            passport_number: format!("B{number:07}").into(),
            birth_date: "1980-01-01".parse().unwrap(),
            sex: None,
            nationality: None,
            passport_expiry: None,
            package: None,
            departure_id: DepartureId(departure.rows[0].subject_id()),
            phone: None,
            agent: None,
            notes: None,
        };
        let receipt = self.run(Command::RegisterJamaah(jamaah)).await.unwrap();
        JamaahId(receipt.rows[0].subject_id())
    }

    fn tasks(&self) -> Vec<Arc<Task>> {
        self.handle.view().state.tasks().cloned().collect()
    }

    fn task(&self, id: TaskId) -> Arc<Task> {
        self.handle.view().state.task(id).unwrap().clone()
    }

    async fn act(&self, id: TaskId, action: TaskAction) -> Result<Receipt, CommandError> {
        self.run(Command::Task {
            id,
            expected: None,
            action,
        })
        .await
    }

    fn head(&self) -> i64 {
        self.handle.view().state.head
    }
}

/// Waits until something is so, which must happen within ten seconds.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never: {what}");
}

fn complete() -> TaskAction {
    TaskAction::Complete { notes: None }
}

#[actix::test]
async fn a_task_becomes_overdue_at_its_second_without_anybody_asking() {
    let world = World::new().await;
    let node = world.node(1).await;
    node.register(1).await;
    let task = node
        .tasks()
        .into_iter()
        .min_by_key(|task| task.due_at)
        .unwrap();
    let due = task.due_at.unwrap();
    world.clock.set(due - TimeDelta::seconds(1));
    // the reviews that this brings are over when the log stands still
    let mut head = 0;
    while head != node.head() {
        head = node.head();
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert!(!node.task(task.id).overdue);
    world.clock.set(due);
    until("overdue", || node.task(task.id).overdue).await;
}

#[actix::test]
async fn a_tenant_that_sleeps_is_woken_by_its_deadline() {
    let mut world = World::new().await;
    world.limits.idle = Duration::from_secs(900);
    let node = world.node(1).await;
    node.register(1).await;
    let task = node
        .tasks()
        .into_iter()
        .min_by_key(|task| task.due_at)
        .unwrap();
    world.clock.advance(TimeDelta::seconds(901));
    until("asleep", || world.awake(&node).is_empty()).await;
    world.clock.set(task.due_at.unwrap());
    // by whichever node looks first: the other finds nothing left to do
    let reviewed = |handle: &TenantHandle| {
        let view = handle.shared.peek_view();
        view.state.task(task.id).is_some_and(|task| task.overdue)
    };
    until("woken and reviewed", || {
        world.awake(&node).iter().any(reviewed)
    })
    .await;
}

#[actix::test]
async fn a_tenant_without_anybody_is_not_woken_again_and_again() {
    let mut world = World::new().await;
    world.limits.idle = Duration::from_secs(900);
    let node = world.node(1).await;
    // past midnight, when there is nothing to sum up
    world.clock.advance(TimeDelta::days(1));
    until("asleep", || {
        // whoever was just being woken is idle only from then on
        world.clock.advance(TimeDelta::seconds(1));
        world.awake(&node).is_empty()
    })
    .await;
    let mut owner = world.database.owner().await;
    let due = tenants::due(&mut owner, Clock::Manual(world.clock.clone()).now(), 9)
        .await
        .unwrap();
    assert_eq!(due, vec![]);
}

#[actix::test]
async fn two_nodes_write_to_one_tenant_and_both_see_everything() {
    let world = World::new().await;
    let (one, two) = (world.node(1).await, world.node(2).await);
    one.register(1).await;
    until("the other node sees the jamaah", || !two.tasks().is_empty()).await;
    let tasks = one.tasks();
    let both = tasks.iter().map(|task| {
        let (one, two) = (&one, &two);
        async move { tokio::join!(one.act(task.id, complete()), two.act(task.id, complete())) }
    });
    for (task, (first, second)) in tasks.iter().zip(futures::future::join_all(both).await) {
        let won = [&first, &second]
            .into_iter()
            .filter(|result| result.is_ok())
            .count();
        assert_eq!(won, 1, "{task:?}: {first:?}, {second:?}");
        let lost = if first.is_ok() { second } else { first };
        let refused = matches!(
            &lost,
            Err(CommandError::Refused(Refusal::InvalidTransition { .. }))
        );
        assert!(refused, "{lost:?}");
    }
    until("the heads agree", || one.head() == two.head()).await;
    for task in one.tasks() {
        assert_eq!(task, two.task(task.id));
    }
}

/// The other node last looked long ago: it looks again before it refuses.
#[actix::test]
async fn what_one_node_has_acknowledged_no_other_node_refuses() {
    let mut world = World::new().await;
    world.limits.poll = Duration::from_secs(600);
    let one = world.node(1).await;
    one.register(1).await;
    let two = world.node(2).await;
    let task = one.tasks()[0].clone();
    let block = TaskAction::Block {
        reason: "blurred".into(),
        third_party: false,
    };
    one.act(task.id, block).await.unwrap();
    two.act(task.id, TaskAction::Unblock).await.unwrap();

    let start = || Command::Task {
        id: task.id,
        expected: Some(task.version + 2),
        action: TaskAction::Start,
    };
    let first = one.keyed(start(), Some(("k1", 1))).await.unwrap();
    one.act(task.id, complete()).await.unwrap();
    let again = two.keyed(start(), Some(("k1", 1))).await.unwrap();
    assert!(again.replayed);
    assert_eq!(again.seq, first.seq);
    let late = two.act(task.id, TaskAction::Start).await;
    let refused = matches!(
        &late,
        Err(CommandError::Refused(Refusal::InvalidTransition { from, .. })) if from == "completed"
    );
    assert!(refused, "{late:?}");
}

#[actix::test]
async fn a_key_gets_its_first_answer_again_on_every_node() {
    let world = World::new().await;
    let node = world.node(1).await;
    node.register(1).await;
    let id = node.tasks()[0].id;
    let command = || Command::Task {
        id,
        expected: None,
        action: complete(),
    };
    let first = node.keyed(command(), Some(("k1", 1))).await.unwrap();
    assert!(!first.replayed);
    node.act(id, TaskAction::Reopen { reason: None })
        .await
        .unwrap();
    for node in [node, world.node(2).await] {
        let again = node.keyed(command(), Some(("k1", 1))).await.unwrap();
        assert!(again.replayed);
        assert_eq!((again.seq, &again.rows), (first.seq, &first.rows));
        let mismatch = node.keyed(command(), Some(("k1", 2))).await;
        assert!(matches!(mismatch, Err(CommandError::IdempotencyMismatch)));
        // asking has changed nothing
        assert_eq!(node.task(id).status, TaskStatus::InProgress);
    }
}

#[actix::test]
async fn the_same_key_at_the_same_time_is_carried_out_once() {
    let world = World::new().await;
    let node = world.node(1).await;
    let jamaah_id = node.register(1).await;
    let stage_id = node.tasks()[0].stage_id;
    let task = || NewTask {
        jamaah_id,
        stage_id,
        title: "Telepon".into(),
        role: None,
        assignee: None,
        priority: Default::default(),
        required: false,
        due_at: None,
        notes: None,
    };
    let calls = (0..8).map(|_| node.keyed(Command::CreateTask(task()), Some(("once", 1))));
    let answers = futures::future::join_all(calls).await;
    let fresh = answers
        .iter()
        .filter(|a| !a.as_ref().unwrap().replayed)
        .count();
    assert_eq!(fresh, 1);
    assert_eq!(
        node.tasks()
            .iter()
            .filter(|task| &*task.title == "Telepon")
            .count(),
        1
    );
}

#[actix::test]
async fn a_panic_loses_nothing_and_the_tenant_comes_back() {
    let world = World::new().await;
    let node = world.node(1).await;
    node.register(1).await;
    let id = node.tasks()[0].id;
    node.act(id, complete()).await.unwrap();
    node.handle.address.do_send(super::tenant::Panic);
    until("dead", || !node.handle.address.connected()).await;
    // reading goes on, and the next command finds a fresh actor
    assert_eq!(node.task(id).status, TaskStatus::Completed);
    node.act(id, TaskAction::Reopen { reason: None })
        .await
        .unwrap();
    let handle = node.tenants.open(world.tenant).await.unwrap();
    assert_eq!(
        handle.view().state.task(id).unwrap().status,
        TaskStatus::InProgress
    );
    let restarts = &node.node.metrics.actor_restarts_total;
    assert_eq!(restarts.with_label_values(&["tenant"]).get(), 1);
}

#[actix::test]
async fn a_stage_that_panics_is_replaced() {
    let world = World::new().await;
    let node = world.node(1).await;
    node.register(1).await;
    let task = node.tasks()[0].clone();
    let stages = node.handle.shared.stages.load_full();
    stages[&task.stage_id].do_send(super::stage::Panic);
    let restarts = node
        .node
        .metrics
        .actor_restarts_total
        .with_label_values(&["stage"]);
    until("replaced", || restarts.get() == 1).await;
    node.act(task.id, complete()).await.unwrap();
}

#[actix::test]
async fn a_command_that_the_database_refuses_is_the_only_one_to_fail() {
    let world = World::new().await;
    let node = world.node(1).await;
    node.register(1).await;
    let mut owner = world.database.owner().await;
    let poison = "ALTER TABLE pipeline_tasks ADD CHECK (title <> 'poison')";
    owner.batch_execute(poison).await.unwrap();
    let tasks = node.tasks();
    let edit = |at: usize| {
        let title = if at == 3 { "poison" } else { "fine" };
        let edit = crate::domain::pipeline::command::TaskEdit {
            title: Some(title.into()),
            ..Default::default()
        };
        node.act(tasks[at].id, TaskAction::Edit(edit))
    };
    let answers = futures::future::join_all((0..8).map(edit)).await;
    for (at, answer) in answers.iter().enumerate() {
        match at {
            3 => assert!(matches!(answer, Err(CommandError::Rejected)), "{answer:?}"),
            _ => assert!(answer.is_ok(), "{answer:?}"),
        }
    }
    assert_ne!(&*node.task(tasks[3].id).title, "poison");
    node.act(tasks[3].id, complete()).await.unwrap();
}

#[actix::test]
async fn too_many_tenants_make_the_least_recently_used_leave() {
    let mut world = World::new().await;
    world.limits.tenants = 1;
    let node = world.node(1).await;
    node.register(1).await;
    let other = TenantId(uuid::Uuid::from_u128(9));
    let mut connection = world.database.pools().journal_connection().await.unwrap();
    let new = NewTenant {
        id: other,
        slug: "other".into(),
        name: "Other".into(),
        kind: TenantKind::Travel,
        zone: Zone::WIT,
        locale: "en".into(),
        epoch: "e1".into(),
    };
    tenants::create(
        &mut connection,
        &new,
        Clock::Manual(world.clock.clone()).now(),
    )
    .await
    .unwrap();
    node.tenants.open(other).await.unwrap();
    until("the first has left", || !node.handle.address.connected()).await;
    assert!(node.tenants.peek(world.tenant).is_none());
    // a handle from before still works
    let id = node.tasks()[0].id;
    node.act(id, complete()).await.unwrap();
}
