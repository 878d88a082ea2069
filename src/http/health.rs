//! Whether the process lives, can serve, and how its dependencies are.

use std::time::{Duration, Instant};

use actix_web::{HttpResponse, get, web};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::db;

/// A dependency that has not answered by then is down.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(get_live)
        .service(get_ready)
        .service(get_service_health);
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct Live {
    #[schema(example = true)]
    ok: bool,
}

/// Whether requests can be served, and what it takes.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Ready {
    ok: bool,
    /// The database answers.
    database: bool,
    /// All migrations have been run.
    migrated: bool,
    /// The program is about to stop and takes no new work.
    stopping: bool,
}

/// The service and everything it depends on.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ServiceHealth {
    ok: bool,
    #[schema(value_type = String, example = "0.1.0")]
    version: &'static str,
    uptime_seconds: u64,
    database: Dependency,
    redis: Dependency,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct Dependency {
    state: DependencyState,
    /// How long it took to answer; `null` when it did not.
    latency_ms: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DependencyState {
    Up,
    Down,
    /// Not configured, and not needed.
    Off,
}

/// Is the process alive?
#[utoipa::path(tag = "health", responses((status = 200, description = "It is", body = Live)))]
#[get("/health/live")]
pub async fn get_live() -> HttpResponse {
    HttpResponse::Ok().json(Live { ok: true })
}

/// Can it serve?
///
/// For load balancers: the database answers, its schema is up to date and the
/// program is not about to stop.
#[utoipa::path(
    tag = "health",
    responses(
        (status = 200, description = "It can", body = Ready),
        (status = 503, description = "Not now", body = Ready),
    ),
)]
#[get("/health/ready")]
pub async fn get_ready(app: web::Data<App>) -> HttpResponse {
    let stopping = app.is_stopping();
    let database = ping(&app.db).await.is_some();
    let migrated = database && app.is_migrated().await;
    answer(
        database && migrated && !stopping,
        &Ready {
            ok: database && migrated && !stopping,
            database,
            migrated,
            stopping,
        },
    )
}

/// How is everything?
#[utoipa::path(
    tag = "health",
    responses(
        (status = 200, description = "Everything that is needed is up", body = ServiceHealth),
        (status = 503, description = "Something that is needed is down", body = ServiceHealth),
    ),
)]
#[get("/health")]
pub async fn get_service_health(app: web::Data<App>) -> HttpResponse {
    let (database, redis) = futures::join!(ping(&app.db), app.cache.ping());
    let redis = match redis {
        Some(answered) => dependency(answered),
        None => Dependency {
            state: DependencyState::Off,
            latency_ms: None,
        },
    };
    let database = dependency(database);
    // without Redis a node goes on
    let ok = database.state == DependencyState::Up;
    let version = env!("CARGO_PKG_VERSION");
    answer(
        ok,
        &ServiceHealth {
            ok,
            version,
            uptime_seconds: app.uptime().as_secs(),
            database,
            redis,
        },
    )
}

fn answer(ok: bool, body: &impl Serialize) -> HttpResponse {
    let mut response = if ok {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    response
        .insert_header(("cache-control", "no-store"))
        .json(body)
}

fn dependency(latency: Option<Duration>) -> Dependency {
    let state = if latency.is_some() {
        DependencyState::Up
    } else {
        DependencyState::Down
    };
    let latency_ms = latency.map(|latency| (latency.as_secs_f64() * 1e6).round() / 1e3);
    Dependency { state, latency_ms }
}

async fn ping(pools: &db::pool::Pools) -> Option<Duration> {
    let started = Instant::now();
    let asked = async {
        let mut conn = pools.anyone().await.ok()?;
        diesel::sql_query("SELECT 1").execute(&mut conn).await.ok()
    };
    tokio::time::timeout(PATIENCE, asked)
        .await
        .ok()
        .flatten()
        .map(|_| started.elapsed())
}
