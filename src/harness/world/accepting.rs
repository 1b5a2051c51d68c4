//! What is tried before going live and nowhere else.

use anyhow::Result;
use serde_json::json;

use super::World;
use super::setting_up::EDIT_ATS;

/// What the iCIMS administrator gives the integration in place of its secret.
const OTHER_SECRET: &str = "the-other-client-secret";

impl World {
    pub(in crate::harness) async fn give_another_secret(&self) -> Result<()> {
        let keys = &self.company()?.keys()?.icims;
        self.control()?.restrict_user(&keys.customer_id, &keys.username, &json!({ "client_secret": OTHER_SECRET })).await
    }

    pub(in crate::harness) async fn enter_other_secret(&self) -> Result<()> {
        self.save(EDIT_ATS, "#ats-credentials", |form| form.fill("client_secret", OTHER_SECRET)).await
    }
}
