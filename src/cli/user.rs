//! `lajur user`.

use std::io::{BufRead, IsTerminal, Write};

use clap::{Args, Subcommand};

use super::{Desk, accounts};
use crate::config::secret::Secret;
use crate::db::access::{Deed, Refused};
use crate::db::users::{self, NewUser};
use crate::domain::ids::UserId;
use crate::domain::principal::RoleKey;

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Add a person.
    Add {
        #[command(flatten)]
        who: Who,
        /// The address again unless given.
        #[arg(long)]
        name: Option<String>,
        /// A role's key; may be repeated.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Whose agent they are, as jamaah name them.
        #[arg(long)]
        agent: Option<String>,
        /// Take the password from the first line of standard input. Without
        /// it one is made, and shown once.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the people of a tenant.
    List {
        #[arg(long)]
        tenant: String,
    },
    /// Give a person another password and end their sessions.
    SetPassword {
        #[command(flatten)]
        who: Who,
        /// Take the password from the first line of standard input. Without
        /// it one is made, and shown once.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give a person these roles and no others, at once.
    SetRoles {
        #[command(flatten)]
        who: Who,
        /// A role's key; may be repeated.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
    },
    /// Keep a person out, and end their sessions. What they did stays theirs.
    Deactivate {
        #[command(flatten)]
        who: Who,
    },
    /// Let a person in again.
    Activate {
        #[command(flatten)]
        who: Who,
    },
    /// A person's sessions in browsers.
    Sessions {
        #[command(subcommand)]
        action: Sessions,
    },
}

#[derive(Debug, Subcommand)]
pub enum Sessions {
    /// Sign a person out everywhere.
    End {
        #[command(flatten)]
        who: Who,
    },
}

#[derive(Debug, Args)]
pub struct Who {
    #[arg(long)]
    tenant: String,
    #[arg(long)]
    email: String,
}

pub async fn run(mut desk: Desk, action: Action) -> anyhow::Result<()> {
    let desk = &mut desk;
    let mut out = std::io::stdout();
    match action {
        Action::Add {
            who,
            name,
            roles,
            agent,
            password_stdin,
        } => {
            let password = password(desk, password_stdin)?;
            let new = NewUser {
                id: desk.ids.next(desk.now),
                email: who.email.to_lowercase(),
                name: name.unwrap_or_else(|| who.email.clone()),
                password_hash: accounts::hashed(desk, &password)?,
                agent,
            };
            accounts::change(desk, &who.tenant, "user add", async |deed| {
                deed.add_user(&new, &roles).await
            })
            .await?;
            writeln!(out, "{} is there", who.email)?;
            show(&password, password_stdin)?;
        }
        Action::List { tenant } => list(desk, &tenant, &mut out).await?,
        Action::SetPassword {
            who,
            password_stdin,
        } => {
            let password = password(desk, password_stdin)?;
            let hash = accounts::hashed(desk, &password)?;
            change(desk, &who, "user set-password", async |deed, user| {
                deed.set_password(user, &hash).await
            })
            .await?;
            writeln!(out, "{} has another password", who.email)?;
            show(&password, password_stdin)?;
        }
        Action::SetRoles { who, roles } => {
            change(desk, &who, "user set-roles", async |deed, user| {
                deed.set_roles(user, &roles).await
            })
            .await?;
            writeln!(out, "{} has {}", who.email, roles.join(", "))?;
        }
        Action::Deactivate { who } => {
            change(desk, &who, "user deactivate", async |deed, user| {
                deed.deactivate(user).await
            })
            .await?;
            writeln!(out, "{} cannot sign in any more", who.email)?;
        }
        Action::Activate { who } => {
            change(desk, &who, "user activate", async |deed, user| {
                deed.activate(user).await
            })
            .await?;
            writeln!(out, "{} can sign in", who.email)?;
        }
        Action::Sessions {
            action: Sessions::End { who },
        } => {
            change(desk, &who, "user sessions end", async |deed, user| {
                deed.end_sessions(user).await
            })
            .await?;
            writeln!(out, "{} is signed out everywhere", who.email)?;
        }
    }
    Ok(())
}

async fn change(
    desk: &mut Desk,
    who: &Who,
    command: &str,
    work: impl AsyncFnOnce(&mut Deed<'_>, UserId) -> Result<(), Refused>,
) -> anyhow::Result<()> {
    accounts::change(desk, &who.tenant, command, async |deed| {
        let user = deed.find_user(&who.email).await?;
        work(deed, user).await
    })
    .await
}

async fn list(desk: &Desk, tenant: &str, out: &mut impl Write) -> anyhow::Result<()> {
    let mut conn = desk.pools.access_connection().await?;
    let tenant = accounts::find_tenant(&mut conn, tenant).await?;
    for person in users::list(&mut conn, tenant).await? {
        let access = &person.access;
        let roles = accounts::joined(access.roles.iter().map(RoleKey::as_str));
        let state = if access.active { "" } else { "\tinactive" };
        writeln!(out, "{}\t{}\t{roles}{state}", person.email, access.name)?;
    }
    Ok(())
}

/// From standard input, or a new one.
fn password(desk: &Desk, from_stdin: bool) -> anyhow::Result<Secret> {
    if !from_stdin {
        return Ok(Secret::new(desk.secrets.password()));
    }
    if std::io::stdin().is_terminal() {
        write!(std::io::stderr(), "password (it will be seen): ")?;
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}

/// Only what was made here is shown.
fn show(password: &Secret, from_stdin: bool) -> anyhow::Result<()> {
    if !from_stdin {
        writeln!(std::io::stdout(), "password: {}", password.expose())?;
    }
    Ok(())
}
