//! The command line: one file per command.

pub mod accounts;
pub mod api_key;
pub mod doctor;
pub mod export;
pub mod import;
pub mod migrate;
pub mod openapi;
pub mod role;
pub mod serve;
pub mod tenant;
pub mod user;
pub mod watch;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::clock::Clock;
use crate::config::Config;
use crate::db::pool::{Pools, Settings};
use crate::domain::ids::IdSource;
use crate::domain::time::Timestamp;
use crate::secrets::Secrets;
use crate::seed;

/// A realtime server for organisations that move many people through stages under deadlines.
#[derive(Debug, Parser)]
#[command(name = "lajur", version)]
pub struct Cli {
    /// The configuration file; ./lajur.toml if it exists and nothing else is named.
    #[arg(long, env = "LAJUR_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve requests until told to stop.
    Serve,
    /// Bring the database's schema up to date, or look at it, or take it back.
    Migrate {
        #[command(subcommand)]
        action: Option<migrate::Action>,
    },
    /// Add organisations.
    Tenant {
        #[command(subcommand)]
        action: tenant::Action,
    },
    /// Add people, list them, change their passwords and roles, keep them out.
    User {
        #[command(subcommand)]
        action: user::Action,
    },
    /// Add roles, list them, change what they permit.
    Role {
        #[command(subcommand)]
        action: role::Action,
    },
    /// Add keys for other programs, list them, revoke them.
    ApiKey {
        #[command(subcommand)]
        action: api_key::Action,
    },
    /// Fill tenants with a made-up season, to try the program out.
    Seed(seed::Args),
    /// Import a manifest, or try it out.
    Import(import::Args),
    /// Write the jamaah into a file that can be imported again.
    Export(export::Args),
    /// Follow a tenant's log.
    Watch(watch::Args),
    /// Look at everything that the program needs, and say what to do.
    Doctor,
    /// Print the description of the API, OpenAPI 3.1.
    Openapi,
}

impl Cli {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let config = Config::load(self.config.as_deref());
        match self.command {
            Command::Serve => serve::serve(config?).await?,
            Command::Migrate { action } => {
                migrate::migrate(&config?, action.unwrap_or_default()).await?
            }
            Command::Tenant { action } => tenant::run(Desk::new(&config?)?, action).await?,
            Command::User { action } => user::run(Desk::new(&config?)?, action).await?,
            Command::Role { action } => role::run(Desk::new(&config?)?, action).await?,
            Command::ApiKey { action } => api_key::run(Desk::new(&config?)?, action).await?,
            Command::Seed(args) => {
                let parts = seed::Parts::of(&config?)?;
                let summary = seed::run(&args, &parts, Clock::System.now()).await?;
                write!(std::io::stdout(), "{summary}")?;
            }
            Command::Import(args) => return Ok(import::run(config?, &args).await),
            Command::Export(args) => export::run(config?, &args).await?,
            Command::Watch(args) => watch::run(Desk::new(&config?)?, &args).await?,
            Command::Doctor => return Ok(doctor::examine(config).await),
            Command::Openapi => openapi::print_openapi()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What commands that write accounts work with.
pub struct Desk {
    pub pools: Pools,
    pub secrets: Secrets,
    pub now: Timestamp,
    pub ids: IdSource,
}

impl Desk {
    fn new(config: &Config) -> anyhow::Result<Self> {
        let url = database_url(config)?;
        let secrets = Secrets::System;
        let ids = IdSource::seeded(secrets.seed());
        Ok(Self {
            pools: Pools::new(Settings::new(url))?,
            now: Clock::System.now(),
            ids,
            secrets,
        })
    }
}

fn database_url(config: &Config) -> anyhow::Result<&str> {
    Ok(config.database.needed_url()?.expose())
}
