//! The console's half of the guide: what a Harver Admin chooses, enters and enables, and what comes of it.

use anyhow::{Context, Result, bail, ensure};
use serde_json::json;

use super::World;
use crate::harness::console::HarverAdmin;
use crate::harness::page::{Form, Page, Visitor};

/// The jobs of a fresh customer.
const SAMPLE_JOBS: [&str; 4] = ["Call Centre Advisor", "Warehouse Shift Lead", "Online Support Agent", "Seasonal Order Picker"];
/// The list of the guide.
const ADDRESSES: [&str; 13] = [
    "80.113.26.114",
    "35.158.208.210",
    "54.229.248.124",
    "52.51.44.10",
    "124.43.10.11",
    "52.29.23.29",
    "34.241.38.163",
    "34.247.200.75",
    "54.171.191.142",
    "52.48.58.158",
    "3.19.247.132",
    "18.217.100.151",
    "3.139.115.195",
];
const INBOUND: &str = "/credentials/ats-to-harver";
pub(super) const EDIT_ATS: &str = "/credentials/harver-to-ats/edit";
const ASSESSMENTS: &str = "/harver-to-ats/assessments";
const REPORTS: &str = "/harver-to-ats/reports";
const INVITATION: &str = "/invitation";

/// Where a section of the guide's side bar is.
fn section(name: &str) -> Result<&'static str> {
    Ok(match name {
        "General" => "/general",
        "Credentials" => "/credentials",
        "ATS to Harver" => "/ats-to-harver",
        "Harver to ATS" => "/harver-to-ats",
        other => bail!("the side bar has no {other}"),
    })
}

/// The id of a field of the ATS credentials, and its name.
fn credential(field: &str) -> Result<(&'static str, &'static str)> {
    Ok(match field {
        "Customer ID" => ("customer-id", "customer_id"),
        "Base URL" => ("base-url", "base_url"),
        other => bail!("the ATS credentials have no field {other}"),
    })
}

/// The value behind a report's label.
fn report(label: &str) -> Result<&'static str> {
    Ok(match label {
        "Reports Hub" => "reports_hub",
        "Candidate Detail Page" => "candidate_detail_page",
        "PDF report" => "pdf_report",
        "Fact sheet" => "fact_sheet",
        "Interview Guide" => "interview_guide",
        "Development report" => "development_report",
        other => bail!("there is no report {other}"),
    })
}

impl World {
    fn shown(&self) -> Result<&Page> {
        self.screen.as_ref().context("no page was opened")
    }

    async fn look(&self, path: &str) -> Result<Page> {
        self.admin().await?.look(path).await?.succeeded()
    }

    pub(super) async fn save(&self, path: &str, form: &str, fill: impl FnOnce(Form) -> Result<Form>) -> Result<()> {
        self.admin().await?.save(path, form, fill).await
    }

    async fn try_to_save(&mut self, path: &str, form: &str, fill: impl FnOnce(Form) -> Result<Form>) -> Result<()> {
        let page = self.admin().await?.send(path, form, fill).await?;
        self.screen = Some(page);
        Ok(())
    }

    /// Presses the toggle unless it stands there already; it must.
    pub(in crate::harness) async fn have_switched(&mut self, on: bool) -> Result<()> {
        let wanted = if on { "true" } else { "false" };
        let admin = self.admin().await?;
        let before = admin.look("/general").await?.succeeded()?;
        if before.attribute("#toggle", "aria-checked")? == wanted {
            return Ok(());
        }
        let after = admin.press_toggle().await?;
        ensure!(after.attribute("#toggle", "aria-checked")? == wanted, "the toggle did not move: {}", after.words());
        Ok(())
    }

    pub(in crate::harness) async fn enable(&mut self) -> Result<()> {
        let page = self.admin().await?.press_toggle().await?;
        self.screen = Some(page);
        Ok(())
    }

    /// The toggle is off, and the check says why, what to do and whom to ask.
    pub(in crate::harness) fn stays_disabled_because_of(&self, check: &str) -> Result<()> {
        let page = self.shown()?;
        ensure!(page.attribute("#toggle", "aria-checked")? == "false", "it was enabled: {}", page.words());
        ensure!(page.has("#enable-error"), "no error is shown: {}", page.words());
        let line = format!("#check-{check}[data-outcome=failed]");
        for part in ["why", "fix", "whom"] {
            let said = page.text(&format!("{line} .{part}"))?;
            ensure!(!said.is_empty(), "the check {check} does not say its {part}");
        }
        Ok(())
    }

    pub(in crate::harness) fn is_enabled_with_good_checks(&self) -> Result<()> {
        let page = self.shown()?;
        ensure!(page.attribute("#toggle", "aria-checked")? == "true", "it stays disabled: {}", page.words());
        ensure!(page.has("#checks li"), "no check was run: {}", page.words());
        ensure!(!page.has("#checks [data-outcome=failed]"), "a check has failed: {}", page.words());
        Ok(())
    }

    pub(in crate::harness) async fn close_all_requisitions(&self) -> Result<()> {
        let company = self.company()?;
        for title in SAMPLE_JOBS {
            company.icims.close_job(&company.job(title).await?).await?;
        }
        Ok(())
    }

    pub(in crate::harness) async fn close_all_vacancies(&self) -> Result<()> {
        self.company()?.harver()?.close_all_vacancies().await
    }

    pub(in crate::harness) async fn hide_email_addresses(&self, hidden: bool) -> Result<()> {
        let keys = &self.company()?.keys()?.icims;
        let fields: &[&str] = if hidden { &["people.email"] } else { &[] };
        self.control()?.restrict_user(&keys.customer_id, &keys.username, &json!({ "hidden_fields": fields })).await
    }

    pub(in crate::harness) async fn enter_credential(&mut self, field: &str, typed: &str) -> Result<()> {
        let (_, name) = credential(field)?;
        self.try_to_save(EDIT_ATS, "#ats-credentials", |form| form.fill(name, typed)).await
    }

    pub(in crate::harness) fn credential_is_refused(&self, field: &str, says: &str) -> Result<()> {
        let (id, _) = credential(field)?;
        self.refused_at(id, says)
    }

    fn refused_at(&self, id: &str, says: &str) -> Result<()> {
        let page = self.shown()?;
        let said = page.text(&format!("#{id}-error"))?;
        ensure!(said.contains(says), "the field says {said:?}");
        ensure!(page.has("[aria-invalid=true]"), "the field is not marked");
        Ok(())
    }

    pub(in crate::harness) async fn shows_endpoint(&self, end: &str) -> Result<()> {
        let shown = self.look(INBOUND).await?.text("#start-url")?;
        ensure!(shown.ends_with(end), "the console shows {shown}");
        ensure!(shown == self.company()?.keys()?.integration.start_url, "iCIMS is connected to another address than {shown}");
        Ok(())
    }

    pub(in crate::harness) async fn take_events_from(&self, sources: &str) -> Result<()> {
        self.save("/general", "#general", |form| form.fill("event_sources", sources)).await
    }

    pub(in crate::harness) async fn choose_instance(&self, instance: &str) -> Result<()> {
        self.save("/general", "#general", |form| form.fill("instance", instance)).await
    }

    pub(in crate::harness) async fn lists_the_addresses_of_the_guide(&self) -> Result<()> {
        let listed = self.look(INBOUND).await?.texts("#addresses li")?;
        ensure!(listed == ADDRESSES, "the console lists {listed:?}");
        Ok(())
    }

    pub(in crate::harness) async fn lists_the_address(&self, address: &str) -> Result<()> {
        let listed = self.look(INBOUND).await?.texts("#addresses li")?;
        ensure!(listed.iter().any(|listed| listed == address), "the console lists {listed:?}");
        Ok(())
    }

    pub(in crate::harness) async fn add_address(&self, address: &str) -> Result<()> {
        let all = [&ADDRESSES[..], &[address]].concat().join("\n");
        self.save(INBOUND, "#addresses-form", |form| form.fill("addresses", &all)).await
    }

    pub(in crate::harness) async fn allow_harver(&self) -> Result<()> {
        self.company()?.recruiter()?.allow_harver().await
    }

    pub(in crate::harness) async fn stranger_opens(&mut self, name: &str) -> Result<()> {
        let keys = &self.company()?.keys()?.integration;
        let address = format!("{}{}", keys.console_url.trim_end_matches('/'), section(name)?);
        let page = Visitor::new(self.client()?).open(&address).await?;
        self.screen = Some(page);
        Ok(())
    }

    pub(in crate::harness) fn is_asked_to_sign_in(&self) -> Result<()> {
        let page = self.shown()?;
        ensure!(page.has("#sign-in input[name=password]"), "there is no sign-in: {}", page.words());
        Ok(())
    }

    pub(in crate::harness) async fn recruiter_opens(&mut self, name: &str) -> Result<()> {
        let keys = &self.company()?.keys()?.integration;
        let (email, password) = (&keys.recruiter_email, &keys.recruiter_password);
        let recruiter = HarverAdmin::sign_in_as(email, password, keys, self.client()?).await?;
        let page = recruiter.look(section(name)?).await?;
        self.screen = Some(page);
        Ok(())
    }

    pub(in crate::harness) fn recruiter_is_refused(&self) -> Result<()> {
        let page = self.shown()?;
        ensure!(page.status.as_u16() == 403, "the answer was {}", page.status);
        let whom = page.text("#only-admins #whom-to-ask")?;
        ensure!(whom.contains(&self.company()?.keys()?.integration.admin_email), "it says to ask {whom}");
        Ok(())
    }

    pub(in crate::harness) async fn admin_opens(&mut self, name: &str) -> Result<()> {
        let page = self.look(section(name)?).await?;
        self.screen = Some(page);
        Ok(())
    }

    pub(in crate::harness) fn there_is_no_integration_yet(&self) -> Result<()> {
        let page = self.shown()?;
        ensure!(page.has("#no-integration #add-new-integration"), "the page says: {}", page.words());
        Ok(())
    }

    pub(in crate::harness) async fn add_integration(&mut self, name: &str) -> Result<()> {
        let page = self.admin().await?.add_integration(name).await?.succeeded()?;
        self.screen = Some(page);
        Ok(())
    }

    pub(in crate::harness) fn steps_are_done(&self, steps: &[String]) -> Result<()> {
        let page = self.shown()?;
        let shown = page.texts("#progress li[id^='step-'] > strong")?;
        ensure!(shown == steps, "the progress shows {shown:?}");
        let done = page.texts("#progress [data-outcome=done]")?.len();
        ensure!(done == steps.len(), "{done} steps are done: {}", page.words());
        Ok(())
    }

    pub(in crate::harness) async fn continues_to_the_overview(&mut self) -> Result<()> {
        let admin = self.admin().await?;
        let overview = admin.follow(self.shown()?, "#continue-to-overview").await?.succeeded()?;
        let state = overview.text("#enabled")?;
        ensure!(state == "Disabled", "the overview says {state}");
        Ok(())
    }

    pub(in crate::harness) async fn choose_patterns(&self, inline: bool, ad_hoc: bool) -> Result<()> {
        let choose = |form: Form| {
            let mut form = form.untick("pattern_inline").untick("pattern_ad_hoc");
            for (id, wanted) in [("pattern_inline", inline), ("pattern_ad_hoc", ad_hoc)] {
                form = if wanted { form.tick(id)? } else { form };
            }
            Ok(form)
        };
        self.save("/general", "#general", choose).await
    }

    pub(in crate::harness) async fn enter_what_the_console_shows(&self) -> Result<()> {
        let page = self.look(INBOUND).await?;
        let (user, password) = (page.text("#events-username")?, page.text("#events-password")?);
        let enter = |form: Form| form.fill("username", &user)?.fill("password", &password);
        self.company()?.recruiter()?.set_events(enter).await
    }

    pub(in crate::harness) async fn rotate(&self, ends: &str) -> Result<()> {
        let choose = |form: Form| {
            let value = form.value_labelled("old_ends", |label| label.eq_ignore_ascii_case(ends))?;
            form.fill("old_ends", &value)
        };
        let page = self.admin().await?.send(INBOUND, "#rotate", choose).await?.succeeded()?;
        ensure!(page.has("#rotated"), "the password was not rotated: {}", page.words());
        Ok(())
    }

    pub(in crate::harness) async fn switch_assessment_status(&self, on: bool) -> Result<()> {
        let choose = |form: Form| {
            let form = form.untick("reports_progress");
            if on { form.tick("assessment-status") } else { Ok(form) }
        };
        self.save("/ats-to-harver", "#ats-to-harver", choose).await
    }

    pub(in crate::harness) async fn shows_completed_as(&self, node: &str) -> Result<()> {
        let shown = self.look(ASSESSMENTS).await?.attribute("#status-complete", "value")?;
        ensure!(shown == node, "the console shows {shown}");
        Ok(())
    }

    pub(in crate::harness) async fn choose_completed(&self, node: &str) -> Result<()> {
        self.save(ASSESSMENTS, "#assessments", |form| form.fill("complete", node)).await
    }

    pub(in crate::harness) async fn try_completed(&mut self, node: &str) -> Result<()> {
        self.try_to_save(ASSESSMENTS, "#assessments", |form| form.fill("complete", node)).await
    }

    pub(in crate::harness) fn completed_is_refused(&self) -> Result<()> {
        self.refused_at("status-complete", "D37002019001")
    }

    pub(in crate::harness) async fn select_report(&self, label: &str) -> Result<()> {
        let kind = report(label)?;
        self.save(REPORTS, "#reports", |form| form.fill("report_type", kind)).await
    }

    pub(in crate::harness) async fn report_is_selected_alone(&self, label: &str, field: &str) -> Result<()> {
        let page = self.look(REPORTS).await?;
        let checked = page.texts("input[name=report_type][checked]")?.len();
        ensure!(checked == 1 && page.has(&format!("#report-{}[checked]", report(label)?)), "{checked} reports are selected");
        let shown = page.attribute("#ats-field", "value")?;
        ensure!(shown == field, "the ATS field is {shown}");
        Ok(())
    }

    /// The link that the Screen tab shows leads to a page or a document.
    pub(in crate::harness) async fn link_opens(&self, first: &str) -> Result<()> {
        self.one_result(first, "Complete").await?;
        let person = self.person(first)?;
        let company = self.company_of(person);
        let lines = company.recruiter()?.assessments(person.workflow()?).await?;
        let [line] = lines.as_slice() else { bail!("the section Assessments shows {lines:?}") };
        let link = line.report.as_ref().context("there is no link to a report")?;
        company.recruiter()?.open_report(link).await.map(|_| ())
    }

    pub(in crate::harness) async fn write_invitation(&self, fields: &[(String, String)]) -> Result<()> {
        let fill = |form: Form| fields.iter().try_fold(form, |form, (name, text)| form.fill(name, text));
        self.save(INVITATION, "#invitation", fill).await
    }

    pub(in crate::harness) async fn try_invitation(&mut self, name: &str, text: &str) -> Result<()> {
        self.try_to_save(INVITATION, "#invitation", |form| form.fill(name, text)).await
    }

    pub(in crate::harness) async fn preview_invitation(&mut self, subject: &str) -> Result<()> {
        let fill = |form: Form| form.fill("subject", subject)?.sent_to("/console/invitation/preview");
        self.try_to_save(INVITATION, "#invitation", fill).await
    }

    pub(in crate::harness) fn preview_names_the_company(&self) -> Result<()> {
        let (page, name) = (self.shown()?, &self.company()?.name);
        let subject = page.text("#preview-subject")?;
        ensure!(subject.contains(name.as_str()) && !subject.contains('{'), "the preview's subject is {subject:?}");
        ensure!(page.attribute("#preview-page", "srcdoc")?.contains(name.as_str()), "the preview does not name {name}");
        Ok(())
    }

    pub(in crate::harness) async fn invitation_is_as_it_was(&self) -> Result<()> {
        let page = self.look(INVITATION).await?;
        let subject = page.attribute("#subject", "value")?;
        ensure!(subject == "Your assessment for {{job_title}} at {{company_name}}", "the subject is {subject:?}");
        let body = page.text("#body")?;
        ensure!(body.starts_with("Dear {{first_name}}, Thank you"), "the body is {body:?}");
        Ok(())
    }

    pub(in crate::harness) fn invitation_is_refused(&self, says: &str) -> Result<()> {
        self.refused_at("body", says)
    }

    pub(in crate::harness) async fn mail_comes_from(&self, first: &str, sender: &str, subject: &str) -> Result<()> {
        let mail = self.invitation(self.person(first)?).await?;
        ensure!(mail.from.contains(sender) && mail.subject == subject, "it is from {:?}: {:?}", mail.from, mail.subject);
        Ok(())
    }

    pub(in crate::harness) async fn mail_says(&self, first: &str, words: &str) -> Result<()> {
        let mail = self.invitation(self.person(first)?).await?;
        let text = mail.text.unwrap_or_default();
        ensure!(text.contains(words), "it says {text:?}");
        Ok(())
    }
}
