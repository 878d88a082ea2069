//! Faults go to whoever speaks Sentry's protocol, traces to a collector that
//! speaks OTLP: each only when its address is configured.
//!
//! `log line of level error, or a panic → tracker`
//!
//! What is sent is what the log has, which holds no personal data: the route's
//! template and never the path, codes, causes, the request's id.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use sentry::protocol::{Event, Value};
use sentry::{ClientInitGuard, ClientOptions};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Context;
use tracing_subscriber::{Layer, Registry};

use crate::config::{self, Mode};
use crate::{logging, trace};

/// Who listens to log lines and spans.
pub type Listener = Box<dyn Layer<Registry> + Send + Sync>;

/// Of lines about what browsers have reported: told to the tracker though they
/// are no faults of the server.
pub const BROWSER: &str = "lajur::browser";

/// How long what is waiting may take to be sent when the program ends.
const FAREWELL: Duration = Duration::from_secs(2);
const RELEASE: &str = concat!("lajur@", env!("CARGO_PKG_VERSION"));
/// What is looked for by; everything else is told beside it.
const TAGS: [&str; 7] = [
    "http.method",
    "http.route",
    "http.status",
    "error.code",
    "request.id",
    "tenant.slug",
    "actor.type",
];

/// Sends what is waiting when it is dropped.
#[derive(Default)]
pub struct Reporting {
    tracker: Option<ClientInitGuard>,
    traces: Option<SdkTracerProvider>,
}

impl Reporting {
    /// To be called before anything is logged, with who is to hear of it.
    pub fn start(
        config: &config::reporting::Reporting,
        mode: Mode,
    ) -> anyhow::Result<(Self, Vec<Listener>)> {
        let mut reporting = Self::default();
        let mut listeners: Vec<Listener> = Vec::new();
        if let Some(dsn) = config.dsn() {
            let environment = match mode {
                Mode::Production => "production",
                Mode::Development => "development",
            };
            let mut options = ClientOptions::new();
            options.dsn = Some(dsn.context("reporting.sentry_dsn")?);
            options.release = Some(Cow::Borrowed(RELEASE));
            options.environment = Some(Cow::Borrowed(environment));
            options.send_default_pii = false;
            options.shutdown_timeout = FAREWELL;
            reporting.tracker = Some(sentry::init(options));
            listeners.push(ToTracker.boxed());
        }
        if let Some(url) = config.otlp_url() {
            let provider = traces(url.to_owned(), config.otlp_share)?;
            let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("lajur"));
            let ours = Targets::new().with_target(trace::TARGET, LevelFilter::TRACE);
            listeners.push(spans.with_filter(ours).boxed());
            reporting.traces = Some(provider);
        }
        Ok((reporting, listeners))
    }
}

impl Drop for Reporting {
    fn drop(&mut self) {
        if let Some(traces) = self.traces.take()
            && let Err(error) = traces.shutdown_with_timeout(FAREWELL)
        {
            tracing::warn!(error.cause = %error, "the last traces were not sent");
        }
    }
}

/// Its client has a runtime of its own, which must not be made within ours.
fn traces(url: String, share: f64) -> anyhow::Result<SdkTracerProvider> {
    let making = std::thread::spawn(move || -> anyhow::Result<_> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_endpoint(url)
            .with_timeout(FAREWELL)
            .build()?;
        let resource = Resource::builder()
            .with_service_name("lajur")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let share = Sampler::TraceIdRatioBased(share);
        Ok(SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(share)))
            .with_resource(resource)
            .build())
    });
    let made = making.join();
    made.map_err(|_| anyhow::anyhow!("the exporter of traces cannot be made"))?
        .context("reporting.otlp_url")
}

struct ToTracker;

impl<S: Subscriber> Layer<S> for ToTracker {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let browser = metadata.target() == BROWSER;
        if *metadata.level() != Level::ERROR && !browser {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        // the panic itself has been told, with its backtrace
        if fields
            .0
            .get("message")
            .is_some_and(|text| text == logging::PANICKED)
        {
            return;
        }
        sentry::capture_event(fields.report(metadata.target(), browser));
    }
}

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Fields {
    /// The same fault is one group, whoever met it: requests by route and code,
    /// other lines by what they say.
    fn report(mut self, target: &str, browser: bool) -> Event<'static> {
        let said = self.0.remove("message").unwrap_or_default();
        let get = |name| self.0.get(name).cloned();
        let (message, group) = match (get("http.route"), get("browser.message")) {
            (Some(route), _) => {
                let method = get("http.method").unwrap_or_default();
                let code = get("error.code").or_else(|| get("http.status"));
                let code = code.unwrap_or_default();
                (
                    format!("{method} {route}: {code}"),
                    vec![said, method, route, code],
                )
            }
            (None, Some(text)) => (text.clone(), vec![said, text]),
            (None, None) => (said.clone(), vec![target.to_owned(), said]),
        };
        let mut event = Event {
            message: Some(message),
            level: if browser {
                sentry::Level::Warning
            } else {
                sentry::Level::Error
            },
            logger: Some(target.to_owned()),
            fingerprint: group.into_iter().map(Cow::Owned).collect::<Vec<_>>().into(),
            ..Event::default()
        };
        for (name, value) in self.0 {
            if TAGS.contains(&name) {
                event.tags.insert(name.to_owned(), value);
            } else {
                event.extra.insert(name.to_owned(), Value::from(value));
            }
        }
        event
    }
}
