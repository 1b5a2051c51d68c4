//! The sandbox inside a test program: started on free ports, asked and moved by plain methods, gone when it is dropped.
//!
//! For whoever tests an integration in Rust, as `wiremock` is for plain HTTP. Tests may share one sandbox: give each its own
//! [`Customer`] with [`Sandbox::open_customer`], and none sees what the others do. Programs in other languages start the binary
//! and use the control endpoints, which do the same.
//!
//! ```
//! use icims_sandbox::Sandbox;
//! use icims_sandbox::library::Pattern;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let sandbox = Sandbox::start().await;
//! let customer = sandbox.open_customer("Brightwater").await;
//!
//! // What a recruiter does …
//! let person = customer.person().name("Ines", "Okafor").email("ines@brightwater.example").create().await;
//! let job = customer.job("Call Centre Advisor").create().await;
//! let workflow = customer.submit(person, job).await;
//! customer.advance(workflow, "Under Review").await;
//!
//! // … and what a client of the REST API sees of it.
//! let seen = customer.get(&format!("/applicantworkflows/{workflow}?fields=status")).await;
//! assert_eq!(seen["status"]["value"], "Initial Review - Under Review");
//! customer.journal().expect(Pattern::icims_call("GET", "/applicantworkflows").status(200)).await;
//! # }
//! ```
//!
//! Methods that set a scene panic when they cannot: a test that goes on without its scene says nothing. The messages say what was
//! refused and why; where a refusal is what a test is about, there is a `try_` method that returns it.

mod builder;
mod clock;
mod customer;
mod journal;
mod making;
mod pattern;

pub use builder::Builder;
pub use clock::TestClock;
pub use customer::Customer;
pub use journal::{Expectation, JournalView, Unmet};
pub use making::{NewJob, NewPerson};
pub use pattern::Pattern;

use crate::control::NewTenantWish;
use crate::start::Sandbox;

impl Sandbox {
    /// A sandbox on free ports, in memory, with seed 1 and real time, that stops when it is dropped.
    ///
    /// # Panics
    /// When the machine has no free ports; [`Builder::try_start`] returns the error instead.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// A sandbox with a seed, a moment or a data folder of the caller's choice.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The sample customer, which every sandbox starts with. Tests that run at the same time should open their own.
    #[must_use]
    pub fn customer(&self) -> Customer {
        Customer::new(self.world(), self.ready().tenant.clone())
    }

    /// A fresh customer that shares nothing with the others, with a small company in it as a beginning.
    ///
    /// # Panics
    /// When the name is empty or longer than 100 characters, or there are 10,000 customers.
    pub async fn open_customer(&self, name: &str) -> Customer {
        self.open(NewTenantWish::named(name)).await
    }

    /// The same with an id of the caller's choice. Seed and id decide about every credential and number in the customer, whatever
    /// else happens in the sandbox.
    ///
    /// # Panics
    /// As [`Sandbox::open_customer`], and when the id has been used or is not from 1 to 999,999,999.
    pub async fn open_customer_with_id(&self, name: &str, id: u64) -> Customer {
        self.open(NewTenantWish { id: Some(id), ..NewTenantWish::named(name) }).await
    }

    /// The one clock of all customers.
    #[must_use]
    pub fn clock(&self) -> TestClock<'_> {
        TestClock::new(self.world())
    }

    async fn open(&self, wanted: NewTenantWish) -> Customer {
        match self.world().open_customer(wanted.clone()).await {
            Ok(keys) => Customer::new(self.world(), keys),
            Err(error) => panic!("the customer {:?} could not be opened: {}", wanted.name.unwrap_or_default(), told(&error)),
        }
    }
}

/// An error with its causes on one line.
fn told(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |message, cause| format!("{message}: {cause}"))
}
