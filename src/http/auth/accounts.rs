//! From what the database knows of a credential to a caller, and sessions
//! opened and closed.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::caller::{Caller, Session};
use super::credential::{ApiKey, Credential, hash};
use crate::app::App;
use crate::db::access;
use crate::db::sessions::{self, NewSession};
use crate::db::users::{self, Account};
use crate::db::{self, Connection, api_keys, tenants};
use crate::domain::audit::{AuditNote, network};
use crate::domain::ids::{SessionId, TenantId};
use crate::domain::pipeline::tenant::Tenant;
use crate::domain::principal::{Actor, Permission, Principal, RoleKey, permissions};
use crate::domain::reach::Reach;
use crate::domain::time::Timestamp;
use crate::error::ApiError;
use crate::http::audit::{self, Origin};

/// The caller of a credential that is valid now.
pub async fn find_caller(
    app: &App,
    credential: Credential<'_>,
    now: Timestamp,
) -> Result<Option<Caller>, db::Error> {
    app.db
        .ask("caller", async |conn: &mut Connection| match credential {
            Credential::ApiKey(key) => find_by_key(conn, key, now).await,
            Credential::Session(token) => find_by_session(conn, token, now).await,
        })
        .await
        .map(|found| {
            let (caller, seen) = found?;
            if seen.is_none_or(|seen| now - seen >= SEEN_EVERY) {
                note_use(app, &caller, now);
            }
            Some(caller)
        })
}

/// When a session or key was last in use is kept as exactly as this.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Nobody waits for it, and it may fail.
fn note_use(app: &App, caller: &Caller, now: Timestamp) {
    let (db, tenant) = (app.db.clone(), caller.tenant.id);
    let (actor, session) = (
        caller.principal.actor,
        caller.session.as_ref().map(|session| session.id),
    );
    actix_web::rt::spawn(async move {
        let noting = db.write(tenant, async |conn: &mut Connection| {
            match (actor, session) {
                (_, Some(session)) => sessions::touch(conn, tenant, session, now).await,
                (Actor::ApiKey(key), None) => api_keys::touch(conn, tenant, key, now).await,
                _ => Ok::<_, db::Error>(()),
            }
        });
        if let Err(error) = noting.await {
            tracing::debug!(error.cause = %error, "when a caller was last seen is not noted");
        }
    });
}

type Seen = Option<Timestamp>;

async fn find_by_key(
    conn: &mut Connection,
    key: ApiKey<'_>,
    now: Timestamp,
) -> Result<Option<(Caller, Seen)>, db::Error> {
    let Some(row) = api_keys::find(conn, key.prefix, now).await? else {
        return Ok(None);
    };
    if !bool::from(row.secret_hash.as_slice().ct_eq(&hash(key.secret))) {
        return Ok(None);
    }
    let Some(tenant) = tenants::by_slug(conn, &row.tenant_slug).await? else {
        return Ok(None);
    };
    let quotas = tenants::quotas(conn, tenant.id).await?;
    let permissions = match &row.permissions {
        Some(words) => permissions(words.iter().map(String::as_str)),
        None => Permission::ALL.into_iter().collect(),
    };
    let principal = Principal {
        actor: Actor::ApiKey(row.id.into()),
        display_name: row.name.into(),
        roles: roles(&row.roles),
        permissions,
        reach: Reach::default(),
    };
    let caller = Caller {
        tenant: Arc::new(tenant),
        principal: Arc::new(principal),
        email: None,
        session: None,
        expires_at: row.expires_at,
        quotas,
    };
    Ok(Some((caller, row.last_used_at)))
}

async fn find_by_session(
    conn: &mut Connection,
    token: &str,
    now: Timestamp,
) -> Result<Option<(Caller, Seen)>, db::Error> {
    let Some(row) = sessions::find(conn, &hash(token), now).await? else {
        return Ok(None);
    };
    let Some(tenant) = tenants::by_slug(conn, &row.tenant_slug).await? else {
        return Ok(None);
    };
    let quotas = tenants::quotas(conn, tenant.id).await?;
    let Ok(csrf_hash) = row.csrf_token_hash.try_into() else {
        return Ok(None);
    };
    let principal = Principal {
        actor: Actor::User(row.user_id.into()),
        display_name: row.name.into(),
        roles: roles(&row.roles),
        permissions: permissions(row.permissions.iter().map(String::as_str)),
        reach: Reach {
            grants: serde_json::from_value(row.limited).map_err(|error| db::Error::Unreadable {
                what: "limits",
                cause: error.to_string(),
            })?,
            agent: row.agent.map(Into::into),
        },
    };
    let caller = Caller {
        tenant: Arc::new(tenant),
        principal: Arc::new(principal),
        email: Some(row.email.into()),
        session: Some(Session {
            id: row.id.into(),
            csrf_hash,
        }),
        expires_at: Some(row.expires_at),
        quotas,
    };
    Ok(Some((caller, Some(row.last_seen_at))))
}

fn roles(keys: &[String]) -> BTreeSet<RoleKey> {
    keys.iter().map(|key| RoleKey::new(key)).collect()
}

/// A tenant, and the active account of an address in it.
pub async fn find_account(
    app: &App,
    slug: &str,
    email: &str,
) -> Result<(Option<Tenant>, Option<Account>), db::Error> {
    let tenant = app
        .db
        .ask("tenant", async |conn: &mut Connection| {
            tenants::by_slug(conn, slug).await
        })
        .await?;
    // a tenant that is not there takes as long as one that is
    let id = tenant
        .as_ref()
        .map_or(TenantId(Uuid::nil()), |tenant| tenant.id);
    let reading = app.db.read("account", id, async |conn: &mut Connection| {
        users::account(conn, id, email).await
    });
    Ok((tenant, reading.await?))
}

/// Opens it, in the tables and in the log; not when the account has changed
/// since the password was compared.
pub async fn open_session(
    app: &App,
    tenant: &Tenant,
    account: &Account,
    session: &NewSession,
    from: &Origin,
) -> Result<(), ApiError> {
    let author = audit::author(
        app,
        Actor::User(account.user_id),
        Arc::clone(&from.request_id),
    );
    let note = AuditNote {
        id: account.user_id.0,
        session_id: Some(session.id),
        network: Some(network(from.address)),
        ..AuditNote::default()
    };
    let opening = app.db.access(async |conn: &mut Connection| {
        access::write(conn, tenant.id, &author, async |deed| {
            deed.open_session(session, &account.password_hash, note)
                .await
        })
        .await
    });
    match opening.await.map_err(ApiError::from)? {
        true => Ok(()),
        false => Err(ApiError::WrongCredentials),
    }
}

/// Ends a caller's own session, in the tables and in the log.
pub async fn close_session(
    app: &App,
    caller: &Caller,
    session: SessionId,
    request_id: Arc<str>,
) -> Result<(), ApiError> {
    let author = audit::author(app, caller.principal.actor, request_id);
    let tenant = caller.tenant.id;
    let closing = app.db.access(async |conn: &mut Connection| {
        access::write(conn, tenant, &author, async |deed| {
            deed.end_session(session).await
        })
        .await
    });
    closing.await.map_err(ApiError::from)
}
