//! Answers to what a session asks that its feed does not have at hand.

use actix_web::web;

use super::socket::info_of;
use super::states;
use crate::actors::feed::{Feed, Seen};
use crate::actors::handle::TenantHandle;
use crate::app::App;
use crate::domain::principal::Principal;
use crate::error::ApiError;
use crate::realtime::channel::Channel;
use crate::realtime::feed::Feed as _;
use crate::realtime::protocol::{ErrorCode, PresenceEntry};
use crate::realtime::session::{Answer, Asked};

pub async fn answer(
    app: &web::Data<App>,
    tenant: &TenantHandle,
    asked: Asked,
) -> Result<Answer, ErrorCode> {
    let feed = tenant.feed();
    match asked {
        Asked::History {
            channel,
            who,
            after,
            upto,
            limit,
            newest_first,
            budget,
        } => {
            let wanted = Wanted {
                channel: &channel,
                who: &who,
                limit,
                budget,
            };
            let found = match newest_first {
                false => wanted.oldest(feed, after, upto).await,
                true => wanted.newest(feed, after, upto).await,
            };
            found.map(Answer::History).map_err(|error| {
                tracing::warn!(%error, "the history of a channel cannot be read");
                ErrorCode::Internal
            })
        }
        Asked::Presence(channel) => {
            let found = present(app, feed, &channel).await;
            Ok(Answer::Presence(found))
        }
        Asked::PresenceStats(channel) => {
            let found = present(app, feed, &channel).await;
            let mut users: Vec<_> = found.iter().map(|entry| &entry.user).collect();
            users.sort_unstable();
            users.dedup();
            let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
            Ok(Answer::PresenceStats {
                clients: count(found.len()),
                users: count(users.len()),
            })
        }
        Asked::FirstValue(channel) => {
            let begun = states::begin(app, tenant, &channel).await;
            begun.map_err(|error| match error {
                // the names of jobs cannot be probed
                ApiError::NotFound { .. } => ErrorCode::PermissionDenied,
                error => {
                    tracing::warn!(%error, "a state channel has no first value");
                    ErrorCode::Internal
                }
            })?;
            let value = feed.state(&channel).ok_or(ErrorCode::Internal)?;
            Ok(Answer::FirstValue(value))
        }
    }
}

async fn present(app: &App, feed: &Feed, channel: &Channel) -> Vec<PresenceEntry> {
    let tenant = feed.tenant();
    let name = channel.name(&tenant.slug);
    let found = app.presence.on(&app.cache, tenant.id, &name).await;
    found
        .into_iter()
        .map(|present| PresenceEntry {
            client: present.client.to_string(),
            user: present.user.to_string(),
            conn_info: Some(info_of(&present.name)),
        })
        .collect()
}

/// A page of a channel's history.
struct Wanted<'a> {
    channel: &'a Channel,
    who: &'a Principal,
    limit: usize,
    budget: usize,
}

impl Wanted<'_> {
    async fn oldest(
        &self,
        feed: &Feed,
        mut after: i64,
        upto: i64,
    ) -> crate::db::Result<Vec<bytes::Bytes>> {
        let (mut found, mut size) = (Vec::new(), 0);
        while after < upto && found.len() < self.limit && size < self.budget {
            let left = self.budget - size;
            match feed.see(self.channel, self.who, (after, upto), left) {
                Seen::Events { to, events } => {
                    for (event, sight) in events {
                        if found.len() < self.limit {
                            let publication = event.publication(sight);
                            size += publication.len();
                            found.push(publication);
                        }
                    }
                    if to <= after {
                        break;
                    }
                    after = to;
                }
                Seen::NotLoaded => {
                    if after + 1 < feed.first() {
                        break;
                    }
                    feed.load(after).await?;
                }
            }
        }
        Ok(found)
    }

    /// Backwards in steps: how many events there are that may be seen is not known before.
    async fn newest(
        &self,
        feed: &Feed,
        after: i64,
        mut upto: i64,
    ) -> crate::db::Result<Vec<bytes::Bytes>> {
        /// Events looked at in one step.
        const STEP: i64 = 256;
        let all = Wanted {
            limit: usize::MAX,
            budget: usize::MAX,
            ..*self
        };
        let (mut found, mut size) = (Vec::new(), 0);
        let floor = after.max(feed.first() - 1);
        while upto > floor && found.len() < self.limit && size < self.budget {
            let from = (upto - STEP).max(floor);
            let step = all.oldest(feed, from, upto).await?;
            for publication in step.into_iter().rev() {
                if found.len() < self.limit {
                    size += publication.len();
                    found.push(publication);
                }
            }
            upto = from;
        }
        Ok(found)
    }
}
