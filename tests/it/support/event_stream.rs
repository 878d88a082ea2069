//! A reader of Server-Sent Events.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use reqwest::Method;
use serde_json::Value;

use super::client::Client;

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct EventStream {
    pieces: BoxStream<'static, reqwest::Result<Bytes>>,
    text: String,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub id: Option<i64>,
    pub name: String,
    pub data: Value,
}

impl EventStream {
    pub async fn open(client: &Client, channel: &str, after: Option<i64>) -> Self {
        let path = format!("/api/v1/events?channel={channel}");
        let mut request = client.request(Method::GET, &path);
        if let Some(after) = after {
            request = request.header("last-event-id", after);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            pieces: response.bytes_stream().boxed(),
            text: String::new(),
        }
    }

    /// The next event; comments are passed over.
    pub async fn next(&mut self) -> Event {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = parse(block);
                self.text = rest.to_owned();
                if let Some(event) = event {
                    return event;
                }
            }
            let piece = tokio::time::timeout(PATIENCE, self.pieces.next()).await;
            let Ok(Some(piece)) = piece else {
                panic!("nothing comes any more")
            };
            self.text
                .push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
        }
    }
}

fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    Some(Event {
        id: field("id").map(|id| id.parse().unwrap()),
        name: field("event")?.to_owned(),
        data: serde_json::from_str(field("data")?).unwrap(),
    })
}
