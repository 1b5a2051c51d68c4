//! What is different from the last run, and folders that cannot be written to.

use std::path::Path;

use super::{About, Plan, Reports, feature, small_run};
use crate::harness::report::compare::{LAST_RUN, LastRun};
use crate::harness::report::run::{Attempt, Feature, Group, Run, Scenario, Step, StepResult, StepText};

fn run(results: &[(&str, StepResult)]) -> Run {
    let scenarios = results.iter().map(|(name, result)| {
        let step = Step {
            written: StepText::default(),
            in_background: false,
            began: None,
            took: jiff::SignedDuration::ZERO,
            result: result.clone(),
            defined_at: None,
        };
        let attempt = Attempt { steps: vec![step], ..Attempt::default() };
        Scenario { name: (*name).into(), attempts: vec![attempt], ..Scenario::default() }
    });
    let groups = vec![Group { rule: None, scenarios: scenarios.collect() }];
    Run { features: vec![Feature { file: "a.feature".into(), groups, ..Feature::default() }], ..Run::default() }
}

#[test]
fn new_fixed_and_regressed_are_told() {
    let (passed, undefined) = (StepResult::Passed, StepResult::Undefined);
    let last = LastRun::default();
    let first = run(&[("A", passed.clone()), ("B", undefined.clone()), ("C", undefined.clone()), ("Same", passed.clone())]);
    assert_eq!(last.changes(&first).line(), "There is no earlier run to compare with.");
    let last = last.followed_by(&first);
    assert_eq!(last.changes(&first).line(), "Against the last run: nothing new, fixed or regressed.");
    let second = run(&[
        ("A", undefined.clone()),
        ("B", passed.clone()),
        ("C", undefined.clone()),
        ("D", passed.clone()),
        ("Same", passed.clone()),
    ]);
    let changes = last.changes(&second);
    assert_eq!(changes.line(), "Against the last run: 1 new, 1 fixed, 1 regressed (A).");
    assert_eq!((changes.new, changes.still_failing), (vec!["D".to_owned()], vec!["C".to_owned()]));
    // A run of some scenarios leaves what is known of the others; two of one name are two.
    let last = last.followed_by(&second).followed_by(&run(&[("E", passed.clone())]));
    assert_eq!(last.changes(&run(&[("A", passed.clone())])).line(), "Against the last run: 0 new, 1 fixed, 0 regressed.");
    assert_eq!(last.changes(&run(&[("E", passed.clone()), ("E", passed)])).new, ["E"]);
}

#[tokio::test]
async fn the_next_run_compares_with_this_one() {
    let (folder, reports) = small_run().await;
    let written = reports.write(&[]).expect("reports");
    assert_eq!(written.changes, "There is no earlier run to compare with.");
    assert_eq!(written.page, folder.path().join("report.html"));
    let path = folder.path().join(LAST_RUN);
    let text = std::fs::read_to_string(&path).expect("the last run");
    std::fs::write(&path, text.replacen("\"failed\"", "\"passed\"", 1)).expect("writable");
    let next = super::run(vec![feature()], folder.path(), "there is no browser").await.write(&[]).expect("reports");
    assert!(next.changes.starts_with("Against the last run: 0 new, 0 fixed, 1 regressed ("), "{}", next.changes);
}

fn open(folder: &Path) -> anyhow::Result<Reports> {
    Reports::in_folder(folder, About::default(), Plan::of(&[feature()], |_| None))
}

#[test]
fn a_folder_that_is_none_is_told_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "").expect("a file");
    let told = format!("{:#}", open(&file).expect_err("a file is no folder"));
    assert!(told.starts_with(&format!("the report {} cannot be written; free some space", file.display())), "{told}");
    std::fs::write(folder.path().join(LAST_RUN), "not ours").expect("a file");
    let told = format!("{:#}", open(folder.path()).expect_err("what is not ours is not compared with"));
    assert!(told.contains("is not the result of a run; delete it"), "{told}");
}

#[tokio::test]
async fn a_full_disk_is_told_and_nothing_half_written_stays() {
    let (folder, reports) = small_run().await;
    // Whatever is written to this device finds it full.
    std::os::unix::fs::symlink("/dev/full", folder.path().join("messages.part")).expect("a link");
    let told = format!("{:#}", reports.write(&[]).expect_err("the disk is full"));
    assert!(told.contains("messages.ndjson cannot be written; free some space in") && told.contains("No space left"), "{told}");
    assert!(!folder.path().join("messages.ndjson").exists() && !folder.path().join("messages.part").exists());
}

#[tokio::test]
async fn reports_of_an_earlier_run_do_not_pass_for_this_ones() {
    let (folder, reports) = small_run().await;
    reports.write(&[]).expect("reports");
    open(folder.path()).expect("the folder again");
    let left: Vec<String> = super::files(folder.path()).into_keys().collect();
    assert_eq!(left, [LAST_RUN]);
}
