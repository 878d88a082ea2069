//! `lajur api-key`.

use std::io::Write;

use clap::Subcommand;

use super::{Desk, accounts};
use crate::db::api_keys::{self, NewKey};
use crate::db::types::Word;
use crate::domain::principal::{Actor, Permission, RoleKey};
use crate::http::auth::credential::{ApiKey, hash};

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Add a key and show it, once.
    Add {
        #[arg(long)]
        tenant: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// A permission such as tasks.read; may be repeated. All without any.
        #[arg(long = "permission")]
        permissions: Vec<String>,
        /// A role whose tasks are the key's own; may be repeated. It permits nothing more.
        #[arg(long = "role")]
        roles: Vec<String>,
    },
    /// List the keys of a tenant by their public halves.
    List {
        #[arg(long)]
        tenant: String,
    },
    /// Make a key worthless, for good.
    Revoke {
        #[arg(long)]
        tenant: String,
        /// The public half: what stands between lajur_ and the next _.
        #[arg(long)]
        prefix: String,
    },
}

pub async fn run(mut desk: Desk, action: Action) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    match action {
        Action::Add {
            tenant,
            name,
            permissions,
            roles,
        } => {
            let permissions = accounts::permissions(permissions)?;
            let (prefix, secret) = ApiKey::make(&desk.secrets);
            let new = NewKey {
                id: desk.ids.next(desk.now),
                name,
                secret_hash: hash(&secret),
                roles: roles.iter().map(|key| RoleKey::new(key)).collect(),
                permissions: (!permissions.is_empty()).then_some(permissions),
                prefix,
                expires_at: None,
                created_by: Actor::System,
            };
            accounts::change(&mut desk, &tenant, "api-key add", async |deed| {
                deed.add_key(&new).await
            })
            .await?;
            writeln!(out, "lajur_{}_{secret}", new.prefix)?;
        }
        Action::List { tenant } => {
            let mut conn = desk.pools.access_connection().await?;
            let tenant = accounts::find_tenant(&mut conn, &tenant).await?;
            for key in api_keys::list(&mut conn, tenant).await? {
                let access = &key.access;
                let permitted = match access.permissions.len() == Permission::ALL.len() {
                    true => "all".to_owned(),
                    false => accounts::joined(access.permissions.iter().map(|one| one.word())),
                };
                let roles = accounts::joined(access.roles.iter().map(RoleKey::as_str));
                let state = match (access.revoked, key.expires_at) {
                    (true, _) => "\trevoked".to_owned(),
                    (false, Some(at)) => format!("\tuntil {}", at.to_rfc3339()),
                    (false, None) => String::new(),
                };
                let (prefix, name) = (&key.prefix, &access.name);
                writeln!(out, "{prefix}\t{name}\t{permitted}\t{roles}{state}")?;
            }
        }
        Action::Revoke { tenant, prefix } => {
            accounts::change(&mut desk, &tenant, "api-key revoke", async |deed| {
                deed.revoke_key(&prefix).await
            })
            .await?;
            writeln!(out, "{prefix} is revoked")?;
        }
    }
    Ok(())
}
