//! `up` and `sandbox` for others: on all addresses of a machine, and behind other names.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::program::{Program, finish_journey, visitor};

/// The first port of a block that was free a moment ago.
fn free_block() -> u16 {
    let is_free = |port: u16| {
        [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::LOCALHOST)]
            .into_iter()
            .all(|ip| TcpListener::bind((ip, port)).is_ok_and(|_| true) || ip.is_ipv6() && TcpListener::bind("[::1]:0").is_err())
    };
    // Below the ports that the system gives away by itself; each process begins elsewhere.
    let begin = 12_000 + u16::try_from(std::process::id() % 500).expect("small") * 30;
    (begin..32_000).step_by(30).find(|first| [0, 1, 2, 3, 25].iter().all(|offset| is_free(first + offset))).expect("a free block")
}

#[tokio::test]
async fn a_journey_leads_over_public_names_that_only_browsers_can_resolve() {
    let first = free_block();
    let names = ["ats.brightwater.example", "connect.brightwater.example", "harver.brightwater.example"];
    let url = |part: &str, offset: usize| format!("{part}=http://{}:{}", names[offset - 1], usize::from(first) + offset);
    let port = first.to_string();
    let mut arguments = vec!["up".to_owned(), "--json".to_owned(), "--port".to_owned(), port];
    for (part, offset) in [("icims", 1), ("integration", 2), ("platform", 3)] {
        arguments.extend(["--public-url".to_owned(), url(part, offset)]);
    }
    let program = Program::start(arguments);
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let browser = icims_sandbox::engine::direct().cookie_store(true).timeout(Duration::from_secs(20));
    let browser = names.into_iter().fold(browser, |browser, name| browser.resolve(name, here)).build().expect("a client");

    program.advance(&browser).await;
    let rows = finish_journey(&program, &browser).await;
    assert_eq!(rows[0]["assessmentresult"], "Great Fit", "{rows:?}");
    let mail = &program.mails(&browser).await[0];
    let link =
        mail["links"].as_array().expect("links").iter().filter_map(|link| link.as_str()).find(|link| link.contains("magic-link"));
    assert!(link.expect("a link").starts_with(&format!("http://harver.brightwater.example:{}/", first + 3)), "{mail}");

    let console = program.text("integration", "console_url");
    assert!(console.starts_with(&format!("http://connect.brightwater.example:{}/", first + 2)), "{console}");
    let [email, password] = ["admin_email", "admin_password"].map(|key| program.text("integration", key));
    let sign_in = browser.post(format!("{console}/sign-in")).form(&[("email", email), ("password", password)]);
    let origin = console.trim_end_matches("/console");
    let page = sign_in.header("origin", origin).send().await.expect("the console").text().await.expect("a page");
    assert!(page.contains(email), "{page}");
}

#[tokio::test]
async fn listening_for_others_warns_of_each_port_and_keeps_the_whole_world_working() {
    let (folder, first) = (tempfile::tempdir().expect("a folder"), free_block());
    let said = folder.path().join("stderr");
    let arguments = ["up", "--json", "--listen", "0.0.0.0", "--control-token", "harbour.light-2047_xyz", "--port"];
    let arguments: Vec<String> = arguments.map(str::to_owned).into_iter().chain([first.to_string()]).collect();
    let program = Program::start_saying(&said, arguments);
    let warning = fs::read_to_string(&said).expect("the warning");
    for offset in [0, 1, 2, 3, 25] {
        assert!(warning.contains(&format!("port {} ", first + offset)), "{offset} is not in {warning}");
    }
    assert!(!warning.contains("harbour.light"), "the token is for whoever started it: {warning}");
    assert_eq!(program.text("control", "token"), "harbour.light-2047_xyz");
    let client = visitor();
    program.advance(&client).await;
    assert_eq!(finish_journey(&program, &client).await.len(), 1);
}

#[test]
fn wrong_addresses_names_and_tokens_are_refused_with_what_would_be_right() {
    for (arguments, code, says) in [
        (&["up", "--listen", "here"][..], 2, "invalid IP address"),
        (&["up", "--public-url", "https://icims.test"], 2, "icims=https://icims.example.com"),
        (&["up", "--public-url", "icims=https://icims.test/a"], 2, "no address of a whole site"),
        (&["sandbox", "--control-token", "short"], 2, "16 to 128 letters"),
        (
            &["up", "--port", "0", "--public-url", "icims=http://a.test,icims=http://b.test"],
            1,
            "two public addresses are given for icims",
        ),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
        let output = command.args(arguments).stdout(Stdio::null()).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(says), "{says:?} is not in {said:?}");
    }
}
