//! The page of the application, which finds its way by its address. Made anew
//! for everybody, so it is never kept.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, get, routes, web};

use super::{bootstrap, policy};
use crate::app::App;
use crate::error::ApiError;

const OVERVIEW: &str = "/dashboard/pipeline";

#[get("/")]
pub async fn go_to_overview(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, ApiError> {
    let mut response = HttpResponse::Found();
    response.insert_header((header::LOCATION, HeaderValue::from_static(OVERVIEW)));
    let nonce = policy::nonce(&app.secrets);
    finish(&app, &request, response.finish(), &nonce)
}

/// For somebody who is to sign in, or who comes with what was mailed to them.
#[routes]
#[get("/login")]
#[get("/forgot-password")]
#[get("/reset-password")]
#[get("/accept-invitation")]
pub async fn get_page(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse, ApiError> {
    answer(&app, &request, None)
}

/// For somebody who has: with what the first screen shows.
#[routes]
#[get("/dashboard")]
#[get("/dashboard/{path:.*}")]
pub async fn get_dashboard(
    request: HttpRequest,
    app: web::Data<App>,
) -> Result<HttpResponse, ApiError> {
    let bootstrap = bootstrap::of(&request, &app).await?;
    answer(&app, &request, bootstrap.as_deref())
}

fn answer(
    app: &App,
    request: &HttpRequest,
    bootstrap: Option<&str>,
) -> Result<HttpResponse, ApiError> {
    let nonce = policy::nonce(&app.secrets);
    let page = app.pages.page.render(&nonce, bootstrap);
    let response = HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(page);
    finish(app, request, response, &nonce)
}

fn finish(
    app: &App,
    request: &HttpRequest,
    mut response: HttpResponse,
    nonce: &str,
) -> Result<HttpResponse, ApiError> {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    policy::protect(headers, request, nonce, &app.config.http)?;
    Ok(response)
}
