//! Callers who work on the same tasks and jamaah at once, and remember every
//! answer, so that the oracle can hold them against the log.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::fixture::Tenant;
use super::load_calls::{Answered, Asked, Call, Expected, answer};
use super::load_season::Season;

/// One of many, with chance and memory of its own.
pub struct Caller {
    name: String,
    rng: ChaCha8Rng,
    http: reqwest::Client,
    bearer: String,
    count: u32,
    /// What this caller has been told last of the status of tasks, and of
    /// their version.
    known: BTreeMap<Uuid, (String, Option<i64>)>,
    pub calls: Vec<Call>,
    /// Put into every key; the proxy looks for it.
    pub mark: &'static str,
    /// How many of a hundred commands carry a key.
    pub keyed_percent: u32,
}

impl Caller {
    pub fn new(number: u64, tenant: &Tenant) -> Self {
        Self {
            name: format!("caller{number}"),
            rng: ChaCha8Rng::seed_from_u64(number),
            http: reqwest::Client::builder()
                // sooner than the server, which would close one just when it is used again
                .pool_idle_timeout(Duration::from_secs(1))
                .timeout(Duration::from_secs(30))
                .build()
                .unwrap(),
            bearer: format!("Bearer {}", tenant.key.expose()),
            count: 0,
            known: BTreeMap::new(),
            calls: Vec::new(),
            mark: "key",
            keyed_percent: 50,
        }
    }

    pub fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_ratio(percent, 100)
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        from.choose(&mut self.rng).unwrap()
    }

    /// Gives a command about a task, mostly one that would make sense if the
    /// task still were as this caller knows it, some with the version.
    pub async fn work(&mut self, url: &str, season: &Season) -> Call {
        let familiar: Vec<Uuid> = self.known.keys().copied().collect();
        let task = match familiar.len() > 5 && self.chance(70) {
            true => *self.pick(&familiar),
            false => *self.pick(&season.tasks),
        };
        let base = format!("/api/v1/pipeline/tasks/{task}");
        let known = self.known.get(&task).cloned();
        let words: &[&str] = match known.as_ref().map(|(status, _)| status.as_str()) {
            // as all are in the beginning
            None | Some("pending") => &["start", "complete", "block", "edit"],
            Some("in_progress") => &["complete", "block", "edit"],
            Some("blocked") => &["unblock", "unblock", "edit"],
            Some("completed") => &["reopen", "reopen", "edit"],
            Some(_) => &["edit"],
        };
        let word = *self.pick(words);
        let body = match word {
            "block" => json!({ "reason": "the scan is blurred" }),
            "edit" => json!({ "notes": format!("{} was here", self.name) }),
            _ => json!({}),
        };
        let asked = match word {
            "edit" => Asked {
                method: Method::PUT,
                path: base,
                body,
                subject: task,
            },
            _ => Asked {
                method: Method::POST,
                path: format!("{base}/{word}"),
                body,
                subject: task,
            },
        };
        let expected = match (known, word) {
            (Some((_, Some(version))), _) if self.chance(50) => Expected::Version(version),
            (_, "edit") => Expected::Anything,
            _ => Expected::Nothing,
        };
        let key = self.chance(self.keyed_percent).then(|| self.new_key());
        self.give(url, asked, expected, key).await
    }

    /// Writes a note on a task, with a key: possible in whatever state it is.
    pub async fn note(&mut self, url: &str, season: &Season) -> Call {
        let task = *self.pick(&season.tasks);
        let asked = Asked {
            method: Method::PUT,
            path: format!("/api/v1/pipeline/tasks/{task}"),
            body: json!({ "notes": format!("note {} of {}", self.count, self.name) }),
            subject: task,
        };
        let key = Some(self.new_key());
        self.give(url, asked, Expected::Anything, key).await
    }

    /// Gives a command about a jamaah.
    pub async fn manage(&mut self, url: &str, jamaah: Uuid, word: &str) -> Call {
        let asked = Asked {
            method: Method::POST,
            path: format!("/api/v1/pipeline/jamaah/{jamaah}/{word}"),
            body: if word == "resume" {
                json!({})
            } else {
                json!({ "reason": "decided by hand" })
            },
            subject: jamaah,
        };
        let key = self.chance(self.keyed_percent).then(|| self.new_key());
        self.give(url, asked, Expected::Nothing, key).await
    }

    /// As `Retry-After` asks, in miniature.
    pub async fn wait_a_little(&self) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    /// The same command again, with its key if it had one.
    pub async fn repeat(&mut self, url: &str, call: &Call) -> Call {
        self.give(url, call.command.clone(), call.expected, call.key.clone())
            .await
    }

    fn new_key(&self) -> String {
        format!("{}-{}-{}", self.mark, self.name, self.count)
    }

    pub async fn give(
        &mut self,
        url: &str,
        command: Asked,
        expected: Expected,
        key: Option<String>,
    ) -> Call {
        self.count += 1;
        let request_id = format!("{}-{}", self.name, self.count);
        let mut request = self
            .http
            .request(command.method.clone(), format!("{url}{}", command.path))
            .header("authorization", &self.bearer)
            .header("x-request-id", &request_id)
            .json(&command.body);
        request = match expected {
            Expected::Nothing => request,
            Expected::Anything => request.header("if-match", "*"),
            Expected::Version(version) => request.header("if-match", format!("\"{version}\"")),
        };
        if let Some(key) = &key {
            request = request.header("idempotency-key", key);
        }
        let sent = Instant::now();
        let answered = answer(request).await;
        let took = sent.elapsed();
        self.learn(&command, &answered);
        let call = Call {
            request_id,
            key,
            command,
            expected,
            answered,
            sent,
            took,
        };
        self.calls.push(call.clone());
        call
    }

    fn learn(&mut self, command: &Asked, answered: &Answered) {
        let (status, version) = match answered {
            _ if !command.path.contains("/tasks/") => return,
            Answered::Acknowledged { data, .. } => (&data["status"], &data["version"]),
            Answered::Refused { details, .. } => match &details["current"] {
                Value::Null => (&details["from"], &Value::Null),
                row => (&row["status"], &row["version"]),
            },
            _ => return,
        };
        if let Some(status) = status.as_str() {
            let known = (status.to_owned(), version.as_i64());
            self.known.insert(command.subject, known);
        }
    }
}
