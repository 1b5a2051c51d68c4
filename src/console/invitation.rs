//! The section Invitation: the mail that candidates get, with a preview of what is typed (promise G28).

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;

use super::Console;
use super::access::{Configures, ConfiguresForm};
use super::form::Fields;
use super::page::{Failure, Page, Said, Section, Shell};
use super::settings_form::{self, SettingsForm, View, added, mark};
use crate::domain::{Customer, EmailAddress, Language, PersonName, Variable};
use crate::invitation::{Invitation, MessageId, Rendered, default_text};
use crate::settings::{Document, InvitationDocument, Problems};
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
    problems: Problems,
    preview: Option<Rendered>,
}

impl SettingsForm for InvitationPage {
    const PATH: &'static str = "/console/invitation";
    const SECTION: Section = Section::Invitation;

    fn document(fields: &Fields) -> Document {
        let text = |name| Some(fields.text(name).to_owned());
        let own = |typed: &str, default: fn(Language) -> &'static str| {
            let typed = typed.replace("\r\n", "\n");
            let is_default = Language::ALL.into_iter().any(|language| default(language) == typed);
            if is_default { String::new() } else { typed }
        };
        let invitation = InvitationDocument {
            sender_name: text("sender_name"),
            support_email: text("support_email"),
            language: text("language"),
            subject: Some(own(fields.text("subject"), |language| default_text(language).subject.as_str())),
            body: Some(own(fields.text("body"), |language| default_text(language).body.as_str())),
        };
        Document { invitation: Some(invitation), ..Document::default() }
    }

    fn page(view: View, _: &Tx<'_>) -> Result<Self, Failure> {
        let shown = view.shown.invitation.unwrap_or_default();
        let language = shown.language.unwrap_or_default();
        let default = default_text(language.parse().unwrap_or_default());
        let or = |typed: Option<String>, default: &str| typed.filter(|typed| !typed.is_empty()).unwrap_or(default.to_owned());
        Ok(Self {
            shell: view.shell,
            sender_name: shown.sender_name.unwrap_or_default(),
            support_email: shown.support_email.unwrap_or_default(),
            subject: or(shown.subject, default.subject.as_str()),
            body: or(shown.body, default.body.as_str()),
            language,
            problems: view.problems,
            preview: None,
        })
    }
}

impl InvitationPage {
    fn mark(&self, setting: &str, id: &str) -> String {
        mark(&self.problems, setting, id)
    }
}

/// Shows what a candidate would get with what was typed, or what is wrong with it. Nothing is stored.
pub(super) async fn preview(State(console): State<Console>, form: ConfiguresForm) -> Result<Response, Failure> {
    let customer = added(&console, &form.by).await?;
    let document = InvitationPage::document(&form.fields);
    let (rendered, problems, status) = match console.rules().change(&document, &customer, console.clock.now()) {
        Ok(wanted) => (Some(sample(&console, &wanted)?), Problems::default(), StatusCode::OK),
        Err(problems) => (None, problems, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let mut page = settings_form::load::<InvitationPage>(&console, form.by, Some(document), problems, Said::Nothing).await?;
    page.preview = rendered;
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

/// The mail to a candidate who does not exist.
fn sample(console: &Console, customer: &Customer) -> Result<Rendered, Failure> {
    let now = console.clock.now();
    let person = |name| PersonName::parse(name).expect("it is a name");
    let invitation = Invitation {
        to: EmailAddress::parse("ines.okafor@example.org").expect("it is an address"),
        first_name: person("Ines"),
        last_name: person("Okafor"),
        job_title: "Call Centre Advisor".into(),
        company_name: customer.name.clone(),
        settings: customer.invitation.clone(),
        link: "https://harver.example/your-personal-link".parse().expect("it is an address"),
        link_expires_at: now.checked_add(SignedDuration::from_hours(24)).ok(),
        customer: customer.id,
        message_id: MessageId::parse("preview").expect("it is an identity"),
        sent_at: now,
    };
    invitation.render().map_err(Failure::unrendered)
}
