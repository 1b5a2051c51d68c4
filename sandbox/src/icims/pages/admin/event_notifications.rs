//! Event Notifications: the settings of the connection to the vendor.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::icims::pages::desk::{Desk, Refused, Shell, said};
use crate::icims::pages::form::{Asked, Choice, Choosable, Field, Flag, Given, Submitted};
use crate::icims::pages::read;
use crate::icims::state::CustomerState;
use crate::icims::state::connection::{Authentication, Connection, InlineEventType, Trigger, is_web_address};
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
    authentication: String,
    inline_endpoint: String,
    inline_endpoint_error: String,
    /// Each in a line of its own: the id of a status, and the address if it has one of its own.
    further_triggers: String,
    further_triggers_error: String,
    /// Empty keeps the one there is.
    hmac_key: String,
    token_url: String,
    token_url_error: String,
    client_id: String,
    /// Empty keeps the one there is.
    client_secret: String,
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
            authentication: connection.authentication.word().into(),
            inline_endpoint: connection.inline_endpoint.clone().unwrap_or_default(),
            further_triggers: connection.further_triggers.iter().map(line).collect::<Vec<_>>().join("\n"),
            token_url: connection.token_url.clone().unwrap_or_default(),
            client_id: connection.client_id.clone(),
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
            authentication: text("authentication"),
            inline_endpoint: text("inline_endpoint"),
            further_triggers: form.text("further_triggers").chars().take(LIMIT * 50).collect(),
            hmac_key: text("hmac_key"),
            token_url: text("token_url"),
            client_id: text("client_id"),
            client_secret: text("client_secret"),
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
        let further_triggers = self.check_further(state);
        let authentication = self.check_proof();
        let errors = [
            &self.endpoint_error,
            &self.summary_error,
            &self.timeout_error,
            &self.trigger_error,
            &self.inline_endpoint_error,
            &self.further_triggers_error,
            &self.token_url_error,
        ];
        let fine = errors.into_iter().all(String::is_empty);
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
            authentication,
            inline_endpoint: (!self.inline_endpoint.is_empty()).then(|| self.inline_endpoint.clone()),
            further_triggers,
            hmac_key: if self.hmac_key.is_empty() { old.hmac_key.clone() } else { self.hmac_key.clone() },
            token_url: (!self.token_url.is_empty()).then(|| self.token_url.clone()),
            client_id: self.client_id.clone(),
            client_secret: if self.client_secret.is_empty() { old.client_secret.clone() } else { self.client_secret.clone() },
            ..old
        })
    }

    /// The further triggers as typed; a line that cannot be read leaves a message.
    fn check_further(&mut self, state: &CustomerState) -> Vec<Trigger> {
        let lines = self.further_triggers.lines().map(str::trim).filter(|line| !line.is_empty());
        let read = |line: &str| {
            let (status, endpoint) =
                line.split_once(char::is_whitespace).map_or((line, None), |(id, rest)| (id, Some(rest.trim())));
            let status = status.parse().ok().filter(|status| state.is_status(status))?;
            let fits = endpoint.is_none_or(is_web_address);
            fits.then(|| Trigger { status, endpoint: endpoint.map(str::to_owned) })
        };
        let triggers: Option<Vec<Trigger>> = lines.map(read).collect();
        if triggers.is_none() {
            self.further_triggers_error =
                "Write one status id in each line, such as C40150, and after a space the address if it has one of its own."
                    .into();
        }
        triggers.unwrap_or_default()
    }

    /// How to prove who sends; what that needs and is not there leaves a message.
    fn check_proof(&mut self) -> Authentication {
        let chosen = Authentication::ALL.into_iter().find(|kind| kind.word() == self.authentication).unwrap_or_default();
        let address = "Enter a complete address that begins with https:// (or http:// for a local test).";
        if !self.inline_endpoint.is_empty() && !is_web_address(&self.inline_endpoint) {
            self.inline_endpoint_error = address.into();
        }
        if !self.token_url.is_empty() && !is_web_address(&self.token_url) {
            self.token_url_error = address.into();
        }
        if chosen == Authentication::OAuth2 && self.token_url.is_empty() {
            self.token_url_error = "OAuth 2.0 needs the address where the vendor hands out tokens.".into();
        }
        chosen
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
            Field::new("password", "hmac_key", "Key for signed events")
                .hint("For HMAC. Without one, events are signed with the password. Leave it empty to keep the key there is.")
                .autocomplete("new-password"),
            Field::new("text", "token_url", "Access token URL")
                .hint("For OAuth 2.0: where the vendor hands out tokens.")
                .value(&self.token_url)
                .error(&self.token_url_error),
            Field::new("text", "client_id", "Client id").hint("For OAuth 2.0.").value(&self.client_id),
            Field::new("password", "client_secret", "Client secret")
                .hint("For OAuth 2.0. Leave it empty to keep the secret there is.")
                .autocomplete("new-password"),
            Field::new("text", "inline_endpoint", "Endpoint of application complete")
                .hint("Only if it differs from the endpoint above.")
                .value(&self.inline_endpoint)
                .error(&self.inline_endpoint_error),
            Field::new("long", "further_triggers", "Further trigger statuses")
                .hint("One status id in each line, such as C40150, and after a space the address if it has one of its own.")
                .value(&self.further_triggers)
                .error(&self.further_triggers_error),
            Field::new("text", "summary", "Summary text")
                .hint("What the Summary page says after an invitation.")
                .value(&self.summary)
                .error(&self.summary_error),
            Field::new("number", "timeout", "Time-out in seconds").value(&self.timeout).error(&self.timeout_error),
        ]
    }

    fn choices(&self, state: &CustomerState) -> Vec<Choice> {
        let mut statuses = vec![Choosable::new("", "None: no status change is sent", &self.trigger)];
        let present = state.connection().trigger.as_ref();
        let all = state.bins().into_iter().flat_map(|bin| bin.statuses);
        for node in all.filter(|node| node.is_offered() || Some(&node.id) == present) {
            let label = read::listed(&node, state.status_label(&node.id));
            statuses.push(Choosable::new(node.id.as_str(), label, &self.trigger));
        }
        let types = [InlineEventType::ApplicationCompletedEvent, InlineEventType::AssessmentEvent];
        let types = types.map(|kind| Choosable::new(kind.name(), kind.name(), &self.inline_event_type));
        let proofs = [
            (Authentication::Basic, "Basic: user name and password"),
            (Authentication::Hmac, "HMAC: every event is signed"),
            (Authentication::OAuth2, "OAuth 2.0: client credentials"),
        ];
        let proofs = proofs.map(|(kind, label)| Choosable::new(kind.word(), label, &self.authentication));
        vec![
            Choice {
                name: "authentication",
                label: "Authentication".into(),
                hint: "How events prove that they come from this customer.",
                error: String::new(),
                options: proofs.into(),
            },
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

fn line(trigger: &Trigger) -> String {
    match &trigger.endpoint {
        Some(endpoint) => format!("{} {endpoint}", trigger.status),
        None => trigger.status.to_string(),
    }
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
