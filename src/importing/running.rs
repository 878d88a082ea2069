//! Which imports run in this process: one at a time for each tenant. They run
//! beside the requests that wanted them, so that none ends because a browser
//! was closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use crate::domain::ids::{ImportId, TenantId};

/// Files that are read at the same time: each may fill a lot of memory.
const READERS: usize = 2;
/// How long a file waits to be read.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub struct Imports {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    runtime: Handle,
    readers: Semaphore,
    running: Mutex<HashMap<TenantId, Option<ImportId>>>,
    ended: Notify,
}

impl Inner {
    fn running(&self) -> MutexGuard<'_, HashMap<TenantId, Option<ImportId>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Imports {
    /// Imports will run on this thread's runtime, which has to be one that
    /// outlives requests.
    pub fn on(runtime: Handle) -> Self {
        Self {
            inner: Arc::new(Inner {
                runtime,
                readers: Semaphore::new(READERS),
                running: Mutex::default(),
                ended: Notify::new(),
            }),
        }
    }

    /// Leave to read a file, unless too many are being read.
    pub async fn reader(&self) -> Option<SemaphorePermit<'_>> {
        let permit = tokio::time::timeout(PATIENCE, self.inner.readers.acquire()).await;
        permit.ok()?.ok()
    }

    /// The tenant's turn to import, after those who came before, unless that
    /// takes longer than `patience`.
    pub async fn wait_for_turn(&self, tenant: TenantId, patience: Duration) -> Option<Turn> {
        let waiting = async {
            loop {
                let ended = self.inner.ended.notified();
                if let Some(turn) = self.take_turn(tenant) {
                    return turn;
                }
                ended.await;
            }
        };
        tokio::time::timeout(patience, waiting).await.ok()
    }

    /// The tenant's turn to import, unless it is importing already.
    pub fn take_turn(&self, tenant: TenantId) -> Option<Turn> {
        use std::collections::hash_map::Entry;
        match self.inner.running().entry(tenant) {
            Entry::Occupied(_) => None,
            Entry::Vacant(place) => {
                place.insert(None);
                Some(Turn {
                    imports: self.clone(),
                    tenant,
                })
            }
        }
    }

    pub fn is_running(&self, tenant: TenantId, import: ImportId) -> bool {
        self.inner.running().get(&tenant) == Some(&Some(import))
    }

    /// Lets `import` run on, whatever becomes of the caller.
    pub fn spawn<T: Send + 'static>(
        &self,
        import: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.inner.runtime.spawn(import)
    }

    /// Waits until none is running.
    pub async fn settled(&self) {
        loop {
            let ended = self.inner.ended.notified();
            if self.inner.running().is_empty() {
                return;
            }
            ended.await;
        }
    }
}

/// Nobody else imports for this tenant until it is dropped.
#[derive(Debug)]
pub struct Turn {
    imports: Imports,
    tenant: TenantId,
}

impl Turn {
    /// Says which import it is that runs.
    pub fn names(&self, import: ImportId) {
        self.imports
            .inner
            .running()
            .insert(self.tenant, Some(import));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.imports.inner.running().remove(&self.tenant);
        self.imports.inner.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tenant_imports_one_file_at_a_time() {
        let imports = Imports::on(Handle::current());
        let [one, other] = [1, 2].map(|id| TenantId(uuid::Uuid::from_u128(id)));
        let import = ImportId(uuid::Uuid::from_u128(3));
        let turn = imports.take_turn(one).unwrap();
        assert!(imports.take_turn(one).is_none());
        let soon = Duration::from_millis(1);
        assert!(imports.wait_for_turn(one, soon).await.is_none());
        assert!(imports.take_turn(other).is_some());
        assert!(!imports.is_running(one, import));
        turn.names(import);
        assert!(imports.is_running(one, import) && !imports.is_running(other, import));
        let (settled, ()) = tokio::join!(imports.settled(), async { drop(turn) });
        assert_eq!(settled, ());
        let turn = imports.take_turn(one).unwrap();
        let later = Duration::from_secs(60);
        let (next, ()) = tokio::join!(imports.wait_for_turn(one, later), async { drop(turn) });
        assert!(next.is_some());
    }
}
