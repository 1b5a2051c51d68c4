//! One program in isolation: its store, its work, its endpoints, its rules about itself.

#[path = "../support/mod.rs"]
mod support;

mod scene;

mod asked_again;
mod callbacks;
mod console;
#[cfg(feature = "sandbox")]
mod durability;
mod layering;
mod reading;
mod start_endpoint;
mod work;
