//! An import under way.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use super::Upload;
use super::known::Known;
use super::report::{Report, count};
use crate::actors::handle::{CommandError, Idempotency, Order, Receipt, TenantHandle};
use crate::clock::Clock;
use crate::domain::ids::ImportId;
use crate::domain::manifest::ManifestPerson;
use crate::domain::pipeline::change::{EventKind, Row};
use crate::domain::pipeline::command::{Command, ImportedPerson};
use crate::domain::pipeline::import::{Import, ImportState};
use crate::domain::principal::Principal;

/// People in one command: large enough to be fast, small enough that others
/// hardly wait.
const CHUNK: usize = 200;
/// Chunks between two records of how far it is.
const RECORD_EVERY: usize = 5;
/// How long an import waits for a log that cannot be written, in all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who wants it, where.
#[derive(Clone)]
pub struct Commission {
    pub handle: TenantHandle,
    pub principal: Arc<Principal>,
    pub request_id: Arc<str>,
}

/// An import that has been recorded as begun.
pub struct Job {
    by: Commission,
    clock: Clock,
    import: Import,
    report: Report,
    people: Vec<ManifestPerson>,
    known: Known,
    waited: Duration,
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
        let people = upload.manifest.people;
        let waited = PATIENCE;
        let mut job = Self {
            by,
            clock,
            import,
            report,
            people,
            known,
            waited,
        };
        let command = Command::RecordImport {
            import: Arc::new(job.import.clone()),
        };
        let receipt = job.order(command, idempotency).await?;
        job.waited = Duration::ZERO;
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
    /// there; then the report says `interrupted`.
    pub async fn run(
        mut self,
        heed: impl Fn(&Report) -> ControlFlow<()> + Send,
    ) -> Result<Report, CommandError> {
        let people = std::mem::take(&mut self.people);
        let mut chunks = people.chunks(CHUNK);
        while let Some(chunk) = chunks.next() {
            if let Err(error) = self.import(chunk).await {
                self.give_up().await;
                return Err(error);
            }
            let broken_off = heed(&self.report).is_break();
            if chunks.len() > 0 && broken_off {
                self.report.finish();
                self.record(ImportState::Interrupted).await?;
                return Ok(self.report);
            }
            if chunks.len() > 0 && chunks.len().is_multiple_of(RECORD_EVERY) {
                self.record(ImportState::Running).await?;
            }
        }
        self.report.finish();
        self.record(ImportState::Completed).await?;
        Ok(self.report)
    }

    /// Imports people together, or, when one of them is refused, in halves.
    async fn import(&mut self, people: &[ManifestPerson]) -> Result<(), CommandError> {
        let mut parts = vec![people];
        while let Some(people) = parts.pop() {
            let imported: Vec<ImportedPerson> =
                people.iter().cloned().map(ImportedPerson::from).collect();
            let new = imported
                .iter()
                .filter(|person| !self.known.contains(person))
                .cloned()
                .collect();
            let command = Command::ImportPeople {
                people: Arc::new(new),
            };
            match self.order(command, self.key_of(people)).await {
                Ok(receipt) => self.count(people.len(), &receipt),
                Err(CommandError::Refused(refusal)) => match (people, imported.as_slice()) {
                    ([person], [imported]) => self.report.reject(person.row, imported, &refusal),
                    _ => {
                        let (first, second) = people.split_at(people.len() / 2);
                        parts.extend([second, first]);
                    }
                },
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn count(&mut self, people: usize, receipt: &Receipt) {
        let times = |kind| count(receipt.kinds.iter().filter(|k| **k == kind).count());
        let created = times(EventKind::JamaahRegistered);
        let updated = times(EventKind::JamaahUpdated);
        self.report.created += created;
        self.report.updated += updated;
        self.report.unchanged += count(people).saturating_sub(created + updated);
    }

    /// Sent again after an answer was lost, or by an import that is taken up
    /// again, the same people count as what they were the first time. No
    /// caller's key has a space in it.
    fn key_of(&self, people: &[ManifestPerson]) -> Option<Idempotency> {
        let first = people.first()?.row;
        let key = format!("import {} {first}+{}", self.import.id, people.len());
        Some(Idempotency {
            key: key.into(),
            request_hash: 0,
        })
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
        self.order(Command::RecordImport { import }, None).await?;
        Ok(())
    }

    /// Gives a command, again while the log is busy or away.
    async fn order(
        &mut self,
        command: Command,
        idempotency: Option<Idempotency>,
    ) -> Result<Receipt, CommandError> {
        loop {
            let order = Order {
                command: command.clone(),
                principal: Arc::clone(&self.by.principal),
                idempotency: idempotency.clone(),
                request_id: Arc::clone(&self.by.request_id),
            };
            match self.by.handle.execute(order).await {
                Err(
                    CommandError::Busy { retry_after }
                    | CommandError::Unavailable { retry_after, .. },
                ) if self.waited < PATIENCE => {
                    self.waited += retry_after.max(Duration::from_millis(50));
                    tokio::time::sleep(retry_after).await;
                }
                settled => return settled,
            }
        }
    }
}

fn signed(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
