//! `pact can-i-deploy`: a yes only where everything was tried and kept, and the mistakes that must not look like one.

use serde_json::{Value, json};

use crate::command::{Site, TOKEN, pact};
use crate::silly;

/// Whether version 2 of `shop` may go to production.
const ASK: [&str; 7] = ["can-i-deploy", "--pacticipant", "shop", "--version", "2", "--to-environment", "production"];

/// `shop` 2 is published, and `icims` 1 runs in production.
fn site() -> Site {
    let site = Site::new();
    site.publish("2").assert(0, "publish: ok.");
    site.broker.change(|world| {
        world.create_environment("production");
        world.deploy("icims", "1", "production", None);
    });
    site
}

#[test]
fn everything_that_runs_was_tried_and_kept() {
    let site = site();
    site.broker.change(|world| world.verify(["shop", "2"], ["icims", "1"], true));
    let said = site.say(&ASK);
    said.assert(
        0,
        "ok shop 2 with icims 1: the contract was kept can-i-deploy: ok. shop 2 may be deployed to production: 1 of 1 pairs",
    );
    site.say(&[&ASK[..5], &["--to-main-branches"]].concat()).assert(3, "no version of icims is there");
    site.say(&[&ASK[..5], &["--to-tag", "prod"]].concat()).assert(3, "beside what is tagged prod: 0 of 1 pairs");
}

#[test]
fn what_was_never_tried_is_not_known() {
    let site = site();
    let said = site.say(&ASK);
    said.assert(3, "unknown shop 2 with icims 1: the contract was never tried");
    said.assert(3, "can-i-deploy: INCOMPLETE. nobody knows whether shop 2 can be deployed to production: 0 of 1 pairs");
    // What another version of the provider has kept says nothing.
    site.broker.change(|world| world.verify(["shop", "2"], ["icims", "2"], true));
    site.say(&ASK).assert(3, "unknown shop 2 with icims 1");
}

#[test]
fn an_old_incompatible_version_beside_a_good_new_one_is_no() {
    let site = site();
    site.broker.change(|world| {
        world.deploy("icims", "2", "production", Some("blue"));
        world.verify(["shop", "2"], ["icims", "1"], false);
        world.verify(["shop", "2"], ["icims", "2"], true);
    });
    let said = site.say(&ASK);
    said.assert(1, "FAILED shop 2 with icims 1: the contract was not kept");
    said.assert(1, "ok shop 2 with icims 2: the contract was kept");
    said.assert(1, "can-i-deploy: FAILED. shop 2 must not be deployed to production: 1 of 2 pairs");
    site.broker.change(|world| world.deploy("icims", "2", "production", None));
    site.say(&ASK).assert(0, "1 of 1 pairs");
}

#[test]
fn a_provider_is_asked_about_with_every_consumer_that_runs() {
    let site = site();
    site.write("shop-icims.json", &pact("shop", "icims", &["a person"]));
    site.publish("3").assert(0, "publish: ok.");
    let ask = ["can-i-deploy", "--pacticipant", "icims", "--version", "1", "--to-environment", "production"];
    // Nobody needs it yet.
    site.say(&ask)
        .assert(3, "INCOMPLETE. icims 1 would meet nobody, deployed to production, so that nothing was compared: 0 of 0 pairs");
    site.say(&[&ask[..], &["--allow-nobody"]].concat())
        .assert(0, "can-i-deploy: ok. icims 1 may be deployed to production, as nobody is there yet");
    site.broker.change(|world| {
        world.deploy("shop", "3", "production", None);
        world.deploy("shop", "2", "production", Some("old"));
        world.verify(["shop", "3"], ["icims", "1"], true);
    });
    site.say(&ask).assert(3, "unknown shop 2 with icims 1: the contract was never tried");
    site.say(&[&ask[..], &["--allow-nobody"]].concat()).assert(3, "1 of 2 pairs");
    site.broker.change(|world| world.verify(["shop", "2"], ["icims", "1"], true));
    site.say(&ask).assert(0, "2 of 2 pairs");
}

#[test]
fn names_that_nobody_knows_are_told_with_what_may_have_been_meant() {
    let site = site();
    for (name, version, place, code, says) in [
        ("shpo", "2", "production", 2, "does not know the application shpo; did you mean shop?"),
        ("Shop", "2", "production", 2, "did you mean shop?"),
        ("shop", "2", "prodution", 2, "does not know the environment prodution; did you mean production?"),
        ("shop", "2", "x", 2, "does not know the environment x; it knows production"),
        ("shop", "9", "production", 1, "the broker says no: No pacts or verifications have been published for version 9 of shop"),
        ("shop", "", "production", 2, "it is empty: is the variable set?"),
    ] {
        let said = site.say(&["can-i-deploy", "--pacticipant", name, "--version", version, "--to-environment", place]);
        said.assert(code, says);
    }
    site.say(&ASK[..5]).assert(2, "--to-environment <NAME>");
    site.say(&[&ASK[..], &["--to-tag", "x"]].concat()).assert(2, "cannot be used with");
}

/// A broker with this matrix, in whose production `icims` 1 and 2 run.
fn broker(matrix: &Value) -> String {
    let index = json!({"_links": {"pb:pacticipants": {"href": "HERE/names"}, "pb:environments": {"href": "HERE/environments"}}});
    let names = json!({"_embedded": {"pacticipants": [{"name": "shop"}, {"name": "icims"}]}});
    let environment = json!({"name": "production", "_links": {
        "self": {"href": "HERE/production"}, "pb:currently-deployed-deployed-versions": {"href": "HERE/running"},
    }});
    let running = |version: &str| json!({"_embedded": {"pacticipant": {"name": "icims"}, "version": {"number": version}}});
    let running = json!({"_embedded": {"deployedVersions": [running("1"), running("2")]}});
    let answer = |path: &str, body: &Value| (path.to_owned(), silly::json("200 OK"), body.to_string());
    silly::by_path(vec![
        answer("/names", &names),
        answer("/environments", &json!({"_embedded": {"environments": [environment]}})),
        answer("/production", &environment),
        answer("/running", &running),
        answer("/matrix", matrix),
        answer("/", &index),
    ])
}

#[test]
fn a_broker_s_yes_is_not_enough() {
    let row = |version: &str, success: Value| {
        json!({
            "consumer": {"name": "shop", "version": {"number": "2"}},
            "provider": {"name": "icims", "version": {"number": version}},
            "verificationResult": {"success": success},
        })
    };
    let matrix =
        |deployable: Value, rows: &[Value]| json!({"summary": {"deployable": deployable, "reason": "so it is"}, "matrix": rows});
    let (one, two) = (row("1", true.into()), row("2", true.into()));
    let site = Site::new();
    for (matrix, code, says) in [
        (matrix(true.into(), &[one.clone(), two.clone()]), 0, "2 of 2 pairs"),
        (matrix(true.into(), &[]), 3, "so that nothing was compared"),
        (matrix(Value::Null, &[one.clone(), two.clone()]), 3, "unknown the broker does not know: so it is"),
        (json!({"summary": {}, "matrix": [one, two]}), 3, "unknown the broker does not know: it gives no reason"),
        (matrix(false.into(), &[one.clone(), two.clone()]), 1, "FAILED the broker says no: so it is"),
        // A broker that shows only the newest version of a provider.
        (
            matrix(true.into(), std::slice::from_ref(&two)),
            3,
            "unknown icims 1 runs there, too, and the broker says nothing of it",
        ),
        (matrix(true.into(), &[row("1", false.into()), two.clone()]), 1, "FAILED shop 2 with icims 1"),
        (
            matrix(true.into(), &[row("1", Value::Null), two.clone()]),
            3,
            "unknown shop 2 with icims 1: the contract was never tried",
        ),
        (json!({"matrix": []}), 2, "something else than a matrix with a summary"),
        (json!({"summary": {"deployable": "true"}, "matrix": []}), 2, "something else than a matrix with a summary"),
        (json!([]), 2, "something else than a JSON document"),
    ] {
        site.say_at(&broker(&matrix), TOKEN, &ASK).assert(code, says);
    }
}

#[test]
fn a_broker_that_cannot_be_asked_is_no_yes() {
    let site = site();
    site.broker.change(|world| world.verify(["shop", "2"], ["icims", "1"], true));
    for (broker, token, says) in [
        (silly::always("500 Internal Server Error", "text/plain", "no"), TOKEN, "is out of order: it answered 500"),
        (silly::always("200 OK", "text/html", "<html>"), TOKEN, "is no Pact Broker: it answered 200 with a page"),
        (site.broker.url(), "another", "does not accept the token (401)"),
        ("http://127.0.0.1:9".into(), TOKEN, "does not answer: no connection"),
    ] {
        site.say_at(&broker, token, &ASK).assert(2, says);
    }
}
