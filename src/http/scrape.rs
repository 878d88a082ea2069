//! `/metrics`, on a port of its own.

use actix_web::{HttpResponse, get, web};

use crate::app::App;

/// Everything for Prometheus, in its text format.
#[get("/metrics")]
pub async fn get_metrics(app: web::Data<App>) -> HttpResponse {
    app.measure();
    match app.metrics.render() {
        Ok(text) => HttpResponse::Ok()
            .content_type("text/plain; version=0.0.4")
            .body(text),
        Err(error) => {
            tracing::error!(error.cause = %error, "cannot render metrics");
            HttpResponse::InternalServerError().finish()
        }
    }
}
