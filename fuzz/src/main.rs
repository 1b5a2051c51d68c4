//! What libFuzzer runs: the target that `FUZZ_TARGET` names, of those of both crates. They are one program, because linking one for each
//! takes longer than running them.

#![no_main]

use std::sync::LazyLock;

use harver_icims::fuzzing::{self, Target};

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let all = || fuzzing::TARGETS.into_iter().chain(icims_sandbox::fuzzing::TARGETS);
    let wanted = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let Some((_, target)) = all().find(|(name, _)| *name == wanted) else {
        let names: Vec<_> = all().map(|(name, _)| name).collect();
        panic!("FUZZ_TARGET is to be one of {}", names.join(", "));
    };
    target
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET(bytes));
