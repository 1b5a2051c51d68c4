//! The lines of a history, one JSON object each.
//!
//! `{"begins":{"act":1,"who":"iCIMS","does":"event","whom":"4021/88431"}}` and later `{"ends":{"act":1,"saw":"unknown"}}`.

use serde::{Deserialize, Serialize};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// The first line.
    Opens {
        /// What is played.
        run: String,
        /// What repeats the choices of the run, if chance makes any.
        seed: Option<u64>,
        /// How many steps the program works on at the same time: so many may be cut off by one crash.
        at_once: usize,
    },
    /// Somebody begins something. It is under way until it ends; one that never does is unknown.
    Begins {
        /// Its number.
        act: u64,
        /// Who.
        who: String,
        /// What.
        does: Does,
        /// With which applicant: any name that is always the same.
        whom: String,
    },
    /// Something that was begun has ended.
    Ends {
        /// Its number.
        act: u64,
        /// What was seen of it by whoever did it.
        saw: Saw,
    },
    /// A process of the program has died.
    Crashes {
        /// Which.
        who: String,
    },
    /// The mail server has a mail, whatever it answered.
    Delivered {
        /// To which applicant.
        whom: String,
        /// Its identity, the same however often it comes.
        message: String,
        /// What kind of mail.
        mail: Mail,
    },
    /// iCIMS has taken a line about an applicant, in the order in which it took them.
    Written {
        /// About whom.
        whom: String,
        /// What the line says from now on.
        stage: Stage,
    },
    /// What the neighbours have of an applicant at the end.
    Counted {
        /// Of whom.
        whom: String,
        /// The applications on the platform.
        applications: usize,
        /// The lines in iCIMS.
        rows: Vec<Row>,
    },
    /// The last line: everything was counted.
    Closes,
}

/// What somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// A recruiter wants an applicant to be assessed.
    Advance,
    /// iCIMS tells the program that an applicant is to be assessed.
    Event,
    /// The applicant begins the assessment.
    Start,
    /// The applicant gives the last answer.
    Finish,
}

/// What somebody saw of what they did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saw {
    /// It was taken.
    Taken,
    /// It was turned down because it is there already.
    Already,
    /// It was turned down for another reason: nothing may come of it.
    Refused,
    /// No answer came.
    Unknown,
}

/// A kind of mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mail {
    /// The link for the first time, or another one that was asked for.
    Invitation,
    /// To whoever has not finished.
    Reminder,
}

/// How far a line in iCIMS says that somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is expected any more; whoever is invited after all may still come back from there.
    Incomplete,
    /// Invited.
    Sent,
    /// At it.
    InProgress,
    /// Finished.
    Complete,
}

/// A line in iCIMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What it says.
    pub stage: Stage,
    /// Whether there is a result in it.
    pub has_result: bool,
}
