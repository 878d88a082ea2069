//! `lajur import`: the same way as over HTTP, in a process of its own.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;

use super::accounts;
use crate::actors::handle::TenantHandle;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::manifest::Problem;
use crate::domain::pipeline::import::ImportState;
use crate::domain::principal::Principal;
use crate::importing::job::{Begun, Commission, Job};
use crate::importing::known::Known;
use crate::importing::report::Report;
use crate::importing::{Upload, rehearse};
use crate::secrets::Secrets;

/// Of problems and left-out rows in the table; JSON has them all.
const SHOWN: usize = 100;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Every good row goes in, every bad one is reported with its line, column and
reason, and the same file sent twice changes nothing. Progress goes to standard
error, the report to standard output.

  lajur import manifest.xlsx --tenant al-falah --dry-run
  lajur import manifest.xlsx --tenant al-falah

Exit codes:
  0  every row is in, or would be
  1  rows were rejected; all others are in, or would be
  2  the file cannot be read or misses a column: nobody is in
  3  the import could not be made, or not to its end: sending the file again does the rest")]
pub struct Args {
    /// The manifest, CSV or XLSX.
    pub file: PathBuf,
    /// The organisation's slug.
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// Only say what importing would do.
    #[arg(long)]
    pub dry_run: bool,
    /// Print the report as JSON, as the API answers it.
    #[arg(long)]
    pub json: bool,
}

pub async fn run(config: Config, args: &Args) -> ExitCode {
    let imported = async {
        let app = App::new(config, Clock::System, Secrets::System)?;
        let report = import_file(&app, args).await;
        app.tenants.finish().await;
        let report = report?;
        print_report(&report, args.json, &mut std::io::stdout())?;
        Ok::<_, anyhow::Error>(report)
    };
    match imported.await {
        Ok(report) => ExitCode::from(exit_code(&report)),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "lajur: {error:#}");
            ExitCode::from(3)
        }
    }
}

pub fn exit_code(report: &Report) -> u8 {
    match report {
        report if report.state == ImportState::Interrupted => 3,
        report if report.is_unreadable() => 2,
        report if report.rejected > 0 => 1,
        _ => 0,
    }
}

/// Imports the file, or tries it out, and says what became of it.
pub async fn import_file(app: &App, args: &Args) -> anyhow::Result<Report> {
    let bytes = tokio::fs::read(&args.file)
        .await
        .with_context(|| format!("cannot read {}", args.file.display()))?;
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let tenant = open(app, &args.tenant).await?;
    let today = tenant.view().state.tenant.zone.date_of(app.clock.now());
    let upload = Upload::read(&name, &bytes, today);
    let known = Known::look_up(&app.db, &tenant.view().state, &upload).await?;
    if args.dry_run {
        let state = tenant.view().state.clone();
        return Ok(rehearse(upload, &known, state, app.clock.now()));
    }
    let by = Commission {
        handle: tenant,
        principal: Arc::new(Principal::system()),
        request_id: Arc::from("command-line"),
    };
    let begun = Job::begin(by, app.clock.clone(), app.new_id(), upload, known, None).await?;
    let (Begun::Now(job) | Begun::Before(_, job)) = begun;
    let report = job.run(show_progress).await?;
    if std::io::stderr().is_terminal() {
        writeln!(std::io::stderr())?;
    }
    Ok(report)
}

pub(super) async fn open(app: &App, slug: &str) -> anyhow::Result<TenantHandle> {
    let mut conn = app.db.journal_connection().await?;
    let id = accounts::find_tenant(&mut conn, slug).await?;
    Ok(app.tenants.open(id).await?)
}

/// On a terminal, one line that changes.
fn show_progress(report: &Report) -> ControlFlow<()> {
    let mut out = std::io::stderr();
    let (done, rows) = (report.processed(), report.rows);
    // nobody may be looking
    let _ = if out.is_terminal() {
        write!(out, "\r{done} of {rows} rows")
    } else {
        writeln!(out, "{done} of {rows} rows")
    };
    ControlFlow::Continue(())
}

pub fn print_report(report: &Report, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(report)?)?;
        return Ok(());
    }
    let what = if report.dry_run { "would be" } else { "are" };
    writeln!(
        out,
        "{}: {} rows with people",
        report.file_name, report.rows
    )?;
    writeln!(
        out,
        "  {} {what} new, {} changed, {} unchanged, {} rejected",
        report.created, report.updated, report.unchanged, report.rejected
    )?;
    print_problems("rejected because of", &report.errors, out)?;
    print_problems("worth a look", &report.warnings, out)?;
    if !report.ignored_columns.is_empty() {
        writeln!(
            out,
            "\ncolumns not read: {}",
            report.ignored_columns.join(", ")
        )?;
    }
    if !report.ignored_rows.is_empty() {
        writeln!(out, "\nrows that are not about a person")?;
        for ignored in report.ignored_rows.iter().take(SHOWN) {
            writeln!(out, "  {:>6}  {}", ignored.row, ignored.text)?;
        }
    }
    Ok(())
}

fn print_problems(title: &str, problems: &[Problem], out: &mut impl Write) -> anyhow::Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{title}")?;
    for problem in problems.iter().take(SHOWN) {
        let value = if problem.value.is_empty() {
            String::new()
        } else {
            format!(" (found: {})", problem.value)
        };
        writeln!(
            out,
            "  {:>6}  {:<20}  {}{value}",
            problem.row, problem.column, problem.message
        )?;
    }
    if problems.len() > SHOWN {
        writeln!(out, "  and {} more: see --json", problems.len() - SHOWN)?;
    }
    Ok(())
}
