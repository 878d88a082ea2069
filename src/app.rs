//! Wires the parts together, and nothing else does: configuration in, a
//! running server out.

pub mod server;
mod tls;
pub mod vitals;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::{HttpRequest, web};
use bytes::Bytes;
use tokio::sync::{Semaphore, watch};
use uuid::Uuid;

use crate::actors::node::Node;
use crate::actors::registry::Tenants;
use crate::cache::Cache;
use crate::cache::presence::Presence;
use crate::clock::Clock;
use crate::config::Config;
use crate::db;
use crate::db::pool::{Pools, Settings};
use crate::domain::ids::IdSource;
use crate::error::ApiError;
use crate::http;
use crate::http::audit::recorder::Recorder;
use crate::http::auth::password::Passwords;
use crate::http::auth::resolver::Callers;
use crate::http::browser_errors::Allowance;
use crate::http::limits::Limits;
use crate::http::observe::RequestIds;
use crate::http::observe::outage::Outage;
use crate::http::pages::Pages;
use crate::http::pipeline::roles::Roles;
use crate::http::pipeline::tasks::assignees::Assignees;
use crate::http::pipeline::tasks::bulk::once::UnderWay;
use crate::http::realtime::seats::Seats;
use crate::http::realtime::socket;
use crate::http::realtime::states::States;
use crate::http::realtime::token::Keys;
use crate::http::routes::Routes;
use crate::http::users::people::People;
use crate::importing::running::Imports;
use crate::mail::Mailer;
use crate::metrics::Metrics;
use crate::realtime;
use crate::secrets::Secrets;

/// How long clients may take to answer that their socket is being closed.
const SOCKETS_CLOSE: Duration = Duration::from_secs(2);
/// Links for another password that are being mailed; more are left out.
const FORGOTTEN_AT_ONCE: usize = 32;

/// Everything that handlers share; one per process, in `web::Data`.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub secrets: Secrets,
    pub db: Pools,
    pub tenants: Tenants,
    pub imports: Imports,
    pub cache: Cache,
    pub presence: Presence,
    pub assignees: Assignees,
    pub roles: Arc<Roles>,
    pub mailer: Mailer,
    /// Turns of those whose links for another password are being mailed.
    pub forgotten: Arc<Semaphore>,
    pub people: Arc<People>,
    pub bulks: UnderWay,
    /// Sockets and streams there are.
    pub seats: Seats,
    pub states: States,
    pub session_settings: Arc<realtime::session::Settings>,
    pub token_keys: Keys,
    pub metrics: Metrics,
    pub limits: Limits,
    /// What is to be told in tenants' logs soon.
    pub recorder: Recorder,
    pub callers: Arc<Callers>,
    pub passwords: Passwords,
    pub request_ids: RequestIds,
    pub outage: Outage,
    /// Of reports by browsers.
    pub browser_errors: Allowance,
    pub routes: Routes,
    /// The web application.
    pub pages: Pages,
    /// The description of the API, as it is served.
    pub openapi: Bytes,
    ids: Mutex<IdSource>,
    started: Instant,
    stopping: AtomicBool,
    /// Over how long sockets are closed, once they are.
    closing: watch::Sender<Option<Duration>>,
    migrated: AtomicBool,
}

impl App {
    /// Connects to nothing yet, but starts the actors: to be called within an
    /// actix system.
    pub fn new(config: Config, clock: Clock, secrets: Secrets) -> anyhow::Result<Self> {
        Self::measured(config, clock, secrets, Metrics::new()?)
    }

    /// The same, with metrics that others count in too.
    pub fn measured(
        config: Config,
        clock: Clock,
        secrets: Secrets,
        metrics: Metrics,
    ) -> anyhow::Result<Self> {
        let url = config.database.needed_url()?;
        let settings = Settings {
            size: config.database.pool_size,
            read_timeout: Duration::from_millis(config.database.read_timeout_ms),
            ..Settings::new(url.expose())
        };
        let api = http::openapi::describe();
        let db = Pools::new(settings)?.measured_by(metrics.db_query_duration_seconds.clone());
        let limits = config.actors.limits();
        let node = Node::new(
            clock.clone(),
            db.clone(),
            metrics.clone(),
            limits,
            secrets.seed(),
        );
        let callers = Arc::new(Callers::default());
        let people = Arc::new(People::default());
        let roles = Arc::new(Roles::default());
        node.when_rights_change({
            let (callers, people) = (Arc::clone(&callers), Arc::clone(&people));
            let roles = Arc::clone(&roles);
            move |tenant, row| {
                callers.heed(row);
                people.forget(tenant);
                roles.forget(tenant);
            }
        });
        let presence = Presence::new(node.id, clock.clone());
        let tenants = Tenants::start(node);
        if let Some(url) = &config.redis.url {
            tenants.join(url, &config.redis.prefix)?;
        }
        Ok(Self {
            tenants,
            presence,
            seats: Seats::new(&config.realtime, metrics.clone()),
            states: States::default(),
            session_settings: Arc::new(socket::settings(&config.realtime)),
            token_keys: Keys::default(),
            imports: Imports::on(tokio::runtime::Handle::try_current()?),
            db,
            cache: Cache::new(&config.redis, metrics.clone())?,
            assignees: Assignees::default(),
            roles,
            mailer: Mailer::new(&config, &secrets)?,
            forgotten: Arc::new(Semaphore::new(FORGOTTEN_AT_ONCE)),
            people,
            bulks: UnderWay::default(),
            limits: Limits::new(&config, clock.clone(), metrics.clone())?,
            recorder: Recorder::default(),
            callers,
            passwords: Passwords::new(secrets.clone()),
            request_ids: RequestIds::new(&secrets),
            outage: Outage::default(),
            browser_errors: Allowance::default(),
            pages: Pages::embedded(),
            routes: Routes::new(
                &api,
                http::UNDESCRIBED.into_iter().chain(http::pages::PATHS),
            ),
            openapi: api.to_pretty_json()?.into(),
            ids: Mutex::new(IdSource::seeded(secrets.seed())),
            started: Instant::now(),
            stopping: AtomicBool::new(false),
            closing: watch::Sender::new(None),
            migrated: AtomicBool::new(false),
            config,
            clock,
            secrets,
            metrics,
        })
    }

    /// The app that a request belongs to.
    pub fn of(request: &HttpRequest) -> Result<web::Data<Self>, ApiError> {
        request
            .app_data::<web::Data<Self>>()
            .cloned()
            .ok_or_else(|| ApiError::internal(anyhow::anyhow!("the app is not registered")))
    }

    pub fn new_id<T: From<Uuid>>(&self) -> T {
        self.ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next(self.clock.now())
    }

    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// From now on `/health/ready` sends new requests elsewhere.
    pub fn stop_soon(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Sends those who are connected away, spread over the configured time, and
    /// waits until they are gone.
    pub async fn close_sockets(&self) {
        let over = Duration::from_secs(self.config.realtime.drain_seconds.into());
        self.closing.send_replace(Some(over));
        let give_up = Instant::now() + over + SOCKETS_CLOSE;
        while self.metrics.ws_connections.get() > 0 && Instant::now() < give_up {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub fn closing(&self) -> watch::Receiver<Option<Duration>> {
        self.closing.subscribe()
    }

    /// Asked of the database until it is true once: nothing takes migrations
    /// back under a running program.
    pub async fn is_migrated(&self) -> bool {
        if self.migrated.load(Ordering::Relaxed) {
            return true;
        }
        let settings = self.db.settings();
        let pending = db::migrate::pending(&settings.url);
        let pending = tokio::time::timeout(settings.read_timeout, pending).await;
        let migrated = matches!(pending, Ok(Ok(pending)) if pending.is_empty());
        self.migrated.store(migrated, Ordering::Relaxed);
        migrated
    }
}
