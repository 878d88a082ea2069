//! The real Prometheus and Alertmanager, as the system's packages have them, with the files of this repository.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use super::server::until;

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(20);
/// Nor does an alert, on a machine that has other work.
const FIRES: Duration = Duration::from_secs(40);

/// Whether these tests are left out, which has to be asked for.
pub fn left_out() -> bool {
    let off = std::env::var("LAJUR_MONITORING_TESTS").is_ok_and(|value| value == "off");
    if off {
        eprintln!("left out: LAJUR_MONITORING_TESTS=off");
    }
    off
}

pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub fn read(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A program of the system, under any of its names.
pub fn program(names: &[&str]) -> PathBuf {
    let path = std::env::var("PATH").unwrap_or_default();
    let folders = path.split(':').chain(["/usr/sbin", "/usr/local/sbin"]);
    let found = folders
        .flat_map(|folder| names.iter().map(move |name| Path::new(folder).join(name)))
        .find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "{} is not installed: run scripts/monitoring, or leave these tests out with LAJUR_MONITORING_TESTS=off",
            names[0]
        )
    })
}

/// Runs a program to its end, which has to be a good one.
pub async fn run(names: &[&str], arguments: &[&str]) -> String {
    let mut command = Command::new(program(names));
    command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().await.unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{names:?} {arguments:?}: {text}");
    text
}

/// A port that is free, in all likelihood until somebody takes it at once.
pub async fn free_address() -> String {
    // connections go out from 127.0.0.1, and could take a port there before it is listened on
    let listener = TcpListener::bind(("127.0.0.2", 0)).await.unwrap();
    listener.local_addr().unwrap().to_string()
}

/// A program that serves until it is dropped.
pub struct Serving {
    pub address: String,
    _child: Child,
    folder: TempDir,
}

impl Serving {
    async fn start(command: &mut Command, address: String, folder: TempDir) -> Self {
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = command
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let serving = Self {
            address,
            _child: child,
            folder,
        };
        let ready = format!("http://{}/-/ready", serving.address);
        until("the program is ready", PATIENCE, async || {
            let answer = reqwest::get(&ready).await;
            answer.is_ok_and(|answer| answer.status() == 200)
        })
        .await;
        serving
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log"));
            eprintln!("{} said:\n{}", self.address, log.unwrap_or_default());
        }
    }
}

pub struct Prometheus(Serving);

impl Prometheus {
    /// Scrapes twice a second and evaluates the rules of the repository as often, with windows that `shorten` has
    /// shortened; `for` is a second.
    pub async fn start(
        targets: &[&str],
        alertmanager: Option<&str>,
        shorten: impl Fn(&str) -> String,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rules = folder.path().join("rules");
        std::fs::create_dir(&rules).unwrap();
        for name in ["recording.rules.yml", "alerts.rules.yml"] {
            let text = read(&format!("deploy/prometheus/rules/{name}"));
            let lines = shorten(&text);
            let lines = lines.lines().map(|line| match line.split_once("for: ") {
                Some((space, _)) if space.trim().is_empty() => format!("{space}for: 1s\n"),
                _ => format!("{line}\n"),
            });
            std::fs::write(rules.join(name), lines.collect::<String>()).unwrap();
        }
        let targets = targets.join(", ");
        let config = read("deploy/prometheus/prometheus.yml")
            .replace("15s", "500ms")
            .replace("lajur-1:9464, lajur-2:9464", &targets)
            .replace("alertmanager:9093", alertmanager.unwrap_or("127.0.0.1:1"));
        assert!(config.contains(&targets), "{config}");
        std::fs::write(folder.path().join("prometheus.yml"), config).unwrap();
        let address = free_address().await;
        let mut command = Command::new(program(&["prometheus"]));
        command.args([
            "--config.file=prometheus.yml",
            "--storage.tsdb.path=data",
            &format!("--web.listen-address={address}"),
        ]);
        Self(Serving::start(&mut command, address, folder).await)
    }

    async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let text = serde_urlencoded::to_string(query).unwrap();
        let url = format!("http://{}/api/v1/{path}?{text}", self.0.address);
        let answer = reqwest::get(url).await.unwrap();
        answer.json().await.unwrap()
    }

    /// What an expression gives now, or why it gives nothing.
    pub async fn query(&self, expression: &str) -> Result<Vec<Value>, String> {
        let answer = self.ask("query", &[("query", expression)]).await;
        match answer["data"]["result"].as_array() {
            Some(series) => Ok(series.clone()),
            None => Err(answer["error"].to_string()),
        }
    }

    /// The rules as Prometheus has read them.
    pub async fn rules(&self) -> Vec<Value> {
        let answer = self.ask("rules", &[]).await;
        let groups = answer["data"]["groups"].as_array().unwrap().clone();
        let rules = groups.iter().flat_map(|group| group["rules"].as_array());
        rules.flatten().cloned().collect()
    }

    /// The names of all metrics there are.
    pub async fn names(&self) -> BTreeSet<String> {
        let answer = self.ask("label/__name__/values", &[]).await;
        let names = answer["data"].as_array().unwrap().iter();
        names
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    }

    /// The alerts that fire.
    pub async fn firing(&self) -> BTreeSet<String> {
        let answer = self.ask("alerts", &[]).await;
        let alerts = answer["data"]["alerts"].as_array().unwrap().iter();
        let firing = alerts.filter(|alert| alert["state"] == "firing");
        firing
            .map(|alert| alert["labels"]["alertname"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Does the same again and again until all of these have fired.
    pub async fn fires(&self, alerts: &[&str], mut work: impl AsyncFnMut()) {
        let missing = RefCell::new(alerts.to_vec());
        let working = async {
            loop {
                work().await;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let watching = async {
            while !missing.borrow().is_empty() {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let firing = self.firing().await;
                let mut missing = missing.borrow_mut();
                missing.retain(|alert| !firing.contains(*alert));
            }
        };
        tokio::select! {
            () = watching => {}
            () = working => {}
            () = tokio::time::sleep(FIRES) => panic!("not within {FIRES:?}: {:?} fire", missing.borrow()),
        }
    }
}

pub struct Alertmanager(Serving);

impl Alertmanager {
    /// The example of the repository, with secrets in files and receivers here: Slack and PagerDuty at `requests`,
    /// mail at `mail`. It tells them at once.
    pub async fn start(requests: &str, mail: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secrets = folder.path().join("secrets");
        std::fs::create_dir(&secrets).unwrap();
        let secret = |name: &str, text: &str| std::fs::write(secrets.join(name), text).unwrap();
        secret("slack_url", &format!("http://{requests}/slack"));
        secret("pagerduty_key", "0123456789abcdef0123456789abcdef");
        secret("smtp_password", "hush");
        let templates = repository("deploy/alertmanager/templates");
        let config = read("deploy/alertmanager/alertmanager.yml")
            .replace("/etc/alertmanager/secrets", secrets.to_str().unwrap())
            .replace("/etc/alertmanager/templates", templates.to_str().unwrap())
            .replace("mail.example.com:587", mail)
            .replace("smtp_require_tls: true", "smtp_require_tls: false")
            .replace("group_wait: 30s", "group_wait: 0s")
            .replace(
                "global:\n",
                &format!("global:\n  pagerduty_url: http://{requests}/pagerduty\n"),
            );
        std::fs::write(folder.path().join("alertmanager.yml"), config).unwrap();
        let address = free_address().await;
        let mut command = Command::new(program(&["prometheus-alertmanager", "alertmanager"]));
        command.args([
            "--config.file=alertmanager.yml",
            "--storage.path=data",
            "--cluster.listen-address=",
            &format!("--web.listen-address={address}"),
        ]);
        Self(Serving::start(&mut command, address, folder).await)
    }

    pub fn address(&self) -> &str {
        &self.0.address
    }
}
