//! Brings the people of an import to their tenant, a chunk at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::known::Known;
use super::report::count;
use crate::actors::handle::{CommandError, Idempotency, Order, Receipt, TenantHandle};
use crate::domain::ids::ImportId;
use crate::domain::manifest::ManifestPerson;
use crate::domain::pipeline::change::EventKind;
use crate::domain::pipeline::command::{Command, ImportedPerson};
use crate::domain::pipeline::refusal::Refusal;
use crate::domain::principal::Principal;

/// How long an import waits for a log that cannot be written, in all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who wants it, where.
#[derive(Clone)]
pub struct Commission {
    pub handle: TenantHandle,
    pub principal: Arc<Principal>,
    pub request_id: Arc<str>,
}

impl Commission {
    /// Gives a command once.
    pub(super) async fn order(
        &self,
        command: Command,
        idempotency: Option<Idempotency>,
    ) -> Result<Receipt, CommandError> {
        let order = Order {
            command,
            principal: Arc::clone(&self.principal),
            idempotency,
            request_id: Arc::clone(&self.request_id),
        };
        self.handle.execute(order).await
    }
}

/// What became of a chunk.
#[derive(Debug, Default)]
pub(super) struct Brought {
    pub created: u32,
    pub updated: u32,
    pub unchanged: u32,
    /// By row of the file.
    pub refused: Vec<(u32, ImportedPerson, Refusal)>,
}

pub(super) struct Courier {
    by: Commission,
    import: ImportId,
    known: Arc<Known>,
    waited_ms: AtomicU64,
}

impl Courier {
    pub fn new(by: Commission, import: ImportId, known: Known) -> Self {
        Self {
            by,
            import,
            known: Arc::new(known),
            waited_ms: AtomicU64::new(0),
        }
    }

    /// The same on behalf of another import.
    pub fn of(&self, import: ImportId) -> Self {
        Self {
            by: self.by.clone(),
            import,
            known: Arc::clone(&self.known),
            waited_ms: AtomicU64::new(0),
        }
    }

    /// Brings people together, or, when one of them is refused, in halves.
    pub async fn bring(
        self: Arc<Self>,
        people: Vec<ManifestPerson>,
    ) -> Result<Brought, CommandError> {
        let mut brought = Brought::default();
        let mut parts = vec![people.as_slice()];
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
                Ok(receipt) => brought.count(people.len(), &receipt),
                Err(CommandError::Refused(refusal)) => match (people, imported.as_slice()) {
                    ([person], [imported]) => {
                        let refused = (person.row, imported.clone(), refusal);
                        brought.refused.push(refused);
                    }
                    _ => {
                        let (first, second) = people.split_at(people.len() / 2);
                        parts.extend([second, first]);
                    }
                },
                Err(error) => return Err(error),
            }
        }
        Ok(brought)
    }

    /// Sent again after an answer was lost, or by an import that is taken up
    /// again, the same people count as what they were the first time. No
    /// caller's key has a space in it.
    fn key_of(&self, people: &[ManifestPerson]) -> Option<Idempotency> {
        let first = people.first()?.row;
        let key = format!("import {} {first}+{}", self.import, people.len());
        Some(Idempotency {
            key: key.into(),
            request_hash: 0,
        })
    }

    /// Gives a command, again while the log is busy or away.
    pub async fn order(
        &self,
        command: Command,
        idempotency: Option<Idempotency>,
    ) -> Result<Receipt, CommandError> {
        loop {
            match self.by.order(command.clone(), idempotency.clone()).await {
                Err(
                    CommandError::Busy { retry_after }
                    | CommandError::Unavailable { retry_after, .. },
                ) if self.has_patience() => {
                    let waits = retry_after.max(Duration::from_millis(50)).as_millis();
                    let waits_ms = u64::try_from(waits).unwrap_or(u64::MAX);
                    self.waited_ms.fetch_add(waits_ms, Ordering::Relaxed);
                    tokio::time::sleep(retry_after).await;
                }
                settled => return settled,
            }
        }
    }

    fn has_patience(&self) -> bool {
        u128::from(self.waited_ms.load(Ordering::Relaxed)) < PATIENCE.as_millis()
    }
}

impl Brought {
    fn count(&mut self, people: usize, receipt: &Receipt) {
        let times = |kind| count(receipt.kinds.iter().filter(|k| **k == kind).count());
        let created = times(EventKind::JamaahRegistered);
        let updated = times(EventKind::JamaahUpdated);
        self.created += created;
        self.updated += updated;
        self.unchanged += count(people).saturating_sub(created + updated);
    }
}
