//! What is asked for, as it is counted.

use std::sync::Arc;

use crate::domain::limits::Class;

#[derive(Clone, Debug)]
pub struct Operation {
    /// `None` is not counted.
    pub class: Option<Class>,
    /// The template of the path without `/api` and `/api/v1`, which are the same.
    pub resource: Arc<str>,
}
