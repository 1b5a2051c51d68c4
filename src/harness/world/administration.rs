//! What the iCIMS administrator decides: switch, credentials, trigger, labels.

use anyhow::Result;

use super::World;

impl World {
    pub(in crate::harness) async fn switch_vendor(&self, on: bool) -> Result<()> {
        let change = |form: crate::harness::page::Form| {
            let form = form.untick("enabled");
            if on { form.tick("enabled") } else { Ok(form) }
        };
        self.company()?.recruiter()?.set_events(change).await
    }

    pub(in crate::harness) async fn enter_wrong_password(&self) -> Result<()> {
        self.company()?.recruiter()?.set_events(|form| form.fill("password", "not-the-password")).await
    }

    pub(in crate::harness) async fn enter_right_password(&self) -> Result<()> {
        let password = &self.company()?.keys()?.integration.password;
        self.company()?.recruiter()?.set_events(|form| form.fill("password", password)).await
    }

    pub(in crate::harness) async fn make_trigger(&self, status: &str) -> Result<()> {
        let change = |form: crate::harness::page::Form| {
            let id = form.value_labelled("trigger", |label| label.ends_with(status))?;
            form.fill("trigger", &id)
        };
        self.company()?.recruiter()?.set_events(change).await
    }

    pub(in crate::harness) async fn call_email_field(&self, label: &str) -> Result<()> {
        self.company()?.recruiter()?.call_email(label).await
    }
}
