//! `Containerfile` and `compose.yaml`, as far as they can be checked without a daemon: their shape, that the program takes every command
//! and flag and reads every variable in them, and that integration and sandbox apart know each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::commands::{Serving, free_port, serve, webhook_credentials};
use crate::program::{Program, finish_journey, until, visitor};

fn read(file: &str) -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)).expect(file)
}

/// Anchors and merges resolved, as compose sees it.
fn compose() -> Value {
    serde_saphyr::from_str(&read("compose.yaml")).expect("YAML")
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array().unwrap_or_else(|| panic!("{list} is no list")).iter().map(|one| one.as_str().expect("text")).collect()
}

fn service<'a>(compose: &'a Value, name: &str) -> &'a Value {
    &compose["services"][name]
}

/// The instructions of the Containerfile, continued lines joined.
fn instructions() -> Vec<(String, String)> {
    let text = read("Containerfile").replace("\\\n", " ");
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(' ').expect("an argument")).map(|(name, rest)| (name.into(), rest.trim().into())).collect()
}

/// The arguments of the instructions of this name.
fn all(name: &str) -> Vec<String> {
    instructions().into_iter().filter(|(known, _)| known == name).map(|(_, rest)| rest).collect()
}

/// What `--help` of a command says.
fn help(command: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_harver-icims")).args([command, "--help"]).output().expect("it runs");
    assert!(output.status.success(), "there is no command {command}");
    String::from_utf8(output.stdout).expect("text")
}

/// The program takes a command with these flags, whose values it is not asked about.
fn is_taken(arguments: &[&str]) {
    let (command, flags) = arguments.split_first().expect("a command");
    let known = help(command);
    for flag in flags.iter().filter(|flag| flag.starts_with("--")) {
        assert!(
            known.contains(&format!("{flag} <")) || known.contains(&format!("{flag}\n")),
            "{command} has no {flag}:\n{known}"
        );
    }
}

#[test]
fn the_image_is_small_and_its_program_is_not_root() {
    let from = all("FROM");
    assert_eq!(from.len(), 2, "what builds is not what runs");
    assert!(from[0].starts_with("docker.io/library/rust:1.") && from[0].ends_with(" AS build"), "{from:?}");
    assert!(from[1].contains("distroless"), "{from:?}");
    let manifest = read("Cargo.toml");
    let needed = manifest.lines().find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"')).expect("a version");
    assert!(from[0].contains(&format!("rust:{needed}")), "the compiler is the one of Cargo.toml: {from:?}");

    let last = |name: &str| all(name).pop().unwrap_or_else(|| panic!("no {name}"));
    let (user, group) =
        last("USER").split_once(':').map(|(user, group)| (user.to_owned(), group.to_owned())).expect("both by number");
    assert!(user.parse::<u32>().is_ok_and(|user| user > 0) && group.parse::<u32>().is_ok_and(|group| group > 0));
    let copied = all("COPY");
    assert!(copied.iter().any(|copy| copy.contains(&format!("--chown={user}:{group} /data"))), "{copied:?}");
    assert!(read(".dockerignore").lines().any(|line| line == "target"), "the build does not send what was built");
}

#[test]
fn the_program_takes_what_the_containerfile_says() {
    let list = |text: &str| -> Vec<String> { serde_json::from_str(text).expect("the form without a shell") };
    assert_eq!(list(&all("ENTRYPOINT")[0]), ["harver-icims"]);
    let start = list(&all("CMD")[0]);
    is_taken(&start.iter().map(String::as_str).collect::<Vec<_>>());
    let health = &all("HEALTHCHECK")[0];
    let asked = list(health.split_once("CMD ").expect("a command").1);
    assert_eq!((asked[0].as_str(), asked[1].as_str()), ("harver-icims", "wait"));
    is_taken(&asked[1..].iter().map(String::as_str).collect::<Vec<_>>());

    let built = all("RUN").join(" ");
    let features = built.split_once("--features ").expect("features").1.split(' ').next().expect("a name");
    assert!(read("Cargo.toml").contains(&format!("\n{features} = [")), "{features}");
    for variable in all("ENV") {
        let name = variable.split('=').next().expect("a name").to_owned();
        assert!(help("up").contains(&format!("[env: {name}=")), "nobody reads {name}");
    }
    let ports: BTreeSet<&str> = ["8700", "8701", "8702", "8703", "8725"].into();
    assert_eq!(all("EXPOSE")[0].split(' ').collect::<BTreeSet<_>>(), ports);
}

#[test]
fn the_program_takes_what_compose_says_and_reads_each_variable() {
    let compose = compose();
    let services = compose["services"].as_object().expect("services");
    assert_eq!(services.keys().collect::<BTreeSet<_>>(), ["integration", "sandbox", "world"].map(str::to_owned).iter().collect());
    for (name, service) in services {
        let command = texts(&service["command"]);
        is_taken(&command);
        // Help is broken into lines as the terminal is wide.
        let known = help(command[0]).split_whitespace().collect::<Vec<_>>().join(" ");
        for variable in service["environment"].as_object().expect("variables").keys() {
            assert!(known.contains(&format!("[env: {variable}")), "{name}: {} does not read {variable}", command[0]);
        }
        if let Some(asked) = service["healthcheck"]["test"].as_array() {
            let asked: Vec<&str> = asked.iter().filter_map(Value::as_str).collect();
            assert_eq!(asked[..2], ["CMD", "harver-icims"], "{name}");
            is_taken(&asked[2..]);
        }
        assert_eq!((&service["build"]["dockerfile"], &service["read_only"]), (&"Containerfile".into(), &true.into()), "{name}");
        for port in texts(&service["ports"]) {
            let [address, outside, inside] = port.split(':').collect::<Vec<_>>()[..] else { panic!("{name}: {port}") };
            assert_eq!((address, outside), ("127.0.0.1", inside), "{name}: for this machine, and as links say it");
        }
        for volume in texts(&service["volumes"]) {
            let (from, to) = volume.split_once(':').expect("two places");
            let is_kept = to == "/data" && compose["volumes"].as_object().expect("volumes").contains_key(from);
            assert!(is_kept || from.strip_prefix("./").is_some_and(|file| !read(file).is_empty()), "{name}: {volume}");
        }
    }
    let profile = |name| texts(&service(&compose, name)["profiles"]).concat();
    assert_eq!(["world", "sandbox", "integration"].map(profile), ["together", "apart", "apart"]);
    assert_eq!(service(&compose, "integration")["depends_on"]["sandbox"]["condition"], "service_healthy");
}

/// The value of a flag in the command of a service.
fn flag<'a>(compose: &'a Value, name: &str, flag: &str) -> &'a str {
    let command = texts(&service(compose, name)["command"]);
    let at = command.iter().position(|argument| *argument == flag).unwrap_or_else(|| panic!("{name} has no {flag}"));
    command[at + 1]
}

#[tokio::test]
async fn integration_and_sandbox_apart_know_each_other() {
    let compose = compose();
    assert_eq!(flag(&compose, "sandbox", "--integration-url"), "http://integration:8702");
    assert_eq!(flag(&compose, "sandbox", "--allow-host"), "sandbox", "it answers to the name that the integration calls");
    assert!(flag(&compose, "integration", "--listen").ends_with(":8702"));

    // The same two, with the names and ports of services replaced by those of this machine.
    let (folder, client, port) = (tempfile::tempdir().expect("a folder"), visitor(), free_port());
    let sandbox = Program::start(["sandbox", "--port", "0", "--integration-url", &format!("http://127.0.0.1:{port}")]);
    let (_, mail) = sandbox.text("mailbox", "smtp").split_once(':').expect("host and port");
    let mut config = read("examples/compose/serve.toml");
    for (of_compose, here) in [
        ("http://sandbox:8701", sandbox.text("icims", "base_url")),
        ("http://sandbox:8703", sandbox.text("platform", "base_url")),
        ("host = \"sandbox\"", "host = \"127.0.0.1\""),
        ("port = 8725", &format!("port = {mail}")),
        ("http://127.0.0.1:8702", &format!("http://127.0.0.1:{port}")),
    ] {
        assert!(config.contains(of_compose), "{of_compose}");
        config = config.replace(of_compose, here);
    }
    let (username, password) = webhook_credentials(&sandbox, &client).await;
    assert!(config.contains(&username) && config.contains(&password), "the platform's credentials are those of seed 1");
    let file = folder.path().join("serve.toml");
    fs::write(&file, config).expect("a file");
    let mut command = serve(&file);
    command.args(["--listen", &format!("127.0.0.1:{port}"), "--database"]).arg(folder.path().join("integration.db"));
    let _serving = Serving(command.spawn().expect("the program starts"));
    until("the integration to be ready", async || match client.get(format!("http://127.0.0.1:{port}/readyz")).send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        other => Err(format!("{other:?}")),
    })
    .await;
    sandbox.advance(&client).await;
    let rows = finish_journey(&sandbox, &client).await;
    assert_eq!(rows[0]["assessmentresult"], "Great Fit", "{rows:?}");
}
