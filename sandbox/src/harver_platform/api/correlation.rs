//! Every answer has a correlation id. Answers of one account are numbered by themselves, so that what one customer does does not
//! show in what another is answered.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::engine::Chance;
use crate::harver_platform::HarverPlatform;
use crate::harver_platform::model::AccountId;

const CORRELATION: HeaderName = HeaderName::from_static("x-correlation-id");

/// Which account an answer is for, where that is known: attached to the answer by whoever has found out.
#[derive(Clone, Debug)]
pub(super) struct AnsweredFor(pub(super) AccountId);

/// How many answers there have been: for an account, or for callers who are nobody.
#[derive(Debug, Default)]
pub(in crate::harver_platform) struct Correlations(AtomicU64);

impl Correlations {
    /// The number of the next answer.
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// Gives every answer its correlation id.
pub(super) async fn correlate(State(platform): State<HarverPlatform>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let account = response.extensions().get::<AnsweredFor>().map(|AnsweredFor(account)| account.clone());
    let label = account.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let number = account.map_or_else(|| platform.0.strangers.next(), |account| platform.beside::<Correlations>(&account).next());
    let id = Chance::new(platform.0.surroundings.seed, &format!("harver/correlation/{label}/{number}")).hex(32);
    let dashed = format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]);
    if let Ok(value) = HeaderValue::from_str(&dashed) {
        response.headers_mut().insert(CORRELATION, value);
    }
    response
}
