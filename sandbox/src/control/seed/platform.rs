//! The tenant's account on the assessment platform: its vacancies.

use jiff::Timestamp;

use super::Plan;
use crate::harver_platform::model::{NewVacancy, VacancyStatus, call_centre_advisor};
use crate::harver_platform::state::{AccountState, Refusal};

/// Makes the planned vacancies.
pub(in crate::control) fn plant(plan: &Plan, state: &mut AccountState, now: Timestamp) -> Result<(), Refusal> {
    for vacancy in &plan.vacancies {
        let settings =
            NewVacancy { internal_title: vacancy.title.into(), public_title: vacancy.title.into(), ..call_centre_advisor() };
        state.create_vacancy(Some(vacancy.id.clone()), settings, now)?;
        let status = if vacancy.open { VacancyStatus::Open } else { VacancyStatus::Closed };
        state.set_vacancy_status(&vacancy.id, status)?;
    }
    Ok(())
}
