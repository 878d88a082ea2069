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
use super::load_season::Season;

/// A command as it was given, and what was heard of it.
#[derive(Clone, Debug)]
pub struct Call {
    /// Of this attempt alone.
    pub request_id: String,
    /// The same when it is given again.
    pub key: Option<String>,
    pub command: Asked,
    pub expected: Expected,
    pub answered: Answered,
    pub sent: Instant,
    pub took: Duration,
}

#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub body: Value,
    pub subject: Uuid,
}

impl Asked {
    /// Possible in whatever state the task is.
    pub fn is_note(&self) -> bool {
        self.body["notes"]
            .as_str()
            .is_some_and(|notes| notes.starts_with("note "))
    }
}

/// What `If-Match` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Nothing,
    /// `*`: whatever is there.
    Anything,
    Version(i64),
}

#[derive(Clone, Debug)]
pub enum Answered {
    Acknowledged {
        seq: i64,
        version: Option<i64>,
        replayed: bool,
        data: Value,
    },
    /// With a code and, where the version was wrong, the row as it is.
    Refused {
        code: String,
        current: Value,
    },
    Unavailable {
        outcome_unknown: bool,
    },
    /// The connection broke.
    Silence,
}

impl Call {
    pub fn is_acknowledged(&self) -> bool {
        matches!(self.answered, Answered::Acknowledged { .. })
    }

    pub fn is_unavailable(&self) -> bool {
        matches!(self.answered, Answered::Unavailable { .. })
    }

    /// Nobody knows whether it has been carried out.
    pub fn is_open(&self) -> bool {
        matches!(
            self.answered,
            Answered::Unavailable {
                outcome_unknown: true
            } | Answered::Silence
        )
    }
}

/// One of many, with chance and memory of its own.
pub struct Caller {
    name: String,
    rng: ChaCha8Rng,
    http: reqwest::Client,
    bearer: String,
    count: u32,
    /// The newest version and status that this caller has been told of.
    known: BTreeMap<Uuid, (i64, String)>,
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
        let words: &[&str] = match known.as_ref().map(|(_, status)| status.as_str()) {
            Some("pending") => &["start", "complete", "block", "edit"],
            Some("in_progress") => &["complete", "block", "edit"],
            Some("blocked") => &["unblock", "unblock", "edit"],
            Some("completed") => &["reopen", "reopen", "edit"],
            _ => &["start", "complete", "block", "unblock", "reopen", "edit"],
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
            (Some((version, _)), _) if self.chance(50) => Expected::Version(version),
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
        let subject = command.subject;
        let row = match &answered {
            Answered::Acknowledged { data, .. } => data,
            Answered::Refused { current, .. } => current,
            _ => &Value::Null,
        };
        match (row["version"].as_i64(), row["status"].as_str()) {
            (Some(version), Some(status)) => {
                self.known.insert(subject, (version, status.to_owned()));
            }
            // something else than this caller knew
            _ => drop(self.known.remove(&subject)),
        }
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
}

/// Checks what every answer must be, and reads it.
async fn answer(request: reqwest::RequestBuilder) -> Answered {
    let Ok(response) = request.send().await else {
        return Answered::Silence;
    };
    let status = response.status().as_u16();
    let replayed = response.headers().contains_key("idempotency-replayed");
    let retry_after = response.headers().contains_key("retry-after");
    let Ok(text) = response.text().await else {
        return Answered::Silence;
    };
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: {text}"));
    let (data, error) = (&body["data"], &body["error"]);
    match status {
        200 | 201 => Answered::Acknowledged {
            seq: body["meta"]["seq"]
                .as_i64()
                .unwrap_or_else(|| panic!("no seq: {text}")),
            version: data["version"].as_i64(),
            replayed,
            data: data.clone(),
        },
        503 => {
            assert_eq!(error["code"], "UNAVAILABLE", "{text}");
            assert!(retry_after, "no Retry-After: {text}");
            Answered::Unavailable {
                outcome_unknown: error["details"]["outcome_unknown"] == true,
            }
        }
        404 | 409 | 422 => Answered::Refused {
            code: error["code"].as_str().unwrap().to_owned(),
            current: error["details"]["current"].clone(),
        },
        _ => panic!("{status}: {text}"),
    }
}

/// How the calls were answered, for messages.
pub fn summary(calls: &[Call]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for call in calls {
        let word = match &call.answered {
            Answered::Acknowledged { replayed: true, .. } => "acknowledged again".to_owned(),
            Answered::Acknowledged { .. } => "acknowledged".to_owned(),
            Answered::Refused { code, .. } => code.clone(),
            Answered::Unavailable {
                outcome_unknown: true,
            } => "unavailable, unknown".to_owned(),
            Answered::Unavailable { .. } => "unavailable".to_owned(),
            Answered::Silence => "silence".to_owned(),
        };
        *counts.entry(word).or_default() += 1;
    }
    format!("{} calls: {counts:?}", calls.len())
}
