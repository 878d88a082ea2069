//! The demo's credentials: users whose password is in this file, and a key that
//! may do everything. Tenants that have them carry `{"demo": true}` in their
//! settings, so that a server in production can refuse them; there the command
//! refuses to make any.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;
use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Parts;
use crate::db::access::{self, Author};
use crate::db::api_keys::{self, NewKey};
use crate::db::schema::{api_keys as keys, roles, tenants, user_roles, users};
use crate::domain::ids::{IdSource, TenantId};
use crate::domain::pipeline::tenant::{Tenant, TenantKind};
use crate::domain::principal::Actor;
use crate::domain::time::Timestamp;
use crate::secrets::Secrets;

/// Of every user of every demo tenant.
pub const PASSWORD: &str = "lajur-demo-1447";

/// Slugs, and their sizes unless it is asked for.
pub const TENANTS: [(&str, Option<u32>); 2] = [("al-falah", None), ("barokah", Some(200))];

/// The name of the demo's key.
const KEY: &str = "demo";

/// `.local/demo.json`, for scripts.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Contents {
    url: String,
    tenants: Vec<Credentials>,
}

/// How to get into one tenant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credentials {
    slug: String,
    kind: TenantKind,
    /// With all permissions.
    api_key: String,
    users: Vec<User>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct User {
    email: String,
    password: String,
    roles: Vec<String>,
}

pub struct Demo {
    file: PathBuf,
    contents: Contents,
}

impl Demo {
    /// What an earlier run has left is kept, as far as it still holds.
    pub fn open(parts: &Parts) -> anyhow::Result<Self> {
        let file = parts.demo_file.clone();
        let left = fs::read_to_string(&file)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok());
        let mut contents: Contents = left.unwrap_or_default();
        contents.url.clone_from(&parts.url);
        Ok(Self { file, contents })
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The PHC string of the password.
    pub fn password_hash(&self, secrets: &Secrets) -> anyhow::Result<String> {
        let salt = secrets.bytes::<16>();
        let hash = Argon2::default().hash_password_with_salt(PASSWORD.as_bytes(), &salt);
        Ok(hash
            .map_err(|error| anyhow::anyhow!("cannot hash the password: {error}"))?
            .to_string())
    }

    /// The credentials of a demo tenant; its key is made anew unless the file
    /// has one that is valid. `None` for a tenant that is not the demo's.
    pub async fn credentials(
        &self,
        conn: &mut AsyncPgConnection,
        tenant: &Tenant,
        secrets: &Secrets,
        now: Timestamp,
    ) -> anyhow::Result<Option<Credentials>> {
        let settings: serde_json::Value = tenants::table
            .find(tenant.id.0)
            .select(tenants::settings)
            .first(conn)
            .await?;
        if settings.get("demo") != Some(&true.into()) {
            return Ok(None);
        }
        let known = self
            .contents
            .tenants
            .iter()
            .find(|known| *known.slug == *tenant.slug);
        let api_key = match known {
            Some(known) if is_valid(conn, tenant.id, &known.api_key).await? => {
                known.api_key.clone()
            }
            _ => make_key(conn, tenant.id, secrets, now).await?,
        };
        let users = users_of(conn, tenant.id).await?;
        Ok(Some(Credentials {
            slug: tenant.slug.to_string(),
            kind: tenant.kind,
            api_key,
            users,
        }))
    }

    /// Writes the file anew, readable by its owner only.
    pub fn keep(&mut self, credentials: Credentials) -> anyhow::Result<()> {
        let tenants = &mut self.contents.tenants;
        match tenants
            .iter_mut()
            .find(|known| known.slug == credentials.slug)
        {
            Some(known) => *known = credentials,
            None => tenants.push(credentials),
        }
        self.save()
            .with_context(|| format!("cannot write {}", self.file.display()))
    }

    fn save(&self) -> anyhow::Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        // whole or not at all
        let half = self.file.with_extension("json.new");
        let mut out = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&half)?;
        out.set_permissions(fs::Permissions::from_mode(0o600))?;
        serde_json::to_writer_pretty(&mut out, &self.contents)?;
        out.write_all(b"\n")?;
        fs::rename(&half, &self.file)?;
        Ok(())
    }
}

/// The tenant is the demo's from now on.
pub async fn mark(conn: &mut AsyncPgConnection, tenant: TenantId) -> anyhow::Result<()> {
    diesel::sql_query(
        r#"UPDATE tenants SET settings = settings || '{"demo": true}' WHERE id = $1"#,
    )
    .bind::<diesel::sql_types::Uuid, _>(tenant.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// The tenants that anybody could sign in to. For a server in production, which
/// should not start with them; by the journal's role.
pub async fn demo_tenants(conn: &mut AsyncPgConnection) -> crate::db::Result<Vec<String>> {
    let demo = diesel::dsl::sql::<diesel::sql_types::Bool>("settings @> '{\"demo\": true}'");
    Ok(tenants::table
        .filter(demo)
        .order(tenants::slug)
        .select(tenants::slug)
        .load(conn)
        .await?)
}

/// Where a browser on this machine finds the server.
pub fn address(addr: SocketAddr) -> String {
    if addr.ip().is_unspecified() {
        format!("http://127.0.0.1:{}", addr.port())
    } else {
        format!("http://{addr}")
    }
}

/// `lajur_<prefix>_<secret>`
fn parts_of(key: &str) -> Option<(&str, &str)> {
    key.strip_prefix("lajur_")?.split_once('_')
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

async fn is_valid(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    key: &str,
) -> anyhow::Result<bool> {
    let Some((prefix, secret)) = parts_of(key) else {
        return Ok(false);
    };
    let hash = hash(secret);
    let found = keys::table
        .filter(keys::tenant_id.eq(tenant.0))
        .filter(keys::prefix.eq(prefix))
        .filter(keys::secret_hash.eq(hash.as_slice()))
        .filter(keys::revoked_at.is_null().and(keys::expires_at.is_null()));
    Ok(found.count().get_result::<i64>(conn).await? > 0)
}

/// A key with all permissions, in place of the one before. The tenant may be
/// in use by now, so the log is told.
async fn make_key(
    conn: &mut AsyncPgConnection,
    tenant: TenantId,
    secrets: &Secrets,
    now: Timestamp,
) -> anyhow::Result<String> {
    let mut ids = IdSource::seeded(secrets.seed());
    let author = Author {
        actor: Actor::System,
        at: now,
        request_id: "seed".into(),
        command_id: ids.next(now),
        batch_id: ids.next(now),
        idempotency: None,
        may_give: None,
    };
    let secret = secrets.token();
    let new = NewKey {
        id: ids.next(now),
        name: KEY.to_owned(),
        prefix: hex::encode(secrets.bytes::<6>()),
        secret_hash: hash(&secret),
        roles: BTreeSet::new(),
        permissions: None,
        expires_at: None,
        created_by: Actor::System,
    };
    let known = api_keys::list(conn, tenant).await?;
    let before = known.iter().filter(|key| &*key.access.name == KEY);
    access::write(conn, tenant, &author, async |deed| {
        for key in before {
            deed.revoke_key(&key.prefix).await?;
        }
        deed.add_key(&new).await
    })
    .await?;
    Ok(format!("lajur_{}_{secret}", new.prefix))
}

/// Those whom the demo has made, by their addresses.
async fn users_of(conn: &mut AsyncPgConnection, tenant: TenantId) -> anyhow::Result<Vec<User>> {
    let found: Vec<(Uuid, String)> = users::table
        .filter(users::tenant_id.eq(tenant.0))
        .filter(users::email.like("%.example").and(users::active))
        .order(users::email)
        .select((users::id, users::email))
        .load(conn)
        .await?;
    let held: Vec<(Uuid, String)> = user_roles::table
        .inner_join(
            roles::table.on(roles::tenant_id
                .eq(user_roles::tenant_id)
                .and(roles::id.eq(user_roles::role_id))),
        )
        .filter(user_roles::tenant_id.eq(tenant.0))
        .order(roles::key)
        .select((user_roles::user_id, roles::key))
        .load(conn)
        .await?;
    let users = found.into_iter().map(|(id, email)| {
        let roles = held
            .iter()
            .filter(|(user, _)| *user == id)
            .map(|(_, role)| role.clone())
            .collect();
        User {
            email,
            password: PASSWORD.to_owned(),
            roles,
        }
    });
    Ok(users.collect())
}
