//! Neighbours that no sandbox plays: certificates, clocks, and mail servers of others.

use std::fs;
use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::site::{Examined, at_work, doctor_at, document};
use crate::program::Program;

/// A server that shakes hands with this certificate and says nothing, at a port of `localhost`.
struct Server {
    port: u16,
    folder: TempDir,
}

impl Server {
    async fn start(name: &str, years: [i32; 2]) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut wanted = CertificateParams::new([name.to_owned()]).expect("a name");
        (wanted.not_before, wanted.not_after) = (date_time_ymd(years[0], 1, 1), date_time_ymd(years[1], 1, 1));
        let certificate = wanted.self_signed(&key).expect("a certificate");
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .expect("a key that fits");
        let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.expect("a port"));
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                // Whoever does not trust it breaks off.
                tokio::spawn(async move { drop(acceptor.accept(stream).await) });
            }
        });
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("trusted.pem"), certificate.pem()).expect("a file");
        Self { port, folder }
    }

    async fn examined(&self, is_trusted: bool) -> Examined {
        let file = format!("[icims]\nbase_url = \"https://localhost:{}\"\ncustomer_id = \"4021\"\n", self.port);
        let trusted = self.folder.path().join("trusted.pem");
        let variables = [("SSL_CERT_FILE", trusted.to_str().expect("text"))];
        let variables: &[_] = if is_trusted { &variables } else { &[] };
        document(&at_work(|| doctor_at(&file, variables, &["--json", "--only", "network"])).await)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_told_apart() {
    for (name, years, is_trusted, outcome, says) in [
        ("localhost", [2020, 4000], true, "ok", "The certificate of localhost is trusted and valid for"),
        ("localhost", [2020, 4000], false, "fail", "The certificate of localhost is self-signed"),
        ("localhost", [2020, 2021], true, "fail", "The certificate of localhost has expired"),
        ("localhost", [3990, 4000], true, "fail", "The certificate of localhost is not valid yet"),
        ("icims.example", [2020, 4000], true, "fail", "The certificate of localhost is for other names (icims.example)"),
    ] {
        let examined = Server::start(name, years).await.examined(is_trusted).await;
        let found = examined.finding("network", "icims-certificate");
        assert!(
            found["outcome"] == outcome && found["says"].as_str().is_some_and(|said| said.starts_with(says)),
            "{says:?}: {found:#}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_told() {
    let icims = MockServer::start().await;
    let answer = ResponseTemplate::new(401).insert_header("date", "Tue, 04 Mar 2025 13:00:00 GMT");
    Mock::given(any()).respond_with(answer).mount(&icims).await;
    let file = format!("[icims]\nbase_url = \"{}\"\ncustomer_id = \"4021\"\n", icims.uri());
    let examined = document(&at_work(|| doctor_at(&file, &[], &["--json", "--only", "network"])).await);
    let found = examined.finding("network", "icims-clock");
    let says = found["says"].as_str().expect("a sentence");
    assert!(
        found["outcome"] == "fail"
            && says.starts_with("The clock of iCIMS is ")
            && says.contains(" days behind that of this machine"),
        "{found:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_html_is_nobodys_api() {
    let page = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string("<html>Hello</html>")).mount(&page).await;
    let at = page.uri();
    let file = format!(
        "[control]\nbase_url = \"{at}\"\n[icims]\nbase_url = \"{at}\"\ncustomer_id = \"4021\"\nusername = \"harver-api-4021\"\npassword = \"${{SECRET}}\"\ncalls = 5\n\
         [integration]\nstart_url = \"{at}/start\"\nusername = \"u\"\npassword = \"${{SECRET}}\"\n\
         [platform]\nbase_url = \"{at}\"\naccount_id = \"64c2a7fd240f3b9b180f5099\"\nclient_id = \"harver-1\"\nclient_secret = \"${{SECRET}}\"\n"
    );
    let examined = document(&at_work(|| doctor_at(&file, &[("SECRET", "not-a-real-secret")], &["--json"])).await);
    assert_eq!(examined.code, Some(1));
    for (group, check, outcome, says) in [
        ("icims", "icims-credentials", "fail", "Something answered with status 200, but not the API of iCIMS."),
        ("harver", "harver-credentials", "fail", "Something answered with status 200, but not the API of the platform."),
        (
            "events",
            "event-credentials",
            "warning",
            "What answers at the start endpoint took a text that is no event (status 200)",
        ),
        ("events", "event-strangers", "fail", "The integration read an event without credentials (status 200)"),
        ("sandbox", "control", "fail", &format!("What answers at {at} is no sandbox: it said 200")),
    ] {
        let found = examined.finding(group, check);
        assert!(
            found["outcome"] == outcome && found["says"].as_str().is_some_and(|said| said.starts_with(says)),
            "{says:?}: {found:#}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_wants_to_know_who_signs_in_is_satisfied_or_not() {
    let site = Program::start(["up", "--port", "0", "--json", "--smtp-user", "harver:the-right-password", "--smtp-tls"]);
    let (_, port) = site.text("mailbox", "smtp").rsplit_once(':').expect("a port");
    for (password, security, check, outcome, says) in [
        ("the-right-password", "starttls", "smtp-sign-in", "ok", "It does."),
        ("another-password", "starttls", "smtp-sign-in", "fail", "The mail server does not let the integration sign in"),
        ("the-right-password", "starttls", "smtp-certificate", "fail", "The certificate of 127.0.0.1 is self-signed"),
        (
            "the-right-password",
            "tls",
            "smtp-encryption",
            "fail",
            "The connection to the mail server cannot be encrypted as the settings want it",
        ),
    ] {
        let file = format!(
            "[smtp]\nhost = \"127.0.0.1\"\nport = \"{port}\"\nsecurity = \"{security}\"\nusername = \"harver\"\npassword = \"${{SECRET}}\"\n"
        );
        let examined = document(&at_work(|| doctor_at(&file, &[("SECRET", password)], &["--json", "--only", "mail"])).await);
        let found = examined.finding("mail", check);
        assert!(
            found["outcome"] == outcome && found["says"].as_str().is_some_and(|said| said.starts_with(says)),
            "{says:?}: {:#}",
            examined.document
        );
        assert!(!examined.document.to_string().contains(password));
    }
}
