//! What the console says to whoever looks at it.

use anyhow::{Result, ensure};

use super::{Spot, World, section};
use crate::harness::browser::spot::Role;

impl World {
    pub(in crate::harness) async fn finds_no_integration_menu(&self) -> Result<()> {
        let browser = self.hands()?.browser;
        browser.shows(&Spot::link("Orders").within("Console")).await?;
        ensure!(browser.lacks(&Spot::link("Integration").within("Console")).await?, "there is an Integration menu");
        Ok(())
    }

    /// Opens the section by its address, as no link leads there.
    pub(in crate::harness) async fn reads_whom_to_ask(&mut self) -> Result<()> {
        let keys = self.company()?.keys()?.integration.clone();
        self.browser()?.open(&format!("{}/general", keys.console_url.trim_end_matches('/'))).await?;
        self.at_heading("Only a Harver Admin can do this").await?;
        self.reads(&keys.admin_email, "only admins").await
    }

    pub(in crate::harness) async fn types_the_subject(&mut self, subject: &str) -> Result<()> {
        let hands = self.hands()?;
        if hands.browser.lacks(&Spot::new(Role::Heading, "Invitation mail")).await? {
            hands.follow(&section("Invitation mail")).await?;
        }
        hands.write("Subject", subject).await
    }

    pub(in crate::harness) async fn reads_in_the_preview(&mut self, words: &str) -> Result<()> {
        self.at_heading("Preview").await?;
        self.reads(words, "preview").await
    }

    pub(in crate::harness) async fn reads_that_the_subject_is_refused(&mut self, words: &str) -> Result<()> {
        self.reads(words, "subject refused").await?;
        ensure!(self.hands()?.browser.is_refused(&Spot::new(Role::TextField, "Subject")).await?, "the field is not marked");
        Ok(())
    }
}
