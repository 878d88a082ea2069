//! `/pipeline`: one folder per resource. The order of registration is the
//! order in which paths are tried, so what is asked for most comes first.

pub mod bottlenecks;
pub mod comments;
pub mod departures;
pub mod exports;
pub mod health;
pub mod imports;
pub mod jamaah;
pub mod roles;
pub mod snapshots;
pub mod stages;
pub mod tasks;

use utoipa_actix_web::service_config::ServiceConfig;

use super::reply::Reply;
use crate::actors::handle::Receipt;
use crate::domain::pipeline::change::Row;
use crate::error::ApiError;

pub fn routes(config: &mut ServiceConfig) {
    tasks::routes(config);
    health::routes(config);
    stages::routes(config);
    bottlenecks::routes(config);
    departures::routes(config);
    comments::routes(config);
    jamaah::routes(config);
    imports::routes(config);
    exports::routes(config);
}

/// What a command about one row answers: the row after it, with its version.
pub fn row_after(receipt: &Receipt) -> Result<Reply<Row>, ApiError> {
    let row = receipt.rows.first().cloned();
    let row = row.ok_or_else(|| ApiError::internal(anyhow::anyhow!("a command without a row")))?;
    let version = match &row {
        Row::Stage(stage) => Some(stage.version),
        Row::Departure(departure) => Some(departure.version),
        Row::Jamaah(jamaah) => Some(jamaah.version),
        Row::JamaahStatus(status) => Some(status.version),
        Row::StageInstance(instance) => Some(instance.version),
        Row::Task(task) => Some(task.version),
        Row::BottleneckAlert(alert) => Some(alert.version),
        Row::PipelineVersion(_)
        | Row::Comment(_)
        | Row::Import(_)
        | Row::Access(_)
        | Row::Audit(_) => None,
    };
    let reply = Reply::new(row).receipt(receipt);
    Ok(match version {
        Some(version) => reply.version(version),
        None => reply,
    })
}
