//! Imports that have been, and how far one is.

use std::sync::Arc;

use actix_web::{get, web};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{as_it_stands, find_import};
use crate::actors::handle::TenantHandle;
use crate::app::App;
use crate::db::{self, Connection};
use crate::domain::ids::ImportId;
use crate::domain::pipeline::import::{Import, ImportState};
use crate::domain::principal::Actor;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::ImportsWrite;
use crate::http::conditional::IfNoneMatch;
use crate::http::page::Page;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::importing::report::Report;

/// An import with its report, and who wanted it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ImportDetail {
    #[serde(flatten)]
    pub report: Report,
    /// Rows dealt with so far.
    pub processed: u32,
    /// SHA-256 of the file, hexadecimal.
    #[schema(value_type = String)]
    pub sha256: Arc<str>,
    pub created_by: Actor,
    /// What they are called now; `null` for the program itself.
    #[schema(value_type = Option<String>)]
    pub created_by_name: Option<Arc<str>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// An import in the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ImportCard {
    pub id: ImportId,
    pub state: ImportState,
    #[schema(value_type = String)]
    pub file_name: Arc<str>,
    /// Rows of people in the file.
    pub rows: i32,
    /// Rows dealt with so far.
    pub processed: i32,
    pub created: i32,
    pub updated: i32,
    pub unchanged: i32,
    pub rejected: i32,
    pub created_by: Actor,
    /// What they are called now; `null` for the program itself.
    #[schema(value_type = Option<String>)]
    pub created_by_name: Option<Arc<str>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The imports, newest first.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(Page, IfNoneMatch),
    security(("api_key" = ["imports.write"]), ("session" = ["imports.write"])),
    responses((status = 200, description = "A page of imports", body = Envelope<Vec<ImportCard>>)),
)]
#[get("/pipeline/imports")]
pub async fn list_imports(
    authorized: Authorized<ImportsWrite>,
    page: Page,
    known: IfNoneMatch,
) -> Answer {
    let (app, id) = (&authorized.app, authorized.tenant_id());
    let tenant = authorized.tenant().await?;
    // before the rows are read, which may be newer but never older
    let view = tenant.view();
    let offset = i64::try_from(page.offset()).unwrap_or(i64::MAX);
    let (total, imports, names) = app
        .db
        .read("imports", id, async |conn: &mut Connection| {
            let total = db::imports::count(conn, id).await?;
            let imports = db::imports::newest(conn, id, offset, i64::from(page.limit)).await?;
            let actors = imports.iter().map(|import| import.created_by);
            let names = db::names::of_actors(conn, id, actors).await?;
            Ok::<_, db::Error>((total, imports, names))
        })
        .await
        .map_err(ApiError::of_database)?;
    let cards = imports.into_iter().map(|import| {
        let name = names.get(&import.created_by).cloned();
        ImportCard::of(as_it_stands(app, id, import), name)
    });
    Reply::new(cards.collect::<Vec<_>>())
        .page(page, u64::try_from(total).unwrap_or_default())
        .read_from(&view, tenant.freshness())
        .conditional(&known)
}

/// One import: how far it is, and what became of each row.
///
/// One that was stopped half way is `interrupted`: what was reported as created
/// is in, and sending the same file again does the rest.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(("id" = ImportId, Path), IfNoneMatch),
    security(("api_key" = ["imports.write"]), ("session" = ["imports.write"])),
    responses((status = 200, description = "The import", body = Envelope<ImportDetail>)),
)]
#[get("/pipeline/imports/{id}")]
pub async fn get_import(
    authorized: Authorized<ImportsWrite>,
    id: web::Path<ImportId>,
    known: IfNoneMatch,
) -> Answer {
    let tenant = authorized.tenant().await?;
    detail(&authorized.app, &tenant, *id)
        .await?
        .conditional(&known)
}

/// What the channel of an import says: the same as its resource.
pub async fn progress(app: &App, tenant: &TenantHandle, id: ImportId) -> Result<Bytes, ApiError> {
    Ok(detail(app, tenant, id).await?.body()?.into())
}

async fn detail(
    app: &App,
    tenant: &TenantHandle,
    id: ImportId,
) -> Result<Reply<ImportDetail>, ApiError> {
    let view = tenant.view();
    let tenant_id = view.state.tenant.id;
    let import = find_import(app, tenant_id, id).await?;
    let actor = import.created_by;
    let mut names = app
        .db
        .read("import_author", tenant_id, async |conn: &mut Connection| {
            db::names::of_actors(conn, tenant_id, [actor]).await
        })
        .await
        .map_err(ApiError::of_database)?;
    let report = Report::of_import(&import);
    let detail = ImportDetail {
        processed: report.processed(),
        report,
        sha256: import.sha256,
        created_by: actor,
        created_by_name: names.remove(&actor),
        created_at: import.created_at,
        updated_at: import.updated_at,
    };
    Ok(Reply::new(detail).read_from(&view, tenant.freshness()))
}

impl ImportCard {
    fn of(import: Import, created_by_name: Option<Arc<str>>) -> Self {
        Self {
            id: import.id,
            state: import.state,
            file_name: import.file_name,
            rows: import.rows,
            processed: import.processed,
            created: import.created,
            updated: import.updated,
            unchanged: import.unchanged,
            rejected: import.rejected,
            created_by: import.created_by,
            created_by_name,
            created_at: import.created_at,
            updated_at: import.updated_at,
        }
    }
}
