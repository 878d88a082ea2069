//! `lajur role`.

use std::io::Write;

use anyhow::bail;
use clap::Subcommand;

use super::{Desk, accounts};
use crate::db::roles;
use crate::db::types::Word;
use crate::domain::access::RoleAccess;
use crate::domain::principal::{Permission, RoleKey};
use crate::domain::roles::is_key;

#[derive(Debug, Subcommand)]
pub enum Action {
    /// List the roles of a tenant and what they permit.
    List {
        #[arg(long)]
        tenant: String,
    },
    /// Add a role.
    Add {
        #[arg(long)]
        tenant: String,
        /// What tasks, stages and people name: lower-case letters, digits and dashes.
        #[arg(long)]
        key: String,
        /// What people read; the key again unless given.
        #[arg(long)]
        name: Option<String>,
        /// A permission such as tasks.read; may be repeated. None without any.
        #[arg(long = "permission")]
        permissions: Vec<String>,
        /// Limit the role to jamaah whose agent the holder is.
        #[arg(long)]
        own_jamaah: bool,
    },
    /// Let a role permit these and nothing else, at once for everybody who holds it.
    SetPermissions {
        #[arg(long)]
        tenant: String,
        #[arg(long)]
        key: String,
        /// A permission such as tasks.read; may be repeated. None without any.
        #[arg(long = "permission")]
        permissions: Vec<String>,
    },
}

pub async fn run(mut desk: Desk, action: Action) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    match action {
        Action::List { tenant } => {
            let mut conn = desk.pools.access_connection().await?;
            let tenant = accounts::find_tenant(&mut conn, &tenant).await?;
            for role in roles::list(&mut conn, tenant).await? {
                let permitted = accounts::joined(role.permissions.iter().map(|one| one.word()));
                writeln!(out, "{}\t{}\t{permitted}", role.key.as_str(), role.name)?;
            }
        }
        Action::Add {
            tenant,
            key,
            name,
            permissions,
            own_jamaah,
        } => {
            let role = RoleAccess {
                id: desk.ids.next(desk.now),
                key: role_key(&key)?,
                name: name.unwrap_or_else(|| key.clone()).into(),
                permissions: accounts::permissions(permissions)?,
                stages: None,
                own_jamaah,
                version: 1,
            };
            accounts::change(&mut desk, &tenant, "role add", async |deed| {
                deed.add_role(role).await
            })
            .await?;
            writeln!(out, "{key} is there")?;
        }
        Action::SetPermissions {
            tenant,
            key,
            permissions,
        } => {
            let permissions = accounts::permissions(permissions)?;
            let count = permissions.len();
            accounts::change(&mut desk, &tenant, "role set-permissions", async |deed| {
                deed.set_permissions(&key, permissions).await
            })
            .await?;
            writeln!(out, "{key} permits {count} of {}", Permission::ALL.len())?;
        }
    }
    Ok(())
}

fn role_key(text: &str) -> anyhow::Result<RoleKey> {
    if !is_key(text) {
        bail!("a role's key has lower-case letters, digits and dashes within, at most 63");
    }
    Ok(RoleKey::new(text))
}
