//! Every answer has a correlation id. Answers of one account are numbered by themselves, so that what one customer does does not
//! show in what another is answered.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

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

/// How many answers there have been: for each account, and for callers who are nobody. It holds no more than there are accounts.
#[derive(Debug, Default)]
pub(in crate::harver_platform) struct Correlations(Mutex<HashMap<Option<AccountId>, u64>>);

impl Correlations {
    /// The number of the next answer.
    fn next(&self, account: Option<AccountId>) -> u64 {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = answers.entry(account).or_default();
        *count += 1;
        *count
    }

    /// Forgets an account that is gone.
    pub(in crate::harver_platform) fn forget(&self, account: &AccountId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&Some(account.clone()));
    }

    /// Numbers from the beginning again.
    pub(in crate::harver_platform) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Gives every answer its correlation id.
pub(super) async fn correlate(State(platform): State<HarverPlatform>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let account = response.extensions().get::<AnsweredFor>().map(|AnsweredFor(account)| account.clone());
    let label = account.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let number = platform.0.correlations.next(account);
    let id = Chance::new(platform.0.surroundings.seed, &format!("harver/correlation/{label}/{number}")).hex(32);
    let dashed = format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]);
    if let Ok(value) = HeaderValue::from_str(&dashed) {
        response.headers_mut().insert(CORRELATION, value);
    }
    response
}
