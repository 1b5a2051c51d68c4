//! `admin`: who may sign in to the console.

use std::io::{BufRead, Write};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use jiff::SignedDuration;
use secrecy::SecretString;

use super::{Configured, customer_id};
use crate::clock::Clock;
use crate::console;
use crate::domain::{CustomerId, Role};
use crate::store::tokens::{self, ApiToken};
use crate::store::{Store, StoreError, admins};
use crate::web::{hash_of, new_password, new_token};

#[derive(Debug, Args)]
pub(in crate::cli) struct AdminArgs {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Let somebody sign in; prints the password, unless it comes on standard input
    Create {
        /// E-mail address
        email: String,
        /// Whose console it is
        #[arg(long, value_name = "ID", value_parser = customer_id)]
        customer: CustomerId,
        /// harver_admin, who configures, or recruiter, who reads orders
        #[arg(long, default_value = "harver_admin", value_parser = role)]
        role: Role,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        configured: Configured,
    },
    /// Give somebody a new password, and sign them out everywhere
    ResetPassword {
        /// E-mail address
        email: String,
        #[command(flatten)]
        password: Password,
        #[command(flatten)]
        configured: Configured,
    },
    /// List who may sign in: customer, role, address
    List {
        #[command(flatten)]
        configured: Configured,
    },
    /// Take somebody's access away, with sessions and tokens
    Remove {
        /// E-mail address
        email: String,
        #[command(flatten)]
        configured: Configured,
    },
    /// Make a token with which a program uses the API in somebody's name; it is printed once
    Token {
        /// Whose rights it has
        email: String,
        /// What it is for
        #[arg(long, value_name = "TEXT")]
        name: String,
        /// How many days it opens
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
        #[command(flatten)]
        configured: Configured,
    },
}

#[derive(Debug, Args)]
struct Password {
    /// Read the password from standard input, one line, instead of making one
    #[arg(long)]
    password_stdin: bool,
}

impl Password {
    /// The password, and the text to print if it was made here.
    fn choose(&self) -> anyhow::Result<(SecretString, Option<String>)> {
        if !self.password_stdin {
            let made = new_password();
            return Ok((made.as_str().into(), Some(made)));
        }
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).context("reading the password from standard input")?;
        Ok((line.trim_end_matches(['\r', '\n']).into(), None))
    }
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|error: crate::domain::InvalidId| error.to_string())
}

pub(in crate::cli) async fn run(args: AdminArgs) -> anyhow::Result<()> {
    match args.command {
        AdminCommand::Create { email, customer, role, password, configured } => {
            let (_, store) = configured.open()?;
            if find(&store, &email).await?.is_some() {
                bail!("{email} may sign in already: reset the password, or remove them first");
            }
            let (password, made) = password.choose()?;
            console::create_admin(&store, &email, customer, role, password).await?;
            tell(made)
        }
        AdminCommand::ResetPassword { email, password, configured } => {
            let (_, store) = configured.open()?;
            let known = find(&store, &email).await?.with_context(|| nobody(&email))?;
            let (password, made) = password.choose()?;
            console::create_admin(&store, &known.email, known.customer, known.role, password).await?;
            tell(made)
        }
        AdminCommand::List { configured } => {
            let (_, store) = configured.open()?;
            let everybody: Result<_, StoreError> = store.read(admins::everybody).await;
            let mut out = std::io::stdout().lock();
            for admin in everybody? {
                writeln!(out, "{}\t{}\t{}", admin.customer, admin.role, admin.email).context("writing to stdout")?;
            }
            Ok(())
        }
        AdminCommand::Remove { email, configured } => {
            let (_, store) = configured.open()?;
            let known = find(&store, &email).await?.with_context(|| nobody(&email))?;
            let removed: Result<bool, StoreError> = store.write(move |tx| admins::remove(tx, &known.email)).await;
            if removed? { Ok(()) } else { bail!(nobody(&email)) }
        }
        AdminCommand::Token { email, name, days, configured } => {
            let (_, store) = configured.open()?;
            let known = find(&store, &email).await?.with_context(|| nobody(&email))?;
            let (token, now) = (new_token(), Clock::real().now());
            let expires_at = now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).context("days")?;
            let kept = ApiToken { token_hash: hash_of(&token), email: known.email, name, created_at: now, expires_at };
            let stored: Result<(), StoreError> = store.write(move |tx| tokens::keep(tx, &kept)).await;
            stored?;
            tell(Some(token))
        }
    }
}

async fn find(store: &Store, email: &str) -> anyhow::Result<Option<admins::Admin>> {
    let wanted = email.trim().to_lowercase();
    let found: Result<_, StoreError> = store.read(move |tx| admins::find(tx, &wanted)).await;
    Ok(found?)
}

fn nobody(email: &str) -> String {
    format!("nobody with the address {email} may sign in: see harver-icims admin list")
}

fn tell(made: Option<String>) -> anyhow::Result<()> {
    if let Some(made) = made {
        writeln!(std::io::stdout().lock(), "{made}").context("writing to stdout")?;
    }
    Ok(())
}
