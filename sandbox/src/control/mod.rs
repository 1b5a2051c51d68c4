//! What a tester may do that no real tenant allows: open customers, move the clock, read mail and journal, reset everything.
//!
//! Control stands above the actors and uses what they offer; they know nothing of it. It also holds the tenants' credentials and
//! the seam to the integration, which it does not know. It refuses requests that pages of other sites make.
//!
//! Read [`World`], then [`connector`] (the seam), [`ready`] (what programs are told), `seed` (the sample world), `api`, `pages`.

mod api;
mod catalogue;
mod clock;
pub mod connector;
mod contents;
mod credentials;
mod duration;
mod error;
mod guard;
mod keys;
mod opening;
mod pages;
pub mod ready;
mod replacing;
mod seed;
mod snapshots;
mod switches;
mod tenants;
mod world;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tokio::sync::watch;

pub use catalogue::SnapshotInfo;
pub use clock::ClockMove;
pub use credentials::Credentials;
pub use error::ControlError;
pub use keys::Addresses;
pub use opening::NewTenantWish;
pub use tenants::TenantRecord;
pub(crate) use world::Parts;
pub use world::{Pending, World};

/// Everything on the first port: overview, journal, control and mailbox. Long polls end when `stopping` becomes true.
pub(crate) fn router(world: World, own_host: String, stopping: watch::Receiver<bool>) -> Router {
    let mailbox = world.mailbox().clone();
    let long_polls = api::journal_route(&world).merge(mailbox.api_at("/__sandbox/mail")).merge(mailbox.router());
    let interruptible = long_polls.layer(from_fn_with_state(stopping, api::end_when_stopping));
    let own = pages::routes()
        .merge(api::routes())
        .merge(clock::routes())
        .merge(switches::routes())
        .merge(snapshots::routes())
        .with_state(world.clone());
    let all = own.merge(interruptible).merge(crate::ui::routes()).fallback(pages::no_such_page);
    let all = all.layer(from_fn_with_state(world, keep_to_one));
    all.layer(from_fn_with_state(own_host, guard::refuse_other_sites))
}

/// A request sees the world that there was when it arrived, also when everything is reset meanwhile.
async fn keep_to_one(State(world): State<World>, request: Request, next: Next) -> Response {
    world.as_one_request(next.run(request)).await
}
