//! Everything that Prometheus can scrape, in one struct: a field's doc comment
//! is its help text. No label grows with tenants, users or ids.

use std::time::{Duration, Instant};

use prometheus::core::Collector;
use prometheus::{
    Encoder, Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec,
    IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

use crate::realtime::protocol::CloseCode;

/// From 0.1 ms to 10 s, dense where the targets lie.
const SECONDS: &[f64] = &[
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0,
];
const SIZES: &[f64] = &[
    1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0,
];

macro_rules! metrics {
    ($(#[doc = $help:literal] $name:ident: $kind:ident $([$($label:literal),*])? $(buckets $buckets:expr)?,)*) => {
        #[derive(Clone, Debug)]
        pub struct Metrics {
            registry: Registry,
            $(#[doc = $help] pub $name: $kind,)*
        }

        impl Metrics {
            /// Fails only when two metrics have the same name.
            pub fn new() -> Result<Self, prometheus::Error> {
                let registry = Registry::new();
                $(
                    let opts = Opts::new(stringify!($name), $help.trim());
                    let $name = <$kind as Metric>::make(opts, &[$($($label),*)?], &[$($buckets)?])?;
                    registry.register(Box::new($name.clone()))?;
                )*
                register_process(&registry)?;
                let metrics = Self { registry, $($name,)* };
                metrics.begin_at_zero();
                Ok(metrics)
            }
        }
    };
}

metrics! {
    /// Requests answered, by route template, method and class of status.
    http_requests_total: IntCounterVec ["route", "method", "status"],
    /// Seconds from the first byte of a request to the last of its answer's head.
    http_request_duration_seconds: HistogramVec ["route", "method", "status"] buckets SECONDS,
    /// Requests that are being answered.
    http_requests_in_flight: IntGauge,
    /// Requests that were refused or failed, by the code of their answer.
    http_errors_total: IntCounterVec ["code"],
    /// Handlers that panicked.
    http_panics_total: IntCounter,
    /// Errors that browsers have reported.
    browser_errors_total: IntCounter,
    /// Requests refused because of a limit, by class and by where they are counted: shared, local or closed (not counted at all).
    rate_limit_hits_total: IntCounterVec ["class", "store"],
    /// Requests that could not be counted in Redis, which is configured, by class.
    rate_limit_fallbacks_total: IntCounterVec ["class"],
    /// Look-ups of cached snapshots: hit, miss or error.
    cache_requests_total: IntCounterVec ["result"],
    /// Share of the read pool's connections that are in use.
    db_connection_pool_usage: GaugeVec ["pool"],
    /// Seconds that a named query took.
    db_query_duration_seconds: HistogramVec ["query"] buckets SECONDS,
    /// Seconds from sending a batch to PostgreSQL until it was durable.
    journal_commit_seconds: Histogram buckets SECONDS,
    /// Seconds that the commit in flight has taken so far; 0 while there is none.
    journal_in_flight_seconds: Gauge,
    /// Commands that were committed together.
    journal_batch_size: Histogram buckets SIZES,
    /// Batches that found another node's events at the head of the log.
    journal_conflicts_total: IntCounter,
    /// Events that this node has committed, by kind.
    events_committed_total: IntCounterVec ["kind"],
    /// Passages through a stage that this node has seen completed; a tenant's own stages count as other.
    stage_completions_total: IntCounterVec ["stage"],
    /// Times that a tenant's stages were evaluated for bottlenecks.
    bottleneck_evaluations_total: IntCounter,
    /// What waits, by kind of actor: commands for their answer (tenant), batches for their commit (journal).
    actor_mailbox_depth: IntGaugeVec ["actor"],
    /// Actors that were dropped with their state and started afresh.
    actor_restarts_total: IntCounterVec ["actor"],
    /// Sockets that are open.
    ws_connections: IntGauge,
    /// Messages written to sockets.
    ws_messages_sent_total: IntCounter,
    /// Bytes of these messages.
    ws_sent_bytes_total: IntCounter,
    /// Sockets that were closed, by code; 1006 where nobody said why.
    ws_disconnects_total: IntCounterVec ["code"],
    /// Clients that came back with a position, by whether they could go on from it.
    ws_recoveries_total: IntCounterVec ["recovered"],
    /// Refused commands of clients, by code.
    ws_errors_total: IntCounterVec ["code"],
    /// Seconds from learning of a commit to writing it to a socket.
    fanout_latency_seconds: Histogram buckets SECONDS,
    /// Parts of the log that were read for clients who had fallen behind.
    feed_loads_total: IntCounter,
    /// Events by which this node was behind the logs when it last compared.
    relay_lag_events: IntGauge,
    /// Hot jamaah of the tenants in memory, by status.
    pipeline_items: IntGaugeVec ["status"],
    /// Departures of the next 30 days of the tenants in memory, by the worst status of their people.
    pipeline_departures: IntGaugeVec ["status"],
    /// Tenants that this node holds in memory.
    tenants_in_memory: IntGauge,
    /// Whether what the program depends on answered when it was last asked: 1 or 0.
    dependency_up: IntGaugeVec ["dependency"],
    /// Seconds that the last answer of a dependency took.
    dependency_latency_seconds: GaugeVec ["dependency"],
    /// Whether /health/ready would send requests here: 1 or 0.
    server_ready: IntGauge,
    /// Seconds by which threads were late to look at what they were to do next.
    event_loop_delay_seconds: HistogramVec ["threads"] buckets SECONDS,
    /// Lines that were logged, by level.
    log_lines_total: IntCounterVec ["level"],
    /// Lines that nobody could write fast enough.
    log_lines_dropped_total: IntCounter,
    /// Always 1; the version is the label.
    build_info: IntGaugeVec ["version"],
}

impl Metrics {
    /// What is counted rarely is there from the start: an increase is only seen
    /// where there was a number before.
    fn begin_at_zero(&self) {
        let counters: [(&IntCounterVec, &[&str]); 5] = [
            (&self.cache_requests_total, &["hit", "miss", "error"]),
            (&self.actor_restarts_total, &["tenant", "stage"]),
            (&self.ws_recoveries_total, &["true", "false"]),
            (
                &self.log_lines_total,
                &["error", "warn", "info", "debug", "trace"],
            ),
            (&self.stage_completions_total, &STAGES),
        ];
        for (counter, labels) in counters {
            for label in labels {
                counter.with_label_values(&[label]);
            }
        }
        // those who leave, those who are lost, and those whom the server closes
        for code in [1000, 1001, 1006]
            .into_iter()
            .chain(CloseCode::ALL.map(CloseCode::code))
        {
            self.ws_disconnects_total
                .with_label_values(&[&code.to_string()]);
        }
    }

    /// The text format of Prometheus.
    pub fn render(&self) -> Result<Vec<u8>, prometheus::Error> {
        self.build_info
            .with_label_values(&[env!("CARGO_PKG_VERSION")])
            .set(1);
        let mut text = Vec::new();
        TextEncoder::new().encode(&self.registry.gather(), &mut text)?;
        Ok(text)
    }
}

/// Between two looks at how late a thread is.
const LOOK: Duration = Duration::from_millis(250);

/// Notes again and again how late the thread that this runs on is: what it does
/// too long at a time delays everything else on it.
pub async fn measure_delay(delays: Histogram) {
    loop {
        let due = Instant::now() + LOOK;
        tokio::time::sleep_until(due.into()).await;
        let late = Instant::now().saturating_duration_since(due);
        delays.observe(late.as_secs_f64());
    }
}

/// The stages of the standard pipelines.
const STAGES: [&str; 10] = [
    "document-collection",
    "document-verification",
    "siskopatuh-submission",
    "siskopatuh-approval",
    "hotel-booking",
    "flight-booking",
    "visa-application",
    "visa-approval",
    "equipment-manasik",
    "departure-ready",
];

/// The label of a stage: tenants name stages as they like, and labels are few.
pub fn stage_label(code: &str) -> &'static str {
    let known = STAGES.iter().find(|known| **known == code);
    known.copied().unwrap_or("other")
}

#[cfg(target_os = "linux")]
fn register_process(registry: &Registry) -> Result<(), prometheus::Error> {
    registry.register(Box::new(
        prometheus::process_collector::ProcessCollector::for_self(),
    ))
}

#[cfg(not(target_os = "linux"))]
fn register_process(_: &Registry) -> Result<(), prometheus::Error> {
    Ok(())
}

/// One way to make all kinds.
trait Metric: Collector + Sized {
    fn make(opts: Opts, labels: &[&str], buckets: &[&[f64]]) -> Result<Self, prometheus::Error>;
}

fn with_buckets(opts: Opts, buckets: &[&[f64]]) -> HistogramOpts {
    let opts = HistogramOpts::from(opts);
    match buckets.first() {
        Some(buckets) => opts.buckets(buckets.to_vec()),
        None => opts,
    }
}

impl Metric for IntCounter {
    fn make(opts: Opts, _: &[&str], _: &[&[f64]]) -> Result<Self, prometheus::Error> {
        Self::with_opts(opts)
    }
}

impl Metric for IntGauge {
    fn make(opts: Opts, _: &[&str], _: &[&[f64]]) -> Result<Self, prometheus::Error> {
        Self::with_opts(opts)
    }
}

impl Metric for Gauge {
    fn make(opts: Opts, _: &[&str], _: &[&[f64]]) -> Result<Self, prometheus::Error> {
        Self::with_opts(opts)
    }
}

impl Metric for IntCounterVec {
    fn make(opts: Opts, labels: &[&str], _: &[&[f64]]) -> Result<Self, prometheus::Error> {
        Self::new(opts, labels)
    }
}

impl Metric for IntGaugeVec {
    fn make(opts: Opts, labels: &[&str], _: &[&[f64]]) -> Result<Self, prometheus::Error> {
        Self::new(opts, labels)
    }
}

impl Metric for GaugeVec {
    fn make(opts: Opts, labels: &[&str], _: &[&[f64]]) -> Result<Self, prometheus::Error> {
        Self::new(opts, labels)
    }
}

impl Metric for Histogram {
    fn make(opts: Opts, _: &[&str], buckets: &[&[f64]]) -> Result<Self, prometheus::Error> {
        Self::with_opts(with_buckets(opts, buckets))
    }
}

impl Metric for HistogramVec {
    fn make(opts: Opts, labels: &[&str], buckets: &[&[f64]]) -> Result<Self, prometheus::Error> {
        Self::new(with_buckets(opts, buckets), labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stages_of_the_templates_have_labels() {
        for (name, template) in crate::domain::pipeline::decide::TEMPLATES {
            let template: serde_json::Value = serde_json::from_str(template).unwrap();
            for stage in template["stages"].as_array().unwrap() {
                let code = stage["code"].as_str().unwrap();
                assert_eq!(stage_label(code), code, "of {name}");
            }
        }
        assert_eq!(stage_label("our-own"), "other");
    }

    #[test]
    fn every_metric_has_a_name_of_its_own_and_a_help_text() {
        let metrics = Metrics::new().unwrap();
        metrics
            .http_requests_total
            .with_label_values(&["/x", "GET", "2xx"])
            .inc();
        metrics.journal_commit_seconds.observe(0.002);
        let text = String::from_utf8(metrics.render().unwrap()).unwrap();
        assert!(
            text.contains("# HELP http_requests_total Requests answered, by route template"),
            "{text}"
        );
        assert!(
            text.contains(r#"http_requests_total{method="GET",route="/x",status="2xx"} 1"#),
            "{text}"
        );
        assert!(
            text.contains(r#"journal_commit_seconds_bucket{le="0.0025"} 1"#),
            "{text}"
        );
        assert!(text.contains("build_info{version="), "{text}");
    }
}
