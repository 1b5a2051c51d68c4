//! Three replicas on one PostgreSQL server, beside neighbours in another process. One is killed and one is halted for longer than its
//! lease, in the middle of the orders of several customers; what the neighbours counted is held against what was wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use crate::on_postgres::server;
use crate::program::{Until, take, until, until_within, visitor};
use crate::site::cluster::LEASE_SECONDS;
use crate::site::{PATIENCE, Site, counted, for_each, mails, results, send_again};

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
    let (mut looked, mut sent_again) = ([0; TENANTS], 0);
    until_within(PATIENCE, "an invitation for everybody", async || {
        sent_again += send_again(tenants, &mut looked).await;
        let invited: BTreeSet<String> = mails(office).into_iter().map(|mail| mail.to).collect();
        enough(invited.len(), orders)
    })
    .await;

    let four = cluster.start().await;
    let links: BTreeMap<String, String> = mails(office).into_iter().map(|mail| (mail.to, mail.link)).collect();
    let links: Vec<&String> = applicants.iter().map(|(_, applicant)| &links[&applicant.email]).collect();
    let halted = async {
        results(tenants, &applicants[..orders / 3]).await;
        cluster.balancer.take_out(three.port);
        three.halt();
        Instant::now()
    };
    let (_, halted) = tokio::join!(for_each(&links, async |link| take(&visitor(), link, Until::Finished).await), halted);
    // The halted one knows nothing of it.
    results(tenants, &applicants).await;
    until("its leases to have run out", async || enough(halted.elapsed().as_secs() as usize, LEASE_SECONDS)).await;
    three.go_on();
    for replica in [one, three, four] {
        replica.stop();
    }

    let again: usize = counted(office, tenants, &applicants).await.values().sum();
    assert!(again <= WORKERS, "{again} mails came once more");
    eprintln!("{orders} orders, {sent_again} sent again, {again} mails once more");
}

fn enough(seen: usize, wanted: usize) -> Result<(), String> {
    if seen >= wanted { Ok(()) } else { Err(format!("{seen} of {wanted}")) }
}
