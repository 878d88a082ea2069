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
    /// Of whatever comes below.
    rest: Option<Route>,
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

/// Stands for all segments that follow, at least one.
const REST: &str = "**";

/// The label of a path that is no route.
pub const UNMATCHED: &str = "unmatched";

impl Routes {
    /// The described paths under `/api/v1`, the same under `/api`, and those
    /// that are not described.
    pub fn new<'a>(api: &OpenApi, others: impl IntoIterator<Item = &'a str>) -> Self {
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
        let route = Some(Route {
            template: template.to_owned(),
            methods,
            meters: Meters::default(),
        });
        let mut node = &mut self.root;
        for segment in segments(template) {
            if segment == REST {
                node.rest = route;
                return;
            }
            node = if segment.starts_with('{') {
                node.parameter.get_or_insert_default()
            } else {
                node.fixed.entry(segment.to_owned()).or_default()
            };
        }
        node.route = route;
    }

    pub fn find(&self, path: &str) -> Option<&Route> {
        let mut node = &self.root;
        let mut rest = None;
        for segment in segments(path) {
            rest = node.rest.as_ref().or(rest);
            match node.fixed.get(segment).or(node.parameter.as_deref()) {
                Some(next) => node = next,
                None => return rest,
            }
        }
        node.route.as_ref().or(rest)
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

    #[test]
    fn what_comes_below_a_path_can_have_one_template() {
        let mut routes = Routes::default();
        for path in ["/", "/dashboard", "/dashboard/**"] {
            routes.add(path, vec![Method::GET]);
        }
        let template = |path: &str| routes.find(path).map(|route| route.template.as_str());
        assert_eq!(template("/"), Some("/"));
        assert_eq!(template("/dashboard"), Some("/dashboard"));
        assert_eq!(template("/dashboard/a/b"), Some("/dashboard/**"));
        assert_eq!(template("/dashboards"), None);
    }
}
