//! The sessions of one thread: each worker has its own, so that news crosses
//! from the tenant's thread to this one once, however many sessions there are.
//!
//! `feed (news) → audience → sessions of this thread`

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::feed::{Feed, News};
use crate::domain::ids::TenantId;

/// Between two frames of one session while there is always something new.
const FRAME: Duration = Duration::from_millis(20);
/// How often sessions look at the clock.
const TICK: Duration = Duration::from_secs(1);

/// There is something new to read.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Wake(pub News);

/// Time has passed.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct Tick;

/// Come back elsewhere.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct GoAway;

/// How an audience reaches a session.
#[derive(Clone)]
pub struct Listener {
    pub wake: Recipient<Wake>,
    pub tick: Recipient<Tick>,
    pub go_away: Recipient<GoAway>,
}

type Listeners = Rc<RefCell<HashMap<Uuid, Listener>>>;

/// One thread's sessions, by tenant; those that have not said who they are wait
/// apart.
#[derive(Clone, Default)]
pub struct Audiences {
    tenants: Rc<RefCell<HashMap<TenantId, Listeners>>>,
    all: Listeners,
}

impl Audiences {
    /// To be called within the thread's runtime. Once `closing` says over how
    /// long, everybody is sent away.
    pub fn start(mut closing: watch::Receiver<Option<Duration>>) -> Self {
        let audiences = Self::default();
        let closed = audiences.clone();
        actix::spawn(async move {
            let over = closing.wait_for(Option::is_some).await;
            let over = over.ok().and_then(|over| *over);
            if let Some(over) = over {
                closed.dissolve(over).await;
            }
        });
        let all = Rc::clone(&audiences.all);
        actix::spawn(async move {
            let mut ticks = tokio::time::interval(TICK);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                for listener in all.borrow().values() {
                    // a session with a full mailbox has enough to do
                    let _ = listener.tick.try_send(Tick);
                }
            }
        });
        audiences
    }

    pub fn enter(&self, id: Uuid, listener: Listener) {
        self.all.borrow_mut().insert(id, listener);
    }

    /// From now on the session hears of the tenant's news.
    pub fn follow(&self, id: Uuid, feed: &Arc<Feed>) {
        let Some(listener) = self.all.borrow().get(&id).cloned() else {
            return;
        };
        let tenant = feed.tenant().id;
        let mut tenants = self.tenants.borrow_mut();
        let listeners = match tenants.get(&tenant) {
            Some(listeners) => Rc::clone(listeners),
            None => {
                let listeners = Listeners::default();
                tenants.insert(tenant, Rc::clone(&listeners));
                actix::spawn(spread_news(
                    Arc::clone(feed),
                    Rc::clone(&listeners),
                    Rc::clone(&self.tenants),
                ));
                listeners
            }
        };
        listeners.borrow_mut().insert(id, listener);
    }

    pub fn leave(&self, id: Uuid, tenant: Option<TenantId>) {
        self.all.borrow_mut().remove(&id);
        if let Some(tenant) = tenant
            && let Some(listeners) = self.tenants.borrow().get(&tenant)
        {
            listeners.borrow_mut().remove(&id);
        }
    }

    /// Sends everybody away, evenly over some time.
    async fn dissolve(&self, over: Duration) {
        let listeners: Vec<_> = self.all.borrow().values().cloned().collect();
        let count = u32::try_from(listeners.len()).unwrap_or(u32::MAX).max(1);
        for listener in listeners {
            let _ = listener.go_away.try_send(GoAway);
            tokio::time::sleep(over / count).await;
        }
    }
}

/// Wakes a tenant's sessions until there are none.
async fn spread_news(
    feed: Arc<Feed>,
    listeners: Listeners,
    tenants: Rc<RefCell<HashMap<TenantId, Listeners>>>,
) {
    let mut news = feed.news();
    loop {
        if news.changed().await.is_err() {
            return;
        }
        if listeners.borrow().is_empty() {
            let mut tenants = tenants.borrow_mut();
            tenants.remove(&feed.tenant().id);
            return;
        }
        let since = *news.borrow_and_update();
        for listener in listeners.borrow().values() {
            // a session with a full mailbox will be woken by what is in it
            let _ = listener.wake.try_send(Wake(since));
        }
        tokio::time::sleep(FRAME).await;
    }
}
