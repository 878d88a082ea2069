//! One WebSocket. The only file that knows `actix-web-actors`: it carries out
//! what the state machine in `realtime::session` says, and decides nothing.
//!
//! `socket ⇄ session → feed`, woken by its thread's `audience`
//!
//! The actor runs inside the response: it is looked after only while little
//! waits to be written. So what is on the way to a client is bounded by credit,
//! below the server's write buffer, and a client that stalls is noticed by the
//! ticks of the audience, not by a timer of its own.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Instant;

use actix::prelude::*;
use actix_http::ws::Item;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_web_actors::ws::{
    CloseCode as WireCode, CloseReason, Message, ProtocolError, WebsocketContext, WsResponseBuilder,
};
use bytes::BytesMut;
use bytestring::ByteString;
use futures::future::LocalBoxFuture;
use uuid::Uuid;

use super::audience::{Audiences, GoAway, Listener, Tick, Wake};
use super::feed::{Feed, Reader};
use super::handle::TenantHandle;
use crate::metrics::Metrics;
use crate::realtime::protocol::{CloseCode, ErrorCode};
use crate::realtime::session::{
    Admission, Answer, Asked, Counted, Effect, Question, Recovery, Refusal, Session, Settings,
};

/// Messages that a session holds before news is left out; it looks for itself.
const MAILBOX: usize = 16;
/// How long a client may take to answer that its socket is being closed.
const CLOSE_WAIT: std::time::Duration = std::time::Duration::from_secs(5);

/// Somebody who has been let in, and what is kept for them while they are there.
pub struct Guest<S> {
    pub tenant: TenantHandle,
    pub admission: Admission,
    pub reader: Reader,
    pub seat: S,
}

/// What a session needs from the rest of the program.
pub trait Reception: Clone + Unpin + 'static {
    type Seat: Unpin + 'static;

    fn admit(
        &self,
        token: Option<String>,
    ) -> LocalBoxFuture<'static, Result<Guest<Self::Seat>, Refusal>>;
    /// A later credential of somebody who is there.
    fn renew(&self, token: String) -> LocalBoxFuture<'static, Result<Admission, Refusal>>;
    fn answer(
        &self,
        tenant: TenantHandle,
        asked: Asked,
    ) -> LocalBoxFuture<'static, Result<Answer, ErrorCode>>;
    /// Whoever has this connection follows these channels from now on.
    fn follows(
        &self,
        client: Uuid,
        admission: &Admission,
        feed: &Feed,
        channels: BTreeSet<Arc<str>>,
    );
    fn left(&self, client: Uuid, feed: &Feed);
    fn metrics(&self) -> &Metrics;
}

pub struct SessionActor<R: Reception> {
    id: Uuid,
    session: Session,
    reception: R,
    audiences: web::Data<Audiences>,
    guest: Option<Guest<R::Seat>>,
    /// Parts of a message that is not whole yet.
    parts: BytesMut,
    longest: usize,
    /// A close frame has been sent; nothing that comes is looked at any more.
    closing: bool,
    /// What the socket was closed with, by either side.
    closed_with: Option<u16>,
}

/// How a socket is opened.
pub struct Opening<R> {
    pub id: Uuid,
    /// Random: spreads what many sessions would do at the same moment.
    pub chance: u16,
    pub settings: Arc<Settings>,
    pub reception: R,
    pub audiences: web::Data<Audiences>,
    /// The client wants an encoding that is not offered.
    pub foreign: bool,
}

/// Answers the request for a socket, and starts its actor.
pub fn open<R: Reception>(
    request: &HttpRequest,
    stream: web::Payload,
    protocols: &[&str],
    opening: Opening<R>,
) -> Result<HttpResponse, actix_web::Error> {
    let longest = opening.settings.max_message_bytes;
    let id = opening.id;
    let session = Session::new(
        opening.settings,
        id.to_string().into(),
        opening.chance,
        Instant::now(),
    );
    let actor = SessionActor {
        id,
        session,
        reception: opening.reception,
        audiences: opening.audiences,
        guest: None,
        parts: BytesMut::new(),
        longest,
        closing: opening.foreign,
        closed_with: None,
    };
    WsResponseBuilder::new(actor, request, stream)
        .protocols(protocols)
        .frame_size(longest)
        .start()
}

type Ctx<R> = WebsocketContext<SessionActor<R>>;

impl<R: Reception> SessionActor<R> {
    /// Lets the state machine go on, and carries out what it says. Says whether
    /// anything was sent.
    fn go_on(
        &mut self,
        ctx: &mut Ctx<R>,
        step: impl FnOnce(&mut Session, Instant, Option<&Feed>) -> Vec<Effect>,
    ) -> bool {
        let feed = self.guest.as_ref().map(|guest| &**guest.tenant.feed());
        let effects = step(&mut self.session, Instant::now(), feed);
        let sent = effects
            .iter()
            .any(|effect| matches!(effect, Effect::Send(_)));
        for effect in effects {
            self.carry_out(effect, ctx);
        }
        self.count();
        sent
    }

    fn carry_out(&mut self, effect: Effect, ctx: &mut Ctx<R>) {
        match effect {
            Effect::Send(bytes) => self.send(bytes, ctx),
            Effect::Probe(total) => ctx.ping(&total.to_be_bytes()),
            Effect::Authenticate { token } => self.authenticate(token, ctx),
            Effect::Refresh { question, token } => {
                let renewing = self.reception.renew(token);
                ctx.spawn(renewing.into_actor(self).map(move |outcome, actor, ctx| {
                    actor.go_on(ctx, |session, now, feed| {
                        session.refreshed(question, outcome, now, feed)
                    });
                }));
            }
            Effect::Load { after } => self.load(after, ctx),
            Effect::Ask(question) => self.ask(question, ctx),
            Effect::Close { code } => self.close(code, ctx),
        }
    }

    fn send(&self, bytes: Bytes, ctx: &mut Ctx<R>) {
        let metrics = self.reception.metrics();
        metrics.ws_messages_sent_total.inc();
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        metrics.ws_sent_bytes_total.inc_by(size);
        match ByteString::try_from(bytes) {
            Ok(text) => ctx.text(text),
            Err(error) => tracing::error!(%error, "a message of ours is not text"),
        }
    }

    fn authenticate(&mut self, token: Option<String>, ctx: &mut Ctx<R>) {
        let admitting = self.reception.admit(token);
        ctx.spawn(admitting.into_actor(self).map(|outcome, actor, ctx| {
            let outcome = outcome.map(|guest| {
                let admission = guest.admission.clone();
                actor.audiences.follow(actor.id, guest.tenant.feed());
                actor.guest = Some(guest);
                admission
            });
            actor.go_on(ctx, |session, now, feed| {
                session.admitted(outcome, now, feed)
            });
        }));
    }

    fn load(&mut self, after: i64, ctx: &mut Ctx<R>) {
        let Some(guest) = &self.guest else { return };
        let feed = Arc::clone(guest.tenant.feed());
        let loading = async move { feed.load(after).await };
        ctx.spawn(loading.into_actor(self).map(|loaded, actor, ctx| {
            if let Err(error) = loaded {
                tracing::debug!(%error, "the log cannot be read for a client; it is tried again");
                return;
            }
            actor.go_on(ctx, |session, now, feed| session.loaded(now, feed));
        }));
    }

    fn ask(&mut self, question: Question, ctx: &mut Ctx<R>) {
        let Some(guest) = &self.guest else { return };
        let Question { id, asked } = question;
        let answering = self.reception.answer(guest.tenant.clone(), asked);
        ctx.spawn(answering.into_actor(self).map(move |answer, actor, ctx| {
            actor.go_on(ctx, |session, now, feed| {
                session.answered(id, answer, now, feed)
            });
        }));
    }

    fn close(&mut self, code: CloseCode, ctx: &mut Ctx<R>) {
        self.closing = true;
        self.closed_with.get_or_insert(code.code());
        ctx.close(Some(CloseReason {
            code: WireCode::from(code.code()),
            description: Some(code.reason().to_owned()),
        }));
        // the client closes; what it sends before that is discarded
        ctx.run_later(CLOSE_WAIT, |_, ctx| ctx.stop());
    }

    /// Tells metrics and presence what has happened.
    fn count(&mut self) {
        let counts = self.session.take_counts();
        if counts.is_empty() {
            return;
        }
        let metrics = self.reception.metrics();
        let mut moved = false;
        for (what, times) in counts {
            match what {
                Counted::Error(error) => metrics
                    .ws_errors_total
                    .with_label_values(&[&error.code().to_string()])
                    .inc_by(times),
                Counted::Recovery(recovery) => {
                    let recovered = recovery == Recovery::Recovered;
                    metrics
                        .ws_recoveries_total
                        .with_label_values(&[&recovered.to_string()])
                        .inc_by(times);
                }
                Counted::Command("connect" | "subscribe" | "unsubscribe")
                | Counted::Unsubscribe(_) => moved = true,
                Counted::Command(_) | Counted::Close(_) => {}
            }
        }
        if moved && let Some(guest) = &self.guest {
            let feed = guest.tenant.feed();
            let slug = &feed.tenant().slug;
            let channels = self.session.channels();
            let channels = channels.filter(|channel| channel.has_presence());
            let names = channels.map(|channel| channel.name(slug).into()).collect();
            self.reception
                .follows(self.id, &guest.admission, feed, names);
        }
    }

    fn take_part(&mut self, item: Item, ctx: &mut Ctx<R>) {
        let (part, last, text) = match item {
            Item::FirstText(part) => (part, false, true),
            Item::FirstBinary(part) => (part, false, false),
            Item::Continue(part) => (part, false, true),
            Item::Last(part) => (part, true, true),
        };
        if !text {
            self.go_on(ctx, |session, now, _| session.binary(now));
            return;
        }
        if self.parts.len() + part.len() > self.longest {
            self.go_on(ctx, |session, now, _| session.too_big(now));
            return;
        }
        self.parts.extend_from_slice(&part);
        if last {
            let whole = std::mem::take(&mut self.parts);
            self.go_on(ctx, |session, now, feed| {
                match std::str::from_utf8(&whole) {
                    Ok(text) => session.receive(text, now, feed),
                    Err(_) => session.not_utf8(now),
                }
            });
        }
    }
}

impl<R: Reception> Actor for SessionActor<R> {
    type Context = WebsocketContext<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        if self.closing {
            return self.close(CloseCode::InappropriateProtocol, ctx);
        }
        let address = ctx.address();
        let listener = Listener {
            wake: address.clone().recipient(),
            tick: address.clone().recipient(),
            go_away: address.recipient(),
        };
        self.audiences.enter(self.id, listener);
    }

    /// Every way out passes here.
    fn stopped(&mut self, _: &mut Self::Context) {
        let feed = self.guest.as_ref().map(|guest| guest.tenant.feed());
        let tenant = feed.map(|feed| feed.tenant().id);
        self.audiences.leave(self.id, tenant);
        if let Some(feed) = feed {
            self.reception.left(self.id, feed);
        }
        let code = self.closed_with.unwrap_or(1006).to_string();
        self.reception
            .metrics()
            .ws_disconnects_total
            .with_label_values(&[&code])
            .inc();
    }
}

impl<R: Reception> StreamHandler<Result<Message, ProtocolError>> for SessionActor<R> {
    fn handle(&mut self, message: Result<Message, ProtocolError>, ctx: &mut Self::Context) {
        if self.closing {
            // our close frame is on its way
            match message {
                Ok(Message::Close(_)) | Err(_) => ctx.stop(),
                Ok(_) => {}
            }
            return;
        }
        match message {
            Ok(Message::Text(text)) => {
                self.go_on(ctx, |session, now, feed| session.receive(&text, now, feed));
            }
            Ok(Message::Binary(_)) => {
                self.go_on(ctx, |session, now, _| session.binary(now));
            }
            Ok(Message::Continuation(item)) => self.take_part(item, ctx),
            Ok(Message::Ping(payload)) => ctx.pong(&payload),
            Ok(Message::Pong(payload)) => {
                if let Ok(total) = <[u8; 8]>::try_from(&*payload) {
                    let total = u64::from_be_bytes(total);
                    self.go_on(ctx, |session, now, feed| session.pong(total, now, feed));
                }
            }
            Ok(Message::Close(reason)) => {
                let code = reason
                    .as_ref()
                    .map_or(1005, |reason| u16::from(reason.code));
                self.closed_with.get_or_insert(known(code));
                ctx.close(reason.filter(|reason| may_be_sent(u16::from(reason.code))));
                ctx.stop();
            }
            Ok(Message::Nop) => {}
            Err(ProtocolError::Overflow) => {
                self.go_on(ctx, |session, now, _| session.too_big(now));
            }
            Err(ProtocolError::Io(error)) if error.kind() == ErrorKind::Other => {
                self.go_on(ctx, |session, now, _| session.not_utf8(now));
            }
            Err(ProtocolError::Io(_)) => ctx.stop(),
            Err(_) => {
                self.go_on(ctx, |session, now, _| session.binary(now));
            }
        }
    }
}

/// Clients may send any code: labels of metrics are few.
fn known(code: u16) -> u16 {
    match code {
        1000..=1011 | 3000..=3014 | 3500..=3509 => code,
        _ => 4999,
    }
}

fn may_be_sent(code: u16) -> bool {
    !matches!(code, 0..=999 | 1004..=1006 | 1015)
}

impl<R: Reception> Handler<Wake> for SessionActor<R> {
    type Result = ();

    fn handle(&mut self, wake: Wake, ctx: &mut Self::Context) {
        if self.go_on(ctx, |session, now, feed| session.pull(now, feed)) {
            self.reception
                .metrics()
                .fanout_latency_seconds
                .observe(wake.0.since.elapsed().as_secs_f64());
        }
    }
}

impl<R: Reception> Handler<Tick> for SessionActor<R> {
    type Result = ();

    fn handle(&mut self, _: Tick, ctx: &mut Self::Context) {
        self.go_on(ctx, |session, now, feed| session.tick(now, feed));
    }
}

impl<R: Reception> Handler<GoAway> for SessionActor<R> {
    type Result = ();

    fn handle(&mut self, _: GoAway, ctx: &mut Self::Context) {
        self.go_on(ctx, |session, now, _| session.cut(CloseCode::Shutdown, now));
    }
}
