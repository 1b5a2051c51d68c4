//! `pact can-i-deploy --results`: by what lies in the repository; and a recording that is replayed elsewhere.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::command::{Said, Site, TOKEN, command, states};
use crate::from_broker::plain;
use crate::record::{Recorder, body, interrupt};
use crate::silly;

/// The pact was verified with version 7 of `icims`, which kept it.
fn site() -> Site {
    let site = Site::new();
    site.write("shop-icims.json", &plain(&["a person", "the same person"]));
    verify(&site, "200 OK", &["--provider-version", "7", "--report", "results"]).assert(0, "2 kept");
    site
}

fn verify(site: &Site, status: &str, more: &[&str]) -> Said {
    let (url, states) = (silly::always(status, "application/json", "{}"), states());
    let arguments = ["verify", "--provider", "icims", "--url", &url, "--state-url", &states, "pacts/shop-icims.json"];
    site.say_at("", TOKEN, &[&arguments[..], more].concat())
}

fn ask(site: &Site, name: &str, version: &str, files: &[&str]) -> Said {
    let results = files.iter().flat_map(|file| ["--results", *file]);
    let arguments: Vec<&str> = ["can-i-deploy", "--pacticipant", name, "--version", version].into_iter().chain(results).collect();
    site.say_at("", TOKEN, &arguments)
}

const RESULTS: &str = "results/results.json";

#[test]
fn a_whole_result_of_this_pact_is_a_yes_for_both() {
    let site = site();
    ask(&site, "shop", "1", &[RESULTS]).assert(
        0,
        "ok shop's pact with icims 7: 2 interactions were kept can-i-deploy: ok. shop 1 may be deployed by these results: 1 of 1",
    );
    ask(&site, "icims", "7", &[RESULTS]).assert(0, "can-i-deploy: ok. icims 7 may be deployed");
    ask(&site, "icims", "8", &[RESULTS]).assert(3, "unknown shop's pact with icims: the result is of 7, not of 8");
}

#[test]
fn results_that_say_something_else_are_no_yes() {
    let site = site();
    site.write("shop-mail.json", &crate::command::pact("shop", "mail", &["a letter"]));
    ask(&site, "shop", "1", &[RESULTS]).assert(3, "unknown shop's pact with mail: there is no result of it");
    ask(&site, "icims", "7", &[RESULTS]).assert(0, "1 of 1 pairs");
    ask(&site, "icmis", "7", &[RESULTS]).assert(2, "no pact there is one of icmis; did you mean icims?");
    site.write("shop-icims.json", &plain(&["a person", "a changed person"]));
    ask(&site, "icims", "7", &[RESULTS]).assert(3, "the result is of another pact, as its digest differs");

    let site = self::site();
    verify(&site, "200 OK", &["--provider-version", "7", "--report", "part", "--filter", "^a person$"]).assert(3, "partial");
    ask(&site, "icims", "7", &["part/results.json"]).assert(3, "the result is of a part of it");
    verify(&site, "404 Not Found", &["--provider-version", "6", "--report", "old"]).assert(1, "2 broken");
    ask(&site, "icims", "6", &["old/results.json"])
        .assert(1, "FAILED shop's pact with icims 6: 2 of 2 interactions were not kept");
    // An old version that does not keep it may still run beside the good new one.
    ask(&site, "shop", "1", &[RESULTS, "old/results.json"]).assert(1, "can-i-deploy: FAILED. shop 1 must not be deployed");
    verify(&site, "200 OK", &["--report", "nameless"]).assert(0, "2 kept");
    ask(&site, "icims", "7", &["nameless/results.json"]).assert(3, "the result is of no version, not of 7");
}

#[test]
fn files_that_are_no_results_are_named() {
    let site = site();
    for (text, says) in [
        ("", "say nothing: it is empty"),
        ("{", "say nothing: it is not JSON"),
        ("{}", "it is not the results.json that pact verify --report leaves"),
        ("{\"verdict\": \"ok\", \"exit_code\": 0}", "it is not the results.json"),
        ("<testsuites/>", "say nothing: it is not JSON"),
    ] {
        fs::write(site.folder.path().join("own.json"), text).expect("a file");
        ask(&site, "shop", "1", &["own.json"]).assert(2, says);
    }
    ask(&site, "shop", "1", &["nowhere.json"]).assert(2, "the results nowhere.json cannot be read: No such file");
    // A verdict that somebody has written by hand changes nothing.
    let mut forged: Value =
        serde_json::from_str(&fs::read_to_string(site.folder.path().join(RESULTS)).expect("a file")).expect("JSON");
    forged["pacts"][0]["interactions"][0]["outcome"] = json!("not_reached");
    fs::write(site.folder.path().join("own.json"), forged.to_string()).expect("a file");
    ask(&site, "shop", "1", &["own.json"]).assert(3, "the run ended before everything was tried");
    site.say_at("", TOKEN, &["can-i-deploy", "-a", "shop", "-e", "1", "--results", RESULTS, "--to-tag", "x"])
        .assert(2, "cannot be used with");
}

/// The whole world, on free ports.
struct World {
    process: Child,
    ready: Value,
}

impl World {
    fn start() -> Self {
        let mut up = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
        let mut process =
            up.args(["up", "--port", "0", "--json"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("an output")).read_line(&mut line).expect("a line");
        Self { process, ready: serde_json::from_str(&line).expect("JSON") }
    }

    fn url(&self, part: &str) -> &str {
        self.ready[part]["base_url"].as_str().expect("an address")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        interrupt(self.process.id());
        // It is gone either way.
        let _ = self.process.wait();
    }
}

#[test]
fn a_recording_is_kept_by_the_icims_that_it_was_made_with_whatever_its_numbers() {
    let world = World::start();
    let site = Site::new();
    let control = ["--control-url", world.url("control")];
    let record = || {
        let recorder = Recorder::start(site.folder.path(), world.url("icims"), &control);
        for state in ["a candidate", "a candidate without an e-mail address"] {
            let told: Value =
                serde_json::from_str(&body(&recorder.ask("POST /__pact/state", "", &json!({"state": state}).to_string())))
                    .expect("JSON");
            let told = |key: &str| told[key].as_str().expect("told").to_owned();
            let headers = format!("Authorization: {}\r\nAccept: application/json\r\n", told("basic"));
            let path = format!("GET /customers/{}/people/{}?fields=firstname,email", told("customer"), told("person"));
            let answer = recorder.ask(&path, &headers, "");
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        recorder.stop().assert(0, "record: ok. 2 interactions written to tiny.json.");
        fs::read_to_string(site.folder.path().join("tiny.json")).expect("a file")
    };
    let once = record();
    assert_eq!(once, record(), "other customers with other numbers, and the same bytes");
    let arguments = [&["verify", "--provider", "icims", "--url", world.url("icims")][..], &control, &["tiny.json"]].concat();
    let output = command(site.folder.path(), &arguments).output().expect("it runs");
    Said::of(&output).assert(0, "pact verify: ok. 2 kept, 0 broken");

    let recorder = Recorder::start(site.folder.path(), world.url("icims"), &control);
    recorder.ask("POST /__pact/state", "", "{\"state\": \"a candidate who juggles\"}");
    recorder.stop().assert(1, "FAILED POST /__pact/state: the state \"a candidate who juggles\" could not be brought about");
    let recorder = Recorder::start(site.folder.path(), world.url("icims"), &[]);
    recorder.ask("POST /__pact/state", "", "{\"state\": \"a candidate\"}");
    recorder.stop().assert(1, "nobody is named who brings states about: start the recording with --control-url");
}
