//! Everything that Prometheus can scrape, in one struct: a field's doc comment
//! is its help text. No label grows with tenants, users or ids.

use prometheus::core::Collector;
use prometheus::{
    Encoder, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

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
                Ok(Self { registry, $($name,)* })
            }
        }
    };
}

metrics! {
    /// Requests answered, by route template, method and class of status.
    http_requests_total: IntCounterVec ["route", "method", "status"],
    /// Seconds from the first byte of a request to the last of its answer's head.
    http_request_duration_seconds: HistogramVec ["route", "method", "status"] buckets SECONDS,
    /// Look-ups of cached snapshots: hit, miss or error.
    cache_requests_total: IntCounterVec ["result"],
    /// Share of the read pool's connections that are in use.
    db_connection_pool_usage: GaugeVec ["pool"],
    /// Seconds that a named query took.
    db_query_duration_seconds: HistogramVec ["query"] buckets SECONDS,
    /// Seconds from sending a batch to PostgreSQL until it was durable.
    journal_commit_seconds: Histogram buckets SECONDS,
    /// Commands that were committed together.
    journal_batch_size: Histogram buckets SIZES,
    /// Batches that found another node's events at the head of the log.
    journal_conflicts_total: IntCounter,
    /// Times that a tenant's stages were evaluated for bottlenecks.
    bottleneck_evaluations_total: IntCounter,
    /// Commands that wait for their answer, by kind of actor: the sum over all actors of the kind.
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
    /// Always 1; the version is the label.
    build_info: IntGaugeVec ["version"],
}

impl Metrics {
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
