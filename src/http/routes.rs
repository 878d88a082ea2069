//! What paths there are, taken from the API's description: the template of a
//! path (the only form of it that metrics and logs may carry) and the methods
//! that are possible there.

use std::collections::HashMap;

use actix_web::http::Method;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

use super::meters::Meters;

/// A tree of path segments.
#[derive(Debug, Default)]
pub struct Routes {
    root: Node,
    /// What all paths that are no route count.
    pub unmatched: Meters,
}

#[derive(Debug, Default)]
struct Node {
    fixed: HashMap<String, Node, ahash::RandomState>,
    parameter: Option<Box<Node>>,
    route: Option<Route>,
}

#[derive(Debug)]
pub struct Route {
    /// Such as `/api/v1/pipeline/tasks/{id}`.
    pub template: String,
    /// `HEAD` is where `GET` is.
    pub methods: Vec<Method>,
    /// What it counts.
    pub meters: Meters,
}

/// The label of a path that is no route.
pub const UNMATCHED: &str = "unmatched";

impl Routes {
    /// The described paths under `/api/v1`, the same under `/api`, and those
    /// that are not described.
    pub fn new(api: &OpenApi, others: &[&str]) -> Self {
        let mut routes = Self::default();
        for (path, item) in &api.paths.paths {
            let methods = methods(item);
            if let Some(rest) = path.strip_prefix("/api/v1") {
                routes.add(&format!("/api{rest}"), methods.clone());
            }
            routes.add(path, methods);
        }
        for path in others {
            routes.add(path, vec![Method::GET, Method::HEAD]);
        }
        routes
    }

    fn add(&mut self, template: &str, methods: Vec<Method>) {
        let mut node = &mut self.root;
        for segment in segments(template) {
            node = if segment.starts_with('{') {
                node.parameter.get_or_insert_default()
            } else {
                node.fixed.entry(segment.to_owned()).or_default()
            };
        }
        node.route = Some(Route {
            template: template.to_owned(),
            methods,
            meters: Meters::default(),
        });
    }

    pub fn find(&self, path: &str) -> Option<&Route> {
        let mut node = &self.root;
        for segment in segments(path) {
            node = node.fixed.get(segment).or(node.parameter.as_deref())?;
        }
        node.route.as_ref()
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').skip(1)
}

fn methods(item: &PathItem) -> Vec<Method> {
    let all = [
        (&item.get, Method::GET),
        (&item.get, Method::HEAD),
        (&item.post, Method::POST),
        (&item.put, Method::PUT),
        (&item.patch, Method::PATCH),
        (&item.delete, Method::DELETE),
    ];
    all.into_iter()
        .filter(|(operation, _)| operation.is_some())
        .map(|(_, method)| method)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_template() {
        let mut routes = Routes::default();
        routes.add("/api/v1/pipeline/tasks", vec![Method::GET]);
        routes.add("/api/v1/pipeline/tasks/bulk", vec![Method::POST]);
        routes.add("/api/v1/pipeline/tasks/{id}", vec![Method::GET]);
        routes.add("/api/v1/pipeline/tasks/{id}/start", vec![Method::POST]);
        let template = |path: &str| routes.find(path).map(|route| route.template.as_str());
        assert_eq!(
            template("/api/v1/pipeline/tasks"),
            Some("/api/v1/pipeline/tasks")
        );
        assert_eq!(
            template("/api/v1/pipeline/tasks/bulk"),
            Some("/api/v1/pipeline/tasks/bulk")
        );
        assert_eq!(
            template("/api/v1/pipeline/tasks/7"),
            Some("/api/v1/pipeline/tasks/{id}")
        );
        assert_eq!(
            template("/api/v1/pipeline/tasks/7/start"),
            Some("/api/v1/pipeline/tasks/{id}/start")
        );
        assert_eq!(template("/api/v1/pipeline/tasks/7/stop"), None);
        assert_eq!(template("/api/v1/pipeline"), None);
        assert_eq!(template("/"), None);
    }
}
