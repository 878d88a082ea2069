//! One commit to many sockets: Lajur beside a plain Node server with `ws` that
//! sends the same bytes to as many, in one run on one machine.
//!
//! `cargo bench --bench fanout` with `DATABASE_URL`; `-- 1000` for so many sockets.
//! Prints its figures. Every server is a process of its own; this one is the
//! clients, in one thread. Latency is from the answer to the command, or from
//! posting the message, until the last byte has been read by a client, so it
//! holds the whole fan-out and the clients' own time.

#![expect(
    clippy::as_conversions,
    clippy::indexing_slicing,
    reason = "figures are rounded when they are shown, and a benchmark may stop half way"
)]

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio_postgres::NoTls;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const DATABASE: &str = "lajur_bench_fanout";
/// Commits, or messages, one after the other.
const EVENTS: usize = 50;
/// Between two of them: no two share a frame.
const PAUSE: Duration = Duration::from_millis(300);

fn main() -> anyhow::Result<()> {
    let counts: Vec<usize> = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .collect();
    let counts = if counts.is_empty() {
        vec![1_000, 10_000]
    } else {
        counts
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        for sockets in counts {
            println!("{sockets} sockets, {EVENTS} events, one a frame");
            let frame = lajur(sockets).await?;
            node(sockets, frame).await?;
        }
        Ok(())
    })
}

/// What a client sends after the handshake, if anything.
type Hello = Arc<dyn Fn(usize) -> Vec<String>>;

struct Clients {
    /// When each message was read to its end.
    read: mpsc::UnboundedReceiver<Instant>,
    bytes: Arc<AtomicUsize>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

/// Opens so many sockets; each is there when it has read a message with `greeting`
/// in it, or at once without one.
async fn connect(
    addr: SocketAddr,
    path: &str,
    sockets: usize,
    hello: Hello,
    greeting: Option<&'static [u8]>,
) -> anyhow::Result<Clients> {
    let (read, receiver) = mpsc::unbounded_channel();
    let bytes = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::with_capacity(sockets);
    let mut opened = Vec::new();
    for number in 0..sockets {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {addr}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
        );
        let (lines, read, bytes) = (hello(number), read.clone(), Arc::clone(&bytes));
        let (done, is_open) = tokio::sync::oneshot::channel();
        tasks.push(tokio::spawn(async move {
            let run = client(addr, request, (lines, greeting), done, read, bytes);
            if let Err(error) = run.await {
                eprintln!("a client ended: {error:#}");
            }
        }));
        opened.push(is_open);
        if opened.len() == 64 {
            for is_open in opened.drain(..) {
                is_open.await.context("a client could not connect")?;
            }
        }
    }
    for is_open in opened {
        is_open.await.context("a client could not connect")?;
    }
    Ok(Clients {
        read: receiver,
        bytes,
        tasks,
    })
}

async fn client(
    addr: SocketAddr,
    request: String,
    (lines, mut greeting): (Vec<String>, Option<&'static [u8]>),
    done: tokio::sync::oneshot::Sender<()>,
    read: mpsc::UnboundedSender<Instant>,
    bytes: Arc<AtomicUsize>,
) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = Vec::with_capacity(4_096);
    loop {
        stream.read_buf(&mut buffer).await?;
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            if !buffer.starts_with(b"HTTP/1.1 101") {
                bail!("{}", String::from_utf8_lossy(&buffer));
            }
            buffer.drain(..end + 4);
            break;
        }
    }
    for line in lines {
        stream.write_all(&masked(0x1, line.as_bytes())).await?;
    }
    let mut done = Some(done);
    loop {
        while let Some((opcode, from, length)) = frame(&buffer) {
            let payload = buffer[from..from + length].to_vec();
            buffer.drain(..from + length);
            match opcode {
                0x1 if payload == b"{}" => stream.write_all(&masked(0x1, b"{}")).await?,
                0x1 if greeting.is_some() => {
                    if greeting.is_some_and(|words| contains(&payload, words)) {
                        greeting = None;
                    }
                }
                0x1 => {
                    bytes.store(payload.len(), Ordering::Relaxed);
                    let _ = read.send(Instant::now());
                }
                0x9 => stream.write_all(&masked(0xA, &payload)).await?,
                _ => bail!("closed: {}", String::from_utf8_lossy(&payload)),
            }
        }
        if greeting.is_none()
            && let Some(done) = done.take()
        {
            let _ = done.send(());
        }
        if stream.read_buf(&mut buffer).await? == 0 {
            bail!("the server hung up");
        }
    }
}

fn contains(text: &[u8], words: &[u8]) -> bool {
    text.windows(words.len()).any(|window| window == words)
}

/// A whole frame at the beginning: its opcode, where its payload begins, and how long it is.
fn frame(buffer: &[u8]) -> Option<(u8, usize, usize)> {
    let (first, second) = (*buffer.first()?, *buffer.get(1)?);
    let (from, length) = match second & 0x7f {
        126 => (
            4,
            usize::from(u16::from_be_bytes(buffer.get(2..4)?.try_into().ok()?)),
        ),
        127 => (
            10,
            usize::try_from(u64::from_be_bytes(buffer.get(2..10)?.try_into().ok()?)).ok()?,
        ),
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

async fn free_addr() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0").await?.local_addr()?)
}

fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let mut nanos = 0.0;
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let times = fs::read_to_string(thread?.path().join("schedstat"))?;
        let time = times.split_whitespace().next().context("no time")?;
        nanos += time.parse::<f64>()?;
    }
    Ok(nanos / 1e9)
}

fn resident_kib(pid: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.context("no memory")?.parse()?)
}

fn spawn(mut command: Command) -> anyhow::Result<(Child, u32)> {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let pid = child.id().context("it has ended already")?;
    Ok((child, pid))
}

async fn until_up(addr: SocketAddr) -> anyhow::Result<()> {
    let began = Instant::now();
    while ask(addr, "GET /health/ready", "", "").await.is_err() {
        if began.elapsed() > Duration::from_secs(20) {
            bail!("a server does not start");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Publishes one event after the other and waits until every socket has each.
async fn measure(
    name: &str,
    pid: u32,
    sockets: usize,
    clients: &mut Clients,
    mut publish: impl AsyncFnMut(usize) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut latencies = Vec::with_capacity(sockets * EVENTS);
    let before = cpu_seconds(pid)?;
    for event in 0..EVENTS {
        let began = Instant::now();
        publish(event).await?;
        for _ in 0..sockets {
            let read = tokio::time::timeout(Duration::from_secs(20), clients.read.recv()).await;
            let read = read
                .context("a message is missing")?
                .context("no clients")?;
            latencies.push(read.duration_since(began).as_secs_f64() * 1e3);
        }
        tokio::time::sleep(PAUSE).await;
    }
    let cpu = cpu_seconds(pid)? - before;
    latencies.sort_by(f64::total_cmp);
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
    println!(
        "  {name}: {:.1} µs CPU a message of {} bytes; p50 {:.1} ms, p99 {:.1} ms",
        cpu * 1e6 / latencies.len() as f64,
        clients.bytes.load(Ordering::Relaxed),
        at(0.5),
        at(0.99),
    );
    Ok(())
}

/// Returns how long a frame is, for the peer to send as much.
async fn lajur(sockets: usize) -> anyhow::Result<usize> {
    let url = std::env::var("DATABASE_URL").context("set DATABASE_URL")?;
    let (admin, connection) = tokio_postgres::connect(&url, NoTls).await?;
    let driving = tokio::spawn(connection);
    let drop = format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)");
    admin.batch_execute(&drop).await?;
    admin
        .batch_execute(&format!("CREATE DATABASE {DATABASE}"))
        .await?;
    let (cluster, _) = url.rsplit_once('/').context("a URL with a database")?;
    let database = format!("{cluster}/{DATABASE}");
    let addr = free_addr().await?;
    let folder = tempfile::tempdir()?;
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lajur"));
        command
            .current_dir(folder.path())
            .env_remove("REDIS_URL")
            .env("DATABASE_URL", &database)
            .env("LAJUR_LOG__LEVEL", "error")
            .env("LAJUR_HTTP_ADDR", addr.to_string())
            .env("LAJUR_METRICS_ADDR", "127.0.0.1:0")
            .env("LAJUR_REALTIME__CONNECTIONS_PER_USER", "1000000")
            .env("LAJUR_REALTIME__CONNECTIONS_PER_TENANT", "1000000");
        command
    };
    for words in [&["migrate"][..], &["seed", "--demo", "--jamaah", "50"]] {
        let ended = program().args(words).stdout(Stdio::null()).status().await?;
        anyhow::ensure!(ended.success(), "{words:?} failed");
    }
    let demo = fs::read_to_string(folder.path().join(".local/demo.json"))?;
    let demo: serde_json::Value = serde_json::from_str(&demo)?;
    let tenant = &demo["tenants"][0];
    let slug = tenant["slug"].as_str().context("no slug")?.to_owned();
    let key = tenant["api_key"].as_str().context("no key")?.to_owned();
    let mut command = program();
    command.arg("serve");
    let (_server, pid) = spawn(command)?;
    until_up(addr).await?;
    let with_key = |request: String, body: String| {
        let key = key.clone();
        async move { ask(addr, &request, &body, &key).await }
    };
    let tasks = with_key(
        "GET /api/v1/pipeline/tasks?limit=1".to_owned(),
        String::new(),
    )
    .await?;
    let (_, rest) = tasks.split_once(r#""data":[{"id":""#).context("no tasks")?;
    let task = rest.get(..36).context("no id")?.to_owned();

    let before = resident_kib(pid)?;
    let began = Instant::now();
    let hello: Hello = {
        let (key, channel) = (key.clone(), format!("realtime:{slug}:pipeline:tasks"));
        Arc::new(move |_| {
            vec![format!(
                "{{\"id\":1,\"connect\":{{\"token\":\"{key}\"}}}}\n{{\"id\":2,\"subscribe\":{{\"channel\":\"{channel}\"}}}}"
            )]
        })
    };
    let greeting: &[u8] = br#""subscribe":{"#;
    let mut clients = connect(
        addr,
        "/connection/websocket",
        sockets,
        hello,
        Some(greeting),
    )
    .await?;
    println!(
        "  Lajur: connected and subscribed in {:.1} s, {:.1} KiB each",
        began.elapsed().as_secs_f64(),
        (resident_kib(pid)? - before) / sockets as f64,
    );
    let path = format!("POST /api/v1/pipeline/tasks/{task}/comments");
    measure("Lajur", pid, sockets, &mut clients, async |event| {
        let body = format!("{{\"body\":\"event {event}\"}}");
        let answer = with_key(path.clone(), body).await?;
        anyhow::ensure!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        Ok(())
    })
    .await?;
    clients
        .tasks
        .iter()
        .for_each(tokio::task::JoinHandle::abort);
    let length = clients.bytes.load(Ordering::Relaxed);
    std::mem::drop((_server, clients));
    admin.batch_execute(&drop).await?;
    driving.abort();
    Ok(length)
}

async fn ask(addr: SocketAddr, request: &str, body: &str, key: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect(addr).await?;
    let length = body.len();
    let text = format!(
        "{request} HTTP/1.1\r\nHost: b\r\nConnection: close\r\nContent-Length: {length}\r\n\
         Authorization: Bearer {key}\r\nContent-Type: application/json\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn node(sockets: usize, length: usize) -> anyhow::Result<()> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("benches/peers/ws");
    if !folder.join("node_modules").exists() {
        println!("  without Node: npm ci --prefix benches/peers/ws installs what it needs");
        return Ok(());
    }
    let addr = free_addr().await?;
    let mut command = Command::new("node");
    command
        .arg("server.js")
        .current_dir(folder)
        .env("PORT", addr.port().to_string());
    let (_server, pid) = spawn(command)?;
    until_up(addr).await?;
    let before = resident_kib(pid)?;
    let began = Instant::now();
    let mut clients = connect(addr, "/", sockets, Arc::new(|_| Vec::new()), None).await?;
    println!(
        "  ws: connected in {:.1} s, {:.1} KiB each",
        began.elapsed().as_secs_f64(),
        (resident_kib(pid)? - before) / sockets as f64,
    );
    let message = "x".repeat(length);
    measure("ws", pid, sockets, &mut clients, async |_| {
        ask(addr, "POST /", &message, "").await?;
        Ok(())
    })
    .await?;
    clients
        .tasks
        .iter()
        .for_each(tokio::task::JoinHandle::abort);
    Ok(())
}
