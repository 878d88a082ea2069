//! A working day on the real server: people sign in, look around, filter, complete tasks, comment, import, each with
//! time to think and a socket open. `make load` does it with more and more of them, on two servers of which the second
//! has just been started, and writes docs/benchmarks-load.md; `make soak` with a hundred for long, to see whether the
//! memory grows.
//!
//! All of it is on this machine, ends by itself, and has no rate limits in its way.

mod person;
mod report;
mod watch;

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::join_all;

use super::database::{Cluster, Database};
use super::document::Document;
use super::load::{ask, get};
use super::machine;
use super::process::Server;
use super::start::{SLUG, Season, tell_with};
use super::table::count;
use person::{Figures, Person, Place};
use report::{Level, Report, Soak};
use watch::Watch;

/// People, and for how long they work once all have signed in.
const LEVELS: [(usize, u64); 4] = [(10, 20), (50, 30), (100, 60), (1_000, 60)];
/// One in so many is on the second server.
const ELSEWHERE: usize = 10;
/// Signing in takes the processor some time, so people come one after the other.
const APART: Duration = Duration::from_millis(60);
const PASSWORD: &str = "hujan-pagi-di-tanah-suci";
const SOAKERS: usize = 100;

/// So many sockets for one tenant; the limits would be in the way.
const SETTINGS: [(&str, &str); 4] = [
    ("LAJUR_RATE_LIMITS", "off"),
    ("LAJUR_REALTIME__CONNECTIONS_PER_USER", "1000000"),
    ("LAJUR_REALTIME__CONNECTIONS_PER_TENANT", "1000000"),
    ("LAJUR_REDIS__PREFIX", "lajur-bench"),
];

/// Every level, and the document about it.
pub async fn load(cluster: &Cluster, season: &Season, document: &Document) -> anyhow::Result<()> {
    let office = Office::open(cluster, season).await?;
    let first = office.server().await?;
    office.wake(&first).await?;
    let mut report = Report::default();
    for (people, seconds) in LEVELS {
        println!("{people} people for {seconds} s");
        // has just been started, and holds nothing
        let second = office.server().await?;
        let watch = Watch::start(&[first.metrics()?, second.metrics()?]).await?;
        let places = [office.place(&first), office.place(&second)];
        let lasts = Duration::from_secs(seconds);
        let level = work(people, lasts, &places, &[&first, &second], watch).await?;
        println!("{level}");
        report.add(level);
        second.stop().await?;
    }
    let events = office.database.check_log().await?;
    report.check(format!(
        "the log has {} events and no gap",
        count(events as f64)
    ));
    first.stop().await?;
    report.write(document)
}

/// For long; says how the memory went.
pub async fn soak(cluster: &Cluster, season: &Season, minutes: u64) -> anyhow::Result<()> {
    let office = Office::open(cluster, season).await?;
    let server = office.server().await?;
    office.wake(&server).await?;
    let places = [office.place(&server)];
    let lasts = Duration::from_secs(minutes * 60);
    let before = office.jamaah().await?;
    println!("{SOAKERS} people for {minutes} minutes");
    let sampling = sample(&server, lasts + APART * SOAKERS as u32);
    let watch = Watch::start(&[server.metrics()?]).await?;
    let servers = [&server];
    let working = work(SOAKERS, lasts, &places, &servers, watch);
    let (level, sizes) = futures::try_join!(working, sampling)?;
    println!("{level}");
    let soak = Soak {
        minutes,
        level,
        sizes,
        jamaah: [before, office.jamaah().await?],
    };
    soak.write()
}

/// Resident bytes, every ten seconds.
async fn sample(server: &Server, lasts: Duration) -> anyhow::Result<Vec<f64>> {
    let until = Instant::now() + lasts;
    let mut sizes = Vec::new();
    while Instant::now() < until {
        let memory = machine::memory(server.pid).context("the server's memory cannot be seen")?;
        sizes.push(memory.resident);
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    Ok(sizes)
}

/// A database with accounts for everybody, and what its servers are told.
struct Office<'s> {
    season: &'s Season,
    database: Database,
}

impl<'s> Office<'s> {
    async fn open(cluster: &Cluster, season: &'s Season) -> anyhow::Result<Self> {
        let database = season.copy(cluster, "day").await?;
        let url = database.url.clone();
        let (name, address) = ("Person", "person0@day.example");
        let roles = database
            .texts("SELECT key FROM roles WHERE 'tasks.work_all' = ANY (permissions) AND 'imports.write' = ANY (permissions)")
            .await?;
        let role = roles.first().map_or("manager", String::as_str).to_owned();
        let add = [
            "user", "add", "--tenant", SLUG, "--email", address, "--name", name,
        ];
        let add: Vec<&str> = add
            .into_iter()
            .chain(["--role", &role, "--password-stdin"])
            .collect();
        tell_with(&url, &add, PASSWORD).await?;
        // everybody has the same password: to hash a thousand would take longer than the day
        let most = LEVELS.iter().map(|(people, _)| *people).max().unwrap_or(0);
        database
            .execute(&format!(
                "WITH model AS (SELECT * FROM users WHERE email = '{address}'), \
                 made AS (INSERT INTO users (tenant_id, id, email, name, password_hash, created_at, updated_at) \
                     SELECT tenant_id, gen_random_uuid(), 'person' || n || '@day.example', 'Person ' || n, \
                            password_hash, created_at, updated_at \
                     FROM model, generate_series(1, {most}) n RETURNING tenant_id, id) \
                 INSERT INTO user_roles (tenant_id, user_id, role_id) \
                 SELECT made.tenant_id, made.id, r.role_id FROM made, user_roles r JOIN model ON r.user_id = model.id"
            ))
            .await?;
        Ok(Self { season, database })
    }

    async fn jamaah(&self) -> anyhow::Result<i64> {
        self.database.number("SELECT count(*) FROM jamaah").await
    }

    async fn server(&self) -> anyhow::Result<Server> {
        let database = Database::open(self.database.url.clone()).await?;
        let redis = std::env::var("REDIS_URL").unwrap_or_default();
        let mut settings = SETTINGS.to_vec();
        if !redis.is_empty() {
            settings.push(("REDIS_URL", &redis));
        }
        Server::lajur(database, &settings).await
    }

    /// A server that has been at work for a while holds the tenant.
    async fn wake(&self, server: &Server) -> anyhow::Result<()> {
        let request = get("/api/v1/pipeline/tasks?limit=1", &self.season.headers);
        // the first who asks may be told to come again
        while ask(server.addr, &request).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    fn place(&self, server: &Server) -> Place {
        Place {
            addr: server.addr,
            slug: self.season.slug,
            key: self.season.key.clone(),
        }
    }
}

/// What so many people do on these servers, and what it takes.
async fn work(
    people: usize,
    lasts: Duration,
    places: &[Place],
    servers: &[&Server],
    watch: Watch,
) -> anyhow::Result<Level> {
    let figures = Rc::new(Figures::default());
    let began = Instant::now();
    let everybody_is_in = began + APART * u32::try_from(people)?;
    let until = everybody_is_in + lasts;
    let (before, cpu_before) = (watch.counts().await?, cpu(servers)?);
    let persons = (0..people).map(|number| {
        let place = match places.get(1) {
            Some(second) if number % ELSEWHERE == ELSEWHERE - 1 => second,
            _ => &places[0],
        };
        let comes = began + APART * number as u32;
        Person::new(number, place.clone(), Rc::clone(&figures)).work(comes, until)
    });
    // before everybody leaves at once
    let asked_at = until - Duration::from_secs(1);
    let asking = async {
        tokio::time::sleep_until(asked_at.into()).await;
        watch.alerts().await
    };
    let (_, alerts) = futures::join!(join_all(persons), asking);
    let cpu = cpu(servers)? - cpu_before;
    let after = watch.counts().await?;
    let memory: Vec<f64> = servers
        .iter()
        .filter_map(|server| machine::memory(server.pid))
        .map(|memory| memory.resident)
        .collect();
    Ok(Level {
        people,
        seconds: began.elapsed().as_secs_f64(),
        cores: cpu / began.elapsed().as_secs_f64(),
        memory,
        alerts: alerts?,
        hit_rate: after.hit_rate_since(&before),
        fanout_ms: after.fanout_since(&before).map(|seconds| seconds * 1e3),
        events_heard: figures.events_heard.get(),
        answers: figures.take(),
    })
}

fn cpu(servers: &[&Server]) -> anyhow::Result<f64> {
    let mut seconds = 0.0;
    for server in servers {
        seconds +=
            machine::cpu_seconds(server.pid).context("the server's CPU time cannot be seen")?;
    }
    Ok(seconds)
}
