//! The log as Server-Sent Events: for scripts, `curl`, and whoever wants no
//! client library. Read only, with the permissions of the socket.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::Bytes;
use futures::Stream;
use futures::stream::unfold;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;

use super::seats::Seat;
use super::states;
use crate::actors::feed::{Feed, News, Reader, Seen};
use crate::app::App;
use crate::domain::principal::Principal;
use crate::domain::time::Timestamp;
use crate::error::{ApiError, Limited};
use crate::http::auth::authorized::Authorized;
use crate::http::auth::credential;
use crate::http::auth::needs::SignedIn;
use crate::http::params::Params;
use crate::http::reply::Answer;
use crate::realtime::channel::{Channel, ChannelKind};
use crate::realtime::feed::{AccessChange, Feed as _, Identity};

/// A stream without news says so, or what is between would close it.
const QUIET: Duration = Duration::from_secs(15);
/// Bytes of events that are handed over at once.
const PIECE: usize = 64 * 1024;

#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Followed {
    /// A channel by its whole name, or without `realtime:{tenant}:`.
    #[param(example = "pipeline:tasks")]
    pub channel: String,
    /// Events after this one; the header `Last-Event-ID` wins. From now on
    /// unless given.
    #[param(minimum = 0)]
    pub last_event_id: Option<i64>,
}

/// What a line of the stream holds, once it is read.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only describes what is written as text")]
struct ServerSentEvent {
    /// The event's number in the log.
    #[schema(example = "4711")]
    id: Option<String>,
    /// Its kind, or `reset` where the stream cannot be continued.
    #[schema(example = "task.completed")]
    event: Option<String>,
    /// The event as JSON.
    data: String,
}

/// Follow a channel as Server-Sent Events.
///
/// The `id` of an event is its number in the log; sent back as `Last-Event-ID`
/// it continues from there, as browsers do by themselves. `event` is its kind.
/// An event `reset` says that the position cannot be continued from: load
/// anew, the stream goes on from its `offset`. Channels that carry a state send
/// the whole of it, without `id`.
#[utoipa::path(
    tag = "realtime",
    extensions(("x-rate-limit" = json!("reads"))),
    params(Followed, ("Last-Event-ID" = Option<String>, Header, pattern = "^[0-9]{1,18}$", description = "The last event that was seen")),
    security(("api_key" = []), ("session" = [])),
    responses(
        (status = 200, description = "A stream that does not end by itself", content_type = "text/event-stream", body = ServerSentEvent),
        (status = 404, description = "`NOT_FOUND`: there is no such channel"),
    ),
)]
#[get("/events")]
pub async fn follow_events(
    request: HttpRequest,
    authorized: Authorized<SignedIn>,
    followed: Params<Followed>,
) -> Answer {
    let Followed {
        channel,
        last_event_id,
    } = followed.0;
    let after = match request.headers().get("last-event-id") {
        Some(value) => Some(parse_position(value)?),
        None => last_event_id,
    };
    let app = &authorized.app;
    let tenant = authorized.tenant().await?;
    let reader = tenant.feed().enter();
    let rights = tenant.feed().top();
    // again, now that changes of rights are followed from there on
    let credential = credential::of_request(&request, app.config.http.is_secure())?;
    let caller = app.callers.resolve(app, credential).await?;
    let slug = &caller.tenant.slug;
    let channel = Channel::parse(&channel, slug)
        .or_else(|| Channel::parse(&format!("realtime:{slug}:{channel}"), slug))
        .filter(|channel| channel.may_subscribe(&caller.principal))
        // names cannot be probed
        .ok_or(ApiError::NotFound { what: "channel" })?;
    let seat = app
        .seats
        .take(caller.tenant.id, caller.principal.actor)
        .map_err(|_| ApiError::RateLimited {
            retry_after: Duration::from_secs(5),
            limited: Limited::Connections,
        })?;
    if channel.kind() == ChannelKind::State {
        states::begin(app, &tenant, &channel).await?;
    }
    let feed = Arc::clone(tenant.feed());
    let mut follower = Follower {
        app: app.clone(),
        news: feed.news(),
        position: feed.top(),
        feed,
        channel,
        who: Arc::clone(&caller.principal),
        identity: Identity {
            actor: caller.principal.actor,
            session: caller.session.as_ref().map(|session| session.id),
        },
        expires_at: caller.expires_at,
        rights,
        version: 0,
        text: String::new(),
        ended: false,
        _held: (reader, seat),
    };
    follower.begin(after);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-accel-buffering", "no"))
        .streaming(follower.stream()))
}

fn parse_position(value: &header::HeaderValue) -> Result<i64, ApiError> {
    let position = value.to_str().ok().and_then(|text| text.parse().ok());
    position.filter(|position| *position >= 0).ok_or_else(|| {
        ApiError::Malformed("Last-Event-ID is not the number of an event".to_owned())
    })
}

struct Follower {
    app: web::Data<App>,
    feed: Arc<Feed>,
    news: watch::Receiver<News>,
    channel: Channel,
    who: Arc<Principal>,
    identity: Identity,
    expires_at: Option<Timestamp>,
    /// Rights are known up to there.
    rights: i64,
    position: i64,
    /// Of the state that was sent last.
    version: u64,
    text: String,
    ended: bool,
    _held: (Reader, Seat),
}

impl Follower {
    /// From after `after`, if that can be.
    fn begin(&mut self, after: Option<i64>) {
        let Some(after) = after else {
            self.text.push_str(": from now on\n\n");
            return;
        };
        let top = self.feed.top();
        let missed = i64::from(self.app.config.realtime.replay_events);
        let known = (self.feed.first() - 1..=top).contains(&after) && top - after <= missed;
        if known {
            self.position = after;
            self.text.push_str(": continued\n\n");
        } else {
            self.reset(top);
        }
    }

    fn reset(&mut self, offset: i64) {
        self.position = offset;
        let data = json!({ "offset": offset, "epoch": &*self.feed.epoch() });
        self.put(None, "reset", &data.to_string());
    }

    fn put(&mut self, id: Option<i64>, event: &str, data: &str) {
        if let Some(id) = id {
            self.text.push_str(&format!("id: {id}\n"));
        }
        self.text
            .push_str(&format!("event: {event}\ndata: {data}\n\n"));
    }

    fn stream(self) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
        unfold(self, async |mut follower| {
            let piece = follower.next_piece().await?;
            Some((Ok(piece), follower))
        })
    }

    async fn next_piece(&mut self) -> Option<Bytes> {
        loop {
            if !self.text.is_empty() {
                return Some(std::mem::take(&mut self.text).into());
            }
            if self.ended {
                return None;
            }
            self.news.mark_unchanged();
            if self.app.is_stopping() {
                self.end("shutdown");
                continue;
            }
            if self
                .expires_at
                .is_some_and(|end| end <= self.app.clock.now())
            {
                self.end("expired");
                continue;
            }
            self.follow_rights();
            let behind = !self.ended && self.gather().await;
            if self.text.is_empty() && !behind && !self.ended {
                self.wait().await;
            }
        }
    }

    fn end(&mut self, reason: &str) {
        self.put(None, "end", &json!({ "reason": reason }).to_string());
        self.ended = true;
    }

    async fn wait(&mut self) {
        match tokio::time::timeout(QUIET, self.news.changed()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => self.end("shutdown"),
            Err(_) => self.text.push_str(":\n\n"),
        }
    }

    /// Before anything is read up to the head, the rights up to it are known.
    fn follow_rights(&mut self) {
        let top = self.feed.top();
        match self.feed.access_change(&self.identity, self.rights, top) {
            Some((_, AccessChange::Revoked { code })) => self.end(code.reason()),
            Some((_, AccessChange::Principal(who))) => {
                let (before, after) = (
                    self.channel.visibility(&self.who),
                    self.channel.visibility(&who),
                );
                self.who = who;
                if !self.channel.may_subscribe(&self.who) {
                    self.end("permission denied");
                } else if before != after {
                    self.reset(top);
                }
            }
            None => {}
        }
        self.rights = top;
    }

    /// Says whether there is more.
    async fn gather(&mut self) -> bool {
        if self.channel.kind() == ChannelKind::State {
            self.gather_state();
            return false;
        }
        let upto = self.rights;
        if self.position > upto {
            // another log than the one that was followed
            self.reset(upto);
            return false;
        }
        let seen = self
            .feed
            .see(&self.channel, &self.who, (self.position, upto), PIECE);
        match seen {
            Seen::Events { to, events } => {
                for (event, sight) in events {
                    self.text.push_str(&format!(
                        "id: {}\nevent: {}\ndata: ",
                        event.seq,
                        event.kind.as_str()
                    ));
                    event.write_data(sight, &mut self.text);
                    self.text.push_str("\n\n");
                }
                self.position = to;
                to < upto
            }
            Seen::NotLoaded => {
                let loaded = self.feed.load(self.position).await;
                if let Err(error) = loaded {
                    tracing::warn!(%error, "the log cannot be read for a stream");
                    self.end("insufficient state");
                } else if self.position + 1 < self.feed.first() {
                    self.reset(self.feed.top());
                }
                true
            }
        }
    }

    fn gather_state(&mut self) {
        if let Some(state) = self.feed.state(&self.channel)
            && state.version != self.version
        {
            self.version = state.version;
            let body = String::from_utf8_lossy(&state.body).into_owned();
            self.put(None, "state", &body);
        }
    }
}
