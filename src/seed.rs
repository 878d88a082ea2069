//! `lajur seed`: fills tenants with a made-up season.
//!
//! ```text
//! calendar, people ─► season (an agenda, driven through the real rules) ─► writing ─► the journal
//! ```
//!
//! Everything about a tenant — itself, its roles and staff, the season's log
//! and rows — is written in one transaction: a seed that is interrupted leaves
//! nothing, and can simply be run again. A tenant that has jamaah, or a log at
//! all, is left alone. The same seed, size, slug and instant give the same events.

mod calendar;
pub mod chance;
mod demo;
mod founding;
mod office;
mod people;
mod plan;
mod profile;
mod progress;
pub mod season;
pub mod staff;
mod summary;
#[cfg(test)]
mod tests;
mod writing;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, SimpleAsyncConnection, TransactionManager,
};

use self::chance::Chance;
pub use self::demo::demo_tenants;
use self::demo::{Credentials, Demo};
use self::founding::Standing;
use self::progress::Progress;
use self::season::Season;
pub use self::summary::{Outcome, Seeded, Summary};
use crate::config::{Config, Mode};
use crate::db::pool::{Pools, Settings};
use crate::domain::ids::IdSource;
use crate::domain::pipeline::tenant::Tenant;
use crate::domain::time::Timestamp;
use crate::secrets::Secrets;

/// Arguments of `lajur seed`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
A tenant that has jamaah already is left alone. Each tenant is written in one
transaction: stopped half way, nothing of it is there, and it can be run again.
Progress goes to standard error, what was done to standard output.

  lajur seed --demo                               what `make run` does
  lajur seed --tenant al-hikmah --jamaah 10000    one agency, without anybody who can sign in")]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true).args(["tenants", "demo"]))]
pub struct Args {
    /// Jamaah of each tenant, 1 to 1,000,000; of them a quarter has left already.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub jamaah: u32,
    /// The same seed gives the same season.
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// A tenant to fill, made if it does not exist; may be given more than once.
    #[arg(long = "tenant", value_name = "SLUG", value_parser = slug)]
    pub tenants: Vec<String>,
    /// Fill al-falah, and barokah with 200, too; give all of them users with a well-known password
    /// and an API key, and write those to .local/demo.json. Not in production.
    #[arg(long)]
    pub demo: bool,
}

/// What the rest of the program brings.
pub struct Parts {
    pub pools: Pools,
    pub secrets: Secrets,
    /// Where the server answers, for the file of the demo.
    pub url: String,
    pub production: bool,
    pub demo_file: PathBuf,
    /// Shows no progress on stderr.
    pub quiet: bool,
}

impl Parts {
    pub fn of(config: &Config) -> anyhow::Result<Self> {
        let url = config.database.needed_url()?;
        Ok(Self {
            pools: Pools::new(Settings::new(url.expose()))?,
            secrets: Secrets::System,
            url: demo::address(config.http.addr),
            production: config.mode == Mode::Production,
            demo_file: PathBuf::from(".local/demo.json"),
            quiet: false,
        })
    }
}

/// Fills the tenants, one after another. `now` is where their seasons end.
pub async fn run(args: &Args, parts: &Parts, now: Timestamp) -> anyhow::Result<Summary> {
    if args.demo && parts.production {
        bail!("--demo gives everybody the same well-known password, and is refused in production");
    }
    let mut demo = args.demo.then(|| Demo::open(parts)).transpose()?;
    let mut conn = parts.pools.journal_connection().await?;
    let mut summary = Summary::default();
    for (slug, jamaah) in wanted(args) {
        let mut progress = Progress::new(&slug, parts.quiet);
        // the statements are few and long, and between them the season is lived
        let begin = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0";
        AnsiTransactionManager::begin_transaction_sql(&mut conn, begin).await?;
        let task = Task {
            slug: &slug,
            jamaah,
            seed: args.seed,
            secrets: &parts.secrets,
            now,
        };
        match task
            .carry_out(&mut conn, demo.as_ref(), &mut progress)
            .await
        {
            Ok((outcome, credentials)) => {
                AnsiTransactionManager::commit_transaction(&mut conn).await?;
                progress.end();
                summary.outcomes.push((slug, outcome));
                if let (Some(demo), Some(credentials)) = (&mut demo, credentials) {
                    // at once, because the key is stored nowhere else
                    demo.keep(credentials)?;
                    summary.demo_file = Some(demo.file().to_owned());
                }
            }
            Err(error) => {
                // when this fails too, the connection is broken and the transaction gone with it
                let _ = AnsiTransactionManager::rollback_transaction(&mut conn).await;
                return Err(error.context(format!("nothing has been written for {slug}")));
            }
        }
    }
    if summary.has_seeded() {
        analyze(&mut conn).await;
    }
    Ok(summary)
}

/// The tenants, each once, with how many jamaah they get.
fn wanted(args: &Args) -> Vec<(String, u32)> {
    let mut wanted: Vec<(String, u32)> = Vec::new();
    let demo = if args.demo { &demo::TENANTS[..] } else { &[] };
    let demo = demo
        .iter()
        .map(|(slug, jamaah)| ((*slug).to_owned(), jamaah.unwrap_or(args.jamaah)));
    let named = args.tenants.iter().map(|slug| (slug.clone(), args.jamaah));
    for (slug, jamaah) in demo.chain(named) {
        if wanted.iter().all(|(known, _)| *known != slug) {
            wanted.push((slug, jamaah));
        }
    }
    wanted
}

/// One tenant.
struct Task<'a> {
    slug: &'a str,
    jamaah: u32,
    seed: u64,
    secrets: &'a Secrets,
    now: Timestamp,
}

impl Task<'_> {
    /// Within a transaction.
    async fn carry_out(
        &self,
        conn: &mut AsyncPgConnection,
        demo: Option<&Demo>,
        progress: &mut Progress,
    ) -> anyhow::Result<(Outcome, Option<Credentials>)> {
        let chance = Chance::new(self.seed, self.slug);
        let mut ids = IdSource::seeded(chance.seed().wrapping_add(1));
        let standing = founding::stand(conn, self.slug, &mut ids, self.now).await?;
        let (tenant, outcome) = match standing {
            Standing::Free(tenant) => {
                let hash = demo
                    .map(|demo| demo.password_hash(self.secrets))
                    .transpose()?;
                let seeded = self
                    .fill(conn, &tenant, hash.as_deref(), ids, chance, progress)
                    .await?;
                if demo.is_some() {
                    demo::mark(conn, tenant.id).await?;
                }
                (tenant, Outcome::Seeded(seeded))
            }
            Standing::Taken {
                tenant,
                jamaah: true,
            } => (tenant, Outcome::AlreadySeeded),
            Standing::Taken {
                tenant,
                jamaah: false,
            } => (tenant, Outcome::HasLog),
        };
        let credentials = match demo {
            Some(demo) => {
                demo.credentials(conn, &tenant, self.secrets, self.now)
                    .await?
            }
            None => None,
        };
        Ok((outcome, credentials))
    }

    async fn fill(
        &self,
        conn: &mut AsyncPgConnection,
        tenant: &Tenant,
        password_hash: Option<&str>,
        mut ids: IdSource,
        chance: Chance,
        progress: &mut Progress,
    ) -> anyhow::Result<Seeded> {
        let staff = founding::employ(conn, tenant, password_hash, &mut ids, self.now).await?;
        let season = Season::new(
            Arc::new(tenant.clone()),
            staff,
            self.jamaah,
            chance,
            self.now,
        );
        let events = writing::write(conn, tenant.id, season, ids, self.now, progress).await?;
        Ok(Seeded {
            jamaah: self.jamaah,
            events,
            elapsed: progress.elapsed(),
        })
    }
}

/// Tells the planner what the tables hold now. Only their owner can, and
/// without it the database finds out by itself in a minute.
async fn analyze(conn: &mut AsyncPgConnection) {
    if let Err(error) = conn
        .batch_execute("RESET ROLE; SET statement_timeout = '60s'; ANALYZE")
        .await
    {
        tracing::debug!(error.cause = %error, "cannot analyze");
    }
}

/// As the database wants it.
fn slug(text: &str) -> Result<String, String> {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let edge = !text.starts_with('-') && !text.ends_with('-');
    if (1..=63).contains(&text.len()) && edge && text.bytes().all(inner) {
        return Ok(text.to_owned());
    }
    Err("lower-case letters, digits and dashes within, at most 63".to_owned())
}
