//! `pact verify`: the same four contracts, held by the shipped program against a world that runs elsewhere.

mod mistakes;
mod pending;
mod place;
mod quiet;
mod renamed;
mod reports;

use place::{Said, World, verify};

use crate::pact_file::{Pair, folder, interactions};

/// Where the provider of a pair listens in a world, and its name.
fn provider(world: &World, pair: Pair) -> (&'static str, String) {
    let part = match pair {
        Pair::IcimsToIntegration | Pair::PlatformToIntegration => "integration",
        Pair::IntegrationToPlatform => "platform",
        Pair::IntegrationToIcims => "icims",
    };
    (pair.provider(), world.text(part, "base_url").to_owned())
}

fn kept(said: &Said, count: usize) {
    let line = said.out.lines().last().unwrap_or_default();
    let wanted = format!("pact verify: ok. {count} kept, 0 broken in ");
    assert!(said.code == Some(0) && line.starts_with(&wanted), "{said:?}");
}

#[test]
fn all_four_contracts_are_kept_by_one_world_and_nothing_is_left_of_it() {
    let world = World::start();
    for pair in Pair::ALL {
        let (name, url) = provider(&world, pair);
        let file = pair.path();
        let said = verify(&["--provider", name, "--url", &url, "--control-url", world.control(), &file.to_string_lossy()]);
        kept(&said, interactions(&pair.committed()));
    }
    assert_eq!(world.customers(), ["4021"], "every state has gone");
}

#[test]
fn a_folder_has_the_pacts_of_a_provider_and_names_the_others() {
    let world = World::start();
    let (name, url) = provider(&world, Pair::IcimsToIntegration);
    let said = verify(&["--provider", name, "--url", &url, "--control-url", world.control(), &folder().to_string_lossy()]);
    let count = [Pair::IcimsToIntegration, Pair::PlatformToIntegration].map(|pair| interactions(&pair.committed()));
    kept(&said, count.iter().sum());
    for (file, provider) in [("harver-icims-icims.json", "icims"), ("harver-icims-harver-platform.json", "harver-platform")] {
        let left_out = format!("left out: {} is a pact of {provider:?}", folder().join(file).display());
        assert!(said.out.contains(&left_out), "{left_out}: {said:?}");
    }
}

#[test]
fn two_who_verify_at_once_do_not_meet() {
    let world = World::start();
    let (name, url) = provider(&world, Pair::IntegrationToIcims);
    let file = Pair::IntegrationToIcims.path();
    let file = file.to_string_lossy();
    let arguments = ["--provider", name, "--url", &url, "--control-url", world.control(), &file];
    std::thread::scope(|scope| {
        let both = [scope.spawn(|| verify(&arguments)), scope.spawn(|| verify(&arguments))];
        for one in both {
            kept(&one.join().expect("it ran"), interactions(&Pair::IntegrationToIcims.committed()));
        }
    });
}

#[test]
fn a_part_is_no_success() {
    let world = World::start();
    let (name, url) = provider(&world, Pair::IntegrationToIcims);
    let file = Pair::IntegrationToIcims.path();
    let filter = ["--filter", "^a request for a person$", "--state", "^a candidate$", &file.to_string_lossy()];
    let said = verify(&[&["--provider", name, "--url", &url, "--control-url", world.control()][..], &filter[..]].concat());
    let line = said.out.lines().last().unwrap_or_default();
    assert!(said.code == Some(3) && line.starts_with("pact verify: INCOMPLETE. partial: 1 kept, 0 broken, "), "{said:?}");
}
