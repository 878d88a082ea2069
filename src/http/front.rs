//! Who is in front of the server: the client's address, the host it asked for
//! and whether by TLS, as the connection says, or as a proxy says that is on
//! the list. What anybody else forwards is ignored.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};

use super::conditional::text;
use crate::config::http::{ForwardedBy, Http};

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The address of the client: the last one that is not a proxy of ours.
pub fn client(request: &HttpRequest, config: &Http) -> IpAddr {
    let peer = peer(request);
    if !config.trusts(peer) {
        return peer;
    }
    let hops: Vec<String> = match config.forwarded_by {
        ForwardedBy::XForwarded => values(request, &FOR),
        ForwardedBy::Forwarded => elements(request, "for"),
    };
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        // what cannot be read was not written by a proxy of ours
        let Some(address) = address(hop) else {
            return nearest;
        };
        nearest = address;
        if !config.trusts(address) {
            return address;
        }
    }
    nearest
}

/// The host that the client asked for, perhaps with a port.
pub fn host(request: &HttpRequest, config: &Http) -> String {
    let forwarded = config.trusts(peer(request)).then(|| {
        let said = match config.forwarded_by {
            ForwardedBy::XForwarded => values(request, &HOST),
            ForwardedBy::Forwarded => elements(request, "host"),
        };
        said.into_iter().next_back()
    });
    let named = || {
        let authority = request.uri().authority();
        let authority = authority.map(|authority| authority.as_str().to_owned());
        authority.or_else(|| text(request.headers(), &header::HOST).map(str::to_owned))
    };
    forwarded.flatten().or_else(named).unwrap_or_default()
}

/// Whether the client came by TLS.
pub fn is_secure(request: &HttpRequest, config: &Http) -> bool {
    if config.is_secure() {
        return true;
    }
    let said = || match config.forwarded_by {
        ForwardedBy::XForwarded => values(request, &PROTO),
        ForwardedBy::Forwarded => elements(request, "proto"),
    };
    config.trusts(peer(request))
        && said()
            .last()
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

/// Whether it is for us.
pub fn is_addressed(request: &HttpRequest, config: &Http) -> bool {
    let any = config.hosts.is_empty() && config.public_url.is_none();
    any || config.takes_host(&host(request, config))
}

fn peer(request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| {
        peer.ip().to_canonical()
    })
}

/// The list in a header, which may be there several times.
fn values(request: &HttpRequest, name: &HeaderName) -> Vec<String> {
    let all = request.headers().get_all(name);
    all.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|value| value.trim().to_owned())
        .collect()
}

/// One parameter of each element of `Forwarded`.
fn elements(request: &HttpRequest, parameter: &str) -> Vec<String> {
    let elements = values(request, &header::FORWARDED);
    let of = |element: &String| {
        element.split(';').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let value = value.trim().trim_matches('"');
            (name.trim().eq_ignore_ascii_case(parameter)).then(|| value.to_owned())
        })
    };
    elements.iter().filter_map(of).collect()
}

/// `203.0.113.9`, `203.0.113.9:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let parsed = match bare {
        Some((inner, _)) => inner.parse(),
        None => text.parse().or_else(|_| {
            let host = text.split_once(':').map_or(text, |(host, _)| host);
            host.parse()
        }),
    };
    parsed.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn behind(proxies: &[&str]) -> Http {
        Http {
            trusted_proxies: proxies.iter().map(|net| net.parse().unwrap()).collect(),
            ..Http::default()
        }
    }

    fn from(peer: &str, headers: &[(&'static str, &'static str)]) -> HttpRequest {
        let mut request = TestRequest::default()
            .peer_addr(format!("{peer}:9").parse().unwrap())
            .insert_header(("host", "lajur.example.com"));
        for header in headers {
            request = request.append_header(*header);
        }
        request.to_http_request()
    }

    #[test]
    fn a_stranger_says_nothing_about_themselves() {
        let lies = [
            ("x-forwarded-for", "10.1.1.1"),
            ("x-forwarded-host", "evil.com"),
            ("x-forwarded-proto", "https"),
            ("forwarded", "for=10.1.1.1;host=evil.com;proto=https"),
        ];
        for config in [Http::default(), behind(&["10.0.0.0/8"])] {
            let request = from("203.0.113.9", &lies);
            assert_eq!(client(&request, &config).to_string(), "203.0.113.9");
            assert_eq!(host(&request, &config), "lajur.example.com");
            assert!(!is_secure(&request, &config));
        }
    }

    #[test]
    fn the_client_is_the_last_who_is_no_proxy_of_ours() {
        let config = behind(&["10.0.0.0/8", "fd00::/8"]);
        for (said, client_is) in [
            ("198.51.100.7", "198.51.100.7"),
            ("1.1.1.1, 198.51.100.7", "198.51.100.7"),
            ("1.1.1.1, 198.51.100.7, 10.2.2.2", "198.51.100.7"),
            ("[2001:db8::7]:80, 10.2.2.2", "2001:db8::7"),
            ("198.51.100.7:4711", "198.51.100.7"),
            ("198.51.100.7, nonsense", "10.1.1.1"),
            ("10.9.9.9", "10.9.9.9"),
            ("", "10.1.1.1"),
        ] {
            let request = from("10.1.1.1", &[("x-forwarded-for", said)]);
            assert_eq!(client(&request, &config).to_string(), client_is, "{said}");
        }
    }

    #[test]
    fn only_the_headers_that_the_proxy_sets_are_read() {
        let both = [
            ("x-forwarded-for", "198.51.100.7"),
            (
                "forwarded",
                "for=\"[2001:db8::7]:80\";proto=https;host=app.example.com",
            ),
        ];
        let mut config = behind(&["10.0.0.0/8"]);
        let request = from("10.1.1.1", &both);
        assert_eq!(client(&request, &config).to_string(), "198.51.100.7");
        assert!(!is_secure(&request, &config));
        config.forwarded_by = ForwardedBy::Forwarded;
        assert_eq!(client(&request, &config).to_string(), "2001:db8::7");
        assert_eq!(host(&request, &config), "app.example.com");
        assert!(is_secure(&request, &config));
    }
}
