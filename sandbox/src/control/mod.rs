//! What a tester may do that no real tenant allows: open customers, move the clock, read mail and journal, reset everything.
//!
//! Control stands above the actors and uses what they offer; they know nothing of it. It also holds the tenants' credentials and
//! the seam to the integration, which it does not know. It refuses requests that pages of other sites make.
//!
//! Read [`World`], then [`connector`] (the seam), [`ready`] (what programs are told), `seed` (the sample world), `api`, `pages`.

mod api;
mod budget;
mod catalogue;
mod clock;
mod communication;
pub mod connector;
mod contents;
mod credentials;
mod customer_settings;
mod describe;
mod duration;
mod error;
mod events;
pub mod faults;
mod fidelity;
mod fields;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod guard;
mod journal;
mod keys;
mod opening;
mod pages;
pub mod provider_states;
pub mod ready;
mod replacing;
mod seed;
mod seeding;
mod snapshots;
mod snapshots_page;
mod switches;
mod tenants;
mod told_again;
mod transfer;
mod users;
mod vendor;
mod world;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use tokio::sync::watch;
use utoipa_axum::router::OpenApiRouter;

use crate::reference;

pub use budget::CallBudget;
pub use catalogue::SnapshotInfo;
pub use clock::ClockMove;
pub use credentials::Credentials;
pub use customer_settings::{CustomerSettings, SettingsChange};
pub use error::ControlError;
pub use events::EventShown;
pub use fidelity::fidelity;
pub use guard::{ControlToken, NotAToken};
pub use journal::{ReplayError, Replayed};
pub use keys::Addresses;
pub use opening::NewTenantWish;
pub use seed::{Locale, Recipe};
pub use seeding::{Running, Seeded};
pub use tenants::TenantRecord;
pub use transfer::{BadFile, CUSTOMER_FILE_LIMIT, CUSTOMER_UNPACKED_LIMIT};
pub use users::{ShownUser, UserWish};
pub use vendor::ConnectionShown;
pub(crate) use world::{Parts, stored_world};
pub use world::{Pending, World};

/// Everything on the first port: overview, journal, control and mailbox. Long polls end when `stopping` becomes true.
pub(crate) fn router(world: World, stopping: watch::Receiver<bool>) -> Router {
    let (mailbox, guard) = (world.mailbox().clone(), world.guard());
    let (long_polls, _) = api::long_polls().split_for_parts();
    let long_polls = long_polls.method_not_allowed_fallback(api::wrong_method).with_state(world.clone());
    let long_polls = long_polls.merge(mailbox.api_at(MAIL_PREFIX)).merge(mailbox.router());
    let interruptible = long_polls.layer(from_fn_with_state(stopping, api::end_when_stopping));
    let (endpoints, _) = endpoints().split_for_parts();
    let endpoints = endpoints.method_not_allowed_fallback(api::wrong_method);
    let screens = pages::routes().merge(faults::pages()).merge(journal::pages()).merge(fields::pages()).merge(budget::pages());
    let screens = screens.merge(fidelity::routes()).merge(snapshots_page::routes());
    let screens = screens.method_not_allowed_fallback(pages::only_for_forms);
    let own = screens.merge(endpoints).merge(api::refusals()).with_state(world);
    let all = own.merge(interruptible).merge(crate::ui::routes()).merge(reference::routes(openapi)).fallback(pages::no_such_page);
    all.layer(from_fn_with_state(guard::other_site as fn() -> Response, crate::ui::refuse_other_sites))
        .layer(from_fn_with_state(guard, guard::ask_for_token))
}

/// The first port of a sandbox whose control is switched off: the mailbox, and nothing that shows or changes what belongs to others.
pub(crate) fn mailbox_alone(world: &World) -> Router {
    let guard = world.guard();
    let all = world.mailbox().router().merge(crate::ui::routes()).fallback(pages::no_control);
    all.layer(from_fn_with_state(guard::other_site as fn() -> Response, crate::ui::refuse_other_sites))
        .layer(from_fn_with_state(guard, guard::ask_for_token))
}

/// Where control has the mail.
const MAIL_PREFIX: &str = "/__sandbox/mail";

/// The endpoints under `/__sandbox/`, with their description: a route without one does not compile. Each concept adds its own here.
fn endpoints() -> OpenApiRouter<World> {
    OpenApiRouter::new()
        .merge(api::routes())
        .merge(clock::routes())
        .merge(faults::routes())
        .merge(seeding::routes())
        .merge(journal::routes())
        .merge(fields::routes())
        .merge(budget::routes())
        .merge(snapshots::routes())
        .merge(switches::routes())
        .merge(transfer::routes())
        .merge(customer_settings::routes())
        .merge(users::routes())
        .merge(told_again::routes())
        .merge(vendor::routes())
        .merge(communication::routes())
        .merge(events::routes())
        .merge(provider_states::routes())
}

/// Everything that programs can ask control for.
fn described() -> OpenApiRouter<World> {
    let mut all = endpoints().merge(api::long_polls());
    all.get_openapi_mut().merge(crate::mailbox::described_at(MAIL_PREFIX));
    all
}

/// What control offers, as an OpenAPI document.
#[must_use]
pub fn openapi() -> serde_json::Value {
    describe::document(&described().into_openapi())
}
