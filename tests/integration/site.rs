//! A whole deployment: the service as processes, neighbours in another process, mail that is counted where it arrives; and what all of
//! them counted, held against what was wanted.

pub(crate) mod applicants;
mod balancer;
pub(crate) mod cluster;

use std::collections::{BTreeMap, BTreeSet};
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
        let (office, balancer) = (PostOffice::open().await, Balancer::open().await);
        let address = format!("http://127.0.0.1:{}", balancer.port);
        let sandbox = Program::start(["sandbox", "--port", "0", "--integration-url", &address]);
        let mut opened = Vec::new();
        for _ in 0..tenants {
            opened.push(Tenant::open(&sandbox).await);
        }
        let cluster = Cluster::new(server, balancer, &office, (&sandbox, &opened)).await;
        Self { office, tenants: opened, cluster, _sandbox: sandbox }
    }
}

/// A mail as it was handed over, however often.
pub(crate) struct Mail {
    identity: String,
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

/// Does something for each, some at the same time.
pub(crate) async fn for_each<T>(all: &[T], what: impl AsyncFn(&T)) {
    futures::stream::iter(all).for_each_concurrent(AT_ONCE, |each| what(each)).await;
}

/// Waits until the recruiters see a result for each of them.
pub(crate) async fn results(tenants: &[Tenant], applicants: &[(usize, Applicant)]) {
    for (tenant, applicant) in applicants {
        until_within(PATIENCE, "a result", async || {
            let rows = tenants[*tenant].rows(applicant).await;
            let is_complete = rows.iter().any(|row| row["assessmentstatus"]["id"] == "D37002019001");
            if is_complete { Ok(()) } else { Err(format!("{applicant:?}: {rows:?}")) }
        })
        .await;
    }
}

/// Has whatever was sent in vain since these exchanges sent once more, and says how many it were.
pub(crate) async fn send_again(tenants: &[Tenant], looked: &mut [u64]) -> usize {
    let mut all = 0;
    for (tenant, looked) in tenants.iter().zip(looked) {
        let (up_to, again) = tenant.send_again(*looked).await;
        (*looked, all) = (up_to, all + again);
    }
    all
}

/// Holds what iCIMS, the platform and the mail server counted against what was wanted: each applicant has one complete row, one
/// application and one message. Says how often each message came once more.
pub(crate) async fn counted(
    office: &PostOffice,
    tenants: &[Tenant],
    applicants: &[(usize, Applicant)],
) -> BTreeMap<String, usize> {
    let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in mails(office) {
        of.entry(mail.to).or_default().push(mail.identity);
    }
    for (tenant, applicant) in applicants {
        let identities = &of[&applicant.email];
        assert!(identities.iter().all(|identity| *identity == identities[0]), "one message: {identities:?}");
        let rows = tenants[*tenant].rows(applicant).await;
        assert_eq!(rows.len(), 1, "{}: {rows:?}", applicant.email);
        assert_eq!(rows[0]["assessmentresult"], "Great Fit", "{rows:?}");
    }
    for (number, tenant) in tenants.iter().enumerate() {
        let of_tenant = applicants.iter().filter(|(tenant, _)| *tenant == number).map(|(_, applicant)| applicant.email.clone());
        let (wanted, applications) = (of_tenant.collect::<BTreeSet<_>>(), tenant.applications().await);
        assert_eq!(applications.len(), wanted.len(), "{applications:?}");
        assert_eq!(applications.into_iter().collect::<BTreeSet<_>>(), wanted);
    }
    of.into_iter().map(|(to, identities)| (to, identities.len() - 1)).filter(|(_, again)| *again > 0).collect()
}
