//! What the page shows, and in which words.

use std::sync::LazyLock;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use jiff::tz::TimeZone;

use super::offer::{Obstacle, Offer, Package};
use crate::domain::{Order, OrderState, PackageLabel, Selection, SelectionEnd};
use crate::icims::{FoundRow, RowStatus};
use crate::web::page_policy;

const STYLE: &str = include_str!("pages/selection.css");
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| page_policy(STYLE, "'self'"));

/// Why a choice was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    NothingChosen,
    /// What was chosen can be chosen no longer, or never could.
    ChosenElsewhere,
}

/// The packages to choose from.
#[derive(Template)]
#[template(path = "ats_to_harver/selection/pages/choosing.html")]
pub(super) struct Choosing {
    style: &'static str,
    candidate: String,
    email: String,
    job_title: String,
    until: String,
    packages: Vec<Choice>,
    results: Vec<Earlier>,
    problem: &'static str,
}

struct Choice {
    id: String,
    name: String,
    label: String,
    ticked: bool,
    /// Why it cannot be chosen; empty if it can.
    obstacle: &'static str,
}

struct Earlier {
    name: String,
    status: &'static str,
    score: String,
    recommendation: String,
}

impl Choosing {
    pub(super) fn of(selection: &Selection, offer: &Offer, problem: Option<Problem>) -> Self {
        let candidate = &offer.candidate;
        Self {
            style: STYLE,
            candidate: format!("{} {}", candidate.first_name.as_str(), candidate.last_name.as_str()),
            email: candidate.email.as_str().to_owned(),
            job_title: offer.job_title.clone().unwrap_or_else(|| format!("job {}", selection.job)),
            until: selection.expires_at.to_zoned(TimeZone::UTC).strftime("%H:%M UTC").to_string(),
            packages: offer.packages.iter().map(Choice::from).collect(),
            results: offer.results.iter().map(Earlier::from).collect(),
            problem: match problem {
                None => "",
                Some(Problem::NothingChosen) => "Nothing was sent. Tick at least one package, or cancel.",
                Some(Problem::ChosenElsewhere) => {
                    "Nothing was sent: a package that you ticked cannot be chosen any more. Look at the list again."
                }
            },
        }
    }

    fn can_choose(&self) -> bool {
        self.packages.iter().any(|package| package.obstacle.is_empty())
    }
}

impl From<&Package> for Choice {
    fn from(package: &Package) -> Self {
        Self {
            id: package.label.vacancy().to_string(),
            name: package.label.name().to_owned(),
            label: package.label.as_listed().to_owned(),
            ticked: package.on_job && package.obstacle.is_none(),
            obstacle: match package.obstacle {
                None => "",
                Some(Obstacle::Invited) => "The candidate is invited to it already.",
                Some(Obstacle::Completed) => "The candidate has completed it already.",
                Some(Obstacle::NotListed) => {
                    "iCIMS does not list it. Ask your iCIMS administrator to load it into the lists Assessment Type and Assessment Name."
                }
            },
        }
    }
}

impl From<&FoundRow> for Earlier {
    fn from(row: &FoundRow) -> Self {
        let name = row.name.as_deref().unwrap_or("Unnamed assessment");
        Self {
            name: PackageLabel::parse(name).map_or_else(|_| name.to_owned(), |label| label.name().to_owned()),
            status: match row.status {
                Some(RowStatus::Sent) => "Sent",
                Some(RowStatus::InProgress) => "In Progress",
                Some(RowStatus::Complete) => "Complete",
                Some(RowStatus::Incomplete) => "Incomplete",
                None => "",
            },
            score: row.score.map(|score| score.get().to_string()).unwrap_or_default(),
            recommendation: row.recommendation.as_ref().map(|label| label.as_str().to_owned()).unwrap_or_default(),
        }
    }
}

/// What the candidate is invited to.
#[derive(Template)]
#[template(path = "ats_to_harver/selection/pages/sent.html")]
pub(super) struct Sent {
    style: &'static str,
    candidate: String,
    orders: Vec<(String, &'static str)>,
}

impl Sent {
    /// Of the orders of a workflow, newest first.
    pub(super) fn of(orders: &[Order]) -> Self {
        let candidate = orders.first().map(|order| &order.candidate);
        let state = |order: &Order| match order.state {
            OrderState::Received => "Invitation on its way",
            OrderState::Invited => "Invitation sent",
            OrderState::InProgress => "In progress",
            OrderState::Completed => "Completed",
            OrderState::Failed => "Could not be sent",
            OrderState::Expired => "Invitation ran out",
            OrderState::Cancelled => "Withdrawn",
        };
        Self {
            style: STYLE,
            candidate: candidate.map(|who| format!("{} {}", who.first_name.as_str(), who.last_name.as_str())).unwrap_or_default(),
            orders: orders.iter().map(|order| (order.package.name().to_owned(), state(order))).collect(),
        }
    }
}

impl IntoResponse for Choosing {
    fn into_response(self) -> Response {
        let status = if self.problem.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        page(status, self.render())
    }
}

impl IntoResponse for Sent {
    fn into_response(self) -> Response {
        page(StatusCode::OK, self.render())
    }
}

fn page(status: StatusCode, rendered: askama::Result<String>) -> Response {
    let mut response = match rendered {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "A page could not be rendered.");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    };
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

pub(super) fn unknown(support_contact: &str) -> String {
    format!(
        "The address is not complete, or what it stood for is gone. Open Confirm or Modify Package in iCIMS again. If this does not \
         help, contact {support_contact}."
    )
}

pub(super) fn title_of(end: SelectionEnd) -> &'static str {
    match end {
        SelectionEnd::Sent => "The choice was taken",
        SelectionEnd::Cancelled => "Nothing was sent",
        SelectionEnd::RanOut => "The time to choose is over",
    }
}

pub(super) fn over(end: SelectionEnd) -> String {
    let happened = match end {
        SelectionEnd::Sent => "The candidate has been invited.",
        SelectionEnd::Cancelled => "The candidate was not invited.",
        SelectionEnd::RanOut => "No package was chosen, and the candidate was not invited.",
    };
    format!("{happened} To invite the candidate, advance the candidate to Send to Harver again. You can close this window.")
}
