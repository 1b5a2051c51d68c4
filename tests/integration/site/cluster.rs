//! Replicas as processes, on a database that they share.

use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};

use reqwest::Client;
use serde_json::Value;

use super::applicants::Tenant;
use super::balancer::Balancer;
use crate::commands::{Serving, connections, free_port, serve, webhook_credentials_of};
use crate::database::fresh_schema;
use crate::database::server::Server;
use crate::post_office::PostOffice;
use crate::program::{Program, until};

/// What a step may take, the least that can be set: a lease of it lasts two and a half times as long.
const STEP_SECONDS: usize = 5;
/// Rounded up.
pub(crate) const LEASE_SECONDS: usize = STEP_SECONDS * 5 / 2 + 1;

/// What the admins of the customers sign in with.
pub(crate) const PASSWORD: &str = "a password of this test";

pub(crate) fn admin_of(customer: &str) -> String {
    format!("admin@customer-{customer}.example")
}

/// A database, the configuration that all replicas have, and who leads others to them.
pub(crate) struct Cluster {
    /// Where it is not the file that the configuration names.
    server: Option<String>,
    config: PathBuf,
    pub(crate) balancer: Balancer,
    client: Client,
    _folder: tempfile::TempDir,
}

/// One process of them.
pub(crate) struct Replica {
    pub(crate) port: u16,
    process: Serving,
}

impl Cluster {
    /// One for these customers of the sandbox, whose mail goes to this office. Its database is a file where there is no server.
    pub(super) async fn new(
        server: Option<&Server>,
        balancer: Balancer,
        office: &PostOffice,
        of: (&Program, &[Tenant], &str),
    ) -> Self {
        let (sandbox, customers, settings) = of;
        let (folder, client) = (tempfile::tempdir().expect("a folder"), crate::program::visitor());
        let mut config = format!(
            "public_url = \"http://127.0.0.1:{}\"\nallow_private_addresses = true\nstep_seconds = {STEP_SECONDS}\n\
             retry_minutes = [1, 1, 1, 1]\n[mail]\nhost = \"127.0.0.1\"\nport = {}\nsender_address = \"noreply@example.org\"\n\
             security = \"none\"\n",
            balancer.port, office.port
        );
        if server.is_none() {
            config = format!("database = \"{}\"\n{config}", folder.path().join("integration.db").display());
        }
        for customer in customers {
            let webhooks = webhook_credentials_of(sandbox, customer.text("icims", "customer_id"), &client).await;
            config += &section(&customer.keys, &webhooks, settings);
        }
        let file = folder.path().join("serve.toml");
        std::fs::write(&file, config).expect("a file");
        let server = server.map(|server| fresh_schema(&server.url()));
        Self { server, config: file, balancer, client, _folder: folder }
    }

    /// Starts one, waits until it is ready, and puts it in the rotation.
    pub(crate) async fn start(&self) -> Replica {
        let mut replica = self.launch(&[]).await;
        assert_eq!(replica.ended(), None, "it goes on");
        replica
    }

    /// The same with these variables in its environment; it may have died before it was ready.
    pub(crate) async fn launch(&self, variables: &[(&str, String)]) -> Replica {
        let port = free_port();
        let mut command: Command = serve(&self.config);
        command.args(["--listen", &format!("127.0.0.1:{port}")]).envs(variables.iter().map(|(name, value)| (name, value)));
        command.envs(self.server.iter().map(|server| ("HARVER_ICIMS_DATABASE_URL", server)));
        let mut replica = Replica { port, process: Serving(command.spawn().expect("the program starts")) };
        until("a replica to be ready", async || {
            let answer = self.client.get(format!("http://127.0.0.1:{port}/readyz")).send().await;
            let is_ready = answer.as_ref().is_ok_and(|answer| answer.status().is_success());
            if is_ready || replica.ended().is_some() { Ok(()) } else { Err(format!("{answer:?}")) }
        })
        .await;
        self.balancer.put_in(port);
        replica
    }

    /// The file of the database, where it is one.
    pub(crate) fn file(&self) -> PathBuf {
        self.config.with_file_name("integration.db")
    }
}

impl Replica {
    /// SIGKILL.
    pub(crate) fn kill(self) {
        drop(self);
    }

    /// How it has ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.process().try_wait().expect("it is a child of this process")
    }

    /// It does nothing any more, and knows nothing of it.
    pub(crate) fn halt(&self) {
        self.signal("STOP");
    }

    pub(crate) fn go_on(&self) {
        self.signal("CONT");
    }

    /// SIGTERM: it finishes what it has begun.
    pub(crate) fn stop(mut self) {
        self.signal("TERM");
        let ended = self.process().wait().expect("it ends");
        assert!(ended.success(), "{ended}");
    }

    fn process(&mut self) -> &mut Child {
        &mut self.process.0
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.process.0.id().to_string()]).status().expect("kill can be run");
        assert!(sent.success(), "SIG{name}: {sent}");
    }
}

fn section(keys: &Value, webhooks: &(String, String), settings: &str) -> String {
    format!(
        "[[customers]]\nid = {id}\nname = \"Brightwater Foods\"\npatterns = [\"ad_hoc\"]\ntrigger_statuses = [{trigger}]\n\
         reports_progress = true\nreports_sent = true\n{settings}{connections}\
         [customers.invitation]\nsender_name = \"Brightwater Foods\"\nsupport_email = \"careers@example.org\"\n\
         [[admins]]\nemail = \"{email}\"\ncustomer = {id}\npassword = \"{PASSWORD}\"\n",
        email = admin_of(keys["icims"]["customer_id"].as_str().expect("an id")),
        id = keys["icims"]["customer_id"].as_str().expect("an id"),
        trigger = keys["sample"]["send_to_harver_status"],
        connections = connections(keys, webhooks),
    )
}
