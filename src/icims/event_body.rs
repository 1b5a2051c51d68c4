//! An event as our own reference describes it to whoever sends one (assessment-flow.md 2.2 and 3.2).
//!
//! [`parse_event`](super::parse_event) reads the body by hand, because it says which value is absent or wrong, and takes more than this.

use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, SchemaType, Type};

/// Something that has happened in iCIMS. Further keys and links are ignored.
#[derive(ToSchema)]
#[schema(as = Event, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what is read by hand")]
pub(crate) struct EventBody {
    #[schema(schema_with = id)]
    customer_id: String,
    /// The recruiting workflow.
    #[schema(schema_with = id, required = false)]
    system_id: String,
    #[schema(schema_with = id, required = false)]
    person_id: String,
    #[schema(schema_with = id, required = false)]
    job_id: String,
    /// Who caused it.
    #[schema(schema_with = id, required = false)]
    user_id: String,
    #[schema(examples("WorkflowStatusChangeEvent", "ApplicationCompletedEvent", "AssessmentEvent"))]
    event_type: String,
    #[schema(schema_with = id, required = false)]
    new_status: String,
    /// Where the candidate goes on after the assessment.
    #[schema(format = "uri", required = false)]
    return_url: String,
    #[schema(inline, required = false)]
    links: Vec<LinkBody>,
}

/// A profile that an event is about.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is read by hand")]
struct LinkBody {
    /// Its kind.
    rel: String,
    #[schema(required = false)]
    title: String,
    #[schema(format = "uri")]
    url: String,
}

/// Ids are strings in all documents, and numbers are taken, too.
fn id() -> Object {
    Object::with_type(SchemaType::from_iter([Type::String, Type::Integer]))
}
