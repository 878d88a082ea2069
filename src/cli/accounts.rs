//! What the commands about accounts share: finding the tenant, changing rights
//! as the program itself, and hashing passwords.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, bail};

use super::Desk;
use crate::config::secret::Secret;
use crate::db::access::{self, Author, Deed, Refused};
use crate::db::{Connection, tenants};
use crate::domain::ids::TenantId;
use crate::domain::principal::{Actor, Permission};
use crate::http::auth::password::{Passwords, complaint};

pub async fn find_tenant(conn: &mut Connection, slug: &str) -> anyhow::Result<TenantId> {
    tenants::id_of(conn, slug).await?.with_context(|| {
        format!("there is no tenant {slug}: `lajur tenant add --slug {slug} --name …` adds it")
    })
}

/// Changes rights of a tenant and tells the log that the program did, on
/// behalf of whoever typed `command`.
pub async fn change<T>(
    desk: &mut Desk,
    tenant: &str,
    command: &str,
    work: impl AsyncFnOnce(&mut Deed<'_>) -> Result<T, Refused>,
) -> anyhow::Result<T> {
    let mut conn = desk.pools.access_connection().await?;
    let tenant = find_tenant(&mut conn, tenant).await?;
    let author = author(desk, command);
    Ok(access::write(&mut conn, tenant, &author, work).await?)
}

pub fn author(desk: &mut Desk, command: &str) -> Author {
    Author {
        actor: Actor::System,
        at: desk.now,
        request_id: Arc::from(command),
        command_id: desk.ids.next(desk.now),
        batch_id: desk.ids.next(desk.now),
        idempotency: None,
        may_give: None,
    }
}

/// What is stored of a password that may be one.
pub fn hashed(desk: &Desk, password: &Secret) -> anyhow::Result<String> {
    if let Some(complaint) = complaint(password, &[]) {
        bail!("the password {complaint}");
    }
    Passwords::new(desk.secrets.clone()).hash(password)
}

/// Permissions as they are typed.
pub fn permissions(words: Vec<String>) -> anyhow::Result<BTreeSet<Permission>> {
    let parse = |word: String| {
        serde_json::from_value(word.clone().into())
            .with_context(|| format!("there is no permission {word}"))
    };
    words.into_iter().map(parse).collect()
}

/// Words side by side, for lists.
pub fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(",")
}
