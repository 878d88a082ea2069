//! `lajur doctor`: looks at everything the program needs and says what to do.

use std::io::Write;
use std::process::{Command, ExitCode};
use std::time::Duration;

use diesel::sql_types::{Integer, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::database_url;
use crate::cache::Cache;
use crate::clock::Clock;
use crate::config::{Config, ConfigError, Mode};
use crate::db;
use crate::db::pool::{Pools, Settings};
use crate::domain::time::Timestamp;
use crate::metrics::Metrics;
use crate::seed;

/// A server that takes longer is away.
const PATIENCE: Duration = Duration::from_secs(2);
const ENOUGH_FILES: u64 = 8_192;

/// What was found about one thing.
enum Finding {
    Good(String),
    /// The program runs, but something should be done.
    Poor(String),
    Bad(String),
}

use Finding::{Bad, Good, Poor};

/// Prints a line per thing; fails when something is bad.
pub async fn examine(config: Result<Config, ConfigError>) -> ExitCode {
    let mut findings = Vec::new();
    match config {
        Ok(config) => {
            findings.push(("configuration", Good("is valid".to_owned())));
            findings.extend(examine_database(&config).await);
            findings.push(("redis", examine_redis(&config).await));
            findings.push(("hosts", examine_hosts(&config)));
            findings.push(("mail", examine_mail(&config)));
        }
        Err(error) => findings.push(("configuration", Bad(error.to_string()))),
    }
    findings.push(("disk", examine_disk()));
    findings.push(("open files", examine_files()));
    let mut out = std::io::stdout();
    let mut code = ExitCode::SUCCESS;
    for (what, finding) in findings {
        let (mark, text) = match finding {
            Good(text) => ("ok  ", text),
            Poor(text) => ("poor", text),
            Bad(text) => {
                code = ExitCode::FAILURE;
                ("BAD ", text)
            }
        };
        // a closed pipe is nobody to tell
        let _ = writeln!(out, "{mark}  {what:14}  {text}");
    }
    code
}

async fn examine_database(config: &Config) -> Vec<(&'static str, Finding)> {
    let url = match database_url(config) {
        Ok(url) => url,
        Err(error) => return vec![("database", Bad(error.to_string()))],
    };
    let settings = Settings {
        connect_timeout: Duration::from_secs(3),
        ..Settings::new(url)
    };
    let asked = async { ask(&Pools::new(settings)?).await };
    let found = match asked.await {
        Ok(found) => found,
        Err(db::Error::Unreachable(cause)) if cause.contains("lajur_app") => {
            return vec![(
                "database",
                Bad("has no tables: run `lajur migrate`".to_owned()),
            )];
        }
        Err(error) => {
            return vec![(
                "database",
                Bad(format!(
                    "{error}: is DATABASE_URL right, and PostgreSQL running?"
                )),
            )];
        }
    };
    vec![
        ("database", examine_version(&found)),
        ("commits", examine_commits(&found)),
        ("connections", examine_connections(config, &found)),
        ("clock", examine_clock(&found)),
        ("migrations", examine_migrations(url).await),
        ("demo", examine_demo(config, url).await),
    ]
}

#[derive(diesel::QueryableByName)]
struct Server {
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Text)]
    fsync: String,
    #[diesel(sql_type = Text)]
    full_page_writes: String,
    #[diesel(sql_type = Integer)]
    max_connections: i32,
    #[diesel(sql_type = Timestamptz)]
    now: Timestamp,
}

async fn ask(pools: &Pools) -> db::Result<Server> {
    let mut conn = pools.anyone().await?;
    let found = diesel::sql_query(
        "SELECT current_setting('server_version_num')::int AS version, current_setting('fsync') AS fsync, \
         current_setting('full_page_writes') AS full_page_writes, \
         current_setting('max_connections')::int AS max_connections, clock_timestamp() AS now",
    );
    Ok(found.get_result(&mut conn).await?)
}

fn examine_version(found: &Server) -> Finding {
    let major = found.version / 10_000;
    match major {
        ..15 => Bad(format!("is PostgreSQL {major}: 15 or newer is needed")),
        _ => Good(format!("is PostgreSQL {major}")),
    }
}

fn examine_commits(found: &Server) -> Finding {
    if found.fsync != "on" || found.full_page_writes != "on" {
        return Bad(
            "fsync or full_page_writes is off: what was acknowledged can be lost; set both on"
                .to_owned(),
        );
    }
    Good("survive a crash".to_owned())
}

fn examine_connections(config: &Config, found: &Server) -> Finding {
    let wanted = config.database.pool_size + 2;
    let limit = usize::try_from(found.max_connections).unwrap_or(0);
    if wanted * 2 > limit {
        return Poor(format!(
            "{wanted} of {limit} are for one node: lower database.pool_size or raise max_connections"
        ));
    }
    Good(format!("{wanted} of {limit} are for one node"))
}

fn examine_clock(found: &Server) -> Finding {
    let apart_ms = (Clock::System.now() - found.now).num_milliseconds().abs();
    if apart_ms > 2_000 {
        return Bad(format!(
            "the database's clock is {apart_ms} ms away from ours: let both follow NTP"
        ));
    }
    Good("agrees with the database's to two seconds".to_owned())
}

async fn examine_migrations(url: &str) -> Finding {
    match db::migrate::pending(url).await {
        Ok(pending) if pending.is_empty() => Good("have all been run".to_owned()),
        Ok(pending) => Bad(format!(
            "{} have not been run: `lajur migrate`",
            pending.join(", ")
        )),
        Err(error) => Bad(error.to_string()),
    }
}

async fn examine_demo(config: &Config, url: &str) -> Finding {
    let asked = async {
        let mut conn = Pools::new(Settings::new(url))?.journal_connection().await?;
        seed::demo_tenants(&mut conn).await
    };
    match asked.await {
        Ok(demo) if demo.is_empty() => Good("there are no demo tenants".to_owned()),
        Ok(demo) if config.mode == Mode::Production => Bad(format!(
            "everybody knows the password of {}: `lajur serve` refuses them in production",
            demo.join(", ")
        )),
        Ok(demo) => Good(format!(
            "everybody knows the password of {}: production mode would refuse them",
            demo.join(", ")
        )),
        Err(error) => Bad(error.to_string()),
    }
}

fn examine_hosts(config: &Config) -> Finding {
    let http = &config.http;
    match http.public_url.as_ref().or(http.hosts.as_slice().first()) {
        Some(host) => Good(format!("requests have to be for {host}")),
        None if config.mode == Mode::Production => Poor(
            "requests for any host are answered: set http.public_url, and http.hosts if there are more"
                .to_owned(),
        ),
        None => Good("requests for any host are answered, as it is development".to_owned()),
    }
}

fn examine_mail(config: &Config) -> Finding {
    match (&config.mail.smtp_url, config.mode) {
        (Some(_), _) => Good("goes by SMTP".to_owned()),
        (None, Mode::Development) => Good(format!("is written into {}", config.mail.folder)),
        (None, Mode::Production) => {
            Poor("nobody can be invited or reset a password: set mail.smtp_url".to_owned())
        }
    }
}

async fn examine_redis(config: &Config) -> Finding {
    let opened = Metrics::new()
        .map_err(anyhow::Error::from)
        .and_then(|metrics| Cache::new(&config.redis, metrics));
    match opened {
        Ok(cache) => match cache.ping().await {
            None => Good("is not configured, which is fine for one node".to_owned()),
            Some(Some(latency)) => examine_redis_memory(config, latency).await,
            Some(None) => Poor("does not answer: several nodes are slower to hear of each other; is REDIS_URL right?".to_owned()),
        },
        Err(error) => Bad(format!("REDIS_URL: {error}")),
    }
}

#[derive(Debug)]
struct RedisMemory {
    version: String,
    limit: u64,
    policy: String,
}

/// A Redis that is full and evicts nothing refuses what it is told.
async fn examine_redis_memory(config: &Config, latency: Duration) -> Finding {
    let asked = async {
        let url = config.redis.url.as_ref()?;
        let client = redis::Client::open(url.expose()).ok()?;
        let mut conn = client.get_multiplexed_async_connection().await.ok()?;
        let text: String = redis::cmd("INFO").query_async(&mut conn).await.ok()?;
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim().to_owned())
        };
        Some(RedisMemory {
            version: value("redis_version:")?,
            limit: value("maxmemory:")?.parse().ok()?,
            policy: value("maxmemory_policy:")?,
        })
    };
    let found = tokio::time::timeout(PATIENCE, asked).await.ok().flatten();
    let latency_ms = latency.as_secs_f64() * 1e3;
    match found {
        None => Good(format!("answers in {latency_ms:.1} ms")),
        Some(found) if found.limit > 0 && found.policy == "noeviction" => Poor(format!(
            "is Redis {}, and will refuse writes when its memory is full: set maxmemory-policy to volatile-lru",
            found.version
        )),
        Some(found) => Good(format!(
            "is Redis {}, answers in {latency_ms:.1} ms",
            found.version
        )),
    }
}

/// Each socket is an open file.
fn examine_files() -> Finding {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|rest| rest.split_whitespace().next());
    match soft.and_then(|soft| soft.parse::<u64>().ok()) {
        _ if soft == Some("unlimited") => Good("as many as are wanted".to_owned()),
        None => Poor("the limit cannot be found out; see `ulimit -n`".to_owned()),
        Some(limit) if limit < ENOUGH_FILES => Poor(format!(
            "at most {limit}, which is as many people at once: raise LimitNOFILE, or `ulimit -n`"
        )),
        Some(limit) => Good(format!("at most {limit}")),
    }
}

/// Free space where the program runs, from `df`, which is everywhere.
fn examine_disk() -> Finding {
    let free_kb = Command::new("df")
        .args(["-Pk", "."])
        .output()
        .ok()
        .and_then(|output| {
            let text = String::from_utf8(output.stdout).ok()?;
            text.lines()
                .nth(1)?
                .split_whitespace()
                .nth(3)?
                .parse::<u64>()
                .ok()
        });
    match free_kb.map(|kb| kb / 1024) {
        None => Poor("cannot be examined".to_owned()),
        Some(mb) if mb < 1024 => Poor(format!("{mb} MB are free: make room")),
        Some(mb) => Good(format!("{} GB are free", mb / 1024)),
    }
}
