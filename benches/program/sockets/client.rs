//! Clients of a WebSocket, as cheap as can be: handshake, a first message, and then they look for offsets
//! in what arrives, answer pings, and report. All are in this process's one thread.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

const PATIENCE: Duration = Duration::from_secs(60);
/// Handshakes under way at a time.
const AT_A_TIME: usize = 64;
const SUBSCRIBED: &[u8] = br#""subscribe":{"#;
const PUBLICATION: &[u8] = br#""pub":{"offset":"#;

/// How to connect.
#[derive(Clone)]
pub struct Door {
    pub addr: SocketAddr,
    pub path: &'static str,
    /// Sent after the handshake; the client is in when its subscription is answered.
    pub hello: Option<String>,
}

/// A message with events that a client has read to its end.
pub struct Report {
    client: usize,
    pub at: Instant,
    pub bytes: usize,
    pub events: usize,
    /// Of the last event in it. The peer's are not numbered: counted by the client.
    pub offset: i64,
}

pub struct Clients {
    reports: mpsc::UnboundedReceiver<Report>,
    tasks: Vec<JoinHandle<()>>,
    /// Whether they read what arrives.
    reading: watch::Sender<bool>,
    /// The last offset that each has read.
    offsets: Vec<i64>,
    pub connected_in: Duration,
}

impl Drop for Clients {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Clients {
    /// Returns when so many are in.
    pub async fn connect(door: &Door, count: usize) -> anyhow::Result<Self> {
        let began = Instant::now();
        let (sender, reports) = mpsc::unbounded_channel();
        let (reading, gate) = watch::channel(true);
        let (inside, mut are_inside) = mpsc::channel(AT_A_TIME);
        let mut tasks = Vec::with_capacity(count);
        for number in 0..count {
            if number >= AT_A_TIME {
                patiently(are_inside.recv()).await?;
            }
            let run = Client::run(
                number,
                door.clone(),
                sender.clone(),
                gate.clone(),
                inside.clone(),
            );
            tasks.push(tokio::spawn(async move {
                if let Err(error) = run.await {
                    eprintln!("  a client ended: {error:#}");
                }
            }));
        }
        for _ in 0..count.min(AT_A_TIME) {
            patiently(are_inside.recv()).await?;
        }
        Ok(Self {
            reports,
            tasks,
            reading,
            offsets: vec![0; count],
            connected_in: began.elapsed(),
        })
    }

    /// Until all have read the event with this number: what they have read meanwhile.
    pub async fn until(&mut self, offset: i64) -> anyhow::Result<Vec<Report>> {
        let mut behind = self.offsets.iter().filter(|own| **own < offset).count();
        let mut reports = Vec::with_capacity(behind);
        while behind > 0 {
            let report = patiently(self.reports.recv()).await?;
            let own = &mut self.offsets[report.client];
            ensure!(report.offset > *own, "an event came twice, or out of order");
            behind -= usize::from(*own < offset && report.offset >= offset);
            *own = report.offset;
            reports.push(report);
        }
        Ok(reports)
    }

    pub fn stop_reading(&self) {
        self.reading.send_replace(false);
    }

    pub fn go_on_reading(&self) {
        self.reading.send_replace(true);
    }
}

/// One that listens until what it returns is aborted, and reports each message with events.
pub async fn listen(
    door: Door,
    reports: mpsc::UnboundedSender<Report>,
) -> anyhow::Result<JoinHandle<anyhow::Result<()>>> {
    let (inside, mut is_inside) = mpsc::channel(1);
    // nobody ever tells it to stop reading
    let (_, gate) = watch::channel(true);
    let listening = tokio::spawn(Client::run(0, door, reports, gate, inside));
    patiently(is_inside.recv()).await?;
    Ok(listening)
}

async fn patiently<T>(next: impl Future<Output = Option<T>>) -> anyhow::Result<T> {
    let next = tokio::time::timeout(PATIENCE, next).await;
    next.context("the clients wait for something that does not come")?
        .context("all clients are gone")
}

struct Client {
    number: usize,
    /// Messages of the peer.
    messages: i64,
    stream: TcpStream,
    buffer: Vec<u8>,
    reports: mpsc::UnboundedSender<Report>,
}

impl Client {
    async fn run(
        number: usize,
        door: Door,
        reports: mpsc::UnboundedSender<Report>,
        mut gate: watch::Receiver<bool>,
        inside: mpsc::Sender<()>,
    ) -> anyhow::Result<()> {
        let stream = TcpStream::connect(door.addr).await?;
        stream.set_nodelay(true)?;
        let buffer = Vec::with_capacity(2_048);
        let mut client = Self {
            number,
            messages: 0,
            stream,
            buffer,
            reports,
        };
        client.shake_hands(&door).await?;
        let mut waits = door.hello.is_some();
        if !waits {
            inside.send(()).await?;
        }
        loop {
            let subscribed = client.take_frames().await?;
            if waits && subscribed {
                waits = false;
                inside.send(()).await?;
            }
            gate.wait_for(|reading| *reading).await?;
            if client.stream.read_buf(&mut client.buffer).await? == 0 {
                bail!("the server hung up");
            }
        }
    }

    async fn shake_hands(&mut self, door: &Door) -> anyhow::Result<()> {
        let Door { addr, path, .. } = door;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {addr}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
        );
        self.stream.write_all(request.as_bytes()).await?;
        let end = loop {
            self.stream.read_buf(&mut self.buffer).await?;
            if let Some(end) = memmem::find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
        };
        if !self.buffer.starts_with(b"HTTP/1.1 101") {
            bail!("{}", String::from_utf8_lossy(&self.buffer));
        }
        self.buffer.drain(..end);
        if let Some(hello) = &door.hello {
            self.stream
                .write_all(&masked(0x1, hello.as_bytes()))
                .await?;
        }
        Ok(())
    }

    /// Handles the frames that are here; says whether one of them answered a subscription.
    async fn take_frames(&mut self) -> anyhow::Result<bool> {
        let (mut taken, mut subscribed) = (0, false);
        while let Some((opcode, from, length)) = frame(&self.buffer[taken..]) {
            let payload = &self.buffer[taken + from..taken + from + length];
            match opcode {
                0x1 if payload == b"{}" => self.stream.write_all(&masked(0x1, b"{}")).await?,
                0x1 => {
                    subscribed |= memmem::find(payload, SUBSCRIBED).is_some();
                    self.messages += 1;
                    let found = match payload.first() {
                        Some(b'{') => events(payload)?,
                        _ => Some((1, self.messages)),
                    };
                    if let Some((events, offset)) = found {
                        let report = Report {
                            client: self.number,
                            at: Instant::now(),
                            bytes: payload.len(),
                            events,
                            offset,
                        };
                        let _ = self.reports.send(report);
                    }
                }
                0x9 => self.stream.write_all(&masked(0xA, payload)).await?,
                _ => bail!("closed: {}", String::from_utf8_lossy(payload)),
            }
            taken += from + length;
        }
        self.buffer.drain(..taken);
        Ok(subscribed)
    }
}

/// How many events are in a message, and the number of the last of them.
fn events(payload: &[u8]) -> anyhow::Result<Option<(usize, i64)>> {
    let mut found = None;
    for (count, place) in (1..).zip(memmem::find_iter(payload, PUBLICATION)) {
        let rest = &payload[place + PUBLICATION.len()..];
        let digits = rest.split(|byte| !byte.is_ascii_digit()).next();
        let offset = std::str::from_utf8(digits.unwrap_or_default())?.parse()?;
        found = Some((count, offset));
    }
    Ok(found)
}

/// A whole frame at the beginning: its opcode, where its payload begins, and how long it is.
fn frame(buffer: &[u8]) -> Option<(u8, usize, usize)> {
    let (first, second) = (*buffer.first()?, *buffer.get(1)?);
    let (from, length) = match second & 0x7f {
        126 => (
            4,
            usize::from(u16::from_be_bytes(buffer.get(2..4)?.try_into().ok()?)),
        ),
        127 => {
            let length = u64::from_be_bytes(buffer.get(2..10)?.try_into().ok()?);
            (10, usize::try_from(length).ok()?)
        }
        short => (2, usize::from(short)),
    };
    (buffer.len() >= from + length).then_some((first & 0x0f, from, length))
}

/// A client's frame, with a mask of zeros.
fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}
