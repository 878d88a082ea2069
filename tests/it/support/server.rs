//! The real program as a process of its own, to be killed and started again.

use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lajur::db::testing::TestDatabase;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, watch};

use super::client::{Answer, Client};
use super::fixture::Tenant;

/// A program that does not start within this long will not start.
const START: Duration = Duration::from_secs(30);
/// Lines of output that are kept for when a test fails.
const KEPT: usize = 2_000;

/// How the program is started.
#[derive(Clone, Debug)]
pub struct Settings {
    variables: Vec<(String, String)>,
}

impl Settings {
    pub fn new(database_url: &str) -> Self {
        let settings = Self {
            variables: Vec::new(),
        };
        settings
            .with("DATABASE_URL", database_url)
            // free ones; the program says which
            .with("LAJUR_HTTP_ADDR", "127.0.0.1:0")
            .with("LAJUR_METRICS_ADDR", "127.0.0.1:0")
            .with("LAJUR_LOG__LEVEL", "warn,lajur::app=info")
            .with("LAJUR_RATE_LIMITS", "off")
    }

    pub fn of(database: &TestDatabase) -> Self {
        Self::new(&database.url)
    }

    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.variables.push((name.to_owned(), value.to_string()));
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lajur"));
        for (name, _) in std::env::vars_os() {
            let ours = |name: &str| name.starts_with("LAJUR_") || name == "REDIS_URL";
            if name.to_str().is_some_and(ours) {
                command.env_remove(name);
            }
        }
        command
            .envs(self.variables.iter().cloned())
            // where nobody keeps a configuration file
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// Runs another command of the program, or one that is to fail, to its
    /// end: whether it succeeded, and what it said.
    pub async fn run(&self, arguments: &[&str]) -> (bool, String) {
        let running = self.command().args(arguments).output();
        let Ok(ended) = tokio::time::timeout(START, running).await else {
            panic!("the program does not end");
        };
        let output = ended.unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(text).unwrap())
    }

    /// Starts the program and waits until it can serve.
    pub async fn start(&self) -> Server {
        let server = self.launch().await;
        let stranger = server.stranger();
        let ready = async || {
            let asked = stranger
                .request(reqwest::Method::GET, "/health/ready")
                .send()
                .await;
            asked.is_ok_and(|response| response.status() == 200)
        };
        until("the program is ready", START, ready).await;
        server
    }

    /// Starts the program and waits until it listens.
    pub async fn launch(&self) -> Server {
        let mut command = self.command();
        command
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let output = Output::default();
        let (address, mut addresses) = mpsc::unbounded_channel();
        output.follow(child.stdout.take().unwrap(), Some(address));
        output.follow(child.stderr.take().unwrap(), None);
        match tokio::time::timeout(START, addresses.recv()).await {
            Ok(Some((address, metrics))) => Server {
                child,
                url: format!("http://{address}"),
                metrics_url: format!("http://{metrics}/metrics"),
                output,
            },
            _ => panic!("the program does not start:\n{}", output.text()),
        }
    }
}

/// A running program. Killed when dropped.
pub struct Server {
    child: Child,
    pub url: String,
    metrics_url: String,
    output: Output,
}

impl Server {
    /// Like `kill -9`: the process has no say in it, and is gone afterwards.
    pub async fn kill(mut self) {
        self.child.start_kill().unwrap();
        self.child.wait().await.unwrap();
    }

    /// Asks the process to stop, and says how long that took.
    pub async fn terminate(mut self) -> Duration {
        let started = Instant::now();
        let pid = self.pid().to_string();
        let status = Command::new("kill").args(["-TERM", &pid]).status().await;
        assert!(status.unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await;
        assert!(ended.is_ok(), "the server does not end");
        started.elapsed()
    }

    pub fn stranger(&self) -> Client {
        Client::new(&self.url)
    }

    /// An API key with all permissions of a tenant.
    pub fn integration(&self, tenant: &Tenant) -> Client {
        self.stranger().with_key(&tenant.key)
    }

    /// Where Prometheus would ask.
    pub fn metrics_address(&self) -> String {
        let address = self.metrics_url.trim_start_matches("http://");
        address.trim_end_matches("/metrics").to_owned()
    }

    /// The last lines of output.
    pub fn lines(&self) -> Vec<String> {
        self.output.text().lines().map(str::to_owned).collect()
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Whether nobody reads what the program writes.
    pub fn hold_output(&self, held: bool) {
        self.output.held.send_replace(held);
    }

    /// How many of the last lines of output have this in them.
    pub fn said(&self, words: &str) -> usize {
        let text = self.output.text();
        text.lines().filter(|line| line.contains(words)).count()
    }

    /// What Prometheus would read.
    pub async fn metrics(&self) -> String {
        let answer = reqwest::get(&self.metrics_url).await.unwrap();
        answer.text().await.unwrap()
    }

    /// Memory that the process holds.
    pub fn resident_kib(&self) -> u64 {
        self.kernel_says("VmRSS").parse().unwrap()
    }

    /// A field of `/proc/<pid>/status`, without its unit.
    pub fn kernel_says(&self, field: &str) -> String {
        let path = format!("/proc/{}/status", self.pid());
        let status = std::fs::read_to_string(path).unwrap();
        let mut lines = status.lines().filter_map(|line| line.split_once(':'));
        let (_, value) = lines.find(|(name, _)| *name == field).unwrap();
        value.split_whitespace().next().unwrap().to_owned()
    }

    /// Checks that no thread has panicked and that nobody was told of a fault.
    #[track_caller]
    pub fn assert_sane(&self) {
        let text = self.output.text();
        for word in ["panicked", "\"http.status\":500"] {
            assert!(!text.contains(word), "{text}");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the program at {} said:\n{}", self.url, self.output.text());
        }
    }
}

/// The last lines that the program has written.
#[derive(Clone, Default)]
struct Output {
    lines: Arc<Mutex<VecDeque<String>>>,
    held: Arc<watch::Sender<bool>>,
}

impl Output {
    fn follow(
        &self,
        stream: impl AsyncRead + Unpin + Send + 'static,
        address: Option<mpsc::UnboundedSender<(String, String)>>,
    ) {
        let kept = Arc::clone(&self.lines);
        let mut held = self.held.subscribe();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stream).lines();
            // whoever could hold it is gone with the server
            while held.wait_for(|held| !held).await.is_ok()
                && let Ok(Some(line)) = lines.next_line().await
            {
                if let (Some(address), Ok(said)) = (&address, serde_json::from_str::<Value>(&line))
                    && said["message"] == "listening"
                    && let Some(text) = said["http.addr"].as_str()
                    && let Some(metrics) = said["metrics.addr"].as_str()
                {
                    let _ = address.send((text.to_owned(), metrics.to_owned()));
                }
                let mut kept = kept.lock().unwrap();
                if kept.len() == KEPT {
                    kept.pop_front();
                }
                kept.push_back(line);
            }
        });
    }

    fn text(&self) -> String {
        self.lines
            .lock()
            .unwrap()
            .iter()
            .map(|line| format!("{line}\n"))
            .collect()
    }
}

/// Where the tests' Redis is.
pub fn redis_url() -> String {
    std::env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:6379".to_owned())
}

/// Host and port of it, for a [`Proxy`](super::proxy::Proxy) before it.
pub fn redis_address() -> String {
    let url = redis_url();
    let address = url.split_once("://").unwrap().1;
    let address = address.split('/').next().unwrap();
    address.rsplit('@').next().unwrap().to_owned()
}

/// Asks until it is so, for at most `bound`.
pub async fn until(what: &str, bound: Duration, mut is_so: impl AsyncFnMut() -> bool) {
    let started = Instant::now();
    while !is_so().await {
        assert!(started.elapsed() < bound, "not within {bound:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Follows a list to its last page.
pub async fn all_pages(client: &Client, path: &str) -> Vec<Value> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let mut all = Vec::new();
    for page in 1.. {
        let answer: Answer = client
            .get(&format!("{path}{joint}page={page}&limit=100"))
            .await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        let body = answer.json();
        let rows = body["data"]
            .as_array()
            .unwrap_or_else(|| panic!("{path} is no list: {body}"));
        all.extend(rows.iter().cloned());
        if page >= body["meta"]["pages"].as_u64().unwrap() {
            break;
        }
    }
    all
}
