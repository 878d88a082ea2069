//! `/pipeline/jamaah`: the list, one pilgrim, and commands about them.
//!
//! A jamaah has two rows: who they are, and their status. Each has a version;
//! `PUT` goes by that of the first, decisions about the way by that of the second.

pub mod change;
pub mod decide;
mod fields;
pub mod filter;
pub mod history;
pub mod list;
pub mod read;
pub mod register;
pub mod track;

use std::sync::Arc;

use utoipa_actix_web::service_config::ServiceConfig;

use crate::actors::handle::{CommandError, Receipt, TenantHandle};
use crate::db::{self, Connection};
use crate::domain::ids::JamaahId;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::jamaah::Jamaah;
use crate::domain::pipeline::refusal::Refusal;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::submission::Submission;

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list::list_jamaah)
        .service(register::register_jamaah)
        .service(read::get_jamaah)
        .service(change::update_jamaah)
        .service(decide::advance_jamaah)
        .service(decide::move_jamaah)
        .service(decide::hold_jamaah)
        .service(decide::resume_jamaah)
        .service(decide::cancel_jamaah);
}

/// Gives a command about one jamaah.
async fn command<P, T>(
    authorized: &Authorized<P>,
    tenant: &TenantHandle,
    id: JamaahId,
    command: Command,
    submission: &Submission<T>,
) -> Result<Receipt, ApiError> {
    match tenant.execute(authorized.order(command, submission)).await {
        Ok(receipt) => Ok(receipt),
        Err(CommandError::Refused(Refusal::NotFound { what: "jamaah" })) => {
            Err(missing(authorized, id).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// Somebody closed long ago can be looked at but not be changed.
async fn missing<P>(authorized: &Authorized<P>, id: JamaahId) -> Result<ApiError, ApiError> {
    let rows = archived(authorized, id).await?;
    Ok(if rows.is_empty() {
        ApiError::NotFound { what: "jamaah" }
    } else {
        ApiError::InvalidTransition {
            what: "jamaah",
            from: "archived".to_owned(),
            to: "changed".to_owned(),
        }
    })
}

/// The rows of a jamaah who may no longer be in memory.
async fn archived<P>(authorized: &Authorized<P>, id: JamaahId) -> Result<Vec<Row>, ApiError> {
    let tenant = authorized.tenant_id();
    authorized
        .app
        .db
        .read("archived_jamaah", tenant, async |conn: &mut Connection| {
            db::load::jamaah(conn, tenant, id).await
        })
        .await
        .map_err(ApiError::of_database)
}

/// The jamaah's own row after a command.
fn jamaah_after(
    tenant: &TenantHandle,
    receipt: &Receipt,
    id: JamaahId,
) -> Result<Arc<Jamaah>, ApiError> {
    let changed = receipt.rows.iter().find_map(|row| match row {
        Row::Jamaah(jamaah) if jamaah.id == id => Some(jamaah.clone()),
        _ => None,
    });
    // a command that had nothing to change has no rows
    let unchanged = || {
        let view = tenant.view();
        view.state.pilgrim(id).map(|pilgrim| pilgrim.jamaah.clone())
    };
    changed
        .or_else(unchanged)
        .ok_or(ApiError::NotFound { what: "jamaah" })
}
