//! `lajur tenant`.

use std::io::Write;

use anyhow::{Context, bail};
use chrono_tz::Tz;
use clap::{Subcommand, ValueEnum};
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncConnection, RunQueryDsl};

use super::{Desk, accounts};
use crate::domain::ids::TenantId;
use crate::domain::principal::Permission;

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

/// The roles that a new travel agency starts with. Its managers change them.
pub fn travel_roles() -> Vec<(&'static str, Vec<Permission>)> {
    use Permission::*;
    let works = vec![PipelineRead, TasksRead, TasksWork, JamaahRead];
    let reads = vec![
        PipelineRead,
        TasksRead,
        TasksReadAll,
        JamaahRead,
        ExportsRead,
        AuditRead,
    ];
    vec![
        ("operations-manager", Permission::ALL.to_vec()),
        ("agency-owner", reads.clone()),
        ("auditor", reads),
        (
            "document-admin",
            [works.clone(), vec![JamaahWrite, ImportsWrite]].concat(),
        ),
        ("siskopatuh-admin", works.clone()),
        ("visa-admin", works.clone()),
        ("logistics-admin", works.clone()),
        ("travel-admin", works),
    ]
}

pub async fn run(mut desk: Desk, action: Action) -> anyhow::Result<()> {
    let Action::Add {
        slug,
        name,
        kind,
        timezone,
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
            for (key, permissions) in travel_roles() {
                accounts::add_role(&mut desk, conn, id, key, &permissions).await?;
            }
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
