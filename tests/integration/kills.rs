//! The service is killed at random moments, again and again, while a recruiter advances candidates and candidates finish. Neighbours live
//! in another process; what was done and seen, and what they counted, is a history that a checker of its own reads.
//!
//! `HARVER_ICIMS_SEED` makes the same choices again: whom is killed when. What a machine gets done until then is its own affair.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::chance::Chance;
use crate::program::until_within;
use crate::site::chronicle::Chronicle;
use crate::site::{PATIENCE, Site, links, results};

/// As many as the platform's limit of 450 requests a minute and account asks for.
const TENANTS: usize = 3;
/// How often it is killed, in CI and elsewhere; `HARVER_ICIMS_KILLS` says otherwise.
const KILLS: [usize; 2] = [200, 12];
/// A kill comes at most so long after somebody has begun something.
const WITHIN: Duration = Duration::from_millis(120);
/// How many steps the service works on at once: so many may have been under way when it was killed.
const WORKERS: usize = 8;

fn kills() -> usize {
    let [in_ci, elsewhere] = KILLS;
    let usual = if std::env::var_os("CI").is_some_and(|ci| ci == "true") { in_ci } else { elsewhere };
    std::env::var_os("HARVER_ICIMS_KILLS").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(usual)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_it_loses_nobody_and_does_nothing_twice() {
    let (kills, mut chance) = (kills(), Chance::of_this_run());
    let site = Site::open(None, TENANTS).await;
    let (office, tenants, cluster) = (&site.office, &site.tenants, &site.cluster);
    let mut chronicle = Chronicle::open(&site, "kills", Some(chance.seed), WORKERS);
    let (mut applicants, mut finished) = (Vec::new(), BTreeSet::new());
    let waiting = |finished: &BTreeSet<String>| -> BTreeMap<String, String> {
        links(office).into_iter().filter(|(to, _)| !finished.contains(to)).collect()
    };

    for round in 0..kills {
        let tenant = &tenants[round % TENANTS];
        let applicant = tenant.applicant(round).await;
        chronicle.knows(tenant, &applicant);
        let service = cluster.start().await;
        chronicle.read_on().await;
        let one = waiting(&finished).into_iter().next();
        finished.extend(one.as_ref().map(|(to, _)| to.clone()));
        let moment = chance.moment(WITHIN);
        let taking = async {
            if let Some((to, link)) = &one {
                chronicle.finish(to, link).await;
            }
        };
        let killing = async {
            let _ = tokio::time::timeout(moment, std::future::pending::<()>()).await;
            cluster.balancer.take_out(service.port);
            service.kill();
            chronicle.crashes("the service").await;
        };
        tokio::join!(chronicle.advance(tenant, &applicant), taking, killing);
        applicants.push((round % TENANTS, applicant));
    }

    let service = cluster.start().await;
    until_within(PATIENCE, "an invitation for everybody", async || {
        chronicle.read_on().await;
        let invited = links(office).len();
        if invited == kills { Ok(()) } else { Err(format!("{invited} of {kills}")) }
    })
    .await;
    for (to, link) in waiting(&finished) {
        chronicle.finish(&to, &link).await;
    }
    chronicle.read_on().await;
    results(tenants, &applicants).await;
    service.stop();
    let (sent_again, again) = chronicle.close(&applicants).await;
    eprintln!("seed {}: {kills} kills, {sent_again} sent again, {again} mails once more", chance.seed);
}
