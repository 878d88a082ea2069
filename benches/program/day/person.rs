//! One person at work: what they do next is chance, with a seed of their own.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::super::load::{Connection, get, post_json};
use super::super::sockets::client::{Door, Report, listen};

/// Nobody waits longer for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two things that somebody does.
const THINKS_MS: std::ops::Range<u64> = 1_000..9_000;
const FILTERS: [&str; 6] = [
    "status=open&limit=20",
    "status=urgent&limit=20",
    "status=today&limit=20&sort=due_at",
    "role=visa-admin&limit=20",
    "stage=hotel-booking&priority=high&limit=50",
    "q=muhammad&limit=20",
];

/// Where somebody works.
#[derive(Clone)]
pub struct Place {
    pub addr: SocketAddr,
    pub slug: &'static str,
    /// For sockets, whose tokens people fetch by themselves.
    pub key: String,
}

/// What was asked, told apart for the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    SignIn,
    Read,
    Write,
    Import,
}

/// What came back, of everybody.
#[derive(Default)]
pub struct Answers {
    pub latencies_us: BTreeMap<What, Vec<u32>>,
    /// Refused because somebody else was faster, which is no fault.
    pub conflicts: usize,
    pub errors: BTreeMap<String, usize>,
}

#[derive(Default)]
pub struct Figures {
    answers: RefCell<Answers>,
    pub events_heard: Cell<usize>,
}

impl Figures {
    pub fn take(&self) -> Answers {
        self.answers.take()
    }

    fn error(&self, what: String) {
        *self.answers.borrow_mut().errors.entry(what).or_default() += 1;
    }
}

pub struct Person {
    number: usize,
    place: Place,
    figures: Rc<Figures>,
    chance: ChaCha8Rng,
    connection: Option<Connection>,
    headers: String,
    /// On the screen: id and status.
    tasks: Vec<(String, String)>,
    jamaah: Vec<String>,
}

impl Person {
    pub fn new(number: usize, place: Place, figures: Rc<Figures>) -> Self {
        Self {
            chance: ChaCha8Rng::seed_from_u64(number as u64),
            number,
            place,
            figures,
            connection: None,
            headers: String::new(),
            tasks: Vec::new(),
            jamaah: Vec::new(),
        }
    }

    pub async fn work(mut self, comes: Instant, until: Instant) {
        tokio::time::sleep_until(comes.into()).await;
        let listening = match self.arrive().await {
            Ok(listening) => listening,
            Err(error) => return self.figures.error(format!("not in: {error:#}")),
        };
        while Instant::now() < until {
            if let Err(error) = self.do_something().await {
                self.figures.error(format!("{error:#}"));
                self.connection = None;
            }
            let pause = Duration::from_millis(self.chance.random_range(THINKS_MS));
            tokio::time::sleep_until((Instant::now() + pause).min(until).into()).await;
        }
        listening.abort();
    }

    /// Signs in, opens the overview, and listens from then on.
    async fn arrive(&mut self) -> anyhow::Result<AbortHandle> {
        let body = json!({
            "tenant": self.place.slug, "password": super::PASSWORD,
            "email": format!("person{}@day.example", self.number + 1),
        });
        let request = post_json("/api/v1/auth/login", "", &body.to_string());
        let answer = self.ask(What::SignIn, &request).await?;
        let csrf = answer["data"]["csrf_token"].as_str().context("no token")?;
        let cookie = self
            .connection
            .as_ref()
            .and_then(|it| it.header("set-cookie"));
        let cookie = cookie.context("no cookie")?;
        let cookie = cookie.split(';').next().unwrap_or_default();
        self.headers = format!("Cookie: {cookie}\r\nX-CSRF-Token: {csrf}\r\n");
        self.look_around().await?;
        self.list().await?;
        let connect = json!({ "id": 1, "connect": { "token": self.place.key } });
        let channel = format!("realtime:{}:pipeline:tasks", self.place.slug);
        let subscribe = json!({ "id": 2, "subscribe": { "channel": channel } });
        let door = Door {
            addr: self.place.addr,
            path: "/connection/websocket",
            hello: Some(format!("{connect}\n{subscribe}")),
        };
        let (sender, mut reports) = mpsc::unbounded_channel::<Report>();
        let listener = listen(door, sender).await?;
        let figures = Rc::clone(&self.figures);
        let stop = listener.abort_handle();
        tokio::task::spawn_local(async move {
            while let Some(report) = reports.recv().await {
                figures
                    .events_heard
                    .set(figures.events_heard.get() + report.events);
            }
            // whoever is cut off hears nothing more
            if let Ok(Err(error)) = listener.await {
                figures.error(format!("socket: {error:#}"));
            }
        });
        Ok(stop)
    }

    async fn do_something(&mut self) -> anyhow::Result<()> {
        match self.chance.random_range(0..1_000) {
            0..350 => self.list().await,
            350..500 => self.search().await,
            500..650 => self.open_jamaah().await,
            650..800 => self.look_around().await,
            800..950 => self.go_on_with_a_task().await,
            950..998 => self.comment().await,
            _ => self.import().await,
        }
    }

    async fn look_around(&mut self) -> anyhow::Result<()> {
        for path in ["health", "stages", "bottlenecks", "departures?days=14"] {
            self.read(path).await?;
        }
        Ok(())
    }

    async fn list(&mut self) -> anyhow::Result<()> {
        let filter = FILTERS[self.chance.random_range(0..FILTERS.len())];
        let page = self.read(&format!("tasks?{filter}")).await?;
        let rows = page["data"].as_array().context("no tasks")?;
        let task = |row: &Value| {
            let (id, status) = (row["id"].as_str()?, row["status"].as_str()?);
            Some((id.to_owned(), status.to_owned()))
        };
        self.tasks = rows.iter().filter_map(task).collect();
        Ok(())
    }

    async fn search(&mut self) -> anyhow::Result<()> {
        let page = self.chance.random_range(1..50);
        let page = self.read(&format!("jamaah?limit=20&page={page}")).await?;
        let rows = page["data"].as_array().context("no jamaah")?;
        let ids = rows.iter().filter_map(|row| row["id"].as_str());
        self.jamaah = ids.map(str::to_owned).collect();
        Ok(())
    }

    async fn open_jamaah(&mut self) -> anyhow::Result<()> {
        if self.jamaah.is_empty() {
            return self.search().await;
        }
        let at = self.chance.random_range(0..self.jamaah.len());
        let path = format!("jamaah/{}", self.jamaah[at]);
        self.read(&path).await?;
        Ok(())
    }

    async fn go_on_with_a_task(&mut self) -> anyhow::Result<()> {
        if self.tasks.is_empty() {
            return self.list().await;
        }
        let at = self.chance.random_range(0..self.tasks.len());
        let (id, status) = self.tasks.swap_remove(at);
        let word = match status.as_str() {
            "pending" => "start",
            "in_progress" => "complete",
            "blocked" => "unblock",
            _ => return Ok(()),
        };
        self.write(&format!("tasks/{id}/{word}"), &json!({})).await
    }

    async fn comment(&mut self) -> anyhow::Result<()> {
        let Some((id, _)) = self.tasks.first().cloned() else {
            return self.list().await;
        };
        self.write(
            &format!("tasks/{id}/comments"),
            &json!({ "body": "Sudah ditelepon" }),
        )
        .await
    }

    async fn import(&mut self) -> anyhow::Result<()> {
        let mut file =
            "Nama Lengkap;No. Paspor;Tgl Lahir;JK;Kode Keberangkatan;Tgl Berangkat\n".to_owned();
        for row in 0..10 {
            let passport = self.chance.random_range(1_000_000..9_999_999);
            file.push_str(&format!(
                "Ahmad Santoso {row};Y{passport};1970-05-01;L;DAY-01;2027-06-01\n"
            ));
        }
        let mark = "a-day";
        let body = format!(
            "--{mark}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"day.csv\"\r\n\
             Content-Type: text/csv\r\n\r\n{file}\r\n--{mark}--\r\n"
        );
        let request = format!(
            "POST /api/v1/pipeline/imports HTTP/1.1\r\nHost: bench\r\nContent-Length: {}\r\n\
             Content-Type: multipart/form-data; boundary={mark}\r\n{}\r\n{body}",
            body.len(),
            self.headers
        );
        self.ask(What::Import, request.as_bytes()).await?;
        Ok(())
    }

    async fn read(&mut self, path: &str) -> anyhow::Result<Value> {
        let request = get(&format!("/api/v1/pipeline/{path}"), &self.headers);
        self.ask(What::Read, &request).await
    }

    async fn write(&mut self, path: &str, body: &Value) -> anyhow::Result<()> {
        let path = format!("/api/v1/pipeline/{path}");
        let request = post_json(&path, &self.headers, &body.to_string());
        self.ask(What::Write, &request).await?;
        Ok(())
    }

    async fn ask(&mut self, what: What, request: &[u8]) -> anyhow::Result<Value> {
        if self.connection.is_none() {
            self.connection = Some(Connection::open(self.place.addr).await?);
        }
        let connection = self.connection.as_mut().context("no connection")?;
        let sent = Instant::now();
        tokio::time::timeout(PATIENCE, connection.send(request))
            .await
            .with_context(|| format!("{what:?}: no answer"))??;
        let us = u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX);
        let mut answers = self.figures.answers.borrow_mut();
        if connection.first_line().starts_with("HTTP/1.1 409") {
            answers.conflicts += 1;
            return Ok(Value::Null);
        }
        if !connection.is_ok() {
            bail!("{what:?}: {}", connection.first_line());
        }
        answers.latencies_us.entry(what).or_default().push(us);
        drop(answers);
        Ok(serde_json::from_slice(connection.body())?)
    }
}
