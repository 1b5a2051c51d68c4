//! A webhook as our own reference describes it to whoever sends one (harver-platform.md 9.4).
//!
//! [`parse_callback`](super::parse_callback) reads the body by hand, because it says which value is absent or wrong, and takes more than
//! this.

use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, SchemaType, Type};

/// Something that has happened to an application.
#[derive(ToSchema)]
#[schema(as = Webhook, rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes what is read by hand")]
pub(crate) struct CallbackBody {
    #[schema(examples("applicationStarted", "candidateStatusNew", "processStatusHasChanged"))]
    event: String,
    #[schema(schema_with = moment, required = false)]
    triggered_at: String,
    #[schema(inline)]
    data: Application,
    #[schema(inline, required = false)]
    relationships: Relationships,
}

/// The application.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is read by hand")]
struct Application {
    id: String,
    #[schema(value_type = Object, required = false)]
    attributes: (),
    #[schema(value_type = Object, required = false)]
    relationships: (),
}

/// What it belongs to. The published sample has them here, JSON:API in the data; either is taken.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is read by hand")]
struct Relationships {
    #[schema(inline)]
    account: Account,
}

/// Whose application it is.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is read by hand")]
struct Account {
    #[schema(inline)]
    data: Named,
}

/// An identity.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is read by hand")]
struct Named {
    id: String,
}

/// A moment: no document says how it is written.
fn moment() -> Object {
    Object::with_type(SchemaType::from_iter([Type::String, Type::Integer]))
}
