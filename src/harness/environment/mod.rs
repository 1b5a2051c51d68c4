//! Where scenarios are run that is not started for them, told by a file: a sandbox that somebody has running, whose control interface
//! opens customers for them; or a customer's own iCIMS and Harver, where nobody does.

mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Error, Result, bail, ensure};
use reqwest::Client;
use url::Url;

use super::control::Control;
use super::icims::{Access, Calls, IcimsApi, Names, SignIn, Token};
use super::keys::ControlKeys;
use super::mail::{Imap, Inbox, Mailpit};
use super::person::Person;
use super::tenant::Tenant;
pub(super) use crate::env_file::{filled_in, harmless};
use written::{Icims, Mail, Written};

/// For whom iCIMS's tokens are (`icims-api.md`, 2.2).
const AUDIENCE: &str = "https://api.icims.com/v1/";

/// The longest that anything is waited for, in seconds.
const DAY: u64 = 86_400;

/// A place to run scenarios in.
#[derive(Clone)]
pub struct Environment {
    file: PathBuf,
    name: Option<String>,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    /// Customers are opened by way of this.
    Sandbox(ControlKeys),
    /// The customer is there.
    Tenant(Arc<Tenant>),
}

/// How one gets to work there.
#[derive(Clone)]
pub(super) enum Way {
    /// By the control interface, which has answered.
    Control(Control),
    /// As the people of a customer do.
    Tenant(Arc<Tenant>),
}

impl Way {
    /// Removes what a run has left there: what could not be removed, and what went wrong.
    pub(super) async fn tidy_up(&self) -> (Vec<String>, Vec<Error>) {
        match self {
            Self::Control(control) => (Vec::new(), control.delete_opened().await),
            Self::Tenant(tenant) => tenant.tidy_up().await,
        }
    }

    /// How many calls were made, and how many might have been.
    pub(super) fn calls(&self) -> Option<(u32, u32)> {
        match self {
            Self::Control(_) => None,
            Self::Tenant(tenant) => tenant.icims.calls().used(),
        }
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").field("file", &self.file).field("name", &self.name).finish_non_exhaustive()
    }
}

impl Environment {
    /// Reads a file: TOML with the variables of this process (`${NAME}`), a Postman environment with the same settings, or the line that
    /// `up --json` has printed.
    ///
    /// # Errors
    /// When the file cannot be read or is none of them, or names a variable that is not set.
    #[expect(clippy::disallowed_methods, reason = "the file names variables, so that no secret is in it")]
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("reading the environment {}", file.display()))?;
        Self::parse(&text, file, |name| std::env::var(name).ok())
    }

    fn parse(text: &str, file: &Path, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let reading = || format!("the environment {}", file.display());
        let mut written = Written::parse(text, &variable).with_context(reading)?;
        let name = written.name.take();
        let kind = match (written.control.take(), written.icims.take()) {
            (Some(control), None) => Kind::Sandbox(plain(control).with_context(reading)?),
            (None, Some(icims)) => Kind::Tenant(Arc::new(tenant(icims, written).with_context(reading)?)),
            (Some(_), Some(_)) => bail!("{} tells both [control] and [icims]; one of them is where scenarios are run", reading()),
            (None, None) => bail!("{} tells neither [control] nor [icims], so that nobody knows where to go", reading()),
        };
        Ok(Self { file: file.to_owned(), name, kind })
    }

    /// The way in, after everybody has answered.
    pub(super) async fn enter(&self, client: &Client) -> Result<Way> {
        match &self.kind {
            Kind::Sandbox(keys) => self.control(keys, client).await.map(Way::Control),
            Kind::Tenant(tenant) => {
                tenant.greet().await.with_context(|| format!("entering what {} names", self.file.display()))?;
                tenant.icims.calls().introduce(&self.name())?;
                Ok(Way::Tenant(Arc::clone(tenant)))
            }
        }
    }

    async fn control(&self, keys: &ControlKeys, client: &Client) -> Result<Control> {
        let control = Control::new(keys, client)?;
        let what = || {
            format!(
                "no sandbox answers at {}, which {} names; start one, or have its token in the file if it wants one",
                keys.base_url,
                self.file.display()
            )
        };
        control.greet().await.with_context(what)?;
        Ok(control)
    }

    /// The customer, where there is one.
    pub(super) fn tenant(&self) -> Option<&Arc<Tenant>> {
        match &self.kind {
            Kind::Sandbox(_) => None,
            Kind::Tenant(tenant) => Some(tenant),
        }
    }

    /// What readers call it.
    pub(super) fn name(&self) -> String {
        match &self.kind {
            Kind::Sandbox(keys) => {
                format!("{}, at {}", self.name.as_deref().unwrap_or("a sandbox that was there"), keys.base_url)
            }
            Kind::Tenant(tenant) => {
                format!("{}, customer {}", self.name.as_deref().unwrap_or("a customer's own iCIMS"), tenant.customer)
            }
        }
    }
}

/// The control interface, whose address is nothing but an address.
fn plain(control: ControlKeys) -> Result<ControlKeys> {
    let url = Url::parse(&control.base_url).context("reading control.base_url")?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    ensure!(is_plain, "control.base_url has a user name or a password in it, which are none of an address");
    Ok(control)
}

fn tenant(icims: Icims, written: Written) -> Result<Tenant> {
    let (patience, quiet) = (written.waiting.patience_seconds, written.waiting.quiet_seconds);
    ensure!(
        (1..=patience).contains(&quiet) && patience <= DAY,
        "[waiting] has quiet_seconds from 1 to patience_seconds, and those up to {DAY}"
    );
    let minutes = written.person.as_ref().map_or(1, |person| person.patience_minutes);
    ensure!((1..=DAY / 60).contains(&minutes), "person.patience_minutes is from 1 to {}", DAY / 60);
    let client = super::http::client()?;
    let Written { harver, mail, person, waiting, .. } = written;
    let person = person.map(|person| Arc::new(Person::at_the_terminal(Duration::from_secs(60 * person.patience_minutes))));
    let mail = match mail {
        Some(mail) => Some((mail.address.clone(), inbox(mail, person.as_ref(), &client)?)),
        None => None,
    };
    let sign_in = sign_in(&icims)?;
    let (names, calls) = (Names::of(icims.statuses, icims.folders), Calls::limited(icims.calls, icims.writes));
    let access = Arc::new(Access { sign_in, names, calls });
    Ok(Tenant {
        icims: IcimsApi::at(icims.base_url.as_str(), &icims.customer_id, access, client),
        customer: icims.customer_id,
        recruiter_url: icims.recruiter_url,
        portal_url: icims.portal_url,
        jobs: icims.jobs,
        packages: icims.packages,
        link_url: harver.link_url,
        simulated: harver.simulated,
        mail,
        person,
        patience: Duration::from_secs(waiting.patience_seconds),
        quiet: Duration::from_secs(waiting.quiet_seconds),
        run: run_tag(),
        named: 0.into(),
    })
}

/// What no run before had: of 2⁴⁴, so that a hundred thousand runs have less than one chance in a thousand of two alike.
fn run_tag() -> String {
    format!("{:011x}x", rand::random::<u64>() >> 20)
}

fn sign_in(icims: &Icims) -> Result<SignIn> {
    match (&icims.username, &icims.password, &icims.token_url, &icims.client_id, &icims.client_secret) {
        (Some(username), Some(password), None, None, None) => {
            Ok(SignIn::Basic { username: username.clone(), password: password.clone() })
        }
        (None, None, Some(url), Some(id), Some(secret)) => {
            let audience = icims.audience.clone().unwrap_or_else(|| AUDIENCE.to_owned());
            Ok(SignIn::Token(Token::of(url.clone(), id.clone(), secret.clone(), audience)))
        }
        _ => bail!("[icims] tells either username and password, or token_url, client_id and client_secret"),
    }
}

fn inbox(mail: Mail, person: Option<&Arc<Person>>, client: &Client) -> Result<Inbox> {
    ensure!(
        mail.address.contains("{name}"),
        "mail.address has no {{name}} in it, so that all candidates would share one address"
    );
    let sign_in = mail.username.zip(mail.password);
    match (mail.mailpit, mail.imap, mail.person) {
        (Some(base), None, false) => Ok(Inbox::Mailpit(Mailpit::new(base, sign_in, client.clone()))),
        (None, Some(address), false) => {
            let (username, password) = sign_in.context("mail.imap wants mail.username and mail.password")?;
            Ok(Inbox::Imap(Imap::new(&address, username, password)?))
        }
        (None, None, true) => {
            let person = person.context("mail.person wants somebody who is asked: add the section [person]")?;
            Ok(Inbox::Person(Arc::clone(person)))
        }
        _ => bail!("[mail] tells one of mailpit, imap and person"),
    }
}

#[cfg(test)]
mod tests;
