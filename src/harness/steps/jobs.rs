//! Requisitions and their packages.

use cucumber::{given, then, when};

use super::Outcome;
use crate::harness::world::World;
use crate::harness::world::jobs::Package;

#[given(expr = "the requisition {string} without a package")]
async fn without_package(world: &mut World, title: String) -> Outcome {
    Ok(world.create_job(&title, &Package::None).await?)
}

#[given(expr = "the requisition {string} with the package of {string}")]
#[when(expr = "Tomas creates the requisition {string} with the package of {string}")]
async fn with_package(world: &mut World, title: String, vacancy: String) -> Outcome {
    Ok(world.create_job(&title, &Package::Of(vacancy)).await?)
}

#[given(expr = "Tomas has selected the package of {string} on {string}")]
#[when(expr = "Tomas selects the package of {string} on {string}")]
async fn select_package(world: &mut World, vacancy: String, title: String) -> Outcome {
    Ok(world.select_package(&title, &Package::Of(vacancy)).await?)
}

#[then(expr = "{string} is open")]
async fn is_open(world: &mut World, title: String) -> Outcome {
    Ok(world.is_open(&title).await?)
}

#[then(expr = "{string} shows the package of {string}")]
async fn shows_package(world: &mut World, title: String, vacancy: String) -> Outcome {
    Ok(world.shows_package(&title, &Package::Of(vacancy)).await?)
}
