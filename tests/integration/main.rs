//! One program in isolation: its store, its work, its endpoints, its rules about itself.

#[path = "../support/mod.rs"]
mod support;

mod scene;

mod callbacks;
mod console;
#[cfg(feature = "sandbox")]
mod durability;
mod layering;
mod start_endpoint;
mod work;
