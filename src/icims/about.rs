//! What iCIMS tells of a customer beside its records: how many calls are left, what kind of tenant it is, whose records are whose. Asked
//! by whoever looks for a fault, and never in the course of an order.

use serde_json::Value;

use super::client::{IcimsClient, Outgoing};
use super::error::{Call, IcimsError, Operation};
use super::wire::{Filter, FoundWire, NodesWire, SearchWire};
use crate::domain::Customer;
use crate::http::Answer;
use crate::neighbour::Called;

/// Where the statuses of recruiting workflows hang. The name is not published: *assumed*.
const STATUSES: &str = "/v2/lists/lists.recruitingworkflow.statuses";

/// How many bins are looked through: each is a call of the customer's daily quota.
const MOST_BINS: usize = 30;

/// What an answer tells beside its body (icims-api.md 1.5 and 11.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// How many calls a day has, how many are left, and when the next day begins.
    pub calls: Option<Calls>,
    /// `test` or `production`.
    pub kind: Option<String>,
    /// The company's name.
    pub name: Option<String>,
}

/// Calls of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calls {
    /// How many a day has.
    pub limit: u64,
    /// How many are left.
    pub left: u64,
}

impl Calls {
    fn told_by(answer: &Answer) -> Option<Self> {
        Some(Self { limit: number(answer, "x-ratelimit-limit")?, left: Self::left_by(answer)? })
    }

    /// How many are left, as any answer tells.
    pub(super) fn left_by(answer: &Answer) -> Option<u64> {
        number(answer, "x-ratelimit-remaining")
    }
}

fn number(answer: &Answer, header: &str) -> Option<u64> {
    answer.header(header)?.trim().parse().ok()
}

/// A node of a list that is told by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusNode {
    /// Its id, such as `C40177`.
    pub id: String,
    /// Its label.
    pub label: String,
}

impl IcimsClient {
    /// Reads what iCIMS tells of the customer: `GET /customers/{customer}`.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn about(&self, customer: &Customer) -> Result<About, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::CheckAccess };
        let answer = self.exchange(customer, call, &Outgoing::get(String::new(), None)).await?;
        let told: Value = call.read(&answer)?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let kind = answer.header("x-customer-type").map(str::to_owned).or_else(|| text(&told["customerType"]));
        Ok(About { calls: Calls::told_by(&answer), kind, name: text(&told["name"]) })
    }

    /// Counts the people in a folder, or all, up to a thousand: `POST /customers/{customer}/search/people`.
    ///
    /// # Errors
    /// See [`IcimsError`]. It is `Refused` where the folder is hidden from the integration user.
    pub async fn count_people(&self, customer: &Customer, folder: Option<&str>) -> Result<usize, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::People };
        let filter = match folder {
            Some(folder) => Filter { name: "person.folder", operator: "=", value: [folder] },
            // A search needs a filter.
            None => Filter { name: "person.id", operator: ">", value: ["0"] },
        };
        let search = Outgoing::search("/search/people".into(), SearchWire { filters: [filter] });
        let found: FoundWire = call.read(&self.exchange(customer, call, &search).await?)?;
        Ok(found.search_results.len())
    }

    /// Reads the statuses that an application may have, bin by bin: a call for each. The name of their list is not published, so that a
    /// tenant may know none of it.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn statuses(&self, customer: &Customer) -> Result<Vec<StatusNode>, IcimsError> {
        let bins = self.level(customer, STATUSES.into()).await?;
        let mut statuses = Vec::new();
        for bin in bins.into_iter().take(MOST_BINS) {
            statuses.extend(self.level(customer, format!("{STATUSES}/node/{}", bin.id)).await?);
        }
        Ok(statuses)
    }

    async fn level(&self, customer: &Customer, path: String) -> Result<Vec<StatusNode>, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::ListNodes };
        let answer = self.exchange(customer, call, &Outgoing::get(path, None)).await?;
        let nodes = call.read::<NodesWire>(&answer)?.into_vec();
        Ok(nodes.into_iter().map(|node| StatusNode { id: node.id, label: node.value.unwrap_or_default() }).collect())
    }
}
