//! The extractor that lets a request in.

use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures::future::LocalBoxFuture;
use subtle::ConstantTimeEq;

use super::caller::Caller;
use super::credential::{self, hash};
use super::needs::Needs;
use crate::actors::handle::{Order, TenantHandle};
use crate::actors::registry::OpenError;
use crate::app::App;
use crate::config::http::Http;
use crate::db::access::Author;
use crate::domain::audit::AuditNote;
use crate::domain::ids::TenantId;
use crate::domain::pipeline::change::EventKind;
use crate::domain::pipeline::command::Command;
use crate::domain::principal::Principal;
use crate::error::{ApiError, permission_name};
use crate::http::audit::{self, actor_id};
use crate::http::observe::RequestId;
use crate::http::realtime::origin;
use crate::http::submission::Submission;

/// A caller who has the permission `P`, and through whom alone a handler
/// reaches a tenant.
pub struct Authorized<P> {
    pub caller: Arc<Caller>,
    pub app: web::Data<App>,
    request_id: Arc<str>,
    permission: PhantomData<P>,
}

impl<P> Authorized<P> {
    pub fn tenant_id(&self) -> TenantId {
        self.caller.tenant.id
    }

    pub fn principal(&self) -> &Arc<Principal> {
        &self.caller.principal
    }

    /// The caller's tenant, loaded into memory if need be.
    pub async fn tenant(&self) -> Result<TenantHandle, ApiError> {
        self.app
            .tenants
            .open(self.caller.tenant.id)
            .await
            .map_err(|error| match error {
                OpenError::NotFound => ApiError::NotFound { what: "tenant" },
                OpenError::Unavailable(cause) => {
                    ApiError::Away(format!("cannot load the tenant: {cause}"))
                }
            })
    }

    /// Data leaves: not without a trace.
    pub async fn tell_export(&self, what: &str) -> Result<(), ApiError> {
        let note = AuditNote {
            id: actor_id(self.caller.principal.actor),
            what: Some(what.into()),
            ..AuditNote::default()
        };
        let author = audit::author(
            &self.app,
            self.caller.principal.actor,
            self.request_id.clone(),
        );
        audit::write(
            &self.app,
            self.tenant_id(),
            &author,
            EventKind::DataExported,
            note,
        )
        .await
        .map_err(ApiError::from)
    }

    /// A command by this caller, with what came with its request.
    pub fn order<T>(&self, command: Command, submission: &Submission<T>) -> Order {
        Order {
            command,
            principal: self.caller.principal.clone(),
            idempotency: submission.idempotency(&self.caller.principal),
            request_id: self.request_id.clone(),
        }
    }
}

impl<P> Authorized<P> {
    /// The caller as somebody who changes accounts, and may give what they hold.
    pub fn author<T>(&self, submission: &Submission<T>) -> Author {
        let idempotency = submission.idempotency(&self.caller.principal);
        Author {
            actor: self.caller.principal.actor,
            at: self.app.clock.now(),
            request_id: self.request_id.clone(),
            command_id: self.app.new_id(),
            batch_id: self.app.new_id(),
            idempotency: idempotency.map(|one| (one.key, one.request_hash)),
            may_give: Some(self.caller.principal.permissions.clone()),
        }
    }
}

impl<P: Needs> Authorized<P> {
    /// Checks that have to be made on every request, cached or not.
    fn admit(
        app: web::Data<App>,
        request: &HttpRequest,
        caller: Arc<Caller>,
    ) -> Result<Self, ApiError> {
        if caller.expired(app.clock.now()) {
            return Err(ApiError::Unauthenticated);
        }
        // whoever is refused is named in the log line and in the audit
        request.extensions_mut().insert(caller.clone());
        check_csrf(request, &caller, &app.config.http)?;
        let allowed =
            P::ONE_OF.is_empty() || P::ONE_OF.iter().any(|one| caller.principal.may(*one));
        match P::ONE_OF.first() {
            Some(permission) if !allowed => Err(ApiError::Forbidden {
                permission: permission_name(*permission),
            }),
            _ => Ok(Self {
                caller,
                app,
                request_id: RequestId::of(request),
                permission: PhantomData,
            }),
        }
    }
}

/// A browser sends the cookie by itself, so an unsafe request must also show
/// the token that only our own page can know.
fn check_csrf(request: &HttpRequest, caller: &Caller, config: &Http) -> Result<(), ApiError> {
    let safe = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    let (Some(session), false) = (&caller.session, safe) else {
        return Ok(());
    };
    if !comes_from_own_page(request, config) {
        return Err(ApiError::CsrfFailed);
    }
    let token = request
        .headers()
        .get("x-csrf-token")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if bool::from(hash(token).ct_eq(&session.csrf_hash)) {
        Ok(())
    } else {
        Err(ApiError::CsrfFailed)
    }
}

/// What a browser says of the page that asks, and no page can make it say
/// otherwise. Browsers of before 2023 say less, and what is no browser says
/// nothing: they are held to the token alone.
fn comes_from_own_page(request: &HttpRequest, config: &Http) -> bool {
    match request.headers().get("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => origin::is_allowed(request, config, &[]),
    }
}

impl<P: Needs> FromRequest for Authorized<P> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let app = App::of(&request)?;
            // the gate may have asked who it is
            let known = request.extensions().get::<Arc<Caller>>().cloned();
            let caller = match known {
                Some(caller) => caller,
                None => {
                    let secure = app.config.http.is_secure();
                    let credential = credential::of_request(&request, secure)?;
                    app.callers.resolve(&app, credential).await?
                }
            };
            Self::admit(app, &request, caller)
        })
    }
}
