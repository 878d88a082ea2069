//! The program beside other ways to do the same, in one run on one machine: commands and reads over HTTP, the
//! start of a tenant, seeding and import, sockets.
//!
//! `make bench` runs all of it and writes docs/benchmarks.md;
//! `make bench ARGS=reads` runs the parts named and only prints. For profiling,
//! `ARGS="commands 128 alone"` limits the numbers of callers, and goes without
//! the other ways.
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

mod commands;
mod data;
mod database;
mod day;
mod document;
mod load;
mod machine;
mod naive;
mod pgbench;
mod process;
mod reads;
mod sample;
mod sockets;
mod start;
mod table;

use database::Cluster;
use document::Document;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The parts, in the order of the document. The last three are not in it, and are run only when they are named.
const PARTS: [&str; 8] = [
    "commands", "reads", "start", "data", "sockets", STAY, DAY, SOAK,
];
const STAY: &str = "stay";
const DAY: &str = "day";
/// For so many minutes as the number beside it.
const SOAK: &str = "soak";

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
    let wanted = Wanted::parse(&args)?;
    tokio::task::LocalSet::new().block_on(&runtime, run(&wanted))
}

/// What is to be run.
struct Wanted {
    parts: Vec<String>,
    callers: Vec<usize>,
    alone: bool,
}

impl Wanted {
    fn parse(args: &[String]) -> anyhow::Result<Self> {
        let mut wanted = Self {
            parts: Vec::new(),
            callers: Vec::new(),
            alone: false,
        };
        for arg in args {
            match arg.parse() {
                Ok(callers) => wanted.callers.push(callers),
                Err(_) if arg == "alone" => wanted.alone = true,
                Err(_) if PARTS.contains(&arg.as_str()) => wanted.parts.push(arg.clone()),
                Err(_) => bail!("there is no part {arg:?}; there are {PARTS:?}"),
            }
        }
        Ok(wanted)
    }

    fn part(&self, name: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|part| part == name)
    }

    fn callers(&self, callers: usize) -> bool {
        self.callers.is_empty() || self.callers.contains(&callers)
    }

    /// Nothing is left out.
    fn all(&self) -> bool {
        self.parts.is_empty() && self.callers.is_empty() && !self.alone
    }
}

async fn run(wanted: &Wanted) -> anyhow::Result<()> {
    let url = std::env::var("DATABASE_URL").context("set DATABASE_URL, or use make bench")?;
    let cluster = Cluster::connect(&url).await?;
    let mut document = Document::new(Clock::System.now(), cluster.version().await?);

    let season = start::seed(&cluster).await?;
    document.season(&season);
    if wanted.part("commands") {
        commands::measure(&cluster, &season, wanted, &mut document).await?;
    }
    if wanted.part("reads") {
        reads::measure(&cluster, &season, wanted, &mut document).await?;
    }
    if wanted.part("start") {
        start::measure(&cluster, &season, &mut document).await?;
    }
    if wanted.part("data") {
        data::measure(&cluster, &season, &mut document).await?;
    }
    if wanted.part("sockets") {
        sockets::measure(&cluster, &season, &mut document).await?;
    }
    if wanted.parts.iter().any(|part| part == STAY) {
        sockets::stay(&cluster, &season).await?;
    }
    if wanted.parts.iter().any(|part| part == DAY) {
        day::load(&cluster, &season, &document).await?;
    }
    if wanted.parts.iter().any(|part| part == SOAK) {
        let minutes = wanted.callers.first().copied().unwrap_or(30);
        day::soak(&cluster, &season, u64::try_from(minutes)?).await?;
    }
    cluster.clean().await?;

    if wanted.all() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks.md");
        std::fs::write(&path, document.finish()?)?;
        println!("written to docs/benchmarks.md");
    }
    Ok(())
}
