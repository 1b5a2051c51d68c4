//! What must come of a story, told by what people did and what arrived where. None of the service's rules are in it: no states and their
//! changes, no rounds, no rungs. Where it depends on the service's own pace whether something may happen, both is right.

use std::collections::BTreeMap;

use harver_icims::domain::OrderState;
use jiff::{SignedDuration, Timestamp};

use super::deeds::{Asks, Setting, Trouble, Who};
use super::neighbours::{COMPLETE, IN_PROGRESS, SENT, World};
use super::post::Mail;

/// How long a link works: within this time after a yes nobody is invited once more.
const LINK_LIFE: SignedDuration = SignedDuration::from_hours(24);
const REMINDED_AFTER: [SignedDuration; 2] = [SignedDuration::from_hours(48), SignedDuration::from_hours(7 * 24)];

/// What is to be said to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Yes,
    /// Thank you, and nothing else.
    Ignored,
    No,
    /// That depends on when the service came to what it had to do.
    YesOrNo,
}

impl Says {
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Ignored => "that nothing was asked for",
            Self::No => "no, with a reason",
            Self::YesOrNo => "yes or no",
        }
    }
}

/// One candidate's story.
#[derive(Default)]
struct Candidate {
    /// When an event was answered with a yes.
    invited: Vec<Timestamp>,
    has_started: bool,
    was_announced: bool,
    finished: Option<Timestamp>,
}

/// Whether something is on, and whether it ever was the other way.
struct Switch {
    is_on: bool,
    was_ever: [bool; 2],
}

impl Switch {
    fn new(is_on: bool) -> Self {
        Self { is_on, was_ever: [!is_on, is_on] }
    }

    fn set(&mut self, is_on: bool) {
        self.is_on = is_on;
        self.was_ever[usize::from(is_on)] = true;
    }

    fn was_ever_on(&self) -> bool {
        self.was_ever[1]
    }

    fn was_always_on(&self) -> bool {
        !self.was_ever[0]
    }
}

pub(super) struct Reference {
    of: BTreeMap<Who, Candidate>,
    progress: Switch,
    sent: Switch,
    reminders: Switch,
    enabled: Switch,
    /// How many senders of mails were not told that they had arrived.
    mails_unanswered: usize,
}

impl Reference {
    pub(super) fn new() -> Self {
        let of = Who::ALL.into_iter().map(|who| (who, Candidate::default())).collect();
        let [progress, sent, reminders, enabled] = [true, false, true, true].map(Switch::new);
        Self { of, progress, sent, reminders, enabled, mails_unanswered: 0 }
    }

    fn candidate(&mut self, who: Who) -> &mut Candidate {
        self.of.get_mut(&who).expect("both are there")
    }

    /// What is to be said to an event now.
    pub(super) fn says(&self, who: Who, asks: Asks, world: &World, now: Timestamp) -> Says {
        let invited = &self.of[&who].invited;
        let icims_is_there = !world.troubles.contains(&Trouble::IcimsIsAway) && !world.troubles.contains(&Trouble::IcimsRefuses);
        match (invited.last(), asks) {
            (_, Asks::ForAnotherStatus) => Says::Ignored,
            _ if !self.enabled.is_on => Says::No,
            (Some(last), _) if now < *last + LINK_LIFE => Says::No,
            (Some(_), _) => Says::YesOrNo,
            (None, Asks::OnAJobThatIsNotThere | Asks::WithoutAnAddress) => Says::No,
            (None, _) if !icims_is_there => Says::No,
            // It may remember that the vacancy is open.
            (None, _) if world.troubles.contains(&Trouble::PlatformRefuses) => Says::YesOrNo,
            (None, _) => Says::Yes,
        }
    }

    pub(super) fn invited(&mut self, who: Who, now: Timestamp) {
        self.candidate(who).invited.push(now);
    }

    pub(super) fn started(&mut self, who: Who) {
        self.candidate(who).has_started = true;
    }

    pub(super) fn finished(&mut self, who: Who, now: Timestamp) {
        self.candidate(who).finished.get_or_insert(now);
    }

    pub(super) fn start_announced(&mut self, who: Who) {
        self.candidate(who).was_announced = true;
    }

    pub(super) fn mail_goes_unanswered(&mut self) {
        self.mails_unanswered += 1;
    }

    pub(super) fn switched(&mut self, setting: Setting, on: bool) {
        match setting {
            Setting::Progress => self.progress.set(on),
            Setting::Sent => self.sent.set(on),
            Setting::Reminders => self.reminders.set(on),
            Setting::Enabled => self.enabled.set(on),
        }
    }

    /// What may never be, at any moment. `new` are the mails that have arrived since the last look.
    pub(super) fn forbids(&self, world: &World, new: &[Mail]) -> Option<String> {
        for (who, candidate) in &self.of {
            let name = who.name();
            let rows = world.rows.get(who.workflow()).map_or(0, Vec::len);
            if rows > 1 {
                return Some(format!("{name} has one result row at most, and not {rows}"));
            }
            let told = world.told.get(who.workflow()).map_or(&[][..], Vec::as_slice);
            if told.windows(2).any(|pair| rank(&pair[1]) < rank(&pair[0])) {
                return Some(format!(
                    "the row of {name} never goes backwards, and went {}",
                    told.iter().map(|it| named(it)).collect::<Vec<_>>().join(", ")
                ));
            }
            let registered = world.applications.iter().filter(|application| application.email == who.email()).count();
            if candidate.invited.is_empty() && (registered > 0 || rows > 0) {
                return Some(format!("nothing is done for {name}, whom nobody has sent to Harver"));
            }
            for mail in new.iter().filter(|mail| mail.to == who.email()) {
                let Some(first) = candidate.invited.first() else {
                    return Some(format!("{name}, whom nobody has sent to Harver, gets no mail"));
                };
                if !mail.is_reminder() {
                    continue;
                }
                if !self.reminders.is_on {
                    return Some(format!("{name} is not reminded while reminders are off"));
                }
                if mail.at < *first + REMINDED_AFTER[0] {
                    return Some(format!("{name} is reminded after two days at the earliest"));
                }
                if candidate.finished.is_some_and(|finished| finished < mail.at) {
                    return Some(format!("{name}, who has finished, is not reminded"));
                }
            }
        }
        None
    }

    /// In what the world differs from what must have come of it once nothing is left to do.
    pub(super) fn differs(
        &self,
        world: &World,
        mails: &[Mail],
        states: &BTreeMap<Who, Vec<OrderState>>,
        now: Timestamp,
    ) -> Option<String> {
        self.of.iter().find_map(|(who, candidate)| {
            let own: Vec<&Mail> = mails.iter().filter(|mail| mail.to == who.email()).collect();
            let states = states.get(who).map_or(&[][..], Vec::as_slice);
            self.orders(*who, candidate, states)
                .or_else(|| self.mails(*who, candidate, &own, now))
                .or_else(|| self.row(*who, candidate, world, states))
        })
    }

    fn orders(&self, who: Who, candidate: &Candidate, states: &[OrderState]) -> Option<String> {
        let name = who.name();
        let right: &[OrderState] = match candidate {
            Candidate { finished: Some(_), .. } => &[OrderState::Completed],
            Candidate { was_announced: true, .. } => &[OrderState::InProgress],
            Candidate { has_started: true, .. } => &[OrderState::Invited, OrderState::InProgress],
            _ => &[OrderState::Invited],
        };
        match states {
            [] if candidate.invited.is_empty() => None,
            [state] if !candidate.invited.is_empty() && right.contains(state) => None,
            _ if candidate.invited.is_empty() => Some(format!("{name} has no order, and not {states:?}")),
            _ => Some(format!("{name} has one order, which is {}, and not {states:?}", either(right))),
        }
    }

    fn mails(&self, who: Who, candidate: &Candidate, own: &[&Mail], now: Timestamp) -> Option<String> {
        let name = who.name();
        let invitations: Vec<&&Mail> = own.iter().filter(|mail| !mail.is_reminder()).collect();
        let most = candidate.invited.len();
        // Who has finished gets no mail that was still to come.
        let least = if candidate.finished.is_some() { most.min(1) } else { most };
        if !(least..=most + self.mails_unanswered).contains(&invitations.len()) {
            return Some(format!("{name} was invited {most} times, and got {} invitations", invitations.len()));
        }
        let last = invitations.last().filter(|_| candidate.finished.is_none() && self.reminders.was_always_on())?;
        let due = REMINDED_AFTER.iter().filter(|after| last.at + **after < now).count();
        let got = own.iter().filter(|mail| mail.is_reminder() && last.at < mail.at).count();
        (got < due || got > due + self.mails_unanswered)
            .then(|| format!("{name} is reminded {due} times since the last invitation, and was {got} times"))
    }

    fn row(&self, who: Who, candidate: &Candidate, world: &World, states: &[OrderState]) -> Option<String> {
        let name = who.name();
        let row = world.rows.get(who.workflow()).and_then(|rows| rows.first());
        let status = row.and_then(|row| row["assessmentstatus"]["id"].as_str());
        if candidate.finished.is_some() {
            let is_complete = status == Some(COMPLETE) && row.is_some_and(|row| row["assessmentresult"] == "Great Fit");
            return (!is_complete).then(|| format!("iCIMS shows the result of {name}, and not {row:?}"));
        }
        let is_at_it = states == [OrderState::InProgress];
        match status {
            Some(IN_PROGRESS) if is_at_it && self.progress.was_ever_on() => None,
            _ if is_at_it && self.progress.was_always_on() => Some(format!("iCIMS shows that {name} is at it, and not {row:?}")),
            Some(SENT) if self.sent.was_ever_on() => None,
            None => None,
            Some(other) => Some(format!("iCIMS does not show {} for {name}", named(other))),
        }
    }
}

fn rank(status: &str) -> usize {
    [SENT, IN_PROGRESS, COMPLETE].iter().position(|known| *known == status).unwrap_or(usize::MAX)
}

fn named(status: &str) -> &str {
    match status {
        SENT => "Sent",
        IN_PROGRESS => "In-Progress",
        COMPLETE => "Complete",
        other => other,
    }
}

fn either(states: &[OrderState]) -> String {
    states.iter().map(|state| format!("{state:?}")).collect::<Vec<_>>().join(" or ")
}
