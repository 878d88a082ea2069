//! Structured logs: one JSON object per line on standard output. Messages are
//! lower case without a final period; fields have dotted names with units.
//!
//! A line is formatted where it is logged and written by a thread of its own,
//! so that a slow reader of standard output never holds up a request. When
//! that thread falls behind by [`BACKLOG`] lines, lines are dropped and counted.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use prometheus::IntCounter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::log::Log;
use crate::metrics::Metrics;
use crate::reporting::Listener;
use crate::trace;

const BACKLOG: usize = 16_384;

/// Said of a request whose handler panicked.
pub const PANICKED: &str = "a handler panicked";

/// So long a line may wait for others to be written with it: waking the thread
/// and writing cost a busy server more than the line itself.
const GATHER: Duration = Duration::from_millis(1);

/// Starts logging for the whole process. Whoever holds the guard drops it last:
/// that writes out what is still waiting.
pub fn start(config: &Log, metrics: &Metrics, listeners: Vec<Listener>) -> anyhow::Result<Guard> {
    let (writer, guard) =
        Writer::start(std::io::stdout(), metrics.log_lines_dropped_total.clone())?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer)
        .and_then(Counts::new(metrics));
    // spans are for others, and must cost nothing when there are none
    let ours = EnvFilter::builder()
        .parse(&config.level)?
        .add_directive(format!("{}=off", trace::TARGET).parse()?)
        // it would tell the parameters of statements, which are about people
        .add_directive("tokio_postgres=info".parse()?);
    let mut all: Vec<Listener> = vec![lines.with_filter(ours).boxed()];
    all.extend(listeners);
    tracing_subscriber::registry()
        .with(all)
        .try_init()
        .map_err(|error| anyhow::anyhow!("logging has been started before: {error}"))?;
    Ok(guard)
}

/// Counts lines by level.
struct Counts([(Level, IntCounter); 5]);

impl Counts {
    fn new(metrics: &Metrics) -> Self {
        let levels = [
            (Level::ERROR, "error"),
            (Level::WARN, "warn"),
            (Level::INFO, "info"),
            (Level::DEBUG, "debug"),
            (Level::TRACE, "trace"),
        ];
        Self(levels.map(|(level, name)| {
            let counter = metrics.log_lines_total.with_label_values(&[name]);
            (level, counter)
        }))
    }
}

impl<S: Subscriber> Layer<S> for Counts {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = event.metadata().level();
        if let Some((_, lines)) = self.0.iter().find(|(known, _)| known == level) {
            lines.inc();
        }
    }
}

enum Message {
    Line(Vec<u8>),
    End,
}

struct Writer {
    lines: SyncSender<Message>,
    dropped: Arc<AtomicU64>,
    counter: IntCounter,
}

/// See [`start`].
pub struct Guard {
    lines: SyncSender<Message>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    fn start(
        out: impl Write + Send + 'static,
        counter: IntCounter,
    ) -> std::io::Result<(Self, Guard)> {
        let (lines, waiting) = sync_channel(BACKLOG);
        let dropped = Arc::new(AtomicU64::new(0));
        let counted = dropped.clone();
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_lines(&waiting, out, &counted))?;
        Ok((
            Self {
                lines: lines.clone(),
                dropped,
                counter,
            },
            Guard {
                lines,
                thread: Some(thread),
            },
        ))
    }
}

/// Gathers what waits into one write. Standard output that is closed is not
/// worth dying for.
fn write_lines(waiting: &Receiver<Message>, mut out: impl Write, dropped: &AtomicU64) {
    let mut buffer = Vec::with_capacity(64 * 1024);
    while let Ok(first) = waiting.recv() {
        #[expect(
            clippy::disallowed_methods,
            reason = "this thread does nothing but write, and nobody waits for it"
        )]
        std::thread::sleep(GATHER);
        let mut ended = false;
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Line(line) => buffer.extend_from_slice(&line),
                Message::End => ended = true,
            }
            next = if buffer.len() < 64 * 1024 {
                waiting.try_recv().ok()
            } else {
                None
            };
        }
        let lost = dropped.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let line = format!(
                "{{\"level\":\"WARN\",\"message\":\"log lines dropped\",\"log.dropped\":{lost}}}\n"
            );
            buffer.extend_from_slice(line.as_bytes());
        }
        let _ = out.write_all(&buffer).and_then(|()| out.flush());
        buffer.clear();
        if ended {
            return;
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.lines.send(Message::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// One event's line, handed over as a whole.
pub struct Line<'a> {
    writer: &'a Writer,
    text: Vec<u8>,
}

impl<'a> MakeWriter<'a> for Writer {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line {
            writer: self,
            text: Vec::new(),
        }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() && self.writer.lines.try_send(Message::Line(text)).is_err() {
            self.writer.dropped.fetch_add(1, Ordering::Relaxed);
            self.writer.counter.inc();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_waits_is_written_when_the_guard_goes() {
        let out = Shared::default();
        let dropped = Metrics::new().unwrap().log_lines_dropped_total;
        let (writer, guard) = Writer::start(out.clone(), dropped).unwrap();
        for number in 0..1000 {
            writeln!(writer.make_writer(), "{number}").unwrap();
        }
        drop(guard);
        let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1000);
        assert_eq!(text.lines().last(), Some("999"));
    }
}
