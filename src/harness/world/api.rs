//! Requests of a scenario's own. They know the addresses and credentials of its company, and nothing else of what happens in it.

use std::path::Path;

use super::{Setting, World};
use crate::harness::api::Api;

impl World {
    /// Begins the session of a scenario of this feature.
    pub(in crate::harness) fn begin_session(&mut self, setting: &Setting, feature: Option<&Path>) {
        self.api = Api::new(setting.client.clone(), setting.api.clone(), feature);
    }

    /// The session of the scenario.
    pub(in crate::harness) fn api(&mut self) -> &mut Api {
        &mut self.api
    }

    /// What the scenario had to print.
    pub(in crate::harness) fn take_printed(&mut self) -> Vec<String> {
        self.api.take_printed()
    }
}
