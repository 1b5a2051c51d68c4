//! What looks at much of a customer's state, or works long for a customer: beside the threads that serve, each customer waiting for
//! itself alone.

use std::sync::Arc;

use super::schema::ProfileType;
use super::state::CustomerState;
use crate::engine::{Tenant, aside};

/// How many profiles may be gone through where the request came in.
const AT_ONCE: usize = 1_000;

/// Works for a customer.
pub(super) async fn work<T: Send + 'static>(tenant: &Tenant<CustomerState>, work: impl FnOnce() -> T + Send + 'static) -> T {
    let customer = tenant.read(|state| state.info().id);
    aside(&customer.to_string(), work).await
}

/// Looks at a customer's state.
pub(super) async fn look<T: Send + 'static>(
    tenant: &Arc<Tenant<CustomerState>>,
    look: impl FnOnce(&CustomerState) -> T + Send + 'static,
) -> T {
    let own = Arc::clone(tenant);
    work(tenant, move || own.read(look)).await
}

/// Goes through the profiles of a type; where there are few, at once.
pub(super) async fn go_through<T: Send + 'static>(
    tenant: &Arc<Tenant<CustomerState>>,
    kind: ProfileType,
    go: impl FnOnce(&CustomerState) -> T + Send + 'static,
) -> T {
    if tenant.read(|state| state.count_of(kind)) <= AT_ONCE { tenant.read(go) } else { look(tenant, go).await }
}
