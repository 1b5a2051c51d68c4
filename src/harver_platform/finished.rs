//! Who has finished: the poll behind the webhooks (harver-platform.md 9.1 and 9.4).

use jiff::Timestamp;
use serde_json::Value;

use super::client::HarverClient;
use super::error::{Call, HarverError, Operation};
use super::wire::Enveloped;
use crate::domain::{ApplicationId, HarverConnection, VacancyId};
use crate::neighbour::Called;

impl HarverClient {
    /// Lists the applications in a vacancy that candidates have finished since a moment, as the platform's clock has it:
    /// `GET /api/v1.0/vacancies/{id}/candidates?filter[status]=new&filter[status-updated-at][since]=…`, in epoch seconds. Whoever was
    /// given another status by people since, or before they finished, is not among them.
    ///
    /// # Errors
    /// See [`HarverError`].
    pub async fn finished_since(
        &self,
        connection: &HarverConnection,
        vacancy: &VacancyId,
        since: Timestamp,
    ) -> Result<Vec<ApplicationId>, HarverError> {
        let call = Call { account: connection.account.clone(), operation: Operation::Finished(vacancy.clone()) };
        let since = since.as_second().to_string();
        let query = [("filter[status]", "new"), ("filter[status-updated-at][since]", since.as_str())];
        let answer = self.get(connection, &call, &format!("/vacancies/{vacancy}/candidates"), &query).await?;
        let listed = call.read::<Enveloped<Vec<Value>>>(&answer)?.data;
        let applications = listed.iter().map(application).collect::<Option<_>>();
        applications.ok_or_else(|| call.unreadable(&answer, "an entry names no application"))
    }
}

/// The shape of an entry is not published. *Assumed*: it is an application, or a candidate whose relationships name the one of this vacancy.
fn application(entry: &Value) -> Option<ApplicationId> {
    let related = |key: &str| {
        let data = &entry["relationships"][key]["data"];
        data.get(0).unwrap_or(data)["id"].as_str()
    };
    let own = entry["id"].as_str().filter(|_| entry["type"] == "applications");
    own.or_else(|| related("applications")).or_else(|| related("application"))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "65aa01f29c3b4d00178e92fa";

    #[test]
    fn an_entry_names_its_application_in_each_of_the_ways_that_the_api_has() {
        let candidate =
            |related: Value| json!({"type": "candidates", "id": "65aa01f29c3b4d00178e92f1", "relationships": related});
        let one = json!({"type": "applications", "id": ID});
        for entry in [
            one.clone(),
            candidate(json!({"applications": {"data": [one]}})),
            candidate(json!({"applications": {"data": one}})),
            candidate(json!({"application": {"data": one}})),
        ] {
            assert_eq!(application(&entry).expect("an application").as_str(), ID, "{entry}");
        }
        for entry in [candidate(json!({})), candidate(json!({"applications": {"data": []}})), json!("x"), Value::Null] {
            assert_eq!(application(&entry), None, "{entry}");
        }
    }
}
