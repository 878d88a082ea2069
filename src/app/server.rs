//! The running servers, from binding their ports to the last answer.

use std::net::SocketAddr;
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{HttpServer, web};
use anyhow::Context;
use tokio::task::JoinHandle;

use actix_web::rt::net::TcpStream;

use super::App;
use super::tls::Certificate;
use crate::actors::audience::Audiences;
use crate::http;
use crate::http::pipeline::snapshots::refresh::follow_tenants;
use crate::metrics::measure_delay;

/// Bytes of pings and replies that may wait beside what a session's credit
/// allows: presence and states are answered whole.
const REPLIES: usize = 256 * 1024;
/// How long a connection may be silent while something waits to be sent.
const SILENCE: Duration = Duration::from_secs(30);

/// Both servers, started.
pub struct Running {
    pub app: web::Data<App>,
    /// Where requests are answered; the real port where 0 was asked for.
    pub addr: SocketAddr,
    pub metrics_addr: SocketAddr,
    requests: ServerHandle,
    scrapes: ServerHandle,
    refresher: JoinHandle<()>,
    looking: JoinHandle<()>,
    tasks: Vec<JoinHandle<std::io::Result<()>>>,
}

/// Binds the ports and answers from then on.
pub async fn start(app: App) -> anyhow::Result<Running> {
    let app = web::Data::new(app);
    let (requests, addr) = bind_requests(&app)?;
    let (scrapes, metrics_addr) = bind_scrapes(&app)?;
    let refresher = actix_web::rt::spawn(follow_tenants(app.clone()));
    let handles = (requests.handle(), scrapes.handle());
    let tasks = vec![tokio::spawn(requests), tokio::spawn(scrapes)];
    tokio::spawn({
        let app = app.clone();
        async move { app.presence.keep_telling(&app.cache).await }
    });
    let looking = tokio::spawn({
        let app = app.clone();
        async move { app.keep_looking().await }
    });
    app.tenants.measure_delays();
    tokio::spawn({
        let app = app.clone();
        async move { app.recorder.keep_writing(&app).await }
    });
    tracing::info!(http.addr = %addr, metrics.addr = %metrics_addr, "listening");
    Ok(Running {
        app,
        addr,
        metrics_addr,
        requests: handles.0,
        scrapes: handles.1,
        refresher,
        looking,
        tasks,
    })
}

fn bind_requests(app: &web::Data<App>) -> anyhow::Result<(Server, SocketAddr)> {
    let config = &app.config.http;
    let credit = app.config.realtime.credit_bytes;
    let shared = app.clone();
    let delays = app.metrics.event_loop_delay_seconds.clone();
    let server = HttpServer::new(move || {
        actix_web::rt::spawn(measure_delay(delays.with_label_values(&["http"])));
        actix_web::App::new()
            .app_data(shared.clone())
            // one for each worker: its sessions live in its thread
            .app_data(web::Data::new(Audiences::start(shared.closing())))
            .configure(http::configure)
            .wrap(from_fn(http::gate::pass_gate))
            .wrap(from_fn(http::observe::observe_request))
    })
    .workers(config.workers)
    .shutdown_timeout(config.shutdown_seconds)
    .keep_alive(Duration::from_secs(config.keep_alive_seconds.into()))
    .client_request_timeout(Duration::from_secs(config.head_seconds.into()))
    .tls_handshake_timeout(Duration::from_secs(config.head_seconds.into()))
    // a session is only looked after while less than this waits to be written
    .h1_write_buffer_size(credit + REPLIES)
    .on_connect(|connection, _| notice_dead_clients(connection))
    .backlog(8_192)
    .disable_signals();
    let server = match Certificate::of(config)? {
        Some(certificate) => {
            let tls = certificate.server_config()?;
            tokio::spawn(certificate.keep_fresh());
            server.bind_rustls_0_23(config.addr, tls)
        }
        None => server.bind(config.addr),
    };
    let server = server.with_context(|| format!("http.addr: cannot listen on {}", config.addr))?;
    let addr = *server
        .addrs()
        .first()
        .context("http.addr: no address was bound")?;
    Ok((server.run(), addr))
}

/// A client whose network has gone is noticed by the system, whatever waits to
/// be written to it.
fn notice_dead_clients(connection: &dyn std::any::Any) {
    let plain = connection.downcast_ref::<TcpStream>();
    let secured = || connection.downcast_ref::<TlsStream<TcpStream>>();
    if let Some(stream) = plain.or_else(|| Some(secured()?.get_ref().0)) {
        let socket = socket2::SockRef::from(stream);
        if let Err(error) = socket.set_tcp_user_timeout(Some(SILENCE)) {
            tracing::debug!(%error, "a connection has no timeout of its own");
        }
    }
}

fn bind_scrapes(app: &web::Data<App>) -> anyhow::Result<(Server, SocketAddr)> {
    let wanted = app.config.metrics.addr;
    let shared = app.clone();
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(shared.clone())
            .service(http::scrape::get_metrics)
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .bind(wanted)
    .with_context(|| format!("metrics.addr: cannot listen on {wanted}"))?;
    let addr = *server
        .addrs()
        .first()
        .context("metrics.addr: no address was bound")?;
    Ok((server.run(), addr))
}

impl Running {
    /// Finishes what is in flight, within the configured time, and stops.
    pub async fn stop(self) {
        self.app.stop_soon();
        let config = &self.app.config;
        let drain_seconds = u64::from(config.realtime.drain_seconds);
        let patience = Duration::from_secs(drain_seconds + config.http.shutdown_seconds + 5);
        let stopped = async {
            self.app.close_sockets().await;
            self.requests.stop(true).await;
            self.app.recorder.finish(&self.app).await;
            // what was accepted is written before the process ends
            self.app.imports.settled().await;
            self.app.tenants.finish().await;
            self.refresher.abort();
            self.looking.abort();
            self.scrapes.stop(true).await;
            for task in self.tasks {
                let _ = task.await;
            }
        };
        match tokio::time::timeout(patience, stopped).await {
            Ok(()) => tracing::info!("stopped"),
            Err(_) => tracing::warn!("stopped before everything was finished"),
        }
    }

    /// Serves until the process is asked to stop.
    pub async fn run(self) -> anyhow::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        self.stop().await;
        Ok(())
    }
}
