//! Manifests on their way in: read, checked, tried out on a copy of the state
//! or carried out command by command, and reported row by row.
//!
//! People go in by the chunk, each chunk a command that is all in or not at
//! all. Whoever the rules refuse is found by halving the chunk, and reported;
//! everybody else is in. A file sent twice finds everybody unchanged.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::actors::handle::{CommandError, Order, TenantHandle};
use crate::clock::Clock;
use crate::db;
use crate::db::pool::Pools;
use crate::domain::ids::{IdSource, ImportId};
use crate::domain::manifest::{self, IgnoredRow, Manifest, ManifestPerson, Problem, ProblemCode};
use crate::domain::pipeline::change::EventKind;
use crate::domain::pipeline::command::{Command, ImportedPerson};
use crate::domain::pipeline::decide::{Context, Standing, decide, standing};
use crate::domain::pipeline::import::{Import, ImportState};
use crate::domain::pipeline::refusal::Refusal;
use crate::domain::pipeline::state::State;
use crate::domain::principal::Principal;
use crate::domain::time::Timestamp;
use crate::spreadsheet;

/// People in one command: large enough to be fast, small enough that others
/// hardly wait.
const CHUNK: usize = 200;
/// Chunks between two records of how far it is.
const REPORT_EVERY: usize = 5;

/// What became of a file, row by row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Report {
    /// Rows with people, good and bad.
    pub rows: u32,
    pub created: u32,
    pub updated: u32,
    pub unchanged: u32,
    pub rejected: u32,
    /// Why rows were rejected, by row, then column.
    pub errors: Vec<Problem>,
    /// What is odd about rows, rejected or not.
    pub warnings: Vec<Problem>,
    /// Headers of columns that were not read.
    pub ignored_columns: Vec<String>,
    /// Rows that are not about a person: totals, notes, signatures.
    pub ignored_rows: Vec<IgnoredRow>,
    /// Nothing was changed.
    pub dry_run: bool,
}

impl Report {
    fn of(manifest: &mut Manifest, dry_run: bool) -> Self {
        Self {
            rows: manifest.rows,
            rejected: manifest.rows.saturating_sub(count(manifest.people.len())),
            errors: std::mem::take(&mut manifest.errors),
            warnings: std::mem::take(&mut manifest.warnings),
            ignored_columns: std::mem::take(&mut manifest.ignored_columns),
            ignored_rows: std::mem::take(&mut manifest.ignored_rows),
            dry_run,
            ..Self::default()
        }
    }

    fn reject(&mut self, person: &ManifestPerson, refusal: &Refusal) {
        let (column, complaint) = match refusal {
            Refusal::Validation(fields) => match fields.0.first_key_value() {
                Some((field, complaints)) => (field.clone(), complaints.join("; ")),
                None => (String::new(), refusal.to_string()),
            },
            Refusal::Duplicate { field, .. } => ((*field).to_owned(), refusal.to_string()),
            _ => (String::new(), refusal.to_string()),
        };
        self.rejected += 1;
        self.errors.push(Problem {
            row: person.row,
            column,
            code: ProblemCode::InvalidValue,
            message: complaint,
            value: String::new(),
        });
        self.errors.sort_by_key(|problem| problem.row);
    }

    fn problems(&self) -> serde_json::Value {
        serde_json::json!({ "errors": self.errors, "warnings": self.warnings })
    }
}

/// A file as it was sent.
#[derive(Clone, Debug)]
pub struct Upload {
    pub file_name: Arc<str>,
    pub sha256: Arc<str>,
    pub manifest: Manifest,
}

impl Upload {
    /// Reads and checks a file. Takes a while for a large one: not for a
    /// thread that others wait for.
    pub fn read(file_name: &str, bytes: &[u8], today: NaiveDate) -> Self {
        let limits = spreadsheet::Limits::default();
        let manifest = match spreadsheet::read_preferring(bytes, &limits, manifest::is_manifest) {
            Ok(sheet) => manifest::check(&sheet, today),
            Err(error) => Manifest::unreadable(error),
        };
        let sha256 = hex::encode(Sha256::digest(bytes)).into();
        Self {
            file_name: file_name.into(),
            sha256,
            manifest,
        }
    }
}

/// What importing would do, tried out on a copy of the state that nobody sees.
pub fn rehearse(mut upload: Upload, known: &Known, mut state: State, now: Timestamp) -> Report {
    let mut report = Report::of(&mut upload.manifest, true);
    let principal = Principal::system();
    // the ids are thrown away with the copy
    let mut ids = IdSource::seeded(0);
    for person in upload.manifest.people {
        let imported = ImportedPerson::from(person.clone());
        if known.contains(&imported) {
            report.unchanged += 1;
            continue;
        }
        let standing = standing(&state, &imported);
        let command = Command::ImportPeople {
            people: Arc::new(vec![imported]),
        };
        let context = Context {
            principal: &principal,
            now,
            ids: &mut ids,
        };
        match (decide(&mut state, &command, context), standing) {
            (Ok(_), Standing::New) => report.created += 1,
            (Ok(_), Standing::Changed(_)) => report.updated += 1,
            (Ok(_), Standing::Unchanged(_)) => report.unchanged += 1,
            (Err(refusal), _) => report.reject(&person, &refusal),
        }
    }
    report
}

/// Journeys that have long been closed and are not in memory: a manifest that
/// names them again changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Known(HashSet<(Arc<str>, NaiveDate)>);

impl Known {
    /// Looks the people of an upload up in the database, leaving out the hot ones.
    pub async fn look_up(
        pools: &Pools,
        handle: &TenantHandle,
        upload: &Upload,
    ) -> db::Result<Self> {
        let view = handle.view();
        let tenant = view.state.tenant.id;
        let cold: Vec<String> = upload
            .manifest
            .people
            .iter()
            .map(|person| &person.passport_number)
            .filter(|passport| {
                view.state
                    .by_passport(&Arc::from(passport.as_str()))
                    .is_empty()
            })
            .cloned()
            .collect();
        if cold.is_empty() {
            return Ok(Self::default());
        }
        let journeys = pools
            .read(tenant, async |connection: &mut db::Connection| {
                db::jamaah::journeys_of(connection, tenant, &cold).await
            })
            .await?;
        Ok(Self(journeys.into_iter().collect()))
    }

    fn contains(&self, person: &ImportedPerson) -> bool {
        !self.0.is_empty()
            && self
                .0
                .contains(&(person.passport_number.clone(), person.departure_date))
    }
}

/// An import under way.
pub struct Job {
    handle: TenantHandle,
    principal: Arc<Principal>,
    request_id: Arc<str>,
    clock: Clock,
    report: Report,
    import: Import,
}

impl Job {
    /// Records that the import has begun; from then on it can be asked about.
    pub async fn begin(
        handle: TenantHandle,
        principal: Arc<Principal>,
        request_id: Arc<str>,
        clock: Clock,
        id: ImportId,
        upload: &mut Upload,
    ) -> Result<Self, CommandError> {
        let report = Report::of(&mut upload.manifest, false);
        let now = clock.now();
        let import = Import {
            id,
            file_name: upload.file_name.clone(),
            sha256: upload.sha256.clone(),
            state: ImportState::Running,
            rows: signed(report.rows),
            processed: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            rejected: signed(report.rejected),
            problems: Arc::new(report.problems()),
            created_by: principal.actor,
            created_at: now,
            updated_at: now,
        };
        let job = Self {
            handle,
            principal,
            request_id,
            clock,
            report,
            import,
        };
        job.order(Command::RecordImport {
            import: Arc::new(job.import.clone()),
        })
        .await?;
        Ok(job)
    }

    pub fn id(&self) -> ImportId {
        self.import.id
    }

    /// Carries the import out. `progress` hears how many rows are dealt with.
    pub async fn run(
        mut self,
        people: Vec<ManifestPerson>,
        known: &Known,
        progress: impl Fn(u32, u32),
    ) -> Result<Report, CommandError> {
        for (place, chunk) in people.chunks(CHUNK).enumerate() {
            if let Err(error) = self.import(chunk, known).await {
                if let Err(error) = self.record(ImportState::Interrupted).await {
                    tracing::warn!(%error, "an interrupted import could not be recorded as such");
                }
                return Err(error);
            }
            let done = self.report.created + self.report.updated + self.report.unchanged;
            progress(done + self.report.rejected, self.report.rows);
            if (place + 1) % REPORT_EVERY == 0 {
                self.record(ImportState::Running).await?;
            }
        }
        self.record(ImportState::Completed).await?;
        Ok(self.report)
    }

    /// Imports people together, or, when one of them is refused, in halves.
    async fn import(
        &mut self,
        people: &[ManifestPerson],
        known: &Known,
    ) -> Result<(), CommandError> {
        let mut halves = vec![people];
        while let Some(people) = halves.pop() {
            let mut imported: Vec<ImportedPerson> =
                people.iter().cloned().map(ImportedPerson::from).collect();
            imported.retain(|person| !known.contains(person));
            let skipped = people.len() - imported.len();
            let given = imported.len();
            match self
                .order(Command::ImportPeople {
                    people: Arc::new(imported),
                })
                .await
            {
                Ok(kinds) => {
                    let times = |kind| count(kinds.iter().filter(|k| **k == kind).count());
                    let created = times(EventKind::JamaahRegistered);
                    let updated = times(EventKind::JamaahUpdated);
                    self.report.created += created;
                    self.report.updated += updated;
                    self.report.unchanged += count(given + skipped) - created - updated;
                }
                Err(CommandError::Refused(refusal)) => match people {
                    [person] => self.report.reject(person, &refusal),
                    _ => {
                        let (first, second) = people.split_at(people.len() / 2);
                        halves.extend([second, first]);
                    }
                },
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn record(&mut self, state: ImportState) -> Result<(), CommandError> {
        let report = &self.report;
        self.import.state = state;
        self.import.created = signed(report.created);
        self.import.updated = signed(report.updated);
        self.import.unchanged = signed(report.unchanged);
        self.import.rejected = signed(report.rejected);
        self.import.processed =
            signed(report.created + report.updated + report.unchanged + report.rejected);
        if state != ImportState::Running {
            self.import.problems = Arc::new(report.problems());
        }
        self.import.updated_at = self.clock.now();
        self.order(Command::RecordImport {
            import: Arc::new(self.import.clone()),
        })
        .await?;
        Ok(())
    }

    /// Gives a command, again while the log is busy.
    async fn order(&self, command: Command) -> Result<Arc<[EventKind]>, CommandError> {
        let mut tries = 0;
        loop {
            let order = Order {
                command: command.clone(),
                principal: Arc::clone(&self.principal),
                idempotency: None,
                request_id: Arc::clone(&self.request_id),
            };
            match self.handle.execute(order).await {
                Ok(receipt) => return Ok(receipt.kinds),
                Err(CommandError::Busy { retry_after }) if tries < 20 => {
                    tries += 1;
                    tokio::time::sleep(retry_after).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn signed(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}
