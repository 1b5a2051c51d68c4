//! Requisitions and their packages.

use anyhow::Context;
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

#[given(expr = "the requisition {string} with the loaded package")]
#[when(expr = "Tomas creates the requisition {string} with the loaded package")]
async fn with_loaded_package(world: &mut World, title: String) -> Outcome {
    Ok(world.create_job(&title, &Package::Loaded).await?)
}

#[given(expr = "Tomas has selected the package of {string} on {string}")]
#[when(expr = "Tomas selects the package of {string} on {string}")]
async fn select_package(world: &mut World, vacancy: String, title: String) -> Outcome {
    Ok(world.select_package(&title, &Package::Of(vacancy)).await?)
}

#[given(expr = "Tomas has selected the package of {string} on {string}, too")]
async fn add_package(world: &mut World, vacancy: String, title: String) -> Outcome {
    Ok(world.add_package(&title, &vacancy).await?)
}

#[given(regex = r#"^the package of "(.+)" is loaded into iCIMS with (an en dash|a hyphen)$"#)]
async fn load_package(world: &mut World, vacancy: String, dash: String) -> Outcome {
    Ok(world.load_package(&vacancy, if dash == "a hyphen" { '-' } else { '–' }).await?)
}

#[given("a package without a vacancy id is loaded into iCIMS")]
async fn load_wrong_package(world: &mut World) -> Outcome {
    Ok(world.load_label("Harver Call Centre Advisor").await?)
}

#[then(expr = "{string} is open")]
async fn is_open(world: &mut World, title: String) -> Outcome {
    Ok(world.is_open(&title).await?)
}

#[then(expr = "{string} shows the package of {string}")]
async fn shows_package(world: &mut World, title: String, vacancy: String) -> Outcome {
    Ok(world.shows_package(&title, &Package::Of(vacancy)).await?)
}

#[then(expr = "{string} shows the loaded package")]
async fn shows_loaded_package(world: &mut World, title: String) -> Outcome {
    Ok(world.shows_package(&title, &Package::Loaded).await?)
}

#[then(expr = "{string} is found on the career portal")]
async fn is_on_the_portal(world: &mut World, title: String) -> Outcome {
    Ok(world.is_on_the_portal(&title).await.context("looking on the career portal")?)
}
