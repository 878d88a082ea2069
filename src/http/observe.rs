//! What happens around every request: its id, its answer in the envelope, its
//! metrics and its one log line.

pub mod outage;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use futures::FutureExt;
use prometheus::IntGauge;
use tracing::{Instrument, Level};

use self::outage::Tell;
use super::audit;
use super::auth::caller::Caller;
use super::guard;
use super::limits::standing::Standing;
use super::routes::UNMATCHED;
use crate::app::App;
use crate::error::ApiError;
use crate::logging::PANICKED;
use crate::metrics::Metrics;
use crate::secrets::Secrets;
use crate::trace;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The request's id, in its extensions. Clones share the text.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

impl RequestId {
    pub fn of(request: &HttpRequest) -> Arc<str> {
        request
            .extensions()
            .get::<Self>()
            .map_or_else(|| Arc::from(""), |id| id.0.clone())
    }
}

/// Makes ids that no other start of the program makes.
#[derive(Debug)]
pub struct RequestIds {
    start: String,
    count: AtomicU64,
}

impl RequestIds {
    pub fn new(secrets: &Secrets) -> Self {
        Self {
            start: hex::encode(secrets.bytes::<8>()),
            count: AtomicU64::new(0),
        }
    }

    fn next(&self) -> Arc<str> {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        Arc::from(format!("{}-{count:x}", self.start))
    }

    /// The caller's id when it is sane, so that a request can be followed
    /// through several systems; else a new one.
    fn accept(&self, given: Option<&HeaderValue>) -> Arc<str> {
        let sane = |id: &&str| {
            (1..=64).contains(&id.len())
                && id.bytes().all(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':')
                })
        };
        match given.and_then(|value| value.to_str().ok()).filter(sane) {
            Some(id) => Arc::from(id),
            None => self.next(),
        }
    }
}

/// The outermost middleware.
pub async fn observe_request(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let started = Instant::now();
    let app = App::of(request.request())?;
    let id = app.request_ids.accept(request.headers().get(REQUEST_ID));
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    if method == Method::HEAD {
        // answered like GET; the server leaves the body out
        request.head_mut().method = Method::GET;
    }
    // the request itself is gone when a handler has panicked
    let route = app.routes.find(request.path());
    let _in_flight = InFlight::begin(&app.metrics);
    let template = route.map_or(UNMATCHED, |route| &route.template);
    let span = trace::request(method.as_str(), template, &id, request.headers());
    let answering = next.call(request).instrument(span.clone());
    let answered = AssertUnwindSafe(answering).catch_unwind().await;
    let response = match answered {
        Ok(answered) => answered?,
        Err(_) => {
            app.metrics.http_panics_total.inc();
            app.metrics
                .http_errors_total
                .with_label_values(&["INTERNAL"])
                .inc();
            let (route, meters) = match route {
                Some(route) => (route.template.as_str(), &route.meters),
                None => (UNMATCHED, &app.routes.unmatched),
            };
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            let took = started.elapsed().as_secs_f64();
            meters.count(&app.metrics, route, &method, status, took);
            return Err(Panicked(id).into());
        }
    };
    span.record("http.response.status_code", response.status().as_u16());
    let mut response = enveloped(response.map_into_boxed_body(), &id);
    let secure = app.config.http.is_secure();
    let request = response.request().clone();
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some(standing) = request.extensions().get::<Standing>() {
        standing.write(headers);
    }
    guard::protect(headers, request.path(), secure);
    report(&app, &method, &response, started.elapsed());
    audit::notice(&app, &method, &response);
    Ok(response)
}

/// Counts a request for as long as it is being answered, also when its client
/// does not wait for that.
struct InFlight(IntGauge);

impl InFlight {
    fn begin(metrics: &Metrics) -> Self {
        let gauge = metrics.http_requests_in_flight.clone();
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Gives errors their body: ours, and those that actix answers with itself.
fn enveloped(response: ServiceResponse, id: &str) -> ServiceResponse {
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return response;
    }
    let body = match response.response().error() {
        Some(error) => match error.as_error::<ApiError>() {
            Some(error) => error.body(id),
            None => ApiError::of_status(response.status()).body(id),
        },
        // a handler's own words, such as those of /health
        None if response.headers().contains_key(header::CONTENT_TYPE) => return response,
        None => ApiError::of_status(response.status()).body(id),
    };
    let mut response = response.map_body(|_, _| BoxBody::new(body.to_json()));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn report(app: &web::Data<App>, method: &Method, response: &ServiceResponse, took: Duration) {
    let status = response.status();
    let request = response.request();
    let (route, meters) = match app.routes.find(request.path()) {
        Some(route) => (route.template.as_str(), &route.meters),
        None => (UNMATCHED, &app.routes.unmatched),
    };
    meters.count(&app.metrics, route, method, status, took.as_secs_f64());

    let extensions = request.extensions();
    let id = extensions.get::<RequestId>().map_or("", |id| &id.0);
    let caller = extensions.get::<Arc<Caller>>();
    let tenant = caller.map(|caller| &*caller.tenant.slug);
    let actor = caller.map(|caller| caller.kind());
    let error = response
        .response()
        .error()
        .and_then(|error| error.as_error::<ApiError>());
    let code = error.map(|error| error.status_and_code().1);
    if let Some(code) = code {
        app.metrics
            .http_errors_total
            .with_label_values(&[code])
            .inc();
    }
    let duration_ms = (took.as_secs_f64() * 1e6).round() / 1e3;
    let cause = error
        .filter(|_| status.is_server_error())
        .and_then(hidden_cause);
    macro_rules! tell {
        ($level:expr) => {
            tracing::event!(
                $level,
                http.method = method.as_str(),
                http.route = route,
                http.status = status.as_u16(),
                http.duration_ms = duration_ms,
                request.id = id,
                tenant.slug = tenant,
                actor.r#type = actor,
                error.code = code,
                error.cause = cause,
                "request"
            )
        };
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        // a dependency is away, or there is too much to do: no fault of the program
        let now = Instant::now();
        match app.outage.count(now) {
            Tell::Now => tell!(Level::WARN),
            Tell::At(then) => {
                tell!(Level::DEBUG);
                let app = app.clone();
                actix_web::rt::spawn(async move {
                    tokio::time::sleep_until(then.into()).await;
                    let requests = app.outage.take(Instant::now());
                    tracing::warn!(requests, "more requests were answered with 503");
                });
            }
            Tell::Nothing => tell!(Level::DEBUG),
        }
    } else if status.is_server_error() {
        tell!(Level::ERROR);
    } else {
        tell!(Level::INFO);
    }
}

/// What the answer does not tell.
fn hidden_cause(error: &ApiError) -> Option<String> {
    match error {
        ApiError::Internal(cause) => Some(format!("{cause:#}")),
        ApiError::Away(cause) => Some(cause.clone()),
        _ => None,
    }
}

/// A handler panicked: the panic hook has written why.
#[derive(Debug, thiserror::Error)]
#[error("a handler panicked")]
struct Panicked(Arc<str>);

impl ResponseError for Panicked {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        tracing::error!(request.id = &*self.0, "{PANICKED}");
        let mut response = HttpResponse::InternalServerError()
            .insert_header((REQUEST_ID, &*self.0))
            .json(ApiError::Internal(anyhow::anyhow!("panicked")).body(&self.0));
        guard::protect(response.headers_mut(), "", false);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_id_is_taken_when_it_is_sane() {
        let ids = RequestIds::new(&Secrets::seeded(1));
        let accept = |text: &'static str| ids.accept(Some(&HeaderValue::from_static(text)));
        assert_eq!(&*accept("web-42.a_b:c"), "web-42.a_b:c");
        assert_ne!(&*accept("a b"), "a b");
        assert_ne!(&*accept("{\"evil\":1}"), "{\"evil\":1}");
        assert_ne!(&*accept(""), "");
        assert_ne!(ids.next(), ids.next());
    }
}
