//! The confirmation code: how a candidate whose magic link has expired gets in (`harver-platform.md` 4).

use jiff::{SignedDuration, Timestamp};
use subtle::ConstantTimeEq;

use super::{AccountState, Refusal, SignIn};
use crate::harver_platform::model::{ApplicationId, AuthenticationStrategy, ConfirmationCode, MailKind, VacancyId};

/// How long a code works. *Assumed*, as are all figures here: none is published.
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(15);
/// How many digits a code has.
const CODE_DIGITS: usize = 6;
/// How often a code may be tried.
const CODE_TRIES: u8 = 5;
/// How many codes may be asked for within an hour.
const CODES_AN_HOUR: usize = 5;
/// The hour.
const CODES_WINDOW: SignedDuration = SignedDuration::from_hours(1);

/// Why a code was not sent, or does not sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeProblem {
    /// The link by which it is asked for was never handed out.
    UnknownLink,
    /// Candidates of this vacancy get in by links alone.
    NotOffered,
    /// Too many were asked for.
    TooMany {
        /// When the next one may be asked for.
        again_at: Timestamp,
    },
    /// It is another one.
    Wrong {
        /// How often the right one may still be tried.
        tries_left: u8,
    },
    /// There is none, it has run out, or it was tried too often.
    Gone,
}

impl AccountState {
    /// Sends a code to the candidate whose link this is. An earlier one stops working.
    ///
    /// # Errors
    /// When the link is unknown, the vacancy has no codes, or too many were asked for.
    pub fn ask_for_code(&mut self, vacancy: &VacancyId, link: &str, now: Timestamp) -> Result<(), CodeProblem> {
        let id = self.whose_link(vacancy, link).ok_or(CodeProblem::UnknownLink)?;
        if self.vacancy(vacancy).is_ok_and(|found| found.settings.authentication == AuthenticationStrategy::AtsOnly) {
            return Err(CodeProblem::NotOffered);
        }
        let ends = |asked: &Timestamp| asked.saturating_add(CODES_WINDOW).unwrap_or(Timestamp::MAX);
        let asked = self.applications.get(&id).map(|application| application.codes_asked.clone()).unwrap_or_default();
        let recent: Vec<Timestamp> = asked.into_iter().filter(|asked| ends(asked) > now).collect();
        if let Some(first) = recent.first().filter(|_| recent.len() >= CODES_AN_HOUR) {
            return Err(CodeProblem::TooMany { again_at: ends(first) });
        }
        let digits = self.chance("confirmation-code").digits(CODE_DIGITS);
        let expires_at = now.saturating_add(CODE_LIFE).unwrap_or(Timestamp::MAX);
        if let Some(application) = self.applications.edit(&id) {
            application.code = Some(ConfirmationCode { digits: digits.clone(), expires_at, tries_left: CODE_TRIES });
            application.codes_asked = recent;
            application.codes_asked.push(now);
        }
        self.line_up(id, MailKind::ConfirmationCode, now, Some(digits));
        Ok(())
    }

    /// Signs a browser in by the code that was sent. A code works once.
    ///
    /// The outer error is the platform's; the inner one is the candidate's and is written down, so that tries are counted.
    ///
    /// # Errors
    /// Never by itself: the outer error is that of storing.
    pub fn redeem_code(
        &mut self,
        vacancy: &VacancyId,
        link: &str,
        digits: &str,
        now: Timestamp,
    ) -> Result<Result<SignIn, CodeProblem>, Refusal> {
        let Some(id) = self.whose_link(vacancy, link) else { return Ok(Err(CodeProblem::UnknownLink)) };
        let known = self.applications.get(&id).and_then(|application| application.code.clone());
        let Some(code) = known.filter(|code| code.expires_at > now && code.tries_left > 0) else {
            return Ok(Err(CodeProblem::Gone));
        };
        let is_right: bool = code.digits.as_bytes().ct_eq(digits.as_bytes()).into();
        let tries_left = code.tries_left - 1;
        if let Some(application) = self.applications.edit(&id) {
            application.code = (!is_right).then_some(ConfirmationCode { tries_left, ..code });
        }
        if is_right {
            return Ok(Ok(self.open_session(id, now)));
        }
        Ok(Err(if tries_left == 0 { CodeProblem::Gone } else { CodeProblem::Wrong { tries_left } }))
    }

    /// Whose magic link this is, whether or not it still works.
    pub fn whose_link(&self, vacancy: &VacancyId, link: &str) -> Option<ApplicationId> {
        let id = self.links.get(&link.to_owned())?.application.clone();
        self.application(&id).is_ok_and(|application| &application.vacancy == vacancy).then_some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harver_platform::state::samples::{moment, registration, with_vacancy};

    fn asked() -> (AccountState, VacancyId, String, String) {
        let (mut state, vacancy) = with_vacancy();
        let registered = state.register(&vacancy, registration("ines@example.org"), moment()).expect("open");
        state.ask_for_code(&vacancy, &registered.link, moment()).expect("the first one");
        let code = state.application(&registered.application).expect("there").code.clone().expect("drawn").digits;
        (state, vacancy, registered.link, code)
    }

    fn other(code: &str) -> &'static str {
        if code == "000000" { "111111" } else { "000000" }
    }

    #[test]
    fn a_code_works_once_and_for_fifteen_minutes() {
        let (mut state, vacancy, link, code) = asked();
        let late = state.redeem_code(&vacancy, &link, &code, moment() + CODE_LIFE).expect("stored");
        assert_eq!(late.expect_err("run out"), CodeProblem::Gone);
        let in_time = moment() + CODE_LIFE - SignedDuration::from_secs(1);
        state.redeem_code(&vacancy, &link, &code, in_time).expect("stored").expect("right and in time");
        let again = state.redeem_code(&vacancy, &link, &code, in_time).expect("stored");
        assert_eq!(again.expect_err("used"), CodeProblem::Gone);
    }

    #[test]
    fn a_code_is_tried_five_times_and_the_right_one_does_not_help_then() {
        let (mut state, vacancy, link, code) = asked();
        for tries_left in (0..CODE_TRIES).rev() {
            let wrong = state.redeem_code(&vacancy, &link, other(&code), moment()).expect("stored").expect_err("wrong");
            let expected = if tries_left == 0 { CodeProblem::Gone } else { CodeProblem::Wrong { tries_left } };
            assert_eq!(wrong, expected);
        }
        assert_eq!(
            state.redeem_code(&vacancy, &link, &code, moment()).expect("stored").expect_err("too late"),
            CodeProblem::Gone
        );
        state.ask_for_code(&vacancy, &link, moment()).expect("a second code");
        assert_ne!(state.redeem_code(&vacancy, &link, &code, moment()).expect("stored").err(), None, "the first one is over");
    }

    #[test]
    fn five_codes_an_hour_may_be_asked_for() {
        let (mut state, vacancy, link, _) = asked();
        for _ in 1..CODES_AN_HOUR {
            state.ask_for_code(&vacancy, &link, moment()).expect("within the limit");
        }
        let again_at = moment() + CODES_WINDOW;
        assert_eq!(state.ask_for_code(&vacancy, &link, moment()), Err(CodeProblem::TooMany { again_at }));
        state.ask_for_code(&vacancy, &link, again_at).expect("an hour later");
    }

    #[test]
    fn a_vacancy_whose_links_come_from_the_ats_alone_sends_no_codes() {
        let (mut state, vacancy, link, _) = asked();
        state.vacancies.edit(&vacancy).expect("there").settings.authentication = AuthenticationStrategy::AtsOnly;
        assert_eq!(state.ask_for_code(&vacancy, &link, moment()), Err(CodeProblem::NotOffered));
        assert_eq!(state.ask_for_code(&vacancy, "no link", moment()), Err(CodeProblem::UnknownLink));
    }
}
