//! From a credential to a caller, remembered for a while: an authenticated
//! request costs one hash and a few look-ups in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::accounts;
use super::caller::Caller;
use super::credential::{Credential, Hash, hash};
use crate::app::App;
use crate::db;
use crate::domain::access::AccessRow;
use crate::domain::ids::SessionId;
use crate::domain::principal::Actor;
use crate::domain::time::Timestamp;
use crate::error::ApiError;

/// How long a caller is taken for who they were, and an unknown credential
/// for unknown, unless the log says otherwise before.
const FRESH: TimeDelta = TimeDelta::seconds(10);
/// The same on a node that does not follow the tenant's log, and hears nothing.
const FRESH_UNHEARD: TimeDelta = TimeDelta::seconds(1);
/// How long the answer of before is taken when the database does not answer.
const RETRY: TimeDelta = TimeDelta::seconds(1);
/// How long the database is waited for when there is an answer of before.
const PATIENCE: Duration = Duration::from_millis(500);
/// The same when there is none: a busy one answers late, and else the request fails.
const MORE_PATIENCE: Duration = Duration::from_secs(2);
/// How long it is kept for that case.
const KEPT: Duration = Duration::from_secs(3600);
/// Longer than any answer that it is about: those still on their way when it
/// is noted come within [`MORE_PATIENCE`].
const FORGOTTEN: Duration = Duration::from_secs(3660);
const AT_MOST: u64 = 50_000;

/// The callers seen lately, by the hash of their credential.
#[derive(Debug)]
pub struct Callers {
    known: Cache<Hash, Entry>,
    /// Who has changed, and the last question whose answer may not know it yet.
    forgotten: Cache<Who, u64>,
    /// Numbers the questions: those asked after a change come after it.
    questions: AtomicU64,
}

#[derive(Clone, Debug)]
struct Entry {
    caller: Option<Arc<Caller>>,
    asked: Timestamp,
    fresh_until: Timestamp,
    question: u64,
}

impl Entry {
    fn is_fresh(&self, app: &App, now: Timestamp) -> bool {
        let hears = self
            .caller
            .as_ref()
            .is_none_or(|caller| app.tenants.peek(caller.tenant.id).is_some());
        now < self.fresh_until && (hears || now - self.asked < FRESH_UNHEARD)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Who {
    Actor(Actor),
    Session(SessionId),
}

impl Default for Callers {
    fn default() -> Self {
        Self {
            known: Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(KEPT)
                .build(),
            forgotten: Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(FORGOTTEN)
                // a new note always goes before an old one
                .eviction_policy(EvictionPolicy::lru())
                .build(),
            questions: AtomicU64::new(0),
        }
    }
}

impl Callers {
    pub async fn resolve(
        &self,
        app: &App,
        credential: Credential<'_>,
    ) -> Result<Arc<Caller>, ApiError> {
        let key = key(credential);
        let now = app.clock.now();
        let entry = match self.recall(&key) {
            Some(entry) if entry.is_fresh(app, now) => entry,
            known => self.look_up(app, credential, key, known, now).await?,
        };
        entry.caller.ok_or(ApiError::Unauthenticated)
    }

    /// Whether it has to be looked up who that is.
    pub fn is_new(&self, credential: Credential<'_>) -> bool {
        !self.known.contains_key(&key(credential))
    }

    /// Makes the next request of this user or key look again, whatever is
    /// remembered or just being asked; without an answer of the database it is
    /// not admitted. To be called after the change is committed.
    pub fn forget_actor(&self, actor: Actor) {
        self.forget(Who::Actor(actor));
    }

    /// The same for one session.
    pub fn forget_session(&self, session: SessionId) {
        self.forget(Who::Session(session));
    }

    /// Forgets whom an event of the log is about.
    pub fn heed(&self, row: &AccessRow) {
        match row {
            AccessRow::Session(ended) if ended.id.is_some() => {
                ended.id.into_iter().for_each(|id| self.forget_session(id));
            }
            other => {
                other
                    .actor()
                    .into_iter()
                    .for_each(|one| self.forget_actor(one));
            }
        }
    }

    fn forget(&self, who: Who) {
        let last = self.questions.fetch_add(1, Ordering::SeqCst);
        self.forgotten.insert(who, last);
    }

    /// What is known, if nothing has changed since.
    fn recall(&self, key: &Hash) -> Option<Entry> {
        let entry = self.known.get(key)?;
        let outdated = entry.caller.as_ref().is_some_and(|caller| {
            let session = caller.session.as_ref();
            let session = session.map(|session| Who::Session(session.id));
            [Some(Who::Actor(caller.principal.actor)), session]
                .into_iter()
                .flatten()
                .filter_map(|who| self.forgotten.get(&who))
                .any(|last| entry.question <= last)
        });
        (!outdated).then_some(entry)
    }

    async fn look_up(
        &self,
        app: &App,
        credential: Credential<'_>,
        key: Hash,
        known: Option<Entry>,
        now: Timestamp,
    ) -> Result<Entry, ApiError> {
        let question = self.questions.load(Ordering::SeqCst);
        let patience = match known {
            Some(_) => PATIENCE,
            None => MORE_PATIENCE,
        };
        let asked = tokio::time::timeout(patience, accounts::find_caller(app, credential, now));
        let found = asked
            .await
            .unwrap_or_else(|_| Err(db::Error::Unreachable("it does not answer".to_owned())));
        let entry = match (found, known) {
            (Ok(caller), _) => Entry {
                caller: caller.map(Arc::new),
                asked: now,
                fresh_until: now + FRESH,
                question,
            },
            // reading goes on while the database is away
            (Err(error), Some(known)) => {
                tracing::debug!(error.cause = %error, "authenticating from memory");
                Entry {
                    asked: now,
                    fresh_until: now + RETRY,
                    ..known
                }
            }
            (Err(error), None) => {
                return Err(ApiError::Away(format!("cannot authenticate: {error}")));
            }
        };
        self.known.insert(key, entry.clone());
        Ok(entry)
    }
}

fn key(credential: Credential<'_>) -> Hash {
    match credential {
        Credential::ApiKey(key) => hash(key.text),
        Credential::Session(token) => hash(token),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;
    use crate::domain::access::{EndedSession, UserAccess};
    use crate::domain::ids::{TenantId, UserId};
    use crate::domain::limits::Quotas;
    use crate::domain::pipeline::tenant::{Tenant, TenantKind};
    use crate::domain::principal::Principal;
    use crate::domain::reach::Reach;
    use crate::domain::time::Zone;
    use crate::http::auth::caller::Session;

    const SITI: UserId = UserId(Uuid::from_u128(1));
    const BUDI: UserId = UserId(Uuid::from_u128(2));

    fn caller(user: UserId, session: u128) -> Caller {
        Caller {
            tenant: Arc::new(Tenant {
                id: TenantId(Uuid::nil()),
                slug: "al-barokah".into(),
                name: "Al-Barokah".into(),
                kind: TenantKind::Travel,
                zone: Zone::WIB,
                locale: "id".into(),
                epoch: "e1".into(),
            }),
            principal: Arc::new(Principal {
                actor: Actor::User(user),
                display_name: "somebody".into(),
                roles: BTreeSet::new(),
                permissions: BTreeSet::new(),
                reach: Reach::default(),
            }),
            email: None,
            session: Some(Session {
                id: SessionId(Uuid::from_u128(session)),
                csrf_hash: [0; 32],
            }),
            expires_at: None,
            quotas: Quotas::new(),
        }
    }

    /// Siti in two browsers, Budi in one; under 1, 2 and 3.
    fn three_browsers() -> Callers {
        let callers = Callers::default();
        for (browser, user) in [(1, SITI), (2, SITI), (3, BUDI)] {
            answer(&callers, browser, user, 0);
        }
        callers
    }

    /// The answer to a question comes in.
    fn answer(callers: &Callers, browser: u8, user: UserId, question: u64) {
        let entry = Entry {
            caller: Some(Arc::new(caller(user, browser.into()))),
            asked: Timestamp::MAX_UTC,
            fresh_until: Timestamp::MAX_UTC,
            question,
        };
        callers.known.insert([browser; 32], entry);
    }

    fn remembered(callers: &Callers) -> [bool; 3] {
        [1, 2, 3].map(|browser| callers.recall(&[browser; 32]).is_some())
    }

    #[test]
    fn a_user_is_forgotten_in_every_browser_and_nobody_else() {
        let callers = three_browsers();
        assert_eq!(remembered(&callers), [true, true, true]);
        callers.forget_actor(Actor::User(SITI));
        assert_eq!(remembered(&callers), [false, false, true]);
    }

    #[test]
    fn a_session_is_forgotten_alone() {
        let callers = three_browsers();
        callers.forget_session(SessionId(Uuid::from_u128(2)));
        assert_eq!(remembered(&callers), [true, false, true]);
    }

    #[test]
    fn an_answer_to_an_earlier_question_does_not_bring_them_back() {
        let callers = three_browsers();
        let asked_before = callers.questions.load(Ordering::SeqCst);
        callers.forget_actor(Actor::User(SITI));
        let asked_after = callers.questions.load(Ordering::SeqCst);
        answer(&callers, 1, SITI, asked_before);
        answer(&callers, 2, SITI, asked_after);
        assert_eq!(remembered(&callers), [false, true, true]);
    }

    #[test]
    fn an_event_makes_forget_whom_it_is_about() {
        let ended = |session: Option<u128>| {
            AccessRow::Session(EndedSession {
                id: session.map(|id| SessionId(Uuid::from_u128(id))),
                user_id: SITI,
            })
        };
        let updated = AccessRow::User(UserAccess {
            id: BUDI,
            name: "Budi".into(),
            active: true,
            roles: BTreeSet::new(),
            permissions: BTreeSet::new(),
            reach: Reach::default(),
            version: 1,
        });
        for (row, left) in [
            (ended(Some(1)), [false, true, true]),
            (ended(None), [false, false, true]),
            (updated, [true, true, false]),
        ] {
            let callers = three_browsers();
            callers.heed(&row);
            assert_eq!(remembered(&callers), left, "{row:?}");
        }
    }
}
