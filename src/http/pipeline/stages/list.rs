//! All stages with what goes on in them.

use actix_web::get;
use serde::Deserialize;

use crate::cache::Kind;
use crate::domain::pipeline::statistics::StageReport;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::PipelineRead;
use crate::http::conditional::IfNoneMatch;
use crate::http::page::Page;
use crate::http::params::Params;
use crate::http::pipeline::snapshots::{self, Source};
use crate::http::reply::{Answer, Envelope, Reply};

#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StageFilter {
    /// Those that were retired, instead of those that take people in.
    #[serde(default)]
    #[param(default = false, required = false)]
    pub retired: bool,
}

/// Every active stage in order, empty ones too, with what goes on in it.
///
/// Rates and shares are over 14 days with today; `null` is no data.
#[utoipa::path(
    tag = "pipeline",
    extensions(("x-rate-limit" = json!("reads"))),
    params(StageFilter, Page, IfNoneMatch),
    security(("api_key" = ["pipeline.read"]), ("session" = ["pipeline.read"])),
    responses((status = 200, description = "A page of stages", body = Envelope<Vec<StageReport>>)),
)]
#[get("/pipeline/stages")]
pub async fn list_stages(
    authorized: Authorized<PipelineRead>,
    filter: Params<StageFilter>,
    page: Page,
    known: IfNoneMatch,
) -> Answer {
    if filter.0.retired {
        let tenant = authorized.tenant().await?;
        let (freshness, view) = (tenant.freshness(), tenant.view());
        let stages = view.retired_stages(freshness.as_of);
        return snapshots::page_of_stages(&stages, page)
            .read_from(&view, freshness)
            .conditional(&known);
    }
    let tenant = match snapshots::find_source(&authorized, Kind::Stages).await? {
        Source::Memory(tenant) => tenant,
        Source::Kept(kept) => {
            let rows = kept.rows()?;
            let total = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            return kept.answer(Reply::new(page.of(&rows)).page(page, total), &known);
        }
    };
    if page == Page::default() {
        return snapshots::answer(&authorized, &tenant, Kind::Stages, &known);
    }
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let stages = view.stages(freshness.as_of);
    snapshots::page_of_stages(&stages, page)
        .read_from(&view, freshness)
        .conditional(&known)
}
