//! The one statement, in two shapes: *hot*, with the tables that nearly every
//! command changes, and *wide*, with those that change rarely too. A shape is
//! a type with a static id, so each is built and prepared once per connection.

use std::collections::HashMap;
use std::sync::Arc;

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Int8, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::TenantBatch;
use super::columns::Existing;
use super::encode::EventText;
use super::tables::{
    Alerts, Comments, Departures, Dependencies, Events, Imports, Instances, People, Stages,
    Statuses, Tasks, Templates, Versions,
};
use crate::db::{Error, Result};
use crate::domain::ids::TenantId;
use crate::domain::pipeline::change::Row;
use crate::domain::pipeline::stage::Stage;
use crate::domain::time::Timestamp;

/// Writes the batches and returns the tenants that won.
pub(super) async fn execute(
    conn: &mut AsyncPgConnection,
    batches: &[TenantBatch],
    texts: &[Vec<EventText>],
) -> Result<Vec<TenantId>> {
    Rows::fold(batches, texts)?.execute(conn).await
}

/// Writes events alone and says whether all tenants won.
pub(super) async fn append(
    conn: &mut AsyncPgConnection,
    batches: &[TenantBatch],
    texts: &[Vec<EventText>],
) -> Result<bool> {
    let mut rows = Rows::default();
    for (batch, texts) in batches.iter().zip(texts) {
        rows.heads.push(batch)?;
        for (event, text) in batch.events.iter().zip(texts) {
            rows.events.push(batch, event, text);
        }
    }
    Ok(rows.execute(conn).await?.len() == batches.len())
}

/// Writes rows alone and says whether the tenant won.
pub(super) async fn put(
    conn: &mut AsyncPgConnection,
    batch: &TenantBatch,
    written: &[Row],
) -> Result<bool> {
    let mut rows = Rows::default();
    rows.heads.push(batch)?;
    for row in written {
        rows.push(batch.tenant_id.0, row)?;
    }
    Ok(!rows.execute(conn).await?.is_empty())
}

/// All that is to be written, as columns.
#[derive(Debug, Default)]
struct Rows<'a> {
    heads: Heads,
    events: Events<'a>,
    tasks: Tasks<'a>,
    instances: Instances<'a>,
    statuses: Statuses<'a>,
    rare: Option<Box<Rare<'a>>>,
}

#[derive(Debug, Default)]
struct Heads {
    tenant_id: Vec<Uuid>,
    expected: Vec<i64>,
    new: Vec<i64>,
    next_deadline_at: Vec<Option<Timestamp>>,
}

#[derive(Debug, Default)]
struct Rare<'a> {
    departures: Departures<'a>,
    people: People<'a>,
    stages: Stages<'a>,
    dependencies: Dependencies<'a>,
    templates: Templates<'a>,
    versions: Versions<'a>,
    comments: Comments<'a>,
    imports: Imports<'a>,
    alerts: Alerts<'a>,
}

impl<'a> Rows<'a> {
    async fn execute(self, conn: &mut AsyncPgConnection) -> Result<Vec<TenantId>> {
        let winners: Vec<Uuid> = match self.rare {
            None => Statement::<HOT>(self).get_results(conn).await?,
            Some(_) => Statement::<WIDE>(self).get_results(conn).await?,
        };
        Ok(winners.into_iter().map(TenantId).collect())
    }

    /// Of several changes of one row, only the last is written: a statement
    /// may touch a row only once.
    fn fold(batches: &'a [TenantBatch], texts: &'a [Vec<EventText>]) -> Result<Self> {
        let mut rows = Self::default();
        let count = batches.iter().map(|batch| batch.events.len()).sum();
        let mut last: HashMap<(Uuid, &'static str, Uuid), usize, ahash::RandomState> =
            HashMap::with_capacity_and_hasher(count, ahash::RandomState::default());
        let mut kept: Vec<(Uuid, &Row)> = Vec::with_capacity(count);
        for (batch, texts) in batches.iter().zip(texts) {
            let tenant = batch.tenant_id.0;
            rows.heads.push(batch)?;
            for (event, text) in batch.events.iter().zip(texts) {
                rows.events.push(batch, event, text);
                let row = &event.change.after;
                let place = *last
                    .entry((tenant, row.subject_type(), row.subject_id()))
                    .or_insert(kept.len());
                match kept.get_mut(place) {
                    Some(earlier) => *earlier = (tenant, row),
                    None => kept.push((tenant, row)),
                }
            }
        }
        for (tenant, row) in kept {
            rows.push(tenant, row)?;
        }
        Ok(rows)
    }

    fn push(&mut self, tenant: Uuid, row: &'a Row) -> Result<()> {
        match row {
            Row::Task(row) => self.tasks.push(tenant, row),
            Row::StageInstance(row) => self.instances.push(tenant, row),
            Row::JamaahStatus(row) => self.statuses.push_row(tenant, row)?,
            Row::Departure(row) => self.rare().departures.push(tenant, row),
            Row::Jamaah(row) => self.rare().people.push(tenant, row),
            Row::Stage(row) => self.rare().push_stage(tenant, row)?,
            Row::PipelineVersion(row) => self.rare().versions.push_row(tenant, row)?,
            Row::Comment(row) => self.rare().comments.push(tenant, row),
            Row::Import(row) => self.rare().imports.push_row(tenant, row)?,
            Row::BottleneckAlert(row) => self.rare().alerts.push_row(tenant, row)?,
            // whoever changes accounts writes their tables in the same transaction
            Row::Access(_) | Row::Audit(_) => {}
        }
        Ok(())
    }

    fn rare(&mut self) -> &mut Rare<'a> {
        self.rare.get_or_insert_default()
    }
}

impl Heads {
    fn push(&mut self, batch: &TenantBatch) -> Result<()> {
        let count =
            i64::try_from(batch.events.len()).map_err(|e| Error::Unwritable(e.to_string()))?;
        self.tenant_id.push(batch.tenant_id.0);
        self.expected.push(batch.expected_head);
        self.new.push(batch.expected_head + count);
        self.next_deadline_at.push(batch.next_deadline_at);
        Ok(())
    }
}

impl<'a> Rare<'a> {
    fn push_stage(&mut self, tenant: Uuid, stage: &'a Arc<Stage>) -> Result<()> {
        self.stages.push_row(tenant, stage)?;
        for (place, depends_on) in (1..).zip(&stage.depends_on) {
            self.dependencies
                .push(tenant, stage.id.0, depends_on.0, place);
        }
        for (place, template) in (1..).zip(&stage.templates) {
            self.templates.push(tenant, stage.id.0, template, place);
        }
        Ok(())
    }
}

const HOT: bool = false;
const WIDE: bool = true;

#[derive(Debug)]
struct Statement<'a, const SHAPE: bool>(Rows<'a>);

impl<const SHAPE: bool> Query for Statement<'_, SHAPE> {
    type SqlType = SqlUuid;
}

impl<const SHAPE: bool> QueryId for Statement<'_, SHAPE> {
    type QueryId = Statement<'static, SHAPE>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<const SHAPE: bool> QueryFragment<Pg> for Statement<'_, SHAPE> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self(rows) = self;
        rows.heads.walk(&mut out)?;
        if let (WIDE, Some(rare)) = (SHAPE, &rows.rare) {
            rare.walk(&mut out)?;
        }
        out.push_sql(", i AS (");
        rows.instances.insert(Existing::Replace, &mut out)?;
        out.push_sql("), t AS (");
        rows.tasks.insert(Existing::Replace, &mut out)?;
        out.push_sql("), s AS (");
        rows.statuses.insert(Existing::Replace, &mut out)?;
        out.push_sql("), e AS (");
        rows.events.insert(Existing::Refuse, &mut out)?;
        out.push_sql(") SELECT id FROM won");
        Ok(())
    }
}

impl Heads {
    /// Locks in the order of the ids, the same for everybody, so that writers
    /// wait for each other and never in a circle; whoever waited sees the
    /// newest head and loses.
    fn walk<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH wanted AS (SELECT * FROM unnest(");
        out.push_bind_param::<Array<SqlUuid>, _>(&self.tenant_id)?;
        out.push_sql(",");
        out.push_bind_param::<Array<Int8>, _>(&self.expected)?;
        out.push_sql(",");
        out.push_bind_param::<Array<Int8>, _>(&self.new)?;
        out.push_sql(",");
        out.push_bind_param::<Array<Nullable<Timestamptz>>, _>(&self.next_deadline_at)?;
        out.push_sql(
            ") AS x(tenant_id, expected, new, next_deadline_at)), \
             locked AS (SELECT t.id, w.new, w.next_deadline_at FROM tenants t JOIN wanted w ON t.id = w.tenant_id \
             WHERE t.last_seq = w.expected ORDER BY t.id FOR NO KEY UPDATE OF t), \
             won AS (UPDATE tenants t SET last_seq = l.new, next_deadline_at = l.next_deadline_at \
             FROM locked l WHERE t.id = l.id RETURNING t.id)",
        );
        Ok(())
    }
}

impl Rare<'_> {
    fn walk<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(", d AS (");
        self.departures.insert(Existing::Replace, out)?;
        out.push_sql("), j AS (");
        self.people.insert(Existing::Replace, out)?;
        out.push_sql("), st AS (");
        self.stages.insert(Existing::Replace, out)?;
        out.push_sql(" RETURNING tenant_id, id), dep AS (");
        self.dependencies.insert(Existing::Replace, out)?;
        out.push_sql(" RETURNING tenant_id, stage_id, depends_on_id), tpl AS (");
        self.templates.insert(Existing::Replace, out)?;
        // what a written stage no longer has
        out.push_sql(
            " RETURNING tenant_id, id), dep_gone AS (DELETE FROM stage_dependencies o USING st \
             WHERE o.tenant_id = st.tenant_id AND o.stage_id = st.id AND NOT EXISTS (SELECT FROM dep \
             WHERE dep.tenant_id = o.tenant_id AND dep.stage_id = o.stage_id AND dep.depends_on_id = o.depends_on_id)), \
             tpl_gone AS (DELETE FROM task_templates o USING st \
             WHERE o.tenant_id = st.tenant_id AND o.stage_id = st.id AND NOT EXISTS (SELECT FROM tpl \
             WHERE tpl.tenant_id = o.tenant_id AND tpl.id = o.id)), v AS (",
        );
        self.versions.insert(Existing::Replace, out)?;
        out.push_sql("), c AS (");
        self.comments.insert(Existing::Replace, out)?;
        out.push_sql("), im AS (");
        self.imports.insert(Existing::Replace, out)?;
        out.push_sql("), al AS (");
        self.alerts.insert(Existing::Replace, out)?;
        out.push_sql(")");
        Ok(())
    }
}
