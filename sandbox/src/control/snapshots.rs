//! Named snapshots of the world, or of one customer: taken and restored at one moment, however much there is.
//!
//! States share their rows with the snapshots taken of them, so that memory is needed for what has changed since, alone. With
//! `--data`, a snapshot is copied inside the file and is there after a restart; it is read when it is restored for the first time.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use parking_lot::MutexGuard;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::in_full;
use super::catalogue::{Catalogue, Entry, SnapshotInfo, prefix};
use super::connector::Numbers;
use super::contents::{Contents, INTEGRATION, integration_of};
use super::error::ControlError;
use super::world::{BUILDERS, World};
use crate::engine::{Change, Extent, Source, Step, StoredRow, aside};
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
        self.entry(name).map(|entry| entry.info)
    }

    fn entry(&self, name: &str) -> Result<Entry, ControlError> {
        self.0.catalogue.read(|state| state.entry(name).cloned()).ok_or_else(|| ControlError::UnknownSnapshot(name.to_owned()))
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
        let older = self.entry(name).ok();
        if older.is_none() && self.0.catalogue.read(Catalogue::count) >= SNAPSHOT_LIMIT {
            return Err(ControlError::TooManySnapshots(SNAPSHOT_LIMIT));
        }
        let generation = older.as_ref().map_or(1, |older| older.generation + 1);
        let prefix = prefix(name, generation);
        let _quiet = self.quiet(extent).await?;
        let integration = self.exported(extent, Numbers::Kept).await?;
        let kept = self.registry().cut(extent, Some(&prefix)).await?;
        let contents = Contents { kept, integration, connected: self.connected_of(extent) };
        let info = SnapshotInfo {
            name: name.to_owned(),
            customer_id: integration_of(extent),
            taken_at: self.clock().now(),
            customers: contents.customers().count(),
            workflows: contents.workflow_count(),
            messages: contents.message_count(),
        };
        // The new one counts, and the older one does not, in one transaction.
        let data = Change { table: INTEGRATION, key: "1".into(), body: Some(contents.integration.clone()) };
        let mut steps = vec![Step::Rows { scope: format!("{prefix}{INTEGRATION}"), changes: vec![data] }];
        steps.extend(older.map(|older| Step::ForgetBelow(older.prefix())));
        let entry = Entry { info: info.clone(), generation };
        if let Err(error) = self.0.catalogue.write_with(steps, |state| state.add(entry)).await {
            // What does not count must not take room either; if that fails, too, the next one of this name takes its place.
            let forgotten = self.registry().disk().store(vec![Step::ForgetBelow(prefix)]).await;
            return Err(forgotten.err().unwrap_or(error).into());
        }
        self.taken_mut().insert(name.to_owned(), Arc::new(contents));
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
        let entry = self.entry(name)?;
        let contents = self.taken(&entry).await?;
        let wanted = customer.or(entry.info.customer_id.as_deref());
        let missing = || ControlError::NotInSnapshot { name: name.to_owned(), customer: wanted.unwrap_or_default().to_owned() };
        let (extent, contents) = match wanted {
            None => (Extent::World, Contents::clone(&contents)),
            Some(id) => {
                let id = id.parse().map_err(|_| missing())?;
                (Extent::Customer(id), contents.only(id).ok_or_else(missing)?)
            }
        };
        self.replace(extent, contents, Source::Below(entry.prefix())).await?;
        if extent == Extent::World {
            self.journal().clear();
        }
        Ok(entry.info)
    }

    /// Forgets a snapshot.
    ///
    /// # Errors
    /// When there is none of this name, or the change could not be stored.
    pub async fn delete_snapshot(&self, name: &str) -> Result<SnapshotInfo, ControlError> {
        let _alone = self.permits(BUILDERS).await;
        let entry = self.entry(name)?;
        self.0.catalogue.write_with(vec![Step::ForgetBelow(entry.prefix())], |state| state.remove(name)).await?;
        self.taken_mut().remove(name);
        Ok(entry.info)
    }

    /// What the integration keeps.
    pub(super) async fn exported(&self, extent: Extent, numbers: Numbers) -> Result<Vec<u8>, ControlError> {
        match &self.0.parts.connector {
            Some(connector) => Ok(connector.export(integration_of(extent), numbers).await?),
            None => Ok(Vec::new()),
        }
    }

    pub(super) fn extent(&self, customer: Option<&str>) -> Result<Extent, ControlError> {
        Ok(match customer {
            None => Extent::World,
            Some(customer) => Extent::Customer(self.tenant(customer)?.customer_id),
        })
    }

    /// What is in a snapshot, read from disk if no one has before.
    async fn taken(&self, entry: &Entry) -> Result<Arc<Contents>, ControlError> {
        let name = &entry.info.name;
        let known = self.taken_mut().get(name).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let prefix = entry.prefix();
        let damaged = |source| ControlError::SnapshotDamaged { name: name.clone(), source };
        let mut rows = self.registry().disk().read_below(&prefix).await.map_err(damaged)?;
        for StoredRow { scope, .. } in &mut rows {
            *scope = scope.strip_prefix(&prefix).unwrap_or_default().to_owned();
        }
        // What is to be mended on disk stays noted, and is mended at the next start.
        let (contents, _) = aside(&prefix, move || Contents::from_rows(&rows)).await.map_err(damaged)?;
        let contents = Arc::new(contents);
        self.taken_mut().insert(name.clone(), Arc::clone(&contents));
        Ok(contents)
    }

    fn taken_mut(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Contents>>> {
        self.0.taken.lock()
    }
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
