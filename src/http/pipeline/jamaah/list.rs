//! The list of jamaah.

use actix_web::get;

use super::filter::JamaahFilter;
use crate::domain::pipeline::listing::JamaahCard;
use crate::domain::principal::Permission;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::JamaahRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::page::Page;
use crate::http::params::Params;
use crate::http::reply::{Answer, Envelope, Reply};

/// The jamaah.
///
/// Those who are under way or were closed within the last 30 days, the
/// riskiest first.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(JamaahFilter, Page, IfNoneMatch),
    security(("api_key" = ["jamaah.read"]), ("session" = ["jamaah.read"])),
    responses((status = 200, description = "A page of jamaah", body = Envelope<Vec<JamaahCard>>)),
)]
#[get("/pipeline/jamaah")]
pub async fn list_jamaah(
    authorized: Authorized<JamaahRead>,
    filter: Params<JamaahFilter>,
    page: Page,
    known: IfNoneMatch,
) -> Answer {
    let tenant = authorized.tenant().await?;
    let view = tenant.view();
    let query = filter.0.query(
        &view.state,
        (authorized.principal(), Permission::JamaahRead),
        page,
    )?;
    let found = view.jamaah(&query);
    Reply::new(found.items)
        .page(page, u64::from(found.total))
        .read_from(&view, tenant.freshness())
        .conditional(&known)
}
