//! Messages that no client should send: none may end the process, and each
//! connection goes on or ends with a code of the protocol.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

const FRAMES: usize = 100_000;

/// What mutations start from.
const SEEDS: [&str; 12] = [
    r#"{"id":1,"connect":{"token":"t","name":"js"}}"#,
    r#"{"id":2,"subscribe":{"channel":"realtime:amanah:pipeline:tasks","recover":true,"offset":3,"epoch":"e1","flag":2}}"#,
    r#"{"id":3,"subscribe":{"channel":"realtime:amanah:pipeline:health"}}"#,
    r#"{"id":4,"unsubscribe":{"channel":"realtime:amanah:pipeline:tasks"}}"#,
    r#"{"id":5,"presence":{"channel":"realtime:amanah:pipeline:tasks"}}"#,
    r#"{"id":6,"presence_stats":{"channel":"realtime:amanah:pipeline:tasks"}}"#,
    r#"{"id":7,"history":{"channel":"realtime:amanah:pipeline:tasks","limit":9,"since":{"offset":2,"epoch":"e1"},"reverse":true}}"#,
    r#"{"id":8,"rpc":{"method":"m","data":[[{}]]}}"#,
    r#"{"id":9,"refresh":{"token":"t"}}"#,
    r#"{"send":{"data":1}}"#,
    "{}",
    r#"{"id":10,"subscribe":{"channel":"realtime:amanah:user:0190a5c0-0000-7000-8000-00000000000a","offset":18446744073709551615,"recover":true}}"#,
];

const PIECES: [&str; 16] = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\n",
    "null",
    "-1",
    "1e999",
    "\\u0000",
    "true",
    "é",
    "\"id\":1",
    "\"connect\":{}",
];

fn frame(rng: &mut ChaCha8Rng) -> String {
    if rng.random_ratio(1, 5) {
        let length = rng.random_range(0..12);
        return (0..length)
            .map(|_| PIECES[rng.random_range(0..PIECES.len())])
            .collect();
    }
    let lines: Vec<_> = (0..rng.random_range(1..4))
        .map(|_| SEEDS[rng.random_range(0..SEEDS.len())])
        .collect();
    let mut text: Vec<char> = lines.join("\n").chars().collect();
    for _ in 0..rng.random_range(0..3) {
        let at = rng.random_range(0..=text.len());
        let upto = (at + rng.random_range(0..6)).min(text.len());
        let piece = PIECES[rng.random_range(0..PIECES.len())];
        match rng.random_range(0..3) {
            0 => text.truncate(at),
            1 => drop(text.drain(at..upto)),
            _ => drop(text.splice(at..upto, piece.chars())),
        }
    }
    text.into_iter().collect()
}

#[test]
fn noise_ends_in_documented_codes() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let mut codes = std::collections::BTreeSet::new();
    let mut connection = Connection::fresh(Settings::default());
    for number in 0..FRAMES {
        let message = frame(&mut rng);
        let mut effects = connection.send(&message);
        // whoever is asked answers
        while let Some(asked) = effects.iter().find(|effect| is_question(effect)).cloned() {
            assert!(lines(&effects).iter().all(Value::is_object), "{message}");
            effects = connection.answer_somehow(&asked);
        }
        assert!(lines(&effects).iter().all(Value::is_object), "{message}");
        connection.feed.tasks(usize::from(number % 50 == 0));
        if let Some(code) = closed(&effects) {
            codes.insert(code);
            connection = Connection::fresh(Settings::default());
        } else if number % 40 == 0 {
            connection = Connection::fresh(Settings::default());
            connection.say(json!({"id": 1, "connect": {}}));
            connection.answer_somehow(&Effect::Authenticate { token: None });
        }
    }
    // bad requests, and those that are right and not offered
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), [3501, 3508]);
}

fn is_question(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Authenticate { .. } | Effect::Refresh { .. } | Effect::Ask(_)
    )
}

impl Connection {
    fn answer_somehow(&mut self, asked: &Effect) -> Vec<Effect> {
        match asked {
            Effect::Refresh { question, .. } => {
                let outcome = Err(Refusal::Busy);
                self.session
                    .refreshed(*question, outcome, self.now, Some(&self.feed))
            }
            Effect::Ask(question) => {
                let answer = match question.id % 3 {
                    0 => Ok(Answer::Presence(vec![])),
                    1 => Ok(Answer::History(vec![])),
                    _ => Err(ErrorCode::Internal),
                };
                self.answer(question.id, answer)
            }
            _ => self.admit(Ok(Admission {
                expires_in: Some(SECOND * 900),
                ..admission()
            })),
        }
    }
}
