//! What the neighbours of a scene say.

use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, ResponseTemplate};

use super::{APPLICATION, WORKFLOW};

/// What the platform's API says of what it does not know.
pub(crate) fn not_there() -> ResponseTemplate {
    ResponseTemplate::new(404).insert_header("x-correlation-id", "1")
}

/// Ines's finished application.
pub(crate) fn finished() -> Value {
    json!({"data": {"type": "applications", "id": APPLICATION, "attributes": {
            "appliedAt": 1_741_093_920, "completedAt": 1_741_097_220, "status": "new", "progress": {"all": 6, "completed": 6},
            "matchingScore": 78, "matchingProfile": {"bracketId": "great", "label": "Great Fit"}}},
        "included": [{"type": "matching-indicators", "id": "k1", "attributes": {"name": "Accuracy", "score": "81"}},
            {"type": "ats-parameters", "attributes": {"custom_id_1": "4021", "candidate_id": "30517", "application_id": "88431"}},
            {"type": "candidate-detail-page", "id": "c1", "attributes": {"url": "https://app.harver.com/app/candidates/1"}},
            {"type": "reports", "id": "r1", "attributes": {"url": "https://api.harver.com/reports/pdf?token=1"}}]})
}

/// The same while she is at it: so many of six modules are done.
pub(crate) fn under_way(modules: u64) -> Value {
    json!({"data": {"type": "applications", "id": APPLICATION, "attributes": {
            "appliedAt": 1_741_093_920, "status": "in-progress", "progress": {"all": 6, "completed": modules}}},
        "included": [{"type": "ats-parameters", "attributes":
            {"custom_id_1": "4021", "candidate_id": "30517", "application_id": "88431"}}]})
}

/// Candidates who have finished, by their applications.
pub(crate) fn listing(applications: &[&str]) -> ResponseTemplate {
    let entry = |id: &&str| {
        let application = json!({"type": "applications", "id": id});
        json!({"type": "candidates", "id": "65aa01f29c3b4d00178e92f1", "attributes": {"status": "new"},
            "relationships": {"applications": {"data": [application]}}})
    };
    ResponseTemplate::new(200).set_body_json(json!({"data": applications.iter().map(entry).collect::<Vec<_>>()}))
}

/// iCIMS tells where the candidate stands.
pub(super) fn standing(status: &str, label: &str) -> Mock {
    let standing = json!({"status": {"id": status, "value": label, "formattedvalue": label},
        "associatedprofile": {"id": 30517, "value": "Ines Okafor"}});
    let asked = Mock::given(method("GET")).and(path(WORKFLOW)).and(query_param("fields", "status,associatedprofile"));
    asked.respond_with(ResponseTemplate::new(200).set_body_json(standing))
}
