//! Replacing the world, or one customer of it, at one moment: for resets, restored snapshots, imported and deleted customers.
//!
//! First everything that is under way between the systems comes to an end, for a bounded time, and nothing new begins: otherwise an
//! event or a mail of the old world could arrive in the new one. Then all actors are held, their contents exchanged, and the steps
//! for the disk handed over as one transaction, before anybody may look again. A request that came before goes on with what it
//! began with; its changes reach neither the new world nor the disk. At last the integration follows.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLockWriteGuard};
use std::time::Duration;

use super::catalogue::{self, Unfinished};
use super::connector::{Connected, Connector};
use super::contents::{Contents, Extent};
use super::error::ControlError;
use super::tenants::{self, ControlState, TenantRecord};
use super::world::World;
use crate::engine::{Change, Closed, DiskError, Persist, Pins, Receipt, Step, Tenant};
use crate::{harver_platform, icims, mailbox};

/// How long is waited, of real time, for what is under way between the systems.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where the rows of new contents come from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// Out of memory.
    Memory,
    /// They are on disk already, below this prefix.
    Below(&'a str),
}

/// Nothing is under way between the systems until this is dropped.
pub(super) struct Quiet {
    _gates: (Closed, Closed),
    connector: Option<Arc<dyn Connector>>,
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(connector) = &self.connector {
            connector.resume();
        }
    }
}

impl World {
    /// Waits until nothing is under way between the systems, for a bounded time, and keeps everything from beginning.
    pub(super) async fn quiet(&self) -> Result<Quiet, ControlError> {
        let parts = &self.0.parts;
        // The vendors first: what they have sent needs the integration for its answer.
        let gates = tokio::join!(parts.icims.gate().close(PATIENCE), parts.platform.gate().close(PATIENCE));
        let quiet = Quiet { _gates: gates, connector: parts.connector.clone() };
        if let Some(connector) = &parts.connector {
            connector.pause(PATIENCE).await?;
        }
        Ok(quiet)
    }

    /// Puts contents in the place of what there is. To be called alone: with all permits.
    pub(super) async fn replace(&self, extent: Extent, mut with: Contents, source: Source<'_>) -> Result<(), ControlError> {
        let _quiet = self.quiet().await?;
        let rows = match source {
            Source::Memory if self.0.parts.disk.keeps() => with.rows()?,
            _ => Vec::new(),
        };
        with.settle();
        Exchange { steps: Vec::new(), rows, source }.carry_out(self, extent, &with)?.settled().await?;
        self.bring_in(extent, with.integration, with.control.tenants().cloned().collect(), &with.connected).await
    }

    /// Lets the integration follow, and tells it of tenants that it has not been told of by this process.
    async fn bring_in(
        &self,
        extent: Extent,
        integration: Vec<u8>,
        tenants: Vec<TenantRecord>,
        connected: &BTreeMap<u64, Connected>,
    ) -> Result<(), ControlError> {
        if let Some(connector) = &self.0.parts.connector {
            connector.import(extent.customer(), integration).await?;
        }
        tenants.iter().for_each(|tenant| self.note(tenant));
        for tenant in tenants.iter().filter(|tenant| !connected.contains_key(&tenant.customer_id)) {
            self.connect(tenant).await?;
        }
        self.finished().await
    }

    /// Does what a killed process had still to do.
    pub(super) async fn go_on(&self) -> Result<(), ControlError> {
        let Some(unfinished) = self.0.catalogue.read(|state| state.unfinished().cloned()) else { return Ok(()) };
        let (extent, integration) = unfinished.read()?;
        if let Some(connector) = &self.0.parts.connector {
            connector.import(extent.customer(), integration).await?;
        }
        self.finished().await
    }

    async fn finished(&self) -> Result<(), ControlError> {
        let done: Result<(), DiskError> = self
            .0
            .catalogue
            .write(|state| {
                state.finish();
                Ok(())
            })
            .await;
        Ok(done?)
    }

    /// Runs something that sees one world from its beginning to its end, as each request does, whatever is reset or restored meanwhile.
    pub async fn as_one_request<T>(&self, request: impl Future<Output = T>) -> T {
        self.pins().scope(request).await
    }

    /// Pins a request to the world as it is when it arrives.
    fn pins(&self) -> Pins {
        let (parts, mut pins) = (&self.0.parts, Pins::default());
        let icims = parts.icims.pin(&mut pins);
        let platform = parts.platform.pin(&mut pins);
        let mailbox = parts.mailbox.pin(&mut pins);
        let control = self.0.tenant.pin(&mut pins);
        drop((icims, platform, mailbox, control));
        pins
    }
}

/// All actors, held: nobody looks anything up.
struct Actors<'a> {
    icims: icims::Held<'a>,
    platform: harver_platform::Held<'a>,
    mailbox: mailbox::Held<'a>,
    control: RwLockWriteGuard<'a, Arc<Tenant<ControlState>>>,
}

/// One replacement on its way.
struct Exchange<'a> {
    steps: Vec<Step>,
    rows: Vec<(String, Vec<Change>)>,
    source: Source<'a>,
}

impl Exchange<'_> {
    /// All of it in memory, with the steps for the disk, while everybody else waits to look.
    fn carry_out(mut self, world: &World, extent: Extent, with: &Contents) -> Result<Receipt, DiskError> {
        let parts = &world.0.parts;
        let mut held = Actors {
            icims: parts.icims.hold(),
            platform: parts.platform.hold(),
            mailbox: parts.mailbox.hold(),
            control: world.0.tenant.hold(),
        };
        // They look when they can: once the guards are gone.
        parts.icims.gate().announce_replacement();
        parts.platform.gate().announce_replacement();
        let mut catalogue = world.0.catalogue.hold();
        if parts.disk.keeps() {
            let unfinished = Unfinished::new(extent, &with.integration);
            self.change(catalogue::SCOPE, &mut *catalogue, |state| state.begin(unfinished))?;
        }
        match extent {
            Extent::World => Ok(self.exchange_all(world, &mut held, with)),
            Extent::Customer(id) => self.exchange_one(world, &mut held, id, with),
        }
    }

    fn exchange_all(mut self, world: &World, held: &mut Actors<'_>, with: &Contents) -> Receipt {
        let parts = &world.0.parts;
        let (old, new) = held.icims.replace_all(with.icims.clone());
        self.retire(&old);
        self.install(&new);
        let (old, new) = held.platform.replace_all(with.accounts.clone());
        self.retire(&old);
        self.install(&new);
        let (old, new) = held.mailbox.replace_all(with.mail.clone());
        self.retire(&[old]);
        self.install(&[new]);
        let new = Arc::new(Tenant::new(tenants::SCOPE, with.control.clone(), parts.disk.clone()));
        let old = std::mem::replace(&mut *held.control, Arc::clone(&new));
        self.retire(&[old]);
        self.install(&[new]);
        parts.clock.apply(with.clock.unwrap_or(parts.first_clock));
        world.connected_mut().clone_from(&with.connected);
        parts.disk.transact(self.steps)
    }

    fn exchange_one(mut self, world: &World, held: &mut Actors<'_>, id: u64, with: &Contents) -> Result<Receipt, DiskError> {
        let record = with.control.tenant(id);
        let (old, new) = held.icims.replace(id, with.icims.get(&id).cloned());
        self.retire(old.as_slice());
        self.install(new.as_slice());
        // Messages and tenants are changed and not replaced. They stay locked until the disk has the steps, so that nobody's change
        // gets between.
        let mut tenants = held.control.hold();
        let had = tenants.tenant(id).map(|tenant| tenant.account_id.clone());
        let has = record.map(|tenant| tenant.account_id.clone());
        for account in [had.filter(|had| Some(had) != has.as_ref()), has].into_iter().flatten() {
            let Ok(account) = account.parse() else { continue };
            let (old, new) = held.platform.replace(&account, with.accounts.get(&account).cloned());
            self.retire(old.as_slice());
            self.install(new.as_slice());
        }
        let mut messages = held.mailbox.tenant().hold();
        self.change(mailbox::SCOPE, &mut *messages, |state| state.replace_customer(&id.to_string(), &with.mail))?;
        self.change(tenants::SCOPE, &mut *tenants, |state| state.replace(id, record.cloned()))?;
        let mut connected = world.connected_mut();
        connected.remove(&id);
        connected.extend(with.connected.clone());
        Ok(world.0.parts.disk.transact(self.steps))
    }

    fn retire<S: Persist>(&mut self, old: &[Arc<Tenant<S>>]) {
        for tenant in old {
            tenant.retire();
            self.steps.push(Step::Forget(tenant.scope().to_owned()));
        }
    }

    fn install<S: Persist>(&mut self, new: &[Arc<Tenant<S>>]) {
        for tenant in new {
            let scope = tenant.scope();
            match self.source {
                Source::Below(prefix) => {
                    self.steps.push(Step::Copy { from: format!("{prefix}{scope}"), to: scope.to_owned() });
                }
                Source::Memory => {
                    let own = self.rows.iter_mut().find(|(of, _)| of == scope).map(|(_, rows)| std::mem::take(rows));
                    self.steps.extend(own.map(|changes| Step::Rows { scope: scope.to_owned(), changes }));
                }
            }
        }
    }

    /// Changes a state that is not replaced as a whole.
    fn change<S: Persist>(&mut self, scope: &str, state: &mut S, rule: impl FnOnce(&mut S)) -> Result<(), DiskError> {
        rule(state);
        let mut changes = Vec::new();
        for table in state.tables() {
            changes.extend(table.drain()?);
        }
        self.steps.push(Step::Rows { scope: scope.to_owned(), changes });
        Ok(())
    }
}
