//! An import under way.

use std::ops::ControlFlow;
use std::sync::Arc;

use futures::StreamExt;
use futures::stream::FuturesOrdered;

use super::Upload;
pub use super::courier::Commission;
use super::courier::{Brought, Courier};
use super::known::Known;
use super::report::Report;
use crate::actors::handle::{CommandError, Idempotency};
use crate::clock::Clock;
use crate::domain::ids::ImportId;
use crate::domain::manifest::ManifestPerson;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::import::{Import, ImportState};

/// People in one command: large enough to be fast, small enough that others
/// hardly wait.
const CHUNK: usize = 200;
/// Chunks under way at a time: one is decided while the one before is written.
const AHEAD: usize = 2;
/// Chunks between two records of how far it is.
const RECORD_EVERY: usize = 5;

/// An import that has been recorded as begun.
pub struct Job {
    courier: Arc<Courier>,
    clock: Clock,
    import: Import,
    report: Report,
    people: Vec<ManifestPerson>,
}

/// What became of the wish to begin.
pub enum Begun {
    Now(Box<Job>),
    /// The key began this one already, and nothing has been done now.
    Before(ImportId, Box<Job>),
}

impl Job {
    /// Records that the import has begun; from then on it can be asked about.
    pub async fn begin(
        by: Commission,
        clock: Clock,
        id: ImportId,
        mut upload: Upload,
        known: Known,
        idempotency: Option<Idempotency>,
    ) -> Result<Begun, CommandError> {
        let mut report = Report::of(&mut upload, false);
        report.id = Some(id);
        report.state = ImportState::Running;
        let now = clock.now();
        let import = Import {
            id,
            file_name: upload.file_name,
            sha256: upload.sha256,
            state: ImportState::Running,
            rows: signed(report.rows),
            processed: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            rejected: signed(report.rejected),
            // with every record they would fill the log
            problems: Arc::new(serde_json::json!({})),
            created_by: by.principal.actor,
            created_at: now,
            updated_at: now,
        };
        let command = Command::RecordImport {
            import: Arc::new(import.clone()),
        };
        let receipt = by.order(command, idempotency).await?;
        let job = Self {
            courier: Arc::new(Courier::new(by, id, known)),
            clock,
            import,
            report,
            people: upload.manifest.people,
        };
        match receipt.rows.first() {
            Some(Row::Import(first)) if receipt.replayed => {
                Ok(Begun::Before(first.id, Box::new(job)))
            }
            _ => Ok(Begun::Now(Box::new(job))),
        }
    }

    /// Becomes an import of before that was interrupted. Whom that one imported
    /// counts as it did then.
    pub async fn take_up(mut self, before: &Import) -> Result<Self, CommandError> {
        self.courier = Arc::new(self.courier.of(before.id));
        self.import.id = before.id;
        self.import.created_at = before.created_at;
        self.report.id = Some(before.id);
        self.record(ImportState::Running).await?;
        Ok(self)
    }

    pub fn id(&self) -> ImportId {
        self.import.id
    }

    /// As others see it while it is running.
    pub fn report_so_far(&self) -> Report {
        Report::of_import(&self.import)
    }

    /// Carries the import out. `heed` hears how far it is, and may break it off
    /// there; then the report says `interrupted`. While a chunk is being written
    /// the next is decided: whoever breaks off gets that one too.
    pub async fn run(
        mut self,
        heed: impl Fn(&Report) -> ControlFlow<()> + Send,
    ) -> Result<Report, CommandError> {
        let people = std::mem::take(&mut self.people);
        let chunks: Vec<Vec<ManifestPerson>> = people.chunks(CHUNK).map(<[_]>::to_vec).collect();
        let mut chunks = chunks.into_iter();
        let mut under_way = FuturesOrdered::new();
        let mut broken_off = false;
        loop {
            let free = AHEAD.saturating_sub(under_way.len());
            let free = if broken_off { 0 } else { free };
            for chunk in chunks.by_ref().take(free) {
                under_way.push_back(Arc::clone(&self.courier).bring(chunk));
            }
            let Some(brought) = under_way.next().await else {
                break;
            };
            match brought {
                Ok(brought) => self.count(brought),
                Err(error) => {
                    self.give_up().await;
                    return Err(error);
                }
            }
            broken_off |= heed(&self.report).is_break();
            if !broken_off && chunks.len() > 0 && chunks.len().is_multiple_of(RECORD_EVERY) {
                self.record(ImportState::Running).await?;
            }
        }
        self.report.finish();
        let state = if chunks.len() > 0 {
            ImportState::Interrupted
        } else {
            ImportState::Completed
        };
        self.record(state).await?;
        Ok(self.report)
    }

    fn count(&mut self, brought: Brought) {
        self.report.created += brought.created;
        self.report.updated += brought.updated;
        self.report.unchanged += brought.unchanged;
        for (row, person, refusal) in brought.refused {
            self.report.reject(row, &person, &refusal);
        }
    }

    async fn give_up(&mut self) {
        self.report.finish();
        if let Err(error) = self.record(ImportState::Interrupted).await {
            tracing::warn!(import = %self.import.id, %error, "an interrupted import could not be recorded as such");
        }
    }

    async fn record(&mut self, state: ImportState) -> Result<(), CommandError> {
        let report = &mut self.report;
        report.state = state;
        self.import.state = state;
        self.import.created = signed(report.created);
        self.import.updated = signed(report.updated);
        self.import.unchanged = signed(report.unchanged);
        self.import.rejected = signed(report.rejected);
        self.import.processed = signed(report.processed());
        if state != ImportState::Running {
            self.import.problems = Arc::new(report.problems());
        }
        self.import.updated_at = self.clock.now();
        let import = Arc::new(self.import.clone());
        let command = Command::RecordImport { import };
        self.courier.order(command, None).await?;
        Ok(())
    }
}

fn signed(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
