//! Features of somebody's own: the example folder passes through the real program, and no mistake in a sentence that asks an API is
//! green. One deliberate mistake each, which ends the command with the code 1 and a sentence that names the mistake.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A secret that no message may show.
const SECRET: &str = "hunter2-of-zoe";

/// Sentences with a mistake, and what is said of it. `URL` is the address of a server that answers.
const MISTAKES: [(&str, &str); 45] = [
    ("When GET 'URL/json'\nThen json path at \"$.[\" should equal \"7\"", "\"$.[\" is no JSON path"),
    ("When GET 'URL/json'\nThen json path at \"$.nobody\" should equal \"7\"", "the JSON path \"$.nobody\" finds nothing in {"),
    ("When GET 'URL/json'\nThen json path at \"$.list[*]\" should equal \"1\"", "finds 2 values: 1, 2; name one of them"),
    ("When GET 'URL/json'\nThen json path at \"$.id\" should equal \"8\"", "the JSON path \"$.id\" finds 7, not \"8\""),
    ("When GET 'URL/json'\nThen json path at \"$.id\" should match \"^8\"", "finds 7, which does not match \"^8\""),
    ("When GET 'URL/json'\nThen json path at \"$.id\" should match \"(\"", "\"(\" is no regular expression"),
    ("When GET 'URL/json'\nThen json path at \"$.list\" should be empty", "finds [1,2], which is not empty"),
    ("When GET 'URL/json'\nThen json path at \"$.nobody\" should be empty", "finds nothing in {"),
    (
        "When GET 'URL/html'\nThen json path at \"$.id\" should equal \"7\"",
        "answered 200 OK is no JSON: 18 characters of text/html",
    ),
    ("When GET 'URL/nothing'\nThen json path at \"$.id\" should equal \"7\"", "answered 404 Not Found has no body"),
    ("When GET 'URL/json'\nThen receive status 201", "the status is 200, not 201: GET"),
    ("When GET 'URL/moved'\nThen receive status 200", "the status is 303, not 200"),
    ("When GET 'http://127.0.0.1:9/'\nThen receive status 200", "GET http://127.0.0.1:9/ got no answer"),
    ("When GET 'URL/slow'\nThen within 100ms", "later than 100 ms and the latency buffer of 0 ms"),
    ("When GET 'URL/json'\nThen the response header \"X-Nobody\" should equal \"1\"", "without the header X-Nobody"),
    ("When GET 'URL/json'\nThen the response header \"X-Kind\" should equal \"b\"", "the header X-Kind is \"a\", not \"b\""),
    ("When GET 'URL/{nobody}'\nThen receive status 200", "the variable {nobody} is not set"),
    ("When GET 'URL/json'\nThen json path at \"$.id\" should equal \"{nobody}\"", "the variable {nobody} is not set"),
    (
        "Given Brightwater Foods has connected iCIMS to Harver\nWhen GET '{icims.bas_url}'\nThen receive status 200",
        "the variable {icims.bas_url} is not set; did you mean {icims.base_url}?",
    ),
    ("When GET '/json'\nThen receive status 200", "the address '/json' is relative, and there is no base"),
    ("When GET 'icims:80/json'\nThen receive status 200", "it has to begin with http:// or https://"),
    ("When I send a 'FETCH' request to 'URL/json'\nThen receive status 200", "\"FETCH\" is no method"),
    ("When GET 'URL/json'\nAnd qs:\nThen receive status 200", "this sentence wants a table below it"),
    ("When GET 'URL/json'\nAnd qs:\n| a | b | c |\nThen receive status 200", "and not | a | b | c |"),
    ("When GET 'URL/json'\nAnd set:\n| a b | c |\nThen receive status 200", "\"a b\" can be no header"),
    ("When GET 'URL/json'\nAnd set cookies:\n| a | b |\nThen receive status 200", "the table has no column Name"),
    ("When POST 'URL/json'\nAnd send:\nThen receive status 200", "wants a text between two lines"),
    (
        "When POST 'URL/json'\nAnd send from file \"nobody.json\"\nThen receive status 200",
        "the file nobody.json is neither own/nobody.json nor in the working folder",
    ),
    (
        "When POST 'URL/json'\nAnd send example body\nThen receive status 200",
        "no OpenAPI document describes POST /json; there are those of: icims, platform, integration, control",
    ),
    ("When I add the example request body\nThen receive status 200", "there is no request to add this to"),
    ("Then receive status 200", "nothing was asked yet"),
    (
        "When GET 'URL/json'\nAnd GET 'URL/html'\nThen receive status 200",
        "json' was never sent, because no Then looks at its answer",
    ),
    (
        "When GET 'URL/json'\nAnd I set the placeholder 'id' using the json path '$.id' from the last 'POST' to 'URL/json'\nThen receive status 200",
        "no 'POST' to 'http://127.0.0.1",
    ),
    ("When GET 'URL/json'\nThen validate against schema", "no OpenAPI document describes GET /json"),
    (
        "Given I set the variable:\n| icims.base_url | URL |\nWhen GET 'URL/customers/1/people/2'\nThen validate against schema",
        "GET /customers/{customer}/{kind}/{id} of the OpenAPI document icims because the body departs from its schema",
    ),
    (
        "Given I set the variable:\n| icims.base_url | URL |\nWhen PATCH 'URL/customers/1/people/2'\nThen validate against schema",
        "describes no body for the status 204, so that it has no schema",
    ),
    ("When GET 'URL/json'\nThen validate against the schema from \"nobody.json\"", "the file nobody.json is neither"),
    ("When GET 'URL/json'\nThen validate against the schema:\n\"\"\"\n{\n\"\"\"", "the schema below is no JSON"),
    ("When GET 'URL/json'\nThen validate against the schema:\n\"\"\"\n{\"type\": \"nothing\"}\n\"\"\"", "the schema is none"),
    (
        "When GET 'URL/json'\nThen validate against the schema:\n\"\"\"\n{\"required\": [\"age\"]}\n\"\"\"",
        "at the top: \"age\" is a required property",
    ),
    (
        "Given get token from \"URL/json\" using:\n| grant_type | password |\nWhen GET 'URL/json'\nThen receive status 200",
        "without a token: it has neither accessToken nor access_token",
    ),
    (
        "Given basic auth using:\n| username | zoe |\nWhen GET 'URL/json'\nThen receive status 200",
        "the credentials have no password",
    ),
    (
        "When GET 'URL/json'\nThen within 1 s 'GET' to 'URL/json' answers with the json path \"$.id\" equal to \"8\"",
        "json' was never sent, because no Then looks at its answer",
    ),
    (
        "Then within 1 s 'GET' to 'URL/json' answers with the json path \"$.id\" equal to \"8\"",
        "equal to \"8\"; at last: the JSON path \"$.id\" finds 7, not \"8\"",
    ),
    (
        "Then within 1 s 'POST' to 'URL/json' answers with the json path \"$.id\" equal to \"7\"",
        "a POST that is sent again and again does something each time",
    ),
];

async fn server() -> MockServer {
    let server = MockServer::start().await;
    let json = |text: &str| ResponseTemplate::new(200).set_body_raw(text, "application/json");
    for (verb, place, answer) in [
        ("GET", "/login", json(&format!("{{\"password\": \"{SECRET}\"}}"))),
        ("GET", "/json", json(r#"{"id": 7, "list": [1, 2]}"#).insert_header("X-Kind", "a")),
        ("POST", "/json", json(r#"{"id": 7}"#)),
        ("GET", "/html", ResponseTemplate::new(200).set_body_raw("<html>Hello</html>", "text/html")),
        ("GET", "/moved", ResponseTemplate::new(303).insert_header("Location", "/json")),
        ("GET", "/slow", json("{}").set_delay(Duration::from_millis(300))),
        ("GET", "/customers/1/people/2", json(r#"["no person"]"#)),
        ("PATCH", "/customers/1/people/2", ResponseTemplate::new(204)),
        (
            "POST",
            "/echo",
            ResponseTemplate::new(400).set_body_raw(format!("{{\"detail\": \"not {SECRET}\"}}"), "application/json"),
        ),
    ] {
        Mock::given(method(verb)).and(path(place)).respond_with(answer).mount(&server).await;
    }
    server
}

/// A feature with these scenarios, by name.
fn feature(scenarios: impl IntoIterator<Item = (String, String)>) -> String {
    let told = scenarios.into_iter().map(|(name, steps)| {
        let steps: String = steps.lines().map(|line| format!("    {line}\n")).collect();
        format!("  Scenario: {name}\n{steps}")
    });
    format!("Feature: Own\n{}", told.collect::<String>())
}

/// `check` on such a feature: the exit code and what was said, wherever lines were broken.
fn check(text: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("own")).expect("a folder");
    fs::write(folder.path().join("own/one.feature"), text).expect("a file");
    run(folder.path(), &[&["--features", "own"], arguments].concat())
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command
        .arg("check")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env_remove("BASE_URL")
        .env_remove("LATENCY_BUFFER");
    let output = command.output().expect("it runs");
    let said = [output.stderr, output.stdout].concat();
    (output.status.code(), String::from_utf8_lossy(&said).split_whitespace().collect::<Vec<_>>().join(" "))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mistake_in_a_sentence_that_asks_an_api_is_red_and_named() {
    let server = server().await;
    let name = |number: usize| format!("Mistake {number:02}.");
    let numbered = MISTAKES.iter().enumerate();
    let scenarios = numbered.map(|(number, (steps, _))| (name(number), steps.replace("URL", &server.uri())));
    let (code, said) = check(&feature(scenarios), &[]);
    assert_eq!(code, Some(1), "{said}");
    let (_, failed) = said.split_once("Failed:").expect("failures");
    let told: BTreeMap<&str, &str> = failed.split("Mistake ").filter_map(|told| told.split_once(". ")).collect();
    for (number, (steps, says)) in MISTAKES.iter().enumerate() {
        let told = told.get(format!("{number:02}").as_str()).copied().unwrap_or("it did not fail");
        assert!(told.contains(says), "{steps}\nshould say {says:?}, but says: {told}");
    }
    assert!(said.contains(&format!("0 passed, {} failed", MISTAKES.len())), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_without_a_mistake_is_green() {
    let server = server().await;
    let fine = "\
Given I am anonymous
When GET 'URL/json'
Then receive status 200
And within 2000ms
And json path at \"$.[\"list\"][1]\" should equal \"2\"
When GET '/{what}'
And I set the placeholder 'what' using the json path '$.id' from the last 'GET' to 'URL/json'
Then receive status 404
When GET 'URL/moved'
Then receive status 303
And the response header \"Location\" should equal \"/json\"
And within 5 s 'GET' to 'URL/json' answers with the json path \"$.id\" equal to \"7\""
        .replace("\"list\"", "'list'")
        .replace("URL", &server.uri());
    let (code, said) = check(&feature([("Fine".to_owned(), fine)]), &["--base-url", &server.uri()]);
    assert!(code == Some(0) && said.contains("ok. 1 passed, 0 failed"), "{code:?}: {said}");
    let slow = format!("When GET '{}/slow'\nThen within 100ms", server.uri());
    let (code, said) = check(&feature([("Slow".to_owned(), slow)]), &["--latency-buffer", "10000"]);
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_nobody_looks_at_is_red() {
    let unsent = format!("When GET '{}/json'\nThen print the request", server().await.uri());
    let (code, said) = check(&feature([("Unsent".to_owned(), unsent)]), &[]);
    assert!(code == Some(1) && said.contains("Unsent: the request GET 'http://127.0.0.1"), "{code:?}: {said}");
    assert!(said.contains("was never sent, because no Then looks at its answer"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_shows_a_secret() {
    let server = server().await;
    let steps = format!(
        "Given basic auth using:\n| username | zoe |\n| password | {SECRET} |\nWhen POST '{}/echo'\nAnd send:\n\"\"\"\n\
         {{\"password\": \"{SECRET}\", \"name\": \"zoe\"}}\n\"\"\"\nThen print the request\nAnd print the response body\nAnd receive status 200",
        server.uri()
    );
    let (code, said) = check(&feature([("Secret".to_owned(), steps)]), &[]);
    assert!(code == Some(1) && said.contains("the status is 400, not 200: POST"), "{code:?}: {said}");
    assert!(said.contains("\"name\": \"zoe\"") && said.contains("\"detail\": \"not •••\""), "{said}");
    assert!(said.contains("authorization: •••") && !said.contains(SECRET), "{said}");
    let looks = [
        "json path at \"$.nobody\" should equal \"x\"",
        "json path at \"$.password\" should equal \"x\"",
        "validate against the schema:\n\"\"\"\n{\"properties\": {\"password\": {\"const\": 1}}}\n\"\"\"",
    ];
    let scenario =
        |(number, look): (usize, &&str)| (format!("Look {number}"), format!("When GET '{}/login'\nThen {look}", server.uri()));
    let (code, said) = check(&feature(looks.iter().enumerate().map(scenario)), &[]);
    assert!(code == Some(1) && said.contains("0 passed, 3 failed") && !said.contains(SECRET), "{code:?}: {said}");
    assert!(said.contains("finds nothing in {\"password\":\"•••\"}") && said.contains("finds •••, not \"x\""), "{said}");
}

#[test]
fn a_sentence_that_is_defined_nowhere_is_red_and_told_what_is_like_it() {
    let text = feature([("Undefined".to_owned(), "When GET 'http://127.0.0.1:9/'\nThen recieve the status 200".to_owned())]);
    for arguments in [&[][..], &["--dry-run"]] {
        let (code, said) = check(&text, arguments);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("no step is defined for this sentence; did you mean Then receive status {int}"), "{said}");
        assert!(said.contains("#[then(expr = \"recieve the status {int}\")]"), "{said}");
    }
    assert!(check(&text, &[]).1.contains("steps: harver-icims check --steps shows those that there are"));
}

#[test]
fn the_steps_are_shown_and_where_own_features_use_them() {
    let text = feature([(
        "One".to_owned(),
        "When GET 'http://127.0.0.1:9/'\nThen receive status 200\nAnd nobody knows this".to_owned(),
    )]);
    for (arguments, code, says) in [
        (
            &["--steps", "receive status"][..],
            0,
            "Then receive status {int} The answer has this status. e.g. Then receive status 200",
        ),
        (&["--steps", "receive status"], 0, "used at own/one.feature:4"),
        (&["--steps"], 0, "of which your features use 2; sentences without a step: 1, which --dry-run names"),
        (&["--steps", "nobody"], 2, "no step has nobody in it"),
        (&["--steps", "--list"], 2, "cannot be used with"),
        (&["--format", "markdown"], 2, "--steps"),
    ] {
        let (found, said) = check(&text, arguments);
        assert!(found == Some(code) && said.contains(says), "{arguments:?}: {found:?}, not {code} with {says:?}:\n{said}");
    }
}

#[test]
fn the_example_of_own_features_passes() {
    let (code, said) = run(Path::new(env!("CARGO_MANIFEST_DIR")), &["--features", "examples/features"]);
    assert!(code == Some(0) && said.contains("scenarios: ok. 11 passed, 0 failed"), "{code:?}: {said}");
    assert!(said.contains("answered 401 Unauthorized"), "what is to be printed is: {said}");
}
