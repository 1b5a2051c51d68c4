//! A whole deployment: the service as processes, neighbours in another process, mail that is counted where it arrives. `chronicle` writes
//! down what all of them counted, and has it held against what was wanted.

pub(crate) mod applicants;
mod balancer;
pub(crate) mod chronicle;
pub(crate) mod cluster;

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt as _;

use crate::database::server::Server;
use crate::post_office::PostOffice;
use crate::program::{Program, until_within};

use applicants::{Applicant, Tenant};
use balancer::Balancer;
use cluster::Cluster;

/// How many recruiters or candidates do something at the same time.
const AT_ONCE: usize = 8;
/// How long something is waited for that may have been cut off on a busy machine and comes again after a minute, or two.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);

/// Everything that runs beside the test, but for the service itself.
pub(crate) struct Site {
    pub(crate) office: PostOffice,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) cluster: Cluster,
    _sandbox: Program,
}

impl Site {
    /// Neighbours with so many fresh customers, for a service on a database of the server, or in a file where there is none.
    pub(crate) async fn open(server: Option<&Server>, tenants: usize) -> Self {
        Self::open_with(server, tenants, "").await
    }

    /// The same, with these further settings of each customer.
    pub(crate) async fn open_with(server: Option<&Server>, tenants: usize, settings: &str) -> Self {
        let (office, balancer) = (PostOffice::open().await, Balancer::open().await);
        let address = format!("http://127.0.0.1:{}", balancer.port);
        let sandbox = Program::start(["sandbox", "--port", "0", "--integration-url", &address]);
        let mut opened = Vec::new();
        for _ in 0..tenants {
            opened.push(Tenant::open(&sandbox).await);
        }
        let cluster = Cluster::new(server, balancer, &office, (&sandbox, &opened, settings)).await;
        Self { office, tenants: opened, cluster, _sandbox: sandbox }
    }
}

/// A mail as it was handed over, however often.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) identity: String,
    pub(crate) to: String,
    pub(crate) link: String,
}

pub(crate) fn mails(office: &PostOffice) -> Vec<Mail> {
    let mails = office.mails();
    let read = |mail: &String| {
        let header = |name: &str| {
            let line = mail.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {mail}")).trim().to_owned()
        };
        let text = mail.replace("=\n", "").replace("=3D", "=");
        let (before, after) = text.split_once("/magic-link/").unwrap_or_else(|| panic!("no link in {text}"));
        let start = before.rfind("http").expect("an address");
        let end = after.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter)).unwrap_or(after.len());
        Mail {
            identity: header("Message-ID:"),
            to: header("To:").trim_matches(['<', '>']).to_owned(),
            link: format!("{}/magic-link/{}", &before[start..], &after[..end]),
        }
    };
    mails.iter().map(read).collect()
}

/// Who has a link, by address.
pub(crate) fn links(office: &PostOffice) -> BTreeMap<String, String> {
    mails(office).into_iter().map(|mail| (mail.to, mail.link)).collect()
}

/// Does something for each, some at the same time.
pub(crate) async fn for_each<T>(all: &[T], what: impl AsyncFn(&T)) {
    futures::stream::iter(all).for_each_concurrent(AT_ONCE, |each| what(each)).await;
}

/// Waits until the recruiters see a result for each of them.
pub(crate) async fn results(tenants: &[Tenant], applicants: &[(usize, Applicant)]) {
    for (tenant, applicant) in applicants {
        until_within(PATIENCE, "a result", async || tenants[*tenant].has_result(applicant).await).await;
    }
}
