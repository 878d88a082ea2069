//! docs/benchmarks.md: the words are in `document.md`, the figures come from
//! the run. `{{name}}` in the words is where a table or a figure goes.

use std::collections::BTreeMap;

use anyhow::bail;
use lajur::domain::time::Timestamp;

use super::machine;
use super::start::Season;
use super::table::{Table, count};

pub struct Document {
    places: BTreeMap<&'static str, String>,
    checks: Vec<String>,
    targets: Table,
}

impl Document {
    pub fn new(now: Timestamp, postgres: String) -> Self {
        let mut versions = vec![format!("lajur {}", env!("CARGO_PKG_VERSION")), postgres];
        versions.extend(machine::version("node").map(|version| format!("Node {version}")));
        let places = BTreeMap::from([
            ("date", now.format("%Y-%m-%d").to_string()),
            ("machine", machine::describe()),
            ("versions", versions.join(", ")),
        ]);
        Self {
            places,
            checks: Vec::new(),
            targets: Table::new(&["what", "wanted", "found", ""]),
        }
    }

    pub fn season(&mut self, season: &Season) {
        self.fact("jamaah", count(season.jamaah as f64));
        self.fact("tasks", count(season.tasks as f64));
    }

    /// When, where, and what was measured with.
    pub fn heading(&self) -> String {
        let place = |name| self.places.get(name).map_or("", String::as_str);
        format!(
            "{}, {}; {}",
            place("date"),
            place("machine"),
            place("versions")
        )
    }

    pub fn season_words(&self) -> String {
        let place = |name| self.places.get(name).map_or("", String::as_str);
        format!(
            "A season of {} jamaah and {} tasks.",
            place("jamaah"),
            place("tasks")
        )
    }

    pub fn fact(&mut self, name: &'static str, text: String) {
        self.places.insert(name, text);
    }

    pub fn section(&mut self, name: &'static str, table: &Table) {
        println!("{table}");
        self.fact(name, table.to_string());
    }

    /// What was held against the database after a run.
    pub fn check(&mut self, sentence: String) {
        println!("  {sentence}");
        self.checks.push(format!("- {sentence}"));
    }

    /// What the program is meant to reach, and whether it did: told, never enforced.
    pub fn target(&mut self, what: &str, wanted: &str, reached: bool, found: &str) {
        let word = if reached { "reached" } else { "missed" };
        println!("  {what}: {found}, wanted {wanted}: {word}");
        let cells = [what, wanted, found, word].map(str::to_owned);
        self.targets.row(cells);
    }

    pub fn finish(mut self) -> anyhow::Result<String> {
        let board = std::env::var("LAJUR_BOARD_OUTPUT").unwrap_or_default();
        self.fact("board", board.trim().to_owned());
        self.fact("checks", self.checks.join("\n"));
        self.fact("targets", self.targets.to_string());
        let mut text = include_str!("document.md").to_owned();
        for (name, figures) in &self.places {
            text = text.replace(&format!("{{{{{name}}}}}"), figures.trim_end());
        }
        match text.split_once("{{") {
            Some((_, rest)) => bail!(
                "nothing for {{{{{}",
                rest.lines().next().unwrap_or_default()
            ),
            None => Ok(text),
        }
    }
}
