//! Creating vacancies and moving them through their statuses.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{AccountState, Refusal};
use crate::harver_platform::model::{Bracket, NewVacancy, Vacancy, VacancyId, VacancyStatus};

const CANNOT_BE: &str = "This vacancy cannot be created";

impl AccountState {
    /// Creates a vacancy as a draft. Without an id one is drawn.
    ///
    /// # Errors
    /// When the id is taken, a title is empty, module keys repeat, a label list does not go down to 0, or an indicator counts a
    /// module that is not in the flow or has no score.
    pub fn create_vacancy(&mut self, id: Option<VacancyId>, new: NewVacancy, now: Timestamp) -> Result<VacancyId, Refusal> {
        check(&new)?;
        if id.as_ref().is_some_and(|id| self.vacancies.get(id).is_some()) {
            return Err(Refusal::against(CANNOT_BE, "its id is taken: leave the id out to have one drawn"));
        }
        let id = id.unwrap_or_else(|| VacancyId::drawn(&mut self.chance("vacancy")));
        let vacancy = Vacancy { id: id.clone(), status: VacancyStatus::Draft, created_at: now, settings: new };
        self.vacancies.put(id.clone(), vacancy);
        Ok(id)
    }

    /// Moves a vacancy to another status. Draft cannot be regained (`harver-platform.md` 2).
    ///
    /// # Errors
    /// When there is no such vacancy, or it would become a draft again.
    pub fn set_vacancy_status(&mut self, id: &VacancyId, status: VacancyStatus) -> Result<(), Refusal> {
        let current = self.vacancy(id)?.status;
        if status == VacancyStatus::Draft && current != VacancyStatus::Draft {
            return Err(Refusal::against(
                "Draft cannot be regained",
                format!("this vacancy is {current}: set it to open or closed"),
            ));
        }
        if let Some(vacancy) = self.vacancies.edit(id) {
            vacancy.status = status;
        }
        Ok(())
    }
}

fn check(new: &NewVacancy) -> Result<(), Refusal> {
    let refuse = |detail: &str| Err(Refusal::against(CANNOT_BE, detail));
    if new.internal_title.trim().is_empty() || new.public_title.trim().is_empty() {
        return refuse("it needs an internal and a public title");
    }
    if new.languages.is_empty() {
        return refuse("it needs at least one language");
    }
    let keys: BTreeSet<&str> = new.modules.iter().map(|module| module.key.as_str()).collect();
    let plain = |key: &&str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if new.modules.is_empty() || keys.len() != new.modules.len() || !keys.iter().all(plain) {
        return refuse("its flow needs at least one module, each with its own key of letters, digits and dashes");
    }
    let indicators = &new.profile.indicators;
    let scorable = |key: &str| new.modules.iter().any(|module| module.key == key && module.is_scorable());
    if !indicators.iter().flat_map(|indicator| &indicator.parts).all(|part| scorable(&part.module)) {
        return refuse("its indicators may only count modules of the flow that have a score");
    }
    let lists = indicators.iter().map(|indicator| &indicator.brackets).chain([&new.profile.brackets]);
    if !lists.into_iter().all(|brackets| reaches_zero(brackets)) {
        return refuse("its labels must go from the highest threshold down to 0");
    }
    Ok(())
}

fn reaches_zero(brackets: &[Bracket]) -> bool {
    brackets.windows(2).all(|pair| pair[0].threshold > pair[1].threshold)
        && brackets.last().is_none_or(|last| last.threshold == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harver_platform::model::call_centre_advisor;
    use crate::harver_platform::state::samples;

    #[test]
    fn a_new_vacancy_is_a_draft_that_cannot_be_regained() {
        let mut state = samples::account();
        let id = state.create_vacancy(None, call_centre_advisor(), samples::moment()).expect("valid");
        assert_eq!(state.vacancy(&id).expect("there").status, VacancyStatus::Draft);
        state.set_vacancy_status(&id, VacancyStatus::Open).expect("from draft");
        state.set_vacancy_status(&id, VacancyStatus::Closed).expect("from open");
        state.set_vacancy_status(&id, VacancyStatus::Open).expect("from closed");
        state.set_vacancy_status(&id, VacancyStatus::Draft).expect_err("never again");
    }

    #[test]
    fn a_vacancy_that_could_not_work_is_refused() {
        let spoilt: [fn(&mut NewVacancy); 6] = [
            |new| new.public_title = " ".into(),
            |new| new.languages.clear(),
            |new| new.modules.clear(),
            |new| new.modules[1].key = "welcome".into(),
            |new| new.profile.brackets[2].threshold = 10,
            |new| new.profile.indicators[0].parts[0].module = "welcome".into(),
        ];
        for spoil in spoilt {
            let mut new = call_centre_advisor();
            spoil(&mut new);
            samples::account().create_vacancy(None, new, samples::moment()).expect_err("refused");
        }
    }
}
