//! Somebody who keeps looking, and remembers what was shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use lajur::domain::time::Timestamp;
use serde_json::Value;

use super::client::Client;

/// One look at a page.
#[derive(Clone, Debug)]
pub struct Look {
    pub path: &'static str,
    pub sent: Instant,
    pub took: Duration,
    pub status: u16,
    pub stale: bool,
    pub as_of: Option<Timestamp>,
}

/// Looks at the pages in turn until told to stop.
pub async fn look(
    client: Client,
    pages: &'static [&'static str],
    stop: Arc<AtomicBool>,
) -> Vec<Look> {
    let mut looks = Vec::new();
    for path in pages.iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let sent = Instant::now();
        let answer = client.get(path).await;
        let took = sent.elapsed();
        let meta = match serde_json::from_str::<Value>(&answer.text) {
            Ok(body) => body["meta"].clone(),
            Err(_) => Value::Null,
        };
        looks.push(Look {
            path,
            sent,
            took,
            status: answer.status,
            stale: meta["stale"] == true,
            as_of: meta["as_of"].as_str().and_then(|text| text.parse().ok()),
        });
        // people look, they do not hammer
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    looks
}
