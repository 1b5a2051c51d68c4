//! `pact publish`: what comes to the broker, and fifteen mistakes that must not look like a publication.

use std::fs;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::command::{Said, Site, TOKEN, command, pact};
use crate::silly;

const PUBLISH: [&str; 4] = ["publish", "pacts", "--consumer-app-version", "1"];

#[test]
fn what_is_new_changed_or_gone_is_told() {
    let site = Site::new();
    site.publish("1").assert(
        0,
        "new shop 1 with icims: the first contract between the two, 2 interactions publish: ok. 1 contract of version 1",
    );
    site.publish("1").assert(0, "same shop 1 with icims: as it was published before publish: ok.");
    let mut changed = pact("shop", "icims", &["a person", "a workflow"]);
    changed["interactions"][0]["response"]["status"] = 404.into();
    site.write("shop-icims.json", &changed);
    let said = site.publish("2");
    said.assert(0, "changed shop 2 with icims: 1 new, 1 changed, 1 gone, against 1");
    said.assert(0, "changed a person, given a candidate {\"customer\":\"4021\"}");
    site.publish("3").assert(0, "same shop 3 with icims: as 2 has it publish: ok. 1 contract of version 3");
}

#[test]
fn version_branch_tags_and_build_come_to_the_broker() {
    let site = Site::new();
    let arguments =
        [&PUBLISH[..], &["--branch", "feat/x", "--tag", "dev", "-t", "blue", "--build-url", "http://ci.test/7"]].concat();
    site.say(&arguments).assert(0, "publish: ok.");
    let posted: Vec<Value> = site
        .broker
        .seen()
        .into_iter()
        .filter(|seen| seen.method == "POST")
        .map(|seen| serde_json::from_str(&seen.body).expect("JSON"))
        .collect();
    assert_eq!(posted.len(), 1, "{posted:?}");
    for (key, value) in [
        ("pacticipantName", json!("shop")),
        ("pacticipantVersionNumber", json!("1")),
        ("branch", json!("feat/x")),
        ("tags", json!(["dev", "blue"])),
        ("buildUrl", json!("http://ci.test/7")),
    ] {
        assert_eq!(posted[0][key], value, "{posted:?}");
    }
}

#[test]
fn a_version_that_has_published_something_else_is_refused_and_nothing_is_changed() {
    let site = Site::new();
    site.publish("1").assert(0, "publish: ok.");
    site.write("shop-icims.json", &pact("shop", "icims", &["a person"]));
    site.write("a-new-one.json", &pact("desk", "icims", &["a person"]));
    let said = site.publish("1");
    said.assert(1, "FAILED shop 1 with icims: this version has published another contract (0 new, 0 changed, 1 gone) gone a job");
    said.assert(1, "publish: FAILED. Version 1 has published another contract before.");
    let published = site.broker.seen().iter().filter(|seen| seen.method == "POST").count();
    assert_eq!(published, 1, "the other contract of the folder is not published beside one that is refused");
}

#[test]
fn a_broker_that_cannot_be_asked_is_told() {
    let site = Site::new();
    let (hangs, _listener) = silly::silent();
    let elsewhere = silly::by_path(vec![(
        "/".into(),
        silly::json("200 OK"),
        json!({"_links": {"pb:publish-contracts": {}, "pb:publish-pact": {"href": "https://elsewhere.test/x"}}}).to_string(),
    )]);
    for (broker, token, says) in [
        (
            silly::always("500 Internal Server Error", "application/json", "{\"error\": {\"message\": \"no disk\"}}"),
            TOKEN,
            "is out of order: it answered 500: no disk",
        ),
        (silly::always("503 Service Unavailable", "text/html", "<html>"), TOKEN, "is out of order: it answered 503"),
        (site.broker.url(), "another", "does not accept the token (401)"),
        (site.broker.url(), "", "does not accept a caller without a token (401) → give a token in PACT_BROKER_TOKEN"),
        (silly::always("403 Forbidden", "application/json", "{}"), TOKEN, "does not let this caller do that (403)"),
        (silly::always("200 OK", "text/html", "<html>Welcome"), TOKEN, "is no Pact Broker: it answered 200 with a page"),
        (silly::always("404 Not Found", "text/html", "<html>"), TOKEN, "is no Pact Broker: it answered 404 with a page"),
        (
            silly::always("200 OK", "application/json", "{\"status\": \"ok\"}"),
            TOKEN,
            "its first page has none of a broker's links",
        ),
        (silly::always("200 OK", "application/json", "{"), TOKEN, "answered 200 with something else than a JSON document"),
        (silly::always("302 Found", "text/plain", ""), TOKEN, "it redirects (302)"),
        ("http://127.0.0.1:9".into(), TOKEN, "does not answer: no connection"),
        (hangs, TOKEN, "does not answer: no answer in time"),
        (elsewhere, TOKEN, "lead elsewhere, to https://elsewhere.test"),
        (String::new(), TOKEN, "no broker is named: give its address with --broker-base-url"),
        ("broker.test/pacts".into(), TOKEN, "the address of the broker: relative URL without a base"),
        ("ftp://ana:t0ken-of-the-double@broker.test".into(), "", "it begins with neither http:// nor https://"),
        ("http://ana:t0ken-of-the-double@127.0.0.1:9".into(), "", "the broker at http://127.0.0.1:9 does not answer"),
    ] {
        let said = site.say_at(&broker, token, &[&PUBLISH[..], &["--broker-timeout", "1"]].concat());
        said.assert(2, says);
        assert!(!said.all.contains("publish: ok"), "{said:?}");
    }
}

#[test]
fn files_that_are_no_contracts_are_named_and_nothing_is_published() {
    let twice = pact("shop", "icims", &["a person", "a person"]);
    for (name, text, says) in [
        ("package.json", "{\"name\": \"shop\"}".to_owned(), "pacts/package.json is no pact, as it names no consumer"),
        ("broken.json", "{\"consumer\"".to_owned(), "pacts/broken.json is no pact, as it is not JSON"),
        ("list.json", "[]".to_owned(), "pacts/list.json is no pact, as it names no consumer"),
        ("empty.json", pact("shop", "mail", &[]).to_string(), "pacts/empty.json has no interactions, so that everybody keeps it"),
        (
            "twice.json",
            twice.to_string().replace("icims", "mail"),
            "has two interactions of one name, a person, given a candidate",
        ),
        ("copy.json", pact("shop", "icims", &["other"]).to_string(), "are pacts of the same two"),
        ("none.json", json!({"consumer": {"name": "a"}, "provider": {"name": "b"}}).to_string(), "has no list of interactions"),
    ] {
        let site = Site::new();
        fs::write(site.folder.path().join("pacts").join(name), text).expect("a file");
        site.say(&PUBLISH).assert(2, says);
        assert!(site.broker.seen().is_empty(), "{name}: nobody is asked");
    }
    let site = Site::new();
    fs::create_dir(site.folder.path().join("none")).expect("a folder");
    fs::write(site.folder.path().join("none/README.md"), "words").expect("a file");
    site.say(&["publish", "none", "--consumer-app-version", "1"])
        .assert(2, "none has no .json file, so there is nothing to publish");
    site.say(&["publish", "elsewhere", "--consumer-app-version", "1"]).assert(2, "elsewhere cannot be read: No such file");
}

#[test]
fn what_is_missing_on_the_command_line_is_told() {
    let site = Site::new();
    for (arguments, says) in [
        (&["publish", "pacts"][..], "--consumer-app-version <VERSION>"),
        (&["publish", "pacts", "--consumer-app-version", ""], "it is empty: is the variable set?"),
        (&["publish", "pacts", "--consumer-app-version", "1", "--branch", " "], "it is empty: is the variable set?"),
        (&["publish", "--consumer-app-version", "1"], "<PATH>..."),
        (
            &["publish", "pacts", "--consumer-app-version", "1", "--broker-username", "ana"],
            "give the broker either a token or a user name",
        ),
    ] {
        site.say(arguments).assert(2, says);
    }
    let mut password = command(site.folder.path(), &PUBLISH);
    password.env("PACT_BROKER_BASE_URL", site.broker.url()).env("PACT_BROKER_USERNAME", "ana");
    Said::of(&password.output().expect("it runs")).assert(2, "has no password: set PACT_BROKER_PASSWORD");
    site.say(&["publish", "--help"]).assert(0, "[env: PACT_BROKER_TOKEN]");
}

#[test]
fn a_broker_that_takes_a_change_with_a_warning_is_no_success() {
    let links = json!({"_links": {
        "pb:publish-contracts": {"href": "HERE/contracts"},
        "pb:publish-pact": {"href": "HERE/pact"},
        "pb:latest-provider-pacts": {"href": "HERE/latest"},
    }});
    let answer = |notices: Value, links: Value| json!({"notices": notices, "_links": {"pb:contracts": links}}).to_string();
    let broker = |answer: String| {
        silly::by_path(vec![
            ("/contracts".into(), silly::json("200 OK"), answer),
            ("/pact".into(), silly::json("404 Not Found"), "{}".into()),
            ("/latest".into(), silly::json("404 Not Found"), "{}".into()),
            ("/".into(), silly::json("200 OK"), links.to_string()),
        ])
    };
    let site = Site::new();
    let one = json!([{"name": "a", "href": "HERE/a"}]);
    let warned = broker(answer(json!([{"type": "warning", "text": "published over existing content"}]), one.clone()));
    site.say_at(&warned, TOKEN, &PUBLISH).assert(1, "FAILED the broker has taken it, but says: published over existing content");
    let nothing = broker(answer(json!([]), json!([])));
    site.say_at(&nothing, TOKEN, &PUBLISH).assert(2, "something else than links to all contracts that were published");
    let fine = broker(answer(json!([{"type": "success", "text": "ok"}]), one));
    site.say_at(&fine, TOKEN, &PUBLISH).assert(0, "publish: ok.");
}

#[test]
fn ctrl_c_ends_it_without_a_verdict() {
    let site = Site::new();
    let (broker, listener) = silly::silent();
    let mut publishing = command(site.folder.path(), &PUBLISH);
    publishing.env("PACT_BROKER_BASE_URL", broker).stdout(Stdio::piped()).stderr(Stdio::piped());
    let publishing = publishing.spawn().expect("it starts");
    // It is at work once it has called.
    let _called = listener.accept().expect("a call");
    crate::record::interrupt(publishing.id());
    let said = Said::of(&publishing.wait_with_output().expect("an end"));
    said.assert(130, "publish: INTERRUPTED. Only what was told as published is.");
}
