//! A session begins: after a password, or an invitation that was accepted.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::http::header;
use chrono::TimeDelta;

use super::accounts;
use super::credential::{self, Credential, csrf_token, hash};
use super::me::Me;
use crate::app::App;
use crate::db::sessions::NewSession;
use crate::db::users::Account;
use crate::domain::pipeline::tenant::Tenant;
use crate::error::ApiError;
use crate::http::audit::Origin;
use crate::http::conditional::text;
use crate::http::front;
use crate::http::reply::{Answer, Reply};

/// Longer names of browsers are cut.
const MOST_LETTERS: usize = 300;

/// Opens a session for whoever has shown that the account is theirs, and
/// answers with its cookie.
pub async fn open_session(
    app: &App,
    request: &HttpRequest,
    tenant: &Tenant,
    account: &Account,
) -> Answer {
    let from = Origin::of(request, front::client(request, &app.config.http));
    let token = app.secrets.token();
    let hours = app.config.auth.session_hours;
    let now = app.clock.now();
    let session = NewSession {
        id: app.new_id(),
        user_id: account.user_id,
        token_hash: hash(&token),
        csrf_hash: hash(&csrf_token(&token)),
        created_at: now,
        expires_at: now + TimeDelta::hours(i64::from(hours)),
        user_agent: user_agent(request),
        ip: Some(from.address.to_string()),
    };
    accounts::open_session(app, tenant, account, &session, &from).await?;
    let caller = app
        .callers
        .resolve(app, Credential::Session(&token))
        .await?;
    let me = Me::of(&caller, Some(csrf_token(&token)));
    let mut response = Reply::new(me).ok()?;
    let cookie = credential::session_cookie(
        token,
        app.config.http.is_secure(),
        Duration::hours(i64::from(hours)),
    );
    response.add_cookie(&cookie).map_err(ApiError::internal)?;
    Ok(response)
}

fn user_agent(request: &HttpRequest) -> Option<String> {
    let name = text(request.headers(), &header::USER_AGENT)?.trim();
    (!name.is_empty()).then(|| name.chars().take(MOST_LETTERS).collect())
}
