//! The socket's door: who may knock, and what a session may ask of us.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use serde_json::json;
use uuid::Uuid;

use super::reception::{self, Shown};
use super::seats::Seat;
use super::{answers, origin};
use crate::actors::audience::Audiences;
use crate::actors::feed::Feed;
use crate::actors::handle::TenantHandle;
use crate::actors::session::{self, Guest, Opening, Reception};
use crate::app::App;
use crate::cache::presence::Present;
use crate::config::realtime::Realtime;
use crate::domain::principal::Actor;
use crate::error::ApiError;
use crate::http::auth::credential::{self, Credential};
use crate::metrics::Metrics;
use crate::realtime::protocol::ErrorCode;
use crate::realtime::session::{Admission, Answer, Asked, Refusal, Settings};

/// Where clients connect.
pub const PATH: &str = "/connection/websocket";
/// The only encoding that is spoken.
const JSON: &str = "centrifuge-json";
/// Accepted in order to be able to say that it is not offered.
const PROTOBUF: &str = "centrifuge-protobuf";

/// A session's settings, as configured.
pub fn settings(config: &Realtime) -> Settings {
    Settings {
        ping: Duration::from_secs(config.ping_seconds.into()),
        max_message_bytes: config.message_bytes,
        max_channels: config.channels,
        commands_per_second: config.commands_per_second,
        command_burst: config.commands_per_second.saturating_mul(4).max(300),
        credit_bytes: u64::try_from(config.credit_bytes).unwrap_or(u64::MAX),
        slow_after: config.slow_after(),
        replay_events: config.replay_events.into(),
        ..Settings::default()
    }
}

#[get("/connection/websocket")]
pub async fn open_socket(
    request: HttpRequest,
    stream: web::Payload,
    app: web::Data<App>,
    audiences: web::Data<Audiences>,
) -> Result<HttpResponse, actix_web::Error> {
    let secure = app.config.http.is_secure();
    let cookie = match credential::of_request(&request, secure) {
        Ok(Credential::Session(token)) => Some(Arc::from(token)),
        Ok(Credential::ApiKey(_)) | Err(_) => None,
    };
    let header = match credential::of_request(&request, secure) {
        Ok(Credential::ApiKey(key)) => Some(key.text.to_owned()),
        Ok(Credential::Session(_)) | Err(_) => None,
    };
    let (http, allowed) = (&app.config.http, &app.config.realtime.allowed_origins);
    if cookie.is_some() && !origin::is_allowed(&request, http, allowed) {
        return Err(ApiError::ForeignOrigin.into());
    }
    let offered = offered_protocols(&request);
    let query = request.query_string();
    let foreign = offered.iter().any(|one| one == PROTOBUF)
        || query.contains("cf_protocol=protobuf")
        || query.contains("format=protobuf");
    let shown = header
        .map(Shown::Token)
        .or_else(|| cookie.map(Shown::Cookie));
    let chance = u16::try_from(app.secrets.seed() & 0xffff).unwrap_or_default();
    let opening = Opening {
        id: app.new_id(),
        chance,
        settings: Arc::clone(&app.session_settings),
        reception: Desk { app, shown },
        audiences,
        foreign,
    };
    session::open(&request, stream, &[JSON, PROTOBUF], opening)
}

fn offered_protocols(request: &HttpRequest) -> Vec<String> {
    let offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let texts = offered.filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(','))
        .map(|one| one.trim().to_owned())
        .collect()
}

/// What a session needs of the program, with what its request came with.
#[derive(Clone)]
pub struct Desk {
    app: web::Data<App>,
    /// The cookie or key that the request for the socket came with.
    shown: Option<Shown>,
}

impl Desk {
    fn admission(&self, guest: &reception::Guest) -> Admission {
        let now = self.app.clock.now();
        let left = guest.expires_at.map(|end| end - now);
        Admission {
            identity: guest.identity,
            principal: Arc::clone(&guest.principal),
            slug: Arc::clone(&guest.tenant.feed().tenant().slug),
            at: guest.rights,
            expires_in: left.map(|left| left.to_std().unwrap_or_default().max(SECOND)),
        }
    }
}

/// The least that a client is told its credential is good for.
const SECOND: Duration = Duration::from_secs(1);

impl Reception for Desk {
    type Seat = Option<Seat>;

    fn admit(
        &self,
        token: Option<String>,
    ) -> LocalBoxFuture<'static, Result<Guest<Self::Seat>, Refusal>> {
        let desk = self.clone();
        let shown = token.map(Shown::Token).or_else(|| self.shown.clone());
        async move {
            let guest = reception::admit(&desk.app, shown.as_ref()).await?;
            Ok(Guest {
                admission: desk.admission(&guest),
                tenant: guest.tenant,
                reader: guest.reader,
                seat: guest.seat,
            })
        }
        .boxed_local()
    }

    fn renew(&self, token: String) -> LocalBoxFuture<'static, Result<Admission, Refusal>> {
        let desk = self.clone();
        async move {
            let guest = reception::recognise(&desk.app, &Shown::Token(token)).await?;
            Ok(desk.admission(&guest))
        }
        .boxed_local()
    }

    fn answer(
        &self,
        tenant: TenantHandle,
        asked: Asked,
    ) -> LocalBoxFuture<'static, Result<Answer, ErrorCode>> {
        let app = self.app.clone();
        async move { answers::answer(&app, &tenant, asked).await }.boxed_local()
    }

    fn follows(
        &self,
        client: Uuid,
        admission: &Admission,
        feed: &Feed,
        channels: BTreeSet<Arc<str>>,
    ) {
        let present = Present {
            client,
            user: match admission.identity.actor {
                Actor::User(id) => id.to_string().into(),
                Actor::ApiKey(id) => id.to_string().into(),
                Actor::System => "system".into(),
            },
            name: Arc::clone(&admission.principal.display_name),
            channels,
        };
        self.app.presence.note(feed.tenant().id, present);
    }

    fn left(&self, client: Uuid, feed: &Feed) {
        self.app.presence.leave(feed.tenant().id, client);
    }

    fn metrics(&self) -> &Metrics {
        &self.app.metrics
    }
}

/// What others may know of a connection.
pub fn info_of(name: &str) -> Bytes {
    json!({ "name": name }).to_string().into()
}
