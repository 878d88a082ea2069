//! What paths there are, taken from the API's description: the template of a
//! path (the only form of it that metrics and logs may carry), the methods
//! that are possible there, and the class of each, by which it is limited.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::http::Method;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation as Described, PathItem};

use super::limits::operation::Operation;
use super::meters::Meters;
use crate::domain::limits::Class;

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
    /// By the same places.
    operations: Vec<Operation>,
    /// What it counts.
    pub meters: Meters,
}

/// Stands for all segments that follow, at least one.
const REST: &str = "**";

/// Of an operation that is not limited.
pub const UNLIMITED: &str = "unlimited";

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
            routes.add(path, [(Method::GET, None), (Method::HEAD, None)]);
        }
        routes
    }

    fn add(&mut self, template: &str, methods: impl IntoIterator<Item = (Method, Option<Class>)>) {
        let resource = template.strip_prefix("/api").unwrap_or(template);
        let resource: Arc<str> = resource.strip_prefix("/v1").unwrap_or(resource).into();
        let operation = |class| Operation {
            class,
            resource: Arc::clone(&resource),
        };
        let (methods, operations) = methods
            .into_iter()
            .map(|(method, class)| (method, operation(class)))
            .unzip();
        let route = Some(Route {
            template: template.to_owned(),
            methods,
            operations,
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

impl Route {
    /// What a method does here.
    pub fn operation(&self, method: &Method) -> Option<&Operation> {
        let place = self.methods.iter().position(|one| one == method)?;
        self.operations.get(place)
    }
}

/// The class that an operation names; the strictest for one that names none.
fn class(operation: &Described) -> Option<Class> {
    let extensions = operation.extensions.as_ref();
    let name = extensions.and_then(|all| all.get("x-rate-limit")?.as_str());
    match name {
        Some(UNLIMITED) => None,
        Some(name) => Some(Class::parse(name).unwrap_or(Class::Default)),
        None => Some(Class::Default),
    }
}

fn methods(item: &PathItem) -> Vec<(Method, Option<Class>)> {
    let all = [
        (&item.get, Method::GET),
        (&item.get, Method::HEAD),
        (&item.post, Method::POST),
        (&item.put, Method::PUT),
        (&item.patch, Method::PATCH),
        (&item.delete, Method::DELETE),
    ];
    all.into_iter()
        .filter_map(|(operation, method)| Some((method, class(operation.as_ref()?))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_template() {
        let mut routes = Routes::default();
        routes.add("/api/v1/pipeline/tasks", [(Method::GET, None)]);
        routes.add("/api/v1/pipeline/tasks/bulk", [(Method::POST, None)]);
        routes.add("/api/v1/pipeline/tasks/{id}", [(Method::GET, None)]);
        routes.add("/api/v1/pipeline/tasks/{id}/start", [(Method::POST, None)]);
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
            routes.add(path, [(Method::GET, None)]);
        }
        let template = |path: &str| routes.find(path).map(|route| route.template.as_str());
        assert_eq!(template("/"), Some("/"));
        assert_eq!(template("/dashboard"), Some("/dashboard"));
        assert_eq!(template("/dashboard/a/b"), Some("/dashboard/**"));
        assert_eq!(template("/dashboards"), None);
    }
}
