//! The mail of candidates, wherever it arrives: in the sandbox's mailbox, in Mailpit, in a mailbox that is read by IMAP, or in one that
//! only a person can open.

mod imap;
mod links;
mod mailpit;

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

pub(super) use imap::Imap;
pub(super) use mailpit::Mailpit;

use super::person::Person;

/// A mail as its mailbox shows it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Mail {
    /// A number within the mailbox.
    pub(super) id: u64,
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) subject: String,
    pub(super) text: Option<String>,
    pub(super) links: Vec<String>,
}

/// Where the mail of a customer's candidates is read who is no customer of a sandbox.
pub(super) enum Inbox {
    /// Mailpit's API.
    Mailpit(Mailpit),
    /// IMAP.
    Imap(Imap),
    /// Somebody looks.
    Person(Arc<Person>),
}

impl Inbox {
    /// Everything that has come for an address, newest first.
    pub(super) async fn mail(&self, to: &str) -> Result<Vec<Mail>> {
        match self {
            Self::Mailpit(mailpit) => mailpit.mail(to).await.context("reading the mail in Mailpit"),
            Self::Imap(imap) => imap.mail(to).await.context("reading the mail by IMAP"),
            Self::Person(person) => look(person, to).await,
        }
    }

    /// Whether it lets itself be read.
    pub(super) async fn greet(&self) -> Result<()> {
        match self {
            // Nobody is asked before there is something to see.
            Self::Person(_) => Ok(()),
            others => others.mail("nobody@invalid.example").await.map(|_| ()),
        }
    }

    /// What must not be shown.
    pub(super) fn secret(&self) -> Option<&str> {
        match self {
            Self::Mailpit(mailpit) => mailpit.password(),
            Self::Imap(imap) => Some(imap.password()),
            Self::Person(_) => None,
        }
    }
}

/// What somebody sees who looks for mail.
async fn look(person: &Person, to: &str) -> Result<Vec<Mail>> {
    let asked = format!(
        "Look for mail to {to}. Paste the address of its link to the assessment; several mails, several addresses with blanks \
         between them, the newest first. Press Enter alone if there is no mail."
    );
    let seen = person.ask_once_a_minute(&asked).await.context("looking for mail")?;
    if let Some(other) = seen.split_whitespace().find(|word| !word.starts_with("http://") && !word.starts_with("https://")) {
        bail!("{other:?} is no address of a link; the one who was asked for those in mail to {to} typed it");
    }
    let mails = seen.split_whitespace().enumerate().map(|(place, link)| Mail {
        id: place as u64 + 1,
        from: "not told".into(),
        to: vec![to.to_owned()],
        subject: "not told".into(),
        text: None,
        links: vec![link.to_owned()],
    });
    Ok(mails.collect())
}
