//! The audit: what is told in a tenant's log beside changed rows, and `/audit`,
//! where all of the log is looked through.
//!
//! Signing in and taking data out are written before they are answered. What
//! anybody can cause as often as they like (refusals, wrong passwords) goes to
//! the `recorder`, which writes a bounded part of it.

pub mod export;
pub mod filter;
pub mod list;
pub mod recorder;

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::dev::ServiceResponse;
use actix_web::http::Method;
use actix_web::{HttpMessage, HttpRequest, web};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::auth::caller::Caller;
use super::observe::RequestId;
use crate::app::App;
use crate::db::Connection;
use crate::db::access::{self, Author, Refused};
use crate::domain::audit::AuditNote;
use crate::domain::ids::TenantId;
use crate::domain::pipeline::change::EventKind;
use crate::domain::principal::Actor;
use crate::error::{ApiError, Limited};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list::list_events)
        .service(export::export_audit_csv)
        .service(export::export_audit_xlsx);
}

/// Where a request comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    pub address: IpAddr,
    pub request_id: Arc<str>,
}

impl Origin {
    pub fn of(request: &HttpRequest, address: IpAddr) -> Self {
        Self {
            address,
            request_id: RequestId::of(request),
        }
    }
}

pub fn author(app: &App, actor: Actor, request_id: Arc<str>) -> Author {
    Author {
        actor,
        at: app.clock.now(),
        request_id,
        command_id: app.new_id(),
        batch_id: app.new_id(),
        idempotency: None,
        may_give: None,
    }
}

/// Who it is, as the subject of a note.
pub fn actor_id(actor: Actor) -> Uuid {
    match actor {
        Actor::User(id) => id.0,
        Actor::ApiKey(id) => id.0,
        Actor::System => Uuid::nil(),
    }
}

/// Tells one thing, durably.
pub async fn write(
    app: &App,
    tenant: TenantId,
    author: &Author,
    kind: EventKind,
    note: AuditNote,
) -> Result<(), Refused> {
    let writing = app.db.access(async |conn: &mut Connection| {
        access::write(conn, tenant, author, async |deed| {
            deed.tell(kind, note);
            Ok(())
        })
        .await
    });
    writing.await
}

/// Notes an answer that refuses something to somebody who is known.
pub fn notice(app: &web::Data<App>, method: &Method, response: &ServiceResponse) {
    let error = response.response().error();
    let Some(error) = error.and_then(|error| error.as_error::<ApiError>()) else {
        return;
    };
    let request = response.request();
    let extensions = request.extensions();
    let Some(caller) = extensions.get::<Arc<Caller>>() else {
        return;
    };
    let (kind, permission, class) = match error {
        ApiError::Forbidden { permission } => {
            (EventKind::AccessRefused, Some(permission.as_str()), None)
        }
        ApiError::CsrfFailed | ApiError::ForeignOrigin => (EventKind::AccessRefused, None, None),
        ApiError::RateLimited {
            limited: Limited::Quota { class, .. },
            ..
        } => (EventKind::LimitExceeded, None, Some(class.as_str())),
        _ => return,
    };
    let route = app.routes.find(request.path());
    let operation = route.map(|route| format!("{method} {}", route.template));
    let note = AuditNote {
        id: actor_id(caller.principal.actor),
        // one quota is used up, whatever was asked for last
        operation: operation.filter(|_| class.is_none()).map(Arc::from),
        code: Some(error.status_and_code().1.into()),
        permission: permission.map(Arc::from),
        class: class.map(Arc::from),
        ..AuditNote::default()
    };
    let id = extensions.get::<RequestId>();
    let request_id = id.map_or_else(|| Arc::from(""), |id| id.0.clone());
    let actor = caller.principal.actor;
    app.recorder
        .note(app, caller.tenant.id, actor, kind, note, request_id);
}
