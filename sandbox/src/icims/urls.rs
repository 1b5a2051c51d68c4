//! The addresses that the simulated iCIMS hands out.

use std::sync::Arc;

use url::Url;

use crate::engine::Surroundings;

use super::model::{Job, JobId, ProfileKey};

/// Builds absolute addresses of one customer.
#[derive(Clone, Debug)]
pub struct Urls {
    base: Arc<str>,
    customer: u64,
    /// The customer in the API.
    root: Arc<str>,
}

impl Urls {
    /// The addresses of a customer on this actor.
    #[must_use]
    pub fn new(surroundings: &Surroundings, customer: u64) -> Self {
        let base = surroundings.url("");
        Self { root: format!("{base}/customers/{customer}").into(), base: base.into(), customer }
    }

    /// The same, with the API at another address than the screens.
    #[must_use]
    pub fn with_api_at(self, base: &Url) -> Self {
        let base = base.as_str().trim_end_matches('/');
        Self { root: format!("{base}/customers/{}", self.customer).into(), ..self }
    }

    /// The customer in the API.
    #[must_use]
    pub fn customer(&self) -> &str {
        &self.root
    }

    /// A profile in the API.
    #[must_use]
    pub fn profile(&self, (kind, id): ProfileKey) -> String {
        format!("{}/{}/{id}", self.customer(), kind.plural())
    }

    /// A new hire category in the API.
    #[must_use]
    pub fn new_hire_category(&self, id: u64) -> String {
        format!("{}/newhirecategories/{id}", self.customer())
    }

    /// An entry of a collection in the API.
    #[must_use]
    pub fn entry(&self, key: ProfileKey, collection: &str, entry: impl std::fmt::Display) -> String {
        format!("{}/fields/{collection}/{entry}", self.profile(key))
    }

    /// A job on the career portal, for browsers.
    #[must_use]
    pub fn portal_job(&self, job: &Job) -> String {
        format!("{}/careers/{}/jobs/{}/{}/job", self.base, self.customer, job.id, title_slug(job.title()))
    }

    /// A job on a career portal, for programs (icims-api 11.3).
    #[must_use]
    pub fn posting(&self, portal: &str, job: JobId) -> String {
        format!("{}/portals/{portal}/{job}", self.customer())
    }

    /// Where a candidate comes back to after an inline assessment; the shape is the one seen in real traffic (icims-api 12.2).
    /// Which candidate it is follows from the portal's session.
    #[must_use]
    pub fn portal_return(&self, job: &Job) -> String {
        format!("{}/careers/{}/jobs/{}/{}/assessment?i=1", self.base, self.customer, job.id, title_slug(job.title()))
    }
}

/// A title as it appears in portal addresses: lower-case letters and digits joined by hyphens.
#[must_use]
pub fn title_slug(title: &str) -> String {
    let words = title.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let slug = words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-");
    if slug.is_empty() { "job".into() } else { slug }
}
