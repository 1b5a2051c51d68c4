//! The simulated Harver assessment platform: public API, candidate pages, reports and webhooks on one port.
//!
//! It knows nothing of any ATS beyond the free attributes that the API carries. Read in this order: [`model`] (what is kept),
//! [`state`] (the rules), [`scoring`] (from answers to a label), `api` (the public API), `pages` (what the candidate and the
//! report's reader see), [`callbacks`] (who is told).
//!
//! What is simulated, how faithfully, and which test covers it is marked beside the code ([`fidelity()`]) and collected in
//! `docs/fidelity.md` and on the page `/fidelity`. The rest of the published API is refused by name with `501`. The confirmation code
//! by mail is not simulated: the page of an expired link says what to do instead.
//!
//! Section numbers refer to `harver-platform.md`.

mod api;
pub mod callbacks;
mod fidelity;
pub mod model;
mod pages;
pub mod scoring;
pub mod state;
mod worlds;

pub use api::openapi;
pub use fidelity::fidelity;

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::{Arc, Mutex};

use axum::middleware::from_fn_with_state;
use imbl::OrdMap;
use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use crate::engine::{Clock, Current, DiskError, Gate, Persist, Sender, StoredRow, Surroundings, Tenant};

use callbacks::WebhookSender;
use model::{AccountId, NewAccount, WebhookSubscription};
use state::{AccountState, Due};
pub(crate) use worlds::Held;

/// The name of the webhook that [`HarverPlatform::connect_webhook`] sets.
const WEBHOOK: &str = "orchestrator";
/// What the names of this actor's tenants on disk start with.
pub(crate) const SCOPE: &str = "harver/";

/// The accounts by their ids. A clone shares everything.
type Accounts = OrdMap<AccountId, Arc<Tenant<AccountState>>>;

/// The platform with all its accounts. Clones are the same platform.
#[derive(Clone, Debug)]
pub struct HarverPlatform(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    surroundings: Surroundings,
    /// Passed by every webhook on its way to the customer.
    gate: Gate,
    accounts: Current<Accounts>,
    webhooks: WebhookSender,
    wake: Notify,
    /// Requests of each API client in the current minute; not state, so it is not stored.
    windows: Mutex<HashMap<(AccountId, String), api::Window>>,
    /// What numbers the answers of the API.
    correlations: api::Correlations,
}

impl HarverPlatform {
    /// A platform without accounts.
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        let webhooks = WebhookSender::new(Sender::new(surroundings.clock.clone(), surroundings.journal.clone()));
        Self(Arc::new(Inner {
            surroundings,
            gate: Gate::default(),
            accounts: Current::default(),
            webhooks,
            wake: Notify::new(),
            windows: Mutex::default(),
            correlations: api::Correlations::default(),
        }))
    }

    /// Puts the accounts back that are among these rows; rows of other actors are passed over.
    ///
    /// # Errors
    /// When a row is damaged.
    pub fn restore(&self, rows: &[StoredRow]) -> Result<(), DiskError> {
        let states = restored_states(rows, self.0.surroundings.seed)?;
        let restored: Accounts = states.into_iter().map(|(id, state)| (id.clone(), self.tenant(&id, state))).collect();
        *self.0.accounts.hold() = Arc::new(restored);
        self.0.wake.notify_one();
        Ok(())
    }

    /// What a new account begins with.
    #[must_use]
    pub fn new_account(&self, new: NewAccount) -> AccountState {
        AccountState::new(new, self.0.surroundings.seed)
    }

    /// Takes an account in that has its state already. An account that exists already is left as it is.
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn admit(&self, id: &AccountId, state: AccountState) -> Result<(), DiskError> {
        if self.account(id.as_str()).is_some() {
            return Ok(());
        }
        let tenant = self.tenant(id, state);
        tenant.write(|_| Ok::<(), DiskError>(())).await?;
        let mut accounts = self.0.accounts.hold();
        if !accounts.contains_key(id) {
            Arc::make_mut(&mut accounts).insert(id.clone(), tenant);
        }
        Ok(())
    }

    /// The account with this id.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<Arc<Tenant<AccountState>>> {
        let id: AccountId = id.parse().ok()?;
        self.0.accounts.get().get(&id).cloned()
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
            .await?;
        self.0.wake.notify_one();
        Ok(())
    }

    /// How many callbacks of an account, or of all, wait to be accepted.
    #[must_use]
    pub fn pending(&self, account: Option<&str>) -> usize {
        let tenants = match account {
            Some(id) => self.account(id).into_iter().collect(),
            None => self.tenants(),
        };
        tenants.iter().map(|tenant| tenant.read(AccountState::pending_callbacks)).sum()
    }

    /// Everything on the platform's port: API, candidate pages, reports, stylesheet.
    pub fn router(&self) -> axum::Router {
        let documents = crate::reference::routes(openapi);
        let all = api::router(self).merge(pages::router()).merge(crate::ui::routes()).merge(documents).with_state(self.clone());
        all.layer(from_fn_with_state(self.clone(), worlds::keep_to_one))
    }

    /// Delivers webhooks until `shutdown` resolves.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        callbacks::run(self, shutdown).await;
    }

    fn tenant(&self, id: &AccountId, state: AccountState) -> Arc<Tenant<AccountState>> {
        Arc::new(Tenant::new(format!("{SCOPE}{id}"), state, self.0.surroundings.disk.clone()))
    }

    fn tenants(&self) -> Vec<Arc<Tenant<AccountState>>> {
        self.0.accounts.get().values().cloned().collect()
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

    fn due_callbacks(&self, now: Timestamp) -> Vec<Due> {
        self.tenants().iter().flat_map(|tenant| tenant.read(|state| state.due_callbacks(now))).collect()
    }

    fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        self.tenants().iter().filter_map(|tenant| tenant.read(|state| state.next_due(now))).min()
    }

    /// Tells the delivery loop that there may be something to send.
    fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Resolves when there may be something to send, or the clock was moved.
    async fn woken(&self, moves: &mut watch::Receiver<u64>) {
        tokio::select! {
            () = self.0.wake.notified() => {}
            // The clock outlives the platform, so the sender is never gone.
            _ = moves.changed() => {}
        }
    }

    /// Sends a webhook that is due and writes down what came of it.
    async fn carry(&self, due: &Due) {
        let Some(tenant) = self.account(due.account.as_str()) else { return };
        let pass = self.0.gate.pass().await;
        let is_present = || self.0.accounts.latest().get(&due.account).is_some_and(|now| Arc::ptr_eq(now, &tenant));
        // When everything is reset while it waits or is sent, its world is gone, and nobody may be told of it any more.
        let Some(attempt) = pass.unless_replaced(self.0.webhooks.deliver(due), is_present).await else { return };
        let now = self.now();
        // After a reset the account may be another one; this one keeps its own, unseen.
        let settled = tenant.write(|state| state.settle_attempt(due, &attempt, now)).await;
        if let Err(error) = settled {
            tracing::error!(%error, callback.number = due.number, "What came of a webhook could not be written down.");
        }
    }
}

/// The states of all accounts that are among stored rows; rows of other actors are passed over.
///
/// # Errors
/// When a row cannot be read.
pub(crate) fn restored_states<'a>(
    rows: impl IntoIterator<Item = &'a StoredRow>,
    seed: u64,
) -> Result<BTreeMap<AccountId, AccountState>, DiskError> {
    let mut states = BTreeMap::new();
    for row in rows {
        let Some(text) = row.scope.strip_prefix(SCOPE) else { continue };
        let id: AccountId = text.parse().map_err(|_| DiskError::UnknownScope(row.scope.clone()))?;
        states.entry(id.clone()).or_insert_with(|| AccountState::blank(id, seed)).restore_row(row)?;
    }
    Ok(states)
}
