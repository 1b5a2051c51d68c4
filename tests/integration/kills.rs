//! The service is killed at random moments, again and again, while a recruiter advances candidates and candidates finish. Neighbours live
//! in another process; what they counted is held against what was wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::post_office::PostOffice;
use crate::program::{Until, take, until_within, visitor};
use crate::site::applicants::Applicant;
use crate::site::{PATIENCE, Site, counted, mails, results, send_again};

/// As many as the platform's limit of 450 requests a minute and account asks for.
const TENANTS: usize = 3;
/// How often it is killed; `HARVER_ICIMS_KILLS` says otherwise.
const KILLS: usize = 12;
/// A kill comes at most so long after somebody has begun something.
const WITHIN: Duration = Duration::from_millis(120);

/// Who has a link and has not followed it.
fn invited(office: &PostOffice, finished: &BTreeSet<String>) -> BTreeMap<String, String> {
    let links = mails(office).into_iter().map(|mail| (mail.to, mail.link));
    links.filter(|(to, _)| !finished.contains(to)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_it_loses_nobody_and_does_nothing_twice() {
    let kills = std::env::var_os("HARVER_ICIMS_KILLS").and_then(|text| text.to_str()?.parse().ok()).unwrap_or(KILLS);
    let site = Site::open(None, TENANTS).await;
    let (office, tenants, cluster) = (&site.office, &site.tenants, &site.cluster);
    let (mut applicants, mut finished, mut moments) = (Vec::new(), BTreeSet::new(), Vec::new());
    let mut looked = [0; TENANTS];
    let mut sent_again = 0;

    for round in 0..kills {
        let applicant: (usize, Applicant) = (round % TENANTS, tenants[round % TENANTS].applicant(round).await);
        let service = cluster.start().await;
        sent_again += send_again(tenants, &mut looked).await;
        let one = invited(office, &finished).into_iter().next();
        finished.extend(one.as_ref().map(|(to, _)| to.clone()));
        let moment = WITHIN.mul_f64(rand::random());
        moments.push(moment);
        let taking = async {
            if let Some((_, link)) = &one {
                take(&visitor(), link, Until::Finished).await;
            }
        };
        let killing = async {
            let _ = tokio::time::timeout(moment, std::future::pending::<()>()).await;
            cluster.balancer.take_out(service.port);
            service.kill();
        };
        tokio::join!(tenants[applicant.0].advance(&applicant.1), taking, killing);
        applicants.push(applicant);
    }

    let service = cluster.start().await;
    until_within(PATIENCE, "an invitation for everybody", async || {
        sent_again += send_again(tenants, &mut looked).await;
        let invited: BTreeSet<String> = mails(office).into_iter().map(|mail| mail.to).collect();
        if invited.len() == kills { Ok(()) } else { Err(format!("{} of {kills}, killed after {moments:?}", invited.len())) }
    })
    .await;
    for link in invited(office, &finished).values() {
        take(&visitor(), link, Until::Finished).await;
    }
    sent_again += send_again(tenants, &mut looked).await;
    results(tenants, &applicants).await;
    service.stop();
    let again = counted(office, tenants, &applicants).await;
    assert!(again.values().all(|times| *times == 1), "once more at most: {again:?}, killed after {moments:?}");
    eprintln!("{kills} kills, {sent_again} sent again, {} mails once more", again.len());
}
