//! Tenants with people to sign in.

use diesel::sql_types::{Array, Bytea, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use lajur::config::secret::Secret;
use lajur::db::Connection;
use lajur::db::testing::TestDatabase;
use lajur::http::auth::credential::{ApiKey, hash};
use lajur::http::auth::password::Passwords;
use lajur::secrets::Secrets;
use uuid::Uuid;

pub struct Tenant {
    pub id: Uuid,
    pub slug: String,
    /// May do everything.
    pub key: Secret,
    /// Has all permissions.
    pub manager: Login,
    /// May only read and work on tasks of `visa-admin`.
    pub officer: Login,
}

pub struct Login {
    pub email: String,
    pub password: Secret,
}

impl Tenant {
    pub async fn create(database: &TestDatabase, slug: &str, secrets: &Secrets) -> Self {
        let mut conn = database.owner().await;
        let id = id(secrets);
        diesel::sql_query(
            "INSERT INTO tenants (id, slug, name, kind, timezone, locale, epoch, created_at) \
             VALUES ($1, $2, 'Al-Barokah Tour & Travel', 'travel', 'Asia/Jakarta', 'id', 'e1', '2026-01-01')",
        )
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(slug)
        .execute(&mut conn)
        .await
        .unwrap();
        let all = serde_json::to_value(lajur::domain::principal::Permission::ALL).unwrap();
        let all: Vec<String> = serde_json::from_value(all).unwrap();
        let some = vec![
            "pipeline.read".to_owned(),
            "tasks.read".to_owned(),
            "tasks.work".to_owned(),
        ];
        let key = add_key(&mut conn, id, None, secrets).await;
        let manager = add_user(
            &mut conn,
            id,
            ("siti@example.test", "Siti Aminah"),
            ("manager", all),
            secrets,
        )
        .await;
        let officer = add_user(
            &mut conn,
            id,
            ("budi@example.test", "Budi"),
            ("visa-admin", some),
            secrets,
        )
        .await;
        for role in lajur::domain::roles::builtin_roles() {
            add_role(&mut conn, id, role.key.as_str(), secrets).await;
        }
        Self {
            id,
            slug: slug.to_owned(),
            key,
            manager,
            officer,
        }
    }
}

/// A role that permits nothing, unless there is one of that key.
pub async fn add_role(conn: &mut Connection, tenant: Uuid, key: &str, secrets: &Secrets) {
    diesel::sql_query(
        "INSERT INTO roles (tenant_id, id, key, name, permissions, created_at, updated_at) \
         VALUES ($1, $2, $3, $3, '{}', '2026-01-01', '2026-01-01') ON CONFLICT DO NOTHING",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(id(secrets))
    .bind::<Text, _>(key)
    .execute(conn)
    .await
    .unwrap();
}

pub async fn add_key(
    conn: &mut Connection,
    tenant: Uuid,
    permissions: Option<Vec<String>>,
    secrets: &Secrets,
) -> Secret {
    add_key_of_role(conn, tenant, Vec::new(), permissions, secrets).await
}

/// A key that works for roles as their people do.
pub async fn add_key_of_role(
    conn: &mut Connection,
    tenant: Uuid,
    roles: Vec<String>,
    permissions: Option<Vec<String>>,
    secrets: &Secrets,
) -> Secret {
    let (prefix, secret) = ApiKey::make(secrets);
    diesel::sql_query(
        "INSERT INTO api_keys (tenant_id, id, name, prefix, secret_hash, permissions, roles, created_at) \
         VALUES ($1, $2, 'Accounting', $3, $4, $5, $6, '2026-01-01')",
    )
    .bind::<SqlUuid, _>(tenant)
    .bind::<SqlUuid, _>(id(secrets))
    .bind::<Text, _>(&prefix)
    .bind::<Bytea, _>(hash(&secret).as_slice())
    .bind::<Nullable<Array<Text>>, _>(permissions)
    .bind::<Array<Text>, _>(roles)
    .execute(conn)
    .await
    .unwrap();
    Secret::new(format!("lajur_{prefix}_{secret}"))
}

async fn add_user(
    conn: &mut Connection,
    tenant: Uuid,
    (email, name): (&str, &str),
    (role, permissions): (&str, Vec<String>),
    secrets: &Secrets,
) -> Login {
    let password = Secret::new(secrets.password());
    let stored = Passwords::new(secrets.clone()).hash(&password).unwrap();
    let sql = "WITH u AS (INSERT INTO users (tenant_id, id, email, name, password_hash, created_at, updated_at) \
                   VALUES ($1, $2, $3, $4, $5, '2026-01-01', '2026-01-01')), \
               r AS (INSERT INTO roles (tenant_id, id, key, name, permissions, created_at, updated_at) \
                   VALUES ($1, $6, $7, $7, $8, '2026-01-01', '2026-01-01')) \
               INSERT INTO user_roles (tenant_id, user_id, role_id) VALUES ($1, $2, $6)";
    diesel::sql_query(sql)
        .bind::<SqlUuid, _>(tenant)
        .bind::<SqlUuid, _>(id(secrets))
        .bind::<Text, _>(email)
        .bind::<Text, _>(name)
        .bind::<Text, _>(stored)
        .bind::<SqlUuid, _>(id(secrets))
        .bind::<Text, _>(role)
        .bind::<Array<Text>, _>(permissions)
        .execute(conn)
        .await
        .unwrap();
    Login {
        email: email.to_owned(),
        password,
    }
}

fn id(secrets: &Secrets) -> Uuid {
    Uuid::from_bytes(secrets.bytes())
}
