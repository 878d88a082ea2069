//! One event as clients get it: encoded once, shared by all who may see it.

use std::fmt::Write;
use std::time::Instant;

use bytes::Bytes;
use chrono::SecondsFormat;
use serde_json::json;

use crate::db::events::StoredEvent;
use crate::domain::ids::StageId;
use crate::domain::pipeline::change::{EventKind, Labels};
use crate::realtime::codec::{Codec, Json};
use crate::realtime::protocol::Publication;
use crate::realtime::visibility::{Facts, Sight};

#[derive(Debug)]
pub struct Entry {
    pub seq: i64,
    pub kind: EventKind,
    subject_type: &'static str,
    labels: Labels,
    stage: Option<StageId>,
    /// The event as JSON.
    data: Box<str>,
    /// Of `data`: what may also be told to those from whose sight it has gone.
    head: usize,
    /// When this node learned of it.
    pub since: Instant,
}

impl Entry {
    pub fn of(event: &StoredEvent) -> Self {
        let mut data = String::with_capacity(
            event.after.len() + event.before.as_ref().map_or(4, |text| text.len()) + 320,
        );
        let at = event
            .occurred_at
            .to_rfc3339_opts(SecondsFormat::Micros, true);
        let subject = json!({ "type": event.row.subject_type(), "id": event.row.subject_id() });
        // writing into a string does not fail
        let _ = write!(
            data,
            r#"{{"seq":{},"kind":"{}","at":"{at}","by":{},"subject":{subject},"stage_id":{},"command_id":"{}""#,
            event.seq,
            event.kind.as_str(),
            json!(event.actor),
            json!(event.stage_id),
            event.command_id,
        );
        let head = data.len();
        data.push_str(r#","before":"#);
        data.push_str(event.before.as_deref().unwrap_or("null"));
        data.push_str(r#","after":"#);
        data.push_str(&event.after);
        data.push('}');
        Self {
            seq: event.seq,
            kind: event.kind,
            subject_type: event.row.subject_type(),
            labels: event.labels.clone(),
            stage: event.stage_id,
            data: one_line(data).into(),
            head,
            since: Instant::now(),
        }
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts {
            subject_type: self.subject_type,
            labels: &self.labels,
            stage: self.stage,
        }
    }

    /// Bytes of the event as JSON.
    pub fn size(&self) -> usize {
        self.data.len()
    }

    /// The event as a publication of a log channel.
    pub fn publication(&self, sight: Sight) -> Bytes {
        let mut data = String::with_capacity(self.data.len());
        self.write_data(sight, &mut data);
        Json.publication(&Publication {
            offset: Some(self.seq),
            data: data.into(),
            tags: vec![("kind", self.kind.as_str().to_owned())],
            time_ms: None,
        })
    }

    /// The event as JSON, as far as it may be seen.
    pub fn write_data(&self, sight: Sight, out: &mut String) {
        match sight {
            Sight::Hidden => {}
            Sight::Whole => out.push_str(&self.data),
            Sight::Gone => {
                out.push_str(self.data.get(..self.head).unwrap_or("{"));
                out.push_str(r#","gone":true}"#);
            }
        }
    }
}

/// The log's texts have been written without white space, but a column of type
/// `json` takes what it is given. Within a string JSON has no raw newline.
fn one_line(data: String) -> String {
    if data.contains(['\n', '\r']) {
        data.replace(['\n', '\r'], " ")
    } else {
        data
    }
}
