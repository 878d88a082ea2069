//! `[http]`: where and how requests are answered.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::Mode;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// `LAJUR_HTTP_ADDR`, default `127.0.0.1:8080`: address and port for
    /// requests; port 0 takes a free one.
    pub addr: SocketAddr,
    /// `LAJUR_HTTP__WORKERS`, default 2: threads that answer requests.
    pub workers: usize,
    /// `LAJUR_HTTP__BODY_LIMIT_BYTES`, default 1048576: a longer JSON body is
    /// refused with 413.
    pub body_limit_bytes: usize,
    /// `LAJUR_HTTP__HEAD_SECONDS`, default 5: the head of a request must be here
    /// by then, or its connection is closed.
    pub head_seconds: u32,
    /// `LAJUR_HTTP__BODY_SECONDS`, default 20: so long may a body take, and a
    /// second more for every 8 KiB that have come.
    pub body_seconds: u32,
    /// `LAJUR_HTTP__KEEP_ALIVE_SECONDS`, default 75: so long is a connection kept
    /// open for the next request. Longer than a proxy in front keeps it, or the
    /// proxy sends requests into connections that are being closed.
    pub keep_alive_seconds: u32,
    /// `LAJUR_HTTP__SHUTDOWN_SECONDS`, default 10: how long requests in flight
    /// may take to finish after SIGTERM.
    pub shutdown_seconds: u64,
    /// `LAJUR_HTTP__SECURE_COOKIES`, default false: cookies are only sent over
    /// TLS. Set it wherever browsers come over TLS at a proxy; with `tls_cert`
    /// or a `public_url` of https it goes without saying.
    pub secure_cookies: bool,
    /// `LAJUR_HTTP__PUBLIC_URL`, no default: where browsers find this server,
    /// such as `https://lajur.example.com`. Its host is one of `hosts`.
    pub public_url: Option<String>,
    /// `LAJUR_HTTP__HOSTS`, default none: names that requests may be addressed
    /// to, with a port unless any will do; others get 400. With none here and no
    /// `public_url` all are taken.
    pub hosts: Vec<String>,
    /// `LAJUR_HTTP__TRUSTED_PROXIES`, default none: networks of the proxies whose
    /// word about the client is taken, such as `10.0.0.0/8`.
    pub trusted_proxies: Vec<IpNet>,
    /// `LAJUR_HTTP__FORWARDED_BY`, default `x-forwarded`: the headers that these
    /// proxies set, `x-forwarded` (`-For`, `-Proto`, `-Host`) or `forwarded`
    /// (RFC 7239). The others are ignored, because they may be the client's.
    pub forwarded_by: ForwardedBy,
    /// `LAJUR_HTTP__TLS_CERT`, no default: certificate chain in PEM. With it the
    /// server speaks TLS 1.3 only; a changed file is taken within seconds.
    pub tls_cert: Option<PathBuf>,
    /// `LAJUR_HTTP__TLS_KEY`, no default: the certificate's private key in PEM.
    pub tls_key: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedBy {
    #[default]
    XForwarded,
    Forwarded,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            workers: 2,
            body_limit_bytes: 1024 * 1024,
            head_seconds: 5,
            body_seconds: 20,
            keep_alive_seconds: 75,
            shutdown_seconds: 10,
            secure_cookies: false,
            public_url: None,
            hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            forwarded_by: ForwardedBy::default(),
            tls_cert: None,
            tls_key: None,
        }
    }
}

impl Http {
    /// Whether browsers come over TLS, here or at a proxy.
    pub fn is_secure(&self) -> bool {
        let https = |url: &String| url.starts_with("https://");
        self.secure_cookies
            || self.tls_cert.is_some()
            || self.public_url.as_ref().is_some_and(https)
    }

    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted_proxies.iter().any(|net| net.contains(&peer))
    }

    /// Whether requests may be addressed to this host, with or without a port.
    pub fn takes_host(&self, host: &str) -> bool {
        let public = self.public_url.as_deref().and_then(host_of_url);
        let mut known = self.hosts.iter().map(String::as_str).chain(public);
        if self.hosts.is_empty() && public.is_none() {
            return true;
        }
        let name = without_port(host);
        known.any(|one| one.eq_ignore_ascii_case(host) || one.eq_ignore_ascii_case(name))
    }

    pub(super) fn validate(&self, mode: Mode, wrong: &mut Vec<String>) {
        if !(1..=256).contains(&self.workers) {
            wrong.push(format!(
                "http.workers: {} is not between 1 and 256",
                self.workers
            ));
        }
        if self.body_limit_bytes < 1024 {
            wrong.push(format!(
                "http.body_limit_bytes: {} is too small for any request",
                self.body_limit_bytes
            ));
        }
        for (key, seconds) in [
            ("head_seconds", self.head_seconds),
            ("body_seconds", self.body_seconds),
            ("keep_alive_seconds", self.keep_alive_seconds),
        ] {
            if !(1..=600).contains(&seconds) {
                wrong.push(format!("http.{key}: {seconds} is not between 1 and 600"));
            }
        }
        if self.shutdown_seconds > 600 {
            wrong.push(format!(
                "http.shutdown_seconds: {} is more than 600",
                self.shutdown_seconds
            ));
        }
        if mode == Mode::Production && !self.is_secure() {
            wrong.push("http.secure_cookies: must be true in production".to_owned());
        }
        if let Some(url) = &self.public_url
            && host_of_url(url).is_none()
        {
            wrong.push(format!(
                "http.public_url: {url} is not like https://lajur.example.com"
            ));
        }
        for host in &self.hosts {
            if host.is_empty() || host.contains(['/', '*', ' ']) {
                wrong.push(format!("http.hosts: {host} is not like lajur.example.com"));
            }
        }
        if self.tls_cert.is_some() != self.tls_key.is_some() {
            wrong.push("http.tls_key: tls_cert and tls_key come together".to_owned());
        }
    }
}

/// Of a URL that has nothing behind its host but perhaps a slash.
fn host_of_url(url: &str) -> Option<&str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let host = rest.strip_suffix('/').unwrap_or(rest);
    (!host.is_empty() && !host.contains(['/', '*', ' ', '?', '#', '@'])).then_some(host)
}

/// `[::1]:8080` is `[::1]`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_those_on_the_list_and_the_public_one() {
        let mut http = Http::default();
        assert!(http.takes_host("anything"));
        http.hosts = vec!["lajur.example.com".to_owned(), "127.0.0.1:8080".to_owned()];
        http.public_url = Some("https://App.example.com/".to_owned());
        for host in [
            "lajur.example.com",
            "LAJUR.example.com:443",
            "app.example.com",
            "127.0.0.1:8080",
        ] {
            assert!(http.takes_host(host), "{host}");
        }
        for host in [
            "",
            "127.0.0.1",
            "127.0.0.1:80",
            "evil.com",
            "lajur.example.com.evil.com",
            "lajur.example.com@evil.com",
            "[::1]:8080",
        ] {
            assert!(!http.takes_host(host), "{host}");
        }
    }

    #[test]
    fn a_public_url_of_https_makes_cookies_secure() {
        let mut http = Http::default();
        assert!(!http.is_secure());
        http.public_url = Some("https://app.example.com".to_owned());
        assert!(http.is_secure());
    }
}
