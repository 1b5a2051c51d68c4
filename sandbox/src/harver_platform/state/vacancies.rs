//! Creating vacancies, configuring them, and moving them through their statuses.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{AccountState, Refusal};
use crate::harver_platform::model::{Bracket, Module, NewVacancy, Vacancy, VacancyId, VacancyStatus};

const CANNOT_BE: &str = "This vacancy cannot be so";
/// The longest title, location or name of a label, in characters (*assumed*).
pub(crate) const TITLE_LIMIT: usize = 200;
/// The longest description, in characters (*assumed*).
pub(crate) const DESCRIPTION_LIMIT: usize = 10_000;
/// How many labels a list has at most (*assumed*).
pub(crate) const LABELS: usize = 6;

impl AccountState {
    /// Creates a vacancy as a draft. Without an id one is drawn.
    ///
    /// # Errors
    /// When the account has as many vacancies as it may have, the id is taken, a title is empty, a text is too long, keys of modules or
    /// ids of indicators or labels repeat, a label list does not go down to 0, or an indicator counts a module that is not in the flow or
    /// has no score.
    pub fn create_vacancy(&mut self, id: Option<VacancyId>, new: NewVacancy, now: Timestamp) -> Result<VacancyId, Refusal> {
        check(&new)?;
        if self.vacancies.len() >= self.limits.vacancies {
            let limit = self.limits.vacancies;
            return Err(Refusal::against(
                "Too many vacancies",
                format!("this account has {limit} vacancies, which is all the sandbox keeps"),
            ));
        }
        if id.as_ref().is_some_and(|id| self.vacancies.get(id).is_some()) {
            return Err(Refusal::against(CANNOT_BE, "its id is taken: leave the id out to have one drawn"));
        }
        let id = id.unwrap_or_else(|| VacancyId::drawn(&mut self.chance("vacancy")));
        let vacancy = Vacancy { id: id.clone(), status: VacancyStatus::Draft, created_at: now, settings: new };
        self.vacancies.put(id.clone(), vacancy);
        Ok(id)
    }

    /// Changes what is configured of a vacancy. The flow is changed by [`Self::set_flow`], the mails by [`Self::set_communication`].
    ///
    /// # Errors
    /// When there is no such vacancy, or it could not be created like that.
    pub fn configure(&mut self, id: &VacancyId, change: impl FnOnce(&mut NewVacancy)) -> Result<(), Refusal> {
        let mut settings = self.vacancy(id)?.settings.clone();
        change(&mut settings);
        check(&settings)?;
        if let Some(vacancy) = self.vacancies.edit(id) {
            vacancy.settings = settings;
        }
        Ok(())
    }

    /// Replaces the flow of a draft. Indicators lose the modules that are gone, and are gone themselves when none is left.
    ///
    /// *Assumed*: the documents let a flow be edited at any time. Here it stays what it is once candidates may be under way, so that
    /// nobody's progress is counted against another flow.
    ///
    /// # Errors
    /// When there is no such vacancy, it is no draft any more, or no module is left that has a score.
    pub fn set_flow(&mut self, id: &VacancyId, modules: Vec<Module>) -> Result<(), Refusal> {
        if self.vacancy(id)?.status != VacancyStatus::Draft {
            return Err(Refusal::against(
                "The flow is fixed",
                "a flow can be changed while its vacancy is a draft: create another vacancy",
            ));
        }
        if !modules.iter().any(Module::is_scorable) {
            return Err(Refusal::against("Nothing to score", "a flow needs at least one module that has a score"));
        }
        self.configure(id, |settings| {
            settings.modules = modules;
            let modules = &settings.modules;
            let is_there = |key: &str| modules.iter().any(|module| module.key == key);
            for indicator in &mut settings.profile.indicators {
                indicator.parts.retain(|part| is_there(&part.module));
            }
            settings.profile.indicators.retain(|indicator| !indicator.parts.is_empty());
        })
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
    let titles = [&new.internal_title, &new.public_title, &new.location];
    let is_line = |text: &&String| text.chars().count() <= TITLE_LIMIT && !text.chars().any(char::is_control);
    if !titles.iter().all(is_line) || new.description.chars().count() > DESCRIPTION_LIMIT {
        return refuse("its titles and its location are one line of at most 200 characters, its description is at most 10,000");
    }
    if new.languages.is_empty() {
        return refuse("it needs at least one language");
    }
    let keys = || new.modules.iter().map(|module| module.key.as_str());
    let plain = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if new.modules.is_empty() || !are_different(keys()) || !keys().all(plain) {
        return refuse("its flow needs at least one module, each with its own key of letters, digits and dashes");
    }
    let indicators = &new.profile.indicators;
    let scorable = |key: &str| new.modules.iter().any(|module| module.key == key && module.is_scorable());
    if !indicators.iter().flat_map(|indicator| &indicator.parts).all(|part| scorable(&part.module)) {
        return refuse("its indicators may only count modules of the flow that have a score");
    }
    let labels = || indicators.iter().map(|indicator| &indicator.brackets).chain([&new.profile.brackets]);
    if !labels().all(|brackets| reaches_zero(brackets)) {
        return refuse("its labels must go from the highest threshold down to 0");
    }
    let ids = |brackets: &[Bracket]| are_different(brackets.iter().map(|bracket| bracket.id.as_str()));
    if !are_different(indicators.iter().map(|indicator| indicator.id.as_str())) || !labels().all(|brackets| ids(brackets)) {
        return refuse("its indicators, and the labels of a list, each need their own id, as results name them by it");
    }
    let is_name = |bracket: &Bracket| is_line(&&bracket.name) && !bracket.name.trim().is_empty() && bracket.threshold <= 100;
    if labels().any(|brackets| brackets.len() > LABELS) || !labels().flatten().all(is_name) {
        return refuse("it has at most six labels in a list, each with a name and a threshold of at most 100");
    }
    Ok(())
}

fn are_different<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = BTreeSet::new();
    names.all(|name| seen.insert(name))
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
    fn the_flow_of_a_draft_can_be_shortened_and_its_indicators_follow() {
        let mut state = samples::account();
        let id = state.create_vacancy(None, call_centre_advisor(), samples::moment()).expect("valid");
        let flow =
            |keys: &[&str]| call_centre_advisor().modules.into_iter().filter(|module| keys.contains(&&*module.key)).collect();
        state.set_flow(&id, flow(&["welcome"])).expect_err("nothing to score");
        state.set_flow(&id, flow(&["welcome", "sjt"])).expect("a draft");
        let indicators = &state.vacancy(&id).expect("there").settings.profile.indicators;
        let parts: Vec<_> = indicators.iter().map(|indicator| (&*indicator.id, indicator.parts.len())).collect();
        assert_eq!(parts, [("k1", 1)]);
        state.set_vacancy_status(&id, VacancyStatus::Open).expect("from draft");
        state.set_flow(&id, flow(&["sjt"])).expect_err("candidates may be under way");
    }

    #[test]
    fn a_vacancy_that_could_not_work_is_refused() {
        let spoilt: [fn(&mut NewVacancy); 13] = [
            |new| new.internal_title = "x".repeat(TITLE_LIMIT + 1),
            |new| new.location = "Rotterdam\nUtrecht".into(),
            |new| new.description = "x".repeat(DESCRIPTION_LIMIT + 1),
            |new| new.profile.brackets[0].name = " ".into(),
            |new| new.profile.brackets[0].threshold = 101,
            |new| new.public_title = " ".into(),
            |new| new.languages.clear(),
            |new| new.modules.clear(),
            |new| new.modules[1].key = "welcome".into(),
            |new| new.profile.brackets[2].threshold = 10,
            |new| new.profile.brackets[2].id = new.profile.brackets[0].id.clone(),
            |new| new.profile.indicators[1].id = new.profile.indicators[0].id.clone(),
            |new| new.profile.indicators[0].parts[0].module = "welcome".into(),
        ];
        for spoil in spoilt {
            let mut new = call_centre_advisor();
            spoil(&mut new);
            samples::account().create_vacancy(None, new, samples::moment()).expect_err("refused");
        }
    }
}
