//! What a day was like, in words and tables.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

use super::super::document::Document;
use super::super::machine;
use super::super::sample::percentile;
use super::super::table::{Table, count, ms};
use super::person::{Answers, What};

const MIB: f64 = 1024.0 * 1024.0;
const SHARES: [f64; 3] = [0.5, 0.95, 0.99];
/// Of the servers together with fewer than a thousand people.
const READS_MS: f64 = 50.0;
const WRITES_MS: f64 = 100.0;
/// Share of a soak in which the memory may settle.
const SETTLES: f64 = 0.2;

/// One level of people.
pub struct Level {
    pub people: usize,
    pub seconds: f64,
    /// Processor cores that the servers used.
    pub cores: f64,
    /// Of each server, in bytes, at the end.
    pub memory: Vec<f64>,
    /// `None` where Prometheus is not installed.
    pub alerts: Option<Vec<String>>,
    pub hit_rate: Option<f64>,
    pub fanout_ms: Option<f64>,
    pub events_heard: usize,
    pub answers: Answers,
}

impl Level {
    fn within_ms(&self, what: What, share: f64) -> Option<f64> {
        let mut latencies = self.answers.latencies_us.get(&what)?.clone();
        latencies.sort_unstable();
        Some(f64::from(percentile(&latencies, share)) / 1e3)
    }

    fn requests(&self) -> usize {
        self.answers.latencies_us.values().map(Vec::len).sum()
    }

    fn errors(&self) -> usize {
        self.answers.errors.values().sum()
    }

    fn figures(&self, what: What) -> String {
        let figures = SHARES.map(|share| self.within_ms(what, share).map_or("–".to_owned(), ms));
        figures.join(" / ")
    }

    fn megabytes(&self) -> String {
        let each = self
            .memory
            .iter()
            .map(|bytes| format!("{:.0}", bytes / MIB));
        each.collect::<Vec<_>>().join(" + ")
    }
}

impl Display for Level {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "  {} requests in {:.0} s; ms read {}, write {}, import {}, sign-in {}; {} errors, {} conflicts; {:.2} cores; \
             {} MiB; cache {:?}; fan-out {:?} ms; {} events heard; alerts {:?}",
            self.requests(),
            self.seconds,
            self.figures(What::Read),
            self.figures(What::Write),
            self.figures(What::Import),
            self.figures(What::SignIn),
            self.errors(),
            self.answers.conflicts,
            self.cores,
            self.megabytes(),
            self.hit_rate,
            self.fanout_ms,
            self.events_heard,
            self.alerts
        )?;
        for (error, times) in &self.answers.errors {
            writeln!(out, "  {times} × {error}")?;
        }
        Ok(())
    }
}

#[derive(Default)]
pub struct Report {
    levels: Vec<Level>,
    checks: Vec<String>,
}

impl Report {
    pub fn add(&mut self, level: Level) {
        self.levels.push(level);
    }

    pub fn check(&mut self, sentence: String) {
        println!("  {sentence}");
        self.checks.push(format!("- {sentence}"));
    }

    pub fn write(mut self, document: &Document) -> anyhow::Result<()> {
        let levels = std::mem::take(&mut self.levels);
        for level in &levels {
            let alerts = match &level.alerts {
                None => "Prometheus was not there to watch".to_owned(),
                Some(alerts) if alerts.is_empty() => "no alert fired".to_owned(),
                Some(alerts) => format!("alerts: {}", alerts.join(", ")),
            };
            self.check(format!("{} people: {alerts}", count(level.people as f64)));
        }
        let text = include_str!("report.md")
            .replace("{{heading}}", &document.heading())
            .replace("{{season}}", &document.season_words())
            .replace("{{targets}}", targets(&levels).to_string().trim_end())
            .replace("{{levels}}", table(&levels).to_string().trim_end())
            .replace("{{use}}", usage(&levels).to_string().trim_end())
            .replace("{{checks}}", &self.checks.join("\n"));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks-load.md");
        std::fs::write(&path, text)?;
        println!("written to docs/benchmarks-load.md");
        Ok(())
    }
}

fn table(levels: &[Level]) -> Table {
    let head = [
        "people",
        "requests/s",
        "reads, ms",
        "commands, ms",
        "imports, ms",
        "sign-ins, ms",
        "errors",
        "conflicts",
    ];
    let mut table = Table::new(&head);
    for level in levels {
        table.row([
            count(level.people as f64),
            format!("{:.1}", level.requests() as f64 / level.seconds),
            level.figures(What::Read),
            level.figures(What::Write),
            level.figures(What::Import),
            level.figures(What::SignIn),
            level.errors().to_string(),
            level.answers.conflicts.to_string(),
        ]);
    }
    table
}

fn usage(levels: &[Level]) -> Table {
    let head = [
        "people",
        "cores",
        "memory, MiB",
        "cache hits",
        "to a socket, p95 ms",
        "events heard",
    ];
    let mut table = Table::new(&head);
    for level in levels {
        table.row([
            count(level.people as f64),
            format!("{:.2}", level.cores),
            level.megabytes(),
            level
                .hit_rate
                .map_or("–".to_owned(), |rate| format!("{:.0} %", rate * 100.0)),
            level
                .fanout_ms
                .map_or("–".to_owned(), |within| format!("≤ {}", ms(within))),
            count(level.events_heard as f64),
        ]);
    }
    table
}

/// What requirements and the issue ask for, and whether it was so.
fn targets(levels: &[Level]) -> Table {
    let mut table = Table::new(&["what", "wanted", "found", ""]);
    for level in levels {
        let people = count(level.people as f64);
        let mut row =
            |what: &str, wanted: &str, found: Option<f64>, reached: bool, shown: String| {
                let word = match found {
                    None => "not measured",
                    Some(_) if reached => "reached",
                    Some(_) => "missed",
                };
                table.row([
                    format!("{people} people: {what}"),
                    wanted.to_owned(),
                    shown,
                    word.to_owned(),
                ]);
            };
        let errors = level.errors();
        row("errors", "none", Some(0.0), errors == 0, errors.to_string());
        if level.people > 100 {
            continue;
        }
        for (what, kind, most) in [
            ("p95 of reads", What::Read, READS_MS),
            ("p95 of commands", What::Write, WRITES_MS),
        ] {
            let found = level.within_ms(kind, 0.95);
            let reached = found.is_some_and(|found| found < most);
            let shown = found.map_or("–".to_owned(), |found| format!("{} ms", ms(found)));
            row(what, &format!("< {most:.0} ms"), found, reached, shown);
        }
        let rate = level.hit_rate;
        let shown = rate.map_or("–".to_owned(), |rate| format!("{:.0} %", rate * 100.0));
        row(
            "cache hits",
            "> 80 %",
            rate,
            rate.is_some_and(|rate| rate > 0.8),
            shown,
        );
    }
    table
}

/// A long day, and how the memory went.
pub struct Soak {
    pub minutes: u64,
    pub level: Level,
    /// Resident bytes, again and again.
    pub sizes: Vec<f64>,
    /// Before and after: imports bring more.
    pub jamaah: [i64; 2],
}

impl Soak {
    /// Compares the last fifth of what is left after settling with the first.
    pub fn write(&self) -> anyhow::Result<()> {
        let Self {
            minutes,
            level,
            sizes,
            jamaah: [before, after],
        } = self;
        let settled = &sizes[(sizes.len() as f64 * SETTLES) as usize..];
        let fifth = (settled.len() / 5).max(1);
        let mean = |sizes: &[f64]| sizes.iter().sum::<f64>() / sizes.len().max(1) as f64;
        let (early, late) = (
            mean(&settled[..fifth]),
            mean(&settled[settled.len() - fifth..]),
        );
        let growth = late / early - 1.0;
        let steady = growth.abs() < 0.05;
        let word = if steady { "reached" } else { "missed" };
        println!(
            "  memory {:.1} MiB, then {:.1} MiB: {word}",
            early / MIB,
            late / MIB
        );
        let mut table = Table::new(&["what", "wanted", "found", ""]);
        let mut row = |what: &str, wanted: &str, found: String, reached: bool| {
            let word = if reached { "reached" } else { "missed" };
            table.row([what, wanted, &found, word].map(str::to_owned));
        };
        let found = format!(
            "{:+.1} % ({:.0} → {:.0} MiB)",
            growth * 100.0,
            early / MIB,
            late / MIB
        );
        row("growth of memory", "within 5 %", found, steady);
        row(
            "errors",
            "none",
            level.errors().to_string(),
            level.errors() == 0,
        );
        let fired = level.alerts.as_ref().map(Vec::len);
        let found = fired.map_or("not watched: no Prometheus".to_owned(), |count| {
            count.to_string()
        });
        row("alerts", "none", found, fired == Some(0));
        let text = format!(
            "# Soak\n\n{} people for {minutes} minutes on one server, as in [benchmarks-load.md](benchmarks-load.md); written by \
         `make soak MINUTES={minutes}` on {}. {} requests, {} events heard by sockets. Memory is sampled every ten seconds; \
         the first fifth of the time is for it to settle, and the means of the first and the last fifth of the rest are \
         compared. Imports brought the season from {} to {} jamaah meanwhile, whose tasks are held in memory.\n\n{table}",
            level.people,
            machine::describe(),
            count(level.requests() as f64),
            count(level.events_heard as f64),
            count(*before as f64),
            count(*after as f64),
        );
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks-soak.md");
        std::fs::write(path, text)?;
        println!("written to docs/benchmarks-soak.md");
        Ok(())
    }
}
