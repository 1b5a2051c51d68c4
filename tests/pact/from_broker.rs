//! `pact verify` with the pacts of a broker: what is fetched, what is told, and what is never told.

use serde_json::{Value, json};

use crate::command::{Said, Site, TOKEN, pact, states};
use crate::silly;

/// A pact of `shop` with `icims`.
pub(crate) fn plain(descriptions: &[&str]) -> Value {
    pact("shop", "icims", descriptions)
}

/// Version 1 of `shop` has published two interactions on its main branch.
fn site() -> Site {
    let site = Site::new();
    site.write("shop-icims.json", &plain(&["a person", "the same person"]));
    site.publish("1").assert(0, "publish: ok.");
    site
}

/// An iCIMS that answers every request with this status.
fn icims(status: &str) -> String {
    silly::always(status, "application/json", "{}")
}

fn verify(site: &Site, url: &str, more: &[&str]) -> Said {
    let states = states();
    site.say(&[&["verify", "--provider", "icims", "--url", url, "--state-url", &states][..], more].concat())
}

fn posted(site: &Site) -> Vec<Value> {
    site.broker.change(|world| world.posted())
}

const TELL: [&str; 3] = ["--publish-results", "--provider-version", "7"];
const ASK: [&str; 7] = ["can-i-deploy", "--pacticipant", "shop", "--version", "1", "--to-environment", "production"];

#[test]
fn a_contract_goes_all_the_way_to_a_yes() {
    let site = site();
    let said =
        verify(&site, &icims("200 OK"), &[&TELL[..], &["--provider-branch", "main", "--provider-version-tag", "blue"]].concat());
    said.assert(0, "published: shop's pact is kept by icims 7");
    said.assert(0, "pact verify: ok. 2 kept, 0 broken");
    let told = posted(&site);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["success"], &told[0]["providerApplicationVersion"]), (&json!(true), &json!("7")));
    let results = told[0]["testResults"].as_array().expect("a result of each");
    assert!(results.len() == 2 && results.iter().all(|one| one["interactionId"].is_string()), "{told:?}");
    let paths: Vec<String> = site.broker.seen().into_iter().filter(|seen| seen.method == "PUT").map(|seen| seen.path).collect();
    assert_eq!(paths, ["/pacticipants/icims/branches/main/versions/7", "/pacticipants/icims/versions/7/tags/blue"]);
    site.broker.change(|world| {
        world.create_environment("production");
        world.deploy("icims", "7", "production", None);
    });
    site.say(&ASK).assert(0, "can-i-deploy: ok. shop 1 may be deployed to production: 1 of 1 pairs");
}

#[test]
fn what_is_not_kept_is_told_as_such() {
    let site = site();
    let said = verify(&site, &silly::by_path(vec![("/".into(), silly::json("404 Not Found"), "{}".into())]), &TELL);
    said.assert(1, "pact verify: FAILED. 0 kept, 2 broken");
    // Every answer has had the same status: that may be another program, and no breach at all.
    said.assert(1, "not published: nobody can trust the result");
    assert!(posted(&site).is_empty());
    site.write("shop-icims.json", &plain(&["one person"]));
    site.publish("2").assert(0, "publish: ok.");
    let said = verify(&site, &icims("404 Not Found"), &TELL);
    said.assert(1, "published: shop's pact is not kept by icims 7");
    let told = posted(&site);
    assert_eq!((told.len(), &told[0]["success"]), (1, &json!(false)), "{told:?}");
    assert!(
        told[0]["testResults"][0]["mismatches"][0]["description"].as_str().is_some_and(|why| why.contains("404")),
        "{told:?}"
    );
    site.broker.change(|world| {
        world.create_environment("production");
        world.deploy("icims", "7", "production", None);
    });
    let ask = ["can-i-deploy", "--pacticipant", "shop", "--version", "2", "--to-environment", "production"];
    site.say(&ask).assert(1, "FAILED shop 2 with icims 7: the contract was not kept");
}

#[test]
fn a_part_is_never_published() {
    let site = site();
    let icims = icims("200 OK");
    for more in [&["--filter", "^a person$"][..], &["--state", "x"]] {
        verify(&site, &icims, &[&TELL[..], more].concat()).assert(2, "what came of a part is never published");
    }
    verify(&site, &icims, &["--filter", "^a person$"]).assert(3, "INCOMPLETE. partial: 1 kept");
    let down = verify(&site, "http://127.0.0.1:9", &TELL);
    down.assert(2, "pact verify: NOT RUN.");
    down.assert(2, "not published: nobody has answered");
    assert!(posted(&site).is_empty(), "{:?}", posted(&site));
}

#[test]
fn options_that_mean_nothing_together_are_refused() {
    let site = site();
    let icims = icims("200 OK");
    for (more, says) in [
        (&["--publish-results"][..], "--publish-results needs the version that is tried: add --provider-version"),
        (&["--publish-results", "--provider-version", ""], "it is empty: is the variable set?"),
        (&["--enable-pending"], "a broker tells what is pending by the branch of the provider: add --provider-branch"),
        (&["--include-wip-pacts-since", "2025-01-01"], "add --provider-branch"),
        (&["--include-wip-pacts-since", "yesterday"], "it is no day: write it like 2026-03-01"),
        (&["--consumer-version-selector", "{\"mainbranch\": true}"], "a selector has no mainbranch; did you mean mainBranch?"),
        (&["--consumer-version-selector", "main"], "it is no JSON"),
        (&["--consumer-version-selector", "{\"branch\": \"x\"}"], "chooses no pact of icims, so there is nothing to verify"),
        (
            &["--publish-results", "--provider-version", "7", "pacts"],
            "--publish-results is about pacts of a broker, and paths are given",
        ),
        (&["--enable-pending", "pacts"], "--enable-pending is about pacts of a broker, and paths are given"),
    ] {
        verify(&site, &icims, more).assert(2, says);
    }
    let other = site.say(&["verify", "--provider", "icmis", "--url", &icims]);
    other.assert(2, "does not know the application icmis; did you mean icims?");
    let nowhere = site.say_at("", TOKEN, &["verify", "--provider", "icims", "--url", &icims]);
    nowhere.assert(2, "nothing says which pacts: name files or folders, or a broker with --broker-base-url");
    site.say_at(&site.broker.url(), "another", &["verify", "--provider", "icims", "--url", &icims])
        .assert(2, "does not accept the token");
    verify(&site, &icims, &["pacts"]).assert(0, "2 kept");
    assert!(posted(&site).is_empty());
}

#[test]
fn what_is_pending_may_fail_and_is_told_as_failed() {
    let site = Site::new();
    site.write("shop-icims.json", &plain(&["a person"]));
    site.publish("1").assert(0, "publish: ok.");
    let pending = [&TELL[..], &["--enable-pending", "--provider-branch", "main"]].concat();
    let said = verify(&site, &icims("404 Not Found"), &pending);
    said.assert(0, "of the broker: shop's pact (pending: it may fail)");
    said.assert(0, "published: shop's pact is not kept by icims 7");
    said.assert(0, "1 pending");
    assert_eq!(posted(&site)[0]["success"], json!(false));
    // What was kept once may not fail any more.
    verify(&site, &icims("200 OK"), &pending).assert(0, "published: shop's pact is kept by icims 7");
    verify(&site, &icims("404 Not Found"), &pending).assert(1, "pact verify: FAILED. 0 kept, 1 broken");
}

#[test]
fn what_is_in_work_is_fetched_when_it_is_asked_for() {
    let site = Site::new();
    site.write("shop-icims.json", &plain(&["a person"]));
    site.publish("1").assert(0, "publish: ok.");
    site.write("shop-icims.json", &plain(&["another person"]));
    site.say(&["publish", "pacts", "--consumer-app-version", "2", "--branch", "feat/x"]).assert(0, "publish: ok.");
    let icims = icims("200 OK");
    verify(&site, &icims, &[]).assert(0, "1 kept");
    verify(&site, &icims, &["--consumer-version-selector", "{\"branch\": \"feat/x\"}"]).assert(0, "1 kept");
    let wip = verify(&site, &icims, &["--include-wip-pacts-since", "2025-01-01", "--provider-branch", "main"]);
    wip.assert(0, "pact verify: ok. 2 kept, 0 broken");
}

#[test]
fn a_broker_that_does_not_take_the_results_turns_a_kept_contract_red() {
    let index = json!({"_links": {
        "pb:pacticipants": {"href": "HERE/names"},
        "pb:provider-pacts-for-verification": {"href": "HERE/choose/{provider}", "templated": true},
    }});
    let listed = |properties: Value| json!({"_embedded": {"pacts": [{"verificationProperties": properties, "_links": {"self": {"href": "HERE/pact"}}}]}});
    let mut pact = plain(&["a person"]);
    pact["_links"] = json!({"pb:publish-verification-results": {"href": "HERE/results"}});
    let broker = |listed: &Value, pact: &Value, results: &str| {
        silly::by_path(vec![
            ("/choose/icims".into(), silly::json("200 OK"), listed.to_string()),
            ("/pact".into(), silly::json("200 OK"), pact.to_string()),
            ("/results".into(), silly::json(results), "{\"error\": {\"message\": \"no disk\"}}".into()),
            ("/".into(), silly::json("200 OK"), index.to_string()),
        ])
    };
    let site = Site::new();
    let provider = icims("200 OK");
    let states = states();
    let ask = [&["verify", "--provider", "icims", "--url", &provider, "--state-url", &states][..], &TELL].concat();
    let say = |broker: String, code, says| site.say_at(&broker, TOKEN, &ask).assert(code, says);
    let fine = listed(json!({}));
    say(broker(&fine, &pact, "201 Created"), 0, "published: shop's pact is kept by icims 7");
    say(broker(&fine, &pact, "500 Internal Server Error"), 2, "is out of order: it answered 500: no disk");
    say(broker(&fine, &pact, "401 Unauthorized"), 2, "does not accept the token (401)");
    let mut nowhere = pact.clone();
    nowhere["_links"] = json!({});
    say(broker(&fine, &nowhere, "201 Created"), 2, "has no link pb:publish-verification-results");
    say(broker(&json!({"_embedded": {}}), &pact, "201 Created"), 2, "something else than a list of pacts to verify");
    say(broker(&listed(json!({"pending": "no"})), &pact, "201 Created"), 2, "something else than a list of pacts to verify");
    say(broker(&fine, &json!({"hello": 1}), "201 Created"), 2, "is not a pact, as it has no consumer");
    say(
        broker(&fine, &json!({"consumer": {"name": "a"}, "provider": {"name": "other"}, "interactions": []}), "201 Created"),
        2,
        "is a pact of \"other\"",
    );
}
