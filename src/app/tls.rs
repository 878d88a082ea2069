//! TLS 1.3, and a certificate that can be renewed while the program runs: when
//! one of its files has changed, or at SIGHUP, both are read again. A pair that
//! cannot be read or does not belong together is not taken; the old one stays.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::signal::unix::{SignalKind, signal};

use crate::config::http::Http;

/// Between two looks at the files.
const LOOK: Duration = Duration::from_secs(2);

/// The certificate there is now.
#[derive(Debug)]
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    now: ArcSwap<CertifiedKey>,
}

impl Certificate {
    /// `None` where none is configured.
    pub fn of(config: &Http) -> anyhow::Result<Option<Arc<Self>>> {
        let (Some(chain), Some(key)) = (&config.tls_cert, &config.tls_key) else {
            return Ok(None);
        };
        Ok(Some(Arc::new(Self {
            now: ArcSwap::from_pointee(read(chain, key)?),
            chain: chain.clone(),
            key: key.clone(),
        })))
    }

    pub fn server_config(self: &Arc<Self>) -> anyhow::Result<ServerConfig> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        let provider = Arc::new(ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_cert_resolver(resolver);
        Ok(config)
    }

    /// Looks after the files for as long as the program runs.
    pub async fn keep_fresh(self: Arc<Self>) -> std::io::Result<()> {
        let mut asked = signal(SignalKind::hangup())?;
        let mut seen = self.changed();
        loop {
            let by_hand = tokio::select! {
                _ = asked.recv() => true,
                () = tokio::time::sleep(LOOK) => false,
            };
            let changed = self.changed();
            if by_hand || changed != seen {
                seen = changed;
                self.renew();
            }
        }
    }

    fn renew(&self) {
        match read(&self.chain, &self.key) {
            Ok(pair) => {
                self.now.store(Arc::new(pair));
                tracing::info!("the certificate has been read again");
            }
            Err(error) => {
                let cause = format!("{error:#}");
                tracing::error!(error.cause = cause, "the certificate stays as it was");
            }
        }
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        let of = |path: &Path| {
            std::fs::metadata(path)
                .and_then(|file| file.modified())
                .ok()
        };
        [of(&self.chain), of(&self.key)]
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now.load_full())
    }
}

fn read(chain: &Path, key: &Path) -> anyhow::Result<CertifiedKey> {
    let certificates: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(chain).and_then(Iterator::collect);
    let certificates =
        certificates.with_context(|| format!("http.tls_cert: cannot read {}", chain.display()))?;
    if certificates.is_empty() {
        bail!("http.tls_cert: {} has no certificate", chain.display());
    }
    let private = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("http.tls_key: cannot read {}", key.display()))?;
    let signing = ring::sign::any_supported_type(&private)
        .with_context(|| format!("http.tls_key: cannot use {}", key.display()))?;
    let pair = CertifiedKey::new(certificates, signing);
    pair.keys_match()
        .context("http.tls_key: is not the certificate's")?;
    Ok(pair)
}
