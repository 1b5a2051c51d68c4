//! What callers of the platform send.

pub use super::api::fuzzing::platform_registration;
