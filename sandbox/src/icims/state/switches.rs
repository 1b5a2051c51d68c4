//! Behaviours that the documents leave open, or in which tenants differ: each a switch with the most useful value set at first.

use serde::{Deserialize, Serialize};

use super::CustomerState;

/// The switches of one customer. Each names the section of icims-api that leaves the behaviour open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Whether other HTTP versions than 1.1 are answered `505` (1.4).
    pub strict_http: bool,
    /// Whether search results may be up to 15 minutes old unless `staleness` says otherwise (10.8).
    pub search_cache: bool,
    /// What a second workflow of the same person and job is answered (7.7).
    pub duplicate_workflow: DuplicateWorkflow,
    /// Whether two people may have the same e-mail address (5.10).
    pub shared_email: bool,
    /// Whether profiles can be deleted; otherwise `DELETE` is `405` (5.2).
    pub deletable_profiles: bool,
    /// Whether the `201` of a collection entry carries the body `{}`, for clients that read one (8.3).
    pub entry_body: bool,
    /// Whether direct links (`linkTo`) lead to profiles (11.4).
    pub direct_links: bool,
    /// Whether a status that the API has changed tells the vendor, too (7.4).
    pub api_moves_tell_vendor: bool,
}

/// What a second workflow of the same person and job is answered (icims-api 7.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DuplicateWorkflow {
    /// `400`.
    #[default]
    Refused,
    /// `201` with the address of the workflow that is there.
    Existing,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            strict_http: false,
            search_cache: false,
            duplicate_workflow: DuplicateWorkflow::default(),
            shared_email: true,
            deletable_profiles: false,
            entry_body: false,
            direct_links: true,
            api_moves_tell_vendor: true,
        }
    }
}

impl CustomerState {
    /// How this customer's platform behaves where the documents leave it open.
    #[must_use]
    pub fn switches(&self) -> &Switches {
        self.switches.get()
    }

    /// Replaces the switches.
    pub fn set_switches(&mut self, switches: Switches) {
        *self.switches.edit() = switches;
    }
}
