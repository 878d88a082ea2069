//! `lajur api-key`.

use std::io::Write;

use anyhow::Context;
use clap::Subcommand;

use super::{Desk, accounts};
use crate::domain::principal::Permission;

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
    },
}

pub async fn run(mut desk: Desk, action: Action) -> anyhow::Result<()> {
    let Action::Add {
        tenant,
        name,
        permissions,
    } = action;
    let permissions = permissions
        .into_iter()
        .map(parse)
        .collect::<anyhow::Result<Vec<_>>>()?;
    let permissions = (!permissions.is_empty()).then_some(permissions);
    let mut conn = desk.pools.journal_connection().await?;
    let tenant = accounts::find_tenant(&mut conn, &tenant).await?;
    let key =
        accounts::add_key(&mut desk, &mut conn, tenant, &name, permissions.as_deref()).await?;
    writeln!(std::io::stdout(), "{}", key.expose())?;
    Ok(())
}

fn parse(word: String) -> anyhow::Result<Permission> {
    serde_json::from_value(word.clone().into())
        .with_context(|| format!("there is no permission {word}"))
}
