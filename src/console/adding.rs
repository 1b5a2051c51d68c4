//! *Add Integrations*: the steps that bring an integration into being, told while they are done (promise G09).
//!
//! The page is sent as it comes about: the browser shows each step when it begins and how it ended. Nothing is stored before the last
//! step, which stores all of it at once. Whoever goes away in the middle, or meets a step that fails, begins anew.

use std::convert::Infallible;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use serde::Deserialize;

use super::Console;
use super::access::ConfiguresForm;
use super::form::Text;
use super::integration::{self, Choice, MARKETPLACE};
use super::page::{Failure, Page, Section, Shell};
use crate::checks::{Outcome, Whom};
use crate::domain::{Customer, InboundCredentials};
use crate::settings::{self, By};
use crate::web::new_password;

/// Where the steps stand in the page.
const STEPS: &str = "<!-- steps -->";

/// What is added.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AddForm {
    /// The choice of the drop-down; empty when there was none.
    marketplace: Text,
}

/// The page around the steps.
#[derive(Template)]
#[template(path = "console/pages/adding.html")]
struct Adding {
    shell: Shell,
}

/// What one more piece of the page says.
#[derive(Template)]
#[template(path = "console/pages/adding_step.html")]
struct Piece<'a> {
    /// How the step that was under way has ended.
    ended: Option<&'a Result<String, Stuck>>,
    /// The step that begins.
    begins: Option<Step>,
    form_token: &'a str,
    support_contact: &'a str,
}

/// Why a step failed.
struct Stuck {
    why: String,
    what_to_do: String,
    whom: Option<Whom>,
}

/// The steps in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Connect,
    Credentials,
    Defaults,
    Register,
}

impl Step {
    fn id(self) -> &'static str {
        match self {
            Self::Connect => "step-connect",
            Self::Credentials => "step-credentials",
            Self::Defaults => "step-defaults",
            Self::Register => "step-register",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Connect => "Connect to the Harver account",
            Self::Credentials => "Create the credentials for iCIMS",
            Self::Defaults => "Set the defaults",
            Self::Register => "Register the integration",
        }
    }

    fn next(self) -> Option<Self> {
        match self {
            Self::Connect => Some(Self::Credentials),
            Self::Credentials => Some(Self::Defaults),
            Self::Defaults => Some(Self::Register),
            Self::Register => None,
        }
    }
}

/// An integration on its way.
struct Progress {
    console: Console,
    by: By,
    /// What is to be stored in the end.
    customer: Customer,
    form_token: String,
    /// The step that is next, if there is one.
    at: Option<Step>,
    /// What of the page is sent before the first step, and after the last.
    head: Option<String>,
    tail: String,
}

/// Begins.
pub(super) async fn add(State(console): State<Console>, form: ConfiguresForm<AddForm>) -> Result<Response, Failure> {
    let (customer, shell) = integration::load(&console, &form.by).await?;
    if customer.added {
        return Ok(Redirect::to(integration::PATH).into_response());
    }
    if *form.fields.marketplace != *MARKETPLACE {
        return Ok(Page(StatusCode::UNPROCESSABLE_ENTITY, Choice { shell, nothing_chosen: true }).into_response());
    }
    let form_token = shell.form_token.clone();
    let page = Adding { shell }.render().map_err(Failure::unrendered)?;
    let (head, tail) = page.split_once(STEPS).unwrap_or((page.as_str(), ""));
    let by = console.by(&form.by);
    let (head, tail) = (Some(head.to_owned()), tail.to_owned());
    let progress = Progress { console, by, customer, form_token, at: Some(Step::Connect), head, tail };
    let pieces = stream::unfold(progress, |mut progress| async {
        let piece = progress.piece().await?;
        Some((Ok::<_, Infallible>(piece), progress))
    });
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], Body::from_stream(pieces)).into_response())
}

impl Progress {
    /// The next piece of the page; `None` after the last.
    async fn piece(&mut self) -> Option<String> {
        let step = self.at?;
        if let Some(head) = self.head.take() {
            return Some(head + &self.told(None, Some(step)));
        }
        let ended = self.done(step).await;
        self.at = step.next().filter(|_| ended.is_ok());
        let told = self.told(Some(&ended), self.at);
        Some(if self.at.is_none() { told + &self.tail } else { told })
    }

    fn told(&self, ended: Option<&Result<String, Stuck>>, begins: Option<Step>) -> String {
        let support_contact = &self.console.support_contact;
        let piece = Piece { ended, begins, form_token: &self.form_token, support_contact };
        piece.render().unwrap_or_else(|error| {
            tracing::error!(%error, "A piece of a page of the console could not be rendered.");
            "<p>This step could not be shown; the log says why.</p>".to_owned()
        })
    }

    async fn done(&mut self, step: Step) -> Result<String, Stuck> {
        match step {
            Step::Connect => self.connect().await,
            Step::Credentials => Ok(self.create_credentials()),
            Step::Defaults => Ok(self.set_defaults()),
            Step::Register => self.register().await,
        }
    }

    async fn connect(&self) -> Result<String, Stuck> {
        let check = self.console.checker.harver_account(&self.customer).await;
        match (check.outcome, check.next_step) {
            (Outcome::Failed, Some((what_to_do, whom))) => Err(Stuck { why: check.why, what_to_do, whom: Some(whom) }),
            _ => Ok(check.why),
        }
    }

    fn create_credentials(&mut self) -> String {
        let username = self.customer.events.username.clone();
        let told = format!("User name {username}, with a new password. Copy both from Credentials, tab ATS to Harver.");
        self.customer.events = InboundCredentials::new(username, new_password());
        told
    }

    fn set_defaults(&mut self) -> String {
        let present = self.customer.clone();
        let default = Customer::new(present.id, present.name, present.harver, present.events, present.webhooks);
        let customer = &mut self.customer;
        (customer.statuses, customer.report) = (default.statuses, default.report);
        (customer.addresses, customer.invitation) = (default.addresses, default.invitation);
        format!(
            "Assessments Status {} for completed; report: {}, to the field {}; {} addresses to whitelist; the invitation mail.",
            customer.statuses.complete,
            customer.report.kind.label(),
            customer.report.field,
            customer.addresses.len()
        )
    }

    /// Stores everything. One that was added meanwhile, in another window, stays as it is.
    async fn register(&self) -> Result<String, Stuck> {
        let (new, by) = (self.customer.clone(), self.by.clone());
        let registered = move |present: &Customer| {
            if present.added {
                return Ok(present.clone());
            }
            let Customer { events, statuses, report, addresses, invitation, .. } = new.clone();
            Ok(Customer { added: true, events, statuses, report, addresses, invitation, ..present.clone() })
        };
        let id = self.customer.id;
        match self.console.store.write(move |tx| settings::replace(tx, id, &registered, &by)).await {
            Ok(_) => Ok("Recorded. It is disabled until you have set it up and enable it in the section General.".into()),
            Err(error) => {
                tracing::error!(customer.id = %id, error = &error as &dyn std::error::Error, "An integration could not be registered.");
                Err(Stuck {
                    why: "The integration cannot record anything at the moment.".into(),
                    what_to_do: "Try again in a minute. If that does not help, the log of the integration says more.".into(),
                    whom: None,
                })
            }
        }
    }
}
