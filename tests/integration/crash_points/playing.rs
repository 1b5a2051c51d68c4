//! Playing a journey in which the service dies at a point.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use harver_icims::crash_point::CrashPoint;
use harver_icims::domain::{CustomerId, Job, JobKind};
use harver_icims::store::orders::{Wanted, find};
use harver_icims::store::{SealingKey, Store, StoreError, jobs};
use jiff::Timestamp;
use scraper::{Html, Selector};
use serde_json::Value;

use super::ways::{Way, way};
use crate::commands::PASSPHRASE;
use crate::program::{until, until_within, visitor};
use crate::site::applicants::Applicant;
use crate::site::chronicle::Chronicle;
use crate::site::cluster::{PASSWORD, Replica, admin_of};
use crate::site::{Site, for_each, links, mails, results};

const CRASH_AT: &str = "HARVER_ICIMS_CRASH_AT";
/// How long the next process may take, also for a step that a busy machine cut off and that comes again after a minute.
const RECOVERS_WITHIN: Duration = Duration::from_secs(100);

/// How far an applicant has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Has {
    Waited,
    Begun,
    Finished,
}

/// What is played on a site, one applicant for each point.
pub(super) struct Play<'s> {
    site: &'s Site,
    chronicle: Chronicle<'s>,
    applicants: Vec<(usize, Applicant)>,
    /// Who is there before the service dies.
    prepared: std::vec::IntoIter<(usize, Applicant)>,
}

impl<'s> Play<'s> {
    pub(super) fn on(site: &'s Site, run: &str) -> Self {
        // One journey at a time: one mail at most is under way.
        let chronicle = Chronicle::open(site, run, None, 1);
        Self { site, chronicle, applicants: Vec::new(), prepared: Vec::new().into_iter() }
    }

    async fn applicant(&mut self) -> (usize, Applicant) {
        let number = self.applicants.len();
        let tenant = number % self.site.tenants.len();
        let applicant = self.site.tenants[tenant].applicant(number).await;
        self.chronicle.knows(&self.site.tenants[tenant], &applicant);
        self.applicants.push((tenant, applicant.clone()));
        (tenant, applicant)
    }

    /// Somebody is advanced, invited, takes the assessment and has a result, although the service dies at this point. The invitation
    /// arrives so often.
    pub(super) async fn whole_journey(&mut self, point: CrashPoint, invitations: usize) {
        let (tenant, applicant) = self.applicant().await;
        let service = self.armed(point).await;
        self.chronicle.advance(&self.site.tenants[tenant], &applicant).await;
        let has = self.until_dead(service, point, Some((tenant, &applicant))).await;
        self.recovers((tenant, &applicant), has).await;
        let mails = mails(&self.site.office).into_iter().filter(|mail| mail.to == applicant.email).count();
        assert_eq!(mails, invitations, "{point}: how often the invitation came");
    }

    /// For each of these points somebody who is invited, and has a result where the point comes after that.
    pub(super) async fn prepare(&mut self, points: &[CrashPoint]) {
        let service = self.site.cluster.start().await;
        for _ in points.iter().filter(|point| way(point.effect) != Way::TurnedDown) {
            let (tenant, applicant) = self.applicant().await;
            self.chronicle.advance(&self.site.tenants[tenant], &applicant).await;
        }
        let wanted = self.applicants.len();
        until("an invitation for everybody", async || {
            let invited = links(&self.site.office).len();
            if invited == wanted { Ok(()) } else { Err(format!("{invited} of {wanted}")) }
        })
        .await;
        let with_way = points.iter().map(|point| way(point.effect)).filter(|way| *way != Way::TurnedDown).zip(&self.applicants);
        let after_the_result = with_way.filter(|(way, _)| matches!(way, Way::OnceMore | Way::Replay | Way::AfterTheResult(_)));
        let finishing: Vec<(usize, Applicant)> = after_the_result.map(|(_, applicant)| applicant.clone()).collect();
        let links = links(&self.site.office);
        for_each(&finishing, async |(_, applicant)| self.chronicle.finish(&applicant.email, &links[&applicant.email]).await)
            .await;
        results(&self.site.tenants, &finishing).await;
        service.stop();
        self.chronicle.read_on().await;
        self.prepared = self.applicants.clone().into_iter();
    }

    /// What comes after an invitation, or after a result, is done although the service dies at this point.
    pub(super) async fn afterwards(&mut self, point: CrashPoint) {
        let way = way(point.effect);
        let (tenant, applicant) = match way {
            Way::TurnedDown => self.applicant().await,
            _ => self.prepared.next().expect("somebody was prepared for each point"),
        };
        match way {
            Way::Later(kind) | Way::AfterTheResult(kind) => self.make_due(kind, (tenant, &applicant)).await,
            Way::AnotherLink => {
                let run_out = "UPDATE orders SET link_expires_at = 1 WHERE customer = ?1 AND workflow = ?2";
                self.in_the_database(run_out, (tenant, &applicant));
            }
            Way::TurnedDown => self.site.office.says("451 later"),
            Way::Replay => {
                let given_up = "UPDATE jobs SET state = 'dead' WHERE kind = 'report_result' AND order_id IN
                    (SELECT id FROM orders WHERE customer = ?1 AND workflow = ?2)";
                self.in_the_database(given_up, (tenant, &applicant));
            }
            Way::OnceMore => {}
            Way::Journey | Way::Choice | Way::Looking => unreachable!("{point} is reached by {way:?}"),
        }
        let service = self.armed(point).await;
        match way {
            Way::AnotherLink | Way::OnceMore => self.event_again(tenant, &applicant).await,
            Way::TurnedDown => self.chronicle.advance(&self.site.tenants[tenant], &applicant).await,
            Way::Replay => self.replays(tenant, &service).await,
            _ => {}
        }
        self.until_dead(service, point, None).await;
        let has_finished = matches!(way, Way::OnceMore | Way::Replay | Way::AfterTheResult(_));
        self.recovers((tenant, &applicant), if has_finished { Has::Finished } else { Has::Waited }).await;
    }

    /// A recruiter advances somebody and chooses a package, although the service dies when this point is passed so often.
    pub(super) async fn choice(&mut self, point: CrashPoint, time: u32) {
        let (tenant, applicant) = self.applicant().await;
        let service = self.site.cluster.launch(&[(CRASH_AT, format!("{point}:{time}"))]).await;
        self.chronicle.advance(&self.site.tenants[tenant], &applicant).await;
        self.chooses(tenant, &applicant).await;
        self.until_dead(service, point, None).await;
        let service = self.site.cluster.start().await;
        until("the choice to be taken", async || {
            self.chronicle.read_on().await;
            if self.chooses(tenant, &applicant).await { Ok(()) } else { Err("it is not taken yet".to_owned()) }
        })
        .await;
        self.site.cluster.balancer.take_out(service.port);
        service.stop();
        self.recovers((tenant, &applicant), Has::Waited).await;
    }

    /// A recruiter opens the newest page that iCIMS was led to for somebody, and sends it off with the package. Says whether it was taken.
    async fn chooses(&self, tenant: usize, applicant: &Applicant) -> bool {
        let tenant = &self.site.tenants[tenant];
        let page = until("an answer to the event", async || {
            let events = tenant.events(applicant).await;
            if events.is_empty() { Err("no event".to_owned()) } else { Ok(events.iter().rev().find_map(leads_to)) }
        });
        let (Some(page), browser) = (page.await, visitor()) else { return false };
        let shown = browser.get(&page).send().await;
        if !shown.is_ok_and(|shown| shown.status().is_success()) {
            return false;
        }
        let sent = browser.post(&page).form(&[("package", tenant.text("sample", "vacancy_id"))]).send().await;
        sent.is_ok_and(|sent| sent.status().is_success())
    }

    /// An admin has the step done again that was given up. Whether that is answered is not waited for in vain.
    async fn replays(&self, tenant: usize, service: &Replica) {
        let (console, browser) = (format!("http://127.0.0.1:{}/console", service.port), visitor());
        let admin = [("email", admin_of(self.customer(tenant))), ("password", PASSWORD.to_owned())];
        let signed_in = browser.post(format!("{console}/sign-in")).form(&admin).send().await.expect("the console answers");
        assert!(signed_in.status().is_success(), "{signed_in:?}");
        let page = browser.get(format!("{console}/dead-letters")).send().await.expect("the console answers").text().await;
        let page = Html::parse_document(&page.expect("a page"));
        let selected = |what: &str, attribute: &str| {
            let found = page.select(&Selector::parse(what).expect("a selector")).next();
            found.and_then(|found| found.attr(attribute)).unwrap_or_else(|| panic!("no {what}")).to_owned()
        };
        let (token, to) =
            (selected("input[name=form_token]", "value"), selected("form[action$='/replay'][action*='letters/']", "action"));
        let _ = browser.post(format!("http://127.0.0.1:{}{to}", service.port)).form(&[("form_token", token)]).send().await;
    }

    /// Everything was played: what the neighbours have is held against what was done.
    pub(super) async fn ends(self) {
        let service = self.site.cluster.start().await;
        results(&self.site.tenants, &self.applicants).await;
        service.stop();
        self.chronicle.close(&self.applicants).await;
    }

    async fn armed(&self, point: CrashPoint) -> Replica {
        self.site.cluster.launch(&[(CRASH_AT, point.to_string())]).await
    }

    /// Waits until the service has died at the point. Whoever is given goes on as far as that is possible; how far they came.
    async fn until_dead(&mut self, mut service: Replica, point: CrashPoint, whom: Option<(usize, &Applicant)>) -> Has {
        let mut has = Has::Waited;
        let ended = until(&format!("the service to die at {point}"), async || {
            if let Some(ended) = service.ended() {
                return Ok(ended);
            }
            self.chronicle.read_on().await;
            if let Some((tenant, applicant)) = whom {
                has = self.goes_on(tenant, applicant, has).await;
            }
            Err(format!("it lives, and somebody has {has:?}"))
        })
        .await;
        assert_aborted(ended, point);
        self.site.cluster.balancer.take_out(service.port);
        self.chronicle.crashes("the service").await;
        has
    }

    /// An applicant does what comes next, if it can be done: begins with the link, and finishes when iCIMS shows that.
    async fn goes_on(&self, tenant: usize, applicant: &Applicant, has: Has) -> Has {
        let Some(link) = links(&self.site.office).remove(&applicant.email) else { return has };
        match has {
            Has::Waited => {
                self.chronicle.start(&applicant.email, &link).await;
                Has::Begun
            }
            Has::Begun if self.site.tenants[tenant].is_in_progress(applicant).await => {
                self.chronicle.finish(&applicant.email, &link).await;
                Has::Finished
            }
            _ => has,
        }
    }

    /// The next process takes everything up, until the recruiter sees a result and nothing is left to be sent again.
    async fn recovers(&mut self, (tenant, applicant): (usize, &Applicant), mut has: Has) {
        let service = self.site.cluster.start().await;
        until_within(RECOVERS_WITHIN, "a result", async || {
            let sent_again = self.chronicle.read_on().await;
            has = self.goes_on(tenant, applicant, has).await;
            let seen = self.site.tenants[tenant].has_result(applicant).await;
            seen.map_err(|seen| format!("{seen}; told last: {}", self.chronicle.told_last()))?;
            if sent_again == 0 { Ok(()) } else { Err(format!("{sent_again} are sent again")) }
        })
        .await;
        self.site.cluster.balancer.take_out(service.port);
        service.stop();
    }

    /// A step of somebody is due at the next start, as if time had passed.
    async fn make_due(&self, kind: JobKind, whom: (usize, &Applicant)) {
        self.in_the_database("UPDATE orders SET read_at = NULL WHERE customer = ?1 AND workflow = ?2", whom);
        if kind == JobKind::Sweep {
            // A customer has one such step, whichever order it is kept with, and one question of each vacancy.
            self.in_the_database("UPDATE sweeps SET due_at = 0 WHERE customer = ?1 AND ?2 > 0", whom);
            return self.in_the_database("UPDATE jobs SET due_at = 0 WHERE kind = 'sweep' AND customer = ?1 AND ?2 > 0", whom);
        }
        let key = SealingKey::from_passphrase(&PASSPHRASE.1.to_owned().into());
        let store = Store::open_beside(&self.site.cluster.file(), key).expect("a file");
        let customer: CustomerId = self.customer(whom.0).parse().expect("digits");
        let (workflow, long_ago) = (whom.1.workflow.clone(), Timestamp::UNIX_EPOCH);
        let enqueued: Result<(), StoreError> = store
            .write(move |tx| {
                let orders = find(tx, customer, &Wanted::default(), 1_000)?;
                let order = orders.orders.into_iter().find(|order| order.workflow.to_string() == workflow).expect("the order").id;
                // One that was planned comes before its time; whoever has a result gets no more of those.
                jobs::schedule(tx, Job { kind, order }, long_ago, long_ago)?;
                jobs::enqueue(tx, Job { kind, order }, long_ago)
            })
            .await;
        enqueued.expect("a step");
    }

    fn in_the_database(&self, sql: &str, (tenant, applicant): (usize, &Applicant)) {
        let connection = rusqlite::Connection::open(self.site.cluster.file()).expect("the file");
        connection.execute(sql, [self.customer(tenant), &applicant.workflow]).expect("a change");
    }

    fn customer(&self, tenant: usize) -> &str {
        self.site.tenants[tenant].text("icims", "customer_id")
    }

    /// iCIMS tells once more what it has told of somebody.
    async fn event_again(&self, tenant: usize, applicant: &Applicant) {
        let tenant = &self.site.tenants[tenant];
        let event = tenant.events(applicant).await.into_iter().next().expect("the event is in the journal");
        tenant.send_again(&event).await;
    }
}

/// Where an answer to an event leads.
fn leads_to(event: &Value) -> Option<String> {
    let headers = event["outcome"]["headers"].as_array()?;
    let location = headers.iter().find(|header| header[0].as_str().is_some_and(|name| name.eq_ignore_ascii_case("location")))?;
    location[1].as_str().map(str::to_owned)
}

/// Has the set-up in this file examined by a process that dies at a point.
pub(super) fn doctor(environment: &Path, at: Option<CrashPoint>) -> ExitStatus {
    let mut command = Command::new(env!("CARGO_BIN_EXE_harver-icims"));
    command.args(["doctor", "--env"]).arg(environment).envs(at.map(|point| (CRASH_AT, point.to_string())));
    command.output().expect("the program starts").status
}

pub(super) fn assert_aborted(ended: ExitStatus, point: CrashPoint) {
    const SIGABRT: i32 = 6;
    assert_eq!(ended.signal(), Some(SIGABRT), "{point}: {ended}");
}
