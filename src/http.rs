//! The HTTP interface: one folder per resource, and beside them what they
//! share (`reply`, `submission`, `params`, `page`, `conditional`, `auth`).
//!
//! A handler is named `verb_noun`, described by `#[utoipa::path]` and
//! registered in [`resources`] or its resource's `routes`: that puts it under
//! `/api/v1` and `/api`, into the description, the metrics and the logs.

pub mod api_keys;
pub mod audit;
pub mod auth;
pub mod body;
pub mod browser_errors;
pub mod conditional;
pub mod deeds;
pub mod front;
pub mod gate;
pub mod given;
pub mod guard;
pub mod health;
pub mod limits;
pub mod meters;
pub mod observe;
pub mod openapi;
pub mod page;
pub mod pages;
pub mod params;
pub mod pipeline;
pub mod realtime;
pub mod reply;
pub mod roles;
pub mod routes;
pub mod scrape;
pub mod sessions;
pub mod submission;
pub mod users;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use utoipa_actix_web::service_config::ServiceConfig as Described;
use utoipa_swagger_ui::SwaggerUi;

use crate::error::ApiError;

/// Paths outside of the description.
pub const UNDESCRIBED: [&str; 3] = ["/api/openapi.json", "/api/docs", realtime::socket::PATH];

/// Everything under the base path.
pub fn resources(config: &mut Described) {
    pipeline::routes(config);
    realtime::routes(config);
    users::routes(config);
    sessions::routes(config);
    roles::routes(config);
    api_keys::routes(config);
    audit::routes(config);
    config
        .service(auth::login::sign_in)
        .service(auth::login::sign_out)
        .service(auth::tokens::look_at_token)
        .service(auth::joining::accept_invitation)
        .service(auth::forgotten::forget_password)
        .service(auth::forgotten::reset_password)
        .service(auth::forgotten::change_password)
        .service(browser_errors::report_browser_error)
        .service(auth::me::get_me);
}

/// The whole server, apart from the middleware around it.
pub fn configure(config: &mut ServiceConfig) {
    submission::configure_extractors(config);
    health::routes(&mut Described::new(config));
    config
        .service(openapi::get_openapi)
        .service(realtime::socket::open_socket)
        .service(web::redirect("/api/docs", "/api/docs/"))
        .service(
            SwaggerUi::new("/api/docs/{_:.*}")
                .config(utoipa_swagger_ui::Config::from("/api/openapi.json")),
        )
        .service(base("/api/v1"))
        .service(base("/api"))
        .configure(pages::routes)
        .default_service(web::to(refuse_route));
}

fn base(path: &str) -> actix_web::Scope {
    web::scope(path)
        .configure(|config| resources(&mut Described::new(config)))
        .default_service(web::to(refuse_route))
}

/// What no handler takes.
async fn refuse_route() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound { what: "resource" })
}
