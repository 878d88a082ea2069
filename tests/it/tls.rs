//! TLS 1.3 by the program itself, and a certificate that is renewed under it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use lajur::db::testing::TestDatabase;
use lajur::secrets::Secrets;
use rcgen::generate_simple_self_signed;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::TLS13;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::fixture::Tenant;
use crate::support::server::{Settings, until};

/// Writes a new pair, and gives the certificate.
fn renew(place: &Path) -> CertificateDer<'static> {
    let names = vec!["localhost".to_owned()];
    let pair = generate_simple_self_signed(names).unwrap();
    std::fs::write(place.join("tls.key"), pair.signing_key.serialize_pem()).unwrap();
    std::fs::write(place.join("tls.crt"), pair.cert.pem()).unwrap();
    pair.cert.der().clone()
}

/// What is answered to somebody who trusts this certificate alone.
async fn ask(
    address: &str,
    trusted: &CertificateDer<'static>,
    request: &str,
) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(String::from_utf8(answer).unwrap())
}

const LIVE: &str = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chaos_a_certificate_is_renewed_without_a_restart() {
    let database = TestDatabase::create().await;
    let tenant = Tenant::create(&database, "al-barokah", &Secrets::seeded(1)).await;
    let place = tempfile::tempdir().unwrap();
    let first = renew(place.path());
    let settings = Settings::of(&database)
        .with(
            "LAJUR_HTTP__TLS_CERT",
            place.path().join("tls.crt").display(),
        )
        .with(
            "LAJUR_HTTP__TLS_KEY",
            place.path().join("tls.key").display(),
        );
    let server = settings.launch().await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let body = serde_json::json!({
        "tenant": tenant.slug, "email": tenant.manager.email, "password": tenant.manager.password.expose(),
    })
    .to_string();
    let login = format!(
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = ask(&address, &first, &login).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.contains("set-cookie: __Host-lajur_session="),
        "{answer}"
    );
    assert!(
        answer.contains("strict-transport-security: max-age="),
        "{answer}"
    );

    let second = renew(place.path());
    let renewed = async || ask(&address, &second, LIVE).await.is_ok();
    until(
        "the new certificate is shown",
        Duration::from_secs(10),
        renewed,
    )
    .await;
    assert!(ask(&address, &first, LIVE).await.is_err());

    // what is no certificate is not taken
    std::fs::write(place.path().join("tls.crt"), "nonsense").unwrap();
    let told = async || server.said("the certificate stays as it was") > 0;
    until("that is in the log", Duration::from_secs(10), told).await;
    assert!(ask(&address, &second, LIVE).await.is_ok());
    server.assert_sane();
}
