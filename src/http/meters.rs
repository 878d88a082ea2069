//! The metrics of one route, found by their place: looking a metric up by its
//! labels takes a lock and three hashes, and every request would do it twice.

use std::sync::OnceLock;

use actix_web::http::{Method, StatusCode};
use prometheus::{Histogram, IntCounter};

use crate::metrics::Metrics;

const METHODS: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other",
];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// One for each method and class of status, made when it is first used.
#[derive(Debug, Default)]
pub struct Meters([[OnceLock<Meter>; CLASSES.len()]; METHODS.len()]);

#[derive(Debug)]
struct Meter {
    requests: IntCounter,
    seconds: Histogram,
}

impl Meters {
    /// Counts one request that was answered.
    pub fn count(
        &self,
        metrics: &Metrics,
        route: &str,
        method: &Method,
        status: StatusCode,
        seconds: f64,
    ) {
        let known = |name: &&str| *name == method.as_str();
        let method = METHODS.iter().position(known).unwrap_or(METHODS.len() - 1);
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        let place = self.0.get(method).and_then(|row| row.get(class));
        let names = METHODS.get(method).zip(CLASSES.get(class));
        let (Some(place), Some((method, class))) = (place, names) else {
            return;
        };
        let meter = place.get_or_init(|| {
            let labels = [route, method, class];
            Meter {
                requests: metrics.http_requests_total.with_label_values(&labels),
                seconds: metrics
                    .http_request_duration_seconds
                    .with_label_values(&labels),
            }
        });
        meter.requests.inc();
        meter.seconds.observe(seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_has_the_labels_of_its_method_and_status() {
        let metrics = Metrics::new().unwrap();
        let meters = Meters::default();
        let count = |method: Method, status: u16| {
            let status = StatusCode::from_u16(status).unwrap();
            meters.count(&metrics, "/x", &method, status, 0.002);
        };
        count(Method::GET, 200);
        count(Method::GET, 304);
        count(Method::GET, 204);
        count(Method::TRACE, 404);
        count(Method::POST, 999);
        let requests = |method, class| {
            let labels = ["/x", method, class];
            metrics.http_requests_total.with_label_values(&labels).get()
        };
        assert_eq!(requests("GET", "2xx"), 2);
        assert_eq!(requests("GET", "3xx"), 1);
        assert_eq!(requests("other", "4xx"), 1);
        assert_eq!(requests("POST", "5xx"), 1);
        let seconds = metrics
            .http_request_duration_seconds
            .with_label_values(&["/x", "GET", "2xx"]);
        assert_eq!(seconds.get_sample_count(), 2);
    }
}
