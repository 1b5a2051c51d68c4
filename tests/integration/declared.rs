//! What is declared under `tests/breakages/edits` can be replayed: each edit applies, and what it names is there. Whether the tests
//! really notice is what `cargo run -p breakages` finds out.

use std::fs;
use std::path::Path;

use breakages::breakage::{Breakage, Edit};
use breakages::cargo::{Program, passed, scenarios};
use breakages::check::{problems, problems_of};
use breakages::choice::Choice;
use breakages::copy::{Copy, git};
use breakages::head_start::head_start;
use breakages::number::{Number, listed};
use breakages::source::{Source, Test, scenarios_in, tests_in};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_declared_breakage_applies_once_and_names_what_there_is() {
    let problems = problems(root()).expect("the repository is readable");
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

fn sample() -> (Breakage, Source) {
    let edit = Edit {
        why: "a row is kept".to_owned(),
        file: "src/some.rs".to_owned(),
        old: "a < b".to_owned(),
        new: "a > b".to_owned(),
        red: vec!["row_3_is_kept".to_owned()],
        scenario: None,
    };
    let tests = vec![Test { name: "row_3_is_kept".to_owned(), file: "tests/integration/some.rs".to_owned() }];
    let scenarios =
        scenarios_in("@G07\nFeature: One\n  @ui @row-04\n  Rule: Two\n    Scenario: Three\n", "features/some.feature");
    (Breakage { number: Number::Row(3), edit }, Source { tests, scenarios })
}

fn check(change: impl FnOnce(&mut Breakage), text: &str, says: &str) {
    let (mut breakage, source) = sample();
    change(&mut breakage);
    let problems = problems_of(&breakage, text, &source, &listed(root()).expect("the lists"));
    assert_eq!(problems.iter().map(|problem| problem.contains(says)).collect::<Vec<_>>(), [true], "{says:?}: {problems:?}");
}

#[test]
fn what_cannot_prove_anything_is_noticed() {
    let (breakage, source) = sample();
    assert_eq!(problems_of(&breakage, "if a < b {}", &source, &listed(root()).expect("the lists")), Vec::<String>::new());
    check(|_| {}, "if a <= b {}", "stands 0 times");
    check(|_| {}, "a < b && a < b", "stands 2 times");
    check(|breakage| breakage.edit.new = "a < b".to_owned(), "a < b", "changes nothing");
    check(|breakage| breakage.edit.file = "tests/integration/some.rs".to_owned(), "a < b", "no code");
    check(|breakage| breakage.edit.red.push("row_3_is_gone".to_owned()), "a < b", "no test is called row_3_is_gone");
    check(|breakage| breakage.number = Number::Row(4), "a < b", "carries row-04");
    check(|breakage| breakage.number = Number::Guide(7), "a < b", "scenario = \"@G07\"");
    check(|breakage| breakage.edit.scenario = Some("@G41".to_owned()), "a < b", "no scenario has the tag");
    check(|breakage| breakage.number = Number::Promise(99), "a < b", "no list has promise-99");
    let tagged =
        |breakage: &mut Breakage| (breakage.number, breakage.edit.scenario) = (Number::Guide(7), Some("@G07".to_owned()));
    check(tagged, "nothing", "stands 0 times");
    let (mut twice, mut source) = sample();
    source.tests.push(Test { file: "src/other.rs".to_owned(), ..source.tests[0].clone() });
    twice.edit.red.truncate(1);
    let problems = problems_of(&twice, "a < b", &source, &listed(root()).expect("the lists"));
    assert!(problems[0].contains("is a test of tests/integration/some.rs and of src/other.rs"), "{problems:?}");
}

#[test]
fn tests_scenarios_and_what_they_say_are_read() {
    let text = "#[tokio::test(flavor = \"multi_thread\")]\n// why\nasync fn one() {}\nfn no() {}\n    #[test]\n    fn two() {}\n";
    assert_eq!(tests_in(text), ["one", "two"]);
    let (_, source) = sample();
    assert_eq!(source.tagged("@row-04").len(), 1);
    assert_eq!(source.tagged("@G07")[0].tags.len(), 3);
    assert_eq!(source.carried().expect("tags"), [Number::Guide(7), Number::Row(3), Number::Row(4)].into());

    let said =
        passed("running 2 tests\ntest a::one ... ok\ntest a::b::two ... FAILED\ntest three ... ignored\n\ntest result: FAILED.");
    assert_eq!(said.into_iter().collect::<Vec<_>>(), [("one".to_owned(), true), ("two".to_owned(), false)]);
    let said = "...\nFailed:\n  One\n  Two\nscenarios: FAILED. 3 passed, 2 failed, 0 skipped\n";
    assert_eq!(scenarios(said).expect("an end"), (3, vec!["One".to_owned(), "Two".to_owned()]));
    assert!(scenarios("The scenarios could not be run").is_err());

    for (file, program) in [
        ("src/domain/order.rs", None),
        ("sandbox/tests/reach.rs", Some("sandbox")),
        ("sandbox/tests/icims_api/rows/mod.rs", Some("sandbox")),
        ("sandbox/tests/journal_memory.rs", Some("journal_memory")),
        ("tests/integration/a.rs", Some("integration")),
    ] {
        assert_eq!(Program::of(file), program.map_or(Program::Unit, |name| Program::Named(name.to_owned())));
    }
}

/// A repository with one commit of two files.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    fs::create_dir(root.join("src")).expect("a folder");
    fs::write(root.join("src/some.rs"), "a < b").expect("a file");
    fs::write(root.join("src/other.rs"), "c").expect("a file");
    for arguments in [
        &["init", "-q"][..],
        &["add", "."],
        &["-c", "user.name=Tomas", "-c", "user.email=tomas@example.org", "commit", "-q", "-m", "One"],
    ] {
        git(root, arguments).expect("git");
    }
    folder
}

#[test]
fn code_is_broken_in_a_copy_that_is_made_right_again_whatever_happened() {
    let (repository, place) = (repository(), tempfile::tempdir().expect("a folder"));
    let in_copy = |file: &str| fs::read_to_string(place.path().join("copy").join(file)).ok();
    let make = || Copy::of(repository.path(), place.path().join("copy")).expect("a copy");
    let copy = make();
    let broken = copy.change("src/some.rs", |text| sample().0.edit.applied(text)).expect("it applies");
    assert_eq!(in_copy("src/some.rs").as_deref(), Some("a > b"));
    drop(broken);
    assert_eq!(in_copy("src/some.rs").as_deref(), Some("a < b"));

    std::mem::forget(copy.change("src/some.rs", |text| sample().0.edit.applied(text)).expect("it applies"));
    fs::write(place.path().join("copy/left.snap.new"), "").expect("a file");
    fs::write(repository.path().join("src/new.rs"), "not known to git yet").expect("a file");
    fs::remove_file(repository.path().join("src/other.rs")).expect("it goes");
    make();
    assert_eq!(in_copy("src/some.rs").as_deref(), Some("a < b"));
    assert_eq!(in_copy("src/new.rs").as_deref(), Some("not known to git yet"));
    assert_eq!((in_copy("left.snap.new"), in_copy("src/other.rs")), (None, None));
    assert_eq!(fs::read_to_string(repository.path().join("src/some.rs")).expect("a file"), "a < b");
}

#[test]
fn what_has_changed_and_a_few_in_turn_are_chosen() {
    let (repository, (some, source)) = (repository(), sample());
    let other = Edit { file: "src/other.rs".to_owned(), red: Vec::new(), ..some.edit.clone() };
    let declared = [
        some.clone(),
        Breakage { number: Number::Row(4), edit: other.clone() },
        Breakage { number: Number::Row(5), edit: other },
    ];
    let chosen = |choice: &Choice| {
        let chosen = choice.of(repository.path(), &declared, &source).expect("a choice");
        chosen.into_iter().map(|breakage| breakage.number).collect::<Vec<_>>()
    };
    let changed = Choice { changed_since: Some("HEAD".to_owned()), ..Choice::default() };
    assert_eq!(chosen(&changed), []);
    fs::write(repository.path().join("src/some.rs"), "a < b // why").expect("a file");
    assert_eq!(chosen(&changed), [Number::Row(3)]);
    assert_eq!(chosen(&Choice { handful: Some(2), ..Choice::default() }).len(), 2);
    assert_eq!(chosen(&Choice { handful: Some(9), ..Choice::default() }).len(), 3);
    assert_eq!(chosen(&Choice { only: vec![Number::Row(5)], ..changed.clone() }), [Number::Row(5), Number::Row(3)]);
    let unknown = Choice { only: vec![Number::Row(9)], ..Choice::default() };
    assert!(unknown.of(repository.path(), &declared, &source).is_err());
    let no_revision = Choice { changed_since: Some("--output=x".to_owned()), ..Choice::default() };
    assert!(no_revision.of(repository.path(), &declared, &source).is_err());
}

#[test]
fn libraries_are_taken_over_with_their_times_and_programs_are_not() {
    let (compiled, target) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (compiled, target) = (compiled.path(), target.path());
    for file in ["deps/libserde-1.rlib", "deps/integration-1", "build/ring-1/out/ring.o", ".fingerprint/serde-1/lib-serde"] {
        let path = compiled.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, file).expect("a file");
        fs::File::open(path).and_then(|open| open.set_modified(std::time::UNIX_EPOCH)).expect("a time");
    }
    head_start(compiled, target).expect("room");
    for file in ["deps/libserde-1.rlib", "build/ring-1/out/ring.o", ".fingerprint/serde-1/lib-serde"] {
        let taken = fs::metadata(target.join(file)).expect(file);
        assert_eq!(taken.modified().expect("a time"), std::time::UNIX_EPOCH, "{file}");
    }
    assert!(!target.join("deps/integration-1").exists());
    head_start(&compiled.join("nothing"), target).expect("nothing to take over");
}
