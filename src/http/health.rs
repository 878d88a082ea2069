//! Whether the process lives, can serve, and how its dependencies are.

use std::time::{Duration, Instant};

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;

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
    /// The log can be written, and no commit is stuck.
    log: bool,
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
    /// Writing to the log; `latency_ms` is for how long a commit has been in flight.
    log: Dependency,
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
#[utoipa::path(
    tag = "health",
    extensions(("x-rate-limit" = json!("unlimited"))),
    responses((status = 200, description = "It is", body = Live)),
)]
#[get("/health/live")]
pub async fn get_live() -> HttpResponse {
    HttpResponse::Ok().json(Live { ok: true })
}

/// Can it serve?
///
/// For load balancers: the database answers, its schema is up to date, the log
/// can be written and the program is not about to stop.
#[utoipa::path(
    tag = "health",
    extensions(("x-rate-limit" = json!("unlimited"))),
    responses(
        (status = 200, description = "It can", body = Ready),
        (status = 503, description = "Not now", body = Ready),
    ),
)]
#[get("/health/ready")]
pub async fn get_ready(app: web::Data<App>) -> HttpResponse {
    let found = app.readiness().await;
    let ok = found.is_ready();
    answer(
        ok,
        &Ready {
            ok,
            database: found.database,
            migrated: found.migrated,
            log: found.log,
            stopping: found.stopping,
        },
    )
}

/// How is everything?
#[utoipa::path(
    tag = "health",
    extensions(("x-rate-limit" = json!("unlimited"))),
    responses(
        (status = 200, description = "Everything that is needed is up", body = ServiceHealth),
        (status = 503, description = "Something that is needed is down", body = ServiceHealth),
    ),
)]
#[get("/health")]
pub async fn get_service_health(app: web::Data<App>) -> HttpResponse {
    let (database, redis) = futures::join!(app.ping_database(), app.cache.ping());
    let redis = match redis {
        Some(answered) => dependency(answered),
        None => Dependency {
            state: DependencyState::Off,
            latency_ms: None,
        },
    };
    let database = dependency(database);
    let log = log_dependency(&app).await;
    // without Redis a node goes on
    let ok = database.state == DependencyState::Up && log.state == DependencyState::Up;
    let version = env!("CARGO_PKG_VERSION");
    answer(
        ok,
        &ServiceHealth {
            ok,
            version,
            uptime_seconds: app.uptime().as_secs(),
            database,
            log,
            redis,
        },
    )
}

async fn log_dependency(app: &App) -> Dependency {
    let in_flight = app.tenants.pulse().in_flight(Instant::now());
    match app.tenants.prove_journal().await {
        true => dependency(Some(in_flight.unwrap_or_default())),
        false => dependency(None),
    }
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
