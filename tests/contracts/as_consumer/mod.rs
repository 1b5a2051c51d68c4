//! What each consumer says and what it understands, recorded from its real code.

mod icims_to_integration;
mod integration_to_icims;
mod integration_to_platform;
mod patterns;
mod platform_to_integration;
mod recording;
