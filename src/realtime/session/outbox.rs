//! What goes out: lines gathered into messages, and the credit that bounds how
//! much is on the way.
//!
//! The client's WebSocket answers every probe (a ping that carries the number of
//! bytes sent so far), so its pongs say how much of them it has read. Only
//! probed bytes can be acknowledged, so whoever waits for credit has a probe sent.

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};

use super::Effect;

#[derive(Debug)]
pub struct Outbox {
    credit: u64,
    frame_bytes: usize,
    /// Lines of the message being gathered.
    lines: Vec<Bytes>,
    lines_len: usize,
    /// Whole messages.
    frames: Vec<Bytes>,
    /// Bytes gathered and not sent.
    pending: u64,
    sent: u64,
    probed: u64,
    acked: u64,
    /// Since when a probe waits for its answer, or the last answer came while others waited.
    waiting_since: Option<Instant>,
    starved: bool,
}

impl Outbox {
    pub fn new(credit: u64, frame_bytes: usize) -> Self {
        Self {
            credit,
            frame_bytes,
            lines: Vec::new(),
            lines_len: 0,
            frames: Vec::new(),
            pending: 0,
            sent: 0,
            probed: 0,
            acked: 0,
            waiting_since: None,
            starved: false,
        }
    }

    fn in_flight(&self) -> u64 {
        (self.sent + self.pending).saturating_sub(self.acked)
    }

    /// Bytes that may be added.
    fn room(&self) -> u64 {
        self.credit.saturating_sub(self.in_flight())
    }

    /// Whether a command may be served: its reply is small, or bounded in another way.
    pub fn takes_replies(&self) -> bool {
        self.room() > 0
    }

    /// How many bytes of a backlog to read; `None` until there is credit worth the trouble.
    pub fn read_budget(&self) -> Option<usize> {
        let worth = self.in_flight() == 0 || self.room() >= self.credit / 8;
        let room = usize::try_from(self.room()).unwrap_or(usize::MAX);
        worth.then(|| room.min(self.frame_bytes).max(1))
    }

    /// Whether a line (or several) is within the credit. One message always is.
    pub fn fits(&self, lines: &Bytes) -> bool {
        self.in_flight() == 0 || size(lines) < self.room()
    }

    /// Adds a line, or several joined by `\n`.
    pub fn push(&mut self, lines: Bytes) {
        if !self.lines.is_empty() && self.lines_len + 1 + lines.len() > self.frame_bytes {
            self.cut();
        }
        let separator = usize::from(!self.lines.is_empty());
        self.lines_len += separator + lines.len();
        self.pending += size(&lines) + u64::from(separator == 1);
        self.lines.push(lines);
    }

    /// Adds a message of its own before everything that was not sent yet.
    pub fn push_urgent(&mut self, line: Bytes) {
        self.pending += size(&line);
        self.frames.insert(0, line);
    }

    /// Something waits for credit.
    pub fn starve(&mut self) {
        self.starved = true;
    }

    /// A single line, or lines that came joined, go out without being copied.
    fn cut(&mut self) {
        let frame = match self.lines.as_slice() {
            [] => return,
            [whole] => whole.clone(),
            [first, rest @ ..] => {
                let mut frame = BytesMut::with_capacity(self.lines_len);
                frame.extend_from_slice(first);
                for lines in rest {
                    frame.extend_from_slice(b"\n");
                    frame.extend_from_slice(lines);
                }
                frame.freeze()
            }
        };
        self.lines.clear();
        self.lines_len = 0;
        self.frames.push(frame);
    }

    pub fn flush(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        self.cut();
        for frame in std::mem::take(&mut self.frames) {
            self.sent += size(&frame);
            effects.push(Effect::Send(frame));
            if self.sent - self.probed >= (self.credit / 8).max(1) {
                self.probe(now, effects);
            }
        }
        self.pending = 0;
        if std::mem::take(&mut self.starved) && self.sent > self.probed {
            self.probe(now, effects);
        }
    }

    fn probe(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        self.probed = self.sent;
        self.waiting_since.get_or_insert(now);
        effects.push(Effect::Probe(self.sent));
    }

    /// The answer to a probe. Others than those sent are ignored.
    pub fn acknowledge(&mut self, total: u64, now: Instant) {
        if (self.acked + 1..=self.probed).contains(&total) {
            self.acked = total;
            self.waiting_since = (self.probed > self.acked).then_some(now);
        }
    }

    /// When a client that acknowledges nothing until then is too slow.
    pub fn slow_at(&self, slow_after: Duration) -> Option<Instant> {
        self.waiting_since.map(|since| since + slow_after)
    }
}

fn size(bytes: &Bytes) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(len: usize) -> Bytes {
        Bytes::from(vec![b'x'; len])
    }

    fn flushed(outbox: &mut Outbox, now: Instant) -> (Vec<usize>, Vec<u64>) {
        let mut effects = Vec::new();
        outbox.flush(now, &mut effects);
        let mut sizes = Vec::new();
        let mut probes = Vec::new();
        for effect in effects {
            match effect {
                Effect::Send(bytes) => sizes.push(bytes.len()),
                Effect::Probe(total) => probes.push(total),
                other => panic!("{other:?}"),
            }
        }
        (sizes, probes)
    }

    #[test]
    fn lines_share_a_message_up_to_its_size() {
        let now = Instant::now();
        let mut outbox = Outbox::new(1_000_000, 100);
        for len in [40, 40, 40, 300, 1] {
            outbox.push(line(len));
        }
        assert_eq!(flushed(&mut outbox, now).0, [81, 40, 300, 1]);
        outbox.push(line(5));
        outbox.push_urgent(line(2));
        assert_eq!(flushed(&mut outbox, now).0, [2, 5]);
        assert_eq!(flushed(&mut outbox, now).0, [0; 0]);
    }

    #[test]
    fn credit_comes_back_with_acknowledged_probes() {
        let now = Instant::now();
        let mut outbox = Outbox::new(800, 1_000);
        assert!(outbox.fits(&line(5_000)), "one message is always allowed");
        outbox.push(line(700));
        assert!(outbox.fits(&line(99)) && !outbox.fits(&line(100)));
        assert!(outbox.takes_replies());
        assert_eq!(flushed(&mut outbox, now), (vec![700], vec![700]));
        outbox.push(line(90));
        assert_eq!(flushed(&mut outbox, now), (vec![90], vec![]));
        // neither of these was a probe
        outbox.acknowledge(790, now);
        outbox.acknowledge(0, now);
        assert!(!outbox.fits(&line(100)));
        assert_eq!(outbox.read_budget(), None);
        outbox.starve();
        assert_eq!(flushed(&mut outbox, now), (vec![], vec![790]));
        outbox.acknowledge(700, now);
        assert_eq!(outbox.read_budget(), Some(710));
        outbox.acknowledge(790, now);
        assert_eq!(outbox.read_budget(), Some(800));
    }

    #[test]
    fn only_unanswered_probes_make_a_client_slow() {
        let start = Instant::now();
        let after = Duration::from_secs(10);
        let second = Duration::from_secs(1);
        let mut outbox = Outbox::new(800, 1_000);
        outbox.push(line(50));
        flushed(&mut outbox, start);
        assert_eq!(outbox.slow_at(after), None, "nobody asked for an answer");
        outbox.push(line(50));
        flushed(&mut outbox, start);
        outbox.push(line(100));
        flushed(&mut outbox, start + second);
        assert_eq!(outbox.slow_at(after), Some(start + after));
        outbox.acknowledge(100, start + second * 2);
        assert_eq!(outbox.slow_at(after), Some(start + second * 2 + after));
        outbox.acknowledge(200, start + second * 3);
        assert_eq!(outbox.slow_at(after), None);
    }
}
