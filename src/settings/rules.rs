//! What settings may be, and what to say when they are not.

mod connections;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use url::Url;

use super::difference::{Difference, differences};
use super::document::{Document, InboundDocument, InvitationDocument, typed};
use super::problems::Problems;
use crate::domain::{
    Customer, CustomerId, EmailAddress, InboundCredentials, InvitationSettings, MailTemplate, Pattern, Reach, StatusId, Variable,
};

/// What is typed in one line is never longer than this, in characters; a key pasted by mistake is.
const LONGEST: usize = 512;

/// The most statuses, and the most addresses.
const MOST: usize = 100;

/// What depends on the place where the integration runs.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Whether neighbours may be called without TLS: only where the integration itself is, on a test installation.
    pub plain_http: bool,
    /// Where they may be.
    pub reach: Reach,
}

impl Rules {
    /// The rules of an integration at this address.
    #[must_use]
    pub fn at(public_url: &Url, reach: Reach) -> Self {
        Self { plain_http: public_url.scheme() == "http", reach }
    }

    /// The customer with the settings of a document in the place of its own. What a document does not name stays.
    ///
    /// # Errors
    /// The problems, each at its setting; then nothing is changed.
    pub fn change(self, document: &Document, present: &Customer, now: Timestamp) -> Result<Customer, Problems> {
        let mut problems = Problems::default();
        let changed = self.apply(document, present, now, &mut problems);
        if document.enabled.is_some_and(|wanted| wanted != present.enabled) {
            problems.add("enabled", "This is not changed with the settings: use the toggle, which runs the checks first.");
        }
        if present.enabled && changed.patterns.is_empty() {
            problems.add("patterns", "Choose at least one pattern, or disable the integration first.");
        }
        if problems.is_empty() { Ok(changed) } else { Err(problems) }
    }

    /// In what a customer differs from a document: what a change to the document would do.
    ///
    /// # Errors
    /// The problems of the document, each at its setting.
    pub fn drift(self, document: &Document, present: &Customer, now: Timestamp) -> Result<Vec<Difference>, Problems> {
        let enabled = document.enabled.unwrap_or(present.enabled);
        let wanted = self.change(&Document { enabled: None, ..document.clone() }, present, now)?;
        Ok(differences(present, &Customer { enabled, ..wanted }, now))
    }

    /// A new customer.
    ///
    /// # Errors
    /// The problems, each at its setting.
    pub fn create(self, document: &Document, now: Timestamp) -> Result<Customer, Problems> {
        let mut problems = Problems::default();
        let id = document.id.as_ref().map(super::Typed::text).unwrap_or_default();
        let id = customer_id(&id, &mut problems);
        let harver = self.harver(document.harver.as_ref(), None, &mut problems);
        let name = line("name", document.name.as_deref(), "Enter the company's name, as candidates know it.", &mut problems);
        let events = inbound(["events.username", "events.password"], document.events.as_ref(), &mut problems);
        let webhooks = inbound(["webhooks.username", "webhooks.password"], document.webhooks.as_ref(), &mut problems);
        let (Some(id), Some(harver), Some(name), Some(events), Some(webhooks)) = (id, harver, name, events, webhooks) else {
            return Err(problems);
        };
        let fresh = Customer { added: true, ..Customer::new(id, name, harver, events, webhooks) };
        let mut created = self.apply(document, &fresh, now, &mut problems);
        created.enabled = document.enabled.unwrap_or(created.ats.at(now).is_some() && !created.patterns.is_empty());
        if created.enabled && created.ats.at(now).is_none() {
            problems.add("icims", "An enabled integration needs a connection to iCIMS.");
        }
        if created.enabled && created.patterns.is_empty() {
            problems.add("patterns", "An enabled integration needs at least one pattern.");
        }
        if problems.is_empty() { Ok(created) } else { Err(problems) }
    }

    fn apply(self, document: &Document, present: &Customer, now: Timestamp, problems: &mut Problems) -> Customer {
        let mut customer = present.clone();
        if let Some(id) = &document.id {
            same_customer(&id.text(), present.id, problems);
        }
        if let Some(name) = line_of("name", document.name.as_deref(), "Enter the company's name.", problems) {
            customer.name = name;
        }
        parse_into(&mut customer.instance, "instance", document.instance.as_deref(), problems);
        if let Some(names) = &document.patterns {
            customer.patterns = patterns(names, problems);
        }
        statuses_into(&mut customer.trigger_statuses, "trigger_statuses", document.trigger_statuses.as_deref(), problems);
        statuses_into(&mut customer.ended_statuses, "ended_statuses", document.ended_statuses.as_deref(), problems);
        if let Some(both) = customer.ended_statuses.iter().find(|id| customer.trigger_statuses.contains(id)) {
            problems.add("ended_statuses", format!("{both} asks for an assessment, so it cannot be an end as well."));
        }
        if let Some(typed) = &document.event_sources {
            let wrong = |text: &str| {
                format!("{text:?} is no IP address and no range of them: write it like 203.0.113.7 or 203.0.113.0/24.")
            };
            customer.event_sources = each("event_sources", typed, |text| text.parse().ok(), wrong, problems);
        }
        if let Some(icims) = &document.icims {
            self.change_ats(icims, &mut customer, now, problems);
        }
        if let Some(harver) = self.harver(document.harver.as_ref(), Some(&present.harver), problems) {
            customer.harver = harver;
        }
        change_inbound(["events.username", "events.password"], document.events.as_ref(), &mut customer.events, problems);
        change_inbound(["webhooks.username", "webhooks.password"], document.webhooks.as_ref(), &mut customer.webhooks, problems);
        customer.multi_phase = document.multi_phase.unwrap_or(customer.multi_phase);
        customer.reports_progress = document.reports_progress.unwrap_or(customer.reports_progress);
        customer.reports_sent = document.reports_sent.unwrap_or(customer.reports_sent);
        if let Some(statuses) = &document.statuses {
            let known = &mut customer.statuses;
            parse_into(&mut known.in_progress, "statuses.in_progress", statuses.in_progress.as_deref(), problems);
            parse_into(&mut known.complete, "statuses.complete", statuses.complete.as_deref(), problems);
            parse_into(&mut known.incomplete, "statuses.incomplete", statuses.incomplete.as_deref(), problems);
        }
        if let Some(report) = &document.report {
            parse_into(&mut customer.report.kind, "report.type", report.kind.as_deref(), problems);
            parse_into(&mut customer.report.field, "report.ats_field", report.ats_field.as_deref(), problems);
        }
        if let Some(typed) = document.return_url.as_deref() {
            customer.return_url = if typed.trim().is_empty() { None } else { self.page("return_url", typed, problems) };
        }
        if let Some(typed) = &document.addresses {
            let wrong = |text: &str| format!("{text:?} is not an IP address: write it like 80.113.26.114.");
            let mut addresses = each("addresses", typed, |text| text.parse().ok(), wrong, problems);
            addresses.dedup();
            if addresses.is_empty() {
                problems.add("addresses", "Enter at least one address: iCIMS lets in nobody else.");
            }
            customer.addresses = addresses;
        }
        if let Some(invitation) = &document.invitation {
            change_invitation(invitation, &mut customer.invitation, problems);
        }
        customer
    }

    /// The address of a page that browsers are sent to.
    fn page(self, setting: &'static str, typed: &str, problems: &mut Problems) -> Option<Url> {
        let url = Url::parse(typed.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let sound = url.filter(|url| url.username().is_empty() && url.password().is_none() && url.as_str().len() <= LONGEST);
        if sound.is_none() {
            let most = format!("Enter a complete address of at most {LONGEST} characters, such as https://careers.example.org/.");
            problems.add(setting, most);
        }
        if sound.as_ref().is_some_and(|url| url.scheme() == "http" && !self.plain_http) {
            problems.add(setting, "The address must begin with https://.");
        }
        sound
    }
}

fn customer_id(text: &str, problems: &mut Problems) -> Option<CustomerId> {
    let id = text.parse().ok();
    if id.is_none() {
        let what = if text.is_empty() {
            "Enter the customer ID that iCIMS gave you: a number."
        } else {
            "The customer ID is numeric: digits only, such as 4021. It is not the company's name."
        };
        problems.add("id", what);
    }
    id
}

/// The guide asks for the id so that a mix-up shows at once (promise G02).
fn same_customer(typed: &str, customer: CustomerId, problems: &mut Problems) {
    if customer_id(typed, problems).is_some_and(|id| id != customer) {
        let what =
            format!("This is the integration of customer {customer}. Enter {customer}, or sign in for the other customer.");
        problems.add("id", what);
    }
}

fn statuses_into(present: &mut Vec<StatusId>, setting: &'static str, typed: Option<&[String]>, problems: &mut Problems) {
    let wrong = |id: &str| format!("{id:?} is not the id of a status: write it like C40177.");
    if let Some(typed) = typed {
        *present = each(setting, typed, StatusId::parse, wrong, problems);
    }
}

fn patterns(names: &[String], problems: &mut Problems) -> Vec<Pattern> {
    for name in names {
        if !Pattern::ALL.iter().any(|pattern| pattern.name() == name) {
            problems.add("patterns", format!("{name:?} is neither \"inline\" nor \"ad_hoc\"."));
        }
    }
    Pattern::ALL.into_iter().filter(|pattern| names.iter().any(|name| name == pattern.name())).collect()
}

fn change_invitation(document: &InvitationDocument, settings: &mut InvitationSettings, problems: &mut Problems) {
    let say = "Enter the name that candidates know you by.";
    if let Some(name) = line_of("invitation.sender_name", document.sender_name.as_deref(), say, problems) {
        settings.sender_name = name;
    }
    let say = "Enter an e-mail address, or words such as: your recruiter.";
    if let Some(support) = line_of("invitation.support_email", document.support_email.as_deref(), say, problems) {
        if support.contains('@') && EmailAddress::parse(&support).is_none() {
            problems.add("invitation.support_email", "No mail can be sent to this address. Correct it.");
        }
        settings.support_email = support;
    }
    parse_into(&mut settings.language, "invitation.language", document.language.as_deref(), problems);
    let (subject, body) = (document.subject.as_deref(), document.body.as_deref());
    settings.subject = text(settings.subject.take(), "invitation.subject", subject, one_line, problems);
    settings.body = text(settings.body.take(), "invitation.body", body, with_link, problems);
    settings.reminders = document.reminders.unwrap_or(settings.reminders);
    let (subject, body) = (document.reminder_subject.as_deref(), document.reminder_body.as_deref());
    let present = settings.reminder_subject.take();
    settings.reminder_subject = text(present, "invitation.reminder_subject", subject, one_line, problems);
    settings.reminder_body = text(settings.reminder_body.take(), "invitation.reminder_body", body, with_link, problems);
    let days = document.closes_after_days.as_ref().map(super::Typed::text);
    parse_into(&mut settings.closes_after, "invitation.closes_after_days", days.as_deref(), problems);
}

/// A text of the mail: what was typed, or what is there where nothing was; none is that of the language. `fault` says what else is wrong
/// with it.
fn text(
    present: Option<MailTemplate>,
    setting: &'static str,
    typed: Option<&str>,
    fault: fn(&MailTemplate) -> Option<&'static str>,
    problems: &mut Problems,
) -> Option<MailTemplate> {
    let Some(typed) = typed.map(str::trim) else { return present };
    if typed.is_empty() {
        return None;
    }
    match MailTemplate::parse(typed) {
        Ok(text) => {
            if let Some(fault) = fault(&text) {
                problems.add(setting, fault);
            }
            Some(text)
        }
        Err(problem) => {
            problems.add(setting, format!("In {problem}."));
            None
        }
    }
}

fn one_line(subject: &MailTemplate) -> Option<&'static str> {
    subject.as_str().contains('\n').then_some("A subject is one line.")
}

fn with_link(body: &MailTemplate) -> Option<&'static str> {
    let without = !body.names(Variable::Link);
    without.then_some("The text must contain {{link}}: without it nobody can take the assessment.")
}

fn inbound(names: [&'static str; 2], document: Option<&InboundDocument>, problems: &mut Problems) -> Option<InboundCredentials> {
    let [username, password] = names;
    let user = line(username, document.and_then(|document| document.username.as_deref()), "Enter a user name.", problems);
    let secret = typed(document.and_then(|document| document.password.as_ref()));
    if secret.is_none() {
        problems.add(password, "Enter a password.");
    }
    Some(InboundCredentials::new(user?, secret?.clone()))
}

fn change_inbound(
    names: [&'static str; 2],
    document: Option<&InboundDocument>,
    present: &mut InboundCredentials,
    problems: &mut Problems,
) {
    let Some(document) = document else { return };
    let user = line_of(names[0], document.username.as_deref(), "Enter a user name.", problems);
    if user.as_ref().is_some_and(|user| user.contains(':')) {
        problems.add(names[0], "A user name cannot contain a colon with Basic authentication.");
    }
    if let Some(user) = user {
        present.username = user;
    }
    if let Some(password) = typed(document.password.as_ref()) {
        *present = InboundCredentials::new(present.username.clone(), password.clone());
    }
}

/// A line that must be there.
fn line(setting: &'static str, typed: Option<&str>, missing: &str, problems: &mut Problems) -> Option<String> {
    line_of(setting, Some(typed.unwrap_or_default()), missing, problems)
}

/// A line, where one was typed.
fn line_of(setting: &'static str, typed: Option<&str>, missing: &str, problems: &mut Problems) -> Option<String> {
    let typed = typed?.trim();
    if typed.is_empty() {
        problems.add(setting, missing);
    } else if typed.chars().count() > LONGEST || typed.contains(char::is_control) {
        problems.add(setting, format!("This is longer than {LONGEST} characters, or holds characters that cannot be typed."));
    } else {
        return Some(typed.to_owned());
    }
    None
}

fn parse_into<T>(present: &mut T, setting: &'static str, typed: Option<&str>, problems: &mut Problems)
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    match typed.map(|typed| typed.trim().parse::<T>()) {
        Some(Ok(value)) => *present = value,
        Some(Err(error)) => problems.add(setting, format!("{error}.")),
        None => {}
    }
}

fn each<T>(
    setting: &'static str,
    typed: &[String],
    parse: impl Fn(&str) -> Option<T>,
    wrong: impl Fn(&str) -> String,
    problems: &mut Problems,
) -> Vec<T> {
    if typed.len() > MOST {
        problems.add(setting, format!("These are more than {MOST}."));
        return Vec::new();
    }
    let mut found = Vec::new();
    for text in typed.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        match parse(text) {
            Some(value) => found.push(value),
            None => problems.add(setting, wrong(&crate::domain::cut_to(text, 40))),
        }
    }
    found
}
