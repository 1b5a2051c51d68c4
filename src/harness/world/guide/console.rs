//! The Harver Admin's half.

use anyhow::{Result, ensure};

use super::{Method, Spot, World, part, section};
use crate::harness::browser::spot::Role;

/// The labels of the two patterns.
const PATTERNS: [&str; 2] =
    ["ATS First Inline (seamless experience - application complete)", "ATS First Ad-Hoc (interactive - workflow status change)"];
/// The status that iCIMS delivers for Completed.
const COMPLETED: &str = "D37002019001";
/// The field of an assessment result that holds the link to the report.
const REPORT_FIELD: &str = "assessmenturl";

fn toggle() -> Spot {
    Spot::new(Role::Switch, "Integration enabled")
}

impl World {
    /// Reads e-mail address and password of the Harver Admin, or of the Recruiter, on the overview, and signs in.
    pub(in crate::harness) async fn sign_in_by_hand(&mut self, as_recruiter: bool) -> Result<()> {
        let keys = self.company()?.keys()?.integration.clone();
        let (email, password) =
            if as_recruiter { (keys.recruiter_email, keys.recruiter_password) } else { (keys.admin_email, keys.admin_password) };
        let overview = self.hands()?.browser;
        overview.says(&email).await?;
        overview.says(&password).await?;
        self.leave_the_overview(Spot::link("Console")).await?;
        let hands = self.hands()?;
        hands.write("E-mail address", &email).await?;
        hands.write("Password", &password).await?;
        hands.follow(&Spot::button("Sign in")).await?;
        self.at_heading("Overview").await?;
        self.picture("signed in").await
    }

    pub(in crate::harness) async fn add_integration_by_hand(&mut self, name: &str) -> Result<()> {
        let hands = self.hands()?;
        hands.follow(&Spot::link("Integration").within("Console")).await?;
        hands.follow(&Spot::link("Add new integration")).await?;
        hands.choose("Integration", name).await?;
        hands.follow(&Spot::button("Add Integrations")).await?;
        self.reads(&format!("{name} is added."), "progress").await?;
        self.hands()?.follow(&Spot::link("Continue to Overview")).await?;
        self.at_heading("Overview").await
    }

    pub(in crate::harness) async fn choose_both_patterns_by_hand(&mut self) -> Result<()> {
        let hands = self.hands()?;
        hands.follow(&section("General")).await?;
        for pattern in PATTERNS {
            hands.tick(pattern, true).await?;
        }
        hands.follow(&Spot::button("Save")).await?;
        self.reads("Saved.", "general").await
    }

    pub(in crate::harness) async fn enter_ats_credentials_by_hand(&mut self, method: Method) -> Result<()> {
        let icims = self.company()?.keys()?.icims.clone();
        let hands = self.hands()?;
        hands.follow(&section("Credentials")).await?;
        hands.follow(&part("Credentials", "Harver to ATS")).await?;
        hands.follow(&Spot::link("Edit ATS credentials")).await?;
        ensure!(
            hands.browser.is_on(&Spot::new(Role::RadioButton, "OAuth2")).await?,
            "the method is not OAuth2 before another is chosen"
        );
        match method {
            Method::OAuth2 => {
                hands.write("Client ID", &icims.client_id).await?;
                hands.write("Client secret", &icims.client_secret).await?;
                hands.write("Token URL", &icims.token_url).await?;
            }
            Method::Basic => {
                hands.pick("Basic authentication").await?;
                hands.write("Username", &icims.username).await?;
                hands.write("Password", &icims.password).await?;
            }
        }
        hands.write("Customer ID", &icims.customer_id).await?;
        hands.write("Base URL", &icims.base_url).await?;
        self.picture("ats credentials").await?;
        self.hands()?.follow(&Spot::button("Test connection and save")).await?;
        self.reads("iCIMS accepted the new credentials", "ats credentials saved").await?;
        self.hands()?.follow(&Spot::button("Test connection")).await?;
        self.reads("The connection works", "connection tested").await
    }

    pub(in crate::harness) async fn switch_progress_on_by_hand(&mut self) -> Result<()> {
        self.turn_to_console().await?;
        let hands = self.hands()?;
        hands.follow(&section("ATS to Harver")).await?;
        hands.tick("Tell iCIMS when an assessment is in progress", true).await?;
        hands.follow(&Spot::button("Save")).await?;
        self.reads("Saved.", "ats to harver").await
    }

    /// The status values are defaulted; one report is chosen, whose field is defaulted, too.
    pub(in crate::harness) async fn select_report_by_hand(&mut self, report: &str) -> Result<()> {
        let hands = self.hands()?;
        hands.follow(&section("Harver to ATS")).await?;
        hands.follow(&part("Harver to ATS", "Assessments")).await?;
        let completed = hands.browser.value(&Spot::new(Role::TextField, "Completed")).await?;
        ensure!(completed == COMPLETED, "the status for Completed is {completed}");
        hands.follow(&part("Harver to ATS", "Reports")).await?;
        hands.pick(report).await?;
        let field = hands.browser.value(&Spot::new(Role::TextField, "ATS field ID")).await?;
        ensure!(field == REPORT_FIELD, "the ATS field is {field}");
        hands.follow(&Spot::button("Save")).await?;
        self.reads("Saved.", "reports").await
    }

    /// Back to General, where the toggle is.
    pub(in crate::harness) async fn press_toggle_by_hand(&mut self) -> Result<()> {
        let hands = self.hands()?;
        hands.follow(&section("General")).await?;
        hands.follow(&toggle()).await
    }

    pub(in crate::harness) async fn reads_that_it_is_enabled(&mut self) -> Result<()> {
        self.reads("The integration is enabled. Candidates are sent to Harver from now on.", "enabled").await?;
        ensure!(self.hands()?.browser.is_on(&toggle()).await?, "the toggle is off");
        Ok(())
    }

    pub(in crate::harness) async fn reads_that_it_is_disabled(&mut self) -> Result<()> {
        self.reads("The integration is disabled.", "disabled").await?;
        ensure!(!self.hands()?.browser.is_on(&toggle()).await?, "the toggle is on");
        Ok(())
    }

    pub(in crate::harness) async fn reads_why_it_stays_disabled(&mut self) -> Result<()> {
        for words in ["The integration stays disabled. One check has failed", "What to do:", "Who can do it:"] {
            self.hands()?.browser.says(words).await?;
        }
        ensure!(!self.hands()?.browser.is_on(&toggle()).await?, "the toggle is on");
        self.picture("stays disabled").await
    }
}
