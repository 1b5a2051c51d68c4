//! What the targets have met before, once more with every run of the unit tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

#[test]
fn every_input_of_the_corpus_keeps_its_promises() {
    for (name, target) in TARGETS {
        let folder = fuzz().join("corpus").join(name);
        let inputs = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let paths: Vec<PathBuf> = inputs.map(|input| input.expect("an input").path()).collect();
        assert!(!paths.is_empty(), "{name} has no corpus");
        for path in paths {
            let bytes = fs::read(&path).expect("an input");
            // A panic is told by the path of the input, not by its bytes.
            assert!(std::panic::catch_unwind(|| target(&bytes)).is_ok(), "{} breaks a promise", path.display());
        }
    }
}

#[test]
fn every_target_is_run_by_the_fuzzer() {
    let files = fs::read_dir(fuzz().join("fuzz_targets")).expect("the targets");
    let own = files.filter_map(|file| {
        let path = file.expect("a target").path();
        let text = fs::read_to_string(&path).expect("a target");
        let (_, called) = text.split_once("icims_sandbox::fuzzing::")?;
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(called.starts_with(&format!("{name}(")), "{name} calls the function of its name");
        Some(name)
    });
    let known: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(own.collect::<BTreeSet<_>>(), known);
}
