//! Contracts held against a provider from outside: what `harver-icims pact` does. Speaks HTTP with whatever it tests and knows nothing
//! of how the integration or the sandbox work inside; nothing above but `cli` uses it.

pub mod broker;
pub mod changes;
pub mod deploying;
pub mod record;
pub mod sendable;
pub mod source;

pub use source::{Contract, Source};
