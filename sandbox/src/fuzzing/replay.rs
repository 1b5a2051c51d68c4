//! What the targets have met before, once more with every run of the unit tests.

use std::fs;
use std::path::{Path, PathBuf};

use super::TARGETS;

#[test]
fn every_input_of_the_corpus_keeps_its_promises() {
    for (name, target) in TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
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
