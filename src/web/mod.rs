//! What all of our endpoints share: reading a bounded body, Basic credentials, the error envelope, a page with a few sentences.
//!
//! Nothing here knows which neighbour is calling; the start endpoint answers in iCIMS's own error format, see `icims::VendorError`.

mod basic;
mod body;
mod caller;
mod error;
mod notice;
mod token;

pub use basic::{Presented, matches};
pub use body::{BodyError, read_body};
pub use caller::{Introducing, Peer};
pub use error::ApiError;
pub use notice::{Notice, kept_nowhere, page_policy};
pub use token::{hash_of, new_password, new_token};
