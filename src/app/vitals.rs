//! How the program and what it depends on are: asked now and then for the
//! metrics, and by whoever wants to know for `/health`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use diesel_async::RunQueryDsl;

use super::App;
use crate::domain::pipeline::tallies::StatusCounts;

/// A dependency that has not answered by then is down.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(2);
/// Departures so many days ahead are counted.
const DEPARTURES_DAYS: i32 = 30;

/// Whether requests can be served, and what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// The database answers.
    pub database: bool,
    /// All migrations have been run.
    pub migrated: bool,
    /// The log can be written, and no commit is stuck.
    pub log: bool,
    pub stopping: bool,
}

impl Readiness {
    pub fn is_ready(self) -> bool {
        self.database && self.migrated && self.log && !self.stopping
    }
}

impl App {
    pub async fn readiness(&self) -> Readiness {
        let stopping = self.is_stopping();
        let asking = async { futures::join!(self.ping_database(), self.tenants.prove_journal()) };
        let (database, log) = asking.await;
        let database = database.is_some();
        Readiness {
            database,
            migrated: database && self.is_migrated().await,
            log,
            stopping,
        }
    }

    /// How long the database took to answer, if it did.
    pub async fn ping_database(&self) -> Option<Duration> {
        let started = Instant::now();
        let asked = async {
            let mut conn = self.db.anyone().await.ok()?;
            diesel::sql_query("SELECT 1").execute(&mut conn).await.ok()
        };
        let answered = tokio::time::timeout(PATIENCE, asked).await.ok().flatten();
        answered.map(|_| started.elapsed())
    }

    /// Looks after the metrics that nobody else does, for as long as it is polled.
    pub async fn keep_looking(&self) {
        loop {
            let (database, redis, ready) =
                futures::join!(self.ping_database(), self.cache.ping(), self.readiness());
            self.note_dependency("database", database);
            if let Some(redis) = redis {
                self.note_dependency("redis", redis);
            }
            self.metrics.server_ready.set(ready.is_ready().into());
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn note_dependency(&self, name: &str, latency: Option<Duration>) {
        let up = self.metrics.dependency_up.with_label_values(&[name]);
        up.set(latency.is_some().into());
        if let Some(latency) = latency {
            self.metrics
                .dependency_latency_seconds
                .with_label_values(&[name])
                .set(latency.as_secs_f64());
        }
    }

    /// Takes the measurements that cost nothing, when Prometheus asks.
    pub fn measure(&self) {
        let (open, idle) = self.db.usage();
        let used = u32::try_from(open.saturating_sub(idle)).unwrap_or(u32::MAX);
        let size = u32::try_from(self.config.database.pool_size.max(1)).unwrap_or(u32::MAX);
        self.metrics
            .db_connection_pool_usage
            .with_label_values(&["read"])
            .set(f64::from(used) / f64::from(size));
        self.measure_tenants();
        let pulse = self.tenants.pulse();
        let waiting = i64::try_from(pulse.waiting()).unwrap_or(i64::MAX);
        self.metrics
            .actor_mailbox_depth
            .with_label_values(&["journal"])
            .set(waiting);
        let in_flight = pulse.in_flight(Instant::now()).unwrap_or_default();
        self.metrics
            .journal_in_flight_seconds
            .set(in_flight.as_secs_f64());
    }

    fn measure_tenants(&self) {
        let mut people = StatusCounts::default();
        let mut departures = BTreeMap::new();
        let mut pending = 0;
        let now = self.clock.now();
        let tenants = self.tenants.all();
        for tenant in &tenants {
            let view = tenant.peek_view();
            people += view.people();
            for (status, count) in view.departures_by_status(DEPARTURES_DAYS, now) {
                *departures.entry(status).or_default() += count;
            }
            pending += tenant.pending();
        }
        for (status, count) in people.by_status() {
            self.metrics
                .pipeline_items
                .with_label_values(&[status])
                .set(count.into());
        }
        for (status, count) in departures {
            self.metrics
                .pipeline_departures
                .with_label_values(&[status])
                .set(u32::into(count));
        }
        self.metrics
            .actor_mailbox_depth
            .with_label_values(&["tenant"])
            .set(i64::try_from(pending).unwrap_or(i64::MAX));
        self.metrics
            .tenants_in_memory
            .set(i64::try_from(tenants.len()).unwrap_or(i64::MAX));
    }
}
