//! Commands as they were given, and what was heard of them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use uuid::Uuid;

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
    Refused {
        code: String,
        details: Value,
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

/// Checks what every answer must be, and reads it.
pub async fn answer(request: reqwest::RequestBuilder) -> Answered {
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
            details: error["details"].clone(),
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
