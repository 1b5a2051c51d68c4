//! What must hold of a history, whatever came in between. Each rule is a function that says what is wrong, in plain sentences.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::story::{Came, Stories, Story};
use crate::{Entry, Mail, Row, Saw, Stage};

/// What is to come of the events about an applicant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    /// Nothing: nobody asked, or everything was refused.
    Nothing,
    /// Nobody knows whether it was taken: nothing, or everything once.
    Perhaps,
    /// Everything once.
    Once,
}

/// A rule about one applicant.
type Rule = fn(&Story, Wanted) -> Vec<String>;

const RULES: [Rule; 6] = [counted_once, nothing_for_nothing, one_application, invited_once, one_result, never_backwards];

/// What is wrong with a history: nothing, if every promise was kept.
#[must_use]
pub fn wrong_with(entries: &[Entry]) -> Vec<String> {
    let stories = Stories::told_by(entries);
    let mut wrong = stories.nonsense.clone();
    let at_once = match entries {
        [Entry::Opens { at_once, .. }, .., Entry::Closes] => *at_once,
        _ => {
            wrong.push(
                "the history does not begin with its opening and end with its closing: nobody knows what is missing".into(),
            );
            0
        }
    };
    if !stories.of.values().any(|story| wanted(story) == Wanted::Once) {
        wrong.push("no event was taken: such a history shows nothing".into());
    }
    for (whom, story) in &stories.of {
        let told = RULES.iter().flat_map(|rule| rule(story, wanted(story)));
        wrong.extend(told.map(|told| format!("{whom}: {told}")));
    }
    wrong.extend(mailed_again(&stories, at_once));
    wrong
}

fn wanted(story: &Story) -> Wanted {
    if story.events.iter().any(|saw| matches!(saw, Saw::Taken | Saw::Already)) {
        Wanted::Once
    } else if story.events.contains(&Saw::Unknown) {
        Wanted::Perhaps
    } else {
        Wanted::Nothing
    }
}

/// Whoever is in a history was counted at its end, so that nothing can be overlooked.
fn counted_once(story: &Story, _: Wanted) -> Vec<String> {
    let times = story.counted.len();
    if times == 1 { Vec::new() } else { vec![format!("was counted {times} times, not once")] }
}

/// What is refused, or was never asked for, has no effect.
fn nothing_for_nothing(story: &Story, wanted: Wanted) -> Vec<String> {
    if wanted != Wanted::Nothing {
        return Vec::new();
    }
    let applications: usize = story.counted.iter().map(|(applications, _)| applications).sum();
    let rows = rows(story).count() + story.written.len();
    let seen = [(applications, "an application"), (story.mails.len(), "mail"), (rows, "a line in iCIMS")];
    let there = seen.into_iter().filter(|(times, _)| *times > 0);
    there.map(|(_, what)| format!("has {what}, though no event about them was taken")).collect()
}

/// An event that was taken leads to one application, and no other number of events to more.
fn one_application(story: &Story, wanted: Wanted) -> Vec<String> {
    let wrong = |applications: usize| match (wanted, applications) {
        (Wanted::Once, 0) => Some("an event was taken, and the platform has no application".to_owned()),
        (_, 0 | 1) => None,
        (_, many) => Some(format!("has {many} applications on the platform")),
    };
    story.counted.iter().filter_map(|(applications, _)| wrong(*applications)).collect()
}

/// An event that was taken leads to one invitation. Each that may have been taken after that asks for another link.
fn invited_once(story: &Story, wanted: Wanted) -> Vec<String> {
    let after_the_first = story.events.iter().skip_while(|saw| !matches!(saw, Saw::Taken | Saw::Already)).skip(1);
    let asked_for = 1 + after_the_first.filter(|saw| matches!(saw, Saw::Taken | Saw::Unknown)).count();
    let invitations: BTreeMap<&str, usize> = deliveries(story, Mail::Invitation);
    let mut wrong = Vec::new();
    if wanted == Wanted::Once && invitations.is_empty() {
        wrong.push("an event was taken, and no invitation came".to_owned());
    }
    if invitations.len() > asked_for {
        wrong.push(format!("got {} different invitations, and {asked_for} were asked for at most", invitations.len()));
    }
    wrong
}

/// Every finish has one line with a result, and no line says a finish that nobody saw begin.
fn one_result(story: &Story, _: Wanted) -> Vec<String> {
    let mut wrong = Vec::new();
    if story.counted.iter().any(|(_, rows)| rows.len() > 1) {
        wrong.push(format!("has {} lines in iCIMS", rows(story).count()));
    }
    let complete = rows(story).filter(|row| row.stage == Stage::Complete).count();
    if story.finishes.contains(&Saw::Taken) && complete == 0 {
        wrong.push("has finished, and iCIMS has no result".to_owned());
    }
    if rows(story).any(|row| row.has_result != (row.stage == Stage::Complete)) {
        wrong.push("a line says something else than its result".to_owned());
    }
    let may_have_finished = story.finishes.iter().any(|saw| matches!(saw, Saw::Taken | Saw::Unknown));
    if !may_have_finished && (complete > 0 || story.written.contains(&Stage::Complete)) {
        wrong.push("has a result, and has not finished".to_owned());
    }
    wrong
}

/// A line never says less than before; whoever could not be invited may be invited after all.
fn never_backwards(story: &Story, _: Wanted) -> Vec<String> {
    let backwards = |pair: &&[Stage]| pair[1] < pair[0] && (pair[1] != Stage::Incomplete || pair[0] == Stage::Complete);
    let told = story.written.windows(2).filter(backwards);
    told.map(|pair| format!("the line went back from {:?} to {:?}", pair[0], pair[1])).collect()
}

/// A mail comes once, and once more at most if the program died in between; one crash cuts off no more mails than are under way.
fn mailed_again(stories: &Stories, at_once: usize) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut again = 0;
    for (whom, story) in &stories.of {
        for (at, came) in story.mails.iter().enumerate() {
            let message = &came.message;
            let earlier: Vec<&Came> = story.mails[..at].iter().filter(|earlier| earlier.message == *message).collect();
            match earlier[..] {
                [] => {}
                [first] if first.crashes == came.crashes => {
                    wrong.push(format!("{whom}: {message} came again, and nothing had died in between"));
                }
                [_] => again += 1,
                [_, _] => wrong.push(format!("{whom}: {message} came a third time")),
                _ => {}
            }
        }
    }
    let most = stories.crashes * at_once;
    if again > most {
        wrong.push(format!("{again} mails came once more, and {} crashes cut off {most} at most", stories.crashes));
    }
    wrong
}

fn rows(story: &Story) -> impl Iterator<Item = &Row> {
    story.counted.iter().flat_map(|(_, rows)| rows)
}

fn deliveries(story: &Story, mail: Mail) -> BTreeMap<&str, usize> {
    let mut of = BTreeMap::new();
    for came in story.mails.iter().filter(|came| came.mail == mail) {
        *of.entry(came.message.as_str()).or_default() += 1;
    }
    of
}
