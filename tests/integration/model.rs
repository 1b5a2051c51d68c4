//! Stories of recruiters, candidates, neighbours and time, made up by chance, against the service between two neighbours that count.
//!
//! What must come of a story says [`reference`], which knows none of the service's rules: it only remembers what people did and what arrived
//! where. A story that comes out otherwise is shortened until nothing can be left out of it, and is told in the words of the scenarios.
//!
//! `HARVER_ICIMS_MODEL_CASES` says how many stories there are, `HARVER_ICIMS_MODEL_SEED` which ones.

mod deeds;
mod neighbours;
mod post;
mod reference;
mod stage;
mod story;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tokio::runtime::Runtime;

use deeds::Deed;
use neighbours::Neighbours;
use post::Post;
use story::{Wrong, told};

/// How many stories are played where nobody says otherwise.
const CASES: u32 = 120;
/// Which ones.
const SEED: u64 = 20_310_304;

fn chosen<T: std::str::FromStr>(variable: &str, usual: T) -> T {
    let number = |text: std::ffi::OsString| text.to_str()?.parse().ok();
    std::env::var_os(variable).map_or(usual, |text| number(text).unwrap_or_else(|| panic!("{variable} is a number")))
}

fn seeded(seed: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

/// A wrong story without whatever it is as wrong without: what has become simpler may have become needless.
async fn shortest(mut deeds: Vec<Deed>, neighbours: &Neighbours, post: &Post) -> Wrong {
    let mut wrong = stage::play(&deeds, neighbours, post).await.expect_err("the story is wrong each time");
    let mut at = 0;
    while at < deeds.len() {
        let mut fewer = deeds.clone();
        fewer.remove(at);
        match stage::play(&fewer, neighbours, post).await {
            Ok(()) => at += 1,
            Err(as_wrong) => (deeds, wrong, at) = (fewer, as_wrong, 0),
        }
    }
    wrong
}

#[test]
fn every_story_comes_out_as_the_reference_has_it() {
    let (cases, seed) = (chosen("HARVER_ICIMS_MODEL_CASES", CASES), chosen("HARVER_ICIMS_MODEL_SEED", SEED));
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let runtime = Runtime::new().expect("threads");
    let (neighbours, post) = runtime.block_on(async { (Neighbours::open().await, Post::open().await) });
    let played = TestRunner::new_with_rng(config, seeded(seed)).run(&deeds::some(), |deeds| {
        let wrong = runtime.block_on(stage::play(&deeds, &neighbours, &post));
        wrong.map_err(|wrong| TestCaseError::fail(wrong.what))
    });
    match played {
        Ok(()) => {}
        Err(TestError::Fail(_, deeds)) => {
            let wrong = runtime.block_on(shortest(deeds, &neighbours, &post));
            panic!("a story comes out otherwise\n\n{}\n", told(&wrong, seed));
        }
        Err(TestError::Abort(reason)) => panic!("the stories of seed {seed} could not be played: {reason}"),
    }
}
