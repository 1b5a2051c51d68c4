//! The half of iCIMS: its administrator's settings, and the recruiter's way to the first invitation.

use anyhow::{Context, Result, ensure};

use super::{Spot, World, part, section};
use crate::harness::browser::spot::Role;

/// From where everything calls everything in a sandbox.
const THIS_MACHINE: &str = "127.0.0.1";

/// The label as the page shows it: the word Harver, the vacancy's name, a dash, the vacancy's id.
fn package_label(page: &str, vacancy: &str) -> Result<String> {
    let begin = format!("Harver {vacancy} – ");
    let id = page.split_once(&begin).and_then(|(_, rest)| rest.split(' ').next());
    id.map(|id| begin.clone() + id).with_context(|| format!("the page shows no package of {vacancy}: {page}"))
}

impl World {
    /// Copies endpoint, user name and password from the console to iCIMS, and makes a status the trigger.
    pub(in crate::harness) async fn share_with_icims_by_hand(&mut self, trigger: &str) -> Result<()> {
        self.turn_to_icims_admin("Event Notifications").await?;
        self.turn_to_harver().await?;
        self.hands()?.follow(&section("Credentials")).await?;
        self.hands()?.follow(&part("Credentials", "ATS to Harver")).await?;
        self.hands()?.press(&Spot::new(Role::Disclosure, "Show the password")).await?;
        self.picture("harver credentials").await?;
        for (what, field) in [("Harver API endpoint", "Endpoint"), ("Username", "User name"), ("Password", "Password")] {
            self.turn_to_harver().await?;
            self.copy(what).await?;
            self.turn_to_icims().await?;
            self.hands()?.paste(field).await?;
        }
        let hands = self.hands()?;
        hands.choose("Trigger status (workflow status change)", trigger).await?;
        hands.tick("Application complete (inline)", true).await?;
        hands.tick("Vendor enabled", true).await?;
        hands.follow(&Spot::button("Save")).await?;
        self.reads("The changes have been saved.", "event notifications").await
    }

    /// Lets Harver's thirteen addresses in, and this machine, from where a sandbox calls.
    pub(in crate::harness) async fn whitelist_by_hand(&mut self) -> Result<()> {
        self.turn_to_icims_admin("IP Address Restrictions").await?;
        self.hands()?.follow(&Spot::button("Add all addresses of Harver")).await?;
        self.reads("All 13 addresses of Harver may call the API.", "addresses").await?;
        self.hands()?.write_above("Addresses that may call the API", THIS_MACHINE).await?;
        self.hands()?.follow(&Spot::button("Save")).await?;
        self.reads("All 13 addresses of Harver may call the API.", "this machine").await
    }

    /// Copies the package of a vacancy from Harver's own screens into both lists of iCIMS.
    pub(in crate::harness) async fn load_package_by_hand(&mut self, vacancy: &str) -> Result<()> {
        self.turn_to_icims_admin("List Editor: Assessment Type and Assessment Name").await?;
        self.turn_to_harver().await?;
        self.leave_the_overview(Spot::link("Vacancies")).await?;
        let keys = self.company()?.keys()?.integration.clone();
        let hands = self.hands()?;
        hands.write("E-mail", &keys.admin_email).await?;
        hands.write("Password", &keys.admin_password).await?;
        hands.follow(&Spot::button("Sign in")).await?;
        hands.follow(&Spot::link(vacancy)).await?;
        hands.browser.shows(&Spot::new(Role::Heading, vacancy)).await?;
        let label = package_label(&hands.browser.words().await?, vacancy)?;
        self.copy(&label).await?;
        self.picture("package label").await?;

        self.turn_to_icims().await?;
        let hands = self.hands()?;
        let pasted = hands.paste("Label").await?;
        ensure!(pasted == label, "{pasted:?} was copied instead of {label:?}");
        hands.choose("Add to", "Both lists").await?;
        hands.follow(&Spot::button("Add")).await?;
        for list in ["Assessment Type", "Assessment Name"] {
            hands.browser.shows(&Spot::link(&format!("Edit {label} in {list}"))).await?;
        }
        self.company_mut()?.loaded = Some(label);
        self.picture("lists").await
    }

    /// Selects the package that was loaded in the field Assessment Type of a job.
    pub(in crate::harness) async fn select_package_by_hand(&mut self, job: &str) -> Result<()> {
        let label = self.company()?.loaded.clone().context("no package was loaded")?;
        self.turn_to_icims().await?;
        self.leave_the_overview(Spot::link("Recruiter’s home")).await?;
        let hands = self.hands()?;
        hands.follow(&Spot::link(job).within("Open jobs")).await?;
        hands.follow(&Spot::link("Detail")).await?;
        hands.follow(&Spot::link("Edit")).await?;
        hands.tick(&label, true).await?;
        hands.follow(&Spot::button("Save")).await?;
        hands.browser.says("The changes have been saved.").await?;
        self.reads(&label, "job").await
    }
}
