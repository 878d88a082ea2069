//! `lajur serve`.

use anyhow::Context;

use crate::app::{App, server};
use crate::clock::Clock;
use crate::config::Config;
use crate::secrets::Secrets;
use crate::{db, logging};

/// Runs until SIGTERM or SIGINT.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let _guard = logging::start(&config.log)?;
    if let (Some(url), true) = (&config.database.url, config.database.migrate_on_start) {
        let run = db::migrate::run(url.expose())
            .await
            .context("cannot bring the database up to date")?;
        tracing::info!(db.migrations = run.len(), "the database is up to date");
    }
    let app = App::new(config, Clock::System, Secrets::System)?;
    server::start(app).await?.run().await
}
