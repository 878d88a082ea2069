//! The values of state channels: the bodies of the REST resources of the same
//! names, made anew after commits and as time passes, while somebody looks.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web;
use bytes::Bytes;

use crate::actors::handle::TenantHandle;
use crate::app::App;
use crate::cache::Kind;
use crate::cache::rendered::Rendered;
use crate::domain::ids::TenantId;
use crate::error::ApiError;
use crate::http::pipeline::departures::list::overview;
use crate::http::pipeline::imports;
use crate::http::pipeline::snapshots;
use crate::realtime::channel::Channel;

/// Between two values of one channel.
const AT_MOST_EVERY: Duration = Duration::from_millis(100);
/// What moves by time alone is looked at so often.
const TIME_PASSES: Duration = Duration::from_secs(5);

/// For which tenants somebody keeps the values up to date.
#[derive(Debug, Default)]
pub struct States {
    kept: Mutex<HashSet<TenantId>>,
}

/// A value, and the tag that says whether a reader would notice a difference.
struct Made {
    tag: String,
    body: Bytes,
}

/// The first value of a channel for somebody who comes to it. From then on it
/// is kept up to date.
pub async fn begin(
    app: &web::Data<App>,
    tenant: &TenantHandle,
    channel: &Channel,
) -> Result<(), ApiError> {
    let feed = tenant.feed();
    feed.want_state(channel.clone());
    let made = match channel {
        Channel::Job(id) => Some(imports::progress(app, tenant, *id).await?),
        _ => make(app, tenant, channel)?.map(|made| made.body),
    };
    if let Some(body) = made {
        feed.publish_state(channel.clone(), body);
    }
    if app.states.kept().insert(feed.tenant().id) {
        actix_web::rt::spawn(keep(app.clone(), tenant.clone()));
    }
    Ok(())
}

impl States {
    fn kept(&self) -> MutexGuard<'_, HashSet<TenantId>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until nobody reads the tenant's feed any more.
async fn keep(app: web::Data<App>, tenant: TenantHandle) {
    let feed = Arc::clone(tenant.feed());
    let id = feed.tenant().id;
    let mut news = feed.news();
    let mut tags: BTreeMap<Channel, String> = BTreeMap::new();
    let mut made_of = None;
    while feed.has_readers() {
        // nobody is left to tell when the sender is gone, and then there are no readers
        let _ = tokio::time::timeout(TIME_PASSES, news.changed()).await;
        let tenant = app.tenants.peek(id).unwrap_or_else(|| tenant.clone());
        let (head, now) = (tenant.view().state.head, Instant::now());
        if made_of.is_some_and(|(seq, at)| seq == head && now.duration_since(at) < TIME_PASSES) {
            continue;
        }
        made_of = Some((head, now));
        for channel in feed.wanted_states() {
            match make(&app, &tenant, &channel) {
                Ok(Some(made)) if tags.get(&channel) != Some(&made.tag) => {
                    feed.publish_state(channel.clone(), made.body);
                    tags.insert(channel, made.tag);
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "a state channel has no value"),
            }
        }
        for import in feed.take_changed_jobs() {
            match imports::progress(&app, &tenant, import).await {
                Ok(body) => feed.publish_state(Channel::Job(import), body),
                Err(error) => tracing::warn!(%error, "the progress of an import cannot be read"),
            }
        }
        tokio::time::sleep(AT_MOST_EVERY).await;
    }
    feed.forget_states();
    app.states.kept().remove(&id);
}

fn make(
    app: &web::Data<App>,
    tenant: &TenantHandle,
    channel: &Channel,
) -> Result<Option<Made>, ApiError> {
    let kind = match channel {
        Channel::Health => Kind::Health,
        Channel::Stages => Kind::Stages,
        Channel::Bottlenecks => Kind::Bottlenecks,
        Channel::Departures => {
            let (freshness, view) = (tenant.freshness(), tenant.view());
            let reply = overview(&view, freshness);
            let tag = snapshots::tag::of(reply.data(), freshness.live)?;
            let body = reply.body()?.into();
            return Ok(Some(Made { tag, body }));
        }
        Channel::Tasks | Channel::RoleTasks(_) | Channel::User(_) | Channel::Job(_) => {
            return Ok(None);
        }
    };
    let Rendered { tag, body, .. } = snapshots::current(app, tenant, kind)?;
    Ok(Some(Made { tag, body }))
}
