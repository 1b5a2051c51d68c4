//! Replacing the world, or one customer of it: for resets, restored snapshots, opened, imported and deleted customers.
//!
//! First everything that is under way between the systems comes to an end, for a bounded time, and nothing new begins: otherwise an
//! event or a mail of the old world could arrive in the new one. Then another value takes the place of what there is, in one moment
//! and, with `--data`, in one transaction. A request that came before goes on with what it has; its changes reach neither the new
//! world nor the disk. At last the integration follows.
//!
//! Sandbox and integration have a file each, so no transaction covers both. The sandbox's says what the integration's must follow
//! with, and a process that starts does that first.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};

use super::connector::{Connector, Numbers};
use super::contents::{Contents, UNFINISHED, integration_of};
use super::error::ControlError;
use super::world::World;
use crate::engine::{Change, DiskError, Extent, Kept, Quiet as NothingSent, Replacement, Source, Step, StoredRow};

/// How long is waited, of real time, for what is under way between the systems.
const PATIENCE: Duration = Duration::from_secs(5);

/// Nothing is under way between the systems until this is dropped.
pub(super) struct Quiet {
    _sent: NothingSent,
    connector: Option<Arc<dyn Connector>>,
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(connector) = &self.connector {
            connector.resume();
        }
    }
}

/// What the integration has still to be told of a world that was replaced.
#[derive(Debug, Serialize, Deserialize)]
struct Unfinished {
    customer: Option<u64>,
    /// What it exported, as base64.
    integration: String,
}

impl Unfinished {
    fn step(extent: Extent, integration: &[u8]) -> Result<Step, DiskError> {
        let customer = match extent {
            Extent::World => None,
            Extent::Customer(id) => Some(id),
        };
        let unfinished = Self { customer, integration: BASE64_STANDARD.encode(integration) };
        let body = serde_json::to_vec(&unfinished).map_err(|source| DiskError::Encode { table: UNFINISHED, source })?;
        let changes = vec![Change { table: UNFINISHED, key: "1".into(), body: Some(body) }];
        Ok(Step::Rows { scope: UNFINISHED.into(), changes })
    }

    fn read(row: &StoredRow) -> Result<(Extent, Vec<u8>), DiskError> {
        let damaged = |reason: &dyn std::fmt::Display| DiskError::Damaged {
            table: UNFINISHED.into(),
            key: row.key.clone(),
            reason: reason.to_string(),
        };
        let unfinished: Self = serde_json::from_slice(&row.body).map_err(|error| damaged(&error))?;
        let bytes = BASE64_STANDARD.decode(&unfinished.integration).map_err(|error| damaged(&error))?;
        Ok((unfinished.customer.map_or(Extent::World, Extent::Customer), bytes))
    }
}

impl World {
    /// Waits until nothing is under way between the systems, for a bounded time, and keeps everything from beginning.
    pub(super) async fn quiet(&self, extent: Extent) -> Result<Quiet, ControlError> {
        let parts = &self.0.parts;
        // The vendors first: what they have sent needs the integration for its answer.
        let sent = parts.traffic.quiet(extent, PATIENCE).await;
        let quiet = Quiet { _sent: sent, connector: parts.connector.clone() };
        if let Some(connector) = &parts.connector {
            connector.pause(PATIENCE).await?;
        }
        Ok(quiet)
    }

    /// Puts contents in the place of what there is. To be called alone: with all permits. If the integration does not follow, everything
    /// is put back.
    pub(super) async fn replace(&self, extent: Extent, with: Contents, source: Source) -> Result<(), ControlError> {
        // Rules for a customer were set for the one that goes, and nothing waits for what they hold up.
        let rules = self.journal().faults().withdraw(|customer| customer.parse().is_ok_and(|id| extent.covers(id)));
        let replaced = self.exchange(extent, with, source).await;
        if replaced.is_err()
            && let Err(error) = self.journal().faults().add(rules)
        {
            tracing::warn!(%error, "The fault rules of what was not replaced are gone.");
        }
        replaced
    }

    async fn exchange(&self, extent: Extent, with: Contents, source: Source) -> Result<(), ControlError> {
        let _quiet = self.quiet(extent).await?;
        if let Some((customer, other)) = with.customers().find_map(|kept| Some((kept.id(), self.registry().rival(kept)?)))
            && extent != Extent::World
        {
            return Err(ControlError::NamesInUse { customer, other });
        }
        let integration = self.exported(extent, Numbers::Kept).await?;
        let connected = self.connected_of(extent);
        let kept = self.put_in_place(extent, &with, source).await?;
        if let Err(error) = self.bring_in(extent, with).await {
            let before = Contents { kept, integration, connected };
            let back = match self.put_in_place(extent, &before, Source::Memory).await {
                Ok(_) => self.bring_in(extent, before).await,
                Err(error) => Err(error.into()),
            };
            if let Err(error) = back {
                tracing::error!(%error, "What could not be replaced could not be put back either; reset the sandbox.");
            }
            return Err(error);
        }
        Ok(())
    }

    /// Lets contents be what everybody sees, in one moment; what that was until then.
    async fn put_in_place(&self, extent: Extent, with: &Contents, source: Source) -> Result<BTreeMap<u64, Kept>, DiskError> {
        let world = self.clone();
        let clock = with.clock().unwrap_or(self.0.parts.first_clock);
        let connected = with.connected.clone();
        let then = move || {
            let mut known = world.connected_mut();
            match extent {
                Extent::World => {
                    world.clock().apply(clock);
                    known.clear();
                }
                Extent::Customer(id) => drop(known.remove(&id)),
            }
            known.extend(connected);
        };
        let steps = vec![Unfinished::step(extent, &with.integration)?];
        let replacement =
            Replacement { extent, with: with.kept.values().cloned().collect(), source, steps, then: Box::new(then) };
        self.registry().replace(replacement).await
    }

    /// Lets the integration follow, and tells it of tenants that it has not been told of by this process.
    async fn bring_in(&self, extent: Extent, with: Contents) -> Result<(), ControlError> {
        let tenants: Vec<_> = with.tenants().collect();
        if let Some(connector) = &self.0.parts.connector {
            connector.import(integration_of(extent), with.integration).await?;
        }
        for tenant in tenants.iter().filter(|tenant| !with.connected.contains_key(&tenant.customer_id)) {
            self.connect(tenant).await?;
        }
        self.finished().await
    }

    /// Does what a killed process had still to do.
    pub(super) async fn go_on(&self, rows: &[StoredRow]) -> Result<(), ControlError> {
        let Some(row) = rows.iter().find(|row| row.scope == UNFINISHED) else { return Ok(()) };
        let (extent, integration) = Unfinished::read(row)?;
        if let Some(connector) = &self.0.parts.connector {
            connector.import(integration_of(extent), integration).await?;
        }
        self.finished().await
    }

    async fn finished(&self) -> Result<(), ControlError> {
        if self.registry().disk().keeps() {
            self.registry().disk().store(vec![Step::Forget(UNFINISHED.into())]).await?;
        }
        Ok(())
    }
}
