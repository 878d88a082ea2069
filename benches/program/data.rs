//! Much data at once: how long the season took to make, and a manifest of as many rows to import.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::database::Cluster;
use super::document::Document;
use super::start::{SLUG, Season, tell};
use super::table::count;

const OTHER: &str = "bench-other";

pub async fn measure(
    cluster: &Cluster,
    season: &Season,
    document: &mut Document,
) -> anyhow::Result<()> {
    println!("much data at once");
    let seeding = season.made_in;
    let what = format!("seeding {} jamaah", count(season.jamaah as f64));
    target(document, &what, "< 30 s", seeding, 30.0);

    let url = season.copy(cluster, "data").await?.url;
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-manifest.csv");
    let path = file.to_str().context("a path that is not text")?;
    tell(&url, &["export", "--tenant", SLUG, "--out", path]).await?;
    tell(&url, &["tenant", "add", "--slug", OTHER, "--name", OTHER]).await?;
    let began = Instant::now();
    let report = tell(&url, &["import", path, "--tenant", OTHER, "--json"]).await?;
    let took = began.elapsed();
    let report: Value = serde_json::from_str(&report)?;
    let report = report.get("data").unwrap_or(&report);
    let rows = report["rows"].as_u64().context("no rows")?;
    ensure!(
        report["created"] == rows,
        "not all rows were imported: {report}"
    );
    let what = format!("importing {} rows, each a new jamaah", count(rows as f64));
    target(document, &what, "< 5 s", took, 5.0);
    std::fs::remove_file(file)?;
    cluster.drop("data").await
}

fn target(document: &mut Document, what: &str, wanted: &str, took: Duration, most: f64) {
    let took = took.as_secs_f64();
    document.target(what, wanted, took < most, &format!("{took:.1} s"));
}
