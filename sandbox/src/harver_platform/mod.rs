//! The simulated Harver assessment platform: public API, candidate pages, reports and webhooks on one port.
//!
//! It knows nothing of any ATS beyond the free attributes that the API carries. Read in this order: [`model`] (what is kept),
//! [`state`] (the rules), [`scoring`] (from answers to a label), `api` (the public API), `pages` (what the candidate and the
//! report's reader see), [`callbacks`] (who is told).
//!
//! | part | fidelity |
//! |---|---|
//! | `POST /oauth/token` | documented: form-encoded request, camelCase answer, 400 on bad credentials, one hour |
//! | `GET /api/v1.0/accounts` | documented call, body *assumed* |
//! | `GET /api/v1.0/accounts/{id}/vacancies`, `GET`/`PATCH /vacancies/{id}` | documented; `attributes.status` *assumed* |
//! | `POST /api/v1.0/vacancies/{id}/applications` | documented; closed vacancy, merging of attributes *assumed* |
//! | `GET /vacancies/{id}/candidates`, `/accounts/{id}/candidates`, `/applications` | documented calls and filters, bodies *assumed* |
//! | `GET`/`PATCH /applications/{id}`, `PATCH …/ats-parameters`, `GET …/reapply/status` | documented with the quirks of 9.3 |
//! | `GET …/reports/reports-hub`, `…/interview-guides` | documented calls, bounds and lives; body *assumed* |
//! | `GET /candidate-statuses` | documented call, body *assumed* |
//! | rate limit, `X-Correlation-Id`, two error shapes | documented |
//! | the rest of the published API | refused by name with 501 |
//! | webhooks `ApplicationStarted`, `CandidateStatusNew` | documented body; retries *assumed* |
//! | landing page, modules, End Page, report page | documented concepts, own design |
//! | confirmation code by mail | not simulated: the page of an expired link says what to do instead |
//!
//! Section numbers refer to `harver-platform.md`.

mod api;
pub mod callbacks;
mod fidelity;
pub mod model;
mod pages;
pub mod scoring;
pub mod state;

pub use api::openapi;
pub use fidelity::fidelity;

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use crate::engine::{Clock, DiskError, Persist, Sender, StoredRow, Surroundings, Tenant};

use callbacks::WebhookSender;
use model::{AccountId, NewAccount, WebhookSubscription};
use state::{AccountState, Attempt, Due};

/// The name of the webhook that [`HarverPlatform::connect_webhook`] sets.
const WEBHOOK: &str = "orchestrator";
/// What the names of this actor's tenants on disk start with.
const SCOPE: &str = "harver/";

/// The platform with all its accounts. Clones are the same platform.
#[derive(Clone, Debug)]
pub struct HarverPlatform(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    surroundings: Surroundings,
    accounts: RwLock<BTreeMap<AccountId, Arc<Tenant<AccountState>>>>,
    webhooks: WebhookSender,
    wake: Notify,
    /// Requests of each API client in the current minute; not state, so it is not stored.
    windows: Mutex<HashMap<(AccountId, String), api::Window>>,
    /// How many API answers have been given a correlation id.
    correlations: AtomicU64,
}

impl HarverPlatform {
    /// A platform without accounts.
    #[must_use]
    pub fn new(surroundings: Surroundings) -> Self {
        let webhooks = WebhookSender::new(Sender::new(surroundings.clock.clone(), surroundings.journal.clone()));
        Self(Arc::new(Inner {
            surroundings,
            accounts: RwLock::default(),
            webhooks,
            wake: Notify::new(),
            windows: Mutex::default(),
            correlations: AtomicU64::new(0),
        }))
    }

    /// Puts the accounts back that are among these rows; rows of other actors are passed over.
    ///
    /// # Errors
    /// When a row is damaged.
    pub fn restore(&self, rows: &[StoredRow]) -> Result<(), DiskError> {
        let mut restored: BTreeMap<AccountId, AccountState> = BTreeMap::new();
        for row in rows {
            let Some(id) = row.scope.strip_prefix(SCOPE) else { continue };
            let damaged =
                |reason: &str| DiskError::Damaged { table: row.table.clone(), key: row.key.clone(), reason: reason.into() };
            let id: AccountId = id.parse().map_err(|_| damaged("it belongs to no account"))?;
            let state = restored.entry(id.clone()).or_insert_with(|| AccountState::blank(id, self.0.surroundings.seed));
            let mut tables = state.tables();
            let table =
                tables.iter_mut().find(|table| table.name() == row.table).ok_or_else(|| damaged("its table is not known"))?;
            table.restore(&row.key, &row.body)?;
        }
        for (id, state) in restored {
            let tenant = self.tenant(&id, state);
            self.accounts_mut().insert(id, tenant);
        }
        self.0.wake.notify_one();
        Ok(())
    }

    /// Opens an account with one API client and no vacancies. An account that exists already is left as it is.
    ///
    /// # Errors
    /// When it could not be stored.
    pub async fn open_account(&self, new: NewAccount) -> Result<(), DiskError> {
        let id = new.id.clone();
        if self.account(id.as_str()).is_some() {
            return Ok(());
        }
        let tenant = self.tenant(&id, AccountState::new(new, self.0.surroundings.seed));
        tenant.write(|_| Ok::<(), DiskError>(())).await?;
        self.accounts_mut().entry(id).or_insert(tenant);
        Ok(())
    }

    /// The account with this id.
    #[must_use]
    pub fn account(&self, id: &str) -> Option<Arc<Tenant<AccountState>>> {
        self.0.accounts.read().unwrap_or_else(PoisonError::into_inner).get(&id.parse().ok()?).cloned()
    }

    /// The ids of all accounts.
    #[must_use]
    pub fn accounts(&self) -> Vec<AccountId> {
        self.0.accounts.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
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

    /// Forgets every account, in memory and on disk.
    ///
    /// # Errors
    /// When the disk did not take it.
    pub async fn forget_all(&self) -> Result<(), DiskError> {
        let forgotten = std::mem::take(&mut *self.accounts_mut());
        self.0.windows.lock().unwrap_or_else(PoisonError::into_inner).clear();
        for tenant in forgotten.into_values() {
            tenant.forget().await?;
        }
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
        api::router(self).merge(pages::router()).merge(crate::ui::routes()).merge(documents).with_state(self.clone())
    }

    /// Delivers webhooks until `shutdown` resolves.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        callbacks::run(self, shutdown).await;
    }

    fn tenant(&self, id: &AccountId, state: AccountState) -> Arc<Tenant<AccountState>> {
        Arc::new(Tenant::new(format!("{SCOPE}{id}"), state, self.0.surroundings.disk.clone()))
    }

    fn tenants(&self) -> Vec<Arc<Tenant<AccountState>>> {
        self.0.accounts.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn accounts_mut(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<AccountId, Arc<Tenant<AccountState>>>> {
        self.0.accounts.write().unwrap_or_else(PoisonError::into_inner)
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

    fn webhooks(&self) -> &WebhookSender {
        &self.0.webhooks
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

    async fn settle(&self, due: &Due, attempt: &Attempt) {
        // After a reset the account may be gone; what was under way has nobody left to be written down for.
        let Some(tenant) = self.account(due.account.as_str()) else { return };
        let now = self.now();
        let settled = tenant.write(|state| state.settle_attempt(due, attempt, now)).await;
        if let Err(error) = settled {
            tracing::error!(%error, callback.number = due.number, "What came of a webhook could not be written down.");
        }
    }
}
