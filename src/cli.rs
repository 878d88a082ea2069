//! The command line: one file per command.

pub mod openapi;
pub mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;

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
    /// Print the description of the API, OpenAPI 3.1.
    Openapi,
}

impl Cli {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let config = || Config::load(self.config.as_deref());
        match self.command {
            Command::Serve => serve::serve(config()?).await?,
            Command::Openapi => openapi::print_openapi()?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
