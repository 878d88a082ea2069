//! What the first screen shows, for somebody who has signed in: the answers
//! that the application would ask for, as REST gives them.

use std::sync::Arc;

use actix_web::{HttpMessage, HttpRequest, web};
use bytes::Bytes;

use crate::actors::handle::TenantHandle;
use crate::app::App;
use crate::cache::Kind;
use crate::domain::principal::Permission;
use crate::error::ApiError;
use crate::http::auth::caller::Caller;
use crate::http::auth::credential::{self, Credential, csrf_token};
use crate::http::auth::me::Me;
use crate::http::pipeline::departures::list::overview;
use crate::http::pipeline::snapshots;
use crate::http::reply::Reply;

/// As JSON; `None` for whoever has no session, and while the tenant cannot be
/// loaded: then the application asks, and hears what is the matter.
pub async fn of(request: &HttpRequest, app: &web::Data<App>) -> Result<Option<String>, ApiError> {
    let Some((caller, token)) = signed_in(request, app).await else {
        return Ok(None);
    };
    request.extensions_mut().insert(Arc::clone(&caller));
    let Some(tenant) = snapshots::find_tenant(app, caller.tenant.id).await else {
        return Ok(None);
    };
    let me = Reply::new(Me::of(&caller, Some(csrf_token(&token)))).body()?;
    let mut parts = vec![("me", Bytes::from(me))];
    if caller.principal.may(Permission::PipelineRead) {
        parts.extend(numbers(app, &tenant)?);
    }
    let fields: Result<Vec<String>, _> = parts
        .iter()
        .map(|(name, body)| Ok(format!("\"{name}\":{}", std::str::from_utf8(body)?)))
        .collect();
    let fields = fields.map_err(|error: std::str::Utf8Error| ApiError::internal(error))?;
    Ok(Some(format!("{{{}}}", fields.join(","))))
}

/// A page is for browsers: an API key opens none.
async fn signed_in(request: &HttpRequest, app: &App) -> Option<(Arc<Caller>, String)> {
    let credential = credential::of_request(request, app.config.http.is_secure()).ok()?;
    let Credential::Session(token) = credential else {
        return None;
    };
    let caller = app.callers.resolve(app, credential).await.ok()?;
    (!caller.expired(app.clock.now())).then(|| (caller, token.to_owned()))
}

fn numbers(
    app: &web::Data<App>,
    tenant: &TenantHandle,
) -> Result<[(&'static str, Bytes); 4], ApiError> {
    let (freshness, view) = (tenant.freshness(), tenant.view());
    let kept = |kind| snapshots::finished(app, tenant, kind).map(|finished| finished.body);
    Ok([
        ("health", kept(Kind::Health)?),
        ("stages", kept(Kind::Stages)?),
        ("bottlenecks", kept(Kind::Bottlenecks)?),
        ("departures", overview(&view, freshness).body()?.into()),
    ])
}
