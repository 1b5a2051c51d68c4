//! The simulated Harver assessment platform: public API, candidate pages, reports and webhooks on one port.
//!
//! It knows nothing of any ATS beyond the free attributes that the API carries. Read in this order: [`model`] (what is kept),
//! [`state`] (the rules), [`scoring`] (from answers to a label), `api` (the public API), `pages` (what candidates,
//! recruiters and the report's reader see), [`callbacks`] (who is told), `letters` (what candidates are sent).
//!
//! What is simulated, how faithfully, and which test covers it is marked beside the code ([`fidelity()`]) and collected in
//! `docs/fidelity.md` and on the page `/fidelity`. The rest of the published API is refused by name with `501`.
//!
//! Section numbers refer to `harver-platform.md`.

mod api;
pub mod callbacks;
mod fidelity;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod letters;
pub mod model;
mod pages;
pub mod scoring;
pub mod state;

pub use api::openapi;
pub use fidelity::fidelity;

use std::future::Future;
use std::sync::Arc;

use jiff::Timestamp;

use crate::engine::{Clock, Customer, DiskError, Kept, Outbox, Registry, Sender, Sends, Surroundings, Tenant};

use crate::mailbox::Mailbox;
use callbacks::WebhookSender;
use letters::Post;
use model::{AccountId, NewAccount, WebhookSubscription};
use state::{ACCOUNT, API_CLIENT, AccountState};

/// The name of the webhook that [`HarverPlatform::connect_webhook`] sets.
const WEBHOOK: &str = "orchestrator";

/// The platform with all its accounts. Clones are the same platform.
#[derive(Clone, Debug)]
pub struct HarverPlatform(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    surroundings: Surroundings,
    webhooks: WebhookSender,
    mailbox: Mailbox,
    /// What numbers the answers to callers who are nobody.
    strangers: api::Correlations,
}

impl HarverPlatform {
    /// The platform of the customers of a world, with a mailbox of its own.
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        let mailbox = Mailbox::new(surroundings.clone());
        Self::mailing(surroundings, mailbox)
    }

    /// The same, with the mailbox that candidates' mail goes to.
    #[must_use]
    pub fn mailing(surroundings: Surroundings, mailbox: Mailbox) -> Self {
        let webhooks = WebhookSender::new(Sender::new(surroundings.clock.clone(), surroundings.journal.clone()));
        Self(Arc::new(Inner { surroundings, webhooks, mailbox, strangers: api::Correlations::default() }))
    }

    /// Opens an account of a customer, in the place of the one that it has.
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn admit(&self, customer: u64, state: AccountState) -> Result<(), DiskError> {
        let kept = self.registry().kept(customer).unwrap_or_else(|| Kept::new(customer));
        self.registry().put(customer, Some(kept.with(state))).await
    }

    /// What a new account begins with.
    #[must_use]
    pub fn new_account(&self, new: NewAccount) -> AccountState {
        AccountState::new(new, self.0.surroundings.seed)
    }

    /// The account with this id.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<Arc<Tenant<AccountState>>> {
        self.customer(id)?.tenant()
    }

    /// Sets where the webhooks of an account go: Basic authentication, all events. Callbacks that still wait go there too.
    ///
    /// # Errors
    /// When there is no such account, or the change could not be stored.
    pub async fn connect_webhook(
        &self,
        account: &str,
        url: String,
        username: String,
        password: String,
    ) -> Result<(), state::Refusal> {
        let tenant = self.account(account).ok_or(state::Refusal::Unknown("account"))?;
        let subscription = WebhookSubscription { name: WEBHOOK.into(), url, username, password };
        tenant
            .write(|state| {
                state.subscribe(subscription);
                Ok::<(), state::Refusal>(())
            })
            .await
    }

    /// How many mails of an account, or of all, are due and not sent.
    #[must_use]
    pub fn pending_mails(&self, account: Option<&str>) -> usize {
        let now = self.now();
        self.chosen(account).iter().map(|tenant| tenant.read(|state| state.due_mails(now))).sum()
    }

    /// How many callbacks of an account, or of all, wait to be accepted.
    #[must_use]
    pub fn pending(&self, account: Option<&str>) -> usize {
        self.chosen(account).iter().map(|tenant| tenant.read(AccountState::pending_callbacks)).sum()
    }

    /// What the outbox asks: webhooks first, then mails.
    #[must_use]
    pub fn senders(&self) -> [Arc<dyn Sends>; 2] {
        [Arc::new(self.clone()), Arc::new(Post(self.clone()))]
    }

    fn chosen(&self, account: Option<&str>) -> Vec<Arc<Tenant<AccountState>>> {
        match account {
            Some(id) => self.account(id).into_iter().collect(),
            None => self.tenants(),
        }
    }

    /// Everything on the platform's port: API, candidate pages, reports, stylesheet.
    pub fn router(&self) -> axum::Router {
        let documents = crate::reference::routes(openapi);
        api::router(self).merge(pages::router()).merge(crate::ui::routes()).merge(documents).with_state(self.clone())
    }

    /// Sends webhooks and mails alone until `shutdown` resolves; a whole sandbox has one outbox for all actors.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        Outbox::new(self.registry().clone(), self.clock().clone(), self.senders().into()).run(shutdown).await;
    }

    fn registry(&self) -> &Registry {
        &self.0.surroundings.registry
    }

    /// Whose account this is.
    fn customer(&self, account: &str) -> Option<Arc<Customer>> {
        let owner = self.registry().owner(ACCOUNT, account)?;
        self.registry().customer(owner.customer)
    }

    /// What is counted of an account in memory alone. Of nobody, nothing is kept.
    fn beside<T: Default + Send + Sync + 'static>(&self, account: &AccountId) -> Arc<T> {
        self.customer(account.as_str()).map_or_else(Arc::default, |customer| customer.beside())
    }

    fn tenants(&self) -> Vec<Arc<Tenant<AccountState>>> {
        self.registry().customers().iter().filter_map(|customer| customer.tenant()).collect()
    }

    fn account_of_client(&self, client: &str) -> Option<Arc<Tenant<AccountState>>> {
        self.registry().tenant(self.registry().owner(API_CLIENT, client)?.customer)
    }

    /// The account that a secret names in its first 24 digits.
    fn account_of_secret(&self, secret: &str) -> Option<Arc<Tenant<AccountState>>> {
        self.account(secret.get(..24)?)
    }

    fn clock(&self) -> &Clock {
        &self.0.surroundings.clock
    }

    fn now(&self) -> Timestamp {
        self.clock().now()
    }

    fn url(&self, path: &str) -> String {
        self.0.surroundings.url(path)
    }
}
