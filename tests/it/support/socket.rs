//! A client of the socket that speaks the protocol line by line, for what the
//! published libraries do not show or do not do.

use std::collections::VecDeque;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::client::Client;

/// Nothing that is waited for takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    lines: VecDeque<Value>,
    last_id: u64,
    /// How many messages have come.
    pub messages: usize,
}

impl Socket {
    /// An open socket on which nobody has said who they are.
    pub async fn open(base: &str) -> Self {
        Self::open_with(base, &[]).await.unwrap()
    }

    pub async fn open_with(base: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let url = format!("{}/connection/websocket", base.replacen("http", "ws", 1));
        let mut request = url.into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (stream, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Self {
            stream,
            lines: VecDeque::new(),
            last_id: 0,
            messages: 0,
        })
    }

    /// Connected as whoever `client` is.
    pub async fn connected(base: &str, client: &Client) -> Self {
        let mut socket = Self::open(base).await;
        let token = token(client).await;
        let reply = socket.call("connect", json!({ "token": token })).await;
        assert!(reply["connect"]["client"].is_string(), "{reply}");
        socket
    }

    pub async fn send_text(&mut self, text: impl Into<String>) {
        self.send(Message::text(text.into())).await;
    }

    pub async fn send(&mut self, message: Message) {
        self.stream.send(message).await.unwrap();
    }

    /// Sends lines, each as a message, until they are sent or nobody takes them.
    pub async fn send_all(&mut self, lines: &[String]) -> Result<(), Error> {
        for line in lines {
            self.stream.feed(Message::text(line.clone())).await?;
        }
        self.stream.flush().await
    }

    /// Reads on until the server closes, or has nothing more to say.
    pub async fn ended(&mut self) -> Option<(u16, String)> {
        const QUIET: Duration = Duration::from_millis(50);
        loop {
            match tokio::time::timeout(QUIET, self.next_line()).await {
                Ok(Ok(_)) => {}
                Ok(Err(closed)) => return Some(closed),
                Err(_) => return None,
            }
        }
    }

    /// Takes its leave.
    pub async fn close(mut self) {
        self.stream.close(None).await.unwrap();
    }

    /// Sends a command and returns its id.
    pub async fn command(&mut self, name: &str, body: Value) -> u64 {
        self.last_id += 1;
        let command = json!({ "id": self.last_id, name: body });
        self.send_text(command.to_string()).await;
        self.last_id
    }

    /// Sends a command and waits for its reply; pushes that come before it are kept.
    pub async fn call(&mut self, name: &str, body: Value) -> Value {
        let id = self.command(name, body).await;
        let mut kept = VecDeque::new();
        loop {
            let line = self.line().await;
            if line["id"] == id {
                kept.append(&mut self.lines);
                self.lines = kept;
                return line;
            }
            kept.push_back(line);
        }
    }

    pub async fn subscribe(&mut self, channel: &str) -> Value {
        let reply = self.call("subscribe", json!({ "channel": channel })).await;
        assert!(reply["subscribe"].is_object(), "{reply}");
        reply["subscribe"].clone()
    }

    pub async fn subscribe_from(&mut self, channel: &str, offset: i64, epoch: &str) -> Value {
        let body = json!({ "channel": channel, "recover": true, "offset": offset, "epoch": epoch });
        let reply = self.call("subscribe", body).await;
        assert!(reply["subscribe"].is_object(), "{reply}");
        reply["subscribe"].clone()
    }

    /// The next line that is not a ping; pings are answered.
    pub async fn line(&mut self) -> Value {
        match tokio::time::timeout(PATIENCE, self.next_line()).await {
            Ok(Ok(line)) => line,
            Ok(Err(closed)) => panic!("closed instead of a line: {closed:?}"),
            Err(_) => panic!("nothing comes"),
        }
    }

    /// The next publication.
    pub async fn publication(&mut self) -> Value {
        let line = self.line().await;
        assert!(line["push"]["pub"].is_object(), "{line}");
        line["push"].clone()
    }

    /// Nothing but pings comes for so long.
    pub async fn assert_silent(&mut self, bound: Duration) {
        if let Ok(line) = tokio::time::timeout(bound, self.next_line()).await {
            panic!("{line:?}");
        }
    }

    /// The code and reason with which the server closes; what comes before is dropped.
    pub async fn closed(&mut self) -> (u16, String) {
        let closing = async {
            loop {
                if let Err(closed) = self.next_line().await {
                    return closed;
                }
            }
        };
        match tokio::time::timeout(PATIENCE, closing).await {
            Ok(closed) => closed,
            Err(_) => panic!("the socket is not closed"),
        }
    }

    async fn next_line(&mut self) -> Result<Value, (u16, String)> {
        loop {
            if let Some(line) = self.lines.pop_front() {
                if line == json!({}) {
                    self.send_text("{}").await;
                    continue;
                }
                return Ok(line);
            }
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    self.messages += 1;
                    for line in text.split('\n') {
                        self.lines.push_back(serde_json::from_str(line).unwrap());
                    }
                }
                Some(Ok(Message::Close(frame))) => {
                    let frame = frame.map(|frame| (code(frame.code), frame.reason.to_string()));
                    return Err(frame.unwrap_or((1005, String::new())));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err((1006, String::new())),
            }
        }
    }
}

fn code(code: CloseCode) -> u16 {
    code.into()
}

/// A token for whoever `client` is.
pub async fn token(client: &Client) -> String {
    let answer = client.post("/api/v1/realtime/token", json!({})).await;
    answer.data(200)["token"].as_str().unwrap().to_owned()
}
