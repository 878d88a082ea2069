//! PostgreSQL goes away, stands still, or breaks the line in the middle of a
//! commit; Redis is not there at all.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lajur::db::testing::TestDatabase;
use lajur::domain::time::Timestamp;
use lajur::secrets::Secrets;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::check::Log;
use crate::support::client::Client;
use crate::support::fixture::{Tenant, add_key};
use crate::support::load::Caller;
use crate::support::load_calls::{Answered, Call, summary};
use crate::support::load_readers::{Look, look};
use crate::support::load_season::Season;
use crate::support::proxy::Proxy;
use crate::support::server::{Server, Settings, until};

const PAGES: &[&str] = &["/api/v1/pipeline/tasks?limit=5", "/api/v1/pipeline/health"];
const CALLERS: u64 = 6;

/// A program whose line to PostgreSQL goes through a proxy, with people at work.
pub struct Scene {
    pub database: TestDatabase,
    pub tenant: Tenant,
    pub season: Arc<Season>,
    pub proxy: Proxy,
    pub server: Server,
    callers: AtomicU64,
    /// Of callers who came for one question.
    asides: Mutex<Vec<Call>>,
}

impl Scene {
    pub async fn set(change: impl FnOnce(Settings) -> Settings) -> Self {
        let database = TestDatabase::create().await;
        let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
        let season = Arc::new(Season::begin(&database, &tenant, 20).await);
        let proxy = Proxy::before(&database.url).await;
        let settings = change(Settings::new(&proxy.url(&database.url)));
        let server = settings.start().await;
        Self {
            database,
            tenant,
            season,
            proxy,
            server,
            callers: AtomicU64::new(0),
            asides: Mutex::default(),
        }
    }

    pub fn caller(&self) -> Caller {
        Caller::new(self.callers.fetch_add(1, Ordering::Relaxed), &self.tenant)
    }

    /// Waits until a new command is carried out, and says how long that took.
    pub async fn heals(&self) -> Duration {
        let started = Instant::now();
        let mut caller = self.caller();
        until(
            "a command is carried out",
            Duration::from_secs(5),
            async || {
                let call = caller.note(&self.server.url, &self.season).await;
                call.is_acknowledged()
            },
        )
        .await;
        self.asides.lock().unwrap().append(&mut caller.calls);
        started.elapsed()
    }

    /// Everybody with a command that nobody knows about asks with its key
    /// until there is an answer; then the log must hold what everybody was told.
    pub async fn settle(&self, mut calls: Vec<Call>) -> Log {
        self.heals().await;
        calls.append(&mut self.asides.lock().unwrap());
        let mut asker = self.caller();
        for call in calls
            .iter()
            .filter(|call| call.is_open() && call.key.is_some())
        {
            let again = asker.repeat(&self.server.url, call).await;
            let refused = matches!(again.answered, Answered::Refused { .. });
            assert!(
                again.is_acknowledged() || refused,
                "first {call:#?}\nthen {again:#?}"
            );
        }
        calls.append(&mut asker.calls);
        eprintln!("{}", summary(&calls));
        let log = Log::read(&self.database, self.season.tenant).await;
        log.assert_whole();
        log.assert_accounts_for(&calls);
        log.assert_tables_equal(&self.database).await;
        log.assert_told_by(&self.server.integration(&self.tenant))
            .await;
        self.server.assert_sane();
        log
    }
}

/// Callers and lookers at work in the background.
struct Work {
    stop: Arc<AtomicBool>,
    callers: Vec<JoinHandle<Vec<Call>>>,
    lookers: Vec<JoinHandle<Vec<Look>>>,
}

impl Work {
    /// Begins, and waits until everybody has got something done.
    async fn begin(scene: &Scene) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (mut callers, mut heard) = (Vec::new(), Vec::new());
        for _ in 0..CALLERS {
            let (say, hear) = oneshot::channel();
            let (season, url) = (Arc::clone(&scene.season), scene.server.url.clone());
            callers.push(tokio::spawn(call(
                scene.caller(),
                url,
                season,
                Arc::clone(&stop),
                say,
            )));
            heard.push(hear);
        }
        let lookers = (0..2).map(|_| {
            let client = scene.server.integration(&scene.tenant);
            tokio::spawn(look(client, PAGES, Arc::clone(&stop)))
        });
        let lookers = lookers.collect();
        for heard in heard {
            heard.await.unwrap();
        }
        Self {
            stop,
            callers,
            lookers,
        }
    }

    async fn end(self) -> (Vec<Call>, Vec<Look>) {
        self.stop.store(true, Ordering::Relaxed);
        let (mut calls, mut looks) = (Vec::new(), Vec::new());
        for done in self.callers {
            calls.extend(done.await.unwrap());
        }
        for done in self.lookers {
            looks.extend(done.await.unwrap());
        }
        calls.sort_by_key(|call| call.sent);
        looks.sort_by_key(|look| look.sent);
        (calls, looks)
    }
}

async fn call(
    mut caller: Caller,
    url: String,
    season: Arc<Season>,
    stop: Arc<AtomicBool>,
    heard: oneshot::Sender<()>,
) -> Vec<Call> {
    caller.keyed_percent = 80;
    let mut heard = Some(heard);
    let mut count = 0;
    while !stop.load(Ordering::Relaxed) {
        let call = match caller.chance(60) {
            true => caller.note(&url, &season).await,
            false => caller.work(&url, &season).await,
        };
        count += usize::from(call.is_acknowledged());
        if count == 20 {
            let _ = heard.take().map(|heard| heard.send(()));
        }
        if call.is_unavailable() {
            caller.wait_a_little().await;
        }
    }
    caller.calls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_postgres_stopped_for_10_seconds_is_told_at_once_and_heals_by_itself() {
    let scene = Scene::set(|settings| settings).await;
    let work = Work::begin(&scene).await;

    let gone = Instant::now();
    scene.proxy.close();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let back = Instant::now();
    scene.proxy.open();
    let healed = scene.heals().await;
    let (calls, looks) = work.end().await;
    eprintln!(
        "healed after {healed:?}; {}; {} looks",
        summary(&calls),
        looks.len()
    );

    assert!(
        calls
            .iter()
            .any(|call| call.is_acknowledged() && call.sent < gone)
    );
    for call in &calls {
        assert!(
            call.took < Duration::from_secs(1),
            "waited for {:?}: {call:#?}",
            call.took
        );
        if call.sent > gone + Duration::from_millis(100) && call.sent + call.took < back {
            assert!(call.is_unavailable(), "{call:#?}");
        }
    }
    let noticed = gone + Duration::from_millis(1_500);
    let mut as_of: Vec<Option<Timestamp>> = Vec::new();
    for look in &looks {
        assert_eq!(look.status, 200, "{}: {look:#?}", look.path);
        assert!(look.took < Duration::from_secs(1), "{look:#?}");
        if look.sent > noticed && look.sent + look.took < back {
            assert!(look.stale, "{look:#?}");
            as_of.push(look.as_of);
        }
    }
    assert!(as_of.len() > 20 && as_of[0].is_some(), "{as_of:?}");
    as_of.dedup();
    assert_eq!(
        as_of.len(),
        1,
        "what was shown cannot have become newer: {as_of:?}"
    );
    assert!(
        !looks[looks.len() - 1].stale,
        "{:?}",
        looks[looks.len() - 1]
    );
    scene.settle(calls).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_postgres_stalls_for_longer_than_a_commit_may_take() {
    let scene = Scene::set(|settings| {
        settings
            .with("LAJUR_ACTORS__COMMIT_TIMEOUT_MS", 500)
            .with("LAJUR_ACTORS__RESOLVE_MS", 300)
    })
    .await;
    let work = Work::begin(&scene).await;
    let newcomer = newcomer(&scene).await;
    for _ in 0..3 {
        scene.heals().await;
        scene.proxy.hold();
        let asked = Instant::now();
        let answer = newcomer.get("/api/v1/pipeline/health").await;
        assert_eq!(answer.code(), "503 UNAVAILABLE");
        assert!(
            asked.elapsed() < Duration::from_secs(3),
            "{:?}",
            asked.elapsed()
        );
        tokio::time::sleep(Duration::from_secs(2)).await;
        // statements that were given up long ago go through now
        scene.proxy.open();
    }
    let healed = scene.heals().await;
    let (calls, looks) = work.end().await;
    eprintln!(
        "healed after {healed:?}; {}; {} looks",
        summary(&calls),
        looks.len()
    );

    assert!(
        calls.iter().any(|call| call.is_unavailable()),
        "{}",
        summary(&calls)
    );
    for call in &calls {
        assert!(
            call.took < Duration::from_millis(1_800),
            "waited for {:?}: {call:#?}",
            call.took
        );
    }
    for look in &looks {
        assert_eq!(look.status, 200, "{}: {look:#?}", look.path);
        assert!(look.took < Duration::from_secs(1), "{look:#?}");
    }
    scene.settle(calls).await;
}

/// Somebody whom the program has never seen, so that it has to ask who it is.
async fn newcomer(scene: &Scene) -> Client {
    let mut conn = scene.database.owner().await;
    let key = add_key(&mut conn, scene.tenant.id, None, &Secrets::seeded(7)).await;
    scene.server.stranger().with_key(&key)
}
