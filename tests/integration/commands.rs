//! The commands beside `up`, as processes: the integration as it would be deployed, against neighbours in another process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use harver_icims::clock::Clock;
use harver_icims::config::ServeFile;
use harver_icims::domain::Reach;
use harver_icims::settings::Rules;
use reqwest::Client;
use scraper::{Html, Selector};
use serde_json::Value;
use toml::Table;

use crate::program::{Program, finish_journey, until, visitor};

pub(crate) const PASSPHRASE: (&str, &str) = ("HARVER_ICIMS_SEALING_PASSPHRASE", "a passphrase of this test");

/// `serve`, stopped when it is dropped.
pub(crate) struct Serving(pub(crate) Child);

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.kill().expect("SIGKILL");
        self.0.wait().expect("it is dead");
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port()
}

pub(crate) fn serve(config: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.arg("serve").arg("--config").arg(config).env(PASSPHRASE.0, PASSPHRASE.1);
    command
}

/// What the platform presents to the integration: shown on the overview page only.
pub(crate) async fn webhook_credentials(sandbox: &Program, client: &Client) -> (String, String) {
    webhook_credentials_of(sandbox, sandbox.text("icims", "customer_id"), client).await
}

/// The same for another customer.
pub(crate) async fn webhook_credentials_of(sandbox: &Program, customer: &str, client: &Client) -> (String, String) {
    let overview = format!("{}/?customer={customer}", sandbox.text("control", "base_url"));
    let page = client.get(overview).send().await.expect("the overview").text().await.expect("a page");
    let page = Html::parse_document(&page);
    let shown = |id: &str| {
        let selector = Selector::parse(id).expect("a selector");
        page.select(&selector).next().unwrap_or_else(|| panic!("no {id} on the overview")).text().collect::<String>()
    };
    (shown("#webhook-username"), shown("#webhook-password"))
}

/// The part of a customer's section that says how it is connected, from its keys as a ready line has them, and from what the platform presents.
pub(crate) fn connections(keys: &Value, (webhook_user, webhook_password): &(String, String)) -> String {
    let text = |part: &str, key: &str| keys[part][key].as_str().unwrap_or_else(|| panic!("no {part}.{key}")).to_owned();
    format!(
        r#"[customers.icims]
base_url = "{icims}"
username = "{user}"
password = "{password}"
[customers.harver]
base_url = "{platform}"
account = "{account}"
client_id = "{client}"
client_secret = "{secret}"
[customers.events]
username = "{event_user}"
password = "{event_password}"
[customers.webhooks]
username = "{webhook_user}"
password = "{webhook_password}"
"#,
        icims = text("icims", "base_url"),
        user = text("icims", "username"),
        password = text("icims", "password"),
        platform = text("platform", "base_url"),
        account = text("platform", "account_id"),
        client = text("platform", "client_id"),
        secret = text("platform", "client_secret"),
        event_user = text("integration", "username"),
        event_password = text("integration", "password"),
    )
}

pub(crate) fn configuration(sandbox: &Program, port: u16, webhooks: &(String, String), folder: &Path) -> PathBuf {
    let text = |part, key| sandbox.text(part, key);
    let smtp = text("mailbox", "smtp").rsplit_once(':').expect("host and port");
    let config = format!(
        r#"public_url = "http://127.0.0.1:{port}"
allow_private_addresses = true
listen = "127.0.0.1:{port}"
database = "{database}"
[mail]
host = "{host}"
port = {smtp_port}
sender_address = "noreply@example.org"
security = "none"
[[customers]]
id = {customer}
name = "Brightwater Foods"
patterns = ["inline", "ad_hoc"]
trigger_statuses = ["{trigger}"]
reports_progress = true
{connections}[customers.invitation]
sender_name = "Brightwater Foods"
support_email = "careers@example.org"
[[admins]]
email = "admin@example.org"
customer = {customer}
password = "a password of this test"
"#,
        database = folder.join("integration.db").display(),
        host = smtp.0,
        smtp_port = smtp.1,
        customer = text("icims", "customer_id"),
        trigger = text("sample", "send_to_harver_status"),
        connections = connections(sandbox.ready(), webhooks),
    );
    let file = folder.join("serve.toml");
    fs::write(&file, config).expect("a file");
    file
}

#[tokio::test]
async fn the_integration_alone_serves_neighbours_in_another_process() {
    let (folder, client, port) = (tempfile::tempdir().expect("a folder"), visitor(), free_port());
    let address = format!("http://127.0.0.1:{port}");
    let sandbox = Program::start(["sandbox", "--port", "0", "--integration-url", &address]);
    let webhooks = webhook_credentials(&sandbox, &client).await;
    let config = configuration(&sandbox, port, &webhooks, folder.path());

    for start in ["first", "second"] {
        let _serving = Serving(serve(&config).spawn().expect("the program starts"));
        until("the integration to be ready", async || match client.get(format!("{address}/readyz")).send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(answer.status().to_string()),
            Err(error) => Err(error.to_string()),
        })
        .await;
        if start == "second" {
            // The customers of the file are there already; the journey goes through what the first start has recorded.
            sandbox.advance(&client).await;
            let rows = finish_journey(&sandbox, &client).await;
            assert_eq!((rows.len(), &rows[0]["assessmentresult"]), (1, &"Great Fit".into()), "{rows:?}");
            assert_eq!(sandbox.deliveries(&client).await, 1);
        }
    }
}

#[tokio::test]
async fn localhost_and_both_of_its_addresses_lead_to_the_integration() {
    let running = Program::start(["up", "--json", "--port", "0"]);
    let port = running.text("integration", "base_url").rsplit_once(':').expect("a port").1.to_owned();
    let has_v6 = std::net::TcpListener::bind("[::1]:0").is_ok();
    for host in ["localhost", "127.0.0.1", "[::1]"].into_iter().filter(|host| has_v6 || *host != "[::1]") {
        let answer = visitor().get(format!("http://{host}:{port}/console/sign-in")).send().await;
        assert_eq!(answer.expect("an answer").status(), 200, "{host}");
    }
}

fn refused(config: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("serve.toml");
    fs::write(&file, config).expect("a file");
    let output: Output = serve(&file).stdout(Stdio::null()).output().expect("the program starts");
    assert!(!output.status.success(), "{config}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_configuration_that_cannot_be_used_is_refused_with_the_place_and_without_its_secrets() {
    for (config, says) in [
        ("", "no database"),
        ("databse = \"x.db\"", "line 1: unknown field `databse`"),
        ("sealing_passphrase = 7", "line 1"),
        ("database = \"x.db\"", "no public address"),
        ("database = \"x.db\"\npublic_url = \"https://example.org\"", "no [mail] section"),
    ] {
        let said = refused(config);
        assert!(said.contains(says), "{says:?} is not in {said:?}");
    }
    for (setting, wrong, says) in [
        ("link_life_hours", "0", "link_life_hours takes a whole number from 1 to 720"),
        ("link_life_hours", "9223372036854775807", "link_life_hours takes a whole number from 1 to 720"),
        ("link_life_hours", "\"a day\"", "link_life_hours takes a whole number from 1 to 720"),
        ("event_deadline_seconds", "0", "event_deadline_seconds takes a whole number from 1 to 25"),
        ("event_deadline_seconds", "-1", "event_deadline_seconds takes a whole number from 1 to 25"),
        ("event_deadline_seconds", "1.5", "event_deadline_seconds takes a whole number from 1 to 25"),
        ("step_seconds", "4", "step_seconds takes a whole number from 5 to 600"),
        ("retry_minutes", "[5, 0]", "retry_minutes takes a whole number from 1 to 1440"),
        ("retry_minutes", "[9223372036854775807]", "retry_minutes takes a whole number from 1 to 1440"),
        ("retry_minutes", "5", "retry_minutes takes a list"),
        (
            "mail",
            "{ host = \"x\", port = 0, sender_address = \"a@b.example\", security = \"none\" }",
            "mail.port takes a whole number from 1 to 65535",
        ),
    ] {
        let said = refused(&format!("database = \"x.db\"\n{setting} = {wrong}\n"));
        assert!(said.contains("line 2") && said.contains(says), "{setting} = {wrong}: {said}");
    }
    let said = refused("public_url = \"https://example.org\"\nsealing_passphrase = [\"hunter2-in-the-wrong-place\"]");
    assert!(said.contains("line 2") && !said.contains("hunter2"), "{said}");
    for (config, line) in [
        ("public_url = \"https://example.org\"\nmail = \"smtp://user:hunter2@example.org\"", "line 2"),
        ("[mail]\nhost = \"mail.example.org\"\npassword = 12345678", "line 3"),
    ] {
        let said = refused(config);
        assert!(said.contains(line) && !said.contains("hunter2") && !said.contains("12345678"), "{said}");
    }
}

#[test]
fn flags_win_over_variables_and_those_over_the_file_by_the_rules_of_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("serve.toml");
    fs::write(&file, "public_url = \"https://example.org\"\nstep_seconds = 30\n[mail]\nhost = \"mail.example.org\"\n")
        .expect("a file");
    let said = |flags: &[&str], variable: &str| {
        let mut command = serve(&file);
        command.args(flags).env("HARVER_ICIMS_STEP_SECONDS", variable).env("HARVER_ICIMS_DATABASE", folder.path());
        let output: Output = command.stdout(Stdio::null()).output().expect("the program starts");
        assert!(!output.status.success(), "{flags:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let mail = ["--mail-port", "587", "--mail-sender-address", "noreply@example.org", "--mail-security", "tls"];
    let refused = said(&mail, "4");
    assert!(refused.contains("what flags and variables say: step_seconds takes a whole number from 5 to 600"), "{refused}");
    let accepted = said(&[&mail[..], &["--step-seconds", "40"]].concat(), "4");
    assert!(accepted.contains("opening "), "every setting is taken, and a folder is no database: {accepted}");
    let missing = said(&mail[..4], "40");
    assert!(missing.contains("missing field `security`"), "{missing}");
    let unknown = said(&[&mail[..4], &["--mail-security", "ssl"]].concat(), "40");
    assert!(unknown.contains("mail.security is \"ssl\""), "{unknown}");
    let nothing = said(&[&mail[..], &["--mail-username", "", "--trusted-proxies", ""]].concat(), "40");
    assert!(nothing.contains("opening "), "what is set to nothing is not set: {nothing}");
    let listed = said(&[&mail[..], &["--retry-minutes", "1,2,0"]].concat(), "40");
    assert!(listed.contains("from 1 to 1440"), "{listed}");
}

#[test]
fn the_documented_settings_are_the_settings() {
    let documented = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/serve.toml");
    let file = ServeFile::read(&documented, Table::new()).expect("the example can be read");
    assert_eq!(file.customers.len(), 1);
    let rules = Rules { plain_http: false, reach: Reach::Public };
    rules.create(&file.customers[0], Clock::real().now()).expect("the example's customer can be used");

    let example = fs::read_to_string(&documented).expect("the example");
    let (ours, customers) = example.split_once("[[customers]]").expect("a customer");
    // What is commented out looks like a setting, and what is a comment does not.
    let is_setting =
        |line: &str| line.split_once(" = ").is_some_and(|(name, _)| name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_')));
    let shown = |line: &str| line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line).to_owned() + "\n";
    let all: String = ours.lines().map(shown).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let everything = folder.path().join("serve.toml");
    fs::write(&everything, format!("{all}[[customers]]{customers}")).expect("a file");
    let file = ServeFile::read(&everything, Table::new()).expect("the defaults are shown as they are written, where they belong");
    let told = toml::from_str::<ServeFile>("mistyped = 1").expect_err("there is no such setting").to_string();
    let (_, settings) = told.split_once("expected one of ").expect("a list");
    for setting in
        settings.split(", ").map(|name| name.trim().trim_matches('`')).filter(|name| !["customers", "admins"].contains(name))
    {
        assert!(
            all.contains(&format!("\n{setting} = ")) || all.contains(&format!("\n[{setting}]\n")),
            "{setting} is not documented"
        );
    }
    assert_eq!((file.keep_steps_days.get(), file.keep_orders_days.get()), (90, 730));
    let numbers = (file.event_deadline_seconds.get(), file.link_life_hours.get(), file.step_seconds.get());
    assert_eq!(numbers, (10, 24, 120));
    let minutes: Vec<u32> = file.retry_minutes.expect("they are shown").iter().map(|wait| wait.get()).collect();
    assert_eq!(minutes, [1, 5, 15, 30, 60]);
}

#[tokio::test]
async fn each_api_has_a_document_that_is_printed_and_served_and_a_page_that_needs_nothing_from_elsewhere() {
    let running = Program::start(["up", "--json", "--port", "0"]);
    let client = visitor();
    for (api, part) in [("icims", "icims"), ("integration", "integration"), ("platform", "platform"), ("control", "control")] {
        let printed = Command::new(env!("CARGO_BIN_EXE_harver-icims")).args(["openapi", api]).output().expect("it runs");
        assert!(printed.status.success(), "{api}");
        let printed: Value = serde_json::from_slice(&printed.stdout).expect("JSON");
        assert!(printed["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{api}");
        let base = running.text(part, "base_url");
        let served = client.get(format!("{base}/openapi.json")).send().await.expect("the document");
        assert_eq!(served.json::<Value>().await.expect("JSON"), printed, "{api}");
        let page = client.get(format!("{base}/reference/")).send().await.expect("the page").text().await.expect("HTML");
        assert!(page.contains("swagger-ui") && !page.contains("http://") && !page.contains("https://"), "{api}: {page}");
    }
}

/// What an SMTP server says to these lines.
async fn smtp_says(address: &str, lines: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut connection = tokio::net::TcpStream::connect(address).await.expect("a mail server");
    connection.write_all(lines.as_bytes()).await.expect("it listens");
    let mut said = String::new();
    connection.read_to_string(&mut said).await.expect("text, until it hangs up");
    said
}

#[tokio::test]
async fn a_world_whose_mail_server_asks_for_a_sign_in_invites_all_the_same() {
    let program = Program::start(["up", "--port", "0", "--json", "--smtp-user", "quality:s3cret", "--smtp-tls"]);
    let client = visitor();
    program.advance(&client).await;
    until("the invitation", async || program.mails(&client).await.into_iter().next().ok_or("no mail".into())).await;
    let said = smtp_says(program.text("mailbox", "smtp"), "EHLO x\r\nMAIL FROM:<a@b.example>\r\nQUIT\r\n").await;
    assert!(said.contains("STARTTLS") && said.contains("AUTH") && said.contains("\r\n530 "), "{said}");
    let certificate = format!("{}/smtp-certificate.pem", program.text("mailbox", "base_url"));
    let certificate = client.get(certificate).send().await.expect("an answer").text().await.expect("text");
    assert!(certificate.starts_with("-----BEGIN CERTIFICATE-----"), "{certificate}");
}
