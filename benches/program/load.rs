//! Callers in a closed loop: each sends its next request when the answer to
//! the last one is here. Plain HTTP/1.1 on connections that stay open, all in
//! one thread, so that the callers take little from the servers they measure.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use futures::future::try_join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What one caller asks, over and over.
pub struct Script {
    requests: Vec<Vec<u8>>,
    next: usize,
    /// Requests that belong together: a caller stops only after the last of them.
    stride: usize,
}

impl Script {
    pub fn new(requests: Vec<Vec<u8>>, stride: usize) -> Self {
        Self {
            requests,
            next: 0,
            stride,
        }
    }
}

/// What came back.
#[derive(Default)]
pub struct Answers {
    pub elapsed: Duration,
    /// Answers with 200 or 201, in microseconds.
    pub latencies_us: Vec<u32>,
    /// Other answers, by their first line.
    pub errors: BTreeMap<String, usize>,
}

pub fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n").into_bytes()
}

pub fn post(path: &str, headers: &str) -> Vec<u8> {
    format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Length: 0\r\n{headers}\r\n")
        .into_bytes()
}

pub fn post_json(path: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Runs all scripts at once, each on a connection of its own, for about as long.
pub async fn run(
    addr: SocketAddr,
    scripts: &mut [Script],
    lasts: Duration,
) -> anyhow::Result<Answers> {
    let mut callers = Vec::with_capacity(scripts.len());
    for script in scripts {
        callers.push((Connection::open(addr).await?, script));
    }
    let started = Instant::now();
    let running = callers
        .into_iter()
        .map(|(connection, script)| call(connection, script, started + lasts));
    let mut all = Answers::default();
    for answers in try_join_all(running).await? {
        all.latencies_us.extend(answers.latencies_us);
        for (line, count) in answers.errors {
            *all.errors.entry(line).or_default() += count;
        }
    }
    all.elapsed = started.elapsed();
    Ok(all)
}

async fn call(
    mut connection: Connection,
    script: &mut Script,
    until: Instant,
) -> anyhow::Result<Answers> {
    let mut answers = Answers::default();
    loop {
        let sent = Instant::now();
        if sent >= until && script.next.is_multiple_of(script.stride) {
            return Ok(answers);
        }
        let request = &script.requests[script.next % script.requests.len()];
        script.next += 1;
        connection.send(request).await?;
        let took = sent.elapsed();
        if connection.is_ok() {
            let us = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
            answers.latencies_us.push(us);
        } else {
            *answers.errors.entry(connection.first_line()).or_default() += 1;
        }
    }
}

/// One request's answer, for questions outside of a measurement.
pub async fn ask(addr: SocketAddr, request: &[u8]) -> anyhow::Result<String> {
    let mut connection = Connection::open(addr).await?;
    connection.send(request).await?;
    if !connection.is_ok() {
        bail!("{}", connection.first_line());
    }
    Ok(String::from_utf8_lossy(&connection.buffer[connection.body_at..]).into_owned())
}

pub struct Connection {
    stream: TcpStream,
    /// The last answer, whole.
    buffer: Vec<u8>,
    body_at: usize,
}

impl Connection {
    pub async fn open(addr: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4096),
            body_at: 0,
        })
    }

    /// Sends a request and reads the answer to its end.
    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut length = None;
        while length.is_none_or(|length| self.buffer.len() < length) {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if length.is_none() {
                length = self.length()?;
            }
        }
        Ok(())
    }

    /// Of the whole answer, once its head is here.
    fn length(&mut self) -> anyhow::Result<Option<usize>> {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(head) = response.parse(&self.buffer)? else {
            return Ok(None);
        };
        let length = response
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case("content-length"))
            .context("an answer without a length")?;
        let length: usize = std::str::from_utf8(length.value)?.parse()?;
        self.body_at = head;
        Ok(Some(head + length))
    }

    /// Of the last answer.
    pub fn body(&self) -> &[u8] {
        &self.buffer[self.body_at..]
    }

    /// Of the last answer: the first header of that name, in lower case.
    pub fn header(&self, name: &str) -> Option<String> {
        let head = String::from_utf8_lossy(&self.buffer[..self.body_at]);
        head.lines().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }

    pub fn is_ok(&self) -> bool {
        self.buffer.starts_with(b"HTTP/1.1 20")
    }

    pub fn first_line(&self) -> String {
        let text = String::from_utf8_lossy(&self.buffer);
        text.lines().next().unwrap_or_default().to_owned()
    }
}
