//! What all of our endpoints share: reading a bounded body, Basic credentials, the error envelope, a page with a few sentences.
//!
//! Nothing here knows which neighbour is calling; the start endpoint answers in iCIMS's own error format, see `icims::VendorError`.

mod as_sent;
mod basic;
mod body;
mod caller;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod notice;
mod rates;
mod request_id;
mod token;

pub use as_sent::AsSent;
pub use basic::{Presented, matches};
pub use body::{BodyError, read_body, receive_body, unpacked};
pub use caller::{Caller, Peer, introduce};
pub(crate) use error::ErrorEnvelope;
pub use error::{ApiError, with_retry_after};
pub use notice::{Notice, kept_nowhere, page_policy};
pub use rates::{Entrance, RateLimits, Rates, TooOften};
pub use request_id::identify;
pub use token::{hash_of, new_password, new_token};
