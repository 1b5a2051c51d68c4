//! From where the sandbox can be reached and by which names, and what whoever is elsewhere has to bring.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::time::Duration;

use icims_sandbox::engine::direct;
use icims_sandbox::{Config, Sandbox};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};

const TOKEN: &str = "harbour.light-2047_xyz";

fn client() -> Client {
    direct().redirect(Policy::none()).timeout(Duration::from_secs(20)).build().expect("a client")
}

async fn start(config: Config) -> Sandbox {
    Sandbox::bind(Config { port: 0, ..config }).await.expect("free ports").start(None).await.expect("it starts")
}

fn open() -> Config {
    Config { host: Ipv4Addr::UNSPECIFIED.into(), control_token: Some(TOKEN.parse().expect("a token")), ..Config::default() }
}

/// The address of this machine in its network, if it has one.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    // Nothing is sent; the system only says which address it would send from.
    socket.connect("192.0.2.1:9").ok()?;
    let ip = socket.local_addr().ok()?.ip();
    (!ip.is_loopback() && !ip.is_unspecified()).then_some(ip)
}

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.expect("an answer").status()
}

/// Requests as they come from elsewhere: passed on by somebody on this machine, or from this machine's address in its network.
fn from_elsewhere(control: &str) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let mut ways: Vec<_> = [
        ("x-forwarded-for", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9"),
        ("x-real-ip", "203.0.113.9"),
        ("via", "1.1 gateway"),
        ("host", "203.0.113.7:8700"),
    ]
    .map(|header| (control.to_owned(), vec![header]))
    .into();
    if let Some(ip) = own_address() {
        ways.push((control.replace("127.0.0.1", &ip.to_string()), Vec::new()));
    }
    ways
}

#[tokio::test]
async fn whoever_is_elsewhere_brings_the_token_to_control() {
    let sandbox = start(open()).await;
    let (client, control) = (client(), &sandbox.addresses().control);
    for (base, headers) in from_elsewhere(control) {
        let get = |path: &str| {
            let request = client.get(format!("{base}{path}"));
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
        };
        for path in
            ["/", "/__sandbox/customers", "/mailbox", "/journal", "/openapi.json", "/?token=", "/?token=harbour.light-2047_xyZ"]
        {
            assert_eq!(status(get(path)).await, StatusCode::UNAUTHORIZED, "{path} {headers:?}");
        }
        let reset = client.post(format!("{base}/__sandbox/reset"));
        let reset = headers.iter().fold(reset, |request, (name, value)| request.header(*name, *value));
        let refused = reset.send().await.expect("an answer");
        assert!(refused.headers()["www-authenticate"].to_str().expect("text").starts_with("Bearer"));
        let refused: Value = refused.json().await.expect("JSON");
        assert_eq!(refused["error"]["code"], "token_needed", "{refused}");

        assert_eq!(status(get("/__sandbox/customers").bearer_auth(TOKEN)).await, StatusCode::OK, "{headers:?}");
        assert_eq!(status(get("/__sandbox/customers").bearer_auth("harbour.light-2047_xyy")).await, StatusCode::UNAUTHORIZED);
        let kept = get(&format!("/?token={TOKEN}")).send().await.expect("an answer");
        assert_eq!((kept.status(), kept.headers()["location"].to_str().expect("text")), (StatusCode::SEE_OTHER, "/"));
        let cookie = kept.headers()["set-cookie"].to_str().expect("text");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        let pair = cookie.split(';').next().expect("a pair");
        for path in ["/", "/journal", "/mailbox"] {
            assert_eq!(status(get(path).header("cookie", pair)).await, StatusCode::OK, "{path} {headers:?}");
        }
        assert_eq!(status(get("/__sandbox/health")).await, StatusCode::OK, "whoever waits needs no token");
        assert_eq!(status(get("/static/sandbox.css")).await, StatusCode::OK, "the page that refuses has its colours");
    }
    let page = client.get(control).header("via", "1.1 gateway").send().await.expect("a page").text().await.expect("HTML");
    assert!(page.contains("/?token=TOKEN") && !page.contains(TOKEN), "{page}");
    let vendor = client.get(format!("{}/icims2/4021", sandbox.addresses().icims)).header("via", "1.1 gateway");
    assert_eq!(status(vendor).await, StatusCode::OK, "the vendors' screens are open, as the warning says");
}

#[tokio::test]
async fn whoever_is_on_this_machine_needs_no_token() {
    let sandbox = start(open()).await;
    let port = sandbox.addresses().control.rsplit_once(':').expect("a port").1;
    for host in ["127.0.0.1", "localhost"] {
        assert_eq!(status(client().get(format!("http://{host}:{port}/__sandbox/customers"))).await, StatusCode::OK, "{host}");
    }
    assert_eq!(sandbox.ready().tenant.control.token.as_deref(), Some(TOKEN), "the ready line has it for the others");
    let drawn = start(Config { control_token: None, ..open() }).await.ready().tenant.control.token.clone();
    assert!(drawn.is_some_and(|token| token.len() == 32 && token != TOKEN));
}

#[tokio::test]
async fn a_sandbox_that_only_this_machine_reaches_asks_nobody_for_a_token() {
    let sandbox = start(Config::default()).await;
    let request =
        client().get(format!("{}/__sandbox/customers", sandbox.addresses().control)).header("x-forwarded-for", "203.0.113.9");
    assert_eq!(status(request).await, StatusCode::OK);
    let ready = serde_json::to_value(sandbox.ready()).expect("JSON");
    assert_eq!(ready["control"].as_object().expect("keys").keys().collect::<Vec<_>>(), ["base_url"]);
}

#[tokio::test]
async fn a_foreign_host_is_refused_also_where_everybody_may_connect() {
    let sandbox = start(open()).await;
    let request = client().get(&sandbox.addresses().control).header("host", "elsewhere.example").bearer_auth(TOKEN);
    assert_eq!(status(request).await, StatusCode::MISDIRECTED_REQUEST);
}

fn behind_a_proxy() -> Config {
    let urls = [
        "icims=https://ats.brightwater.example",
        "platform=https://harver.brightwater.example:8443",
        "overview=http://lab.example",
        "integration=https://connect.example",
    ];
    Config { public_urls: urls.map(|text| text.parse().expect("a URL")).into(), ..Config::default() }
}

#[tokio::test]
async fn behind_another_name_links_lead_to_it_and_forms_are_taken_from_it() {
    let bound = Sandbox::bind(Config { port: 0, ..behind_a_proxy() }).await.expect("free ports");
    let listening = bound.listening().clone();
    let sandbox = bound.start(None).await.expect("it starts");
    let (client, keys) = (client(), &sandbox.ready().tenant);
    assert_eq!(keys.icims.recruiter_url, "https://ats.brightwater.example/icims2/4021");
    assert_eq!(keys.platform.base_url, "https://harver.brightwater.example:8443");
    assert_eq!(keys.mailbox.base_url, "http://lab.example/mailbox");
    assert_eq!(keys.integration.console_url, "https://connect.example/console");
    assert!(keys.integration.start_url.starts_with("http://127.0.0.1:9/"), "iCIMS itself goes the short way");

    let person = json!({"firstname": "Mara", "lastname": "Lind", "email": "mara.lind@example.org"});
    let made = client.post(format!("{}/customers/4021/people", listening.icims)).json(&person);
    let made = made.basic_auth(&keys.icims.username, Some(&keys.icims.password)).send().await.expect("an answer");
    let location = made.headers()["location"].to_str().expect("text");
    assert!(location.starts_with("https://ats.brightwater.example/customers/4021/people/"), "{location}");

    // A proxy may keep the host that browsers ask for, or ask for the one that it calls.
    for host in ["ats.brightwater.example", listening.icims.strip_prefix("http://").expect("an address")] {
        let form = |origin: &str| {
            let request = client.post(format!("{}/careers/4021/login", listening.icims)).header("host", host);
            request.header("origin", origin).form(&[("email", "mara.lind@example.org")])
        };
        assert_eq!(status(form("https://ats.brightwater.example")).await, StatusCode::SEE_OTHER, "{host}");
        assert_eq!(status(form("https://harver.brightwater.example:8443")).await, StatusCode::FORBIDDEN, "{host}");
        assert_eq!(status(form("https://evil.example")).await, StatusCode::FORBIDDEN, "{host}");
    }
}

#[tokio::test]
async fn control_behind_another_name_asks_for_the_token_that_the_ready_line_has() {
    let bound = Sandbox::bind(Config { port: 0, ..behind_a_proxy() }).await.expect("free ports");
    let control = bound.listening().control.clone();
    let sandbox = bound.start(None).await.expect("it starts");
    let token = sandbox.ready().tenant.control.token.clone().expect("a token");
    let get = || client().get(format!("{control}/__sandbox/customers")).header("host", "lab.example");
    assert_eq!(status(get()).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(get().bearer_auth(token)).await, StatusCode::OK);
    assert_eq!(status(client().get(format!("{control}/__sandbox/customers"))).await, StatusCode::OK, "from this machine");
}
