//! What authentication asks of the database: who a credential belongs to, and
//! sessions opened and closed.

use std::collections::BTreeSet;
use std::sync::Arc;

use diesel::OptionalExtension;
use diesel::sql_types::{Array, Bytea, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::caller::{Caller, Session, permissions};
use super::credential::{ApiKey, Credential, Hash, hash};
use crate::app::App;
use crate::db::{self, Connection};
use crate::domain::ids::{SessionId, TenantId, UserId};
use crate::domain::pipeline::tenant::{Tenant, TenantKind};
use crate::domain::principal::{Actor, Permission, Principal, RoleKey};
use crate::domain::time::{Timestamp, Zone};
use crate::error::ApiError;

/// Somebody who may sign in with a password.
#[derive(Debug)]
pub struct Account {
    pub tenant_id: TenantId,
    pub user_id: UserId,
    pub password_hash: String,
}

/// A session about to be opened.
#[derive(Debug)]
pub struct NewSession {
    pub id: SessionId,
    pub user_id: UserId,
    pub token_hash: Hash,
    pub csrf_hash: Hash,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

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
}

async fn find_by_key(
    conn: &mut Connection,
    key: ApiKey<'_>,
    now: Timestamp,
) -> Result<Option<Caller>, db::Error> {
    let found: Option<KeyRow> = diesel::sql_query("SELECT * FROM door_api_key($1, $2)")
        .bind::<Text, _>(key.prefix)
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()?;
    let Some(row) = found else { return Ok(None) };
    if !bool::from(row.secret_hash.as_slice().ct_eq(&hash(key.secret))) {
        return Ok(None);
    }
    let Some(tenant) = find_tenant(conn, &row.tenant_slug).await? else {
        return Ok(None);
    };
    let permissions = match &row.permissions {
        Some(words) => permissions(words.iter().map(String::as_str)),
        None => Permission::ALL.into_iter().collect(),
    };
    let principal = Principal {
        actor: Actor::ApiKey(row.id.into()),
        display_name: row.name.into(),
        roles: roles(&row.roles),
        permissions,
    };
    Ok(Some(Caller {
        tenant,
        principal: Arc::new(principal),
        email: None,
        session: None,
        expires_at: row.expires_at,
    }))
}

async fn find_by_session(
    conn: &mut Connection,
    token: &str,
    now: Timestamp,
) -> Result<Option<Caller>, db::Error> {
    let found: Option<SessionRow> = diesel::sql_query("SELECT * FROM door_session($1, $2)")
        .bind::<Bytea, _>(hash(token).as_slice())
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()?;
    let Some(row) = found else { return Ok(None) };
    let Some(tenant) = find_tenant(conn, &row.tenant_slug).await? else {
        return Ok(None);
    };
    let Ok(csrf_hash) = row.csrf_token_hash.try_into() else {
        return Ok(None);
    };
    let principal = Principal {
        actor: Actor::User(row.user_id.into()),
        display_name: row.name.into(),
        roles: roles(&row.roles),
        permissions: permissions(row.permissions.iter().map(String::as_str)),
    };
    Ok(Some(Caller {
        tenant,
        principal: Arc::new(principal),
        email: Some(row.email.into()),
        session: Some(Session {
            id: row.id.into(),
            csrf_hash,
        }),
        expires_at: Some(row.expires_at),
    }))
}

fn roles(keys: &[String]) -> BTreeSet<RoleKey> {
    keys.iter().map(|key| RoleKey::new(key)).collect()
}

async fn find_tenant(conn: &mut Connection, slug: &str) -> Result<Option<Arc<Tenant>>, db::Error> {
    let found: Option<TenantRow> = diesel::sql_query("SELECT * FROM door_tenant($1)")
        .bind::<Text, _>(slug)
        .get_result(conn)
        .await
        .optional()?;
    found.map(TenantRow::tenant).transpose()
}

/// The active account of an address in a tenant.
pub async fn find_account(app: &App, slug: &str, email: &str) -> Result<Option<Account>, ApiError> {
    let tenant = app
        .db
        .ask("tenant", async |conn: &mut Connection| {
            find_tenant(conn, slug).await
        })
        .await
        .map_err(ApiError::of_database)?;
    let Some(tenant) = tenant else {
        return Ok(None);
    };
    let found: Option<AccountRow> = app
        .db
        .read("account", tenant.id, async |conn: &mut Connection| {
            let row = diesel::sql_query("SELECT id, password_hash FROM users WHERE tenant_id = $1 AND email = $2 AND active")
                .bind::<SqlUuid, _>(tenant.id.0)
                .bind::<Text, _>(email)
                .get_result(conn)
                .await
                .optional()?;
            Ok::<_, db::Error>(row)
        })
        .await
        .map_err(ApiError::of_database)?;
    Ok(found.map(|row| Account {
        tenant_id: tenant.id,
        user_id: row.id.into(),
        password_hash: row.password_hash,
    }))
}

pub async fn open_session(
    app: &App,
    tenant: TenantId,
    session: &NewSession,
) -> Result<(), ApiError> {
    let sql = "INSERT INTO sessions (tenant_id, id, user_id, token_hash, csrf_token_hash, created_at, last_seen_at, expires_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $6, $7)";
    app.db
        .write(tenant, async |conn: &mut Connection| {
            diesel::sql_query(sql)
                .bind::<SqlUuid, _>(tenant.0)
                .bind::<SqlUuid, _>(session.id.0)
                .bind::<SqlUuid, _>(session.user_id.0)
                .bind::<Bytea, _>(session.token_hash.as_slice())
                .bind::<Bytea, _>(session.csrf_hash.as_slice())
                .bind::<Timestamptz, _>(session.created_at)
                .bind::<Timestamptz, _>(session.expires_at)
                .execute(conn)
                .await?;
            Ok::<_, db::Error>(())
        })
        .await
        .map_err(ApiError::of_database)
}

pub async fn close_session(
    app: &App,
    tenant: TenantId,
    session: SessionId,
) -> Result<(), ApiError> {
    app.db
        .write(tenant, async |conn: &mut Connection| {
            diesel::sql_query("DELETE FROM sessions WHERE tenant_id = $1 AND id = $2")
                .bind::<SqlUuid, _>(tenant.0)
                .bind::<SqlUuid, _>(session.0)
                .execute(conn)
                .await?;
            Ok::<_, db::Error>(())
        })
        .await
        .map_err(ApiError::of_database)
}

#[derive(diesel::QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = Text)]
    tenant_slug: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bytea)]
    secret_hash: Vec<u8>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    permissions: Option<Vec<String>>,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    expires_at: Option<Timestamp>,
}

#[derive(diesel::QueryableByName)]
struct SessionRow {
    #[diesel(sql_type = Text)]
    tenant_slug: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bytea)]
    csrf_token_hash: Vec<u8>,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    permissions: Vec<String>,
    #[diesel(sql_type = Timestamptz)]
    expires_at: Timestamp,
}

#[derive(diesel::QueryableByName)]
struct TenantRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    timezone: String,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = Text)]
    epoch: String,
}

impl TenantRow {
    fn tenant(self) -> Result<Arc<Tenant>, db::Error> {
        let unreadable = |cause: String| db::Error::Unreadable {
            what: "tenant",
            cause,
        };
        let kind: TenantKind = serde_json::from_value(self.kind.into())
            .map_err(|error| unreadable(error.to_string()))?;
        let zone = self
            .timezone
            .parse()
            .map_err(|_| unreadable(format!("no such time zone: {}", self.timezone)))?;
        Ok(Arc::new(Tenant {
            id: self.id.into(),
            slug: self.slug.into(),
            name: self.name.into(),
            kind,
            zone: Zone(zone),
            locale: self.locale.into(),
            epoch: self.epoch.into(),
        }))
    }
}

#[derive(diesel::QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    password_hash: String,
}
