//! The way that comes to mind first, done well: a transaction per command,
//! behind the same HTTP library, on the same tables with the same role.
//!
//! It locks the task, checks and updates it, takes the next number of the
//! tenant's log, and inserts the event: what Lajur keeps, without what follows
//! for the jamaah. A pool of eight connections was the fastest of 2, 8 and 16.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::error::{ErrorConflict, ErrorInternalServerError, ErrorNotFound};
use actix_web::{App, HttpResponse, HttpServer, get, post, web};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures::FutureExt;
use lajur::clock::Clock;
use lajur::db::schema::{events, pipeline_tasks, tenants};
use lajur::domain::ids::{CommandId, IdSource};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// The argument that makes this program the server.
pub const MODE: &str = "serve-naive";
const CONNECTIONS: usize = 8;
/// As many as Lajur has by default.
const WORKERS: usize = 2;

#[derive(Clone, Debug, Queryable, Selectable, Serialize)]
#[diesel(table_name = pipeline_tasks)]
struct Task {
    tenant_id: Uuid,
    id: Uuid,
    jamaah_id: Uuid,
    stage_id: Uuid,
    instance_id: Uuid,
    title: String,
    assigned_role: String,
    assignee: Option<Uuid>,
    priority: String,
    status: String,
    required: bool,
    due_at: Option<DateTime<Utc>>,
    overdue: bool,
    blocked_reason: Option<String>,
    notes: Option<String>,
    started_at: Option<DateTime<Utc>>,
    completed_at: Option<DateTime<Utc>>,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

struct Shared {
    /// Stands for what authentication would find.
    tenant_id: Uuid,
    pool: Pool<AsyncPgConnection>,
    ids: Mutex<IdSource>,
}

impl Shared {
    fn new_id(&self, now: DateTime<Utc>) -> CommandId {
        self.ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next(now)
    }
}

/// Why a command is not carried out.
enum Failure {
    NotFound,
    Impossible(String),
    Database(diesel::result::Error),
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        match error {
            diesel::result::Error::NotFound => Self::NotFound,
            error => Self::Database(error),
        }
    }
}

pub fn runtime() -> tokio::runtime::Runtime {
    #[expect(clippy::expect_used, reason = "actix takes no errors here")]
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

pub async fn serve() -> anyhow::Result<()> {
    let url = std::env::var("DATABASE_URL")?;
    let addr: SocketAddr = std::env::var("HTTP_ADDR")?.parse()?;
    let mut config = ManagerConfig::default();
    config.custom_setup = Box::new(|url| {
        async move {
            let mut conn = AsyncPgConnection::establish(url).await?;
            let set = conn.batch_execute("SET ROLE lajur_journal").await;
            set.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
            Ok(conn)
        }
        .boxed()
    });
    let manager = AsyncDieselConnectionManager::new_with_config(url, config);
    let pool = Pool::builder(manager).max_size(CONNECTIONS).build()?;
    let tenant_id = tenants::table
        .select(tenants::id)
        .first(&mut *pool.get().await?)
        .await?;
    let shared = web::Data::new(Shared {
        tenant_id,
        pool,
        ids: Mutex::new(IdSource::seeded(1)),
    });
    let app = move || {
        App::new()
            .app_data(shared.clone())
            .service(get_ready)
            .service(change_task)
    };
    HttpServer::new(app)
        .workers(WORKERS)
        .bind(addr)?
        .run()
        .await?;
    Ok(())
}

#[get("/health/ready")]
async fn get_ready() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[post("/api/v1/pipeline/tasks/{id}/{action}")]
async fn change_task(
    path: web::Path<(Uuid, String)>,
    shared: web::Data<Shared>,
) -> actix_web::Result<HttpResponse> {
    let (id, action) = path.into_inner();
    let tenant_id = shared.tenant_id;
    let now = Clock::System.now();
    let command_id = shared.new_id(now).0;
    let mut conn = shared.pool.get().await.map_err(ErrorInternalServerError)?;
    let changed = conn.transaction(async |conn| {
        let task = pipeline_tasks::table
            .find((tenant_id, id))
            .select(Task::as_select())
            .for_update()
            .first(conn)
            .await?;
        let before = json!({"status": task.status, "version": task.version});
        let task = change(task, &action, now)?;
        write(conn, &task, before, command_id)
            .await
            .map(|seq| (task, seq))
    });
    match changed.await {
        Ok((task, seq)) => {
            Ok(HttpResponse::Ok().json(json!({"ok": true, "data": task, "meta": {"seq": seq}})))
        }
        Err(Failure::NotFound) => Err(ErrorNotFound("task")),
        Err(Failure::Impossible(status)) => Err(ErrorConflict(status)),
        Err(Failure::Database(error)) => Err(ErrorInternalServerError(error)),
    }
}

fn change(mut task: Task, action: &str, now: DateTime<Utc>) -> Result<Task, Failure> {
    (task.status, task.completed_at) = match (action, task.status.as_str()) {
        ("complete", "pending" | "in_progress") => ("completed".to_owned(), Some(now)),
        ("reopen", "completed") => ("in_progress".to_owned(), None),
        (_, status) => return Err(Failure::Impossible(status.to_owned())),
    };
    task.version += 1;
    task.updated_at = now;
    Ok(task)
}

/// Writes the task and its event, and says the event's number.
async fn write(
    conn: &mut AsyncPgConnection,
    task: &Task,
    before: serde_json::Value,
    command_id: Uuid,
) -> Result<i64, Failure> {
    diesel::update(pipeline_tasks::table.find((task.tenant_id, task.id)))
        .set((
            pipeline_tasks::status.eq(&task.status),
            pipeline_tasks::completed_at.eq(task.completed_at),
            pipeline_tasks::version.eq(task.version),
            pipeline_tasks::updated_at.eq(task.updated_at),
        ))
        .execute(conn)
        .await?;
    let seq: i64 = diesel::update(tenants::table.find(task.tenant_id))
        .set(tenants::last_seq.eq(tenants::last_seq + 1))
        .returning(tenants::last_seq)
        .get_result(conn)
        .await?;
    diesel::insert_into(events::table)
        .values((
            events::tenant_id.eq(task.tenant_id),
            events::seq.eq(seq),
            events::batch_id.eq(command_id),
            events::command_id.eq(command_id),
            events::occurred_at.eq(task.updated_at),
            events::principal_type.eq("system"),
            events::kind.eq(match task.status.as_str() {
                "completed" => "task.completed",
                _ => "task.reopened",
            }),
            events::subject_type.eq("task"),
            events::subject_id.eq(task.id),
            events::stage_id.eq(task.stage_id),
            events::labels.eq(json!({"role": task.assigned_role, "jamaah": task.jamaah_id})),
            events::before.eq(before),
            events::after.eq(json!(task)),
            events::request_id.eq("bench"),
        ))
        .execute(conn)
        .await?;
    Ok(seq)
}
