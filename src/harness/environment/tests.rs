//! Files that tell where scenarios are run.

use super::*;

fn read(text: &str) -> Result<Environment> {
    let variable = |name: &str| (name == "TOKEN").then(|| "a-token-of-sixteen".to_owned());
    Environment::parse(text, Path::new("ours.toml"), variable)
}

fn control(text: &str) -> ControlKeys {
    match read(text).expect("an environment").kind {
        Kind::Sandbox(keys) => keys,
        Kind::Tenant(_) => panic!("{text} is that of a sandbox"),
    }
}

fn customer(text: &str) -> Arc<Tenant> {
    let environment = read(text).unwrap_or_else(|error| panic!("{error:#}\n{text}"));
    Arc::clone(environment.tenant().expect("a customer"))
}

/// The least that is to be told of a customer, and more.
fn icims(more: &str) -> String {
    let least =
        "[icims]\nbase_url = \"https://api.icims.test\"\ncustomer_id = \"4021\"\nusername = \"qa\"\npassword = \"${TOKEN}\"\n";
    format!("{least}calls = 500\n{more}")
}

#[test]
fn a_file_names_the_place_and_leaves_secrets_to_variables() {
    let text = "name = \"Staging\"\n[control]\nbase_url = \"http://sandbox:8700\"\ntoken = \"${TOKEN}\"";
    assert_eq!(read(text).expect("an environment").name(), "Staging, at http://sandbox:8700");
    assert_eq!(control(text).token.as_deref(), Some("a-token-of-sixteen"));
}

#[test]
fn the_line_of_up_is_one_also_with_more_lines_after_it() {
    let line = r#"{"ready": true, "icims": {"customer_id": "4021"}, "control": {"base_url": "http://127.0.0.1:8700"}}"#;
    for text in [line.to_owned(), format!("\n{line}\nstopped")] {
        let keys = control(&text);
        assert_eq!((keys.base_url.as_str(), keys.token), ("http://127.0.0.1:8700", None));
    }
}

#[test]
fn a_customer_of_their_own_lacks_what_only_a_sandbox_has_and_whatever_is_not_told() {
    use crate::harness::need::Need::*;
    let bare = customer(&icims(""));
    for need in [OwnWorld, OwnCustomer, Faults, Journal, Console, Screens, Summary, Portal, Mail, Assessment, Changes] {
        assert!(bare.lacks(need), "{need}");
    }
    let rich = "writes = true\nrecruiter_url = \"https://icims.test/\"\n[harver]\nsimulated = true\nlink_url = \"https://assess.test/\"\n\
                [mail]\naddress = \"qa+{name}@example.org\"\nmailpit = \"http://mailpit:8025\"\n";
    let rich = customer(&icims(rich));
    for need in [Screens, Summary, Mail, Assessment, AssessmentPages, Changes] {
        assert!(!rich.lacks(need), "{need}");
    }
    assert_eq!(rich.address("ana"), "qa+ana@example.org");
    let any_link = "[mail]\naddress = \"{name}@example.org\"\nmailpit = \"http://mailpit:8025\"\n";
    assert!(customer(&icims(any_link)).lacks(Mail), "nobody knows which of a mail's links leads to the assessment");
    let asked = customer(&icims(
        "[harver]\nlink_url = \"https://assess.test/\"\n[person]\n[mail]\naddress = \"{name}@example.org\"\nperson = true\n",
    ));
    for (need, lacks) in [(Summary, false), (Assessment, false), (Mail, false), (Screens, true), (AssessmentPages, true)] {
        assert_eq!(asked.lacks(need), lacks, "{need}");
    }
}

#[test]
fn a_postman_environment_has_the_same_settings_by_their_paths() {
    let values = [
        ("icims.base_url", "https://api.icims.test", true),
        ("icims.customer_id", "4021", true),
        ("icims.username", "qa", true),
        ("icims.password", "${TOKEN}", true),
        ("icims.calls", "500", true),
        ("icims.writes", "true", true),
        ("icims.jobs.Call Centre Advisor (Utrecht. 2)", "2207", true),
        ("icims.portal_url", "https://careers.test/", false),
    ];
    let values: Vec<_> =
        values.iter().map(|(key, value, enabled)| serde_json::json!({"key": key, "value": value, "enabled": enabled})).collect();
    let text = serde_json::json!({"name": "Ours", "values": values, "_postman_variable_scope": "environment"}).to_string();
    assert_eq!(read(&text).expect("an environment").name(), "Ours, customer 4021");
    let tenant = customer(&text);
    assert_eq!(tenant.jobs["Call Centre Advisor (Utrecht. 2)"], "2207");
    assert!(!tenant.lacks(crate::harness::need::Need::Changes) && tenant.portal_url.is_none());
    assert_eq!(tenant.icims.secret(), "a-token-of-sixteen");
}

#[test]
fn the_example_tells_every_setting_and_can_be_read() {
    let example = include_str!("../../../examples/environment.toml");
    let variable = |name: &str| name.ends_with("PASSWORD").then(|| "secret".to_owned());
    let environment = Environment::parse(example, Path::new("environment.toml"), variable).expect("an environment");
    assert_eq!(environment.name(), "Staging of Brightwater Foods, customer 4021");
    let fields = include_str!("written.rs").lines().filter_map(|line| line.trim().strip_prefix("pub(super) ")?.split_once(": "));
    let settings: Vec<_> = fields.map(|(name, _)| name).filter(|name| !name.contains(' ')).collect();
    assert!(settings.len() > 25, "{settings:?}");
    for setting in settings {
        let written = [format!("{setting} ="), format!("[{setting}]"), format!(".{setting}]")];
        assert!(written.iter().any(|written| example.contains(written)), "{setting} is not in the example");
    }
}

#[test]
fn nobody_has_a_name_that_was_there_before() {
    let (one, other) = (customer(&icims("")), customer(&icims("")));
    let tags = [one.tag(), one.tag(), other.tag(), other.tag()];
    assert_eq!(tags.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{tags:?}");
}

#[test]
fn what_is_none_is_told_by_its_file_and_without_its_values() {
    let tenant = |more: &str| icims(more);
    for (text, says) in [
        (String::new(), "neither [control] nor [icims]"),
        ("base_url = 1".into(), "neither the line of up --json nor an environment"),
        ("{".into(), "no line of up --json"),
        (r#"{"ready": true}"#.into(), "missing field `control`"),
        ("[control]\nbase_url = \"x\"\ntokn = \"SECRET\"".into(), "unknown field `tokn`"),
        ("[control]\nbase_url = \"http://${HOST}:1\"".into(), "the variable HOST is not set"),
        ("[control]\nbase_url = \"http://x\"\ntoken = \"SECRET${HOST\"".into(), "has a ${ without its }"),
        ("control = \"SECRET\"".into(), "a value is not of the kind"),
        ("{\"control\": \"SECRET\"}".into(), "a value is not of the kind"),
        ("[control]\nbase_url = \"http://me:SECRET@x\"".into(), "has a user name or a password in it"),
        ("[control]\nbase_url = \"SECRET\"".into(), "reading control.base_url"),
        (format!("[control]\nbase_url = \"http://x\"\n{}", tenant("")), "tells both [control] and [icims]"),
        (tenant("").replace("calls = 500\n", ""), "missing field `calls`"),
        (tenant("client_id = \"SECRET\"\n"), "either username and password, or token_url"),
        (tenant("[mail]\naddress = \"qa@example.org\"\nmailpit = \"http://x\"\n"), "has no {name} in it"),
        (tenant("[mail]\naddress = \"{name}@x\"\n"), "tells one of mailpit, imap and person"),
        (tenant("[mail]\naddress = \"{name}@x\"\nperson = true\n"), "add the section [person]"),
        (tenant("[mail]\naddress = \"{name}@x\"\nimap = \"imaps://x\"\n"), "wants mail.username and mail.password"),
        (
            tenant("[mail]\naddress = \"{name}@x\"\nimap = \"pop://x\"\nusername = \"a\"\npassword = \"SECRET\"\n"),
            "no way to read mail",
        ),
        (format!("{}[waiting]\nquiet_seconds = 0\n", tenant("")), "quiet_seconds from 1"),
        (format!("{}[waiting]\npatience_seconds = 5\n", tenant("")), "quiet_seconds from 1 to patience_seconds"),
        (format!("{}[person]\npatience_minutes = 400000000000000000\n", tenant("")), "patience_minutes is from 1 to 1440"),
        (tenant("jobs = [\"SECRET\"]\n"), "an environment has no lists"),
        (r#"{"name": "Ours", "values": [{"key": "icims.calls", "value": "SECRET"}]}"#.into(), "calls is a number"),
        (
            r#"{"name": "Ours", "values": [{"key": "icims", "value": "x"}, {"key": "icims.calls", "value": "1"}]}"#.into(),
            "below what is a value",
        ),
    ] {
        let error = format!("{:#}", read(&text).expect_err("no environment"));
        assert!(error.contains("ours.toml") && error.contains(says) && !error.contains("SECRET"), "{text:?}: {error}");
    }
}
