//! `doctor`: a healthy set-up, every classic misconfiguration, and neighbours that answer in ways no sandbox does.

mod catalogue;
pub(crate) mod site;
mod wire;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use site::{Examined, Site, at_work};

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_set_up_is_told_in_one_line_and_nothing_is_written_anywhere() {
    let site = Site::start();
    let keys = site.open(true).await;
    site.heal(&keys).await;
    let before = site.writes(&keys).await;
    let said = at_work(|| site.say(&keys, &[], &[])).await;
    let customer = keys["icims"]["customer_id"].as_str().expect("an id");
    let line = said.out.trim_end();
    assert!(said.code == Some(0) && !line.contains('\n'), "{said:?}");
    assert!(line.starts_with(&format!("doctor: ok. customer {customer}: ")) && line.ends_with(" checks."), "{line}");
    let everything = at_work(|| site.say(&keys, &[], &["--verbose"])).await.out;
    let checks = everything.lines().filter(|line| line.starts_with("  ok      ")).count();
    assert!(checks >= 50, "{checks} checks: {everything}");
    assert!(everything.lines().all(|line| line.chars().count() <= 80 || line.contains("://")), "{everything}");
    assert_eq!(site.writes(&keys).await, before, "the doctor changes nothing and sends no mail");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_file_nothing_but_the_default_ports_is_looked_at() {
    let said = at_work(|| site::doctor(&[], &["--only", "environment"])).await;
    // Somebody may have a sandbox running on this machine.
    let (nobody, somebody) =
        (said.err.contains("nothing listens on the default ports of this machine"), said.out.contains("doctor: "));
    assert!(said.code == Some(2) && nobody || somebody, "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_with_control_alone_is_completed_by_the_sandbox() {
    let site = Site::start();
    let control = site.text("control", "base_url");
    let examined = at_work(|| site.examine_file(&format!("[control]\nbase_url = \"{control}\"\n"), &[], &[])).await;
    let found = examined.finding("icims", "icims-credentials");
    assert_eq!((found["outcome"].as_str(), examined.code), (Some("ok"), Some(0)), "{examined:?}");
    assert!(examined.findings().iter().all(|finding| finding["outcome"] != "unknown"), "{examined:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bundle_and_everything_else_is_without_a_secret() {
    let site = Site::start();
    let keys = site.open(true).await;
    // A secret that somebody has put where an address is shown in words.
    let told = site::changed(&keys, &[("integration.console_url", "http://admin:Tr0ub4dor-in-the-address@127.0.0.1:9/console")]);
    let folder = tempfile::tempdir().expect("a folder");
    let bundle = folder.path().join("bundle.json");
    let arguments = ["--verbose", "--bundle", bundle.to_str().expect("text")];
    let said = at_work(|| site.say(&told, &[("HTTPS_PROXY", "http://agent:hunter2-of-the-proxy@127.0.0.1:9")], &arguments)).await;
    let bundle = std::fs::read_to_string(&bundle).expect("the bundle");
    let document: Value = serde_json::from_str(&bundle).expect("JSON");
    assert_eq!(document["settings"]["icims.username"], keys["icims"]["username"]);
    assert!(document["variables"].as_array().expect("names").contains(&json!("HTTPS_PROXY")));
    let mut secrets = vec!["hunter2-of-the-proxy", "Tr0ub4dor-in-the-address"];
    for (part, key) in [
        ("icims", "password"),
        ("icims", "client_secret"),
        ("icims", "hmac_key"),
        ("integration", "password"),
        ("integration", "admin_password"),
        ("integration", "recruiter_password"),
        ("platform", "client_secret"),
    ] {
        secrets.push(keys[part][key].as_str().expect("a secret"));
    }
    for secret in secrets {
        assert!(
            !bundle.contains(secret) && !said.out.contains(secret) && !said.err.contains(secret),
            "{secret} in {bundle}\n{said:?}"
        );
    }
    assert!(said.out.lines().last().is_some_and(|line| line.starts_with("doctor: ")), "the verdict stays last: {said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_that_hangs_costs_its_own_checks_only() {
    let site = Site::start();
    let keys = site.open(true).await;
    let hanging = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let at = format!("http://{}", hanging.local_addr().expect("an address"));
    let told = site::changed(&keys, &[("platform.base_url", &at)]);
    let started = Instant::now();
    let examined = at_work(|| site.examine(&told, &[], &[])).await;
    let took = started.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
    for (group, check) in [("network", "platform-answer"), ("harver", "harver-credentials")] {
        assert_eq!(examined.finding(group, check)["outcome"], "fail", "{examined:?}");
    }
    for (group, check) in
        [("icims", "icims-credentials"), ("events", "event-credentials"), ("mail", "smtp-greeting"), ("network", "icims-answer")]
    {
        assert_eq!(examined.finding(group, check)["outcome"], "ok", "{examined:?}");
    }
    drop(hanging);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_of_serve_is_examined_as_well() {
    let site = Site::start();
    let keys = site.open(true).await;
    site.heal(&keys).await;
    let text = site.configuration(&keys);
    let examined: Examined = at_work(|| site.examine_file(&text, &[], &[])).await;
    assert_eq!(examined.finding("environment", "configuration")["outcome"], "ok", "{examined:?}");
    for (group, check) in [
        ("icims", "icims-credentials"),
        ("harver", "harver-credentials"),
        ("events", "event-credentials"),
        ("mail", "smtp-greeting"),
    ] {
        assert_eq!(examined.finding(group, check)["outcome"], "ok", "{examined:?}");
    }
    let wrong = text.replace("patterns = [\"inline\", \"ad_hoc\"]", "patterns = [\"online\"]");
    let examined = at_work(|| site.examine_file(&wrong, &[], &["--only", "environment"])).await;
    let says = examined.finding("environment", "configuration")["says"].to_string();
    assert!(examined.code == Some(1) && says.contains("serve would refuse the settings of this customer"), "{examined:?}");
}
