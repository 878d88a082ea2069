//! `lajur migrate`.

use std::io::Write;

use clap::Subcommand;

use super::database_url;
use crate::config::Config;
use crate::db;

#[derive(Debug, Default, Subcommand)]
pub enum Action {
    /// Run what has not been run (what `migrate` alone does).
    #[default]
    Up,
    /// List what has not been run.
    Status,
    /// Take every migration back, and all data with them.
    Revert {
        /// Really: everything is lost.
        #[arg(long, required = true)]
        destroy_all_data: bool,
    },
}

pub async fn migrate(config: &Config, action: Action) -> anyhow::Result<()> {
    let url = database_url(config)?;
    let mut out = std::io::stdout();
    match action {
        Action::Up => {
            for name in db::migrate::run(url).await? {
                writeln!(out, "run: {name}")?;
            }
            writeln!(out, "the database is up to date")?;
        }
        Action::Status => {
            let pending = db::migrate::pending(url).await?;
            for name in &pending {
                writeln!(out, "pending: {name}")?;
            }
            if pending.is_empty() {
                writeln!(out, "the database is up to date")?;
            }
        }
        Action::Revert { .. } => {
            db::migrate::revert_all(url).await?;
            writeln!(out, "every migration has been taken back")?;
        }
    }
    Ok(())
}
