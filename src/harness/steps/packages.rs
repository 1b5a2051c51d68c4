//! Packages in the lists of iCIMS.

use cucumber::{given, then, when};

use super::Outcome;
use crate::harness::world::World;
use crate::harness::world::jobs::Package;

#[given(expr = "the requisition {string} with the loaded package")]
#[when(expr = "Tomas creates the requisition {string} with the loaded package")]
async fn with_loaded_package(world: &mut World, title: String) -> Outcome {
    Ok(world.create_job(&title, &Package::Loaded).await?)
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

#[then(expr = "{string} shows the loaded package")]
async fn shows_loaded_package(world: &mut World, title: String) -> Outcome {
    Ok(world.shows_package(&title, &Package::Loaded).await?)
}
