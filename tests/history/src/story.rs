//! What a history tells of one applicant, whoever told it.

use std::collections::BTreeMap;

use crate::{Does, Entry, Mail, Row, Saw, Stage};

/// Everything about one applicant, in the order of the history.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// What was seen of the events about them.
    pub(crate) events: Vec<Saw>,
    /// What they saw when they gave their last answer.
    pub(crate) finishes: Vec<Saw>,
    /// The mails that came.
    pub(crate) mails: Vec<Came>,
    /// The lines that iCIMS took.
    pub(crate) written: Vec<Stage>,
    /// What the neighbours have: applications and lines.
    pub(crate) counted: Vec<(usize, Vec<Row>)>,
}

/// A mail that came.
#[derive(Debug)]
pub(crate) struct Came {
    pub(crate) message: String,
    pub(crate) mail: Mail,
    /// How often the program had died before.
    pub(crate) crashes: usize,
}

/// What a history tells, by applicant, and of none of them.
#[derive(Debug, Default)]
pub(crate) struct Stories {
    pub(crate) of: BTreeMap<String, Story>,
    pub(crate) crashes: usize,
    /// What can be in no history.
    pub(crate) nonsense: Vec<String>,
}

impl Stories {
    pub(crate) fn told_by(entries: &[Entry]) -> Self {
        let mut stories = Self::default();
        // What is under way: of whom, what, and where it stands among the likes of it.
        let mut under_way: BTreeMap<u64, (String, Does, usize)> = BTreeMap::new();
        for entry in entries {
            match entry {
                Entry::Opens { .. } | Entry::Closes => {}
                Entry::Crashes { .. } => stories.crashes += 1,
                Entry::Begins { act, does, whom, .. } => {
                    let story = stories.of.entry(whom.clone()).or_default();
                    let at = story.acts(*does).map_or(0, |acts| {
                        acts.push(Saw::Unknown);
                        acts.len() - 1
                    });
                    if under_way.insert(*act, (whom.clone(), *does, at)).is_some() {
                        stories.nonsense.push(format!("act {act} begins twice"));
                    }
                }
                Entry::Ends { act, saw } => match under_way.remove(act) {
                    Some((whom, does, at)) => {
                        let acts = stories.of.entry(whom).or_default().acts(does);
                        acts.into_iter().for_each(|acts| acts[at] = *saw);
                    }
                    None => stories.nonsense.push(format!("act {act} ends and was not under way")),
                },
                Entry::Delivered { whom, message, mail } => {
                    let came = Came { message: message.clone(), mail: *mail, crashes: stories.crashes };
                    stories.of.entry(whom.clone()).or_default().mails.push(came);
                }
                Entry::Written { whom, stage } => stories.of.entry(whom.clone()).or_default().written.push(*stage),
                Entry::Counted { whom, applications, rows } => {
                    stories.of.entry(whom.clone()).or_default().counted.push((*applications, rows.clone()));
                }
            }
        }
        stories
    }
}

impl Story {
    /// What was seen of acts of one kind, if anything follows from them.
    fn acts(&mut self, does: Does) -> Option<&mut Vec<Saw>> {
        match does {
            Does::Event => Some(&mut self.events),
            Does::Finish => Some(&mut self.finishes),
            Does::Advance | Does::Start => None,
        }
    }
}
