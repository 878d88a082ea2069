//! The published client libraries, each as a program that is told what to do and
//! tells what it sees (`tests/sdk`). `scripts/sdk` installs them.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use lajur::config::secret::Secret;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    JavaScript,
    Python,
}

impl Library {
    fn command(self) -> Command {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let (program, script) = match self {
            Self::JavaScript => (PathBuf::from("node"), "tests/sdk/javascript/client.mjs"),
            Self::Python => (
                root.join(".local/sdk/python/bin/python"),
                "tests/sdk/python/client.py",
            ),
        };
        let mut command = Command::new(program);
        command.arg(root.join(script));
        command
    }
}

/// A client in a process of its own. Ended when dropped.
pub struct Sdk {
    child: Child,
    told: ChildStdin,
    sees: Lines<BufReader<ChildStdout>>,
    /// Everything it has seen so far.
    pub seen: Vec<Value>,
}

impl Sdk {
    pub fn start(library: Library, url: &str, key: &Secret) -> Self {
        let mut child = library
            .command()
            .env("LAJUR_URL", url)
            .env("LAJUR_KEY", key.expose())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{library:?}: {error}; scripts/sdk installs it"));
        Self {
            told: child.stdin.take().unwrap(),
            sees: BufReader::new(child.stdout.take().unwrap()).lines(),
            child,
            seen: Vec::new(),
        }
    }

    pub async fn tell(&mut self, deed: Value) {
        self.told
            .write_all(format!("{deed}\n").as_bytes())
            .await
            .unwrap();
    }

    /// Subscribes; with `get_state` the position comes from REST.
    pub async fn subscribe(&mut self, channel: &str, get_state: bool) {
        let deed = json!({ "do": "subscribe", "channel": channel, "get_state": get_state });
        self.tell(deed).await;
    }

    /// The next thing it sees.
    pub async fn next(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.sees.next_line()).await;
        let line = match line {
            Ok(line) => line.unwrap(),
            Err(_) => panic!("nothing comes any more; seen were {:#?}", self.last()),
        };
        let line = line.unwrap_or_else(|| panic!("the client has ended: {:#?}", self.last()));
        let saw: Value = serde_json::from_str(&line).unwrap();
        self.seen.push(saw.clone());
        saw
    }

    /// Waits until it sees something.
    pub async fn sees(&mut self, what: &str) -> Value {
        self.sees_that(what, |_| true).await
    }

    pub async fn sees_that(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let saw = self.next().await;
            if saw["saw"] == what && is_it(&saw) {
                return saw;
            }
        }
    }

    /// The offsets of the publications of a channel that it has seen.
    pub fn offsets(&self, channel: &str) -> Vec<i64> {
        let of_channel = |saw: &&Value| saw["saw"] == "publication" && saw["channel"] == channel;
        let publications = self.seen.iter().filter(of_channel);
        publications
            .map(|saw| saw["offset"].as_i64().unwrap())
            .collect()
    }

    pub fn count(&self, what: &str) -> usize {
        self.seen.iter().filter(|saw| saw["saw"] == what).count()
    }

    fn last(&self) -> &[Value] {
        self.seen
            .get(self.seen.len().saturating_sub(12)..)
            .unwrap_or_default()
    }

    /// Whether the process is still there.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}
