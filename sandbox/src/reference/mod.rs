//! How an API of the sandbox is described: an OpenAPI 3.1 document made from the code, a page to read and try it, and for each
//! operation a mark of how well the simulation knows the original, with the evidence that it rests on.
//!
//! A router is built with `utoipa_axum::router::OpenApiRouter` and `routes!`, so a route cannot exist without its description. What
//! all operations of an API share (credentials, path parameters, errors, headers) is added once by the API's `describe` module through
//! [`Document`]; handlers say only what is special about them.

mod document;
mod evidence;
mod fidelity;
mod markdown;
mod page;

pub use document::{Document, Operation};
pub use evidence::{Cited, Evidence, cited};
pub use fidelity::{EXTENSION, Fidelity, Mark, Row, Section, assumed, documented, observed, operations};
pub use page::{DOCUMENT_PATH, PAGE_PATH, routes};
