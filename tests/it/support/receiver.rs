//! Somebody who is told over HTTP or by mail, and remembers it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::server::until;

/// A request or a mail that has come.
#[derive(Clone, Debug)]
pub struct Told {
    /// `MAIL` for a mail.
    pub path: String,
    pub body: Vec<u8>,
}

impl Told {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Ends when dropped.
pub struct Receiver {
    pub address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
    listening: JoinHandle<()>,
}

impl Receiver {
    /// Answers every request with 200 and `{}`.
    pub async fn of_requests() -> Self {
        Self::start(async |stream, told| take_requests(stream, told).await).await
    }

    pub async fn of_mail() -> Self {
        Self::start(async |stream, told| take_mail(stream, told).await).await
    }

    async fn start<F>(take: F) -> Self
    where
        F: AsyncFn(TcpStream, Arc<Mutex<Vec<Told>>>) -> Option<()> + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let (kept, take) = (Arc::clone(&told), std::rc::Rc::new(take));
        let listening = tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (take, kept) = (std::rc::Rc::clone(&take), Arc::clone(&kept));
                tokio::task::spawn_local(async move { take(stream, kept).await });
            }
        });
        Self {
            address,
            told,
            listening,
        }
    }

    pub fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    /// Waits until something has come that fits.
    pub async fn hears(&self, what: &str, fits: impl Fn(&Told) -> bool) -> Told {
        let found = || self.told().into_iter().find(|told| fits(told));
        until(what, Duration::from_secs(20), async || found().is_some()).await;
        found().unwrap()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn take_requests(mut stream: TcpStream, told: Arc<Mutex<Vec<Told>>>) -> Option<()> {
    let mut buffer = Vec::new();
    loop {
        let head_end = loop {
            if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut buffer).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&buffer[..head_end]).into_owned();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let known = name.eq_ignore_ascii_case("content-length");
            known.then(|| value.trim().parse::<usize>().ok())?
        });
        let end = head_end + length.unwrap_or(0);
        while buffer.len() < end {
            if stream.read_buf(&mut buffer).await.ok()? == 0 {
                return None;
            }
        }
        told.lock().unwrap().push(Told {
            path: head.split(' ').nth(1)?.to_owned(),
            body: buffer[head_end..end].to_vec(),
        });
        buffer.drain(..end);
        let answer =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

async fn take_mail(stream: TcpStream, told: Arc<Mutex<Vec<Told>>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.example.com\r\n").await.ok()?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let answer: &[u8] = match line.get(..4)? {
            "EHLO" | "HELO" => b"250 mail.example.com\r\n",
            "DATA" => b"354 go on\r\n",
            "QUIT" => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).await.ok()?;
        if line.starts_with("DATA") {
            let mut mail = String::new();
            while !mail.ends_with("\r\n.\r\n") {
                if stream.read_line(&mut mail).await.ok()? == 0 {
                    return None;
                }
            }
            told.lock().unwrap().push(Told {
                path: "MAIL".to_owned(),
                body: mail.into_bytes(),
            });
            stream.write_all(b"250 ok\r\n").await.ok()?;
        }
    }
}
