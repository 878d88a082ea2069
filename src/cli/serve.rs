//! `lajur serve`.

use anyhow::{Context, bail};

use super::database_url;
use crate::app::{App, server};
use crate::clock::Clock;
use crate::config::limits::Switch;
use crate::config::{Config, Mode};
use crate::db::pool::{Pools, Settings};
use crate::metrics::Metrics;
use crate::reporting::Reporting;
use crate::secrets::Secrets;
use crate::{db, logging, seed};

/// Runs until SIGTERM or SIGINT.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let metrics = Metrics::new()?;
    let (_reporting, listeners) = Reporting::start(&config.reporting, config.mode)?;
    let _guard = logging::start(&config.log, &metrics, listeners)?;
    if let (Some(url), true) = (&config.database.url, config.database.migrate_on_start) {
        let run = db::migrate::run(url.expose())
            .await
            .context("cannot bring the database up to date")?;
        tracing::info!(db.migrations = run.len(), "the database is up to date");
    }
    if config.mode == Mode::Production {
        refuse_demo(database_url(&config)?).await?;
        if config.limits.rate_limits == Switch::Off {
            tracing::warn!("rate limits are off: anybody may guess passwords as fast as they can");
        }
    }
    let app = App::measured(config, Clock::System, Secrets::System, metrics)?;
    server::start(app).await?.run().await
}

/// Everybody knows the password of a demo tenant's users.
async fn refuse_demo(url: &str) -> anyhow::Result<()> {
    let settings = Settings::new(url);
    let patience = settings.connect_timeout + settings.read_timeout;
    let looking = async {
        let mut conn = Pools::new(settings)?.journal_connection().await?;
        seed::demo_tenants(&mut conn).await
    };
    let demo = tokio::time::timeout(patience, looking)
        .await
        .map_err(anyhow::Error::from)
        .and_then(|found| Ok(found?))
        .context("cannot find out whether the database holds demo tenants, which production mode refuses")?;
    if !demo.is_empty() {
        bail!(
            "production mode does not serve a database with demo tenants, whose password everybody knows: {}",
            demo.join(", ")
        );
    }
    Ok(())
}
