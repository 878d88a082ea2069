//! Short-lived tokens with which a client connects to the socket.
//!
//! `base64url(claims) . base64url(HMAC-SHA256 of the first part)`, by a key of
//! the tenant's own that all nodes read from the database. A token says who,
//! not what they may: rights are looked up when it is used, and followed in the
//! log from then on.

use std::sync::Arc;
use std::time::Duration;

use actix_web::{HttpRequest, post};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use chrono::TimeDelta;
use diesel_async::AsyncPgConnection;
use hmac::{Hmac, KeyInit, Mac};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::app::App;
use crate::config::http::Http;
use crate::db::{self, tenants};
use crate::domain::ids::{SessionId, TenantId};
use crate::domain::principal::{Actor, Principal};
use crate::domain::time::Timestamp;
use crate::error::ApiError;
use crate::http::auth::authorized::Authorized;
use crate::http::auth::caller::Caller;
use crate::http::auth::needs::SignedIn;
use crate::http::front;
use crate::http::reply::{Answer, Envelope, Reply};
use crate::realtime::channel::Channel;
use crate::realtime::feed::Identity;

/// How long a key is remembered: so long may changing it take to be noticed.
const REMEMBERED: Duration = Duration::from_secs(60);

/// Who a token is for, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub tenant: TenantId,
    pub actor: Actor,
    pub session: Option<SessionId>,
    /// Unix time.
    pub expires: i64,
}

impl Claims {
    pub fn of(caller: &Caller, expires_at: Timestamp) -> Self {
        Self {
            tenant: caller.tenant.id,
            actor: caller.principal.actor,
            session: caller.session.as_ref().map(|session| session.id),
            expires: expires_at.timestamp(),
        }
    }

    pub fn identity(&self) -> Identity {
        Identity {
            actor: self.actor,
            session: self.session,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("the token is not one of ours")]
    Invalid,
    #[error("the token has expired")]
    Expired,
    #[error(transparent)]
    Database(#[from] db::Error),
}

/// The tenants' keys, as far as they have been needed lately.
#[derive(Debug)]
pub struct Keys {
    known: Cache<TenantId, Arc<[u8]>>,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            known: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(REMEMBERED)
                .build(),
        }
    }
}

impl Keys {
    async fn of(&self, app: &App, tenant: TenantId) -> db::Result<Option<Arc<[u8]>>> {
        if let Some(key) = self.known.get(&tenant) {
            return Ok(Some(key));
        }
        let found = app
            .db
            .read(
                "realtime_key",
                tenant,
                async |conn: &mut AsyncPgConnection| tenants::realtime_key(conn, tenant).await,
            )
            .await?;
        let key: Option<Arc<[u8]>> = found.map(Arc::from);
        if let Some(key) = &key {
            self.known.insert(tenant, Arc::clone(key));
        }
        Ok(key)
    }
}

fn mac(key: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

fn sign(claims: &Claims, key: &[u8]) -> Option<String> {
    let text = BASE64.encode(serde_json::to_vec(claims).ok()?);
    let signature = mac(key, &text)?.finalize().into_bytes();
    Some(format!("{text}.{}", BASE64.encode(signature)))
}

fn parse(token: &str) -> Option<(Claims, &str, Vec<u8>)> {
    let (text, signature) = token.split_once('.')?;
    let claims = serde_json::from_slice(&BASE64.decode(text).ok()?).ok()?;
    Some((claims, text, BASE64.decode(signature).ok()?))
}

/// Who has been given this token.
pub async fn verify(app: &App, token: &str) -> Result<Claims, TokenError> {
    let (claims, text, signature) = parse(token).ok_or(TokenError::Invalid)?;
    let key = app.token_keys.of(app, claims.tenant).await?;
    let mac = key.and_then(|key| mac(&key, text));
    let genuine = mac.is_some_and(|mac| mac.verify_slice(&signature).is_ok());
    if !genuine {
        return Err(TokenError::Invalid);
    }
    if claims.expires <= app.clock.now().timestamp() {
        return Err(TokenError::Expired);
    }
    Ok(claims)
}

/// What a client needs to connect.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RealtimeToken {
    pub token: String,
    /// Fetch another one by then.
    #[schema(example = 900)]
    pub expires_in: i64,
    /// Where to connect.
    #[schema(example = "ws://127.0.0.1:8080/connection/websocket")]
    pub url: String,
    /// What the caller may subscribe to. Imports have channels of their own,
    /// `realtime:{tenant}:jobs:{id}`.
    #[schema(example = json!(["realtime:al-barokah:pipeline:tasks"]))]
    pub channels: Vec<String>,
}

/// Get a token for the WebSocket.
///
/// It is good for some minutes and for this caller only; rights are looked up
/// when it is used. docs/realtime.md says how to go on.
#[utoipa::path(
    tag = "realtime",
    extensions(("x-rate-limit" = json!("reads"))),
    security(("api_key" = []), ("session" = [])),
    responses((status = 200, description = "A token", body = Envelope<RealtimeToken>)),
)]
#[post("/realtime/token")]
pub async fn issue_token(request: HttpRequest, authorized: Authorized<SignedIn>) -> Answer {
    let (app, caller) = (&authorized.app, &authorized.caller);
    let now = app.clock.now();
    let lasts = TimeDelta::seconds(app.config.realtime.token_seconds.into());
    let ends = now + lasts;
    let ends = caller.expires_at.map_or(ends, |session| session.min(ends));
    let key = app.token_keys.of(app, caller.tenant.id).await;
    let key = key
        .map_err(ApiError::of_database)?
        .ok_or(ApiError::NotFound { what: "tenant" })?;
    let token = sign(&Claims::of(caller, ends), &key)
        .ok_or_else(|| ApiError::internal(anyhow::anyhow!("a token cannot be made")))?;
    let view = authorized.tenant().await?.view();
    let roles = view.state.active_stages().into_iter();
    let roles = roles.map(|stage| stage.role.clone()).collect();
    Reply::new(RealtimeToken {
        token,
        expires_in: (ends - now).num_seconds().max(1),
        url: socket_url(&request, &app.config.http),
        channels: channels(&caller.principal, roles)
            .map(|channel| channel.name(&caller.tenant.slug))
            .collect(),
    })
    .ok()
}

/// The socket as the caller reaches this server.
fn socket_url(request: &HttpRequest, config: &Http) -> String {
    let scheme = if front::is_secure(request, config) {
        "wss"
    } else {
        "ws"
    };
    format!(
        "{scheme}://{}/connection/websocket",
        front::host(request, config)
    )
}

/// All channels with a fixed name that somebody may subscribe to.
fn channels(
    who: &Principal,
    roles: std::collections::BTreeSet<crate::domain::principal::RoleKey>,
) -> impl Iterator<Item = Channel> + '_ {
    let user = match who.actor {
        Actor::User(id) => Some(Channel::User(id)),
        Actor::ApiKey(_) | Actor::System => None,
    };
    let fixed = [
        Channel::Tasks,
        Channel::Health,
        Channel::Stages,
        Channel::Bottlenecks,
        Channel::Departures,
    ];
    fixed
        .into_iter()
        .chain(roles.into_iter().map(Channel::RoleTasks))
        .chain(user)
        .filter(|channel| channel.may_subscribe(who))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::UserId;

    #[test]
    fn a_token_is_good_with_the_key_it_was_signed_with_only() {
        let claims = Claims {
            tenant: TenantId(Uuid::from_u128(1)),
            actor: Actor::User(UserId(Uuid::from_u128(2))),
            session: None,
            expires: 7,
        };
        let token = sign(&claims, b"key").unwrap();
        let (read, text, signature) = parse(&token).unwrap();
        assert_eq!(read, claims);
        let good = |key: &[u8], text| mac(key, text).unwrap().verify_slice(&signature).is_ok();
        assert!(good(b"key", text));
        assert!(!good(b"other", text));
        assert!(!good(b"key", &text.replacen('e', "f", 1)));
        for token in ["", ".", "a.b", "e30.e30", "e30"] {
            assert!(parse(token).is_none(), "{token}");
        }
    }
}
