//! Mails to candidates: lined up with the change that caused them, sent when they are due, once.
//!
//! Whether a mail is still wanted is decided when it is due: a reminder goes to nobody who has finished meanwhile, or whom a recruiter has
//! rejected or moved on. Rows are ordered by when they are due, so that finding the next one does not take longer the more there are.

use jiff::Timestamp;

use super::{AccountState, Refusal};
use crate::harver_platform::model::{
    ApplicationId, ApplicationStatus, AuthenticationStrategy, CommunicationSet, Language, MailKind, OutgoingMail, SentMail,
    VacancyId,
};

/// How many mails an application remembers having sent.
const MAILED_KEPT: usize = 20;
/// How many bits of a row's key number the mails that are due in the same second.
const SEQUENCE_BITS: u32 = 24;

/// Where the next mail stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinedMail {
    /// It may be sent now.
    Due(u64, ApplicationId),
    /// It may be sent at this moment, and nothing may before.
    At(Timestamp),
}

/// A mail that is due, with everything that it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// What it is about.
    pub kind: MailKind,
    /// The candidate's address.
    pub to: String,
    /// The candidate's first name.
    pub first_name: String,
    /// The company, which the mail is sent as.
    pub account: String,
    /// What candidates read of the vacancy.
    pub vacancy_title: String,
    /// The vacancy.
    pub vacancy: VacancyId,
    /// The language the candidate is addressed in.
    pub language: Language,
    /// The confirmation code, of a mail that has one.
    pub code: Option<String>,
    /// The token of a fresh magic link, of a reminder.
    pub link: Option<String>,
    /// The same whenever the same mail is handed over again, and no other mail's.
    pub identity: String,
    /// The recruiting workflow, told from the ATS parameter `application_id`; for the journal alone.
    pub workflow: Option<String>,
}

impl AccountState {
    /// The next mail, or when to look again.
    pub fn next_mail(
        &self,
        now: Timestamp,
        is_under_way: impl Fn(u64) -> bool,
        is_busy: impl Fn(&str) -> bool,
    ) -> Option<LinedMail> {
        let mut waiting =
            self.mails.iter().filter(|(number, mail)| !is_under_way(**number) && !is_busy(mail.application.as_str()));
        let (number, mail) = waiting.next()?;
        let is_due = mail.due_at <= now;
        Some(if is_due { LinedMail::Due(*number, mail.application.clone()) } else { LinedMail::At(mail.due_at) })
    }

    /// How many mails are due and not sent.
    #[must_use]
    pub fn due_mails(&self, now: Timestamp) -> usize {
        self.mails.values().take_while(|mail| mail.due_at <= now).count()
    }

    /// Decides what to send for a mail that is due; one that nobody wants any more is gone. A reminder gets its magic link.
    ///
    /// # Errors
    /// When there is no such mail.
    pub fn prepare_mail(&mut self, number: u64, now: Timestamp) -> Result<Option<Posting>, Refusal> {
        let mail = self.mails.get(&number).ok_or(Refusal::Unknown("mail"))?.clone();
        if !self.is_wanted(&mail) {
            self.mails.remove(&number);
            return Ok(None);
        }
        let is_reminder = MailKind::REMINDERS.contains(&mail.kind);
        let link = match mail.link {
            None if is_reminder => {
                let token = self.secret_of(&format!("magic-link/mail/{number}"));
                let fresh = self.renew_link(&mail.application, token, now);
                if let Some(row) = self.mails.edit(&number) {
                    row.link = Some(fresh.clone());
                }
                Some(fresh)
            }
            kept => kept,
        };
        let (vacancy, application) = self.journey(&mail.application)?;
        let candidate = self.candidate(&application.candidate)?;
        Ok(Some(Posting {
            kind: mail.kind,
            to: candidate.email.to_string(),
            first_name: candidate.name.first.clone(),
            account: self.profile().name.clone(),
            vacancy_title: vacancy.settings.public_title.clone(),
            vacancy: vacancy.id.clone(),
            language: application.language,
            code: mail.code,
            link,
            identity: format!("{}.{}.{number}", mail.application, mail.kind.word()),
            workflow: application.ats.get("application_id").cloned(),
        }))
    }

    /// Writes down that a mail is in the mailbox.
    ///
    /// # Errors
    /// When there is no such mail.
    pub fn settle_mail(&mut self, number: u64, now: Timestamp) -> Result<(), Refusal> {
        let mail = self.mails.remove(&number).ok_or(Refusal::Unknown("mail"))?;
        if let Some(application) = self.applications.edit(&mail.application) {
            application.mailed.push(SentMail { kind: mail.kind, at: now });
            let surplus = application.mailed.len().saturating_sub(MAILED_KEPT);
            application.mailed.drain(..surplus);
        }
        Ok(())
    }

    /// Replaces which mails the candidates of a vacancy get. Reminders that are switched on are lined up for those who are under way and
    /// whose moment is still to come; those that are switched off are not sent.
    ///
    /// # Errors
    /// When there is no such vacancy.
    pub fn set_communication(&mut self, id: &VacancyId, set: CommunicationSet, now: Timestamp) -> Result<(), Refusal> {
        let before = self.vacancy(id)?.settings.communication;
        if before == set {
            return Ok(());
        }
        if let Some(vacancy) = self.vacancies.edit(id) {
            vacancy.settings.communication = set;
        }
        let changed = |on: bool| move |kind: &MailKind| set.sends(*kind) == on && before.sends(*kind) != on;
        let off: Vec<MailKind> = MailKind::REMINDERS.into_iter().filter(changed(false)).collect();
        let on: Vec<MailKind> = MailKind::REMINDERS.into_iter().filter(changed(true)).collect();
        let is_of = |application: &ApplicationId| self.application(application).is_ok_and(|found| &found.vacancy == id);
        let unwanted = self.mails.iter().filter(|(_, mail)| off.contains(&mail.kind) && is_of(&mail.application));
        let unwanted: Vec<u64> = unwanted.map(|(number, _)| *number).collect();
        let under_way = self.applications.values().filter(|found| &found.vacancy == id && found.completed_at.is_none());
        let under_way: Vec<ApplicationId> = under_way.map(|found| found.id.clone()).collect();
        for number in unwanted {
            self.mails.remove(&number);
        }
        for application in under_way {
            self.line_up_reminders(&application, &on, now);
        }
        Ok(())
    }

    /// Lines up those of some reminders that the vacancy sends and whose moment is still to come.
    pub(super) fn line_up_reminders(&mut self, id: &ApplicationId, kinds: &[MailKind], now: Timestamp) {
        let Ok((vacancy, application)) = self.journey(id) else { return };
        let registered = application.created_at;
        let set = vacancy.settings.communication;
        for kind in kinds.iter().filter(|kind| set.sends(**kind)) {
            let due_at = registered.saturating_add(kind.delay()).unwrap_or(Timestamp::MAX);
            if due_at > now {
                self.line_up(id.clone(), *kind, due_at, None);
            }
        }
    }

    /// Lines up the thanks for finishing, if the vacancy sends them.
    pub(super) fn line_up_completion(&mut self, id: &ApplicationId, now: Timestamp) {
        if self.journey(id).is_ok_and(|(vacancy, _)| vacancy.settings.communication.completion) {
            self.line_up(id.clone(), MailKind::Completion, now, None);
        }
    }

    /// Lines up a mail.
    pub(super) fn line_up(&mut self, application: ApplicationId, kind: MailKind, due_at: Timestamp, code: Option<String>) {
        let profile = self.profile.edit();
        profile.mailed += 1;
        let sequence = profile.mailed & ((1 << SEQUENCE_BITS) - 1);
        // The moment first. What was due before 1970 is due first, in the order of lining up.
        let number = u64::try_from(due_at.as_second()).unwrap_or(0).wrapping_shl(SEQUENCE_BITS) | sequence;
        self.mails.put(number, OutgoingMail { application, kind, due_at, code, link: None });
    }

    fn is_wanted(&self, mail: &OutgoingMail) -> bool {
        let Ok((vacancy, application)) = self.journey(&mail.application) else { return false };
        let settings = &vacancy.settings;
        // With this strategy the platform sends no mails at all (`harver-platform.md` 4).
        let may_mail = settings.authentication != AuthenticationStrategy::AtsOnly && settings.communication.sends(mail.kind);
        let is_open = application.completed_at.is_none() && application.status == ApplicationStatus::InProgress;
        may_mail && (is_open || !MailKind::REMINDERS.contains(&mail.kind))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::harver_platform::state::samples::{moment, registration, with_vacancy};
    use jiff::SignedDuration;

    const ALL: CommunicationSet = CommunicationSet { completion: true, reminder_48_hours: true, reminder_7_days: true };

    fn with_reminders() -> (AccountState, VacancyId, ApplicationId) {
        let (mut state, vacancy) = with_vacancy();
        state.set_communication(&vacancy, ALL, moment()).expect("there");
        let id = state.register(&vacancy, registration("ines@example.org"), moment()).expect("open").application;
        (state, vacancy, id)
    }

    fn hours(hours: i64) -> Timestamp {
        moment() + SignedDuration::from_hours(hours)
    }

    fn next(state: &AccountState, now: Timestamp) -> Option<LinedMail> {
        state.next_mail(now, |_| false, |_| false)
    }

    fn due(state: &AccountState, now: Timestamp) -> u64 {
        match next(state, now) {
            Some(LinedMail::Due(number, _)) => number,
            other => panic!("{other:?} is not due"),
        }
    }

    #[test]
    fn reminders_are_due_after_two_days_and_a_week_and_go_out_once() {
        let (mut state, ..) = with_reminders();
        assert_eq!(next(&state, hours(47)), Some(LinedMail::At(hours(48))));
        for (at, kind) in [(48, MailKind::ReminderAfter48Hours), (7 * 24, MailKind::ReminderAfter7Days)] {
            let number = due(&state, hours(at));
            let first = state.prepare_mail(number, hours(at)).expect("there").expect("wanted");
            let again = state.prepare_mail(number, hours(at)).expect("there").expect("wanted");
            assert_eq!((first.kind, &first), (kind, &again), "what is handed over twice says the same, the link included");
            state.settle_mail(number, hours(at)).expect("there");
        }
        assert_eq!(next(&state, hours(1_000)), None);
    }

    #[test]
    fn nobody_is_reminded_who_has_finished_or_was_moved_on_or_whose_vacancy_sends_nothing() {
        let spoilt: [fn(&mut AccountState, &VacancyId, &ApplicationId); 3] = [
            |state, _, id| state.applications.edit(id).expect("there").completed_at = Some(moment()),
            |state, _, id| state.set_application_status(id, ApplicationStatus::Rejected, moment()).expect("by a recruiter"),
            |state, vacancy, _| {
                let settings = &mut state.vacancies.edit(vacancy).expect("there").settings;
                settings.authentication = AuthenticationStrategy::AtsOnly;
            },
        ];
        for spoil in spoilt {
            let (mut state, vacancy, id) = with_reminders();
            spoil(&mut state, &vacancy, &id);
            let number = due(&state, hours(48));
            assert_eq!(state.prepare_mail(number, hours(48)).expect("there"), None);
        }
    }

    #[test]
    fn what_is_switched_off_is_not_sent_and_what_is_switched_on_again_is_sent_once() {
        let (mut state, vacancy, _) = with_reminders();
        state.set_communication(&vacancy, CommunicationSet::default(), moment()).expect("there");
        assert_eq!(next(&state, hours(48)), None);
        let late = CommunicationSet { reminder_48_hours: true, reminder_7_days: true, completion: false };
        state.set_communication(&vacancy, late, hours(50)).expect("there");
        state.set_communication(&vacancy, late, hours(51)).expect("there");
        assert_eq!(next(&state, hours(52)), Some(LinedMail::At(hours(7 * 24))), "two days have gone by");
        assert_eq!(state.mails.len(), 1);
    }

    #[test]
    fn the_links_of_reminders_are_the_same_in_whatever_order_they_are_prepared_and_change_nothing_that_others_draw() {
        let prepared = |order: &dyn Fn(&mut Vec<u64>)| {
            let (mut state, vacancy, _) = with_reminders();
            state.register(&vacancy, registration("noor@example.org"), moment()).expect("open");
            let mut numbers: Vec<u64> = state.mails.iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers.len(), 4);
            order(&mut numbers);
            let link = |number| (number, state.prepare_mail(number, hours(200)).expect("there").expect("wanted").link);
            let links: BTreeMap<u64, Option<String>> = numbers.into_iter().map(link).collect();
            (links, state.register(&vacancy, registration("ola@example.org"), hours(200)).expect("open").link)
        };
        let (links, next) = prepared(&|_| ());
        assert_eq!(links.values().collect::<BTreeSet<_>>().len(), links.len(), "each has its own");
        assert_eq!(prepared(&|numbers| numbers.reverse()), (links, next.clone()));
        assert_eq!(prepared(&|numbers| numbers.clear()).1, next);
    }

    #[test]
    fn registering_again_lines_nothing_up_a_second_time() {
        let (mut state, vacancy, _) = with_reminders();
        state.register(&vacancy, registration("ines@example.org"), hours(1)).expect("open");
        assert_eq!(state.mails.len(), 2);
    }
}
