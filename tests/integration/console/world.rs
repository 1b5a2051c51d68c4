//! The integration with an in-memory store, on a clock that tests move.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::StatusCode;
use harver_icims::app::App;
use harver_icims::clock::Clock;
use harver_icims::config::Settings;
use harver_icims::console::create_admin;
use harver_icims::domain::{
    AtsAuthentication, AtsConnection, Candidate, Customer, CustomerId, EmailAddress, HarverConnection, InboundCredentials,
    InvitationSettings, Job, JobKind, OrderEvent, OrderId, OrderState, PackageLabel, Pattern, PersonName, Reach, Role,
};
use harver_icims::invitation::{SmtpSecurity, SmtpSettings};
use harver_icims::store::jobs::{self, Attempt, AttemptOutcome};
use harver_icims::store::orders::{self, NewOrder};
use harver_icims::store::{self, StoreError};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::browser::Browser;
use crate::database::fresh_store;
use crate::support::claim_first;

pub(super) const ADMIN: &str = "admin@brightwater.example";
pub(super) const RECRUITER: &str = "recruiter@brightwater.example";
pub(super) const PASSWORD: &str = "correct horse battery";
pub(super) const OLD_SECRET: &str = "the-old-client-secret";

/// The integration with two customers, 4021 and 4022, each with an admin.
pub(super) struct World {
    pub(super) app: App,
    second: Arc<AtomicI64>,
}

impl World {
    pub(super) async fn new() -> Self {
        Self::at("http://127.0.0.1:8702").await
    }

    pub(super) async fn at(public_url: &str) -> Self {
        Self::made(public_url, |_| {}).await
    }

    /// With other settings of the program.
    pub(super) async fn with(settle: impl FnOnce(&mut Settings)) -> Self {
        Self::made("http://127.0.0.1:8702", settle).await
    }

    async fn made(public_url: &str, settle: impl FnOnce(&mut Settings)) -> Self {
        let second = Arc::new(AtomicI64::new(1_772_719_620));
        let told = Arc::clone(&second);
        let (_, moves) = watch::channel(0);
        let clock = Clock::driven(move || Timestamp::from_second(told.load(Ordering::SeqCst)).expect("in range"), moves);
        let mail = SmtpSettings {
            host: "127.0.0.1".into(),
            port: 1,
            sender_address: EmailAddress::parse("noreply@harver.com").expect("an address"),
            security: SmtpSecurity::None,
            credentials: None,
        };
        let store = fresh_store();
        let mut settings = Settings { reach: Reach::Anywhere, ..Settings::new(public_url.parse().expect("a URL"), mail) };
        settle(&mut settings);
        let app = App::new(settings, store, clock).expect("the settings are good");
        for (id, admin) in [(4021, ADMIN), (4022, "admin@other.example")] {
            let customer = customer(id);
            let number = customer.id;
            app.store().write(move |tx| store::insert_customer(tx, &customer)).await.expect("a new customer");
            create_admin(app.store(), admin, number, Role::HarverAdmin, PASSWORD.into()).await.expect("an admin");
        }
        Self { app, second }
    }

    pub(super) fn browser(&self) -> Browser {
        Browser { router: self.app.router(), cookies: BTreeMap::new(), address: None }
    }

    pub(super) async fn signed_in(&self) -> Browser {
        let mut browser = self.browser();
        let page = browser.sign_in(ADMIN, PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        browser
    }

    pub(super) fn pass(&self, time: SignedDuration) {
        self.second.fetch_add(time.as_secs(), Ordering::SeqCst);
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.second.load(Ordering::SeqCst)).expect("in range")
    }

    pub(super) async fn change<T: Send + 'static>(
        &self,
        change: impl FnMut(&store::Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.app.store().write(change).await.expect("the change is fine")
    }

    pub(super) async fn order(&self, customer: u64) -> OrderId {
        let (new, now) = (new_order(customer), self.now());
        self.change(move |tx| orders::insert(tx, &new, now)).await
    }

    /// An order whose step was given up, and which failed with it.
    pub(super) async fn dead_letter(&self, customer: u64, kind: JobKind) -> (OrderId, i64) {
        self.dead_letter_of(new_order(customer), kind).await
    }

    /// The same, of this order.
    pub(super) async fn dead_letter_of(&self, new: NewOrder, kind: JobKind) -> (OrderId, i64) {
        let now = self.now();
        let order = self.change(move |tx| orders::insert(tx, &new, now)).await;
        let number = self
            .change(move |tx| {
                jobs::enqueue(tx, Job { kind, order }, now)?;
                let claim = claim_first(tx, now, now)?.expect("a job is due");
                let attempt = Attempt {
                    started_at: now,
                    took_ms: 1_240,
                    outcome: AttemptOutcome::Dead,
                    detail: "the platform <rejected> our credentials".into(),
                };
                jobs::settle(tx, &claim, &attempt, None)?;
                orders::keep_failure(tx, order, "Harver could not be reached.")?;
                orders::apply(tx, order, OrderEvent::GivenUp, now)?;
                Ok(claim.id)
            })
            .await;
        (order, number)
    }

    pub(super) async fn state(&self, order: OrderId) -> OrderState {
        self.change(move |tx| orders::get_order(tx, order)).await.expect("the order").state
    }

    /// Somebody who reads orders of customer 4021.
    pub(super) async fn recruiter(&self) -> Browser {
        let password = PASSWORD.into();
        create_admin(self.app.store(), RECRUITER, id(4021), Role::Recruiter, password).await.expect("a recruiter");
        let mut browser = self.browser();
        assert_eq!(browser.sign_in(RECRUITER, PASSWORD).await.location(), "/console");
        browser
    }

    /// How customer 4021 is set up.
    pub(super) async fn customer(&self) -> Customer {
        self.change(|tx| store::customer(tx, id(4021))).await.expect("the customer")
    }

    /// Sets customer 4021 up differently.
    pub(super) async fn set_up(&self, change: impl FnOnce(&mut Customer) + Send + 'static) {
        let mut customer = self.customer().await;
        change(&mut customer);
        assert!(self.change(move |tx| store::update_customer(tx, &customer)).await, "the customer is there");
    }

    /// Which settings of customer 4021 were changed, oldest first.
    pub(super) async fn changed(&self) -> Vec<(String, String, String)> {
        let changes = self.change(|tx| store::history::changes(tx, id(4021), None, 500)).await;
        changes.into_iter().rev().map(|change| (change.setting, change.was, change.became)).collect()
    }

    pub(super) async fn ats(&self) -> AtsConnection {
        self.customer().await.ats.at(self.now()).expect("a connection").clone()
    }
}

pub(super) fn id(number: u64) -> CustomerId {
    number.try_into().expect("a customer id")
}

pub(super) fn customer(number: u64) -> Customer {
    let credentials = |kind: &str| InboundCredentials::new(format!("{kind}-{number}"), "inbound-password");
    let harver = HarverConnection {
        base_url: "http://harver.invalid".parse().expect("a URL"),
        account: "64b1f0c2a9d3e7004a5b6c70".parse().expect("24 digits"),
        client_id: "brightwater".into(),
        client_secret: "platform-secret".into(),
    };
    Customer {
        added: true,
        enabled: true,
        patterns: vec![Pattern::AdHoc],
        ats: AtsConnection {
            base_url: "http://icims.invalid".parse().expect("a URL"),
            authentication: AtsAuthentication::OAuth2 {
                token_url: "http://icims.invalid/oauth/token".parse().expect("a URL"),
                client_id: "brightwater-harver".into(),
                client_secret: OLD_SECRET.into(),
            },
        }
        .into(),
        reports_progress: true,
        invitation: InvitationSettings::new("Brightwater", "jobs@brightwater.example"),
        ..Customer::new(
            id(number),
            format!("Brightwater & Sons {number}"),
            harver,
            credentials("events"),
            credentials("webhooks"),
        )
    }
}

pub(super) fn new_order(customer: u64) -> NewOrder {
    NewOrder {
        customer: id(customer),
        workflow: "88431".parse().expect("a number"),
        person: "30517".parse().expect("a number"),
        job: "2210".parse().expect("a number"),
        package: PackageLabel::parse("Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd").expect("a label"),
        candidate: Candidate {
            first_name: PersonName::parse("Ines").expect("a name"),
            last_name: PersonName::parse("Okafor").expect("a name"),
            email: EmailAddress::parse("ines.okafor@example.org").expect("an address"),
        },
        job_title: "Call Centre Advisor".into(),
        pattern: Pattern::AdHoc,
        return_url: None,
    }
}
