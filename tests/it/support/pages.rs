//! A web application of a few files, in place of the one in the program.

use bytes::Bytes;
use lajur::http::pages::Pages;

pub const SCRIPT: &str = "/assets/start-a1b2c3.js";

const HTML: &str = r#"<!doctype html><html><head><meta name="csp-nonce" content="__CSP_NONCE__" />
<script type="module" src="/assets/start-a1b2c3.js"></script></head><body></body></html>"#;

/// The compressed forms are told apart by what they say.
pub fn small() -> Pages {
    let files = [
        ("index.html", HTML),
        ("index.html.br", "not served"),
        ("assets/start-a1b2c3.js", "console.log('plain')"),
        ("assets/start-a1b2c3.js.br", "by brotli"),
        ("assets/start-a1b2c3.js.gz", "by gzip"),
        ("assets/theme-d4.css", "body { margin: 0 }"),
        ("assets/inter-e5.woff2", "a font"),
        ("assets/lajur-f6.svg", "<svg/>"),
        ("sw.js", "self.skipWaiting()"),
        ("sw.js.br", "a worker by brotli"),
        ("secret.txt", "not under assets"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), Bytes::from_static(text.as_bytes())));
    Pages::of(files.into())
}
