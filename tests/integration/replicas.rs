//! Three replicas on one PostgreSQL server, beside neighbours in another process. One is killed and one is halted for longer than its
//! lease, in the middle of the orders of several customers; what was done and seen, and what the neighbours counted, is a history that a
//! checker of its own reads.

use std::time::Instant;

use crate::on_postgres::server;
use crate::program::{until, until_within};
use crate::site::chronicle::Chronicle;
use crate::site::cluster::LEASE_SECONDS;
use crate::site::{PATIENCE, Site, for_each, links, results};

/// As many as the platform's limit of 450 requests a minute and account asks for.
const TENANTS: usize = 5;
/// Orders of all of them together; `HARVER_ICIMS_REPLICA_ORDERS` says otherwise.
const ORDERS: usize = 60;
/// How many steps a replica works on at once: so many may have been under way when it was killed.
const WORKERS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn with_one_replica_killed_and_one_halted_nothing_is_lost_and_nothing_comes_twice() {
    let Some(server) = server() else { return };
    let orders = std::env::var_os("HARVER_ICIMS_REPLICA_ORDERS").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(ORDERS);
    let site = Site::open(Some(&server), TENANTS).await;
    let (office, tenants, cluster) = (&site.office, &site.tenants, &site.cluster);
    let [one, two, three] = [cluster.start().await, cluster.start().await, cluster.start().await];
    let mut chronicle = Chronicle::open(&site, "replicas", None, WORKERS);
    let mut applicants = Vec::new();
    for number in 0..orders {
        let tenant = &tenants[number % TENANTS];
        let applicant = tenant.applicant(number).await;
        chronicle.knows(tenant, &applicant);
        applicants.push((number % TENANTS, applicant));
    }

    let killed = async {
        office.until_taken(orders / 3).await;
        let port = two.port;
        two.kill();
        cluster.balancer.take_out(port);
        chronicle.crashes("a replica").await;
    };
    tokio::join!(
        for_each(&applicants, async |(tenant, applicant)| chronicle.advance(&tenants[*tenant], applicant).await),
        killed
    );
    until_within(PATIENCE, "an invitation for everybody", async || {
        chronicle.read_on().await;
        enough(links(office).len(), orders)
    })
    .await;

    let four = cluster.start().await;
    let links: Vec<(String, String)> = links(office).into_iter().collect();
    let halted = async {
        results(tenants, &applicants[..orders / 3]).await;
        cluster.balancer.take_out(three.port);
        three.halt();
        Instant::now()
    };
    let (_, halted) = tokio::join!(for_each(&links, async |(to, link)| chronicle.finish(to, link).await), halted);
    // The halted one knows nothing of it.
    results(tenants, &applicants).await;
    until("its leases to have run out", async || enough(halted.elapsed().as_secs() as usize, LEASE_SECONDS)).await;
    three.go_on();
    for replica in [one, three, four] {
        replica.stop();
    }

    let (sent_again, again) = chronicle.close(&applicants).await;
    eprintln!("{orders} orders, {sent_again} sent again, {again} mails once more");
}

fn enough(seen: usize, wanted: usize) -> Result<(), String> {
    if seen >= wanted { Ok(()) } else { Err(format!("{seen} of {wanted}")) }
}
