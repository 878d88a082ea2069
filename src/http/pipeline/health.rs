//! How the whole pipeline is doing: asked for by every open dashboard, so the
//! body is made once for each state and second, and then only handed out.

use actix_web::{get, rt, web};
use bytes::Bytes;

use crate::actors::handle::TenantHandle;
use crate::app::App;
use crate::cache::Kind;
use crate::cache::rendered::{Moment, Rendered};
use crate::domain::ids::TenantId;
use crate::domain::pipeline::health::Health;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::needs::PipelineRead;
use crate::http::conditional::{self, IfNoneMatch};
use crate::http::reply::{Answer, Envelope, Reply};

/// The health of the pipeline.
///
/// Counts of jamaah and tasks, and a score with what it is made of.
#[utoipa::path(
    tag = "pipeline",
    params(IfNoneMatch),
    security(("api_key" = ["pipeline.read"]), ("session" = ["pipeline.read"])),
    responses((status = 200, description = "The health", body = Envelope<Health>)),
)]
#[get("/pipeline/health")]
pub async fn get_pipeline_health(
    authorized: Authorized<PipelineRead>,
    known: IfNoneMatch,
) -> Answer {
    let (app, id) = (&authorized.app, authorized.tenant_id());
    let rendered = match authorized.tenant().await {
        Ok(tenant) => render(app, id, &tenant)?,
        Err(away) => last_known(app, id, away).await?,
    };
    Ok(conditional::answer(
        &known,
        &rendered.tag,
        rendered.body.clone(),
    ))
}

fn render(app: &web::Data<App>, id: TenantId, tenant: &TenantHandle) -> Result<Rendered, ApiError> {
    let (view, freshness) = (tenant.view(), tenant.freshness());
    let moment = Moment {
        seq: view.state.head,
        second: freshness.as_of.timestamp(),
        live: freshness.live,
    };
    if let Some(rendered) = app.cache.rendered.get(id, Kind::Health, moment) {
        return Ok(rendered);
    }
    let health = view.health(freshness.as_of);
    // the data without its instant is what makes two answers the same
    let timeless = Health {
        as_of: view.as_of,
        ..health.clone()
    };
    let tag = Reply::new(timeless).tag()?;
    let body: Bytes = Reply::new(health)
        .read_from(&view, freshness)
        .body()?
        .into();
    let rendered = Rendered { moment, tag, body };
    if app.cache.rendered.put(id, Kind::Health, rendered.clone()) {
        let (app, body) = (app.clone(), rendered.body.clone());
        rt::spawn(async move { app.cache.put(id, Kind::Health, moment.seq, body).await });
    }
    Ok(rendered)
}

/// With the database away and the tenant not in memory: what this or another
/// node answered last. Its `as_of` says how old it is.
async fn last_known(app: &App, id: TenantId, away: ApiError) -> Result<Rendered, ApiError> {
    let snapshot = app.cache.get(id, Kind::Health, 0).await.ok_or(away)?;
    let moment = Moment {
        seq: snapshot.seq,
        second: 0,
        live: false,
    };
    Ok(Rendered {
        moment,
        tag: format!("W/\"{}\"", snapshot.seq),
        body: snapshot.body,
    })
}
