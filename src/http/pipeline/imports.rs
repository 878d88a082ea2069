//! `/pipeline/imports`: manifests in, and what became of them.

pub mod read;
pub mod report;
pub mod run;
pub mod upload;

pub use read::progress;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::App;
use crate::db::{self, Connection};
use crate::domain::ids::{ImportId, TenantId};
use crate::domain::pipeline::import::{Import, ImportState};
use crate::error::ApiError;

/// An import that has not been heard of for so long, and is not running here,
/// has ended with its process.
const SILENCE_SECONDS: i64 = 60;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(run::import_manifest)
        .service(read::list_imports)
        .service(read::get_import)
        .service(report::get_import_report);
}

/// An import as it stands.
async fn find_import(app: &App, tenant: TenantId, id: ImportId) -> Result<Import, ApiError> {
    let import = app
        .db
        .read("import", tenant, async |conn: &mut Connection| {
            db::imports::by_id(conn, tenant, id).await
        })
        .await
        .map_err(ApiError::of_database)?;
    let import = import.ok_or(ApiError::NotFound { what: "import" })?;
    Ok(as_it_stands(app, tenant, import))
}

/// Nobody is left to record that an import ended with its process.
fn as_it_stands(app: &App, tenant: TenantId, mut import: Import) -> Import {
    let silent = (app.clock.now() - import.updated_at).num_seconds() > SILENCE_SECONDS;
    let running = import.state == ImportState::Running;
    if running && silent && !app.imports.is_running(tenant, import.id) {
        import.state = ImportState::Interrupted;
    }
    import
}
