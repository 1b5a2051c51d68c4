//! Event Notifications: the settings of the connection to the vendor.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::super::super::state::CustomerState;
use super::super::super::state::connection::{Connection, InlineEventType, is_web_address};
use super::super::desk::{Desk, Refused, Shell, said};
use super::super::form::{Asked, Choice, Choosable, Field, Flag, Given, Submitted};
use crate::ui::Page;

/// The longest text that a setting takes, in characters (*assumed*).
const LIMIT: usize = 500;

#[derive(Template)]
#[template(path = "icims/admin_events.html")]
struct EventNotifications {
    shell: Shell,
    notice: &'static str,
    refusal: String,
    working: bool,
    state: String,
    switches: Vec<Flag>,
    fields: Vec<Field>,
    choices: Vec<Choice>,
    flags: Vec<Flag>,
}

/// The settings as typed.
#[derive(Default)]
struct Settings {
    enabled: bool,
    inline: bool,
    gzip: bool,
    bare_status_ids: bool,
    endpoint: String,
    username: String,
    /// Empty keeps the one there is.
    password: String,
    trigger: String,
    inline_event_type: String,
    summary: String,
    timeout: String,
    endpoint_error: String,
    summary_error: String,
    timeout_error: String,
    trigger_error: String,
}

/// `GET /icims2/{customer}/admin/event-notifications`
pub(super) async fn show(desk: Desk, Asked(asked): Asked) -> Response {
    let settings = desk.tenant.read(|state| Settings::of(state.connection()));
    let notice = if asked.text("done") == "saved" { "The changes have been saved." } else { "" };
    page(desk, &settings, StatusCode::OK, notice, String::new())
}

/// `POST /icims2/{customer}/admin/event-notifications`
pub(super) async fn save(desk: Desk, Submitted(form): Submitted) -> Result<Response, Refused> {
    let mut settings = Settings::given(&form);
    let Some(connection) = desk.tenant.read(|state| settings.check(state)) else {
        return Ok(page(desk, &settings, StatusCode::UNPROCESSABLE_ENTITY, "", String::new()));
    };
    match said(desk.tenant.write(|state| state.configure_connection(connection)).await)? {
        Ok(()) => Ok(desk.go("/admin/event-notifications?done=saved")),
        Err(refusal) => Ok(page(desk, &settings, StatusCode::UNPROCESSABLE_ENTITY, "", refusal.to_string())),
    }
}

impl Settings {
    fn of(connection: &Connection) -> Self {
        Self {
            enabled: connection.enabled,
            inline: connection.inline,
            gzip: connection.gzip,
            bare_status_ids: connection.bare_status_ids,
            endpoint: connection.endpoint.clone().unwrap_or_default(),
            username: connection.username.clone(),
            trigger: connection.trigger.as_ref().map_or_else(String::new, ToString::to_string),
            inline_event_type: connection.inline_event_type.name().into(),
            summary: connection.summary.clone(),
            timeout: connection.timeout_seconds.to_string(),
            ..Self::default()
        }
    }

    fn given(form: &Given) -> Self {
        let text = |name| form.text(name).chars().take(LIMIT).collect();
        Self {
            enabled: form.ticked("enabled"),
            inline: form.ticked("inline"),
            gzip: form.ticked("gzip"),
            bare_status_ids: form.ticked("bare_status_ids"),
            endpoint: text("endpoint"),
            username: text("username"),
            password: text("password"),
            trigger: text("trigger"),
            inline_event_type: text("inline_event_type"),
            summary: text("summary"),
            timeout: text("timeout"),
            ..Self::default()
        }
    }

    /// The connection that these settings make, or `None` with messages at the fields.
    fn check(&mut self, state: &CustomerState) -> Option<Connection> {
        if !self.endpoint.is_empty() && !is_web_address(&self.endpoint) {
            self.endpoint_error = "Enter a complete address that begins with https:// (or http:// for a local test).".into();
        }
        if self.summary.is_empty() {
            self.summary_error = "Enter the text that recruiters read when an invitation has been sent.".into();
        }
        let timeout = self.timeout.parse().ok().filter(|seconds| (1..=120).contains(seconds));
        if timeout.is_none() {
            self.timeout_error = "Enter a whole number of seconds from 1 to 120.".into();
        }
        let trigger = match self.trigger.as_str() {
            "" => None,
            id => {
                let status = id.parse().ok().filter(|status| state.is_status(status));
                if status.is_none() {
                    self.trigger_error = "Choose a status from the list.".into();
                }
                status
            }
        };
        let fine = [&self.endpoint_error, &self.summary_error, &self.timeout_error, &self.trigger_error]
            .into_iter()
            .all(String::is_empty);
        let old = state.connection().clone();
        let inline_event_type = match self.inline_event_type == InlineEventType::AssessmentEvent.name() {
            true => InlineEventType::AssessmentEvent,
            false => InlineEventType::ApplicationCompletedEvent,
        };
        fine.then(|| Connection {
            enabled: self.enabled,
            inline: self.inline,
            gzip: self.gzip,
            bare_status_ids: self.bare_status_ids,
            endpoint: (!self.endpoint.is_empty()).then(|| self.endpoint.clone()),
            username: self.username.clone(),
            password: if self.password.is_empty() { old.password.clone() } else { self.password.clone() },
            trigger,
            inline_event_type,
            summary: self.summary.clone(),
            timeout_seconds: timeout.unwrap_or(old.timeout_seconds),
            ..old
        })
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::new("text", "endpoint", "Endpoint")
                .hint("The address that the vendor names for events of this customer.")
                .value(&self.endpoint)
                .error(&self.endpoint_error),
            Field::new("text", "username", "User name")
                .hint("From the vendor: ATS to Harver, credentials.")
                .value(&self.username),
            Field::new("password", "password", "Password")
                .hint("Shown to nobody. Leave it empty to keep the password there is.")
                .autocomplete("new-password"),
            Field::new("text", "summary", "Summary text")
                .hint("What the Summary page says after an invitation.")
                .value(&self.summary)
                .error(&self.summary_error),
            Field::new("number", "timeout", "Time-out in seconds").value(&self.timeout).error(&self.timeout_error),
        ]
    }

    fn choices(&self, state: &CustomerState) -> Vec<Choice> {
        let mut statuses = vec![Choosable::new("", "None: no status change is sent", &self.trigger)];
        for node in state.bins().into_iter().flat_map(|bin| bin.statuses) {
            let label = state.status_label(&node.id);
            statuses.push(Choosable::new(node.id.as_str(), label, &self.trigger));
        }
        let types = [InlineEventType::ApplicationCompletedEvent, InlineEventType::AssessmentEvent];
        let types = types.map(|kind| Choosable::new(kind.name(), kind.name(), &self.inline_event_type));
        vec![
            Choice {
                name: "trigger",
                label: "Trigger status (workflow status change)".into(),
                hint: "Candidates who are advanced to this status are sent to the vendor.",
                error: self.trigger_error.clone(),
                options: statuses,
            },
            Choice {
                name: "inline_event_type",
                label: "Event type of application complete".into(),
                hint: "Both names are in use on real platforms.",
                error: String::new(),
                options: types.into(),
            },
        ]
    }
}

fn page(desk: Desk, settings: &Settings, status: StatusCode, notice: &'static str, refusal: String) -> Response {
    let (choices, (working, state)) = desk.tenant.read(|state| (settings.choices(state), standing(state.connection())));
    let page = EventNotifications {
        shell: desk.shell,
        notice,
        refusal,
        working,
        state,
        switches: vec![Flag {
            name: "enabled",
            label: "Vendor enabled",
            hint: "Off: no event is sent at all.",
            on: settings.enabled,
        }],
        fields: settings.fields(),
        choices,
        flags: vec![
            Flag {
                name: "inline",
                label: "Application complete (inline)",
                hint: "Applications to jobs with a package end with the assessment.",
                on: settings.inline,
            },
            Flag { name: "gzip", label: "Compress event bodies (gzip)", hint: "", on: settings.gzip },
            Flag {
                name: "bare_status_ids",
                label: "Status ids as bare numbers",
                hint: "Off: with their letter, as in the API.",
                on: settings.bare_status_ids,
            },
        ],
    };
    Page(status, page).into_response()
}

/// Whether events get anywhere, and in words.
fn standing(connection: &Connection) -> (bool, String) {
    let vendor = &connection.vendor;
    match (&connection.endpoint, connection.enabled) {
        (_, false) => (false, format!("{vendor} is switched off: no event is sent.")),
        (None, true) => {
            (false, format!("{vendor} is enabled, but there is no endpoint: enter the address that the vendor names."))
        }
        (Some(endpoint), true) => (true, format!("{vendor} is enabled. Events are sent to {endpoint}.")),
    }
}
