//! `lajur tenant`.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, bail};
use chrono_tz::Tz;
use clap::{Subcommand, ValueEnum};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncConnection, RunQueryDsl};

use super::{Desk, accounts};
use crate::db::journal::{self, NewEvent, TenantBatch};
use crate::db::{Connection, tenants};
use crate::domain::ids::TenantId;
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::decide::{self, TEMPLATES, from_template};
use crate::domain::pipeline::state::State;
use crate::domain::principal::Principal;
use crate::domain::roles::builtin_roles;

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Add an organisation, with the roles that its kind usually has.
    Add {
        /// In addresses: lower-case letters, digits and dashes.
        #[arg(long)]
        slug: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_enum, default_value_t = Kind::Travel)]
        kind: Kind,
        /// IANA name: Asia/Jakarta, Asia/Makassar, Asia/Jayapura.
        #[arg(long, default_value = "Asia/Jakarta")]
        timezone: Tz,
        /// The stages it starts with.
        #[arg(long, default_value = "umrah-nusuk-2025", value_parser = clap::builder::PossibleValuesParser::new(templates()))]
        template: String,
        /// Language of its people: id or en.
        #[arg(long, default_value = "id", value_parser = ["id", "en"])]
        locale: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Travel,
    Kitchen,
    Construction,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Travel => "travel",
            Self::Kitchen => "kitchen",
            Self::Construction => "construction",
        }
    }
}

/// The templates that a travel agency can start with.
fn templates() -> Vec<&'static str> {
    TEMPLATES.iter().map(|(name, _)| *name).collect()
}

pub async fn run(mut desk: Desk, action: Action) -> anyhow::Result<()> {
    let Action::Add {
        slug,
        name,
        kind,
        timezone,
        template,
        locale,
    } = action;
    let sane = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if slug.is_empty()
        || slug.len() > 63
        || !slug.bytes().all(sane)
        || slug.starts_with('-')
        || slug.ends_with('-')
    {
        bail!("a slug has lower-case letters, digits and dashes within");
    }
    let id: TenantId = desk.ids.next(desk.now);
    let mut conn = desk.pools.journal_connection().await?;
    let made = conn.transaction(async |conn| {
        diesel::sql_query(
            "INSERT INTO tenants (id, slug, name, kind, timezone, locale, epoch, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind::<SqlUuid, _>(id.0)
        .bind::<Text, _>(&slug)
        .bind::<Text, _>(&name)
        .bind::<Text, _>(kind.word())
        .bind::<Text, _>(timezone.name())
        .bind::<Text, _>(&locale)
        .bind::<Text, _>(hex::encode(desk.secrets.bytes::<8>()))
        .bind::<Timestamptz, _>(desk.now)
        .execute(conn)
        .await
        .with_context(|| format!("cannot add {slug}"))?;
        if kind == Kind::Travel {
            for role in builtin_roles() {
                let key = role.key.as_str();
                accounts::add_role(&mut desk, conn, id, key, &role.permissions).await?;
            }
            install_pipeline(&mut desk, conn, id, &template).await?;
        }
        Ok::<_, anyhow::Error>(())
    });
    made.await?;
    writeln!(
        std::io::stdout(),
        "{slug} is there; add somebody: lajur user add --tenant {slug} --email …"
    )?;
    Ok(())
}

/// The first events of its log: the stages of the template.
async fn install_pipeline(
    desk: &mut Desk,
    conn: &mut Connection,
    id: TenantId,
    template: &str,
) -> anyhow::Result<()> {
    let text = TEMPLATES.iter().find(|(name, _)| *name == template);
    let (_, text) = text.with_context(|| format!("there is no template {template}"))?;
    let stages = from_template(text, &mut desk.ids, desk.now)?;
    let (tenant, head) = tenants::with_head(conn, id)
        .await?
        .context("the tenant has just been deleted")?;
    let principal = Principal::system();
    let context = decide::Context {
        principal: &principal,
        now: desk.now,
        ids: &mut desk.ids,
    };
    let install = Command::InstallPipeline {
        stages: Arc::new(stages),
    };
    let changes = decide::decide(&mut State::empty(Arc::new(tenant)), &install, context)?;
    let command_id = desk.ids.next(desk.now);
    let events = (head + 1..).zip(changes).map(|(seq, change)| NewEvent {
        seq,
        command_id,
        occurred_at: desk.now,
        actor: principal.actor,
        change: Arc::new(change),
        idempotency: None,
        request_id: Arc::from("tenant add"),
    });
    let batch = TenantBatch {
        tenant_id: id,
        batch_id: desk.ids.next(desk.now),
        expected_head: head,
        next_deadline_at: None,
        events: events.collect(),
    };
    journal::write(conn, &[batch]).await?;
    Ok(())
}
