//! `lajur tenant`: adding organisations, and what they may use.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, bail};
use chrono_tz::Tz;
use clap::{Subcommand, ValueEnum};
use diesel_async::AsyncConnection;

use super::{Desk, accounts};
use crate::db::journal::{self, NewEvent, TenantBatch};
use crate::db::tenants::{self, NewTenant};
use crate::db::{Connection, access};
use crate::domain::access::RoleAccess;
use crate::domain::ids::TenantId;
use crate::domain::limits::{Class, NoQuota, Quota};
use crate::domain::pipeline::command::Command;
use crate::domain::pipeline::decide::{self, TEMPLATES, from_template};
use crate::domain::pipeline::state::State;
use crate::domain::pipeline::tenant::TenantKind;
use crate::domain::principal::Principal;
use crate::domain::roles::builtin_roles;
use crate::domain::time::Zone;

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Add an organisation, with the roles that its kind usually has.
    Add(Add),
    /// Show the rate limits that a tenant has of its own, or change them.
    Limits {
        /// Whose.
        #[arg(long)]
        tenant: String,
        /// Requests in seconds for a class, such as reads=500/60.
        #[arg(long, value_name = "CLASS=N/SECONDS", value_parser = parse_quota)]
        set: Vec<(Class, Quota)>,
        /// Back to what the configuration says.
        #[arg(long, value_name = "CLASS", value_parser = parse_class)]
        reset: Vec<Class>,
    },
}

#[derive(Debug, clap::Args)]
pub struct Add {
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Travel,
    Kitchen,
    Construction,
}

impl Kind {
    fn kind(self) -> TenantKind {
        match self {
            Self::Travel => TenantKind::Travel,
            Self::Kitchen => TenantKind::Kitchen,
            Self::Construction => TenantKind::Construction,
        }
    }
}

/// The templates that a travel agency can start with.
fn templates() -> Vec<&'static str> {
    TEMPLATES.iter().map(|(name, _)| *name).collect()
}

fn parse_class(text: &str) -> Result<Class, String> {
    let known = || accounts::joined(Class::ALL.iter().map(|class| class.as_str()));
    Class::parse(text).ok_or_else(|| format!("there are {}", known()))
}

fn parse_quota(text: &str) -> Result<(Class, Quota), String> {
    let (class, quota) = text.split_once('=').ok_or("is not like reads=500/60")?;
    let quota = quota.parse().map_err(|error: NoQuota| error.to_string())?;
    Ok((parse_class(class)?, quota))
}

pub async fn run(desk: Desk, action: Action) -> anyhow::Result<()> {
    match action {
        Action::Limits { tenant, set, reset } => limit(desk, &tenant, set, reset).await,
        Action::Add(new) => add(desk, new).await,
    }
}

/// What the tenant has of its own afterwards goes to standard output.
async fn limit(
    mut desk: Desk,
    tenant: &str,
    set: Vec<(Class, Quota)>,
    reset: Vec<Class>,
) -> anyhow::Result<()> {
    let changing = accounts::change(&mut desk, tenant, "tenant limits", async |deed| {
        deed.change_quotas(|quotas| {
            quotas.retain(|class, _| !reset.contains(class));
            quotas.extend(set);
        })
        .await
    });
    let quotas = changing.await?;
    let mut out = std::io::stdout();
    for class in Class::ALL {
        if let Some(quota) = quotas.get(class) {
            writeln!(out, "{:<12}{quota}", class.as_str())?;
        }
    }
    if quotas.is_empty() {
        writeln!(out, "{tenant} has the configured limits")?;
    }
    Ok(())
}

async fn add(mut desk: Desk, new: Add) -> anyhow::Result<()> {
    let Add {
        slug,
        name,
        kind,
        timezone,
        template,
        locale,
    } = new;
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
    let new = NewTenant {
        id,
        slug: slug.as_str().into(),
        name: name.into(),
        kind: kind.kind(),
        zone: Zone(timezone),
        locale: locale.into(),
        epoch: hex::encode(desk.secrets.bytes::<8>()).into(),
    };
    let mut conn = desk.pools.journal_connection().await?;
    let made = conn.transaction(async |conn| {
        tenants::create(conn, &new, desk.now)
            .await
            .with_context(|| format!("cannot add {slug}"))?;
        if kind == Kind::Travel {
            add_roles(&mut desk, conn, id).await?;
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

/// The first events of its log: the roles that its kind usually has.
async fn add_roles(desk: &mut Desk, conn: &mut Connection, id: TenantId) -> anyhow::Result<()> {
    let roles: Vec<_> = builtin_roles()
        .into_iter()
        .map(|role| RoleAccess {
            id: desk.ids.next(desk.now),
            key: role.key,
            name: role.name.into(),
            permissions: role.permissions.into_iter().collect(),
            stages: None,
            own_jamaah: role.own_jamaah,
            version: 1,
        })
        .collect();
    let author = accounts::author(desk, "tenant add");
    access::write(conn, id, &author, async |deed| {
        for role in roles {
            deed.add_role(role).await?;
        }
        Ok(())
    })
    .await?;
    Ok(())
}

/// The events after those: the stages of the template.
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
