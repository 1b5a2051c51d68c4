//! The section Invitation: the mail that candidates get, with a preview of what is typed (promise G28).

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use serde::Deserialize;

use super::Console;
use super::access::{Configures, ConfiguresForm};
use super::form::{Fields, Text, Ticked};
use super::page::{Failure, Page, Said, Section, Shell};
use super::settings_form::{self, SettingsForm, View, added, mark};
use crate::domain::{Customer, EmailAddress, Language, MailTemplate, PersonName, Reminder, Variable};
use crate::invitation::{DefaultText, Invitation, MessageId, Occasion, Rendered, default_reminder, default_text};
use crate::settings::{Document, InvitationDocument, Problems, Typed};
use crate::store::Tx;

/// Where the button *Preview* sends the form.
pub(super) const PREVIEW: &str = "/console/invitation/preview";

/// The mail brings its own styles, which other pages are not allowed to.
const WITH_STYLES: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'",
);

/// The editor.
#[derive(Template)]
#[template(path = "console/pages/invitation.html")]
pub(super) struct InvitationPage {
    shell: Shell,
    sender_name: String,
    support_email: String,
    language: String,
    subject: String,
    body: String,
    reminders: bool,
    reminder_subject: String,
    reminder_body: String,
    closes_after_days: String,
    problems: Problems,
    /// What a candidate would get: the invitation, and the reminder where there are any.
    previews: Vec<Preview>,
}

/// A mail as it would be.
struct Preview {
    /// For ids.
    name: &'static str,
    title: &'static str,
    mail: Rendered,
}

/// The mail as it is typed, to be saved or to be previewed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct InvitationForm {
    sender_name: Text,
    support_email: Text,
    language: Text,
    subject: Text,
    body: Text,
    reminders: Ticked,
    reminder_subject: Text,
    reminder_body: Text,
    closes_after_days: Text,
}

impl SettingsForm for InvitationPage {
    const PATH: &'static str = "/console/invitation";
    const SECTION: Section = Section::Invitation;

    type Form = InvitationForm;

    fn document(form: &InvitationForm) -> Document {
        // A text that is a language's own follows the language.
        let own = |typed: &Text, default: fn(Language) -> &'static DefaultText, part: fn(&DefaultText) -> &MailTemplate| {
            let typed = typed.replace("\r\n", "\n");
            let is_default = Language::ALL.into_iter().any(|language| part(default(language)).as_str() == typed);
            Some(if is_default { String::new() } else { typed })
        };
        let invitation = InvitationDocument {
            sender_name: form.sender_name.as_setting(),
            support_email: form.support_email.as_setting(),
            language: form.language.as_setting(),
            subject: own(&form.subject, default_text, |text| &text.subject),
            body: own(&form.body, default_text, |text| &text.body),
            reminders: Some(form.reminders.0),
            reminder_subject: own(&form.reminder_subject, default_reminder, |text| &text.subject),
            reminder_body: own(&form.reminder_body, default_reminder, |text| &text.body),
            closes_after_days: form.closes_after_days.as_setting().map(Typed::Text),
        };
        Document { invitation: Some(invitation), ..Document::default() }
    }

    fn page(view: View, _: &Tx<'_>) -> Result<Self, Failure> {
        let shown = view.shown.invitation.unwrap_or_default();
        let language = shown.language.unwrap_or_default();
        let known = language.parse().unwrap_or_default();
        let (default, reminder) = (default_text(known), default_reminder(known));
        let or = |typed: Option<String>, default: &str| typed.filter(|typed| !typed.is_empty()).unwrap_or(default.to_owned());
        Ok(Self {
            shell: view.shell,
            sender_name: shown.sender_name.unwrap_or_default(),
            support_email: shown.support_email.unwrap_or_default(),
            subject: or(shown.subject, default.subject.as_str()),
            body: or(shown.body, default.body.as_str()),
            reminders: shown.reminders.unwrap_or_default(),
            reminder_subject: or(shown.reminder_subject, reminder.subject.as_str()),
            reminder_body: or(shown.reminder_body, reminder.body.as_str()),
            closes_after_days: shown.closes_after_days.map(|days| days.text()).unwrap_or_default(),
            language,
            problems: view.problems,
            previews: Vec::new(),
        })
    }
}

impl InvitationPage {
    fn mark(&self, setting: &str, id: &str) -> String {
        mark(&self.problems, setting, id)
    }
}

/// Shows what a candidate would get with what was typed, or what is wrong with it. Nothing is stored.
pub(super) async fn preview(State(console): State<Console>, form: ConfiguresForm<InvitationForm>) -> Result<Response, Failure> {
    let customer = added(&console, &form.by).await?;
    let document = InvitationPage::document(&form.fields);
    let (previews, problems, status) = match console.rules.change(&document, &customer, console.clock.now()) {
        Ok(wanted) => (samples(&console, &wanted)?, Problems::default(), StatusCode::OK),
        Err(problems) => (Vec::new(), problems, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let mut page = settings_form::load::<InvitationPage>(&console, form.by, Some(document), problems, Said::Nothing).await?;
    page.previews = previews;
    Ok(Page(status, page).into_response())
}

/// The form with what was typed before the session ended. The sign-in answers with it, so it brings its own permission.
pub(super) async fn resumed(console: &Console, who: Configures, fields: &Fields) -> Result<Response, Failure> {
    Ok(allow_styles(settings_form::resumed::<InvitationPage>(console, who, fields).await?).await)
}

/// Lets the pages of this section show the mail with its styles, also where the preview is renewed while somebody types.
pub(super) async fn allow_styles(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, WITH_STYLES);
    response
}

fn samples(console: &Console, customer: &Customer) -> Result<Vec<Preview>, Failure> {
    let mut previews =
        vec![Preview { name: "preview", title: "Preview", mail: sample(console, customer, Occasion::Invitation)? }];
    if customer.invitation.reminders {
        let mail = sample(console, customer, Occasion::Reminder(Reminder::After48Hours))?;
        previews.push(Preview { name: "reminder-preview", title: "Preview of the reminder", mail });
    }
    Ok(previews)
}

/// The mail to a candidate who does not exist.
fn sample(console: &Console, customer: &Customer, occasion: Occasion) -> Result<Rendered, Failure> {
    let now = console.clock.now();
    let person = |name| PersonName::parse(name).expect("it is a name");
    let invitation = Invitation {
        to: EmailAddress::parse("ines.okafor@example.org").expect("it is an address"),
        first_name: person("Ines"),
        last_name: person("Okafor"),
        job_title: "Call Centre Advisor".into(),
        company_name: customer.name.clone(),
        settings: customer.invitation.clone(),
        occasion,
        link: "https://harver.example/your-personal-link".parse().expect("it is an address"),
        link_expires_at: now.checked_add(SignedDuration::from_hours(24)).ok(),
        customer: customer.id,
        message_id: MessageId::parse("preview").expect("it is an identity"),
        sent_at: now,
    };
    invitation.render().map_err(Failure::unrendered)
}
