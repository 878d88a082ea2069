//! What PostgreSQL itself can do: pgbench, one prepared single-row update per
//! transaction on a table of 100,000 rows, with nothing around it.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::process::Command;

use super::database::{Cluster, Database};
use super::load::Answers;
use super::machine;
use super::sample::Sample;

pub const PGBENCH: &str = "bare updates (pgbench)";
const ROWS: u32 = 100_000;

pub struct Pgbench {
    database: Database,
    folder: PathBuf,
}

impl Pgbench {
    /// `None`, with a word about it, where there is no pgbench.
    pub async fn prepare(cluster: &Cluster) -> anyhow::Result<Option<Self>> {
        if machine::version("pgbench").is_none() {
            println!("  without pgbench: it is not installed");
            return Ok(None);
        }
        let database = Database::open(cluster.create("bare", None).await?).await?;
        database
            .execute(&format!(
                "CREATE TABLE bare (id integer PRIMARY KEY, value integer NOT NULL) WITH (fillfactor = 80);
                 INSERT INTO bare SELECT n, 0 FROM generate_series(1, {ROWS}) n;
                 ANALYZE bare"
            ))
            .await?;
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pgbench");
        fs::create_dir_all(&folder)?;
        let script = format!(
            "\\set id random(1, {ROWS})\nUPDATE bare SET value = value + 1 WHERE id = :id;\n"
        );
        fs::write(folder.join("update.sql"), script)?;
        Ok(Some(Self { database, folder }))
    }

    /// CPU time is taken in the middle of the run, because PostgreSQL's
    /// processes are gone at its end, and holds for all of it.
    pub async fn measure(&self, clients: usize, lasts: Duration) -> anyhow::Result<Sample> {
        self.remove_logs()?;
        let margin = Duration::from_millis(300);
        let seconds = (lasts + margin * 2).as_secs_f64().ceil();
        let running = Command::new("pgbench")
            .args([
                "--no-vacuum",
                "--protocol=prepared",
                "--file=update.sql",
                "--log",
            ])
            .arg(format!("--client={clients}"))
            .arg(format!("--time={seconds}"))
            .arg(&self.database.url)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start pgbench")?;
        tokio::time::sleep(margin).await;
        let (began, before) = (Instant::now(), self.database.cpu_seconds().await?);
        tokio::time::sleep(Duration::from_secs_f64(seconds) - margin * 2).await;
        let (after, between) = (self.database.cpu_seconds().await?, began.elapsed());
        let ended = running.wait_with_output().await?;
        if !ended.status.success() {
            bail!("pgbench failed: {}", String::from_utf8_lossy(&ended.stderr));
        }
        let answers = Answers {
            elapsed: Duration::from_secs_f64(seconds),
            latencies_us: self.latencies_us()?,
            ..Answers::default()
        };
        let cpu = match (before, after) {
            (Some(before), Some(after)) => Some((after - before) / between.as_secs_f64() * seconds),
            _ => None,
        };
        Ok(Sample::new(0, answers, None, cpu))
    }

    /// One line of the log is one transaction; the third field is its time.
    fn latencies_us(&self) -> anyhow::Result<Vec<u32>> {
        let mut latencies = Vec::new();
        for log in self.logs()? {
            for line in fs::read_to_string(log)?.lines() {
                let field = line.split(' ').nth(2).context("not pgbench's log")?;
                latencies.push(field.parse()?);
            }
        }
        Ok(latencies)
    }

    fn remove_logs(&self) -> anyhow::Result<()> {
        for log in self.logs()? {
            fs::remove_file(log)?;
        }
        Ok(())
    }

    fn logs(&self) -> anyhow::Result<Vec<PathBuf>> {
        let mut logs = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry
                .file_name()
                .to_string_lossy()
                .starts_with("pgbench_log.")
            {
                logs.push(entry.path());
            }
        }
        Ok(logs)
    }
}
