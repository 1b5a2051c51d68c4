//! The arguments of `cargo test --test cucumber -- …`: cucumber's own, and those of ordinary test programs, so that
//! `cargo test some_name` and `cargo nextest` run the whole workspace without tripping over this suite.

use std::path::Path;

use clap::Parser;
use cucumber::{cli, runner};

use super::api::Settings;
use super::features::{Order, Selection, Source};
use super::options::{Options, Promises};

/// How cargo and nextest see the suite: as one test of this name.
const NAME: &str = "scenarios";

/// What to run.
#[derive(Debug, Parser)]
#[command(name = "cucumber", about = "Runs the scenarios of features/")]
pub struct Args {
    #[command(flatten)]
    cucumber: cli::Opts<cli::Empty, runner::basic::Cli, cli::Empty>,
    /// Fail where a browser is missing instead of leaving its scenarios out
    #[arg(long = "require-browser", env = "CI", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    require_browser: bool,
    /// Write which promises are kept into the README's table instead of comparing it
    #[arg(long = "update-readme", env = "UPDATE_README", value_parser = clap::builder::FalseyValueParser::new(), action = clap::ArgAction::SetTrue)]
    update_readme: bool,
    /// Only scenarios with one of these texts in their name
    #[arg(value_name = "FILTER")]
    words: Vec<String>,
    /// List the tests instead of running them
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    libtest: LibtestArgs,
}

/// What test programs of libtest take; without meaning here, except where [`Args`] asks.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Taken for the sake of cargo test")]
struct LibtestArgs {
    #[arg(long)]
    exact: bool,
    #[arg(long)]
    ignored: bool,
    #[arg(long)]
    include_ignored: bool,
    #[arg(long)]
    nocapture: bool,
    #[arg(long)]
    no_capture: bool,
    #[arg(long)]
    show_output: bool,
    #[arg(long, short)]
    quiet: bool,
    #[arg(long, value_name = "N")]
    test_threads: Option<usize>,
    #[arg(long, value_name = "TEXT")]
    skip: Vec<String>,
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    #[arg(long, value_name = "WHEN")]
    color: Option<String>,
    #[arg(long)]
    test: bool,
    #[arg(long)]
    bench: bool,
    #[arg(short = 'Z', value_name = "FEATURE")]
    unstable: Vec<String>,
}

impl Args {
    /// Whether only the list of tests is wanted; then it has been printed.
    #[must_use]
    pub fn only_listed(&self) -> bool {
        if self.list && !self.libtest.ignored {
            println!("{NAME}: test");
        }
        // No test is marked as ignored.
        self.list || self.libtest.ignored
    }

    /// What is asked for, of the repository in this folder.
    #[must_use]
    pub fn into_options(self, root: &Path) -> Options {
        let whole = self.words.iter().any(|word| if self.libtest.exact { word == NAME } else { NAME.contains(word.as_str()) });
        let skipped = self.libtest.skip.iter().any(|word| NAME.contains(word.as_str()));
        let words = if whole { Vec::new() } else { self.words };
        // A name that no scenario has, for a run that is to leave this suite out.
        let words = if skipped { vec!["\n".to_owned()] } else { words };
        Options {
            source: Source::Folder(root.join("features")),
            may_want_nothing: !words.is_empty(),
            selection: Selection { tags: self.cucumber.tags_filter, name: self.cucumber.re_filter, words },
            shard: None,
            order: Order::Defined,
            runner: self.cucumber.runner,
            api: Settings::default(),
            report: Some(root.join("target/evidence")),
            allow_not_run: !self.require_browser,
            promises: Some(Promises { readme: root.join("README.md"), update: self.update_readme }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(arguments: &[&str]) -> Options {
        let args = Args::try_parse_from([&["cucumber"], arguments].concat());
        args.unwrap_or_else(|error| panic!("{arguments:?}: {error}")).into_options(Path::new("."))
    }

    fn check(line: &str, words: &[&str]) {
        let options = options(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(options.selection.words, words, "{line}");
        assert_eq!(options.may_want_nothing, !words.is_empty(), "{line}");
    }

    #[test]
    fn what_cargo_and_nextest_pass_is_taken() {
        check("", &[]);
        check("--nocapture --test-threads=1 --color always -q", &[]);
        check("--exact scenarios --nocapture", &[]);
        check("scenarios", &[]);
        check("a_unit_test_of_another_crate", &["a_unit_test_of_another_crate"]);
        check("--skip scenarios", &["\n"]);
        check("--skip something_else --include-ignored --show-output", &[]);
    }

    #[test]
    fn what_cucumber_takes_is_taken() {
        assert!(options(&["-t", "@G27 and not @ui", "-c", "4"]).selection.tags.is_some());
        assert!(options(&["-n", "invited once$"]).selection.name.is_some());
    }
}
