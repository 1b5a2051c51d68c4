//! Where a tenant's packages are: the lists Assessment Type and Assessment Name.
//!
//! Both are lists of the tenant's own. Such lists have no names in the API (icims-api.md 10.9), so they are told by what they hold:
//! labels that begin with the word Harver.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use super::client::IcimsClient;
use super::error::IcimsError;
use crate::domain::{Customer, CustomerId, ListNodeId, NotAHarverPackage, PackageLabel};
use crate::neighbour::Kind;

/// How many lists are looked through: each is a call of the customer's daily quota. *Assumed* to be enough.
pub const MOST_LISTS: usize = 200;

/// What the lists hold that may be packages of Harver.
#[derive(Clone, Debug, Default)]
pub struct PackageLists {
    /// The lists that have any such label.
    found: Vec<(Option<ListNodeId>, Vec<ListedPackage>)>,
    more: bool,
}

/// A label that begins with the word Harver.
#[derive(Clone, Debug, PartialEq)]
pub enum ListedPackage {
    /// It is written as the guide wants it.
    Sound(PackageLabel),
    /// It is not.
    Wrong(String),
}

impl PackageLists {
    /// Adds what a list holds.
    pub fn add(&mut self, place: Option<ListNodeId>, labels: &[String]) {
        let ours = labels.iter().filter_map(|label| match PackageLabel::parse(label) {
            Ok(package) => Some(ListedPackage::Sound(package)),
            Err(NotAHarverPackage::WronglyFormatted(label)) => Some(ListedPackage::Wrong(label)),
            Err(NotAHarverPackage::OtherVendor(_)) => None,
        });
        let ours: Vec<ListedPackage> = ours.collect();
        if !ours.is_empty() {
            self.found.push((place, ours));
        }
    }

    /// The same, and whether there are lists that were not looked through.
    #[must_use]
    pub fn with_more(self, more: bool) -> Self {
        Self { more, ..self }
    }

    /// Whether there are lists that were not looked through.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// Both lists; or, as long as two are not certain, whatever may be one. A list of vendors, for example, may say Harver, too.
    #[must_use]
    pub fn packages(&self) -> Vec<&[ListedPackage]> {
        let certain = self.are_complete();
        self.found.iter().map(|(_, list)| list.as_slice()).filter(|list| !certain || is_for_certain(list)).collect()
    }

    /// The packages that are written as the guide wants them, each once.
    #[must_use]
    pub fn sound(&self) -> Vec<PackageLabel> {
        let mut sound: Vec<PackageLabel> = Vec::new();
        for listed in self.packages().into_iter().flatten() {
            if let ListedPackage::Sound(package) = listed
                && !sound.contains(package)
            {
                sound.push(package.clone());
            }
        }
        sound
    }

    /// Whether both lists were found, for certain.
    fn are_complete(&self) -> bool {
        self.found.iter().filter(|(_, list)| is_for_certain(list)).count() >= 2
    }

    fn places(&self) -> Vec<ListNodeId> {
        self.found.iter().filter(|(_, list)| is_for_certain(list)).filter_map(|(place, _)| place.clone()).collect()
    }
}

fn is_for_certain(list: &[ListedPackage]) -> bool {
    list.iter().any(|label| matches!(label, ListedPackage::Sound(_)))
}

/// How long a look through all lists that did not find both is not repeated.
const NOT_AGAIN_FOR: SignedDuration = SignedDuration::from_mins(10);

/// Where the lists of each customer were found last. A memory that is wrong costs a look through all lists.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownPlaces(Arc<Mutex<HashMap<CustomerId, Known>>>);

#[derive(Clone, Debug)]
struct Known {
    places: Vec<ListNodeId>,
    looked_at: Timestamp,
}

impl IcimsClient {
    /// Looks the tenant's lists through until both are found.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn package_lists(&self, customer: &Customer) -> Result<PackageLists, IcimsError> {
        let all = self.custom_lists(customer).await?;
        let more = all.len() > MOST_LISTS;
        let lists = self.read_lists(customer, all.into_iter().take(MOST_LISTS)).await?;
        let known = Known { places: lists.places(), looked_at: self.clock.now() };
        self.places.0.lock().insert(customer.id, known);
        Ok(lists.with_more(more))
    }

    /// The packages that a result row may name. Lists that were found before are read and no others: two calls of the quota. If they are
    /// not both, such as with packages that are loaded into one list only, all lists are looked through once in ten minutes.
    ///
    /// # Errors
    /// See [`IcimsError`].
    pub async fn listed_packages(&self, customer: &Customer) -> Result<Vec<PackageLabel>, IcimsError> {
        let known = self.places.0.lock().get(&customer.id).cloned();
        if let Some(Known { places, looked_at }) = known {
            let lists = self.read_lists(customer, places.into_iter()).await?;
            if lists.are_complete() || self.clock.now().duration_since(looked_at) < NOT_AGAIN_FOR {
                return Ok(lists.sound());
            }
        }
        Ok(self.package_lists(customer).await?.sound())
    }

    async fn read_lists(
        &self,
        customer: &Customer,
        to_read: impl Iterator<Item = ListNodeId> + Send,
    ) -> Result<PackageLists, IcimsError> {
        let (to_read, lists) = (Mutex::new(to_read), Mutex::new(PackageLists::default()));
        let next = || if lists.lock().are_complete() { None } else { to_read.lock().next() };
        let reader = || async {
            while let Some(list) = next() {
                let labels = match self.list_labels(customer, &list).await {
                    Ok(labels) => labels,
                    // One list may be kept from us, or be gone by now.
                    Err(IcimsError { kind: Kind::NotFound | Kind::NotVisible, .. }) => continue,
                    Err(error) => return Err(error),
                };
                lists.lock().add(Some(list), &labels);
            }
            Ok(())
        };
        tokio::try_join!(reader(), reader(), reader(), reader())?;
        Ok(lists.into_inner())
    }
}
