//! The spans of a request's way: `http.request → actor.command → tenant.batch →
//! journal.commit → db.query`, and `tenant.publish` after it. They are only made
//! while traces are exported (`[reporting] otlp_url`): nobody else listens to
//! their target, and a span that nobody listens to costs a comparison.

use actix_web::http::header::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Of all these spans, and of nothing else.
pub const TARGET: &str = "lajur::trace";

/// Around the answer to a request; continues the caller's trace, if there is one.
pub fn request(method: &str, route: &str, id: &str, headers: &HeaderMap) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "http.request",
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
        request.id = id,
    );
    if !span.is_disabled() {
        let context = TraceContextPropagator::new().extract(&Headers(headers));
        // fails only for a span that has been closed
        let _ = span.set_parent(context);
    }
    span
}

/// From handing a command to its actor until it is answered.
pub fn command() -> Span {
    tracing::info_span!(target: TARGET, "actor.command")
}

/// From the first of these commands to the journal's answer.
pub fn batch<'a>(commands: impl Iterator<Item = &'a Span>) -> Span {
    joint(
        commands,
        |first| tracing::info_span!(target: TARGET, parent: first, "tenant.batch"),
    )
}

/// One statement for the batches of several tenants.
pub fn commit<'a>(batches: impl Iterator<Item = &'a Span>) -> Span {
    joint(
        batches,
        |first| tracing::info_span!(target: TARGET, parent: first, "journal.commit"),
    )
}

/// Showing a batch that is durable to readers, sockets and other nodes.
pub fn publish(batch: &Span) -> Span {
    tracing::info_span!(target: TARGET, parent: batch, "tenant.publish")
}

pub fn query(name: &'static str) -> Span {
    tracing::info_span!(target: TARGET, "db.query", otel.kind = "client", db.query.summary = name)
}

/// What several have waited for belongs to the first of them; the others are linked.
fn joint<'a>(mut of: impl Iterator<Item = &'a Span>, make: impl FnOnce(&Span) -> Span) -> Span {
    let Some(first) = of.next().filter(|first| !first.is_disabled()) else {
        return Span::none();
    };
    let span = make(first);
    for other in of {
        span.follows_from(other);
    }
    span
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}
