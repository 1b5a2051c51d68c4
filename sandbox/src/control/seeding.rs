//! Seeding a tenant from a recipe, up to a million workflows.
//!
//! The rows are made aside, on a clone of the tenant's state, while everybody goes on using the tenant; they appear all at once when
//! they are complete and, with `--data`, stored. What others change meanwhile is kept. Of a customer that is replaced meanwhile, nothing is seen of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Json;
use axum::extract::State;
use parking_lot::{Mutex, MutexGuard};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{ApiBody, in_full};
use super::error::ControlError;
use super::seed::{Progress, Recipe, Sowing, sow};
use super::world::World;

/// The seedings that are under way, by customer.
#[derive(Debug, Default)]
pub(super) struct Seedings(Mutex<BTreeMap<u64, Arc<Progress>>>);

impl Seedings {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Progress>>> {
        self.0.lock()
    }
}

/// What a seeding has made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Seeded {
    /// The customer.
    pub customer: String,
    /// How many jobs were made.
    pub jobs: usize,
    /// How many candidates.
    pub candidates: usize,
    /// How many workflows.
    pub workflows: usize,
}

/// How far a seeding is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Running {
    /// The customer.
    pub customer: String,
    /// How many profiles have been made.
    pub done: usize,
    /// How many there will be.
    pub total: usize,
}

/// Takes a seeding off the list, however it ends.
struct Listed<'a>(&'a Seedings, u64);

impl Drop for Listed<'_> {
    fn drop(&mut self) {
        self.0.lock().remove(&self.1);
    }
}

impl World {
    /// Seeds a customer and returns when everything is there.
    ///
    /// # Errors
    /// When there is no such customer, the recipe cannot be followed, the customer is being seeded already, or the rows could not be
    /// stored. The customer is then as it was.
    pub async fn seed_customer(&self, customer: &str, recipe: Recipe) -> Result<Seeded, ControlError> {
        let recipe = recipe.checked()?;
        let record = self.tenant(customer)?;
        let id = record.customer_id;
        let tenant = self.icims().customer(id).ok_or_else(|| ControlError::UnknownCustomer(customer.to_owned()))?;
        let progress = Arc::new(Progress { done: AtomicUsize::new(0), total: recipe.total() });
        {
            let mut running = self.0.seedings.lock();
            if running.contains_key(&id) {
                return Err(ControlError::SeedingAlready(id));
            }
            running.insert(id, Arc::clone(&progress));
        }
        let _listed = Listed(&self.0.seedings, id);
        let now = self.clock().now();
        let seeded =
            Seeded { customer: id.to_string(), jobs: recipe.jobs, candidates: recipe.candidates, workflows: recipe.workflows };
        let mut sowing = Sowing::new(self.seed(), id, tenant.read(|state| state.next_person_id()));
        // Twice as many entries as profiles: a phone each, and at most one result.
        let (jobs, people, workflows) = (recipe.jobs as u64, recipe.candidates as u64, recipe.workflows as u64);
        let reserved = Arc::new(OnceLock::new());
        let (sown, completed) = (Arc::clone(&reserved), Arc::clone(&reserved));
        tenant
            .grow(
                move |state| drop(reserved.set(state.reserve(jobs, people, workflows, people + workflows))),
                move |state| {
                    sown.get().into_iter().for_each(|growing| state.use_reserved(growing));
                    sow(&recipe, state, &mut sowing, now, &progress)
                },
                move |state| completed.get().into_iter().for_each(|growing| state.complete(growing)),
            )
            .await?;
        Ok(seeded)
    }

    /// The seedings that are under way.
    #[must_use]
    pub fn seedings(&self) -> Vec<Running> {
        let running = self.0.seedings.lock();
        let shown = |(id, progress): (&u64, &Arc<Progress>)| Running {
            customer: id.to_string(),
            done: progress.done.load(Ordering::Relaxed),
            total: progress.total,
        };
        running.iter().map(shown).collect()
    }
}

pub(super) fn routes() -> OpenApiRouter<World> {
    OpenApiRouter::new().routes(routes!(seedings, seed))
}

#[derive(Debug, Serialize, ToSchema)]
struct SeedingList {
    seedings: Vec<Running>,
}

/// Lists the seedings that are under way, with how far they are.
#[utoipa::path(
    get, path = "/__sandbox/seed", operation_id = "listSeedings", tag = "customers",
    responses((status = 200, body = SeedingList)),
)]
async fn seedings(State(world): State<World>) -> Json<SeedingList> {
    Json(SeedingList { seedings: world.seedings() })
}

/// What to seed whom with.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The customer.
    customer: Option<String>,
    /// The name of a recipe (`small`, `busy_season`, `million`), or a recipe.
    recipe: Option<Named>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
enum Named {
    Name(String),
    Recipe(serde_json::Value),
}

impl Named {
    fn recipe(self) -> Result<Recipe, ControlError> {
        match self {
            Self::Name(name) => Recipe::named(&name),
            Self::Recipe(json) => serde_json::from_value(json)
                .map_err(|error| ControlError::BadInput(format!("the recipe cannot be read: {error}"))),
        }
    }
}

/// Makes jobs, candidates and workflows in a customer after a recipe; answers when all of them are there, at once.
#[utoipa::path(
    post, path = "/__sandbox/seed", operation_id = "seedCustomer", tag = "customers",
    request_body = Wanted,
    responses(
        (status = 200, body = Seeded),
        (status = 400, body = ref("#/components/schemas/Problem")),
        (status = 404, body = ref("#/components/schemas/Problem")),
        (status = 409, body = ref("#/components/schemas/Problem")),
    ),
)]
async fn seed(State(world): State<World>, ApiBody(wanted): ApiBody<Wanted>) -> Result<Json<Seeded>, ControlError> {
    let missing =
        |key: &str| ControlError::BadInput(format!("{key} is missing: send {{\"customer\":\"4021\",\"recipe\":\"small\"}}"));
    let customer = wanted.customer.ok_or_else(|| missing("customer"))?;
    let recipe = wanted.recipe.ok_or_else(|| missing("recipe"))?.recipe()?;
    in_full(async move { world.seed_customer(&customer, recipe).await }).await.map(Json)
}
