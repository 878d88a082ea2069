//! The files that the program is deployed with are what those who read them expect.

use crate::support::prometheus::{left_out, read, repository, run};

#[tokio::test]
async fn deploy_compose_files_fit_the_published_specification() {
    if left_out() {
        return;
    }
    let check = repository("tests/monitoring/compose.mjs");
    for file in ["deploy/docker-compose.yml", "docker-compose.yml"] {
        run(&["node"], &[check.to_str().unwrap(), file]).await;
    }
}

#[tokio::test]
async fn deploy_haproxy_takes_its_configuration() {
    if left_out() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let certified = certificate(folder.path()).await;
    let config = read("deploy/haproxy.cfg").replace("/etc/haproxy/certs/", &certified);
    let path = folder.path().join("haproxy.cfg");
    std::fs::write(&path, config).unwrap();
    run(&["haproxy"], &["-c", "-f", path.to_str().unwrap()]).await;
}

/// A certificate with its key in one file, as HAProxy has them.
async fn certificate(folder: &std::path::Path) -> String {
    let (key, certificate) = (folder.join("key"), folder.join("certificate"));
    let arguments =
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=lajur";
    let mut arguments: Vec<&str> = arguments.split(' ').collect();
    arguments.extend(["-keyout", key.to_str().unwrap()]);
    arguments.extend(["-out", certificate.to_str().unwrap()]);
    run(&["openssl"], &arguments).await;
    let both = [
        std::fs::read(key).unwrap(),
        std::fs::read(certificate).unwrap(),
    ]
    .concat();
    let path = folder.join("both.pem");
    std::fs::write(&path, both).unwrap();
    path.to_str().unwrap().to_owned()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn deploy_unit_is_valid_and_exposed_little() {
    if left_out() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let unit = read("deploy/lajur.service");
    assert!(unit.contains("ExecStart=/usr/local/bin/lajur serve"));
    let unit = unit.replace("/usr/local/bin/lajur", env!("CARGO_BIN_EXE_lajur"));
    let path = folder.path().join("lajur.service");
    std::fs::write(&path, unit).unwrap();
    let path = path.to_str().unwrap();
    run(&["systemd-analyze"], &["verify", path]).await;
    // 100 is fully exposed
    let bounds = ["security", "--offline=true", "--threshold=15", path];
    run(&["systemd-analyze"], &bounds).await;
}

#[test]
fn deploy_container_builds_from_what_there_is() {
    let dockerfile = read("deploy/Dockerfile");
    for line in dockerfile.lines() {
        let Some(copied) = line
            .strip_prefix("COPY ")
            .filter(|line| !line.starts_with("--"))
        else {
            continue;
        };
        let sources: Vec<&str> = copied.split(' ').collect();
        for source in &sources[..sources.len() - 1] {
            assert!(
                repository(source).exists(),
                "{source} is copied and not there"
            );
        }
    }
    let manifest = read("Cargo.toml");
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "));
    let version = version.unwrap().trim_matches('"');
    assert!(
        dockerfile.contains(&format!("FROM rust:{version}-")),
        "another Rust than {version}"
    );
    let ports = ["8080", "9464"];
    for port in ports {
        assert!(dockerfile.contains(&format!("0.0.0.0:{port}")), "{port}");
    }
    let (proxy, scraped) = (
        read("deploy/haproxy.cfg"),
        read("deploy/prometheus/prometheus.yml"),
    );
    for server in ["lajur-1", "lajur-2"] {
        assert!(
            proxy.contains(&format!("server {server} {server}:8080")),
            "{server}"
        );
        assert!(scraped.contains(&format!("{server}:9464")), "{server}");
    }
}
