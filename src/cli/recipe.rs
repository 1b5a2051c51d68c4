//! `--recipe`: what the sample tenant is seeded with before it is ready, with a progress bar on stderr.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use icims_sandbox::Sandbox;
use icims_sandbox::control::Recipe;
use indicatif::{ProgressBar, ProgressStyle};

/// How often the bar is drawn anew.
const REDRAWN: Duration = Duration::from_millis(100);

/// Seeds the sample tenant if a recipe was asked for. It adds to what a data folder already holds.
pub(super) async fn follow(wanted: Option<&str>, sandbox: &Sandbox) -> anyhow::Result<()> {
    let Some(wanted) = wanted else { return Ok(()) };
    let recipe = chosen(wanted)?;
    let total = u64::try_from(recipe.total()).context("the size of the recipe")?;
    // Drawn on stderr, and only where that is a terminal.
    let bar = ProgressBar::new(total);
    bar.set_style(ProgressStyle::with_template("seeding {bar:40} {human_pos}/{human_len} {eta}").context("the bar's template")?);
    let mut redraw = tokio::time::interval(REDRAWN);
    let customer = sandbox.ready().tenant.icims.customer_id.clone();
    let seeding = sandbox.world().seed_customer(&customer, recipe);
    tokio::pin!(seeding);
    let seeded = loop {
        tokio::select! {
            seeded = &mut seeding => break seeded,
            _ = redraw.tick() => {
                let done: usize = sandbox.world().seedings().iter().map(|running| running.done).sum();
                bar.set_position(done.try_into().unwrap_or(total));
            }
        }
    };
    bar.finish_and_clear();
    seeded.with_context(|| format!("seeding from {wanted}")).map(drop)
}

/// The recipe of this name, or the one in this file: a file's name ends with `.toml`.
fn chosen(wanted: &str) -> anyhow::Result<Recipe> {
    if Path::new(wanted).extension().is_none_or(|extension| extension != "toml") {
        return Ok(Recipe::named(wanted)?);
    }
    let text = std::fs::read_to_string(wanted).with_context(|| format!("cannot read the recipe {wanted}"))?;
    Recipe::from_toml(&text).with_context(|| wanted.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflows(sandbox: &Sandbox) -> usize {
        sandbox.world().icims().customer(4021).expect("the sample tenant").read(|state| state.workflows().count())
    }

    #[tokio::test]
    async fn a_recipe_by_name_or_file_seeds_the_sample_tenant() {
        let sandbox = Sandbox::start().await;
        let before = workflows(&sandbox);
        follow(None, &sandbox).await.expect("nothing to do");
        assert_eq!(workflows(&sandbox), before);
        follow(Some("small"), &sandbox).await.expect("seeded");
        assert_eq!(workflows(&sandbox), before + 200);
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("mine.toml");
        std::fs::write(&file, "jobs = 1\ncandidates = 3\nworkflows = 3\ndays = 5\n").expect("a file");
        follow(file.to_str(), &sandbox).await.expect("seeded");
        assert_eq!(workflows(&sandbox), before + 203);
    }

    #[tokio::test]
    async fn what_is_no_recipe_is_refused_by_its_name() {
        let sandbox = Sandbox::start().await;
        for wanted in ["huge", "/nowhere/huge.toml"] {
            let error = follow(Some(wanted), &sandbox).await.expect_err("no such recipe");
            assert!(format!("{error:#}").contains("huge"), "{error:#}");
        }
    }
}
