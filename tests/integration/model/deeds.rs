//! What people, neighbours and time do in a story.

use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::sample::select;

/// Whom a story is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Who {
    Ines,
    Bo,
}

impl Who {
    pub(super) const ALL: [Self; 2] = [Self::Ines, Self::Bo];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ines => "Ines",
            Self::Bo => "Bo",
        }
    }

    pub(super) fn email(self) -> &'static str {
        match self {
            Self::Ines => "ines@example.org",
            Self::Bo => "bo@example.org",
        }
    }

    pub(super) fn workflow(self) -> &'static str {
        match self {
            Self::Ines => "88431",
            Self::Bo => "88432",
        }
    }

    pub(super) fn person(self) -> &'static str {
        match self {
            Self::Ines => "30517",
            Self::Bo => "30518",
        }
    }
}

/// What a recruiter's event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    ForTheAssessment,
    ForAnotherStatus,
    OnAJobThatIsNotThere,
    WithoutAnAddress,
}

/// What the platform announces, whether or not it is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Announces {
    Start,
    Progress,
    Finish,
}

/// What does not work for a while, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trouble {
    IcimsIsAway,
    IcimsRefuses,
    PlatformIsAway,
    PlatformRefuses,
    MailIsAway,
}

impl Trouble {
    pub(super) const ALL: [Self; 5] =
        [Self::IcimsIsAway, Self::IcimsRefuses, Self::PlatformIsAway, Self::PlatformRefuses, Self::MailIsAway];
}

/// What is done whose answer then is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    Registration,
    NewRow,
    ChangedRow,
    Mail,
}

/// What an administrator switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Progress,
    Sent,
    Reminders,
    Enabled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Advanced(Who, Asks),
    /// The last event once more, as it was.
    EventSentAgain,
    Started(Who),
    Finished(Who),
    Announced(Who, Announces),
    LosesAnswer(Lost),
    Begins(Trouble),
    Ends(Trouble),
    Passes(SignedDuration),
    Switched(Setting, bool),
    Restarted,
    Works,
}

fn deed() -> impl Strategy<Value = Deed> {
    let who = || select(&Who::ALL[..]);
    let asks = select(vec![
        Asks::ForTheAssessment,
        Asks::ForTheAssessment,
        Asks::ForTheAssessment,
        Asks::ForAnotherStatus,
        Asks::OnAJobThatIsNotThere,
        Asks::WithoutAnAddress,
    ]);
    let minutes = select(vec![1, 7, 60, 25 * 60, 50 * 60]);
    prop_oneof![
        5 => (who(), asks).prop_map(|(who, asks)| Deed::Advanced(who, asks)),
        2 => Just(Deed::EventSentAgain),
        3 => who().prop_map(Deed::Started),
        2 => who().prop_map(Deed::Finished),
        4 => (who(), select(vec![Announces::Start, Announces::Progress, Announces::Finish]))
            .prop_map(|(who, what)| Deed::Announced(who, what)),
        2 => select(vec![Lost::Registration, Lost::NewRow, Lost::ChangedRow, Lost::Mail]).prop_map(Deed::LosesAnswer),
        2 => select(&Trouble::ALL[..]).prop_map(Deed::Begins),
        2 => select(&Trouble::ALL[..]).prop_map(Deed::Ends),
        3 => minutes.prop_map(|minutes| Deed::Passes(SignedDuration::from_mins(minutes))),
        1 => (select(vec![Setting::Progress, Setting::Sent, Setting::Reminders, Setting::Enabled]), any::<bool>())
            .prop_map(|(setting, on)| Deed::Switched(setting, on)),
        1 => Just(Deed::Restarted),
        8 => Just(Deed::Works),
    ]
}

/// A story of any length.
pub(super) fn some() -> impl Strategy<Value = Vec<Deed>> {
    proptest::collection::vec(deed(), 1..36)
}
