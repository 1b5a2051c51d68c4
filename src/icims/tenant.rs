//! What a tenant of iCIMS is like: its jobs, the lists it has made, what the integration user may use. Asked before an integration is
//! enabled, and never in the course of an order.

use std::collections::BTreeSet;

use serde_json::Value;

use super::client::{IcimsClient, Outgoing};
use super::error::{Call, IcimsError, JobsWanted, Operation, ProfileType};
use super::wire::{Filter, Folder, FoundWire, NodesWire, NumberOrText, SearchWire};
use crate::domain::{Customer, JobId, ListNodeId};
use crate::neighbour::{Called, Kind};

/// Where lists hang that a tenant has made. Such a list has no name, only a node (icims-api.md 10.9).
const CUSTOM_LISTS: &str = "/v2/lists/lists.customfields_lists";

/// A result that no tenant has, on a workflow that no tenant has.
const NO_RESULT: &str = "/applicantworkflows/999999999/fields/assessmentresults/999999999";

/// The fields of a profile type that the integration user may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(BTreeSet<String>);

impl Fields {
    /// Whether a field is among them; one of a collection is named `collection.field`.
    ///
    /// A collection whose own fields are not described is taken to have them all.
    #[must_use]
    pub fn have(&self, name: &str) -> bool {
        let described = |collection: &str| self.0.iter().any(|known| known.starts_with(&format!("{collection}.")));
        match name.split_once('.') {
            Some((collection, _)) if self.0.contains(collection) && !described(collection) => true,
            _ => self.0.contains(name),
        }
    }

    /// Reads a JSON schema (icims-api.md 11.1).
    fn read(schema: &Value) -> Option<Self> {
        let mut names = BTreeSet::new();
        for (name, shape) in schema["properties"].as_object()? {
            let children = shape["items"]["properties"].as_object();
            names.extend(children.into_iter().flat_map(|children| children.keys()).map(|child| format!("{name}.{child}")));
            names.insert(name.clone());
        }
        Some(Self(names))
    }
}

impl ProfileType {
    /// The name in the Schema API, where it is singular and a recruiting workflow is a submittal.
    fn schema(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Job => "job",
            Self::Workflow => "submittal",
        }
    }
}

impl IcimsClient {
    /// Searches for jobs, by ascending id, at most a thousand: `POST /customers/{customer}/search/jobs`.
    ///
    /// # Errors
    /// See [`IcimsError`]. It is `Refused` where the folder is hidden from the integration user.
    pub async fn jobs(&self, customer: &Customer, wanted: JobsWanted) -> Result<Vec<JobId>, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::Jobs(wanted) };
        let filter = match wanted {
            JobsWanted::Approved => Filter { name: "job.folder", operator: "=", value: [Folder::APPROVED] },
            // A search needs a filter.
            JobsWanted::Any => Filter { name: "job.id", operator: ">", value: ["0"] },
        };
        let answer =
            self.exchange(customer, call, &Outgoing::search("/search/jobs".into(), SearchWire { filters: [filter] })).await?;
        let found: FoundWire = call.read(&answer)?;
        let ids = found.search_results.into_iter().map(|job| match job.id {
            NumberOrText::Number(id) => JobId::try_from(id),
            NumberOrText::Text(id) => id.parse(),
        });
        ids.collect::<Result<_, _>>().map_err(|_| call.unreadable(&answer, "a job has no usable id"))
    }

    /// Reads which lists the tenant has made, at most a thousand: `GET /customers/{customer}/v2/lists/lists.customfields_lists`.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn custom_lists(&self, customer: &Customer) -> Result<Vec<ListNodeId>, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::CustomLists };
        let answer = self.exchange(customer, call, &Outgoing::get(CUSTOM_LISTS.into(), None)).await?;
        let lists = call.read::<NodesWire>(&answer)?.into_vec();
        let ids: Result<_, _> = lists.into_iter().map(|list| list.id.parse()).collect();
        ids.map_err(|_| call.unreadable(&answer, "a list has no usable id"))
    }

    /// Reads what a list offers, at most a thousand labels: `GET …/v2/lists/lists.customfields_lists/node/{list}`. Hidden nodes are left
    /// out: they cannot be chosen, and not be written by their label.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn list_labels(&self, customer: &Customer, list: &ListNodeId) -> Result<Vec<String>, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::ListNodes };
        let answer = self.exchange(customer, call, &Outgoing::get(format!("{CUSTOM_LISTS}/node/{list}"), None)).await?;
        let nodes = call.read::<NodesWire>(&answer)?.into_vec();
        let labels = nodes.into_iter().filter(|node| !node.hidden).filter_map(|node| node.value);
        Ok(labels.map(|label| label.trim().to_owned()).filter(|label| !label.is_empty()).collect())
    }

    /// Reads which fields of a profile type there are for the integration user:
    /// `GET /customers/{customer}/profiledefinitions/v1/{type}/schema`. *Assumed*: a field that is hidden from it is not in the schema, as
    /// it is in no other answer (icims-api.md 5.3).
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn fields(&self, customer: &Customer, of: ProfileType) -> Result<Fields, IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::Fields(of) };
        let outgoing = Outgoing::get(format!("/profiledefinitions/v1/{}/schema", of.schema()), None);
        let answer = self.exchange(customer, call, &outgoing).await?;
        Fields::read(&call.read::<Value>(&answer)?).ok_or_else(|| call.unreadable(&answer, "it describes no fields"))
    }

    /// Tries whether results may be written, without writing one: an empty change of a result that does not exist. *Assumed*: who may
    /// write is told that there is no such thing, who may not that it is not allowed (icims-api.md 3.3).
    ///
    /// # Errors
    /// See [`IcimsError`]. `NotVisible` says that nothing may be written; `NotFound` never comes.
    pub async fn try_to_write(&self, customer: &Customer) -> Result<(), IcimsError> {
        let call = Call { customer: customer.id, operation: Operation::TryToWrite };
        match self.exchange(customer, call, &Outgoing::change_nothing(NO_RESULT.into())).await {
            Ok(_) | Err(IcimsError { kind: Kind::NotFound, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
