//! What is computed from a view, and the two bodies it is written as.

use bytes::Bytes;
use serde::Serialize;

use crate::actors::handle::Freshness;
use crate::cache::Kind;
use crate::domain::pipeline::bottleneck::Bottleneck;
use crate::domain::pipeline::health::HealthReport;
use crate::domain::pipeline::statistics::StageReport;
use crate::domain::pipeline::view::View;
use crate::domain::time::Timestamp;
use crate::error::ApiError;
use crate::http::page::Page;
use crate::http::reply::Reply;

#[derive(Serialize)]
#[serde(untagged)]
pub enum Numbers {
    Health(Box<HealthReport>),
    Stages(Vec<StageReport>),
    Bottlenecks(Vec<Bottleneck>),
}

impl Numbers {
    pub fn of(kind: Kind, view: &View, now: Timestamp) -> Self {
        match kind {
            Kind::Health => Self::Health(Box::new(view.health_report(now))),
            Kind::Stages => Self::Stages(view.stages(now)),
            Kind::Bottlenecks => Self::Bottlenecks(view.bottlenecks(now)),
        }
    }

    /// As the plain request is answered: of a list with pages the first.
    pub fn plain(&self, view: &View, freshness: Freshness) -> Result<Bytes, ApiError> {
        match self {
            Self::Stages(stages) => page_of_stages(stages, Page::default())
                .read_from(view, freshness)
                .body()
                .map(Bytes::from),
            Self::Health(_) | Self::Bottlenecks(_) => self.whole(view, freshness),
        }
    }

    pub fn whole(&self, view: &View, freshness: Freshness) -> Result<Bytes, ApiError> {
        Reply::new(self)
            .read_from(view, freshness)
            .body()
            .map(Bytes::from)
    }
}

pub fn page_of_stages(stages: &[StageReport], page: Page) -> Reply<&[StageReport]> {
    let total = u64::try_from(stages.len()).unwrap_or(u64::MAX);
    Reply::new(page.of(stages)).page(page, total)
}
