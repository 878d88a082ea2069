//! The web application, as the program carries it: its files, which never
//! change under their names, and its page, which is made anew for every request.
//!
//! `web/dist → build.rs (compresses) → embedded → Pages → assets, page`

pub mod assets;
mod bootstrap;
mod page;
mod policy;
mod template;

use std::collections::BTreeMap;

use actix_web::web::ServiceConfig;
use bytes::Bytes;
use include_dir::{Dir, include_dir};

use assets::Asset;
use template::Template;

static EMBEDDED: Dir<'static> = include_dir!("$OUT_DIR/web");
/// What is shown while the application has not been built.
const UNBUILT: &str = include_str!("pages/unbuilt.html");

/// Paths that are answered here; `/**` is whatever begins so.
pub const PATHS: [&str; 9] = [
    "/",
    "/login",
    "/forgot-password",
    "/reset-password",
    "/accept-invitation",
    "/dashboard",
    "/dashboard/**",
    "/assets/**",
    "/sw.js",
];
/// The one script whose name does not tell its content.
const WORKER: &str = "sw.js";

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(assets::get_asset)
        .service(assets::get_worker)
        .service(page::go_to_overview)
        .service(page::get_page)
        .service(page::get_dashboard);
}

/// A built web application.
pub struct Pages {
    /// By their path under `/assets/`.
    assets: BTreeMap<String, Asset>,
    worker: Option<Asset>,
    page: Template,
}

impl Pages {
    /// The one in the program.
    pub fn embedded() -> Self {
        let mut files = BTreeMap::new();
        collect(&EMBEDDED, &mut files);
        Self::of(files)
    }

    /// Made of files by path. Beside `x` there may be `x.br` and `x.gz`, which
    /// are the same compressed.
    pub fn of(files: BTreeMap<String, Bytes>) -> Self {
        let page = files
            .get("index.html")
            .and_then(|html| std::str::from_utf8(html).ok());
        let asset = |path: &str| {
            let plain = files.get(path)?;
            let packed = |suffix| files.get(&format!("{path}.{suffix}")).cloned();
            Some(Asset::new(path, plain.clone(), packed("br"), packed("gz")))
        };
        let named = files.keys().filter_map(|path| {
            let name = path.strip_prefix("assets/")?;
            let is_packed = [".br", ".gz"].into_iter().any(|suffix| {
                path.strip_suffix(suffix)
                    .is_some_and(|plain| files.contains_key(plain))
            });
            let asset = (!is_packed).then(|| asset(path)).flatten();
            asset.map(|asset| (name.to_owned(), asset))
        });
        Self {
            assets: named.collect(),
            worker: asset(WORKER),
            page: Template::parse(page.unwrap_or(UNBUILT)),
        }
    }
}

fn collect(dir: &Dir<'static>, files: &mut BTreeMap<String, Bytes>) {
    for file in dir.files() {
        if let Some(path) = file.path().to_str() {
            files.insert(path.to_owned(), Bytes::from_static(file.contents()));
        }
    }
    dir.dirs().for_each(|dir| collect(dir, files));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_is_whole() {
        let pages = Pages::embedded();
        let html = pages.page.render("n", None);
        let named: Vec<&str> = html
            .split('"')
            .filter_map(|part| part.strip_prefix("/assets/"))
            .collect();
        for name in &named {
            assert!(pages.assets.contains_key(*name), "{name} is missing");
        }
        // without an application there is the page that says so
        assert_eq!(named.is_empty(), pages.assets.is_empty());
        assert_eq!(named.is_empty(), html.contains("scripts/web"), "{html}");
    }
}
