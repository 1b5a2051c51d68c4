//! `GET /__sandbox/budget` and the page of it: how many calls a customer's API has left today, and what they are spent on.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ControlError;
use super::fields::OfCustomer;
use super::pages;
use super::world::World;
use crate::icims::UserCalls;
use crate::icims::budget::Spending;
use crate::ui::{ApiQuery, Page};

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(budget))
}

/// The page.
pub(super) fn pages() -> Router<World> {
    Router::new().route("/budget", get(shown))
}

/// The calls of a customer's iCIMS API.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CallBudget {
    /// The customer.
    pub customer: String,
    /// Calls on the present UTC day, of all integration users.
    pub today: u64,
    /// How many calls an integration user has on a day.
    pub limit: u64,
    /// Calls that are left today to the user who has made the most.
    pub remaining: u64,
    /// Seconds until the next midnight UTC.
    pub reset_seconds: i64,
    /// Calls since the process began, or since everything was reset.
    pub total: u64,
    /// Who made those of today: each integration user has an allowance of its own.
    pub users: Vec<UserCalls>,
    /// What they were spent on.
    #[serde(flatten)]
    pub spent: Spending,
}

/// Tells how many calls a customer's iCIMS API has left today, and what they are spent on: by family of endpoints and by workflow.
#[utoipa::path(
    get, path = "/__sandbox/budget", operation_id = "readCallBudget", tag = "journal",
    params(OfCustomer), responses((status = 200, body = CallBudget)),
)]
async fn budget(State(world): State<World>, ApiQuery(query): ApiQuery<OfCustomer>) -> Result<Json<CallBudget>, ControlError> {
    world.call_budget(query.customer.as_deref()).map(Json)
}

impl World {
    /// The calls of a customer's API; of the first customer if none is named.
    ///
    /// # Errors
    /// When there is no such customer.
    pub fn call_budget(&self, customer: Option<&str>) -> Result<CallBudget, ControlError> {
        let id = self.chosen(customer)?.customer_id;
        let calls = self.icims().calls(id);
        Ok(CallBudget {
            customer: id.to_string(),
            today: calls.today,
            limit: calls.limit,
            remaining: calls.remaining,
            reset_seconds: calls.reset_seconds,
            total: calls.total,
            users: self.icims().calls_of_users(id),
            spent: self.icims().spending(id),
        })
    }
}

#[derive(Template)]
#[template(path = "control/budget.html")]
struct BudgetPage {
    customers: Vec<(String, String)>,
    budget: CallBudget,
    average: String,
    hours: i64,
}

async fn shown(State(world): State<World>, ApiQuery(query): ApiQuery<OfCustomer>) -> Response {
    match world.call_budget(query.customer.as_deref()) {
        Ok(budget) => {
            let customers = world.tenants().into_iter().map(|tenant| (tenant.customer_id.to_string(), tenant.name)).collect();
            let average = format!("{:.1}", budget.spent.workflows.average);
            let hours = budget.reset_seconds.div_euclid(3600);
            Page::ok(BudgetPage { customers, average, hours, budget }).into_response()
        }
        Err(error) => pages::problem(error),
    }
}
