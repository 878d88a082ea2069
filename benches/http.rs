//! Lajur over HTTP beside other ways to do the same, in one run on one machine:
//! commands, reads, and the start of a tenant.
//!
//! `make bench` runs all of it and writes docs/benchmarks.md;
//! `make bench ARGS=reads` runs the parts named and only prints.
//!
//! Every server is a process of its own with a database of its own on the one
//! PostgreSQL of `DATABASE_URL`; this process is the callers.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "figures are rounded when they are shown, and a benchmark may stop half way"
)]

use std::path::Path;

use anyhow::{Context, bail};
use lajur::clock::Clock;

#[path = "http/commands.rs"]
mod commands;
#[path = "http/database.rs"]
mod database;
#[path = "http/document.rs"]
mod document;
#[path = "http/load.rs"]
mod load;
#[path = "http/machine.rs"]
mod machine;
#[path = "http/naive.rs"]
mod naive;
#[path = "http/pgbench.rs"]
mod pgbench;
#[path = "http/reads.rs"]
mod reads;
#[path = "http/sample.rs"]
mod sample;
#[path = "http/server.rs"]
mod server;
#[path = "http/start.rs"]
mod start;
#[path = "http/table.rs"]
mod table;

use database::Cluster;
use document::Document;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The parts, in the order of the document.
const PARTS: [&str; 3] = ["commands", "reads", "start"];

fn main() -> anyhow::Result<()> {
    // cargo passes --bench
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with("--"))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    if args.first().map(String::as_str) == Some(naive::MODE) {
        return actix_web::rt::System::with_tokio_rt(naive::runtime).block_on(naive::serve());
    }
    if let Some(other) = args.iter().find(|arg| !PARTS.contains(&arg.as_str())) {
        bail!("there is no part {other:?}; there are {PARTS:?}");
    }
    runtime.block_on(run(&args))
}

/// Runs the parts that are asked for, all of them without any.
async fn run(wanted: &[String]) -> anyhow::Result<()> {
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    let url = std::env::var("DATABASE_URL").context("set DATABASE_URL, or use make bench")?;
    let cluster = Cluster::connect(&url).await?;
    let mut document = Document::new(Clock::System.now(), cluster.version().await?);

    let season = start::seed(&cluster).await?;
    document.season(&season);
    if wants("commands") {
        commands::measure(&cluster, &season, &mut document).await?;
    }
    if wants("reads") {
        reads::measure(&cluster, &season, &mut document).await?;
    }
    if wants("start") {
        start::measure(&cluster, &season, &mut document).await?;
    }
    cluster.clean().await?;

    if wanted.is_empty() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks.md");
        std::fs::write(&path, document.finish()?)?;
        println!("written to docs/benchmarks.md");
    }
    Ok(())
}
