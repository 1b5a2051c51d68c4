//! What several suites share: a customer and an order to begin with, and a clock that is stepped by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use harver_icims::clock::Clock;
use harver_icims::domain::{
    AtsAuthentication, AtsConnection, Candidate, Customer, EmailAddress, HarverConnection, InboundCredentials,
    InvitationSettings, PackageLabel, Pattern, PersonName, StatusId,
};
use harver_icims::store::jobs::{self, Claim};
use harver_icims::store::orders::NewOrder;
use harver_icims::store::{StoreError, Tx};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use url::Url;

/// The vacancy of [`PACKAGE`].
pub(crate) const VACANCY: &str = "64c20d1e5f7a8b0012ab34cd";
/// The package that orders are for.
pub(crate) const PACKAGE: &str = "Harver Call Centre Advisor – 64c20d1e5f7a8b0012ab34cd";
/// The account on the platform.
pub(crate) const ACCOUNT: &str = "64b1f0c2a9d3e7004a5b6c70";

/// A customer whose neighbours are at the given addresses.
pub(crate) fn customer(icims: &Url, harver: &Url) -> Customer {
    let harver = HarverConnection {
        base_url: harver.clone(),
        account: ACCOUNT.parse().expect("24 digits"),
        client_id: "harver-client".into(),
        client_secret: "harver-secret".into(),
    };
    let events = InboundCredentials::new("harver-icims-4021", "event-password");
    let webhooks = InboundCredentials::new("harver-platform-4021", "webhook-password");
    Customer {
        added: true,
        enabled: true,
        patterns: Pattern::ALL.to_vec(),
        trigger_statuses: vec![StatusId::parse("C40177").expect("a status")],
        ats: AtsConnection {
            base_url: icims.clone(),
            authentication: AtsAuthentication::Basic { username: "integration".into(), password: "icims-password".into() },
        }
        .into(),
        reports_progress: true,
        invitation: InvitationSettings::new("Brightwater Foods", "careers@example.org"),
        ..Customer::new("4021".parse().expect("digits"), "Brightwater Foods", harver, events, webhooks)
    }
}

/// An order of Ines Okafor for the workflow with this number.
pub(crate) fn new_order(workflow: u64) -> NewOrder {
    NewOrder {
        customer: "4021".parse().expect("digits"),
        workflow: workflow.try_into().expect("positive"),
        person: "30517".parse().expect("digits"),
        job: "2210".parse().expect("digits"),
        package: PackageLabel::parse(PACKAGE).expect("a Harver label"),
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

/// An address at which nobody listens.
pub(crate) fn nowhere() -> Url {
    "http://127.0.0.1:9".parse().expect("a URL")
}

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct SteppedClock {
    micros: Arc<AtomicI64>,
    moved: Arc<watch::Sender<u64>>,
}

impl SteppedClock {
    /// Stands at noon of 4 March 2025.
    pub(crate) fn at_noon() -> Self {
        let noon: Timestamp = "2025-03-04T12:00:00Z".parse().expect("a moment");
        Self { micros: Arc::new(AtomicI64::new(noon.as_microsecond())), moved: Arc::new(watch::Sender::new(0)) }
    }

    /// The clock as the integration sees it.
    pub(crate) fn clock(&self) -> Clock {
        let micros = Arc::clone(&self.micros);
        let present = move || Timestamp::from_microsecond(micros.load(Ordering::SeqCst)).expect("in range");
        Clock::driven(present, self.moved.subscribe())
    }

    /// Moves the clock forward.
    pub(crate) fn advance(&self, by: SignedDuration) {
        self.micros.fetch_add(by.as_micros().try_into().expect("a short while"), Ordering::SeqCst);
        self.moved.send_modify(|count| *count += 1);
    }
}

/// Leases the job that has been due the longest, whosever it is.
pub(crate) fn claim_first(tx: &Tx<'_>, now: Timestamp, leased_until: Timestamp) -> Result<Option<Claim>, StoreError> {
    let lines = jobs::waiting(tx, now, now, &[])?;
    let Some(first) = lines.iter().min_by_key(|line| line.due_at) else { return Ok(None) };
    jobs::claim(tx, (first.customer, first.kind), now, leased_until, &[])
}
