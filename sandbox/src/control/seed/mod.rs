//! The sample world of a tenant: an approved job with its package, a Candidate submitted to it, and enough around them to look
//! like a company. Made by the actors' own rules; the same seed and customer give the same bytes, the moments aside.

mod icims;
mod names;
mod platform;
mod posting;
mod recipe;
mod sow;

use std::num::NonZeroU32;

use rand::RngExt;

use super::credentials::Credentials;
use super::tenants::FIRST_CUSTOMER;
use crate::engine::Chance;
use crate::harver_platform::model::VacancyId;
use crate::icims::model::Life;

pub(super) use icims::plant as plant_icims;
pub(super) use platform::plant as plant_platform;
pub use recipe::{Locale, Recipe};
pub(super) use sow::{Progress, Sowing, sow};

/// The company of the sample tenant.
const FIRST_NAME: &str = "Brightwater Foods";

/// Everything that is decided before anything is made.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) customer: u64,
    pub(super) name: String,
    pub(super) slug: String,
    /// Where the tenant's people have their mail; different for every customer.
    pub(super) domain: String,
    pub(super) account_id: String,
    pub(super) vacancies: [PlannedVacancy; 3],
    pub(super) credentials: Credentials,
    /// Whether packages and vendor are left for people to enter.
    pub(super) unconnected: bool,
}

/// A vacancy of the platform, and by its label a package of iCIMS.
#[derive(Clone, Debug)]
pub(super) struct PlannedVacancy {
    pub(super) id: VacancyId,
    pub(super) title: &'static str,
    pub(super) open: bool,
}

impl PlannedVacancy {
    /// The label of the package in both iCIMS lists (guide: the word Harver, the name, an en dash, the id).
    pub(super) fn label(&self) -> String {
        format!("Harver {} – {}", self.title, self.id)
    }
}

impl Plan {
    /// The plan for a customer; without a name one is drawn.
    pub(super) fn new(seed: u64, customer: u64, name: Option<String>) -> Self {
        let mut chance = Chance::new(seed, &format!("customer {customer} plan"));
        let drawn = if customer == FIRST_CUSTOMER { FIRST_NAME.to_owned() } else { names::company(&mut chance) };
        let name = name.unwrap_or(drawn);
        let slug = names::slug(&name);
        let domain = format!("{slug}-{customer}.example");
        let mut vacancy = |title, open| PlannedVacancy { id: object_id("64c2", &mut chance), title, open };
        let vacancies = [
            vacancy("Call Centre Advisor", true),
            // A hyphen in the name, so that reading the label at its last dash is put to the test.
            vacancy("Customer-Care Specialist", true),
            vacancy("Seasonal Order Picker", false),
        ];
        let account_id = format!("64b1{}", chance.hex(20));
        let credentials = Credentials::drawn(seed, customer, &domain);
        Self { seed, customer, name, slug, domain, account_id, vacancies, credentials, unconnected: false }
    }

    fn chance(&self, what: &str) -> Chance {
        Chance::new(self.seed, &format!("customer {} {what}", self.customer))
    }
}

/// A life from the seed, for a person to be made.
fn life(chance: &mut Chance) -> Life {
    let number = NonZeroU32::new(chance.rng().random_range(1..=u32::MAX));
    Life::new(number.unwrap_or(NonZeroU32::MIN))
}

/// Object ids begin with the time they were made at, so those of one account begin alike.
fn object_id(begin: &str, chance: &mut Chance) -> VacancyId {
    format!("{begin}{}", chance.hex(20)).parse().expect("24 hexadecimal digits are an object id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_customer_give_the_same_plan() {
        let plan = |seed, customer| format!("{:?}", Plan::new(seed, customer, None));
        assert_eq!(plan(1, 4022), plan(1, 4022));
        assert_ne!(plan(1, 4022), plan(2, 4022));
        assert_ne!(plan(1, 4022), plan(1, 4023));
    }

    #[test]
    fn a_package_label_is_what_the_guide_asks_for() {
        let plan = Plan::new(1, FIRST_CUSTOMER, None);
        assert_eq!(plan.name, "Brightwater Foods");
        let label = plan.vacancies[0].label();
        assert!(
            label.starts_with("Harver Call Centre Advisor – 64c2") && label.ends_with(plan.vacancies[0].id.as_str()),
            "{label}"
        );
    }
}
