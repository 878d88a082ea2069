//! A test per rule of the protocol, a model that any order of events must agree
//! with, and noise.

mod connecting;
mod delivering;
mod feed;
mod limits;
mod model;
mod noise;
mod questions;
mod rights;
mod subscribing;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::feed::{Item, TestFeed, identity, principal};
use super::*;
use crate::realtime::protocol::UnsubscribeCode;

const TASKS: &str = "realtime:amanah:pipeline:tasks";
const HEALTH: &str = "realtime:amanah:pipeline:health";
const SECOND: Duration = Duration::from_secs(1);

/// A connection, the log that it sees, and the time.
struct Connection {
    session: Session,
    feed: TestFeed,
    now: Instant,
}

impl Connection {
    fn fresh(settings: Settings) -> Self {
        let now = Instant::now();
        Self {
            session: Session::new(Arc::new(settings), Arc::from("c1"), 0, now),
            feed: TestFeed::default(),
            now,
        }
    }

    /// Admitted with all rights.
    fn open_with(settings: Settings) -> Self {
        let mut connection = Self::fresh(settings);
        connection.say(json!({"id": 1, "connect": {}}));
        let effects = connection.admit(Ok(admission()));
        assert_eq!(closed(&effects), None);
        connection
    }

    fn open() -> Self {
        Self::open_with(Settings::default())
    }

    /// Open, and subscribed to [`TASKS`].
    fn subscribed() -> Self {
        let mut connection = Self::open();
        let reply = connection.say(json!({"id": 2, "subscribe": {"channel": TASKS}}));
        assert!(lines(&reply)[0]["subscribe"].is_object());
        connection
    }

    fn send(&mut self, message: &str) -> Vec<Effect> {
        self.session.receive(message, self.now, Some(&self.feed))
    }

    fn say(&mut self, command: Value) -> Vec<Effect> {
        self.send(&command.to_string())
    }

    fn admit(&mut self, outcome: Result<Admission, Refusal>) -> Vec<Effect> {
        self.session.admitted(outcome, self.now, Some(&self.feed))
    }

    fn answer(&mut self, question: u64, answer: Result<Answer, ErrorCode>) -> Vec<Effect> {
        self.session
            .answered(question, answer, self.now, Some(&self.feed))
    }

    fn pull(&mut self) -> Vec<Effect> {
        self.session.pull(self.now, Some(&self.feed))
    }

    fn pong(&mut self, total: u64) -> Vec<Effect> {
        self.session.pong(total, self.now, Some(&self.feed))
    }

    fn after(&mut self, time: Duration) -> Vec<Effect> {
        self.now += time;
        self.session.tick(self.now, Some(&self.feed))
    }

    fn counted(&mut self, what: Counted) -> u64 {
        self.session
            .take_counts()
            .get(&what)
            .copied()
            .unwrap_or_default()
    }
}

fn admission() -> Admission {
    Admission {
        identity: identity(),
        principal: principal(&[], &crate::domain::principal::Permission::ALL),
        slug: Arc::from("amanah"),
        at: 0,
        expires_in: None,
    }
}

fn messages(effects: &[Effect]) -> Vec<String> {
    let text = |effect: &Effect| match effect {
        Effect::Send(bytes) => Some(String::from_utf8(bytes.to_vec()).unwrap()),
        _ => None,
    };
    effects.iter().filter_map(text).collect()
}

fn lines(effects: &[Effect]) -> Vec<Value> {
    messages(effects)
        .iter()
        .flat_map(|message| message.split('\n').map(str::to_owned).collect::<Vec<_>>())
        .map(|line| serde_json::from_str(&line).unwrap())
        .collect()
}

/// The codes of error replies.
fn errors(effects: &[Effect]) -> Vec<u64> {
    let code = |line: &Value| line["error"]["code"].as_u64();
    lines(effects).iter().filter_map(code).collect()
}

/// The offsets of publications.
fn offsets(effects: &[Effect]) -> Vec<i64> {
    let offset = |line: &Value| line["push"]["pub"]["offset"].as_i64();
    lines(effects).iter().filter_map(offset).collect()
}

/// The channels and codes of unsubscribe pushes.
fn unsubscribed(effects: &[Effect]) -> Vec<(String, u64)> {
    let push = |line: &Value| {
        let code = line["push"]["unsubscribe"]["code"].as_u64()?;
        Some((line["push"]["channel"].as_str()?.to_owned(), code))
    };
    lines(effects).iter().filter_map(push).collect()
}

fn closed(effects: &[Effect]) -> Option<u16> {
    let last = effects.last()?;
    for effect in &effects[..effects.len() - 1] {
        assert!(!matches!(effect, Effect::Close { .. }), "something follows");
    }
    match last {
        Effect::Close { code } => Some(code.code()),
        _ => None,
    }
}

fn probes(effects: &[Effect]) -> Vec<u64> {
    let total = |effect: &Effect| match effect {
        Effect::Probe(total) => Some(*total),
        _ => None,
    };
    effects.iter().filter_map(total).collect()
}

fn loads(effects: &[Effect]) -> Vec<i64> {
    let after = |effect: &Effect| match effect {
        Effect::Load { after } => Some(*after),
        _ => None,
    };
    effects.iter().filter_map(after).collect()
}

fn question(effects: &[Effect]) -> Question {
    let question = |effect: &Effect| match effect {
        Effect::Ask(question) => Some(question.clone()),
        _ => None,
    };
    effects.iter().find_map(question).expect("a question")
}
