//! What is tried before going live and nowhere else.

use anyhow::Result;
use serde_json::json;

use super::World;
use super::setting_up::EDIT_ATS;
use crate::harness::control::Mail;

/// What the iCIMS administrator gives the integration in place of its secret.
const OTHER_SECRET: &str = "the-other-client-secret";

impl World {
    /// Opens the link of the invitation, which has expired, and gets in with a code by mail.
    pub(in crate::harness) async fn sign_in_by_code(&mut self, first: &str) -> Result<()> {
        let person = self.person(first)?;
        let company = self.company_of(person);
        let mail = self.invitation(person).await?;
        let expired = person.visitor.open(&self.link_in(person, &mail)?).await?;
        let asked = person.visitor.submit(expired.form("#send-code-form")?).await?.succeeded()?;
        let what = format!("{first} has received a code");
        let code = self
            .control()?
            .wait_until(company.id(), &what, async || {
                Ok(self.mail_of(person).await?.iter().find_map(code_in).ok_or_else(|| "there is no mail with a code".to_owned()))
            })
            .await?;
        let page = person.visitor.submit(asked.form("#code-form")?.fill("code", &code)?).await?.succeeded()?;
        self.person_mut(first)?.page = Some(page);
        Ok(())
    }

    pub(in crate::harness) async fn give_another_secret(&self) -> Result<()> {
        let keys = &self.company()?.keys.icims;
        self.control()?.restrict_user(&keys.customer_id, &keys.username, &json!({ "client_secret": OTHER_SECRET })).await
    }

    pub(in crate::harness) async fn enter_other_secret(&self) -> Result<()> {
        self.save(EDIT_ATS, "#ats-credentials", |form| form.fill("client_secret", OTHER_SECRET)).await
    }
}

/// The six digits that stand on a line of their own.
fn code_in(mail: &Mail) -> Option<String> {
    let lines = mail.text.as_ref()?.lines().map(str::trim);
    lines.into_iter().find(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned)
}
