//! How far it is, on stderr: one line that is overwritten on a terminal, a
//! line every few seconds elsewhere.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Where nobody watches, so often.
const SELDOM: Duration = Duration::from_secs(5);
const OFTEN: Duration = Duration::from_millis(200);

pub struct Progress {
    slug: String,
    started: Instant,
    shown: Option<Instant>,
    terminal: bool,
    quiet: bool,
}

impl Progress {
    pub fn new(slug: &str, quiet: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self {
            slug: slug.to_owned(),
            started: Instant::now(),
            shown: None,
            terminal,
            quiet,
        }
    }

    /// Before a batch of events is written, the first after a moment.
    pub fn show_log(&mut self, events: i64, (registered, people): (usize, usize)) {
        let percent = registered * 100 / people.max(1);
        let per_second = self.per_second(events);
        self.show(&format!(
            "{percent:3} %, {events} events, {per_second} a second"
        ));
    }

    /// After the last event.
    pub fn show_rows(&mut self, rows: usize) {
        self.show(&format!("100 %, and {rows} rows as they are now"));
    }

    fn show(&mut self, what: &str) {
        let pause = if self.terminal { OFTEN } else { SELDOM };
        if self.quiet || self.shown.unwrap_or(self.started).elapsed() < pause {
            return;
        }
        self.shown = Some(Instant::now());
        let end = if self.terminal { '\r' } else { '\n' };
        // stderr that is closed is no reason to stop
        let _ = write!(std::io::stderr(), "{}: {what:50}{end}", self.slug);
    }

    /// Clears the line that the result comes on.
    pub fn end(&self) {
        if self.terminal && self.shown.is_some() {
            let _ = write!(std::io::stderr(), "{:70}\r", "");
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn per_second(&self, events: i64) -> i64 {
        let ms = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        events.saturating_mul(1_000) / ms.max(1)
    }
}
