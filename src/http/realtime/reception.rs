//! Who comes in by the socket: from a token, an API key or a session's cookie
//! to somebody with rights, a seat, and their tenant's log to read.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use diesel_async::AsyncPgConnection;

use super::seats::Seat;
use super::token::{self, Claims, TokenError};
use crate::actors::feed::Reader;
use crate::actors::handle::TenantHandle;
use crate::actors::registry::OpenError;
use crate::app::App;
use crate::db::{self, api_keys, sessions, users};
use crate::domain::access::AccessRow;
use crate::domain::ids::TenantId;
use crate::domain::principal::{Actor, Principal};
use crate::domain::time::Timestamp;
use crate::error::ApiError;
use crate::http::auth::caller::Caller;
use crate::http::auth::credential::{ApiKey, Credential};
use crate::realtime::access;
use crate::realtime::feed::{AccessChange, Feed as _, Identity};
use crate::realtime::session::Refusal;

/// Somebody who has been let in.
pub struct Guest {
    pub tenant: TenantHandle,
    pub identity: Identity,
    pub principal: Arc<Principal>,
    /// Their rights are as the log says up to there.
    pub rights: i64,
    /// When the credential ends by itself.
    pub expires_at: Option<Timestamp>,
    pub seat: Option<Seat>,
    pub reader: Reader,
}

/// Which credential a client has shown.
#[derive(Clone, Debug)]
pub enum Shown {
    Token(String),
    /// The request for the socket came with a session's cookie.
    Cookie(Arc<str>),
}

/// Lets somebody in and gives them a seat.
pub async fn admit(app: &web::Data<App>, shown: Option<&Shown>) -> Result<Guest, Refusal> {
    if app.is_stopping() {
        return Err(Refusal::Busy);
    }
    let mut guest = recognise(app, shown.ok_or(Refusal::InvalidToken)?).await?;
    let seat = app
        .seats
        .take(guest.tenant.feed().tenant().id, guest.identity.actor);
    guest.seat = Some(seat.map_err(|_| Refusal::ConnectionLimit)?);
    Ok(guest)
}

/// Finds out who it is, without a seat: for those who have one.
pub async fn recognise(app: &web::Data<App>, shown: &Shown) -> Result<Guest, Refusal> {
    match shown {
        Shown::Token(text) => match ApiKey::parse(text) {
            Some(key) => recognise_caller(app, Credential::ApiKey(key)).await,
            None => recognise_claims(app, text).await,
        },
        Shown::Cookie(token) => recognise_caller(app, Credential::Session(token)).await,
    }
}

async fn recognise_caller(
    app: &web::Data<App>,
    credential: Credential<'_>,
) -> Result<Guest, Refusal> {
    let who = resolve(app, credential).await?;
    let (tenant, reader, rights) = enter(app, who.tenant.id).await?;
    // again, now that changes of rights are followed from `rights` on
    let who = resolve(app, credential).await?;
    if who.expired(app.clock.now()) {
        return Err(Refusal::TokenExpired);
    }
    Ok(Guest {
        tenant,
        identity: Identity {
            actor: who.principal.actor,
            session: who.session.as_ref().map(|session| session.id),
        },
        principal: Arc::clone(&who.principal),
        rights,
        expires_at: who.expires_at,
        seat: None,
        reader,
    })
}

async fn resolve(app: &web::Data<App>, credential: Credential<'_>) -> Result<Arc<Caller>, Refusal> {
    let resolved = app.callers.resolve(app, credential).await;
    resolved.map_err(|error| match error {
        ApiError::Unauthenticated => Refusal::InvalidToken,
        _ => Refusal::Failed,
    })
}

async fn recognise_claims(app: &web::Data<App>, token: &str) -> Result<Guest, Refusal> {
    let claims = token::verify(app, token)
        .await
        .map_err(|error| match error {
            TokenError::Invalid => Refusal::InvalidToken,
            TokenError::Expired => Refusal::TokenExpired,
            TokenError::Database(error) => {
                tracing::warn!(%error, "a token cannot be verified");
                Refusal::Failed
            }
        })?;
    let (tenant, reader, rights) = enter(app, claims.tenant).await?;
    let principal = find_principal(app, &claims).await?;
    Ok(Guest {
        tenant,
        identity: claims.identity(),
        principal,
        rights,
        expires_at: Timestamp::from_timestamp(claims.expires, 0),
        seat: None,
        reader,
    })
}

/// The tenant, in memory for as long as the reader is held.
async fn enter(app: &web::Data<App>, id: TenantId) -> Result<(TenantHandle, Reader, i64), Refusal> {
    let tenant = app.tenants.open(id).await.map_err(|error| match error {
        OpenError::NotFound => Refusal::InvalidToken,
        OpenError::Unavailable(cause) => {
            tracing::warn!(error.cause = cause, "cannot load a tenant for a socket");
            Refusal::Failed
        }
    })?;
    let reader = tenant.feed().enter();
    // the client may have been on another node, which knew more
    tenant.catch_up().await;
    let rights = tenant.feed().top();
    Ok((tenant, reader, rights))
}

/// What whoever the token was given to may do by now.
async fn find_principal(app: &web::Data<App>, claims: &Claims) -> Result<Arc<Principal>, Refusal> {
    let (tenant, now) = (claims.tenant, app.clock.now());
    let reading = app.db.read(
        "client_rights",
        tenant,
        async |conn: &mut AsyncPgConnection| {
            if let Some(session) = claims.session
                && !sessions::is_open(conn, tenant, session, now).await?
            {
                return Ok(None);
            }
            let found = match claims.actor {
                Actor::User(id) => users::access(conn, tenant, &[id])
                    .await?
                    .pop()
                    .map(AccessRow::User),
                Actor::ApiKey(id) => api_keys::by_id(conn, tenant, id, now)
                    .await?
                    .map(AccessRow::ApiKey),
                Actor::System => None,
            };
            Ok::<_, db::Error>(found)
        },
    );
    let found = tokio::time::timeout(Duration::from_secs(3), reading).await;
    let found = match found {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the rights of a client cannot be looked up");
            return Err(Refusal::Failed);
        }
        Err(_) => return Err(Refusal::Failed),
    };
    let found = found.ok_or(Refusal::InvalidToken)?;
    match access::change_of(&found, &claims.identity()) {
        Some(AccessChange::Principal(principal)) => Ok(principal),
        Some(AccessChange::Revoked { .. }) => Err(match found {
            AccessRow::User(_) => Refusal::Disabled,
            _ => Refusal::InvalidToken,
        }),
        None => Err(Refusal::InvalidToken),
    }
}
