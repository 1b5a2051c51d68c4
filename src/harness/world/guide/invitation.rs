//! From a candidate to the first invitation.

use anyhow::{Context, Result};

use super::{Spot, World};
use crate::harness::browser::spot::Role;

impl World {
    /// Create > Candidate.
    pub(in crate::harness) async fn create_candidate_by_hand(&mut self, first: &str) -> Result<()> {
        let person = self.newcomer(first)?;
        let hands = self.hands()?;
        hands.press(&Spot::new(Role::Disclosure, "Create")).await?;
        hands.follow(&Spot::link("Candidate").within("Main menu")).await?;
        hands.write("First Name", first).await?;
        hands.write("Last Name", &person.last).await?;
        hands.write("Email", &person.email).await?;
        hands.follow(&Spot::button("Create")).await?;
        self.people.push(person);
        self.reads("The profile has been created.", "candidate").await
    }

    /// Submit to Job > Submit to a Workflow > Selected > Submit, from the candidate's page.
    pub(in crate::harness) async fn submit_by_hand(&mut self, first: &str, job: &str) -> Result<()> {
        let hands = self.hands()?;
        hands.follow(&Spot::link("Submit to Job")).await?;
        self.at_heading("Submit to a Workflow").await?;
        let hands = self.hands()?;
        hands.add(job).await?;
        hands.browser.shows(&Spot::button(&format!("Remove {job}")).within("Selected")).await?;
        self.picture("selected").await?;
        self.hands()?.follow(&Spot::button("Submit")).await?;
        self.at_heading("Recruit").await?;
        self.note_application(first, job).await?;
        self.picture("submitted").await
    }

    /// People tab > New Submissions > tick > Advance > the status with this label.
    pub(in crate::harness) async fn advance_by_hand(&mut self, first: &str, status: &str) -> Result<()> {
        let person = self.person(first)?;
        let (name, job) = (person.full_name(), person.job()?.to_owned());
        let hands = self.hands()?;
        hands.follow(&Spot::link(&job).within("Recruit")).await?;
        hands.follow(&Spot::link("People")).await?;
        hands.browser.shows(&Spot::link(&name).within("New Submissions")).await?;
        hands.tick(&format!("Select {name}"), true).await?;
        hands.press(&Spot::new(Role::Disclosure, "Advance")).await?;
        self.picture("advance").await?;
        self.hands()?.follow(&Spot::button(status)).await?;
        self.at_heading("Summary").await
    }

    pub(in crate::harness) async fn summary_page_says(&mut self, words: &str) -> Result<()> {
        self.reads(words, "summary").await
    }

    /// The mailbox, from the overview: the mail is there, to this person.
    pub(in crate::harness) async fn finds_the_invitation_in_the_mailbox(&mut self, first: &str) -> Result<()> {
        let mail = self.invitation(self.person(first)?).await?;
        self.leave_the_overview(Spot::link("Messages of this customer")).await?;
        self.hands()?.follow(&Spot::link(&mail.subject)).await?;
        let to = mail.to.first().context("a mail has a recipient")?;
        self.hands()?.browser.says(to).await?;
        let link = self.link_in(self.person(first)?, &mail)?;
        self.hands()?.browser.shows(&Spot::link(&link)).await?;
        self.picture("mail").await
    }
}
