//! `lajur export`.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Seek, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::import::open;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::pipeline::listing::{JamaahQuery, JamaahSort, JamaahSortKey};
use crate::exporting::People;
use crate::secrets::Secrets;
use crate::spreadsheet::write::{CsvWriter, write_xlsx};

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The file has everybody but the cancelled, those who leave first in front, in the
columns that `lajur import` reads. Progress goes to standard error.

  lajur export --tenant al-falah --out jamaah.csv
  lajur export --tenant al-falah --format xlsx --out jamaah.xlsx")]
pub struct Args {
    /// The organisation's slug.
    #[arg(long, value_name = "SLUG")]
    pub tenant: String,
    /// Semicolons and UTF-8, as spreadsheets in Indonesia open it; or a workbook.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// Where to; standard output unless given.
    #[arg(long)]
    pub out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Csv,
    Xlsx,
}

pub async fn run(config: Config, args: &Args) -> anyhow::Result<()> {
    if args.format == Format::Xlsx && args.out.is_none() && std::io::stdout().is_terminal() {
        bail!("a workbook is nothing for a terminal: name a file with --out");
    }
    let app = App::new(config, Clock::System, Secrets::System)?;
    let written = match &args.out {
        Some(path) => {
            let file = File::create(path);
            let file = file.with_context(|| format!("cannot write {}", path.display()))?;
            export(&app, args, &mut BufWriter::new(file)).await
        }
        None => export(&app, args, &mut BufWriter::new(std::io::stdout())).await,
    };
    app.tenants.finish().await;
    written
}

/// Writes the jamaah of a tenant, those who leave first in front.
pub async fn export(app: &App, args: &Args, out: &mut impl Write) -> anyhow::Result<()> {
    let tenant = open(app, &args.tenant).await?;
    let view = tenant.view();
    let today = view.today;
    let query = JamaahQuery {
        sort: JamaahSort {
            key: JamaahSortKey::DepartureDate,
            descending: false,
        },
        ..JamaahQuery::default()
    };
    let mut shown = Shown::default();
    let people = People::new(view, query).inspect(|_| shown.count());
    match args.format {
        Format::Csv => {
            for chunk in CsvWriter::new(people) {
                out.write_all(&chunk?)?;
            }
        }
        Format::Xlsx => {
            let mut file = tempfile::tempfile()?;
            write_xlsx(people, today, BufWriter::new(&mut file))?;
            file.rewind()?;
            std::io::copy(&mut file, out)?;
        }
    }
    out.flush()?;
    shown.end();
    Ok(())
}

/// How far it is, on stderr when somebody looks.
#[derive(Default)]
struct Shown {
    jamaah: u32,
}

impl Shown {
    const EVERY: u32 = 1_000;

    fn count(&mut self) {
        self.jamaah += 1;
        if self.jamaah.is_multiple_of(Self::EVERY) && std::io::stderr().is_terminal() {
            // a closed stderr is no reason to stop
            let _ = write!(std::io::stderr(), "\r{} jamaah", self.jamaah);
        }
    }

    fn end(&self) {
        let start = if std::io::stderr().is_terminal() {
            "\r"
        } else {
            ""
        };
        let _ = writeln!(std::io::stderr(), "{start}{} jamaah written", self.jamaah);
    }
}
