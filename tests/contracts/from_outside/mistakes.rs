//! `pact verify` is never falsely green: one deliberate mistake each, which makes the command end with a code that is not 0, and with a
//! sentence that names the mistake.

use std::io::Read as _;
use std::process::Stdio;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::place::{StandIn, World, command, file, folder, interaction, nowhere, pact, run, verify};
use crate::pact_file::Pair;

/// A register that has the person, and brings every state about.
fn register() -> Router {
    Router::new().route("/people/1", get(person)).route("/states", post(async || Json(json!({}))))
}

async fn person() -> impl IntoResponse {
    Json(json!({"id": 1, "email": "ada@example.org"}))
}

fn replacing(pact: &mut Value, place: &str, value: Value) {
    *pact.pointer_mut(place).unwrap_or_else(|| panic!("{place} is there")) = value;
}

/// Verifies a pact by a register, and looks at what is said.
fn check(pact: &Value, register: Router, code: i32, says: &str) {
    let (register, (_folder, file)) = (StandIn::of(register), file(pact));
    let states = format!("{}/states", register.url());
    let said = verify(&[
        "--provider",
        "register",
        "--url",
        register.url(),
        "--state-url",
        &states,
        "--timeout",
        "2",
        &file.to_string_lossy(),
    ]);
    assert!(said.code == Some(code) && said.all().contains(says), "{says:?} with {code}: {said:?}");
}

/// With other paths in the place of the pact.
fn check_paths(files: &[(&str, String)], provider: &str, path: &str, says: &str) {
    let (register, folder) = (StandIn::of(register()), folder(files));
    let states = format!("{}/states", register.url());
    let path = folder.path().join(path);
    let said = verify(&["--provider", provider, "--url", register.url(), "--state-url", &states, &path.to_string_lossy()]);
    assert!(said.code == Some(2) && said.all().contains(says) && said.out.is_empty(), "{says:?}: {said:?}");
}

/// The register, with another answer for the person.
fn answering<A: IntoResponse + 'static>(answer: impl Fn() -> A + Clone + Send + Sync + 'static) -> Router {
    let states = Router::new().route("/states", post(async || Json(json!({}))));
    states.route("/people/1", get(move || std::future::ready(answer().into_response())))
}

/// The register, with another answer to state changes.
fn stating<A: IntoResponse + 'static>(answer: impl Fn() -> A + Clone + Send + Sync + 'static) -> Router {
    Router::new().route("/people/1", get(person)).route("/states", post(move || std::future::ready(answer().into_response())))
}

#[test]
fn a_library_that_is_told_to_compare_in_another_way() {
    let (_folder, file) = file(&pact());
    let mut verifying = command(&["--provider", "register", "--url", &nowhere(), &file.to_string_lossy()]);
    verifying.env("PACT_MATCHING_ENGINE", "V2");
    let said = run(verifying);
    assert!(said.code == Some(2) && said.err.contains("PACT_MATCHING_ENGINE=v2 lets the pacts be compared"), "{said:?}");
}

#[test]
fn nothing_is_wrong_and_the_code_is_0() {
    let mut relaxed = pact();
    replacing(&mut relaxed, "/interactions/0/response/body/content", json!({"email": "ada@example.org"}));
    check(&relaxed, register(), 0, "pact verify: ok. 1 kept, 0 broken");
}

#[test]
fn an_answer_that_is_none_of_those_allowed() {
    check(&pact(), register(), 1, "expected a value like \"ines@example.org\" at $.email but the answer has \"ada@example.org\"");
    check(&pact(), answering(|| Json(json!({"id": 1}))), 1, "expected \"email\" at $.email, such as \"ines@example.org\"");
    check(&pact(), answering(|| StatusCode::NO_CONTENT), 1, "expected status 200 but the answer has status 204");
    check(&pact(), answering(|| Html("<h1>Register</h1>")), 1, "that is a page for browsers: is --url the address of the API?");
    check(&pact(), answering(|| Redirect::to("/sign-in")), 1, "but the answer has status 303");
    check(&pact(), answering(|| "no JSON"), 1, "expected a body of application/json");
}

#[test]
fn a_provider_that_does_not_answer() {
    let hanging = Router::new()
        .route("/states", post(async || Json(json!({}))))
        .route("/people/1", get(async || std::future::pending::<StatusCode>().await));
    check(&pact(), hanging, 1, "does not answer at /people/1: no answer in time");
    let (register, (_folder, file)) = (StandIn::of(register()), file(&pact()));
    let states = format!("{}/states", register.url());
    let said = verify(&["--provider", "register", "--url", &nowhere(), "--state-url", &states, &file.to_string_lossy()]);
    assert!(said.code == Some(2) && said.all().contains("does not answer at /people/1: no connection"), "{said:?}");
    assert!(said.all().contains("pact verify: NOT RUN. 0 kept, 1 broken"), "{said:?}");
}

#[test]
fn a_state_that_is_not_there() {
    check(&pact(), stating(|| StatusCode::INTERNAL_SERVER_ERROR), 1, "the state \"a person\" could not be brought about: ");
    check(
        &pact(),
        stating(|| Html("<h1>Register</h1>")),
        1,
        "answered text/html; charset=utf-8, not a JSON object of what the state tells",
    );
    check(&pact(), stating(|| "[]"), 1, "the state \"a person\" is not there");
    check(&pact(), stating(|| Redirect::to("/sign-in")), 1, "which leads to /sign-in");
    let refusal = || (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"error": {"code": "x", "message": "Nobody is at home."}})));
    check(&pact(), stating(refusal), 1, "could not be brought about: Nobody is at home.");
    let mut taking = pact();
    replacing(
        &mut taking,
        "/interactions/0/request",
        json!({"method": "GET", "path": "/people/1", "generators":
            {"path": {"type": "ProviderState", "expression": "/people/${person}", "dataType": "STRING"}}}),
    );
    check(
        &taking,
        stating(|| Json(json!({"persons": 1}))),
        1,
        "its request takes \"person\" from the state, and \"a person\" tells \"persons\"",
    );
    let mut without = pact();
    replacing(&mut without, "/interactions/0/providerStates", json!([]));
    check(&without, register(), 1, "it names no state that it begins with");
}

#[test]
fn nobody_who_brings_states_about() {
    let (register, (_folder, file)) = (StandIn::of(register()), file(&pact()));
    let path = file.to_string_lossy();
    let verify = |more: &[&str]| verify(&[&["--provider", "register", "--url", register.url()], more, &[&*path]].concat());
    let said = verify(&[]);
    assert!(said.code == Some(2) && said.err.contains("nobody is named who brings them about"), "{said:?}");
    let said = verify(&["--control-url", &nowhere()]);
    assert!(said.code == Some(2) && said.all().contains("the state \"a person\" could not be asked for at http"), "{said:?}");
    // The provider is no control plane.
    let said = verify(&["--control-url", register.url()]);
    assert!(said.code == Some(1) && said.all().contains("is --control-url the control address of a sandbox"), "{said:?}");
    let said = verify(&["--control-url", register.url(), "--state-url", register.url()]);
    assert!(said.code == Some(2) && said.err.contains("cannot be used with"), "{said:?}");
}

#[test]
fn a_sandbox_that_does_not_know_the_state() {
    let world = World::start();
    let icims = world.text("icims", "base_url");
    for (place, value, says) in [
        (
            "/interactions/0/providerStates/0/name",
            json!("a candidate who juggles"),
            "There is no state \"a candidate who juggles\" of icims: there are ",
        ),
        ("/interactions/0/providerStates/0/params", json!({"mood": "good"}), "takes no parameter \"mood\""),
        ("/interactions/0/providerStates/0/name", json!("a job with a package"), "needs the parameter \"package\", as text"),
    ] {
        let mut asking = pact();
        replacing(&mut asking, "/provider/name", json!("icims"));
        replacing(&mut asking, "/interactions/0/providerStates", json!([{"name": "a candidate", "params": {}}]));
        replacing(&mut asking, place, value);
        let (_folder, file) = file(&asking);
        let said = verify(&["--provider", "icims", "--url", icims, "--control-url", world.control(), &file.to_string_lossy()]);
        assert!(said.code == Some(1) && said.all().contains(says), "{says:?}: {said:?}");
    }
    let mut elsewhere = pact();
    replacing(&mut elsewhere, "/provider/name", json!("register"));
    let (_folder, file) = file(&elsewhere);
    let said = verify(&["--provider", "register", "--url", icims, "--control-url", world.control(), &file.to_string_lossy()]);
    assert!(said.code == Some(1) && said.all().contains("There are no states for a provider \"register\""), "{said:?}");
}

#[test]
fn an_address_of_somebody_else() {
    let world = World::start();
    let file = Pair::IntegrationToIcims.path();
    let platform = world.text("platform", "base_url");
    let said = verify(&["--provider", "icims", "--url", platform, "--control-url", world.control(), &file.to_string_lossy()]);
    assert!(said.code == Some(1) && said.all().contains("pact verify: FAILED. "), "{said:?}");
    assert!(
        said.all().contains("is the address of \"icims\"?") || said.all().contains("but the answer has status 404"),
        "{said:?}"
    );
}

#[test]
fn files_that_are_no_pacts_of_the_provider() {
    let pact = |value: Value| serde_json::to_string(&value).expect("JSON");
    let ours = || pact(super::place::pact());
    check_paths(&[("pacts/README.md", "words".into())], "register", "pacts", "has no .json file, so there is nothing to verify");
    check_paths(
        &[("package.json", "{\"name\": \"shop\"}".into())],
        "register",
        "package.json",
        "is not a pact, as it has no consumer",
    );
    check_paths(&[("pacts/a.json", ours()), ("pacts/b.json", "{".into())], "register", "pacts", "b.json is not JSON");
    check_paths(&[("a.json", ours())], "register", "b.json", "b.json cannot be read");
    check_paths(&[("a.json", ours())], "icims", "a.json", "a.json is a pact of \"register\", not of \"icims\"");
    check_paths(&[("pacts/a.json", ours())], "registre", "pacts", "did you mean \"register\"?");
    let mut empty = super::place::pact();
    replacing(&mut empty, "/interactions", json!([]));
    check_paths(&[("a.json", pact(empty))], "register", "a.json", "a.json has no interactions");
    let mut odd = super::place::pact();
    replacing(&mut odd, "/interactions/0/type", json!("Telepathy"));
    check_paths(&[("a.json", pact(odd))], "register", "a.json", "a.json cannot be read as a pact");
}

#[test]
fn what_merging_and_editing_leave_behind() {
    let fine = |description: &str| {
        let mut one = interaction(description);
        one["response"] = json!({"status": 200});
        one
    };
    let mut ghosts = pact();
    replacing(&mut ghosts, "/interactions", json!([fine("a request"), fine("a request for a person")]));
    check(&ghosts, register(), 1, "under two descriptions, \"a request\" and \"a request for a person\"");
    replacing(&mut ghosts, "/interactions", json!([fine("a request"), fine("a request")]));
    check(&ghosts, register(), 1, "has \"a request\" twice in the same state");
    let mut pending = pact();
    replacing(&mut pending, "/interactions/0", fine("a request"));
    replacing(&mut pending, "/interactions/0/pending", json!(true));
    check(&pending, register(), 1, "as pending by hand: only a broker may say");
    let mut message = pact();
    replacing(
        &mut message,
        "/interactions/0",
        json!({"description": "a message", "type": "Asynchronous/Messages", "pending": false,
            "providerStates": [{"name": "a person"}], "contents": {"content": "hello", "contentType": "text/plain", "encoded": false}}),
    );
    check(&message, register(), 1, "it is a message and no request over HTTP");
    let both = [("pacts/old.json", ghosts_of(fine("x"))), ("pacts/new.json", ghosts_of(fine("y")))];
    let (register, folder) = (StandIn::of(register()), folder(&both));
    let states = format!("{}/states", register.url());
    let path = folder.path().join("pacts");
    let said = verify(&["--provider", "register", "--url", register.url(), "--state-url", &states, &path.to_string_lossy()]);
    assert!(said.code == Some(1) && said.all().contains("are both pacts of \"shop\""), "{said:?}");
}

fn ghosts_of(interaction: Value) -> String {
    let mut pact = pact();
    replacing(&mut pact, "/interactions/0", interaction);
    pact.to_string()
}

#[test]
fn a_filter_that_matches_nothing() {
    let (register, (_folder, file)) = (StandIn::of(register()), file(&pact()));
    let states = format!("{}/states", register.url());
    for (option, text, says) in [
        ("--filter", "a request for a parson", "leaves none of 1 interactions: did you mean \"a request for a person\"?"),
        ("--state", "nobody", "--state \"nobody\" leaves none of 1 interactions"),
        ("--filter", "(", "invalid value '(' for '--filter <REGEX>'"),
    ] {
        let file = file.to_string_lossy();
        let said = verify(&["--provider", "register", "--url", register.url(), "--state-url", &states, option, text, &file]);
        assert!(said.code == Some(2) && said.err.contains(says), "{says:?}: {said:?}");
    }
}

#[test]
fn what_nobody_can_have_meant() {
    let (_folder, file) = file(&pact());
    let file = file.to_string_lossy();
    for (arguments, says) in [
        (&["--url", "http://127.0.0.1:9", &file][..], "--provider <NAME>"),
        (&["--provider", "register", &file], "--url <URL>"),
        (&["--provider", "register", "--url", "http://127.0.0.1:9"], "nothing says which pacts"),
        (&["--provider", "register", "--url", "register", &file], "invalid value 'register' for '--url <URL>'"),
        (&["--provider", "register", "--url", "ftp://register", &file], "it begins with http:// or https://"),
        (&["--provider", "register", "--url", "http://me:secret@127.0.0.1:9", &file], "it holds a user name or a password"),
        (&["--provider", "register", "--url", "http://127.0.0.1:9/?a=b", &file], "so it has no ? and no #"),
        (
            &["--provider", "register", "--url", "http://127.0.0.1:9", "--report", "/dev/null/x", &file],
            "for the report cannot be written",
        ),
    ] {
        let said = verify(arguments);
        assert!(said.code == Some(2) && said.err.contains(says) && said.out.is_empty(), "{arguments:?}: {said:?}");
    }
}

/// Whoever waits for a provider can stop waiting.
#[cfg(unix)]
#[test]
fn somebody_who_has_had_enough() {
    let (asked, was_asked) = std::sync::mpsc::channel();
    let (told, was_told) = std::sync::mpsc::channel();
    let states = post(async move |Json(change): Json<Value>| {
        told.send(change["action"].clone()).expect("somebody waits");
        Json(json!({}))
    });
    let hanging = Router::new().route("/states", states).route(
        "/people/1",
        get(async move || {
            asked.send(()).expect("somebody waits");
            std::future::pending::<StatusCode>().await
        }),
    );
    let (register, (_folder, file)) = (StandIn::of(hanging), file(&pact()));
    let states = format!("{}/states", register.url());
    let mut running =
        command(&["--provider", "register", "--url", register.url(), "--state-url", &states, &file.to_string_lossy()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
    was_asked.recv().expect("it asks");
    let signalled = std::process::Command::new("kill").args(["-INT", &running.id().to_string()]).status().expect("kill");
    assert!(signalled.success());
    let code = running.wait().expect("it ends").code();
    let mut said = String::new();
    running.stdout.take().expect("a pipe").read_to_string(&mut said).expect("text");
    assert!(code == Some(130) && said.contains("pact verify: INTERRUPTED. 0 kept, 0 broken, 1 not reached"), "{code:?}: {said}");
    assert_eq!(was_told.try_iter().collect::<Vec<_>>(), ["setup", "teardown"], "what was opened has gone");
}
