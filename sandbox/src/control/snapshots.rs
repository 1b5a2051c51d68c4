//! Named snapshots of the world, or of one customer: taken and restored at one moment, however much there is.
//!
//! States share their rows with the snapshots taken of them, so that memory is needed for what has changed since, alone. With
//! `--data`, a snapshot is copied inside the file and is there after a restart; it is read when it is restored for the first time.

use std::sync::{Arc, PoisonError};

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::in_full;
use super::catalogue::{self, Catalogue, SnapshotInfo};
use super::connector::Numbers;
use super::contents::{Contents, Extent, INTEGRATION};
use super::error::ControlError;
use super::replacing::Source;
use super::tenants;
use super::world::{BUILDERS, World};
use crate::engine::{Change, DiskError, Persist, Receipt, Step, StoredRow};
use crate::mailbox;
use crate::ui::ApiQuery;

/// How many snapshots there may be.
pub(super) const SNAPSHOT_LIMIT: usize = 100;
/// The longest name, in characters.
const NAME_LIMIT: usize = 64;

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(take, show, delete)).routes(routes!(restore))
}

impl World {
    /// The snapshots there are, by name.
    #[must_use]
    pub fn snapshots(&self) -> Vec<SnapshotInfo> {
        self.0.catalogue.read(|state| state.snapshots().cloned().collect())
    }

    /// The snapshot of this name.
    ///
    /// # Errors
    /// When there is none.
    pub fn snapshot(&self, name: &str) -> Result<SnapshotInfo, ControlError> {
        let found = self.0.catalogue.read(|state| state.snapshot(name).cloned());
        found.ok_or_else(|| ControlError::UnknownSnapshot(name.to_owned()))
    }

    /// Keeps the world as it is, or one customer, under a name; an older snapshot of that name is replaced.
    ///
    /// # Errors
    /// When the name cannot be used, there is no such customer, there are too many snapshots, the integration does not say what it
    /// keeps, or the snapshot could not be stored.
    pub async fn take_snapshot(&self, name: &str, customer: Option<&str>) -> Result<SnapshotInfo, ControlError> {
        check_name(name)?;
        let _alone = self.permits(BUILDERS).await;
        let extent = self.extent(customer)?;
        let is_new = self.snapshot(name).is_err();
        if is_new && self.0.catalogue.read(Catalogue::count) >= SNAPSHOT_LIMIT {
            return Err(ControlError::TooManySnapshots(SNAPSHOT_LIMIT));
        }
        let _quiet = self.quiet().await?;
        let integration = self.exported(extent, Numbers::Kept).await?;
        let (info, contents, receipt) = {
            let mut steps = vec![Step::ForgetBelow(prefix(name))];
            let mut contents = self.contents(extent, |scope| {
                steps.push(Step::Copy { from: scope.to_owned(), to: format!("{}{scope}", prefix(name)) });
            });
            contents.integration = integration;
            self.store_rest(name, extent, &mut contents, &mut steps)?;
            let info = SnapshotInfo {
                name: name.to_owned(),
                customer_id: extent.customer(),
                taken_at: self.clock().now(),
                customers: contents.tenants().count(),
                workflows: contents.workflow_count(),
                messages: contents.mail.len(),
            };
            let receipt = self.change_catalogue(steps, |state| state.add(info.clone()))?;
            (info, contents, receipt)
        };
        receipt.settled().await?;
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), Arc::new(contents));
        Ok(info)
    }

    /// Puts a snapshot in the place of what there is: of the world, or of one customer, if the snapshot or the caller names one.
    ///
    /// A restored world has the clock of then, and an empty journal. One customer is restored into the present: clock, journal and
    /// the other customers stay as they are.
    ///
    /// # Errors
    /// When there is no such snapshot, it does not hold the customer, it cannot be read, or the change could not be stored.
    pub async fn restore_snapshot(&self, name: &str, customer: Option<&str>) -> Result<SnapshotInfo, ControlError> {
        let _alone = self.permits(BUILDERS).await;
        let info = self.snapshot(name)?;
        let contents = self.taken(name).await?;
        let wanted = customer.or(info.customer_id.as_deref());
        let missing = || ControlError::NotInSnapshot { name: name.to_owned(), customer: wanted.unwrap_or_default().to_owned() };
        let (extent, contents) = match wanted {
            None => (Extent::World, Contents::clone(&contents)),
            Some(id) => {
                let id = id.parse().map_err(|_| missing())?;
                (Extent::Customer(id), self.only(&contents, id).ok_or_else(missing)?)
            }
        };
        self.replace(extent, contents, Source::Below(&prefix(name))).await?;
        if extent == Extent::World {
            self.journal().clear();
        }
        Ok(info)
    }

    /// Forgets a snapshot.
    ///
    /// # Errors
    /// When there is none of this name, or the change could not be stored.
    pub async fn delete_snapshot(&self, name: &str) -> Result<SnapshotInfo, ControlError> {
        let _alone = self.permits(BUILDERS).await;
        self.snapshot(name)?;
        let mut removed = None;
        let steps = vec![Step::ForgetBelow(prefix(name))];
        self.change_catalogue(steps, |state| removed = state.remove(name))?.settled().await?;
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        removed.ok_or_else(|| ControlError::UnknownSnapshot(name.to_owned()))
    }

    /// Changes the list of snapshots together with what is in them.
    fn change_catalogue(&self, mut steps: Vec<Step>, rule: impl FnOnce(&mut Catalogue)) -> Result<Receipt, DiskError> {
        let mut catalogue = self.0.catalogue.hold();
        rule(&mut catalogue);
        let mut changes = Vec::new();
        for table in catalogue.tables() {
            changes.extend(table.drain()?);
        }
        steps.push(Step::Rows { scope: catalogue::SCOPE.to_owned(), changes });
        Ok(self.0.parts.disk.transact(steps))
    }

    /// What the integration keeps.
    pub(super) async fn exported(&self, extent: Extent, numbers: Numbers) -> Result<Vec<u8>, ControlError> {
        match &self.0.parts.connector {
            Some(connector) => Ok(connector.export(extent.customer(), numbers).await?),
            None => Ok(Vec::new()),
        }
    }

    pub(super) fn extent(&self, customer: Option<&str>) -> Result<Extent, ControlError> {
        Ok(match customer {
            None => Extent::World,
            Some(customer) => Extent::Customer(self.tenant(customer)?.customer_id),
        })
    }

    /// Everything as it is at this moment, but for what the integration keeps. `seen` is told the scope of each state that is in it
    /// whole, while it cannot change.
    pub(super) fn contents(&self, extent: Extent, mut seen: impl FnMut(&str)) -> Contents {
        let parts = &self.0.parts;
        let (icims, platform, mailbox) = (parts.icims.hold(), parts.platform.hold(), parts.mailbox.hold());
        let control = self.0.tenant.latest();
        let (tenants, messages) = (control.hold(), mailbox.tenant().hold());
        let wanted = |id: u64| matches!(extent, Extent::World) || extent == Extent::Customer(id);
        let accounts: Vec<String> =
            tenants.tenants().filter(|it| wanted(it.customer_id)).map(|it| it.account_id.clone()).collect();
        // All of them are locked before any is looked at: what one has told another must not be in the other alone.
        let customers: Vec<_> =
            icims.tenants().filter(|(id, _)| wanted(*id)).map(|(id, tenant)| (id, tenant.scope(), tenant.hold())).collect();
        let accounts: Vec<_> = platform
            .tenants()
            .filter(|(id, _)| extent == Extent::World || accounts.iter().any(|wanted| wanted == id.as_str()))
            .map(|(id, tenant)| (id, tenant.scope(), tenant.hold()))
            .collect();
        let mut contents = Contents::none();
        for (id, scope, state) in customers {
            seen(scope);
            contents.icims.insert(id, state.clone());
        }
        for (id, scope, state) in accounts {
            seen(scope);
            contents.accounts.insert(id.clone(), state.clone());
        }
        match extent {
            Extent::World => {
                seen(mailbox::SCOPE);
                seen(tenants::SCOPE);
                (contents.mail, contents.control) = (messages.clone(), tenants.clone());
            }
            Extent::Customer(id) => {
                (contents.mail, contents.control) = (messages.of_customer(&id.to_string()), tenants.only(id));
            }
        }
        contents.clock = Some(parts.clock.setting());
        contents.connected =
            self.connected_mut().iter().filter(|(id, _)| wanted(**id)).map(|(id, it)| (*id, it.clone())).collect();
        contents
    }

    /// What of a snapshot cannot be copied inside the file.
    fn store_rest(&self, name: &str, extent: Extent, contents: &mut Contents, steps: &mut Vec<Step>) -> Result<(), ControlError> {
        if !self.0.parts.disk.keeps() {
            return Ok(());
        }
        let mut rows = |scope: &str, changes| {
            steps.push(Step::Rows { scope: format!("{}{scope}", prefix(name)), changes });
        };
        if extent != Extent::World {
            rows(mailbox::SCOPE, contents.mail.all_rows()?);
            rows(tenants::SCOPE, contents.control.all_rows()?);
        }
        let data = Change { table: INTEGRATION, key: "1".into(), body: Some(contents.integration.clone()) };
        rows(INTEGRATION, vec![data]);
        Ok(())
    }

    /// What is in a snapshot, read from disk if no one has before.
    async fn taken(&self, name: &str) -> Result<Arc<Contents>, ControlError> {
        let known = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let prefix = prefix(name);
        let damaged = |source| ControlError::SnapshotDamaged { name: name.to_owned(), source };
        let mut rows = self.0.parts.disk.read_below(&prefix).await.map_err(damaged)?;
        for StoredRow { scope, .. } in &mut rows {
            *scope = scope.strip_prefix(&prefix).unwrap_or_default().to_owned();
        }
        let contents = Arc::new(Contents::from_rows(&rows, self.seed()).map_err(damaged)?);
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), Arc::clone(&contents));
        Ok(contents)
    }

    /// One customer of it. What the integration keeps of it is told apart by the integration itself.
    fn only(&self, all: &Contents, id: u64) -> Option<Contents> {
        let tenant = all.control.tenant(id)?;
        let account = tenant.account_id.parse().ok()?;
        let mut one = Contents::none();
        one.icims.insert(id, all.icims.get(&id)?.clone());
        one.accounts.insert(account, all.accounts.get(&tenant.account_id.parse().ok()?)?.clone());
        one.mail = all.mail.of_customer(&id.to_string());
        one.control = all.control.only(id);
        one.integration.clone_from(&all.integration);
        one.connected = all.connected.get(&id).map(|connected| (id, connected.clone())).into_iter().collect();
        Some(one)
    }
}

/// Where a snapshot's rows are on disk.
fn prefix(name: &str) -> String {
    format!("snapshot/{name}/")
}

fn check_name(name: &str) -> Result<(), ControlError> {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
    if name.is_empty() || name.len() > NAME_LIMIT || !name.chars().all(fits) || name.starts_with('.') {
        return Err(ControlError::BadInput(format!(
            "a snapshot's name is 1 to {NAME_LIMIT} letters, digits, hyphens, underscores and full stops, and does not begin with one"
        )));
    }
    Ok(())
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CustomerQuery {
    /// One customer alone; all of it if absent.
    customer: Option<String>,
}

impl CustomerQuery {
    fn given(&self) -> Option<&str> {
        self.customer.as_deref().filter(|customer| !customer.is_empty())
    }
}

#[derive(Debug, Serialize, ToSchema)]
struct Snapshots {
    snapshots: Vec<SnapshotInfo>,
}

/// Lists the snapshots.
#[utoipa::path(
    get, path = "/__sandbox/snapshots", operation_id = "listSnapshots", tag = "snapshots",
    responses((status = 200, body = Snapshots)),
)]
async fn list(State(world): State<World>) -> Json<Snapshots> {
    Json(Snapshots { snapshots: world.snapshots() })
}

/// Says what a snapshot holds.
#[utoipa::path(
    get, path = "/__sandbox/snapshots/{name}", operation_id = "readSnapshot", tag = "snapshots",
    responses((status = 200, body = SnapshotInfo)),
)]
async fn show(State(world): State<World>, Path(name): Path<String>) -> Result<Json<SnapshotInfo>, ControlError> {
    world.snapshot(&name).map(Json)
}

/// Keeps everything as it is, or one customer, in the place of an older snapshot of that name.
#[utoipa::path(
    put, path = "/__sandbox/snapshots/{name}", operation_id = "takeSnapshot", tag = "snapshots",
    params(CustomerQuery),
    responses(
        (status = 200, body = SnapshotInfo),
        (status = 409, body = ref("#/components/schemas/Problem"), description = "There are too many snapshots."),
    ),
)]
async fn take(
    State(world): State<World>,
    Path(name): Path<String>,
    ApiQuery(query): ApiQuery<CustomerQuery>,
) -> Result<Json<SnapshotInfo>, ControlError> {
    in_full(async move { world.take_snapshot(&name, query.given()).await }).await.map(Json)
}

/// Brings back what a snapshot holds, or one customer of it, at one moment.
#[utoipa::path(
    post, path = "/__sandbox/snapshots/{name}/restore", operation_id = "restoreSnapshot", tag = "snapshots",
    params(CustomerQuery),
    responses(
        (status = 200, body = SnapshotInfo),
        (status = 409, body = ref("#/components/schemas/Problem"), description = "It does not hold the customer, or cannot be read."),
    ),
)]
async fn restore(
    State(world): State<World>,
    Path(name): Path<String>,
    ApiQuery(query): ApiQuery<CustomerQuery>,
) -> Result<Json<SnapshotInfo>, ControlError> {
    in_full(async move { world.restore_snapshot(&name, query.given()).await }).await.map(Json)
}

/// Forgets a snapshot.
#[utoipa::path(
    delete, path = "/__sandbox/snapshots/{name}", operation_id = "deleteSnapshot", tag = "snapshots",
    responses((status = 200, body = SnapshotInfo)),
)]
async fn delete(State(world): State<World>, Path(name): Path<String>) -> Result<Json<SnapshotInfo>, ControlError> {
    in_full(async move { world.delete_snapshot(&name).await }).await.map(Json)
}
