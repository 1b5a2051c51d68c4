//! A story in the words of the scenarios.

use super::deeds::{Announces, Asks, Deed, Lost, Setting, Trouble, Who};

/// A story that has come out otherwise: what was done, in order, and what is wrong.
pub(super) struct Wrong {
    pub(super) done: Vec<String>,
    pub(super) what: String,
}

/// The whole of it, with what is needed to play it again.
pub(super) fn told(wrong: &Wrong, seed: u64) -> String {
    let mut lines = vec![
        format!("Scenario: One of the stories of HARVER_ICIMS_MODEL_SEED={seed}"),
        "  Given a company that tells iCIMS who is at an assessment, and reminds candidates".to_owned(),
        "  And Ines and Bo, who have applied for its job with one package".to_owned(),
    ];
    for (at, done) in wrong.done.iter().enumerate() {
        lines.push(format!("  {} {done}", if at == 0 { "When" } else { "And" }));
    }
    lines.push(format!("  Then {}", wrong.what));
    lines.join("\n")
}

/// A deed as a step.
pub(super) fn step(deed: Deed) -> String {
    match deed {
        Deed::Advanced(who, Asks::ForTheAssessment) => format!("a recruiter sends {} to Harver", who.name()),
        Deed::Advanced(who, Asks::ForAnotherStatus) => format!("a recruiter gives {} a status that asks for nothing", who.name()),
        Deed::Advanced(who, Asks::OnAJobThatIsNotThere) => {
            format!("a recruiter sends {} to Harver for a job that is not there", who.name())
        }
        Deed::Advanced(who, Asks::WithoutAnAddress) => {
            format!("a recruiter sends {} to Harver, whose address is empty", who.name())
        }
        Deed::EventSentAgain => "iCIMS sends the last event once more".into(),
        Deed::Started(who) => format!("{} opens the link and starts", who.name()),
        Deed::Finished(who) => format!("{} finishes", who.name()),
        Deed::Announced(who, what) => announced(who, what),
        Deed::LosesAnswer(what) => format!("the next answer to {} is lost", lost(what)),
        Deed::Begins(trouble) => troubled(trouble).into(),
        Deed::Ends(trouble) => format!("it is no longer so that {}", troubled(trouble)),
        Deed::Passes(time) => format!("{time:#} pass"),
        Deed::Switched(setting, on) => switched(setting, on),
        Deed::Restarted => "the service is restarted".into(),
        Deed::Works => "the service does what is due".into(),
    }
}

fn announced(who: Who, what: Announces) -> String {
    let what = match what {
        Announces::Start => "has started",
        Announces::Progress => "has come further",
        Announces::Finish => "has finished",
    };
    format!("the platform announces that {} {what}", who.name())
}

fn lost(what: Lost) -> &'static str {
    match what {
        Lost::Registration => "a registration on the platform",
        Lost::NewRow => "a new result row in iCIMS",
        Lost::ChangedRow => "a change of a result row in iCIMS",
        Lost::Mail => "a mail",
    }
}

fn troubled(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::IcimsIsAway => "iCIMS is away",
        Trouble::IcimsRefuses => "iCIMS refuses whatever is asked",
        Trouble::PlatformIsAway => "the platform is away",
        Trouble::PlatformRefuses => "the platform refuses whatever is asked",
        Trouble::MailIsAway => "the mail server is away",
    }
}

fn switched(setting: Setting, on: bool) -> String {
    let what = match setting {
        Setting::Progress => "that iCIMS is told who is at an assessment",
        Setting::Sent => "that iCIMS is told who was invited",
        Setting::Reminders => "reminders",
        Setting::Enabled => "the integration",
    };
    format!("a Harver Admin switches {what} {}", if on { "on" } else { "off" })
}
