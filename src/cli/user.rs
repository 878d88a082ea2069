//! `lajur user`.

use std::io::{BufRead, IsTerminal, Write};

use clap::Subcommand;

use super::{Desk, accounts};
use crate::config::secret::Secret;

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Add a person.
    Add {
        #[arg(long)]
        tenant: String,
        #[arg(long)]
        email: String,
        /// The address again unless given.
        #[arg(long)]
        name: Option<String>,
        /// A role's key; may be repeated.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
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
        #[arg(long)]
        tenant: String,
        #[arg(long)]
        email: String,
        /// Take the password from the first line of standard input. Without
        /// it one is made, and shown once.
        #[arg(long)]
        password_stdin: bool,
    },
}

pub async fn run(mut desk: Desk, action: Action) -> anyhow::Result<()> {
    let mut conn = desk.pools.journal_connection().await?;
    let mut out = std::io::stdout();
    match action {
        Action::Add {
            tenant,
            email,
            name,
            roles,
            password_stdin,
        } => {
            let tenant = accounts::find_tenant(&mut conn, &tenant).await?;
            let password = password(&desk, password_stdin)?;
            let name = name.unwrap_or_else(|| email.clone());
            accounts::add_user(
                &mut desk,
                &mut conn,
                tenant,
                (&email, &name),
                &roles,
                &password,
            )
            .await?;
            writeln!(out, "{email} is there")?;
            show(&password, password_stdin)?;
        }
        Action::List { tenant } => {
            let tenant = accounts::find_tenant(&mut conn, &tenant).await?;
            for person in accounts::list_users(&mut conn, tenant).await? {
                let state = if person.active { "" } else { "\tinactive" };
                writeln!(
                    out,
                    "{}\t{}\t{}{state}",
                    person.email, person.name, person.roles
                )?;
            }
        }
        Action::SetPassword {
            tenant,
            email,
            password_stdin,
        } => {
            let tenant = accounts::find_tenant(&mut conn, &tenant).await?;
            let password = password(&desk, password_stdin)?;
            accounts::set_password(&desk, &mut conn, tenant, &email, &password).await?;
            writeln!(out, "{email} has another password")?;
            show(&password, password_stdin)?;
        }
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
