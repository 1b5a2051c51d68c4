//! Three replicas on one PostgreSQL server, beside neighbours in another process. One is killed and one is halted for longer than its
//! lease, in the middle of the orders of several customers; what the neighbours counted is held against what was wanted.

mod applicants;
mod balancer;
mod cluster;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use futures::StreamExt as _;

use crate::on_postgres::server;
use crate::post_office::PostOffice;
use crate::program::{Program, Until, take, until, visitor};

use applicants::{Applicant, Tenant};
use balancer::Balancer;
use cluster::{Cluster, LEASE_SECONDS};

/// As many as the platform's limit of 450 requests a minute and account asks for.
const TENANTS: usize = 5;
/// Orders of all of them together; `HARVER_ICIMS_REPLICA_ORDERS` says otherwise.
const ORDERS: usize = 60;
/// How many recruiters or candidates do something at the same time.
const AT_ONCE: usize = 8;
/// How many steps a replica works on at once: so many may have been under way when it was killed.
const WORKERS: usize = 8;

/// A mail as it was handed over, however often.
struct Mail {
    identity: String,
    to: String,
    link: String,
}

fn mails(office: &PostOffice) -> Vec<Mail> {
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
async fn for_each<T>(all: &[T], what: impl AsyncFn(&T)) {
    futures::stream::iter(all).for_each_concurrent(AT_ONCE, |each| what(each)).await;
}

/// Waits until the recruiters see a result for each of them.
async fn results(tenants: &[Tenant], applicants: &[(usize, Applicant)]) {
    for (tenant, applicant) in applicants {
        until("a result", async || {
            let rows = tenants[*tenant].rows(applicant).await;
            let is_complete = rows.iter().any(|row| row["assessmentstatus"]["id"] == "D37002019001");
            if is_complete { Ok(()) } else { Err(format!("{applicant:?}: {rows:?}")) }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_replica_killed_and_one_halted_nothing_is_lost_and_nothing_comes_twice() {
    let Some(server) = server() else { return };
    let orders = std::env::var_os("HARVER_ICIMS_REPLICA_ORDERS").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(ORDERS);
    let (office, balancer) = (PostOffice::open().await, Balancer::open().await);
    let address = format!("http://127.0.0.1:{}", balancer.port);
    let sandbox = Program::start(["sandbox", "--port", "0", "--integration-url", &address]);
    let mut tenants = Vec::new();
    for _ in 0..TENANTS {
        tenants.push(Tenant::open(&sandbox).await);
    }
    let keys: Vec<_> = tenants.iter().map(|tenant| tenant.keys.clone()).collect();
    let cluster = Cluster::new(&server, balancer, &office, (&sandbox, &keys)).await;
    let [one, two, three] = [cluster.start().await, cluster.start().await, cluster.start().await];
    let mut applicants = Vec::new();
    for number in 0..orders {
        applicants.push((number % TENANTS, tenants[number % TENANTS].applicant(number).await));
    }

    let killed = async {
        office.until_taken(orders / 3).await;
        let port = two.port;
        two.kill();
        cluster.balancer.take_out(port);
    };
    tokio::join!(for_each(&applicants, async |(tenant, applicant)| tenants[*tenant].advance(applicant).await), killed);
    let mut repeated = BTreeSet::new();
    until("an invitation for everybody", async || {
        for tenant in &tenants {
            tenant.repeat_what_failed(&mut repeated).await;
        }
        let invited: BTreeSet<String> = mails(&office).into_iter().map(|mail| mail.to).collect();
        enough(invited.len(), orders)
    })
    .await;

    let four = cluster.start().await;
    let links: BTreeMap<String, String> = mails(&office).into_iter().map(|mail| (mail.to, mail.link)).collect();
    let links: Vec<&String> = applicants.iter().map(|(_, applicant)| &links[&applicant.email]).collect();
    let halted = async {
        results(&tenants, &applicants[..orders / 3]).await;
        cluster.balancer.take_out(three.port);
        three.halt();
        Instant::now()
    };
    let (_, halted) = tokio::join!(for_each(&links, async |link| take(&visitor(), link, Until::Finished).await), halted);
    // The halted one knows nothing of it.
    results(&tenants, &applicants).await;
    until("its leases to have run out", async || enough(halted.elapsed().as_secs() as usize, LEASE_SECONDS)).await;
    three.go_on();
    for replica in [one, three, four] {
        replica.stop();
    }

    let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in mails(&office) {
        of.entry(mail.to).or_default().push(mail.identity);
    }
    let again: usize = of.values().map(|identities| identities.len() - 1).sum();
    assert!(again <= WORKERS, "{again} mails came once more: {of:?}");
    for (tenant, applicant) in &applicants {
        let identities = &of[&applicant.email];
        assert!(identities.iter().all(|identity| *identity == identities[0]), "one message: {identities:?}");
        let rows = tenants[*tenant].rows(applicant).await;
        assert_eq!(rows.len(), 1, "{}: {rows:?}", applicant.email);
        assert_eq!(rows[0]["assessmentresult"], "Great Fit", "{rows:?}");
    }
    for tenant in &tenants {
        let applications = tenant.applications().await;
        let emails: BTreeSet<&String> = applications.iter().collect();
        assert_eq!((applications.len(), emails.len()), (orders / TENANTS, orders / TENANTS), "{applications:?}");
    }
    eprintln!("{orders} orders, {} events repeated, {again} mails once more", repeated.len());
}

fn enough(seen: usize, wanted: usize) -> Result<(), String> {
    if seen >= wanted { Ok(()) } else { Err(format!("{seen} of {wanted}")) }
}
